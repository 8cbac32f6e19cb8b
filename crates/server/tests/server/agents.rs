//! People who answer: signing in, accepting, listing, signing out.

use chinwag_conversation::{Availability, ClientFrame, Kind, ServerFrame, Stream};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    client::{Socket, conversation_id, post, send, status, text, token, unknown},
    server::{PASSWORD, Server, Signed, chinwag, cookie, soon},
};

async fn login(server: &Server, email: &str, password: &str) -> reqwest::Response {
    let request = server.console(Method::POST, "/v1/agent/login", None);
    request.json(&json!({ "email": email, "password": password })).send().await.unwrap()
}

async fn me(server: &Server, who: Option<&Signed>) -> (StatusCode, Value) {
    let response = server.console(Method::GET, "/v1/agent/me", who).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

#[tokio::test]
async fn the_first_link_makes_an_admin_once_and_is_shown_until_then() {
    let mut server = Server::start().await;
    let earlier = server.setup_code().await;
    assert!(earlier.len() >= 22, "128 bits at least");
    let mut server = server.crash().await;
    let code = server.setup_code().await;
    let setup =
        async |body: Value| server.console(Method::POST, "/v1/agent/setup", None).json(&body).send().await.unwrap();
    let form = json!({ "code": code, "name": "Mia", "email": "mia@example.com", "password": PASSWORD });
    let with = |name: &str, value: &str| {
        let mut form = form.clone();
        form[name] = value.into();
        form
    };
    let bad = [
        (with("code", "guess"), 403, "code"),
        (with("password", "short"), 400, "password"),
        (with("password", &"x".repeat(201)), 400, "password"),
        (with("email", "mia"), 400, "email"),
        (with("name", " "), 400, "name"),
        (with("role", "admin"), 400, "json"),
    ];
    for (body, expected, code) in bad {
        let response = setup(body.clone()).await;
        assert_eq!(response.status().as_u16(), expected, "{body}");
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], code, "{body}");
    }
    let response = setup(form.clone()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let set_cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"] {
        assert!(set_cookie.contains(attribute), "{set_cookie}");
    }
    assert!(!set_cookie.contains("Secure"), "plain HTTP on this machine");
    let mia = Signed { cookie: cookie(response.headers()) };
    let shown = json!({ "name": "Mia", "email": "mia@example.com", "role": "admin", "intent": "available" });
    assert_eq!(response.json::<Value>().await.unwrap(), shown);
    assert_eq!(me(&server, Some(&mia)).await, (StatusCode::OK, shown.clone()));
    for used in [&code, &earlier] {
        assert_eq!(setup(with("code", used)).await.status(), StatusCode::FORBIDDEN, "a used link is void");
    }
    let mut server = server.crash().await;
    assert_eq!(me(&server, Some(&mia)).await, (StatusCode::OK, shown), "still signed in");
    server.signal("-TERM");
    let mut lines = Vec::new();
    while let Some(line) = server.next_line().await {
        lines.push(line);
    }
    assert!(!lines.iter().any(|line| line.contains("first admin")), "no link when there is an admin: {lines:?}");
    let places = ["console/", "demo/", "playground/"].map(|place| format!("{}/{place}", server.url));
    assert!(places.iter().all(|place| lines.iter().any(|line| line.ends_with(place))), "{lines:?}");
}

#[tokio::test]
async fn wrong_passwords_and_unknown_people_are_told_the_same() {
    let mut server = Server::start().await;
    server.admin().await;
    let wrong = login(&server, "mia@example.com", "wrong password").await;
    let unknown = login(&server, "nobody@example.com", "wrong password").await;
    assert_eq!((wrong.status(), unknown.status()), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert!(!wrong.headers().contains_key("set-cookie"));
    assert_eq!(wrong.text().await.unwrap(), unknown.text().await.unwrap());
    let right = login(&server, " MIA@example.com ", PASSWORD).await;
    assert_eq!(right.status(), StatusCode::OK);
    let mut tried = 0;
    let slowed = loop {
        tried += 1;
        let response = login(&server, "nobody@example.com", "guess").await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            break response;
        }
        assert!(tried < 40, "guessing is never slowed down");
    };
    assert!(slowed.headers().contains_key("retry-after"));
    assert_eq!(login(&server, "mia@example.com", PASSWORD).await.status(), StatusCode::OK, "others still can");
}

