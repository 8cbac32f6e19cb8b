//! Bad input: a clear answer, and nobody else suffers.

use std::io::{Read, Write};

use chinwag_conversation::{ClientFrame, CursorReport, NackCode, Pull, Range, ServerFrame, Side, Stream, limits};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Socket, conversation_id, hello, post, send, status, text, token, unknown},
    server::Server,
};

/// Another visitor, before and after something bad happened.
async fn well(server: &Server) {
    let mut visitor = Socket::greeted(server, &token(), vec![]).await;
    visitor.ack(send(conversation_id(), text("all well?"))).await;
}

/// P2.3
#[tokio::test]
async fn only_pages_of_the_site_may_connect() {
    let server = Server::start().await;
    let settings = server.data().join("sites/demo/site.toml");
    std::fs::write(settings, "origins = [\"https://shop.example.com\"]").unwrap();
    let port = server.url.rsplit(':').next().unwrap();
    let local = format!("http://localhost:{port}");
    let other_port = "http://127.0.0.1:1".to_owned();
    server
        .eventually("the new origins", async || {
            let headers = [("origin", "https://shop.example.com")];
            Socket::open(&server, "/v1/sites/demo/socket", &headers).await.ok()
        })
        .await;
    let refused = [
        "null",
        "",
        "https://evil.example",
        "https://shop.example.com.evil.example",
        "https://www.shop.example.com",
        "https://shop.example.co",
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://SHOP.example.com",
        "https://shop.example.com/",
        "https://shop.example.com https://evil.example",
        &other_port,
    ];
    let body = json!({ "token": token(), "frames": [] }).to_string();
    let post = async |origin: Option<&str>| {
        let mut request = crate::server::http().post(format!("{}/v1/sites/demo/frames", server.url));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.header("content-type", "text/plain").body(body.clone()).send().await.unwrap()
    };
    for origin in refused {
        let socket = Socket::open(&server, "/v1/sites/demo/socket", &[("origin", origin)]).await;
        assert_eq!(socket.err().map(|e| status(&e)), Some(403), "{origin:?}");
        let response = post(Some(origin)).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin:?}");
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{origin:?}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], "origin");
    }
    let missing = Socket::open(&server, "/v1/sites/demo/socket", &[]).await;
    assert_eq!(missing.err().map(|e| status(&e)), Some(403), "no origin");
    assert_eq!(post(None).await.status(), StatusCode::FORBIDDEN, "no origin");
    let doubled = [("origin", "https://shop.example.com"), ("origin", "https://shop.example.com")];
    let doubled = Socket::open(&server, "/v1/sites/demo/socket", &doubled).await;
    assert_eq!(doubled.err().map(|e| status(&e)), Some(403), "two origins");
    for origin in ["https://shop.example.com", &server.url, &local] {
        Socket::open(&server, "/v1/sites/demo/socket", &[("origin", origin)]).await.unwrap();
        let response = post(Some(origin)).await;
        assert_eq!(response.headers()["access-control-allow-origin"], origin);
    }
    let unknown = Socket::open(&server, "/v1/sites/nowhere/socket", &[("origin", &server.url)]).await;
    assert_eq!(unknown.err().map(|e| status(&e)), Some(404));
}

