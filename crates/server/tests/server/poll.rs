//! A conversation without sockets: `POST`s that wait for news.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chinwag_conversation::{
    Availability, ClientFrame, ConversationId, Cursor, Hello, Kind, Page, Post, PostAnswer, Range, ServerFrame, Side,
    Stream, Typing, admission::Refused, limits,
};
use reqwest::Method;

use crate::{
    client::{Socket, conversation_id, post, send, text, token},
    server::{Server, Signed, soon},
};

const CLIENT: &str = "0123456789abcdef";

fn greeting(cursors: Vec<Cursor>, client: Option<&str>) -> ClientFrame {
    let (ticket, client) = (None, client.map(Into::into));
    ClientFrame::Hello(Hello { protocol: 1, token: None, cursors, attempt: 0, ticket, client })
}

fn knows(id: ConversationId, seq: u64) -> Cursor {
    Cursor { stream: Stream::Conversation(id), epoch: 0, seq: Some(seq) }
}

async fn wait(server: &Server, ada: &str, wait_ms: u32, frames: Vec<ClientFrame>) -> Vec<ServerFrame> {
    let body = serde_json::to_string(&Post { token: Some(ada.into()), wait_ms: Some(wait_ms), frames }).unwrap();
    let request = server.request(Method::POST, "/v1/sites/demo/frames").header("content-type", "text/plain");
    let response = request.body(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json::<PostAnswer>().await.unwrap().frames
}

fn pages(frames: &[ServerFrame]) -> Vec<&Page> {
    assert!(matches!(frames[0], ServerFrame::Welcome(_)), "{frames:?}");
    frames.iter().filter_map(|frame| if let ServerFrame::Page(page) = frame { Some(page) } else { None }).collect()
}

/// Waits until somebody holds so many `POST`s.
async fn held(server: &Server, count: usize) {
    let line = format!("chinwag_connections_live{{transport=\"poll\"}} {count}");
    server
        .eventually("the held request", async || {
            server.get("/metrics").await.text().await.unwrap().contains(&line).then_some(())
        })
        .await;
}

/// A visitor with one message in the log.
async fn begun(server: &Server) -> (String, ConversationId) {
    let (ada, id) = (token(), conversation_id());
    let answers = post(server, &ada, vec![ClientFrame::Send(send(id, text("hello")))]).await;
    assert!(matches!(&answers[..], [ServerFrame::Ack(_)]));
    (ada, id)
}

/// P1.8
#[tokio::test]
async fn a_held_request_is_answered_by_the_first_news_and_one_that_is_behind_at_once() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let server = Arc::new(server);
    let (ada, id) = begun(&server).await;
    let behind = wait(&server, &ada, limits::WAIT_MS, vec![greeting(vec![knows(id, 0)], None)]).await;
    assert_eq!(pages(&behind)[0].events.len(), 1);
    let hold = |cursors| {
        let (server, ada) = (Arc::clone(&server), ada.clone());
        tokio::spawn(async move { wait(&server, &ada, limits::WAIT_MS, vec![greeting(cursors, None)]).await })
    };

    let waiting = hold(vec![knows(id, 1)]);
    held(&server, 1).await;
    agent.ack(send(id, text("hi"))).await;
    let frames = waiting.await.unwrap();
    let events = &pages(&frames)[0].events;
    assert_eq!(events.iter().map(|event| event.seq).next(), Some(2));

    let waiting = hold(vec![knows(id, 3)]);
    held(&server, 1).await;
    agent.say(ClientFrame::Typing(Typing { conversation: id, side: Side::Agent, name: None })).await;
    assert!(matches!(waiting.await.unwrap().last(), Some(ServerFrame::Typing(typing)) if typing.name.is_some()));

    let waiting = hold(vec![knows(id, 3)]);
    held(&server, 1).await;
    server.set_intent(&mia, "paused").await;
    let frames = waiting.await.unwrap();
    assert!(matches!(frames.last(), Some(ServerFrame::Availability(Availability::Away))), "{frames:?}");

    let elsewhere = conversation_id();
    let waiting = hold(vec![knows(id, 3)]);
    held(&server, 1).await;
    post(&server, &ada, vec![ClientFrame::Send(send(elsewhere, text("another tab")))]).await;
    let frames = waiting.await.unwrap();
    assert_eq!(pages(&frames)[0].stream, Stream::Conversation(elsewhere));
}

#[tokio::test]
async fn without_news_the_answer_says_where_the_logs_stand() {
    let server = Server::start().await;
    let (ada, id) = begun(&server).await;
    let frames = wait(&server, &ada, 50, vec![greeting(vec![knows(id, 1)], None)]).await;
    assert!(
        matches!(&frames[..], [ServerFrame::Welcome(_), ServerFrame::Top(top)] if top.streams[0].top == 1),
        "{frames:?}"
    );
    let empty = Cursor { stream: Stream::Conversation(conversation_id()), epoch: 0, seq: None };
    let frames = wait(&server, &ada, 50, vec![greeting(vec![empty], None)]).await;
    assert!(matches!(&frames[..], [_, ServerFrame::Top(_)]), "an empty log is no news: {frames:?}");
    let ahead = wait(&server, &ada, limits::WAIT_MS, vec![greeting(vec![knows(id, 9)], None)]).await;
    assert_eq!(pages(&ahead)[0].range, Range::Tail, "a log that lost its end is news");
    let began = Instant::now();
    let own = send(id, text("mine"));
    let frames =
        wait(&server, &ada, limits::WAIT_MS, vec![ClientFrame::Send(own), greeting(vec![knows(id, 2)], None)]).await;
    assert!(matches!(frames[0], ServerFrame::Ack(_)));
    assert!(began.elapsed().as_millis() < u128::from(limits::WAIT_MS), "an ack does not wait");
}

