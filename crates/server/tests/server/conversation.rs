//! Two sides that talk.

use chinwag_conversation::{
    ClientFrame, Context, Cursor, CursorReport, Event, Kind, NackCode, Pull, Range, Send, ServerFrame, Side, Stream,
    Typing, limits,
};

use crate::{
    client::{Socket, conversation_id, hello, message_id, post, send, text, token, unknown},
    server::Server,
};

fn said(event: &Event) -> (u64, Kind) {
    (event.entry.seq, event.entry.kind.clone())
}

/// P1.2, P3.2, P4.5, P4.10, P5.2
#[tokio::test]
async fn what_one_side_writes_reaches_the_other_at_once() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let welcome = visitor.welcome().await;
    assert_eq!((welcome.protocol, welcome.beat_ms, welcome.streams.len()), (1, 25_000, 0));
    assert!(welcome.window_ms >= 1_000 && welcome.now.0 > 0);
    assert_eq!(welcome.limits, limits::Limits::with_files());

    let context = Context { title: Some("Ferns".into()), ..Context::default() };
    let first = Send { context: Some(context), ..send(id, text("hello")) };
    let ack = visitor.ack(first.clone()).await;
    assert_eq!((ack.id, ack.seq), (first.id, 1));
    assert_eq!(said(&visitor.event().await), (1, text("hello")), "other tabs see it too");
    let event = agent.event().await;
    let summary = event.summary.expect("the feed carries the conversation");
    assert_eq!((event.stream, summary.unread, summary.preview.as_str()), (Stream::Feed, 1, "hello"));
    assert_eq!(summary.context.title.as_deref(), Some("Ferns"));

    assert_eq!(agent.ack(send(id, text("hi"))).await.seq, 3);
    assert_eq!(said(&visitor.event().await), (2, Kind::Joined));
    let reply = visitor.event().await;
    assert_eq!(said(&reply), (3, text("hi")));
    assert_eq!(reply.entry.author.name.as_deref(), Some("Mia"));

    let typing = Typing { conversation: id, side: Side::Visitor, name: Some("Forged".into()) };
    agent.say(ClientFrame::Typing(typing.clone())).await;
    let heard = visitor
        .until(|frame| match frame {
            ServerFrame::Typing(typing) => Some(typing),
            _ => None,
        })
        .await;
    assert_eq!((heard.side, heard.name.as_deref()), (Side::Agent, Some("Mia")), "nobody types in another's name");
    let report = CursorReport { conversation: id, side: Side::Agent, delivered: 3, read: 3 };
    visitor.say(ClientFrame::Cursor(report)).await;
    let heard = agent
        .until(|frame| match frame {
            ServerFrame::Cursor(report) => Some(report),
            _ => None,
        })
        .await;
    assert_eq!((heard.side, heard.read), (Side::Visitor, 3));

    agent.ack(send(id, Kind::Closed)).await;
    assert_eq!(said(&visitor.event().await).1, Kind::Closed);
}

/// P3.3, P3.4
#[tokio::test]
async fn a_reconnect_with_a_cursor_brings_exactly_what_is_missing() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    for n in 1..=3 {
        visitor.ack(send(id, text(&format!("{n}")))).await;
    }
    drop(visitor);
    let mut agent = Socket::agent(&server, &mia).await;
    agent.ack(send(id, text("while you were away"))).await;

    let stream = Stream::Conversation(id);
    let mut visitor = Socket::greeted(&server, &ada, vec![unknown(id)]).await;
    let epoch = visitor.welcome().await.streams[0].epoch;
    assert_eq!(visitor.page().await.events.len(), 5, "knowing nothing brings the tail");
    let cursor = Cursor { stream, epoch, seq: Some(3) };
    let mut visitor = Socket::greeted(&server, &ada, vec![cursor.clone()]).await;
    assert_eq!(visitor.welcome().await.streams[0].top, 5);
    let page = visitor.page().await;
    assert_eq!((page.range, page.top), (Range::After(3), 5));
    let seqs: Vec<u64> = page.events.iter().map(|e| e.seq).collect();
    assert_eq!(seqs, [4, 5]);
    agent.ack(send(id, text("back?"))).await;
    assert_eq!(visitor.event().await.seq, 6, "and goes on from there");

    let mut visitor = Socket::greeted(&server, &ada, vec![Cursor { epoch: epoch + 1, ..cursor.clone() }]).await;
    assert_eq!(visitor.page().await.range, Range::Tail, "a cursor of another epoch says nothing");
    let mut visitor = Socket::greeted(&server, &ada, vec![Cursor { seq: Some(99), ..cursor }]).await;
    assert_eq!(visitor.welcome().await.streams[0].top, 6, "ahead of the log: it sees where the log stands");
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    assert_eq!(visitor.welcome().await.streams[0].stream, stream, "no cursor: the newest open conversation");
}

