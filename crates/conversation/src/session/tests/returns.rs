//! Single steps: what comes back when something is back.

use super::super::*;
use super::steps::{closed, connecting, live, outputs, ticket, visitor, welcome};
use crate::{Kind, NackCode, PostFailure, ServerFrame, WallTime, limits};

fn conversation(n: u8) -> ConversationId {
    ConversationId::new(WallTime(1), [n; 10])
}

fn write(client: &mut Session, n: u8, text: &str, now: Elapsed) -> MessageId {
    let id = MessageId::new(WallTime(n.into()), [n; 10]);
    let draft =
        Draft { conversation: conversation(n), kind: Kind::Message { text: text.into() }, context: None, as_of: None };
    client.send(id, draft, now);
    id
}

/// The newest `POST` that left.
fn posted(client: &mut Session) -> Option<(Carrier, Vec<ClientFrame>)> {
    outputs(client).into_iter().rev().find_map(|output| match output {
        Output::Post(post, frames) => Some((post, frames)),
        _ => None,
    })
}

fn sends(frames: &[ClientFrame]) -> Vec<MessageId> {
    let id = |frame: &ClientFrame| if let ClientFrame::Send(send) = frame { Some(send.id) } else { None };
    frames.iter().filter_map(id).collect()
}

/// A tab that follows is live, and has no socket.
fn follow(client: &mut Session, now: Elapsed) {
    let Some(Output::Poll { carrier, .. }) = outputs(client).pop() else { panic!("no greeting") };
    client.handle(Input::Polled(carrier, Ok(vec![welcome()])), now, 0.5);
    assert!(client.is_live());
}

/// P6.2. Would catch: a message that waits for its ack as long as the socket looks alive.
#[test]
fn an_entry_without_an_ack_goes_by_the_other_way_with_the_same_id() {
    let mut client = visitor();
    let carrier = live(&mut client);
    outputs(&mut client);
    let id = write(&mut client, 1, "hello", Elapsed(1_000));
    assert!(posted(&mut client).is_none(), "first over the socket");
    client.handle(Input::Woke, Elapsed(8_999), 0.5);
    assert!(posted(&mut client).is_none());
    // Traffic, but no ack.
    client.handle(Input::Frame(carrier, ServerFrame::Beat { window_ms: None }), Elapsed(9_000), 0.5);
    let (_, frames) = posted(&mut client).expect("8 s are over");
    assert_eq!(sends(&frames), [id]);
}

/// Would catch: up to two minutes of "Sending" on a line that is back, because it had failed before.
#[test]
fn what_is_written_on_a_line_that_is_back_leaves_at_once() {
    let mut client = visitor();
    client.handle(Input::Start(Role::Follows), Elapsed(0), 0.9);
    follow(&mut client, Elapsed(0));
    let (mut now, mut failures) = (Elapsed(10), 0);
    write(&mut client, 1, "into the dark", now);
    while failures < 6 {
        if let Some((post, _)) = posted(&mut client) {
            client.handle(Input::Posted(post, Err(PostFailure::Unreachable)), now, 0.99);
            failures += 1;
        } else {
            now = client.next_timeout().expect("it is tried again").max(now);
            client.handle(Input::Relayed(ServerFrame::Beat { window_ms: None }), now, 0.99);
        }
    }
    client.handle(Input::Park, now, 0.9);
    client.handle(Input::Resume(Role::Follows), now, 0.9);
    follow(&mut client, now);
    let (_, frames) = posted(&mut client).expect("the line is back, so it leaves");
    assert_eq!(sends(&frames).len(), 1);
}

/// P6.3. Would catch: a page that was opened without a network and waits out its own back-off when there is one.
#[test]
fn a_network_that_is_back_ends_the_own_wait_and_not_the_servers() {
    let mut client = visitor();
    client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
    let mut now = Elapsed(0);
    while client.next_timeout() < Some(now.plus(50_000)) {
        now = client.next_timeout().expect("it goes on").max(now);
        client.handle(Input::Woke, now, 0.9);
        client.handle(Input::Asked(Asked::Unreachable), now, 0.9);
        if let Some(carrier) = connecting(&mut client) {
            client.handle(closed(carrier, 1006, None), now, 0.9);
        }
    }
    client.handle(Input::Online, now.plus(1_000), 0.5);
    assert!(client.next_timeout() <= Some(now.plus(2_000)), "{:?} after {now:?}", client.next_timeout());

    let mut client = visitor();
    let carrier = live(&mut client);
    client.handle(closed(carrier, 4100, Some(30_000)), Elapsed(0), 0.0);
    client.handle(Input::Online, Elapsed(1_000), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(30_000)), "the server's word holds");
}

