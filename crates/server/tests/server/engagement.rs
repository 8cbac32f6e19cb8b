//! The file of rules on its way from an editor to browsers.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::server::{Server, chinwag, soon};

const PATH: &str = "/sites/demo/engagement.json";

fn write(server: &Server, text: &str) {
    std::fs::write(server.data().join("sites/demo/engagement.jsonc"), text).unwrap();
}

async fn published(server: &Server, name: &str) -> Value {
    server
        .eventually("the published file", async || {
            let file = server.get_json(PATH).await;
            (file["name"] == name).then_some(file)
        })
        .await
}

#[tokio::test]
async fn an_edit_is_published_and_a_typo_is_not() {
    let server = Server::start().await;
    write(&server, "{ \"version\": 1, \"revision\": 5, \"name\": \"one\", \"rules\": [] } // comments are fine");
    let one = published(&server, "one").await;
    // The demo's own file was first: the number goes up from there at least.
    let revision = one["revision"].as_u64().unwrap();
    assert!(revision >= 5);
    write(&server, "{\n  \"version\": 1,\n  \"name\": \"broken\"\n  \"rules\": []\n}\n");
    let log = server
        .eventually("the mistake in the log", async || {
            let log = server.log();
            log.contains("sites/demo/engagement.jsonc:3:").then_some(log)
        })
        .await;
    let lines: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("engagement.jsonc:3:19: a comma is missing"), "{}", lines[0]);
    assert_eq!(server.get_json(PATH).await["name"], "one", "the last good file stays");
    let server = server.crash().await;
    assert_eq!(server.get_json(PATH).await["name"], "one", "also after a restart");
    write(&server, "{ \"version\": 1, \"revision\": 2, \"name\": \"two\", \"rules\": [] }");
    assert_eq!(published(&server, "two").await["revision"], revision + 1, "never back");
}

#[tokio::test]
async fn a_rule_with_a_mistake_is_switched_off_alone() {
    let server = Server::start().await;
    let rules = r#"{
  "version": 1, "name": "half",
  "rules": [
    { "id": "good", "on": [{ "timer": "5s" }], "do": [{ "open": {} }] },
    { "id": "bad", "when": { "cart.value": { "$get": 3 } }, "do": [{ "open": {} }] }
  ]
}"#;
    write(&server, rules);
    published(&server, "half").await;
    let log = server.log();
    let line =
        log.lines().find(|line| line.contains("ERROR") && line.contains("engagement.jsonc:5:")).expect("an error");
    assert!(line.contains("`$get` is not an operator") && line.contains("did you mean"), "{line}");
    assert!(line.contains("the rest is published"), "{line}");
}

/// Would catch: rules in force whose own tests say that they do something else, and a chat that is gone because of a rule.
#[tokio::test]
async fn a_first_edition_that_fails_its_tests_is_published_without_its_rules() {
    let data = tempfile::tempdir().unwrap();
    let site = data.path().join("sites/demo");
    std::fs::create_dir_all(&site).unwrap();
    let file = |expect: &str| {
        format!(
            r##"{{ "version": 1, "name": "new", "appearance": {{ "color": "#1f5c45" }}, "rules": [{{ "id": "a", "on": "rage", "do": "open" }}],
               "tests": [{{ "name": "angry", "signal": "rage", "expect": {{ "{expect}": {} }} }}] }}"##,
            if expect == "none" { "true" } else { "\"a\"" }
        )
    };
    std::fs::write(site.join("engagement.jsonc"), file("none")).unwrap();
    let server = Server::start_in(data).await;
    let first = server.get_json(PATH).await;
    assert_eq!((&first["name"], &first["appearance"]["color"]), (&"new".into(), &"#1f5c45".into()));
    assert_eq!(first.get("program"), None, "no rule runs");
    let log = server.log();
    let line = log.lines().find(|line| line.contains("ERROR")).expect("a line in the log");
    assert!(line.contains("its own tests fail: angry: fired: a") && line.contains("without its rules"), "{line}");
    write(&server, &file("rule"));
    server
        .eventually("the mended file", async || {
            let file = server.get_json(PATH).await;
            (file["program"].is_string() && file["revision"].as_u64() > first["revision"].as_u64()).then_some(())
        })
        .await;
}

#[tokio::test]
async fn browsers_ask_again_cheaply() {
    let server = Server::start().await;
    let first = server.get(PATH).await;
    assert_eq!(first.status(), StatusCode::OK);
    let headers = first.headers();
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "public, max-age=30, stale-while-revalidate=600, stale-if-error=604800");
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
    let etag = headers["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with('"'), "strong");
    let again = |tag: &str| server.request(Method::GET, PATH).header("if-none-match", tag).send();
    for tag in [etag.clone(), format!("\"x\", {etag}"), format!("W/{etag}"), "*".into()] {
        assert_eq!(again(&tag).await.unwrap().status(), StatusCode::NOT_MODIFIED, "{tag}");
    }
    assert_eq!(again("\"other\"").await.unwrap().status(), StatusCode::OK);
    let unknown = server.get("/sites/nowhere/engagement.json").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(unknown.headers()["access-control-allow-origin"], "*");
    assert_eq!(unknown.json::<Value>().await.unwrap()["error"]["code"], "not_found");
}

async fn rules(arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.jsonc");
    std::fs::write(&file, input).unwrap();
    let output = chinwag().arg("rules").args(arguments).arg(&file).output();
    let output = soon("the command", output).await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn check_names_line_and_column_and_ends_with_1() {
    let (code, text) = rules(&["check"], "{\n  \"version\": 1,\n  \"rules\": [{ \"id\": \"a\", \"on\": [{ \"tiemr\": \"5s\" }], \"do\": [{ \"open\": {} }] }]\n}").await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("rules.jsonc:3:") && text.contains("tiemr") && text.contains("timer"), "{text}");
    let (code, text) = rules(&["check", "--format", "json"], "{ \"version\": 1, }").await;
    assert_eq!((code, text.trim()), (Some(0), "[]"));
    let (code, text) = rules(&["check"], "{ \"version\": 1,\n \"name\": \"a\", \"name\": \"b\" }").await;
    assert!(code == Some(0) && text.contains("rules.jsonc:2:15: warning: `name` stands here twice"), "{text}");
    let (code, text) = rules(&["check", "--format", "json"], "{ \"version\": 1").await;
    let findings: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &findings[0]["line"], &findings[0]["severity"]), (Some(1), &1.into(), &"error".into()));
}

#[tokio::test]
async fn the_demo_shop_has_no_mistakes_and_passes_its_own_tests() {
    let server = Server::start().await;
    let file = server.data().join("sites/demo/engagement.jsonc");
    for command in ["check", "test"] {
        let output = chinwag().args(["rules", command]).arg(&file).output().await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{command}: {text}");
    }
}