#[tokio::test]
async fn bad_bodies_are_explained() {
    let server = Server::start().await;
    let token = token();
    let large = "x".repeat(limits::FRAME_BYTES + 1);
    let many = json!({ "token": token, "frames": vec![json!({ "hello": { "protocol": 1, "cursors": [], "attempt": 0 } }); 33] });
    let hello = json!({ "token": token, "frames": [{ "hello": { "protocol": 99, "cursors": [], "attempt": 0 } }] });
    let broken = json!({ "token": token, "frames": [{ "pull": {} }] }).to_string();
    let deep = "[".repeat(50_000);
    let cases: [(&str, &str, &str, u16, &str); 12] = [
        ("nowhere", "text/plain", "{}", 404, "not_found"),
        ("..%2fdemo", "text/plain", "{}", 404, "not_found"),
        ("demo", "text/plain", "{", 400, "json"),
        ("demo", "text/plain", &deep, 400, "json"),
        ("demo", "application/json; charset=utf-8", "{\"frames\":7}", 400, "json"),
        ("demo", "text/plain", &broken, 400, "frame"),
        ("demo", "text/plain", "{\"frames\":[]}", 401, "unauthenticated"),
        ("demo", "text/plain", "{\"token\":\"short\",\"frames\":[]}", 401, "unauthenticated"),
        ("demo", "application/xml", "{}", 415, "media_type"),
        ("demo", "text/plain", &large, 413, "too_large"),
        ("demo", "text/plain", &many.to_string(), 400, "too_many_frames"),
        ("demo", "text/plain", &hello.to_string(), 403, "protocol"),
    ];
    for (site, kind, body, expected, code) in cases {
        let request = server.request(Method::POST, &format!("/v1/sites/{site}/frames")).header("content-type", kind);
        let response = request.body(body.to_owned()).send().await.unwrap();
        let start: String = body.chars().take(60).collect();
        assert_eq!(response.status().as_u16(), expected, "{site} {kind} {start}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().len() > 10, "{answer}");
    }
    let id = conversation_id();
    let unreadable = json!({ "send": { "id": send(id, text("")).id, "conversation": id, "kind": { "video": {} } } });
    let mixed = json!({ "token": token, "frames": [{ "telepathy": {} }, { "pull": { "newer": 1 } }, 7, unreadable, ClientFrame::Send(send(id, text("hi")))] });
    let response = server.request(Method::POST, "/v1/sites/demo/frames").json(&mixed).send().await.unwrap();
    let answers: chinwag_conversation::PostAnswer = response.json().await.unwrap();
    assert!(
        matches!(&answers.frames[..], [ServerFrame::Nack(nack), ServerFrame::Ack(_)] if nack.code == NackCode::Malformed),
        "what is unknown or unreadable costs the others nothing: {answers:?}"
    );
    let counted = server.get("/metrics").await.text().await.unwrap();
    for line in ["reason=\"unknown\"} 1", "reason=\"broken\"} 3"] {
        assert!(counted.contains(&format!("chinwag_frames_ignored_total{{{line}")), "{line} in\n{counted}");
    }
    let wrong = server.request(Method::DELETE, "/v1/sites/demo/frames").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    let not_utf8 = server.request(Method::POST, "/v1/sites/demo/frames").header("content-type", "text/plain");
    assert_eq!(not_utf8.body(vec![0xff, 0xfe]).send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    well(&server).await;
}

/// P1.6
#[tokio::test]
async fn broken_frames_are_forgiven_twice_and_unknown_ones_always() {
    let server = Server::start().await;
    let mut visitor = Socket::greeted(&server, &token(), vec![]).await;
    for n in 0..50 {
        visitor.say_raw(format!("{{\"telepathy\":{{\"n\":{n}}}}}")).await;
    }
    visitor.say_raw("{").await;
    visitor.say_message(Message::binary(vec![1, 2, 3])).await.unwrap();
    let id = conversation_id();
    visitor.ack(send(id, text("still here"))).await;
    let unreadable = json!({ "send": { "id": send(id, text("")).id, "conversation": id, "kind": { "video": {} } } });
    visitor.say_raw(unreadable.to_string()).await;
    let answer = visitor.answer().await;
    assert!(
        matches!(&answer, ServerFrame::Nack(nack) if nack.code == NackCode::Malformed),
        "so that it is not sent for ever"
    );
    visitor.say_raw("[1]").await;
    let (code, reason) = visitor.closed().await;
    assert_eq!(code, 1007);
    assert!(reason.contains("frame"), "{reason}");
    well(&server).await;
}

/// P3.1, P3.5
#[tokio::test]
async fn a_greeting_is_needed_and_checked() {
    let server = Server::start().await;
    let close = async |frame: ClientFrame| {
        let mut socket = Socket::visitor(&server).await;
        socket.say(frame).await;
        socket.closed().await.0
    };
    assert_eq!(close(hello(None, vec![])).await, 4000);
    assert_eq!(close(hello(Some("guess"), vec![])).await, 4000);
    let ClientFrame::Hello(mut old) = hello(Some(&token()), vec![]) else { panic!() };
    old.protocol = 0;
    assert_eq!(close(ClientFrame::Hello(old)).await, 4050);
    let mut silent = Socket::visitor(&server).await;
    assert_eq!(silent.closed().await.0, 4202, "after 5 s without a word");
}

/// P3.1. Would catch: a message that is dropped without a word because it came too early, and a sender who waits for ever.
#[tokio::test]
async fn what_comes_before_hello_ends_the_connection_and_a_second_hello_changes_nothing() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let unreadable = json!({ "send": { "id": send(id, text("")).id, "conversation": id, "kind": { "video": {} } } });
    let early = serde_json::to_value(ClientFrame::Send(send(id, text("early")))).unwrap();
    for early in [early, unreadable] {
        let mut socket = Socket::visitor(&server).await;
        socket.say_raw(early.to_string()).await;
        let (code, reason) = socket.closed().await;
        assert_eq!(code, 1002, "{reason}");
    }
    let mut visitor = Socket::visitor(&server).await;
    visitor.say_raw("{\"prelude\":{}}").await;
    visitor.say(hello(Some(&ada), vec![])).await;
    visitor.welcome().await;
    // As somebody else, and in another protocol.
    visitor.say(hello(Some(&token()), vec![unknown(id)])).await;
    visitor.say_raw("{\"hello\":{\"protocol\":9,\"cursors\":[],\"attempt\":0}}").await;
    let message = send(id, text("still Ada"));
    visitor.say(ClientFrame::Send(message.clone())).await;
    let next = visitor.hear().await;
    assert!(matches!(&next, Some(ServerFrame::Ack(ack)) if ack.id == message.id), "no second welcome: {next:?}");
    let pull = ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::Tail });
    let answers = post(&server, &ada, vec![pull]).await;
    assert!(matches!(&answers[..], [ServerFrame::Page(page)] if page.top == 1), "it is hers: {answers:?}");
}

