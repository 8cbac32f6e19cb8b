//! In a real browser: `./build.sh browser`.

#![cfg(target_arch = "wasm32")]

use std::{cell::RefCell, rc::Rc};

use chinwag_browser::{
    frames::{self, write},
    json, keep,
    link::{Endpoint, Link, LinkConfig},
    random,
    storage::Storage,
};
use chinwag_conversation::{
    Ack, Author, AuthorKind, Availability, ClientFrame, Context, ConversationId, ConversationState, Cursor,
    CursorReport, Delivery, Draft, Entry, Event, FileId, FileRef, Hello, Kept, Kind, MessageId, Nack, NackCode, Notice,
    Outgoing, Page, Post, PostAnswer, Pull, Range, Send, ServerFrame, Side, Stream, StreamState, Summary, Top, Typing,
    WallTime, Welcome, limits::Limits,
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn file(pixels: Option<u32>) -> FileRef {
    FileRef {
        id: FileId::new(WallTime(1), random::bytes()),
        name: "Pläne \"neu\".png".into(),
        media: "image/png".into(),
        size: 1_234,
        width: pixels,
        height: pixels,
        path: "/files/abc/plan.png".into(),
    }
}

/// P1.1. Would catch: a frame that is written by hand otherwise than `serde` reads it, or a text that breaks out of its quotes.
#[wasm_bindgen_test]
fn every_frame_of_the_client_is_the_json_that_the_server_reads() {
    let (id, conversation) = (random::message_id(), random::conversation_id());
    let stream = Stream::Conversation(conversation);
    let context = Context {
        url: Some("https://example.com/?a=\"b\"".into()),
        rule: Some("pricing-help".into()),
        team: Some("sales".into()),
        tags: vec!["vip".into(), "\"quoted\"".into()],
        ..Context::default()
    };
    let kinds = [
        Kind::Message { text: "grün 🌱 \"quoted\" \\ \n \u{7} }]".into() },
        Kind::Contact { name: None, email: Some("ada@example.com".into()) },
        Kind::Contact { name: Some("Ada".into()), email: None },
        Kind::Joined,
        Kind::Closed,
        Kind::Rated { score: 4 },
        Kind::File { file: file(Some(640)) },
        Kind::File { file: file(None) },
        Kind::Edited { of: id, text: "**hi** 🌱".into() },
        Kind::Deleted { of: id },
    ];
    let mut frames: Vec<ClientFrame> = kinds
        .into_iter()
        .map(|kind| ClientFrame::Send(Send { id, conversation, kind, context: Some(context.clone()), as_of: None }))
        .collect();
    frames.push(ClientFrame::Send(Send { id, conversation, kind: Kind::Closed, context: None, as_of: Some(7) }));
    for range in [Range::After(0), Range::Before(42), Range::Tail] {
        frames.push(ClientFrame::Pull(Pull { stream, range }));
    }
    for (token, seq) in [(Some(random::token()), None), (None, Some(1_795_000_000_000))] {
        let ticket = token.clone().map(|token| ["t.", &token].concat());
        let cursors = vec![Cursor { stream: Stream::Feed, epoch: 0, seq }, Cursor { stream, epoch: 7, seq }];
        frames.push(ClientFrame::Hello(Hello {
            protocol: 1,
            token,
            cursors,
            attempt: 3,
            client: ticket.clone(),
            ticket,
        }));
    }
    let side = Side::Agent;
    frames.push(ClientFrame::Cursor(CursorReport { conversation, side, delivered: 4, read: 3 }));
    frames.push(ClientFrame::Typing(Typing { conversation, side, name: Some("Mia".into()) }));
    for frame in &frames {
        let text = write::client_frame(frame);
        assert_eq!(json::read::<ClientFrame>(&text).as_ref(), Some(frame), "{text}");
        assert_eq!(Some(text), json::write(frame));
        if let ClientFrame::Send(send) = frame {
            for failed in [None, Some(NackCode::TooLong)] {
                let kept = Kept { send: send.clone(), failed };
                assert_eq!(frames::kept(&write::kept(&kept)), Some(kept));
            }
        }
    }
    let token = Some(random::token());
    for wait_ms in [None, Some(25_000)] {
        let text = write::post(token.as_deref(), wait_ms, &frames);
        assert_eq!(json::read::<Post>(&text), Some(Post { token: token.clone(), wait_ms, frames: frames.clone() }));
    }
}

/// Would catch: a frame that is read by hand otherwise than `serde` writes it.
#[wasm_bindgen_test]
fn every_frame_of_the_server_is_read_as_it_was_written() {
    let (id, conversation) = (random::message_id(), random::conversation_id());
    let stream = Stream::Conversation(conversation);
    let at = WallTime(1_795_000_000_123);
    let state = StreamState { stream, epoch: 7, top: 41, delivered: 3, read: 2 };
    let author = Author { kind: AuthorKind::Agent, name: Some("Mia".into()) };
    let context = Context { url: Some("https://example.com/".into()), rule: Some("r".into()), ..Context::default() };
    let summary = Summary {
        conversation,
        site: "demo".into(),
        state: ConversationState::Open,
        visitor: None,
        preview: "grün 🌱".into(),
        preview_by: AuthorKind::Visitor,
        top: 41,
        unread: 1,
        started_at: at,
        updated_at: at,
        agent: Some("Mia".into()),
        context,
    };
    let kinds = [
        Kind::Message { text: "**hi** 🌱".into() },
        Kind::Contact { name: None, email: Some("ada@example.com".into()) },
        Kind::Joined,
        Kind::Closed,
        Kind::Rated { score: 4 },
        Kind::File { file: file(Some(640)) },
        Kind::File { file: file(None) },
        Kind::Edited { of: id, text: "**hi** 🌱".into() },
        Kind::Deleted { of: id },
    ];
    let mut frames: Vec<ServerFrame> = kinds
        .into_iter()
        .map(|kind| {
            let entry = Entry { seq: 41, id, at, author: author.clone(), kind };
            let event = Event { stream: Stream::Feed, epoch: 7, seq: 9, entry, summary: Some(summary.clone()) };
            ServerFrame::Event(Box::new(event))
        })
        .collect();
    let entry = Entry { seq: 41, id, at, author: Author { kind: AuthorKind::Bot, name: None }, kind: Kind::Joined };
    let events = vec![Event { stream, epoch: 7, seq: 41, entry, summary: None }];
    for range in [Range::After(0), Range::Before(42), Range::Tail] {
        frames.push(ServerFrame::Page(Page { stream, epoch: 7, range, events: events.clone(), top: 41 }));
    }
    for code in [
        NackCode::Empty,
        NackCode::TooLong,
        NackCode::Malformed,
        NackCode::Forbidden,
        NackCode::Rate,
        NackCode::Unavailable,
    ] {
        frames.push(ServerFrame::Nack(Nack { id, conversation, code, after_ms: 500 }));
    }
    for now in [Availability::Available, Availability::Busy, Availability::Away] {
        frames.push(ServerFrame::Availability(now));
    }
    frames.extend([
        ServerFrame::Welcome(Welcome {
            protocol: 1,
            now: at,
            beat_ms: 25_000,
            window_ms: 1_000,
            limits: Limits::default(),
            streams: vec![state.clone()],
            availability: Availability::Busy,
        }),
        ServerFrame::Ack(Ack { id, conversation, seq: 9, at }),
        ServerFrame::Top(Top { streams: vec![state] }),
        ServerFrame::Cursor(CursorReport { conversation, side: Side::Agent, delivered: 2, read: 1 }),
        ServerFrame::Typing(Typing { conversation, side: Side::Visitor, name: None }),
        ServerFrame::Beat { window_ms: None },
        ServerFrame::Beat { window_ms: Some(14_285) },
        ServerFrame::Drain { window_ms: 1_000 },
    ]);
    for frame in &frames {
        let text = json::write(frame).unwrap();
        assert_eq!(frames::server_frame(&text).as_ref(), Some(frame), "{text}");
        assert_eq!(json::read::<ServerFrame>(&text).as_ref(), Some(frame), "{text}");
    }
    let answer = json::write(&PostAnswer { frames: frames.clone() }).unwrap();
    assert_eq!(frames::answer(&answer), Some(frames));
    let odd = r#"{"event":{"stream":"feed","epoch":1,"seq":2,"entry":{"seq":2,"id":"ID","at":3,"author":{"kind":"bot"},"kind":{"poll":{}}}}}"#;
    let odd = odd.replace("ID", &id.to_string());
    assert!(matches!(frames::server_frame(&odd), Some(ServerFrame::Event(event)) if event.entry.kind == Kind::Unknown));
    for odd in [r#"{"telepathy":{}}"#, r#"{"ack":{"id":7}}"#, r#"{"drain":{"window_ms":-1}}"#, "[]", "null", "{"] {
        assert_eq!(frames::server_frame(odd), None, "{odd}");
    }
}

/// Would catch: one site reading or clearing what another one keeps.
#[wasm_bindgen_test]
fn storage_is_scoped() {
    for make in [Storage::local, Storage::session] {
        let (ours, theirs) = (make("a"), make("b"));
        assert!(ours.set("outbox:2", "x") && ours.set("outbox:1", "y") && theirs.set("outbox:1", "z"));
        let mut keys = ours.keys("outbox:");
        keys.sort_unstable();
        assert_eq!(keys, ["outbox:1", "outbox:2"]);
        ours.remove("outbox:2");
        assert_eq!((ours.get("outbox:1").as_deref(), ours.get("outbox:2")), (Some("y"), None));
        assert_eq!(theirs.get("outbox:1").as_deref(), Some("z"));
        ours.clear();
        assert_eq!(ours.keys(""), Vec::<String>::new());
        assert_eq!(theirs.get("outbox:1").as_deref(), Some("z"));
        theirs.clear();
    }
}

/// P2.1.
#[wasm_bindgen_test]
fn a_token_has_256_bits_and_is_never_the_same() {
    let (one, two) = (random::token(), random::token());
    assert_eq!(one.len(), 43);
    assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    assert_ne!(one, two);
}

type Heard = Rc<RefCell<Vec<Notice>>>;

fn link_to_nowhere(scope: &str, share: Option<&str>) -> (Link, Heard) {
    let heard = Heard::default();
    let notices = Rc::clone(&heard);
    let config = LinkConfig {
        // The discard port: browsers refuse it at once.
        servers: vec!["http://127.0.0.1:9".into()],
        endpoint: Endpoint::Visitor { site: "test".into(), token: random::token() },
        follow: Vec::new(),
        scope: Some(scope.into()),
        share: share.map(str::to_owned),
    };
    (Link::start(config, move |notice| notices.borrow_mut().push(notice)), heard)
}

fn draft(conversation: ConversationId, kind: Kind) -> Draft {
    Draft { conversation, kind, context: None, as_of: None }
}

fn text(text: &str) -> Kind {
    Kind::Message { text: text.into() }
}

/// Waits for something that the page will do; the test runner has the last word on how long.
async fn until(what: impl Fn() -> bool) {
    while !what() {
        let turn = js_sys::Promise::new(&mut |resolve, _| {
            let window = web_sys::window().unwrap();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 5).unwrap();
        });
        wasm_bindgen_futures::JsFuture::from(turn).await.unwrap();
    }
}

