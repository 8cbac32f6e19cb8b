//! The machine against a model server over a hostile network, on a virtual clock.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    Ack, Author, AuthorKind, Availability, Context, Entry, Event, Kind, Side, StreamState, WallTime, limits::Limits,
    outbox::Delivery,
};

/// Small deterministic generator: the seed is the test case.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
    fn id(&mut self) -> [u8; 10] {
        let (a, b) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        [a[0], a[1], a[2], a[3], a[4], a[5], a[6], b[0], b[1], b[2]]
    }
}

/// A server that commits: appends, finds duplicates, answers pulls. One visitor, one conversation.
#[derive(Default)]
struct Model {
    log: Vec<Entry>,
}

const EPOCH: u64 = 7;

impl Model {
    fn append(&mut self, id: MessageId, author: AuthorKind, kind: Kind, now: Elapsed) -> Entry {
        if let Some(known) = self.log.iter().find(|entry| entry.id == id) {
            return known.clone();
        }
        let seq = self.log.len() as u64 + 1;
        let author = Author { kind: author, name: None };
        let entry = Entry { seq, id, at: WallTime(now.0), author, kind };
        self.log.push(entry.clone());
        entry
    }

    fn event(&self, stream: Stream, entry: &Entry) -> Event {
        Event { stream, epoch: EPOCH, seq: entry.seq, entry: entry.clone(), summary: None }
    }

    fn page(&self, stream: Stream, range: Range) -> ServerFrame {
        let from = match range {
            Range::After(seq) => seq as usize,
            Range::Tail => self.log.len().saturating_sub(3),
            Range::Before(_) => unreachable!("not asked for here"),
        };
        let events = self.log.iter().skip(from).take(4).map(|entry| self.event(stream, entry)).collect();
        ServerFrame::Page(Page { stream, epoch: EPOCH, range, events, top: self.log.len() as u64 })
    }

    fn handle(&mut self, frame: ClientFrame, now: Elapsed) -> Vec<ServerFrame> {
        match frame {
            ClientFrame::Hello(hello) => {
                let states = hello.cursors.iter().map(|cursor| StreamState {
                    stream: cursor.stream,
                    epoch: EPOCH,
                    top: self.log.len() as u64,
                    delivered: 0,
                    read: 0,
                });
                let welcome = Welcome {
                    protocol: PROTOCOL,
                    now: WallTime(now.0),
                    beat_ms: 25_000,
                    window_ms: 2_000,
                    limits: Limits::default(),
                    streams: states.collect(),
                    availability: Availability::Available,
                };
                let pages = hello
                    .cursors
                    .iter()
                    .map(|cursor| self.page(cursor.stream, cursor.seq.map_or(Range::Tail, Range::After)));
                [ServerFrame::Welcome(welcome)].into_iter().chain(pages).collect()
            }
            ClientFrame::Send(send) => {
                let Send { id, conversation, kind, .. } = send;
                let entry = self.append(id, AuthorKind::Visitor, kind, now);
                let ack = Ack { id, conversation, seq: entry.seq, at: entry.at };
                vec![ServerFrame::Ack(ack)]
            }
            ClientFrame::Pull(pull) => vec![self.page(pull.stream, pull.range)],
            ClientFrame::Cursor(_) | ClientFrame::Typing(_) => Vec::new(),
        }
    }
}

/// What is under way: `(arrives, connection, what)`.
enum Wire {
    Open,
    ToServer(ClientFrame),
    ToClient(ServerFrame),
    Broken,
    PostToServer(Vec<ClientFrame>),
    PostToClient(Result<Vec<ServerFrame>, PostFailure>),
}

struct World {
    dice: Dice,
    now: Elapsed,
    client: Session,
    server: Model,
    conversation: ConversationId,
    wire: BTreeMap<(Elapsed, u64), (u32, Wire)>,
    sent: u64,
    connection: u32,
    /// The server's side of the connection: alive, and how much it has pushed.
    attached: Option<(u32, u64)>,
    half_open: bool,
    last_arrival: Elapsed,
    hostile: bool,
    seen: Vec<MessageId>,
    delivery: BTreeMap<MessageId, Delivery>,
    written: Vec<MessageId>,
    attempts: u32,
}

impl World {
    fn new(seed: u64, tail: bool) -> Self {
        let mut dice = Dice(seed | 1);
        let conversation = ConversationId::new(WallTime(1), dice.id());
        let stream = Stream::Conversation(conversation);
        let seq = (!tail).then_some(0);
        let config = Config {
            side: Side::Visitor,
            token: Some("secret".into()),
            follow: vec![Cursor { stream, epoch: 0, seq }],
        };
        Self {
            dice,
            now: Elapsed(0),
            client: Session::new(config, Vec::new()),
            server: Model::default(),
            conversation,
            wire: BTreeMap::new(),
            sent: 0,
            connection: 0,
            attached: None,
            half_open: false,
            last_arrival: Elapsed(0),
            hostile: true,
            seen: Vec::new(),
            delivery: BTreeMap::new(),
            written: Vec::new(),
            attempts: 0,
        }
    }