/// P4.3, P4.7. Would catch: a frame that does something else when it comes twice or in another order.
#[tokio::test]
async fn replayed_frames_and_pulls_in_any_order_change_nothing() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let frames: Vec<_> = (1..=5).map(|n| send(id, text(&n.to_string()))).collect();
    let mut acks = Vec::new();
    for frame in frames.iter().chain(frames.iter().rev()).chain(&frames) {
        acks.push(visitor.ack(frame.clone()).await.seq);
    }
    assert_eq!(acks, [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5]);
    let stream = Stream::Conversation(id);
    let ranges = [
        (Range::Before(3), vec![1, 2]),
        (Range::After(4), vec![5]),
        (Range::After(0), vec![1, 2, 3, 4, 5]),
        (Range::After(99), vec![]),
        (Range::Before(0), vec![]),
        (Range::Before(1), vec![]),
        (Range::Before(u64::MAX), vec![1, 2, 3, 4, 5]),
        (Range::After(u64::MAX), vec![]),
        (Range::Tail, vec![1, 2, 3, 4, 5]),
    ];
    for (range, expected) in ranges.iter().chain(ranges.iter().rev()) {
        visitor.say(ClientFrame::Pull(Pull { stream, range: *range })).await;
        let page = visitor.page().await;
        let seqs: Vec<u64> = page.events.iter().map(|event| event.seq).collect();
        assert_eq!((&seqs, page.top, page.range), (expected, 5, *range));
    }
    let late = CursorReport { conversation: id, side: Side::Visitor, delivered: 5, read: 5 };
    for report in [late, CursorReport { delivered: 1, read: 1, ..late }, late] {
        visitor.say(ClientFrame::Cursor(report)).await;
    }
    let ack = visitor.ack(send(id, text("6"))).await;
    assert_eq!(ack.seq, 6, "and it goes on");
}

/// P1.3, P1.8
#[tokio::test]
async fn as_many_frames_as_a_post_may_carry_are_answered_and_one_more_is_refused() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let pull = ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::Tail });
    let answers = post(&server, &ada, vec![pull.clone(); limits::POST_FRAMES]).await;
    assert_eq!(limits::POST_FRAMES, 32);
    assert_eq!(answers.len(), 32, "each has its answer, in its place");
    let body = json!({ "token": ada, "frames": vec![pull; 33] });
    let refused = server.request(Method::POST, "/v1/sites/demo/frames").json(&body).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "too_many_frames");
}