#[tokio::test]
async fn long_logs_come_in_pages_and_then_live() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let (ada, id) = (token(), conversation_id());
    post(&server, &ada, vec![ClientFrame::Send(send(id, text("hello")))]).await;
    // Agents may send 80 at once.
    for _ in 0..70 {
        agent.ack(send(id, text(&"x".repeat(2_000)))).await;
    }
    let stream = Stream::Conversation(id);
    let mut visitor = Socket::greeted(&server, &ada, vec![Cursor { stream, epoch: 0, seq: Some(0) }]).await;
    let (mut next, mut pages) = (1, 0);
    loop {
        let page = visitor.page().await;
        assert!(serde_json::to_vec(&page).unwrap().len() <= limits::FRAME_BYTES);
        for event in &page.events {
            assert_eq!(event.seq, next);
            next += 1;
        }
        pages += 1;
        if next > page.top {
            break;
        }
        visitor.say(ClientFrame::Pull(Pull { stream, range: Range::After(next - 1) })).await;
    }
    assert_eq!((next, pages), (73, 3), "72 entries of 2 KB in frames of 64 KB");
    visitor.say(ClientFrame::Pull(Pull { stream, range: Range::Before(11) })).await;
    assert_eq!(visitor.page().await.events.last().unwrap().seq, 10);
    agent.ack(send(id, text("live"))).await;
    assert_eq!(visitor.event().await.seq, 73);
}

/// P1.4
#[tokio::test]
async fn a_post_does_what_a_socket_does() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut listening = Socket::greeted(&server, &ada, vec![]).await;
    listening.welcome().await;
    let first = send(id, text("by post"));
    let frames = vec![ClientFrame::Send(first.clone()), hello(None, vec![unknown(id)])];
    let answers = post(&server, &ada, frames).await;
    let [ServerFrame::Ack(ack), ServerFrame::Welcome(welcome), ServerFrame::Page(page)] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert_eq!((ack.seq, welcome.streams[0].top, page.events.len()), (1, 1, 1));
    assert_eq!(listening.event().await.entry.id, first.id, "sockets hear of it");
    let pull = ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::After(1) });
    let answers = post(&server, &ada, vec![pull]).await;
    assert!(matches!(&answers[..], [ServerFrame::Page(page)] if page.events.is_empty() && page.top == 1));
    let again = listening.ack(first).await;
    assert_eq!(again.seq, 1, "the same id over another transport is the same message");
}

#[tokio::test]
async fn a_visitor_can_neither_read_nor_write_a_foreign_conversation() {
    let server = Server::start().await;
    let (ada, eve, id) = (token(), token(), conversation_id());
    let mut owner = Socket::greeted(&server, &ada, vec![]).await;
    let secret = send(id, text("my address is ..."));
    owner.ack(secret.clone()).await;
    owner.event().await;

    let mut eve_socket = Socket::greeted(&server, &eve, vec![unknown(id)]).await;
    assert_eq!(eve_socket.welcome().await.streams[0].top, 0, "as if it were not there");
    assert!(eve_socket.page().await.events.is_empty());
    for attempt in [send(id, text("me too")), secret.clone()] {
        eve_socket.say(ClientFrame::Send(attempt)).await;
        let refused = eve_socket.answer().await;
        assert!(matches!(&refused, ServerFrame::Nack(nack) if nack.code == NackCode::Forbidden), "{refused:?}");
    }
    for stream in [Stream::Conversation(id), Stream::Feed] {
        for range in [Range::Tail, Range::After(0), Range::Before(99)] {
            eve_socket.say(ClientFrame::Pull(Pull { stream, range })).await;
            let page = eve_socket.page().await;
            assert_eq!((page.events.len(), page.top), (0, 0), "{stream} {range:?}");
        }
    }
    let report = CursorReport { conversation: id, side: Side::Agent, delivered: 1, read: 1 };
    eve_socket.say(ClientFrame::Cursor(report)).await;
    eve_socket.say(ClientFrame::Typing(Typing { conversation: id, side: Side::Agent, name: None })).await;
    let answers = post(&server, &eve, vec![ClientFrame::Send(send(id, text("by post")))]).await;
    assert!(matches!(&answers[..], [ServerFrame::Nack(nack)] if nack.code == NackCode::Forbidden));

    // Events of the owner reach the owner only; the next thing that Eve hears is her own.
    owner.ack(send(id, text("and my phone is ..."))).await;
    let (own, other) = (conversation_id(), owner.event().await);
    assert_eq!(other.entry.seq, 2);
    let ack = eve_socket.ack(send(own, text("mine"))).await;
    assert_eq!(ack.seq, 1);
    assert_eq!(eve_socket.event().await.stream, Stream::Conversation(own));
    let page =
        post(&server, &ada, vec![ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::Tail })])
            .await;
    assert!(matches!(&page[..], [ServerFrame::Page(page)] if page.events.len() == 2 && page.top == 2));
}

