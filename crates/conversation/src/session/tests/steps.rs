//! Single steps of the machine.

use super::super::{follow::Follow, *};
use crate::{
    Availability, Kind, ServerFrame, Side, StreamState, Ticket, Transports, WallTime, Welcome, admission::Refused,
    frame::PROTOCOL, limits::Limits,
};

pub(super) fn visitor() -> Session {
    let config = Config {
        side: Side::Visitor,
        token: None,
        follow: Vec::new(),
        client: "abcdefghijklmnop".into(),
        servers: 1,
        server: 0,
    };
    Session::new(config, Vec::new())
}

pub(super) fn outputs(client: &mut Session) -> Vec<Output> {
    core::iter::from_fn(|| client.poll_output()).collect()
}

pub(super) fn ticket() -> Input {
    Input::Asked(Asked::Ticket(Ticket { ticket: "t".into(), expires_ms: 900_000, transport: Transports::Any }))
}

/// The socket that was asked for last.
pub(super) fn connecting(client: &mut Session) -> Option<Carrier> {
    outputs(client).into_iter().rev().find_map(|output| match output {
        Output::Connect(carrier) => Some(carrier),
        _ => None,
    })
}

pub(super) fn welcome() -> ServerFrame {
    ServerFrame::Welcome(Welcome {
        protocol: PROTOCOL,
        now: WallTime(0),
        beat_ms: 25_000,
        window_ms: 60_000,
        limits: Limits::default(),
        streams: Vec::new(),
        availability: Availability::Away,
    })
}

fn socket(client: &mut Session) -> Carrier {
    client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
    client.handle(ticket(), Elapsed(0), 0.5);
    connecting(client).expect("a socket")
}

pub(super) fn live(client: &mut Session) -> Carrier {
    let carrier = socket(client);
    client.handle(Input::Opened(carrier), Elapsed(0), 0.5);
    client.handle(Input::Frame(carrier, welcome()), Elapsed(0), 0.5);
    assert!(client.is_live());
    carrier
}

pub(super) fn closed(carrier: Carrier, code: u16, hint_ms: Option<u64>) -> Input {
    Input::Closed { carrier, code, hint_ms }
}

/// P6.3.
#[test]
fn the_window_of_the_server_spreads_the_return() {
    let mut client = visitor();
    let carrier = live(&mut client);
    client.handle(closed(carrier, 1006, None), Elapsed(10), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(30_010)));
}

/// P6.4.
#[test]
fn a_quota_is_a_back_off_and_credentials_are_asked_again() {
    for (code, hint_ms, expected) in
        [(4100, Some(4_000), 4_250), (4100, None, 500), (4000, None, 450_000), (4050, None, 450_000)]
    {
        let mut client = visitor();
        let carrier = socket(&mut client);
        client.handle(Input::Opened(carrier), Elapsed(0), 0.5);
        client.handle(closed(carrier, code, hint_ms), Elapsed(0), 0.5);
        assert_eq!(client.next_timeout(), Some(Elapsed(expected)), "{code}");
    }
}