    fn put(&mut self, wire: Wire, ordered: bool) {
        let delay = 1 + self.dice.next() % if self.hostile { 4_000 } else { 40 };
        let mut at = self.now.plus(delay);
        if ordered {
            at = at.max(self.last_arrival);
            self.last_arrival = at;
        }
        self.sent += 1;
        self.wire.insert((at, self.sent), (self.connection, wire));
    }

    fn input(&mut self, input: Input) {
        let unit = self.dice.unit();
        self.client.handle(input, self.now, unit);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Connect => {
                    self.connection += 1;
                    self.attempts += 1;
                    self.last_arrival = self.now;
                    self.half_open = false;
                    let refused = self.hostile && self.dice.chance(40);
                    self.put(if refused { Wire::Broken } else { Wire::Open }, true);
                }
                Output::Disconnect => self.connection += 1,
                Output::Transmit(frame) => self.put(Wire::ToServer(frame), true),
                Output::Post(frames) => {
                    let twice = self.hostile && self.dice.chance(20);
                    if twice {
                        self.put(Wire::PostToServer(frames.clone()), false);
                    }
                    self.put(Wire::PostToServer(frames), false);
                }
                Output::Save => {}
                Output::Notice(notice) => self.notice(notice),
            }
        }
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Event(event) => self.seen.push(event.entry.id),
            Notice::Outgoing(outgoing) => {
                if let Delivery::Sent { .. } = outgoing.delivery {
                    let stored = self.server.log.iter().any(|entry| entry.id == outgoing.id);
                    assert!(stored, "shown as sent, but not stored");
                }
                self.delivery.insert(outgoing.id, outgoing.delivery);
            }
            Notice::Reset(_) => panic!("nothing was restored here"),
            _ => {}
        }
    }

    fn arrive(&mut self, connection: u32, wire: Wire) {
        let current = connection == self.connection;
        match wire {
            Wire::Open if current => {
                self.attached = Some((connection, 0));
                self.input(Input::Opened);
            }
            Wire::Broken if current => {
                self.attached = None;
                self.connection += 1;
                self.input(Input::Closed { code: 1006, hint_ms: None });
            }
            Wire::ToServer(frame) => {
                if self.attached.is_some_and(|(at, _)| at == connection) && !self.half_open {
                    if let ClientFrame::Hello(hello) = &frame {
                        let known = hello.cursors.first().and_then(|cursor| cursor.seq);
                        self.attached = Some((connection, known.unwrap_or(0)));
                    }
                    for answer in self.server.handle(frame, self.now) {
                        self.put(Wire::ToClient(answer), true);
                    }
                }
            }
            Wire::ToClient(frame) if current && !self.half_open => self.input(Input::Frame(frame)),
            Wire::PostToServer(frames) => {
                if self.hostile && self.dice.chance(30) {
                    self.put(Wire::PostToClient(Err(PostFailure::Unreachable)), false);
                    return;
                }
                let answers: Vec<_> =
                    frames.into_iter().flat_map(|frame| self.server.handle(frame, self.now)).collect();
                let lost = self.hostile && self.dice.chance(30);
                let answer = if lost { Err(PostFailure::Unreachable) } else { Ok(answers) };
                self.put(Wire::PostToClient(answer), false);
            }
            Wire::PostToClient(answer) => self.input(Input::Posted(answer)),
            Wire::Open | Wire::Broken | Wire::ToClient(_) => {}
        }
    }

    /// The server pushes what the attached client has not been sent.
    fn push(&mut self) {
        let stream = Stream::Conversation(self.conversation);
        if let Some((connection, pushed)) = self.attached.filter(|(at, _)| *at == self.connection) {
            let entries: Vec<_> = self.server.log.iter().skip(pushed as usize).cloned().collect();
            for entry in entries {
                // A lost wake-up: `top` has to heal it.
                if !(self.hostile && self.dice.chance(30)) {
                    let event = Box::new(self.server.event(stream, &entry));
                    self.put(Wire::ToClient(ServerFrame::Event(event)), true);
                }
                self.attached = Some((connection, entry.seq));
            }
        }
    }

    fn top(&mut self) {
        if self.attached.is_some_and(|(at, _)| at == self.connection) {
            let state = StreamState {
                stream: Stream::Conversation(self.conversation),
                epoch: EPOCH,
                top: self.server.log.len() as u64,
                delivered: 0,
                read: 0,
            };
            self.put(Wire::ToClient(ServerFrame::Top(crate::Top { streams: vec![state] })), true);
        }
    }

    fn write(&mut self) {
        let id = MessageId::new(WallTime(self.now.0), self.dice.id());
        self.written.push(id);
        let kind = Kind::Message { text: "hello".into() };
        let context = Some(Context::default());
        let draft = Draft { conversation: self.conversation, kind, context };
        self.client.send(id, draft, self.now);
        self.drain();
    }

    fn trouble(&mut self) {
        match self.dice.next() % 12 {
            0..4 => self.write(),
            4..6 => {
                let id = MessageId::new(WallTime(self.now.0), self.dice.id());
                let kind = Kind::Message { text: "answer".into() };
                self.server.append(id, AuthorKind::Agent, kind, self.now);
            }
            6 => {
                self.half_open = true;
            }
            7 => self.put(Wire::Broken, true),
            8 => self.input(Input::Park),
            9 => self.input(Input::Resume),
            10 => self.input(if self.dice.0 & 1 == 0 { Input::Offline } else { Input::Online }),
            _ => self.input(Input::Nudge),
        }
    }

    /// Runs the world for `ms`, with `steps` troubles in it.
    fn run(&mut self, ms: u64, troubles: u64) {
        let end = self.now.plus(ms);
        let mut next_trouble = self.now;
        let mut next_top = self.now.plus(17_000);
        while self.now < end {
            self.push();
            let arrival = self.wire.keys().next().map(|(at, _)| *at);
            let timer = self.client.next_timeout();
            let trouble = (troubles > 0).then_some(next_trouble);
            let next = [arrival, timer, trouble, Some(next_top), Some(end)].into_iter().flatten().min();
            self.now = self.now.max(next.unwrap_or(end));
            if let Some(((at, _), _)) = self.wire.first_key_value()
                && *at <= self.now
                && let Some((_, (connection, wire))) = self.wire.pop_first()
            {
                self.arrive(connection, wire);
            }
            if timer.is_some_and(|at| at <= self.now) {
                self.input(Input::Woke);
            }
            if next_top <= self.now {
                next_top = self.now.plus(17_000);
                self.top();
            }
            if troubles > 0 && next_trouble <= self.now {
                self.trouble();
                next_trouble = self.now.plus(1 + self.dice.next() % (2 * ms / troubles));
            }
        }
    }

    fn settle(&mut self) {
        self.hostile = false;
        self.half_open = false;
        self.input(Input::Online);
        self.input(Input::Resume);
        self.run(1_200_000, 0);
    }
}