#[tokio::test]
async fn nothing_changes_without_the_header_or_from_a_foreign_page() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let routes = [
        (Method::POST, "/v1/agent/setup"),
        (Method::POST, "/v1/agent/login"),
        (Method::POST, "/v1/agent/logout"),
        (Method::PUT, "/v1/agent/intent"),
        (Method::POST, "/v1/agent/frames"),
    ];
    for (method, path) in routes {
        let plain = server.request(method.clone(), path).header("cookie", &mia.cookie).json(&json!({}));
        assert_eq!(plain.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path} without the header");
        let foreign = crate::server::http().request(method, format!("{}{path}", server.url));
        let foreign =
            foreign.header("cookie", &mia.cookie).header("x-chinwag", "1").header("origin", "https://evil.example");
        assert_eq!(
            foreign.json(&json!({})).send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{path} from elsewhere"
        );
    }
    let socket = async |headers: &[(&'static str, &str)]| {
        Socket::open(&server, "/v1/agent/socket", headers).await.err().map(|error| status(&error))
    };
    assert_eq!(socket(&[("origin", "https://evil.example"), ("cookie", &mia.cookie)]).await, Some(403));
    assert_eq!(socket(&[("cookie", &mia.cookie)]).await, Some(403));
    assert_eq!(socket(&[("origin", &server.url)]).await, Some(401));
    for path in ["/v1/agent/me", "/v1/agent/conversations", "/v1/agent/conversations/x/entries"] {
        assert_eq!(server.get(path).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(me(&server, Some(&mia)).await.0, StatusCode::OK, "and nothing of that signed her out");
}

/// P2.2
#[tokio::test]
async fn signing_out_ends_the_session_and_its_sockets() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut socket = Socket::agent(&server, &mia).await;
    let response = server.console(Method::POST, "/v1/agent/logout", Some(&mia)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert!(response.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(socket.closed().await.0, 4000);
    assert_eq!(me(&server, Some(&mia)).await.0, StatusCode::UNAUTHORIZED, "the cookie is worth nothing");
    let availability = server.get_json("/sites/demo/availability.json").await;
    assert_eq!(availability["state"], "away");
}

/// P5.3
#[tokio::test]
async fn availability_follows_presence_and_the_durable_intent() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let state = async |server: &Server| server.get_json("/sites/demo/availability.json").await["state"].clone();
    let mut visitor = Socket::greeted(&server, &token(), vec![]).await;
    assert_eq!(visitor.welcome().await.availability, Availability::Away);
    assert_eq!(state(&server).await, "away", "signed in is not there");
    let next = async |visitor: &mut Socket| {
        visitor
            .until(|frame| match frame {
                ServerFrame::Availability(state) => Some(state),
                _ => None,
            })
            .await
    };
    let _agent = Socket::agent(&server, &mia).await;
    assert_eq!(next(&mut visitor).await, Availability::Available);
    assert_eq!(state(&server).await, "available");
    server.set_intent(&mia, "paused").await;
    assert_eq!(next(&mut visitor).await, Availability::Away);
    assert_eq!(me(&server, Some(&mia)).await.1["intent"], "paused");
    server.set_intent(&mia, "finishing").await;
    assert_eq!(next(&mut visitor).await, Availability::Busy, "somebody is there, and takes no more");
    server.set_intent(&mia, "paused").await;
    assert_eq!(next(&mut visitor).await, Availability::Away);

    let server = server.crash().await;
    let mut visitor = Socket::greeted(&server, &token(), vec![]).await;
    visitor.welcome().await;
    let _agent = Socket::agent(&server, &mia).await;
    assert_eq!(state(&server).await, "away", "a pause outlives the process");
    server.set_intent(&mia, "available").await;
    assert_eq!(next(&mut visitor).await, Availability::Available);
}

/// P5.3
#[tokio::test]
async fn who_has_as_many_conversations_as_an_agent_may_have_is_busy() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("chinwag.toml"), "agent_capacity = 1").unwrap();
    let mut server = Server::start_in(data).await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let state = async |expected: &str| {
        let look =
            async || (server.get_json("/sites/demo/availability.json").await["state"] == *expected).then_some(());
        server.eventually(expected, look).await;
    };
    state("available").await;
    let (ada, id) = (token(), conversation_id());
    post(&server, &ada, vec![ClientFrame::Send(send(id, text("hello")))]).await;
    agent.ack(send(id, text("hi"))).await;
    state("busy").await;
    agent.ack(send(id, Kind::Closed)).await;
    state("available").await;
}