/// P6.4, P6.6. Would catch: a quota of sockets that ends conversations.
#[test]
fn a_quota_of_sockets_leads_to_long_polls() {
    let mut client = visitor();
    let carrier = live(&mut client);
    client.handle(closed(carrier, 4101, None), Elapsed(10), 0.5);
    assert!(outputs(&mut client).contains(&Output::Ask));
    client.handle(ticket(), Elapsed(20), 0.5);
    let Some(Output::Poll { carrier, wait_ms: None, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    client.handle(Input::Polled(carrier, Ok(vec![welcome()])), Elapsed(30), 0.5);
    assert!(client.is_live());
    let held =
        outputs(&mut client).into_iter().any(|output| matches!(output, Output::Poll { wait_ms: Some(25_000), .. }));
    assert!(held);
}

/// P3.6. Would catch: clients that connect although the server asked them to wait.
#[test]
fn a_server_that_is_full_is_asked_again_when_it_said() {
    let mut client = visitor();
    client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
    client.handle(
        Input::Asked(Asked::NotNow(Refused { after_ms: 3_000, spread_ms: 10_000, place: None })),
        Elapsed(0),
        0.5,
    );
    assert_eq!(connecting(&mut client), None);
    assert_eq!(client.next_timeout(), Some(Elapsed(8_000)));
}

/// P3.6. Would catch: a ticket that is shown twice, which the server takes for none.
#[test]
fn a_ticket_is_good_for_one_greeting() {
    let mut client = visitor();
    let carrier = live(&mut client);
    client.handle(closed(carrier, 4200, None), Elapsed(60_000), 0.0);
    client.handle(Input::Woke, Elapsed(60_000), 0.0);
    let again = outputs(&mut client);
    assert!(again.contains(&Output::Ask) && connecting(&mut client).is_none(), "{again:?}");
}

/// P3.6. Would catch: a client that comes before its place, or asks a full server a second time.
#[test]
fn a_place_in_the_line_is_waited_for_and_needs_no_second_question() {
    let mut client = visitor();
    client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
    outputs(&mut client);
    let place = Ticket { ticket: "place".into(), expires_ms: 903_000, transport: Transports::Any };
    let refused = Refused { after_ms: 3_000, spread_ms: 500, place: Some(place) };
    client.handle(Input::Asked(Asked::NotNow(refused)), Elapsed(0), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(3_250)));
    client.handle(Input::Woke, Elapsed(3_250), 0.5);
    let carrier = connecting(&mut client).expect("a socket, and no question");
    client.handle(Input::Opened(carrier), Elapsed(3_300), 0.5);
    let Some(Output::Transmit(_, ClientFrame::Hello(hello))) = outputs(&mut client).pop() else { panic!("no hello") };
    assert_eq!(hello.ticket.as_deref(), Some("place"));
}

/// P6.4. Would catch: clients who take "not before" for "within", and knock again at a closed door.
#[test]
fn a_full_server_is_left_alone_for_as_long_as_it_said() {
    let mut client = visitor();
    let carrier = socket(&mut client);
    client.handle(Input::Opened(carrier), Elapsed(0), 0.0);
    client.handle(closed(carrier, 4100, Some(8_000)), Elapsed(0), 0.0);
    assert_eq!(client.next_timeout(), Some(Elapsed(8_000)));
}

/// P6.3. Would catch: a fleet that was sent away over a window and then hammers a server that is still starting.
#[test]
fn whoever_finds_nobody_comes_back_within_the_window_too() {
    let mut client = visitor();
    let carrier = live(&mut client);
    client.handle(Input::Frame(carrier, ServerFrame::Beat { window_ms: Some(40_000) }), Elapsed(30_000), 0.5);
    client.handle(closed(carrier, 1006, None), Elapsed(31_000), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(51_000)), "the newest window counts");
    client.handle(Input::Woke, Elapsed(51_000), 0.5);
    client.handle(Input::Asked(Asked::Unreachable), Elapsed(51_000), 0.5);
    let carrier = connecting(&mut client).unwrap();
    client.handle(closed(carrier, 1006, None), Elapsed(51_000), 0.5);
    client.handle(Input::Asked(Asked::Unreachable), Elapsed(51_000), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(71_000)));
}