fn cases() -> u32 {
    std::env::var("CHINWAG_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_once_in_order_after_any_outage_that_ends(seed: u64) {
        let mut world = World::new(seed, false);
        world.input(Input::Start);
        world.run(240_000, 40);
        world.settle();
        let log: Vec<_> = world.server.log.iter().map(|entry| entry.id).collect();
        let stored: Vec<_> =
            log.iter().filter(|id| world.written.contains(id)).copied().collect();
        prop_assert!(world.client.outbox().is_empty(), "outbox: {:?}", world.client.outbox());
        prop_assert_eq!(&stored, &world.written, "what was written is stored once, in order");
        prop_assert_eq!(&world.seen, &log, "what is stored is seen once, in order");
        let all_sent = world.written.iter().all(|id| {
            matches!(world.delivery.get(id), Some(Delivery::Sent { .. }))
        });
        prop_assert!(all_sent, "what is stored is shown as sent");
    }

    #[test]
    fn a_reader_who_joins_late_gets_the_tail_and_everything_after(seed: u64) {
        let mut world = World::new(seed, true);
        for _ in 0..10 {
            let id = MessageId::new(WallTime(0), world.dice.id());
            let kind = Kind::Message { text: "before".into() };
            world.server.append(id, AuthorKind::Agent, kind, Elapsed(0));
        }
        world.input(Input::Start);
        world.run(120_000, 20);
        world.settle();
        let log: Vec<_> = world.server.log.iter().map(|entry| entry.id).collect();
        prop_assert!(world.seen.len() >= 3);
        prop_assert_eq!(&world.seen[..], &log[log.len() - world.seen.len()..]);
    }
}

fn live(client: &mut Session) {
    client.handle(Input::Start, Elapsed(0), 0.5);
    client.handle(Input::Opened, Elapsed(0), 0.5);
    let welcome = Welcome {
        protocol: PROTOCOL,
        now: WallTime(0),
        beat_ms: 25_000,
        window_ms: 60_000,
        limits: Limits::default(),
        streams: Vec::new(),
        availability: Availability::Away,
    };
    client.handle(Input::Frame(ServerFrame::Welcome(welcome)), Elapsed(0), 0.5);
}