#[tokio::test]
async fn the_inbox_pages_and_a_thread_opens_at_its_end() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let (ada, id) = (token(), conversation_id());
        post(&server, &ada, vec![ClientFrame::Send(send(id, text(&format!("{n}"))))]).await;
        ids.push(id.to_string());
    }
    let get = async |path: &str| -> Value {
        let response = server.console(Method::GET, path, Some(&mia)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    };
    let (mut seen, mut path) = (Vec::new(), "/v1/agent/conversations?state=open&limit=2".to_owned());
    loop {
        let page = get(&path).await;
        assert_eq!(page["feed"]["seq"], 5);
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["conversation"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/agent/conversations?state=open&limit=2&before={next}");
    }
    seen.sort();
    ids.sort();
    assert_eq!(seen, ids);
    let thread = get(&format!("/v1/agent/conversations/{}/entries?limit=1", ids[0])).await;
    assert_eq!(thread["page"]["events"].as_array().unwrap().len(), 1);
    assert_eq!(thread["summary"]["unread"], 1);
    assert_eq!(thread["visitor"], json!({ "delivered": 0, "read": 0 }));
    for (path, expected) in [
        ("/v1/agent/conversations?state=lost", StatusCode::BAD_REQUEST),
        ("/v1/agent/conversations?before=nonsense", StatusCode::BAD_REQUEST),
        ("/v1/agent/conversations/nonsense/entries", StatusCode::NOT_FOUND),
        (&format!("/v1/agent/conversations/{}/entries", conversation_id()), StatusCode::NOT_FOUND),
    ] {
        let response = server.console(Method::GET, path, Some(&mia)).send().await.unwrap();
        assert_eq!(response.status(), expected, "{path}");
    }
}

#[tokio::test]
async fn an_agents_frames_work_without_a_socket() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("hello"))).await;
    visitor.event().await;
    let body = json!({ "frames": [ClientFrame::Send(send(id, text("hi"))), { "hello": { "protocol": 1, "cursors": [unknown(id)], "attempt": 0 } }] });
    let response = server.console(Method::POST, "/v1/agent/frames", Some(&mia)).json(&body).send().await.unwrap();
    let answers: chinwag_conversation::PostAnswer = response.json().await.unwrap();
    assert!(
        matches!(&answers.frames[..], [ServerFrame::Ack(ack), ServerFrame::Welcome(_), ServerFrame::Page(page)]
        if ack.seq == 3 && page.stream == Stream::Conversation(id) && page.top == 3),
        "{answers:?}"
    );
    assert_eq!(visitor.event().await.seq, 2);
    assert_eq!(visitor.event().await.seq, 3);
}

#[tokio::test]
async fn the_command_line_invites_beside_a_running_server() {
    let mut server = Server::start().await;
    server.admin().await;
    let run = async |arguments: &[&str]| {
        let output = chinwag().args(arguments).arg("--data").arg(server.data()).output();
        let output = soon("the command", output).await.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (done, link, _) = run(&["agent", "add", "--email", "tom@example.com", "--name", "Tom"]).await;
    assert!(done);
    let code = link.trim().split("/console/#setup=").nth(1).expect("a link").to_owned();
    let form = |email: &str| json!({ "code": code, "name": "Tom", "email": email, "password": PASSWORD });
    let setup =
        async |form: Value| server.console(Method::POST, "/v1/agent/setup", None).json(&form).send().await.unwrap();
    assert_eq!(setup(form("eve@example.com")).await.status(), StatusCode::BAD_REQUEST, "made for Tom only");
    assert_eq!(setup(form("tom@example.com")).await.json::<Value>().await.unwrap()["role"], "agent");
    let (done, list, _) = run(&["agent", "list"]).await;
    assert!(
        done && list.contains("mia@example.com\tMia\tadmin") && list.contains("tom@example.com\tTom\tagent"),
        "{list}"
    );

    assert!(run(&["site", "add", "shop", "--origin", "https://shop.example.com"]).await.0);
    assert_eq!(run(&["site", "list"]).await.1, "demo\nshop\n");
    server
        .eventually("the new site", async || {
            (server.get("/sites/shop/engagement.json").await.status() == StatusCode::OK).then_some(())
        })
        .await;
    for wrong in [
        ["site", "add", "shop", "--origin", "https://shop.example.com"],
        ["site", "add", "../x", "--origin", "https://a"],
        ["site", "add", "y", "--origin", "shop.example.com"],
    ] {
        let (done, _, why) = run(&wrong).await;
        assert!(!done && why.starts_with("chinwag: "), "{why}");
    }
}