/// P3.7
#[tokio::test]
async fn a_newer_connection_of_the_same_client_ends_the_older_request() {
    let server = Arc::new(Server::start().await);
    let (ada, id) = begun(&server).await;
    let hold = |client: Option<&'static str>| {
        let (server, ada) = (Arc::clone(&server), ada.clone());
        let hello = greeting(vec![knows(id, 1)], client);
        tokio::spawn(async move { wait(&server, &ada, limits::WAIT_MS, vec![hello]).await })
    };
    let other = hold(Some("fedcba9876543210"));
    let older = hold(Some(CLIENT));
    held(&server, 2).await;
    let newer = hold(Some(CLIENT));
    assert_eq!(older.await.unwrap(), [], "empty");
    held(&server, 2).await;
    let mut socket = Socket::visitor(&server).await;
    let ClientFrame::Hello(hello) = greeting(vec![knows(id, 1)], Some(CLIENT)) else { unreachable!() };
    socket.say(ClientFrame::Hello(Hello { token: Some(ada.clone()), ..hello })).await;
    assert_eq!(newer.await.unwrap(), [], "a socket takes its place, too");
    socket.ack(send(id, text("still there?"))).await;
    assert_eq!(pages(&other.await.unwrap())[0].events.len(), 1, "another client goes on");
}

/// Would catch: an entry that is lost between two requests, or comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_by_post_alone_misses_nothing_and_sees_nothing_twice() {
    const MESSAGES: u64 = 60;
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let server = Arc::new(server);
    let (ada, id) = begun(&server).await;
    let mut agent = Socket::agent(&server, &mia).await;
    let writing = tokio::spawn(async move {
        for n in 0..MESSAGES {
            agent.ack(send(id, text(&n.to_string()))).await;
        }
    });
    let (mut seen, mut known) = (Vec::new(), 1);
    while seen.len() < MESSAGES as usize {
        let hello = greeting(vec![knows(id, known)], Some(CLIENT));
        let frames = soon("news", wait(&server, &ada, limits::WAIT_MS, vec![hello])).await;
        for page in pages(&frames) {
            for event in &page.events {
                assert_eq!(event.seq, known + 1);
                known = event.seq;
                if let Kind::Message { text } = &event.entry.kind {
                    seen.push(text.clone());
                }
            }
        }
    }
    writing.await.unwrap();
    assert!(seen.iter().map(String::as_str).eq((0..MESSAGES).map(|n| n.to_string()).collect::<Vec<_>>().iter()));
}

#[tokio::test]
async fn agents_wait_for_the_feed_and_a_stopping_server_lets_everybody_go() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let server = Arc::new(server);
    let feed = |seq| vec![greeting(vec![Cursor { stream: Stream::Feed, epoch: 0, seq: Some(seq) }], None)];
    let hold = |who: Signed, frames| {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let body = Post { token: None, wait_ms: Some(limits::WAIT_MS), frames };
            let request = server.console(Method::POST, "/v1/agent/frames", Some(&who)).json(&body);
            request.send().await.unwrap().json::<PostAnswer>().await.unwrap().frames
        })
    };
    let waiting = hold(mia.clone(), feed(0));
    held(&server, 1).await;
    begun(&server).await;
    assert!(pages(&waiting.await.unwrap())[0].events[0].summary.is_some());
    let waiting = hold(mia, feed(1));
    held(&server, 1).await;
    server.signal("-TERM");
    assert!(matches!(waiting.await.unwrap().last(), Some(ServerFrame::Drain { .. })));
}

/// P6.5. Would catch: a stop that waits for a window in which nobody is left.
#[tokio::test]
async fn a_stop_waits_for_whoever_is_there_and_not_longer() {
    let slowly = |command: &mut tokio::process::Command| {
        command.args(["--handshakes-per-second", "1"]);
    };
    let server = Arc::new(Server::start_with(tempfile::tempdir().unwrap(), slowly).await);
    let waits = Arc::clone(&server);
    let waiting =
        tokio::spawn(async move { wait(&waits, &token(), limits::WAIT_MS, vec![greeting(vec![], None)]).await });
    held(&server, 1).await;
    let refused: Refused = server.get("/v1/sites/demo/connect").await.json().await.unwrap();
    // As told; there is no other way to a second place.
    tokio::time::sleep(Duration::from_millis(refused.after_ms)).await;
    let mut socket = Socket::visitor(&server).await;
    socket.say(crate::client::greeting(&token(), refused.place.as_ref().map(|place| &*place.ticket))).await;
    let window = Duration::from_millis(socket.welcome().await.window_ms);
    assert!(window > Duration::from_secs(2), "N / (0.7 R): {window:?}");
    server.signal("-TERM");
    assert!(matches!(waiting.await.unwrap().last(), Some(ServerFrame::Drain { .. })));
    // The old connection works until the client has a new one.
    socket.ack(send(conversation_id(), text("until I leave"))).await;
    let began = Instant::now();
    drop(socket);
    let mut server = Arc::into_inner(server).unwrap();
    assert_eq!(server.exit_code().await, Some(0));
    assert!(began.elapsed() < window, "{:?}", began.elapsed());
}