fn visitor() -> Session {
    Session::new(Config { side: Side::Visitor, token: None, follow: Vec::new() }, Vec::new())
}

fn outputs(client: &mut Session) -> Vec<Output> {
    core::iter::from_fn(|| client.poll_output()).collect()
}

#[test]
fn the_window_of_the_server_spreads_the_return() {
    let mut client = visitor();
    live(&mut client);
    client.handle(Input::Closed { code: 1006, hint_ms: None }, Elapsed(10), 0.5);
    assert_eq!(client.next_timeout(), Some(Elapsed(30_010)));
}

#[test]
fn a_quota_is_a_back_off_and_credentials_are_asked_again() {
    for (code, hint_ms, expected) in
        [(4101, Some(4_000), 2_000), (4101, None, 500), (4000, None, 450_000), (4050, None, 450_000)]
    {
        let mut client = visitor();
        client.handle(Input::Start, Elapsed(0), 0.5);
        client.handle(Input::Closed { code, hint_ms }, Elapsed(0), 0.5);
        assert_eq!(client.next_timeout(), Some(Elapsed(expected)), "{code}");
    }
}

#[test]
fn attempts_are_forgotten_only_after_a_stable_time() {
    let mut client = visitor();
    client.handle(Input::Start, Elapsed(0), 0.5);
    for _ in 0..5 {
        client.handle(Input::Closed { code: 1006, hint_ms: None }, Elapsed(0), 0.0);
    }
    assert!(client.attempt >= 1);
    live(&mut client);
    client.handle(Input::Opened, Elapsed(0), 0.5);
    let attempt = client.attempt;
    client.handle(Input::Woke, Elapsed(5_000), 0.5);
    assert_eq!(client.attempt, attempt);
}

#[test]
fn a_person_may_skip_the_wait_but_not_hammer() {
    let mut client = visitor();
    let connects = |client: &mut Session| outputs(client).iter().filter(|output| **output == Output::Connect).count();
    client.handle(Input::Start, Elapsed(0), 0.9);
    client.handle(Input::Closed { code: 4101, hint_ms: Some(100_000) }, Elapsed(0), 0.9);
    assert_eq!(connects(&mut client), 1);
    for at in [20_000, 20_001, 29_000] {
        client.handle(Input::Nudge, Elapsed(at), 0.9);
        client.handle(Input::Closed { code: 4101, hint_ms: Some(100_000) }, Elapsed(at), 0.9);
    }
    assert_eq!(connects(&mut client), 1);
}

#[test]
fn a_refused_entry_keeps_its_text_and_lets_the_next_pass() {
    let mut client = visitor();
    live(&mut client);
    let conversation = ConversationId::new(WallTime(1), [1; 10]);
    let ids = [MessageId::new(WallTime(1), [1; 10]), MessageId::new(WallTime(2), [2; 10])];
    for id in ids {
        let kind = Kind::Message { text: "x".into() };
        client.send(id, Draft { conversation, kind, context: None }, Elapsed(1));
    }
    let code = crate::NackCode::TooLong;
    let nack = crate::Nack { id: ids[0], conversation, code, after_ms: 0 };
    client.handle(Input::Frame(ServerFrame::Nack(nack)), Elapsed(2), 0.5);
    let transmitted: Vec<_> = outputs(&mut client)
        .into_iter()
        .filter_map(|output| match output {
            Output::Transmit(ClientFrame::Send(send)) => Some(send.id),
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

#[test]
fn a_log_of_another_epoch_is_read_again() {
    let stream = Stream::Conversation(ConversationId::new(WallTime(1), [1; 10]));
    let mut follow = Follow::new(Cursor { stream, epoch: 3, seq: Some(9) });
    let state = StreamState { stream, epoch: 4, top: 5, delivered: 0, read: 0 };
    assert!(follow.stands(&state).reset);
    assert_eq!(follow.pull(Elapsed(0)), Some(Range::Tail));
}

#[test]
fn a_client_ahead_of_the_server_is_reset_not_left_in_silence() {
    let stream = Stream::Conversation(ConversationId::new(WallTime(1), [1; 10]));
    let mut follow = Follow::new(Cursor { stream, epoch: 3, seq: Some(9) });
    assert_eq!(follow.cursor().seq, Some(9));
    let state = StreamState { stream, epoch: 3, top: 5, delivered: 0, read: 0 };
    assert!(follow.greeted(&state, Elapsed(0)).reset);
    assert_eq!(follow.pull(Elapsed(0)), Some(Range::Tail));
}