/// P2.1. Would catch: a secret that is taken from where logs and other pages see it.
#[tokio::test]
async fn a_visitors_secret_counts_in_the_greeting_or_the_body_and_nowhere_else() {
    let server = Server::start().await;
    let ada = token();
    let elsewhere = [
        (format!("/v1/sites/demo/socket?token={ada}"), vec![]),
        ("/v1/sites/demo/socket".into(), vec![("authorization", format!("Bearer {ada}"))]),
        ("/v1/sites/demo/socket".into(), vec![("cookie", format!("token={ada}"))]),
    ];
    for (path, headers) in elsewhere {
        let mut all = vec![("origin", server.url.as_str())];
        all.extend(headers.iter().map(|(name, value)| (*name, value.as_str())));
        let mut socket = Socket::open(&server, &path, &all).await.unwrap();
        socket.say(hello(None, vec![])).await;
        assert_eq!(socket.closed().await.0, 4000, "{path} {headers:?}");
        let path = path.replace("/socket", "/frames");
        let mut request = server.request(Method::POST, &path).header("content-type", "text/plain");
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        assert_eq!(request.body("{\"frames\":[]}").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    for short in [&ada[1..], &format!("{ada}A"), &format!("{}!", &ada[1..]), ""] {
        let mut socket = Socket::visitor(&server).await;
        socket.say(hello(Some(short), vec![])).await;
        assert_eq!(socket.closed().await.0, 4000, "{short}");
    }
    // The first contact makes the visitor known; nothing had to be asked for before.
    let id = conversation_id();
    let answers = post(&server, &ada, vec![ClientFrame::Send(send(id, text("hello")))]).await;
    assert!(matches!(&answers[..], [ServerFrame::Ack(_)]));
    let mut again = Socket::greeted(&server, &ada, vec![]).await;
    assert_eq!(again.welcome().await.streams[0].stream, Stream::Conversation(id), "known by the secret alone");
}

/// P1.6
#[tokio::test]
async fn a_frame_that_is_too_large_ends_its_own_connection_only() {
    let server = Server::start().await;
    for size in [limits::FRAME_BYTES + 1, 4 * 1024 * 1024] {
        let mut visitor = Socket::greeted(&server, &token(), vec![]).await;
        visitor.welcome().await;
        // The server may stop reading before everything is sent.
        let _ = visitor.say_message(Message::text("x".repeat(size))).await;
        assert_eq!(visitor.closed().await.0, 1009, "{size}");
    }
    well(&server).await;
}

#[tokio::test]
async fn a_flood_of_frames_is_cut_off() {
    let server = Server::start().await;
    let mut visitor = Socket::greeted(&server, &token(), vec![]).await;
    visitor.welcome().await;
    for _ in 0..2_000 {
        if visitor.say_message(Message::text("{\"telepathy\":{}}")).await.is_err() {
            break;
        }
    }
    let (code, reason) = visitor.closed().await;
    assert_eq!(code, 4102);
    assert!(chinwag_conversation::code::hint(&reason).is_some(), "{reason}");
    well(&server).await;
}

#[tokio::test]
async fn strange_requests_get_an_answer_and_hold_nobody_up() {
    let server = Server::start().await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let many_headers = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    let requests = [
        ("GARBAGE\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\n{many_headers}\r\n"), "431"),
        (format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(100_000)), "4"),
        ("GET /../../etc/passwd HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), "404"),
        ("GET /assets/%2e%2e/%2e%2e/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), "404"),
    ];
    for (request, expected) in requests {
        let address = address.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            let _ = stream.write_all(request.as_bytes());
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        })
        .await
        .unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{expected}: {answer}");
    }
    well(&server).await;
}

#[tokio::test]
async fn logs_tell_nothing_about_people() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("my secret plan"))).await;
    let contact = chinwag_conversation::Kind::Contact {
        name: Some("Ada Lovelace".into()),
        email: Some("ada@example.com".into()),
    };
    visitor.ack(send(id, contact)).await;
    visitor.say_raw("{\"send\":\"my secret plan\"").await;
    visitor.say_raw("[1]").await;
    visitor.say_raw("[1]").await;
    visitor.closed().await;
    server.signal("-TERM");
    server.exit_code().await;
    let log = server.log();
    assert!(log.contains("draining"));
    let secret = mia.cookie.split('=').nth(1).unwrap();
    for told in ["secret plan", "Lovelace", "ada@", "mia@", &ada, secret, "127.0.0.1"] {
        assert!(!log.contains(told), "{told} is in the log:\n{log}");
    }
}