fn ids(link: &Link) -> Vec<MessageId> {
    link.outgoing().iter().map(|outgoing| outgoing.id).collect()
}

/// Would catch: a message that lives only in the memory of a page, or that is restored out of order.
#[wasm_bindgen_test]
async fn what_was_written_offline_survives_the_page() {
    let scope = random::token();
    let conversation = random::conversation_id();
    let (link, _) = link_to_nowhere(&scope, None);
    let [first, second, third] = [(); 3].map(|()| random::message_id());
    assert!(link.send(first, draft(conversation, text("one"))) && link.send(second, draft(conversation, text("two"))));
    drop(link);

    let (link, heard) = link_to_nowhere(&scope, None);
    // Notices come later, never from inside a call.
    assert_eq!(heard.borrow().len(), 0);
    until(|| ids(&link) == [first, second]).await;
    until(|| {
        heard.borrow().iter().any(|notice| {
            matches!(notice, Notice::Outgoing(Outgoing { id, delivery: Delivery::Queued | Delivery::Sending, .. }) if *id == first)
        })
    })
    .await;
    drop(link);
    keep::forget(&scope);
    let (link, _) = link_to_nowhere(&scope, None);
    assert!(link.send(third, draft(conversation, text("three"))));
    drop(link);
    let (link, _) = link_to_nowhere(&scope, None);
    until(|| ids(&link) == [third]).await;
}

