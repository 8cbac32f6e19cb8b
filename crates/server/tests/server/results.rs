//! What rules brought: from pages to the console.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::server::{Server, Signed};

const RULES: &str = r#"{ "version": 1, "name": "results", "holdout": { "percent": 10 }, "rules": [
    { "id": "offer", "name": "An offer", "priority": 2, "experiment": { "key": "tone", "weights": { "calm": 0.5, "loud": 0.5 } },
      "do": [{ "notify": { "variant": "calm", "text": "a" } }, { "notify": { "variant": "loud", "text": "b" } }],
      "goal": { "signal": "bought" } },
    { "id": "help", "do": { "teaser": "Hi" } },
    { "id": "silent", "do": { "tag": "x" } }] }"#;

async fn start() -> (Server, Signed) {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    std::fs::write(server.data().join("sites/demo/engagement.jsonc"), RULES).unwrap();
    server
        .eventually("the rules", async || {
            let file = server.get_json("/sites/demo/engagement.json").await;
            (file["name"] == "results").then_some(())
        })
        .await;
    (server, mia)
}

async fn count(server: &Server, body: impl Into<String>) -> Response {
    let request = server.request(Method::POST, "/v1/sites/demo/results").header("content-type", "text/plain");
    request.body(body.into()).send().await.unwrap()
}

async fn report(server: &Server, mia: &Signed, query: &str) -> Value {
    let response = server.console(Method::GET, &format!("/v1/agent/results{query}"), Some(mia)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

/// Waits until the rows of `rule` are as `seen` wants them.
async fn row(server: &Server, mia: &Signed, rule: usize, row: usize, seen: impl Fn(&Value) -> bool) -> Value {
    server
        .eventually("the counts", async || {
            let row = report(server, mia, "?site=demo").await["rules"][rule]["rows"][row].take();
            seen(&row).then_some(row)
        })
        .await
}

#[tokio::test]
async fn what_pages_say_of_published_rules_is_counted_once_and_survives_a_restart() {
    let (server, mia) = start().await;
    let lines = json!([
        ["offer", "calm", "displayed"],
        ["offer", "calm", "displayed"],
        ["offer", "calm", "dismissed"],
        ["offer", "never", "displayed"],
        ["unknown", null, "displayed"],
        ["silent", null, "displayed"],
        ["offer", "calm", "cheered"],
        ["offer", null, "held"],
        ["help", null, "displayed"]
    ]);
    let response = count(&server, lines.to_string()).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], *server.url);
    assert_eq!(count(&server, r#"[["offer", "calm", "displayed"]]"#).await.status(), StatusCode::NO_CONTENT);
    let calm = row(&server, &mia, 0, 0, |row| row["displayed"] == 2).await;
    assert_eq!((&calm["variation"], &calm["dismissed"], &calm["opened"]), (&"calm".into(), &1.into(), &0.into()));
    assert_eq!((&calm["rates"]["dismissed"], &calm["lift"]["verdict"]), (&0.5.into(), &"too_few".into()));

    let report_of = report(&server, &mia, "").await;
    let ids: Vec<_> = report_of["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["offer", "help"], "what shows nothing is not there, nor what nobody published");
    assert_eq!((&report_of["site"], &report_of["sites"]), (&"demo".into(), &json!(["demo"])));
    let rows = &report_of["rules"][0]["rows"];
    assert_eq!(rows.as_array().unwrap().len(), 3, "calm, loud and those held out: {rows}");
    assert_eq!((&rows[2]["variation"], &rows[2]["held"]), (&Value::Null, &1.into()));
    assert_eq!(report_of["rules"][1]["rows"][0]["lift"]["verdict"], "no_goal");

    let before = report(&server, &mia, "?from=2026-01-01&to=2026-01-31").await;
    assert_eq!(before["rules"][0]["rows"][0]["displayed"], 0, "days are apart");
    let server = server.crash().await;
    assert_eq!(row(&server, &mia, 0, 0, |row| row["displayed"] == 2).await["dismissed"], 1);
}

/// Would catch: counts that are still in memory when the server is told to stop.
#[tokio::test]
async fn a_stop_loses_nothing_that_was_counted() {
    let (mut server, mia) = start().await;
    assert_eq!(count(&server, r#"[["help", null, "displayed"]]"#).await.status(), StatusCode::NO_CONTENT);
    server.signal("-TERM");
    assert_eq!(server.exit_code().await, Some(0));
    let server = server.crash().await;
    assert_eq!(report(&server, &mia, "").await["rules"][1]["rows"][0]["displayed"], 1);
}

#[tokio::test]
async fn strangers_nonsense_and_floods_are_refused() {
    let (server, mia) = start().await;
    let post = |origin: &str| {
        let url = format!("{}/v1/sites/demo/results", server.url);
        let request = crate::server::http().post(url).header("origin", origin).header("content-type", "text/plain");
        request.body(r#"[["help", null, "displayed"]]"#).send()
    };
    assert_eq!(post("https://elsewhere.example").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(post("null").await.unwrap().status(), StatusCode::FORBIDDEN);
    for nonsense in ["", "{}", "[[]]", r#"[["help", null]]"#, r#"[["help", 1, "displayed"]]"#] {
        assert_eq!(count(&server, nonsense).await.status(), StatusCode::BAD_REQUEST, "{nonsense}");
    }
    let many = vec![json!(["help", null, "displayed"]); 5_000];
    assert_eq!(count(&server, json!(many).to_string()).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let ask = |query: &str| server.console(Method::GET, &format!("/v1/agent/results{query}"), Some(&mia)).send();
    assert_eq!(ask("?site=nowhere").await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(ask("?from=yesterday").await.unwrap().status(), StatusCode::BAD_REQUEST);
    let nobody = server.console(Method::GET, "/v1/agent/results", None).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let mut answers = Vec::new();
    for _ in 0..100 {
        answers.push(count(&server, r#"[["help", null, "displayed"]]"#).await.status());
    }
    assert!(answers.contains(&StatusCode::NO_CONTENT) && answers.contains(&StatusCode::TOO_MANY_REQUESTS));
}
