//! Who may connect, and what those who may not are told.

use chinwag_conversation::{Ticket, Transports, admission::Refused, code, limits};
use reqwest::{Method, StatusCode};

use crate::{
    client::{Socket, conversation_id, greeting, send, text, token},
    server::Server,
};

async fn paced(per_second: u32) -> Server {
    let rate = per_second.to_string();
    Server::start_with(tempfile::tempdir().unwrap(), |command| {
        command.args(["--handshakes-per-second", &rate]);
    })
    .await
}

async fn ask(server: &Server) -> Result<Ticket, Refused> {
    let response = server.get("/v1/sites/demo/connect").await;
    assert_eq!(response.headers()["access-control-allow-origin"], *server.url, "a page can read it");
    assert_eq!(response.headers()["cache-control"], "no-store");
    match response.status() {
        StatusCode::OK => Ok(response.json().await.unwrap()),
        StatusCode::SERVICE_UNAVAILABLE => {
            assert!(response.headers().contains_key("retry-after"));
            Err(response.json().await.unwrap())
        }
        other => panic!("{other}"),
    }
}

/// P3.6
#[tokio::test]
async fn a_full_server_says_when_to_ask_again_and_a_ticket_is_a_place() {
    // One handshake every ten seconds at first.
    let server = paced(1).await;
    let ticket = ask(&server).await.unwrap();
    assert_eq!((ticket.expires_ms, ticket.transport), (limits::TICKET_MS, Transports::Any));
    let refused = ask(&server).await.unwrap_err();
    assert!(refused.after_ms > 0 && refused.spread_ms > 0, "{refused:?}");
    let place = refused.place.expect("a place in the line").ticket;
    let mut early = Socket::visitor(&server).await;
    early.say(greeting(&token(), Some(&place))).await;
    let (closed, reason) = early.closed().await;
    assert_eq!(closed, code::CAPACITY);
    assert!(code::hint(&reason).is_some_and(|wait| wait <= refused.after_ms), "{reason}");

    let mut without = Socket::greeted(&server, &token(), vec![]).await;
    let (closed, reason) = without.closed().await;
    assert_eq!(closed, code::CAPACITY);
    assert!(code::hint(&reason).is_some_and(|wait| wait > 0), "{reason}");
    let mut with = Socket::visitor(&server).await;
    with.say(greeting(&token(), Some(&ticket.ticket))).await;
    with.welcome().await;
    with.ack(send(conversation_id(), text("in"))).await;
    let mut again = Socket::visitor(&server).await;
    again.say(greeting(&token(), Some(&ticket.ticket))).await;
    assert_eq!(again.closed().await.0, code::CAPACITY, "a ticket is one place");
}

/// P3.6. Would catch: a storm that goes around the line by `POST`, or a chain of long polls that stands in it each time.
#[tokio::test]
async fn a_greeting_by_post_is_a_handshake_and_its_chain_is_not_another_one() {
    let server = paced(1).await;
    let post = async |client: &str, token: &str, ticket: Option<&str>| {
        let hello = serde_json::json!({"hello": {
            "protocol": 1, "cursors": [], "attempt": 0, "client": client, "ticket": ticket,
        }});
        let body = serde_json::json!({"token": token, "frames": [hello]}).to_string();
        let request = crate::server::http().post(format!("{}/v1/sites/demo/frames", server.url));
        request.header("origin", &server.url).header("content-type", "text/plain").body(body).send().await.unwrap()
    };
    let (ada, bob) = (token(), token());
    let ticket = ask(&server).await.unwrap().ticket;
    assert_eq!(post("0123456789abcdef", &ada, Some(&ticket)).await.status(), StatusCode::OK);
    let refused = post("fedcba9876543210", &bob, None).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    for _ in 0..3 {
        assert_eq!(post("0123456789abcdef", &ada, None).await.status(), StatusCode::OK, "the chain goes on");
    }
    assert_eq!(post("0123456789abcdef", &bob, None).await.status(), StatusCode::TOO_MANY_REQUESTS, "not of others");
}

#[tokio::test]
async fn only_pages_of_the_site_are_told_and_agents_ask_for_themselves() {
    let mut server = Server::start().await;
    let ask = async |path: &str, origin: Option<&str>| {
        let mut request = crate::server::http().get(format!("{}{path}", server.url));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.send().await.unwrap().status()
    };
    assert_eq!(ask("/v1/sites/demo/connect", None).await, StatusCode::OK, "a page of the server's own origin");
    assert_eq!(ask("/v1/sites/demo/connect", Some("https://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(ask("/v1/sites/nowhere/connect", Some(&server.url)).await, StatusCode::NOT_FOUND);
    assert_eq!(ask("/v1/agent/connect", Some("https://evil.example")).await, StatusCode::FORBIDDEN);
    let response = server.get("/v1/agent/connect").await;
    let ticket: Ticket = response.json().await.unwrap();
    let mia = server.admin().await;
    let mut forged = Socket::visitor(&server).await;
    forged.say(greeting(&token(), Some(&ticket.ticket))).await;
    forged.welcome().await;
    Socket::agent(&server, &mia).await;
}

/// P2.5
#[tokio::test]
async fn an_ended_session_is_told_in_words_that_a_page_can_read() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    server.console(Method::POST, "/v1/agent/logout", Some(&mia)).send().await.unwrap();
    let headers = [("origin", server.url.as_str()), ("cookie", mia.cookie.as_str())];
    let mut socket = Socket::open(&server, "/v1/agent/socket", &headers).await.unwrap();
    socket.say(crate::client::hello(None, vec![])).await;
    assert_eq!(socket.closed().await.0, code::CREDENTIALS);
}

#[tokio::test]
async fn what_happens_is_counted_for_this_machine_and_for_admins() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut visitor = Socket::greeted(&server, &token(), vec![]).await;
    visitor.welcome().await;
    visitor.ack(send(conversation_id(), text("counted"))).await;
    let text = server.get("/metrics").await.text().await.unwrap();
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse::<f64>().unwrap()
    };
    assert_eq!(value("chinwag_handshakes_admitted_total"), 1.0);
    assert_eq!(value("chinwag_connections_live{transport=\"socket\"}"), 1.0);
    assert_eq!(value("chinwag_greetings_total{transport=\"socket\"}"), 1.0);
    assert_eq!(value("chinwag_send_seconds_count{transport=\"socket\"}"), 1.0);
    assert!(value("chinwag_commits_total") >= 1.0 && value("chinwag_writes_total") >= value("chinwag_commits_total"));
    assert_eq!(value("chinwag_write_queue"), 0.0);
    let outside = async |who| {
        let request = server.console(Method::GET, "/metrics", who).header("x-forwarded-for", "192.0.2.7");
        request.send().await.unwrap().status()
    };
    assert_eq!(outside(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(outside(Some(&mia)).await, StatusCode::OK);
}