/// P6.6. The ladder: 4 s until the doubt, then a long poll at once; the socket goes on and wins when it greets first.
#[test]
fn who_greets_first_carries() {
    let mut client = visitor();
    let attempt = socket(&mut client);
    assert_eq!(client.next_timeout(), Some(Elapsed(4_000)));
    client.handle(Input::Woke, Elapsed(4_000), 0.5);
    assert_eq!(outputs(&mut client), [Output::Ask], "the probe");
    client.handle(ticket(), Elapsed(4_100), 0.5);
    let Some(Output::Poll { carrier, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    client.handle(Input::Opened(attempt), Elapsed(5_000), 0.5);
    client.handle(Input::Frame(attempt, welcome()), Elapsed(5_100), 0.5);
    assert!(client.is_live());
    assert!(outputs(&mut client).contains(&Output::Disconnect(carrier)), "the poll is given up");
}

/// P6.6.
#[test]
fn a_dead_probe_is_a_back_off() {
    let mut client = visitor();
    let attempt = socket(&mut client);
    client.handle(closed(attempt, 1006, None), Elapsed(100), 0.5);
    assert!(outputs(&mut client).contains(&Output::Ask));
    client.handle(Input::Asked(Asked::Unreachable), Elapsed(200), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(800)));
}

/// P6.6. Would catch: sessions that stay on long polls for ever.
#[test]
fn a_long_poll_tries_the_socket_again() {
    let mut client = visitor();
    let attempt = socket(&mut client);
    client.handle(closed(attempt, 1006, None), Elapsed(0), 0.5);
    client.handle(ticket(), Elapsed(0), 0.5);
    let Some(Output::Poll { carrier, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    client.handle(Input::Polled(carrier, Ok(vec![welcome()])), Elapsed(0), 0.5);
    outputs(&mut client);
    let mut at = Elapsed(0);
    while connecting(&mut client).is_none() {
        // The server holds each poll to the end.
        at = client.next_timeout().expect("something is due").min(at.plus(25_000));
        assert!(at <= Elapsed(300_000), "no socket in 5 min");
        client.handle(Input::Woke, at, 0.5);
        client.handle(Input::Polled(carrier, Ok(vec![welcome()])), at, 0.5);
    }
    assert!(at >= Elapsed(120_000));
    assert!(client.is_live(), "the long poll carries until the socket does");
}

/// Would catch: a server that does not hold polls and is asked without end.
#[test]
fn empty_answers_are_not_asked_for_at_once() {
    let mut client = visitor();
    let attempt = socket(&mut client);
    client.handle(closed(attempt, 1006, None), Elapsed(0), 0.5);
    client.handle(ticket(), Elapsed(0), 0.5);
    let Some(Output::Poll { carrier, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    let mut polls = 0;
    for ms in 0..60_000 {
        client.handle(Input::Polled(carrier, Ok(vec![welcome()])), Elapsed(ms), 0.5);
        polls += outputs(&mut client).iter().filter(|output| matches!(output, Output::Poll { .. })).count();
    }
    assert!(polls < 12, "{polls} polls in a minute");
}

/// P6.6. One in a hundred, give or take.
#[test]
fn some_sessions_live_on_long_polls() {
    let polls = (0..10_000_u32)
        .filter(|n| {
            let mut client = visitor();
            client.config.client = format!("{:016x}", u64::from(*n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
            client.handle(ticket(), Elapsed(0), 0.5);
            connecting(&mut client).is_none()
        })
        .count();
    assert!((60..200).contains(&polls), "{polls} of 10,000");
}

/// Several servers are tried in turn.
#[test]
fn the_next_server_is_tried_when_one_is_dead() {
    let mut client = visitor();
    client.config.servers = 3;
    client.handle(Input::Start(Role::Leads), Elapsed(0), 0.5);
    let mut tried = Vec::new();
    for _ in 0..4 {
        tried.push(client.server());
        client.handle(Input::Asked(Asked::Unreachable), Elapsed(0), 0.0);
        let attempt = connecting(&mut client).expect("without a ticket as well");
        client.handle(closed(attempt, 1006, None), Elapsed(0), 0.0);
        client.handle(Input::Asked(Asked::Unreachable), Elapsed(0), 0.0);
    }
    assert_eq!(tried, [0, 1, 2, 0]);
}

/// P6.3.
#[test]
fn attempts_are_forgotten_only_after_a_stable_time() {
    let mut client = visitor();
    let carrier = live(&mut client);
    client.ladder.attempts = 5;
    client.handle(Input::Frame(carrier, ServerFrame::Beat { window_ms: None }), Elapsed(5_000), 0.5);
    assert_eq!(client.ladder.attempts, 5);
    client.handle(Input::Frame(carrier, ServerFrame::Beat { window_ms: None }), Elapsed(30_000), 0.5);
    assert_eq!(client.ladder.attempts, 0);
}

/// P6.1. Would catch: a half-open connection that is trusted.
#[test]
fn silence_is_the_end_of_a_connection() {
    let mut client = visitor();
    let carrier = live(&mut client);
    client.handle(Input::Woke, Elapsed(35_000), 0.5);
    assert!(outputs(&mut client).contains(&Output::Disconnect(carrier)));
    assert!(!client.is_live());
}

#[test]
fn a_person_may_skip_the_wait_but_not_hammer() {
    let mut client = visitor();
    let asks = |client: &mut Session| outputs(client).iter().filter(|output| **output == Output::Ask).count();
    client.handle(Input::Start(Role::Leads), Elapsed(0), 0.9);
    let refuse = || Input::Asked(Asked::NotNow(Refused { after_ms: 100_000, spread_ms: 0, place: None }));
    client.handle(refuse(), Elapsed(0), 0.9);
    assert_eq!(asks(&mut client), 1);
    for at in [20_000, 20_001, 29_000] {
        client.handle(Input::Nudge, Elapsed(at), 0.9);
        client.handle(refuse(), Elapsed(at), 0.9);
    }
    assert_eq!(asks(&mut client), 1);
}

/// P6.7. Would catch: a follower that opens a socket of its own, or hears nothing.
#[test]
fn a_tab_that_follows_greets_by_post_and_hears_the_relay() {
    let mut client = visitor();
    let conversation = ConversationId::new(WallTime(1), [1; 10]);
    client.follow(Cursor { stream: Stream::Conversation(conversation), epoch: 0, seq: Some(0) });
    client.handle(Input::Start(Role::Follows), Elapsed(0), 0.5);
    let Some(Output::Poll { carrier, wait_ms: None, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    client.handle(Input::Polled(carrier, Ok(vec![welcome()])), Elapsed(0), 0.5);
    assert!(client.is_live());
    client.typing(conversation, Elapsed(1));
    let said = outputs(&mut client);
    assert!(matches!(said.last(), Some(Output::Post(..))), "{said:?}");
    for at in [20_000, 40_000, 60_000] {
        client.handle(Input::Relayed(ServerFrame::Beat { window_ms: None }), Elapsed(at), 0.5);
        client.handle(Input::Woke, Elapsed(at), 0.5);
        assert_eq!(connecting(&mut client), None);
    }
    client.handle(Input::Woke, Elapsed(95_000), 0.5);
    assert!(outputs(&mut client).contains(&Output::Ask), "fails open when the other tab is silent");
}

/// P6.7. Would catch: a tab that says that all is well while nobody in this browser has a connection.
#[test]
fn a_tab_that_follows_says_that_the_connection_is_gone_and_when_it_is_back() {
    let mut client = visitor();
    let links = |client: &mut Session| -> Vec<Link> {
        let link = |output| if let Output::Notice(Notice::Link(link)) = output { Some(link) } else { None };
        outputs(client).into_iter().filter_map(link).collect()
    };
    client.handle(Input::Start(Role::Follows), Elapsed(0), 0.5);
    let Some(Output::Poll { carrier, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    client.handle(Input::Polled(carrier, Ok(vec![welcome()])), Elapsed(0), 0.5);
    assert_eq!(links(&mut client).last(), Some(&Link::Live));
    client.handle(Input::Astray, Elapsed(10), 0.5);
    assert_eq!(links(&mut client), [Link::Connecting]);
    assert!(client.is_live(), "the other tab looks for both");
    let beat = || Input::Relayed(ServerFrame::Beat { window_ms: None });
    client.handle(beat(), Elapsed(20), 0.5);
    client.handle(beat(), Elapsed(30), 0.5);
    assert_eq!(links(&mut client), [Link::Live], "once");
    client.handle(Input::Lead, Elapsed(40), 0.5);
    let Some(_) = outputs(&mut client).pop() else { panic!("it does not look for a connection of its own") };
}

/// P5.1. Would catch: the late answer to one `POST` taken for the answer to the next, which then is lost unnoticed.
#[test]
fn a_late_answer_is_not_the_answer_to_a_newer_post() {
    let mut client = visitor();
    client.handle(Input::Start(Role::Follows), Elapsed(0), 0.5);
    let Some(Output::Poll { carrier, .. }) = outputs(&mut client).pop() else { panic!("no greeting") };
    client.handle(Input::Polled(carrier, Ok(vec![welcome()])), Elapsed(0), 0.5);
    let posts = |client: &mut Session| -> Vec<Carrier> {
        let post = |output| if let Output::Post(post, _) = output { Some(post) } else { None };
        outputs(client).into_iter().filter_map(post).collect()
    };
    let conversation = ConversationId::new(WallTime(1), [1; 10]);
    let report = |delivered| CursorReport { conversation, side: Side::Visitor, delivered, read: 0 };
    client.report(report(1), Elapsed(1));
    let [first] = posts(&mut client)[..] else { panic!("one post") };
    client.handle(Input::Relayed(ServerFrame::Beat { window_ms: None }), Elapsed(15_001), 0.0);
    client.report(report(2), Elapsed(16_000));
    let [second] = posts(&mut client)[..] else { panic!("the first was given up") };
    client.handle(Input::Posted(first, Ok(Vec::new())), Elapsed(16_100), 0.0);
    client.handle(Input::Posted(second, Err(PostFailure::Unreachable)), Elapsed(16_200), 0.0);
    client.handle(Input::Woke, Elapsed(30_000), 0.0);
    assert_eq!(posts(&mut client).len(), 1, "what the second one carried is told again");
}

/// P4.4.
#[test]
fn a_refused_entry_keeps_its_text_and_lets_the_next_pass() {
    let mut client = visitor();
    let carrier = live(&mut client);
    let conversation = ConversationId::new(WallTime(1), [1; 10]);
    let ids = [MessageId::new(WallTime(1), [1; 10]), MessageId::new(WallTime(2), [2; 10])];
    for id in ids {
        let kind = Kind::Message { text: "x".into() };
        client.send(id, Draft { conversation, kind, context: None, as_of: None }, Elapsed(1));
    }
    let code = crate::NackCode::TooLong;
    let nack = crate::Nack { id: ids[0], conversation, code, after_ms: 0 };
    client.handle(Input::Frame(carrier, ServerFrame::Nack(nack)), Elapsed(2), 0.5);
    let transmitted: Vec<_> = outputs(&mut client)
        .into_iter()
        .filter_map(|output| match output {
            Output::Transmit(_, ClientFrame::Send(send)) => Some(send.id),
            _ => None,
        })
        .collect();
    assert_eq!(transmitted, ids);
    assert_eq!(client.kept().len(), 2);
    assert_eq!(client.kept()[0].failed, Some(code));
    client.discard(ids[1]);
    assert_eq!(client.kept().len(), 2, "what may already be stored cannot be taken back");
    client.discard(ids[0]);
    assert_eq!(client.kept().len(), 1);
}

/// P4.8.
#[test]
fn a_log_of_another_epoch_is_read_again() {
    let stream = Stream::Conversation(ConversationId::new(WallTime(1), [1; 10]));
    let mut follow = Follow::new(Cursor { stream, epoch: 3, seq: Some(9) });
    let state = StreamState { stream, epoch: 4, top: 5, delivered: 0, read: 0 };
    assert!(follow.stands(&state).reset);
    assert_eq!(follow.pull(Elapsed(0)), Some(Range::Tail));
}

/// P4.8.
#[test]
fn a_client_ahead_of_the_server_is_reset_not_left_in_silence() {
    let stream = Stream::Conversation(ConversationId::new(WallTime(1), [1; 10]));
    let mut follow = Follow::new(Cursor { stream, epoch: 3, seq: Some(9) });
    assert_eq!(follow.cursor(true).seq, Some(9));
    let state = StreamState { stream, epoch: 3, top: 5, delivered: 0, read: 0 };
    assert!(follow.greeted(&state, Elapsed(0)).reset);
    assert_eq!(follow.pull(Elapsed(0)), Some(Range::Tail));
}