/// Would catch: who the visitor is lost with a browser that was killed before it wrote its storage; a look that makes what
/// it looks for; and a word that outlives its outbox.
#[wasm_bindgen_test]
async fn a_word_beside_the_outbox_is_found_again() {
    let scope = random::token();
    let heard: Rc<RefCell<Vec<String>>> = Rc::default();
    let look = |name: &str| {
        let heard = Rc::clone(&heard);
        keep::read(name, Box::new(move |word| heard.borrow_mut().push(word)));
    };
    keep::put(&scope, "", "secret 1");
    keep::put(&scope, "", "secret 2");
    // What is asked later is answered later.
    look("another");
    look(&scope);
    until(|| !heard.borrow().is_empty()).await;
    assert_eq!(*heard.borrow(), ["secret 2"]);
    // It is no entry.
    let (link, _) = link_to_nowhere(&scope, None);
    let id = random::message_id();
    assert!(link.send(id, draft(random::conversation_id(), text("one"))));
    drop(link);
    let (link, _) = link_to_nowhere(&scope, None);
    until(|| ids(&link) == [id]).await;
    drop(link);
    keep::forget(&scope);
    keep::put("another", "", "x");
    look(&scope);
    look("another");
    until(|| heard.borrow().len() > 1).await;
    assert_eq!(heard.borrow()[1], "x", "the word went with its outbox");
    keep::forget("another");
}