/// Would catch: a `POST` that is too long, refused, and made again just so, for ever.
#[test]
fn the_longest_texts_fit_into_one_post() {
    let mut client = visitor();
    client.handle(Input::Start(Role::Follows), Elapsed(0), 0.5);
    follow(&mut client, Elapsed(0));
    // Six bytes a character in JSON.
    let longest = "\u{1}".repeat(limits::TEXT_CHARS);
    let mut stored = 0;
    for n in 0..9 {
        write(&mut client, n, &longest, Elapsed(1));
    }
    for at in 2..20 {
        let Some((post, frames)) = posted(&mut client) else { break };
        let token = Some("t".repeat(43));
        let body = serde_json::to_string(&crate::Post { token, wait_ms: None, frames: frames.clone() }).unwrap();
        assert!(body.len() <= limits::FRAME_BYTES, "{} bytes", body.len());
        let acks = frames.iter().filter_map(|frame| match frame {
            ClientFrame::Send(send) => Some(ServerFrame::Ack(crate::Ack {
                id: send.id,
                conversation: send.conversation,
                seq: 1,
                at: WallTime(0),
            })),
            _ => None,
        });
        let acks: Vec<_> = acks.collect();
        stored += acks.len();
        client.handle(Input::Posted(post, Ok(acks)), Elapsed(at), 0.5);
    }
    assert_eq!(stored, 9);
}

/// Would catch: a timer that is due at once, again and again, while a poll is held over a log that has not begun.
#[test]
fn a_held_poll_over_an_empty_log_wakes_nobody() {
    let mut client = visitor();
    client.follow(Cursor { stream: Stream::Conversation(conversation(1)), epoch: 0, seq: None });
    let attempt = {
        client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
        client.handle(ticket(), Elapsed(0), 0.5);
        connecting(&mut client).unwrap()
    };
    client.handle(closed(attempt, 4101, None), Elapsed(0), 0.5);
    client.handle(ticket(), Elapsed(0), 0.5);
    let Some(Output::Poll { carrier, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    let empty =
        crate::StreamState { stream: Stream::Conversation(conversation(1)), epoch: 7, top: 0, delivered: 0, read: 0 };
    let ServerFrame::Welcome(welcome) = welcome() else { unreachable!() };
    let welcome = ServerFrame::Welcome(crate::Welcome { streams: vec![empty], ..welcome });
    client.handle(Input::Polled(carrier, Ok(vec![welcome])), Elapsed(10), 0.5);
    for at in [100, 9_000, 18_000] {
        client.handle(Input::Woke, Elapsed(at), 0.5);
        outputs(&mut client);
        assert!(client.next_timeout() > Some(Elapsed(at)), "due at {:?}, which is over at {at}", client.next_timeout());
    }
}

/// P6.4.
#[test]
fn resume_and_drain_spread_the_return() {
    for (code, hint_ms, unit, expected) in [
        (4200, None, 0.5, 1_000),
        (4299, None, 0.25, 500),
        (4300, Some(8_000), 0.5, 4_000),
        (4300, Some(8_000), 0.0, 0),
    ] {
        let mut client = visitor();
        let carrier = live(&mut client);
        client.handle(closed(carrier, code, hint_ms), Elapsed(100), unit);
        let due = client.next_timeout().map(|at| at.since(Elapsed(100)));
        assert!(due == Some(expected) || (expected == 0 && !client.is_live()), "{code}: {due:?}");
    }
}

/// P4.4. Would catch: a refusal for the moment that is shown as the end of a message.
#[test]
fn a_refusal_for_the_moment_waits_and_goes_again() {
    let mut client = visitor();
    let carrier = live(&mut client);
    let id = write(&mut client, 1, "hello", Elapsed(0));
    outputs(&mut client);
    let nack = crate::Nack { id, conversation: conversation(1), code: NackCode::Rate, after_ms: 3_000 };
    client.handle(Input::Frame(carrier, ServerFrame::Nack(nack)), Elapsed(10), 0.5);
    assert!(!outputs(&mut client).iter().any(|output| matches!(output, Output::Transmit(_, ClientFrame::Send(_)))));
    client.handle(Input::Woke, Elapsed(3_010), 0.5);
    assert!(outputs(&mut client).iter().any(|output| matches!(output, Output::Transmit(_, ClientFrame::Send(_)))));
}
