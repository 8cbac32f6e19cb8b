//! A full disk, a locked database, clients that neither read nor write: each has a defined answer, and nothing acked is lost.

use std::io::{Read, Write};

use chinwag_conversation::{
    ClientFrame, ConversationId, CursorReport, Event, Nack, NackCode, Pull, Range, Send, ServerFrame, Side, Stream,
    limits,
};
use reqwest::Method;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Socket, conversation_id, message_id, post, send, text, token},
    server::{Server, soon},
};

/// What came of a send.
async fn answer(socket: &mut Socket, frame: &Send) -> Result<u64, Nack> {
    socket.say(ClientFrame::Send(frame.clone())).await;
    match socket.answer().await {
        ServerFrame::Ack(ack) => Ok(ack.seq),
        ServerFrame::Nack(nack) => Err(nack),
        other => panic!("{other:?}"),
    }
}

async fn log(server: &Server, ada: &str, id: ConversationId) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let pull = Pull { stream: Stream::Conversation(id), range: Range::After(events.len() as u64) };
        let answers = post(server, ada, vec![ClientFrame::Pull(pull)]).await;
        let Some(ServerFrame::Page(page)) = answers.into_iter().next() else { panic!("no page") };
        events.extend(page.events);
        if events.len() as u64 >= page.top {
            return events;
        }
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_is_new_and_keeps_what_was_acked() {
    let data = tempfile::tempdir().unwrap();
    // Files may grow to 400 KiB, and no further: writes fail as they do on a full disk.
    let server = Server::start_through(data, "trap '' XFSZ; ulimit -f 800; exec \"$@\"").await;
    let mut acked = Vec::new();
    let (refused, who) = loop {
        let (ada, id) = (token(), conversation_id());
        let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
        let message = Send { id: message_id(), ..send(id, text(&"x".repeat(limits::TEXT_CHARS))) };
        match answer(&mut visitor, &message).await {
            Ok(_) => acked.push((ada, id, message.id)),
            Err(nack) => {
                assert_eq!(nack.code, NackCode::Unavailable);
                assert!(nack.after_ms > 0, "it may work later");
                break (message, ada);
            }
        }
        assert!(acked.len() < 1_000, "the disk was never full");
    };
    assert!(acked.len() > 5, "the disk was not full from the start");
    assert_eq!(log(&server, &acked[0].0, acked[0].1).await.len(), 1, "reading goes on");
    assert_eq!(server.get("/healthz").await.status(), 200, "restarting would not help");
    let server = server.crash().await;
    for (ada, id, message) in &acked {
        let events = log(&server, ada, *id).await;
        assert_eq!(events.iter().map(|event| event.entry.id).collect::<Vec<_>>(), [*message]);
    }
    let mut visitor = Socket::greeted(&server, &who, vec![]).await;
    assert_eq!(answer(&mut visitor, &refused).await, Ok(1), "and with room again it is taken");
}

#[tokio::test]
async fn a_locked_database_is_waited_for_and_then_refuses_for_now() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    assert_eq!(answer(&mut visitor, &send(id, text("before"))).await, Ok(1));
    let other = rusqlite::Connection::open(server.data().join("chinwag.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let message = send(id, text("while somebody else writes"));
    let refused = answer(&mut visitor, &message).await.unwrap_err();
    assert_eq!(refused.code, NackCode::Unavailable);
    assert!(refused.after_ms > 0);
    assert_eq!(log(&server, &ada, id).await.len(), 1, "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    let seq = loop {
        match answer(&mut visitor, &message).await {
            Ok(seq) => break seq,
            Err(nack) => assert_eq!(nack.code, NackCode::Unavailable),
        }
    };
    assert_eq!(seq, 2);
    assert_eq!(log(&server, &ada, id).await.len(), 2, "once, though it was sent more than once");
}

/// Would catch: an answer that stays unread for the agent for ever, because the database was locked when the visitor read it.
#[tokio::test]
async fn what_was_read_while_the_database_was_locked_is_told_afterwards() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("before"))).await;
    let other = rusqlite::Connection::open(server.data().join("chinwag.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let report = CursorReport { conversation: id, side: Side::Visitor, delivered: 1, read: 1 };
    visitor.say(ClientFrame::Cursor(report)).await;
    // Written after the report, so that was refused, too.
    answer(&mut visitor, &send(id, text("while somebody else writes"))).await.unwrap_err();
    other.execute_batch("COMMIT").unwrap();
    server
        .eventually("the agent hears of it", async || {
            let path = format!("/v1/agent/conversations/{id}/entries");
            let thread = server.console(Method::GET, &path, Some(&mia)).send().await.unwrap();
            let thread: serde_json::Value = thread.json().await.unwrap();
            (thread["visitor"]["read"] == 1).then_some(())
        })
        .await;
}

#[tokio::test]
async fn who_does_not_read_is_let_go_and_holds_nobody_up() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut sleeper = Socket::greeted(&server, &ada, vec![]).await;
    for _ in 0..20 {
        sleeper.ack(send(id, text(&"\u{1}".repeat(limits::TEXT_CHARS)))).await;
    }
    let pull = ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::After(0) });
    let pull = serde_json::to_string(&pull).unwrap();
    // Each is answered by 60 KB, which nobody reads.
    for _ in 0..350 {
        let sent = tokio::time::timeout(std::time::Duration::from_secs(1), sleeper.say_message(Message::text(&pull)));
        if !matches!(sent.await, Ok(Ok(()))) {
            break;
        }
    }
    let mut other = Socket::greeted(&server, &token(), vec![]).await;
    other.ack(send(conversation_id(), text("meanwhile"))).await;
    drop(other);
    let nobody = "chinwag_connections_live{transport=\"socket\"} 0";
    server
        .eventually("the sleeper's end", async || {
            server.get("/metrics").await.text().await.unwrap().contains(nobody).then_some(())
        })
        .await;
}

#[tokio::test]
async fn who_does_not_write_on_is_let_go() {
    let server = Server::start().await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let origin = &server.url;
    let halves = [
        (String::new(), ""),
        ("GET / HTTP/1.1\r\nho".to_owned(), ""),
        (
            format!(
                "POST /v1/sites/demo/frames HTTP/1.1\r\nhost: a\r\norigin: {origin}\r\n\
                     content-type: text/plain\r\ncontent-length: 100\r\n\r\n{{"
            ),
            "HTTP/1.1 408",
        ),
    ];
    let waits = halves.map(|(half, expected)| {
        let address = address.clone();
        tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(half.as_bytes()).unwrap();
            let mut said = Vec::new();
            // The answer, if any, and then the end.
            let _ = stream.take(12).read_to_end(&mut said);
            (String::from_utf8_lossy(&said).into_owned(), expected)
        })
    });
    for wait in waits {
        let (said, expected) = soon("the end", wait).await.unwrap();
        assert!(said.starts_with(expected), "{said}");
    }
}