#[tokio::test]
async fn kinds_are_for_those_who_may_say_them() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let long = "é".repeat(limits::TEXT_CHARS + 1);
    let cases = [
        (text(" \n "), NackCode::Empty),
        (text(&long), NackCode::TooLong),
        (Kind::Joined, NackCode::Forbidden),
        (Kind::Rated { score: 6 }, NackCode::Malformed),
        (Kind::Contact { name: None, email: Some("not one".into()) }, NackCode::Malformed),
    ];
    for (kind, expected) in cases {
        visitor.say(ClientFrame::Send(send(id, kind.clone()))).await;
        let answer = visitor.answer().await;
        assert!(matches!(&answer, ServerFrame::Nack(nack) if nack.code == expected), "{kind:?}: {answer:?}");
    }
    visitor.ack(send(id, text(&"é".repeat(limits::TEXT_CHARS)))).await;
}

#[tokio::test]
async fn too_many_at_once_are_told_when_to_try_again_and_others_are_not_slowed() {
    let server = Server::start().await;
    let (ada, bob, id) = (token(), token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let refused = loop {
        visitor.say(ClientFrame::Send(Send { id: message_id(), ..send(id, text("spam")) })).await;
        if let ServerFrame::Nack(nack) = visitor.answer().await {
            break nack;
        }
    };
    assert_eq!(refused.code, NackCode::Rate);
    assert!((1..=1_000).contains(&refused.after_ms), "{}", refused.after_ms);
    Socket::greeted(&server, &bob, vec![]).await.ack(send(conversation_id(), text("hello"))).await;
}

/// P4.11, P4.12
#[tokio::test]
async fn edits_and_deletions_reach_the_other_side_and_only_the_author_may() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let first = send(id, text("my card number is ..."));
    visitor.ack(first.clone()).await;
    let edit = Kind::Edited { of: first.id, text: "what I meant".into() };
    visitor.ack(send(id, edit.clone())).await;
    let delete = Kind::Deleted { of: first.id };
    visitor.ack(send(id, delete.clone())).await;
    let mut heard = Vec::new();
    while heard.last() != Some(&delete) {
        heard.push(agent.event().await.entry.kind);
    }
    assert_eq!(heard[1..], [edit, delete.clone()]);

    let reply = send(id, text("from Mia"));
    agent.ack(reply.clone()).await;
    for kind in [Kind::Edited { of: reply.id, text: "forged".into() }, Kind::Deleted { of: reply.id }] {
        visitor.say(ClientFrame::Send(send(id, kind))).await;
        let answer = visitor.answer().await;
        assert!(matches!(&answer, ServerFrame::Nack(nack) if nack.code == NackCode::Forbidden), "{answer:?}");
    }
    let mut later = Socket::greeted(&server, &ada, vec![unknown(id)]).await;
    let kinds: Vec<Kind> = later.page().await.events.into_iter().map(|event| event.entry.kind).collect();
    let emptied = Kind::Edited { of: first.id, text: String::new() };
    assert_eq!(kinds, [text(""), emptied, delete, Kind::Joined, text("from Mia")]);
    // Within seconds it is in none of the database's files, and what was said otherwise is.
    let says = |file: &str, what: &str| {
        let bytes = std::fs::read(server.data().join(file)).unwrap_or_default();
        bytes.windows(what.len()).any(|part| part == what.as_bytes())
    };
    let files = ["chinwag.db", "chinwag.db-wal"];
    server
        .eventually("the text to go", async || (!files.iter().any(|file| says(file, "card number"))).then_some(()))
        .await;
    assert!(files.iter().any(|file| says(file, "from Mia")), "the test reads the right files");
}

/// P4.13. Would catch: a question that came while the agent was cut off, under which the conversation ends all the same.
#[tokio::test]
async fn what_the_agent_has_not_seen_is_not_closed_over() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let seen = visitor.ack(send(id, text("hello"))).await.seq;
    visitor.ack(send(id, text("are you there?"))).await;
    let close = |as_of| Send { as_of: Some(as_of), ..send(id, Kind::Closed) };
    agent.say(ClientFrame::Send(close(seen))).await;
    let answer = agent.answer().await;
    assert!(matches!(&answer, ServerFrame::Nack(nack) if nack.code == NackCode::Forbidden), "{answer:?}");
    agent.ack(close(seen + 1)).await;
}