/// Would catch: messages that change places because the clock was set back between two pages.
#[wasm_bindgen_test]
async fn what_is_written_later_stays_behind_what_was_written_before() {
    let (scope, conversation) = (random::token(), random::conversation_id());
    let ahead = MessageId::new(WallTime(js_sys::Date::now() as u64 + 3_600_000), random::bytes());
    let (link, _) = link_to_nowhere(&scope, None);
    assert!(link.send(ahead, draft(conversation, text("by a clock that was an hour ahead"))));
    drop(link);
    let (link, _) = link_to_nowhere(&scope, None);
    until(|| ids(&link) == [ahead]).await;
    let later = random::message_id();
    assert!(link.send(later, draft(conversation, text("by the right one"))));
    drop(link);
    let (link, _) = link_to_nowhere(&scope, None);
    until(|| ids(&link) == [ahead, later]).await;
    drop(link);
    keep::forget(&scope);
}

/// P1.5. Would catch: a widget that cannot read what servers of another release say, or says what they cannot read.
#[wasm_bindgen_test]
fn frames_of_every_release_are_read_and_written_by_hand_too() {
    const SERVER: [&str; 2] = [
        include_str!("../../../tests/cases/protocol/server-1.0.jsonl"),
        include_str!("../../../tests/cases/protocol/server-1.1.jsonl"),
    ];
    const CLIENT: [&str; 2] = [
        include_str!("../../../tests/cases/protocol/client-1.0.jsonl"),
        include_str!("../../../tests/cases/protocol/client-1.1.jsonl"),
    ];
    for text in SERVER.into_iter().flat_map(str::lines) {
        let frame: ServerFrame = json::read(text).unwrap();
        assert_eq!(frames::server_frame(text), Some(frame), "{text}");
        // A later release says more.
        let later = text.replacen(r#":{""#, r#":{"news":{"of":["a","later"]},""#, 1);
        assert_eq!(frames::server_frame(&later), frames::server_frame(text), "{later}");
    }
    for text in CLIENT.into_iter().flat_map(str::lines) {
        let frame: ClientFrame = json::read(text).unwrap();
        let written = write::client_frame(&frame);
        assert_eq!(json::read::<ClientFrame>(&written), Some(frame), "{text}");
    }
}

/// P6.7. Would catch: a tab that does not know what another one waits to send, or keeps what that one gave up.
#[wasm_bindgen_test]
async fn tabs_share_what_waits() {
    let share = random::token();
    let conversation = random::conversation_id();
    let (one, _) = link_to_nowhere(&random::token(), Some(&share));
    let (two, _) = link_to_nowhere(&random::token(), Some(&share));
    let (other, _) = link_to_nowhere(&random::token(), Some(&random::token()));
    let id = random::message_id();
    assert!(one.send(id, draft(conversation, text("hello"))));
    until(|| ids(&two) == [id]).await;
    assert_eq!(ids(&other), []);
    let next = random::message_id();
    assert!(two.send(next, draft(conversation, text("hello yourself"))));
    until(|| ids(&one) == [id, next]).await;
}
