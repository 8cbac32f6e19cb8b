//! One client: the session machine with real sockets and real requests around it, and a script that tells it what to write.

mod door;
mod script;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chinwag_conversation::{
    Carrier, ClientFrame, Config, ConversationId, Cursor, Delivery, Draft, Input, Kind, Link, MessageId, Notice,
    Output, Role, Session, Side, Stream, WallTime, limits,
};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

pub(crate) use self::script::Script;
use self::{door::Door, script::Writer};
use crate::{
    clock,
    record::{Record, Step, Tag, Written},
    wire::{ABNORMAL, Heard, Wires},
};

/// What all clients are to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Be connected.
    Live,
    /// … and write by the script.
    Talk,
    /// Go, and hand the record over.
    End,
}

/// How many clients stand how, for whoever waits for them.
#[derive(Debug, Default)]
pub(crate) struct Board {
    pub(crate) live: AtomicUsize,
    /// Clients that may write something more.
    pub(crate) talking: AtomicUsize,
    /// Messages written and not settled.
    pub(crate) waiting: AtomicUsize,
    pub(crate) written: AtomicUsize,
    /// Entries shown, over all clients.
    pub(crate) shown: AtomicUsize,
    /// The newest `welcome.window_ms` of any client.
    pub(crate) window_ms: AtomicUsize,
}

/// Who a client is.
#[derive(Clone)]
pub(crate) enum Who {
    Visitor { token: String, conversation: ConversationId },
    Agent { cookie: String },
}

/// What a client needs.
pub(crate) struct Setup {
    /// 0, 1, 2 …: its address, its part of the agents' work, its name in the texts.
    pub(crate) number: usize,
    pub(crate) who: Who,
    pub(crate) server: SocketAddr,
    pub(crate) script: Script,
    pub(crate) board: Arc<Board>,
    pub(crate) orders: watch::Receiver<Order>,
    /// Connects this long after its start.
    pub(crate) after: Duration,
}

struct Client {
    setup: Setup,
    session: Session,
    wires: Wires,
    /// Requests under way.
    requests: FuturesUnordered<BoxFuture<'static, Input>>,
    writer: Writer,
    record: Record,
    asked: Option<u64>,
    live: bool,
    /// The time in the newest message's id.
    newest: u64,
}

/// Runs until [`Order::End`].
pub(crate) async fn run(setup: Setup) -> Record {
    let (side, token, follow) = match &setup.who {
        Who::Visitor { token, .. } => (Side::Visitor, Some(token.clone()), vec![]),
        Who::Agent { .. } => (Side::Agent, None, vec![Cursor { stream: Stream::Feed, epoch: 0, seq: Some(0) }]),
    };
    let client = (0..limits::CLIENT_CHARS).map(|_| fastrand::alphanumeric()).collect();
    let mut client = Client {
        session: Session::new(Config { side, token, follow, client, servers: 1, server: 0 }, vec![]),
        wires: Wires::default(),
        requests: FuturesUnordered::new(),
        writer: Writer::new(setup.script, &setup.who, setup.number),
        record: Record { client: setup.number, ..Record::default() },
        asked: None,
        live: false,
        newest: 0,
        setup,
    };
    client.go().await;
    client.record
}

impl Client {
    async fn go(&mut self) {
        let start = Instant::now() + self.setup.after;
        tokio::time::sleep_until(start).await;
        self.tell(Input::Start(Role::Leads)).await;
        let mut order = *self.setup.orders.borrow_and_update();
        loop {
            match order {
                Order::Live if self.writer.rest() => {
                    self.setup.board.talking.fetch_sub(1, Ordering::Relaxed);
                }
                Order::Talk if self.writer.begin(clock::micros()) => {
                    self.setup.board.talking.fetch_add(1, Ordering::Relaxed);
                }
                Order::Live | Order::Talk => {}
                Order::End => break,
            }
            let woken = self.session.next_timeout().map(clock::instant);
            let due = self.writer.next().map(clock::instant_of_micros);
            tokio::select! {
                changed = self.setup.orders.changed() => {
                    order = if changed.is_ok() { *self.setup.orders.borrow_and_update() } else { Order::End };
                }
                (number, heard) = self.wires.heard() => self.hear(number, heard).await,
                Some(input) = self.requests.next() => self.tell(input).await,
                () = at(woken) => self.tell(Input::Woke).await,
                () = at(due) => self.act().await,
            }
        }
        self.show_live(false);
        for number in self.wires.cut() {
            self.wires.close(number);
        }
    }

    async fn hear(&mut self, number: u32, heard: Heard) {
        let carrier = Carrier(number);
        match heard {
            Heard::Opened => self.tell(Input::Opened(carrier)).await,
            Heard::Frame(frame) => self.tell(Input::Frame(carrier, *frame)).await,
            Heard::Closed { code, hint_ms } => {
                self.step(Step::Closed(code));
                self.tell(Input::Closed { carrier, code, hint_ms }).await;
            }
        }
    }

    /// What the script wants now.
    async fn act(&mut self) {
        let now = clock::micros();
        if self.writer.cuts(now) {
            for number in self.wires.cut() {
                self.tell(Input::Closed { carrier: Carrier(number), code: ABNORMAL, hint_ms: None }).await;
            }
        }
        for (conversation, planned) in self.writer.due(now) {
            self.write(conversation, planned);
        }
        self.settle().await;
    }

    /// Latency counts from the planned time: a driver that is late must not look fast.
    fn write(&mut self, conversation: ConversationId, planned: u64) {
        let mut random = [0; 10];
        random.fill_with(|| fastrand::u8(..));
        // As in a browser, ids sort in the order of writing within one millisecond, too.
        self.newest = clock::wall().0.max(self.newest + 1);
        let id = MessageId::new(WallTime(self.newest), random);
        let tag = Tag { writer: self.setup.number, number: self.writer.number(conversation), micros: planned };
        let written = Written { id, conversation, micros: planned, acked: None, refused: None };
        self.record.written.push(written);
        self.setup.board.waiting.fetch_add(1, Ordering::Relaxed);
        self.setup.board.written.fetch_add(1, Ordering::Relaxed);
        let draft = Draft { conversation, kind: Kind::Message { text: tag.text() }, context: None, as_of: None };
        self.session.send(id, draft, clock::elapsed());
    }

    async fn tell(&mut self, input: Input) {
        self.session.handle(input, clock::elapsed(), fastrand::f64());
        self.settle().await;
    }

    async fn settle(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Ask => self.ask(),
                Output::Connect(carrier) => self.connect(carrier),
                Output::Disconnect(Carrier(number)) => self.wires.close(number),
                Output::Transmit(Carrier(number), frame) => self.wires.send(number, &frame).await,
                Output::Poll { carrier, frames, wait_ms } => self.poll(carrier, frames, wait_ms),
                Output::Post(carrier, frames) => self.post(carrier, frames),
                // Nobody looks away here.
                Output::Save | Output::Parked | Output::Resume => {}
                Output::Notice(notice) => self.notice(notice),
            }
        }
    }

    fn ask(&mut self) {
        self.step(Step::Asked);
        self.asked.get_or_insert_with(clock::micros);
        let door = self.door();
        self.requests.push(Box::pin(async move { Input::Asked(door.ask().await) }));
    }

    fn connect(&mut self, carrier: Carrier) {
        self.step(Step::Connected);
        self.asked.get_or_insert_with(clock::micros);
        let door = self.door();
        self.wires.add(carrier.0, Box::pin(async move { door.open().await }));
    }

    /// An answer that nobody waits for any more is for the machine to ignore.
    fn poll(&mut self, carrier: Carrier, frames: Vec<ClientFrame>, wait_ms: Option<u32>) {
        self.record.polls += 1;
        let door = self.door();
        self.requests.push(Box::pin(async move { Input::Polled(carrier, door.post(frames, wait_ms).await) }));
    }

    fn post(&mut self, carrier: Carrier, frames: Vec<ClientFrame>) {
        self.record.posts += 1;
        let door = self.door();
        self.requests.push(Box::pin(async move { Input::Posted(carrier, door.post(frames, None).await) }));
    }

    fn door(&self) -> Door {
        Door { number: self.setup.number, server: self.setup.server, who: self.setup.who.clone() }
    }

    fn notice(&mut self, notice: Notice) {
        let board = &self.setup.board;
        match notice {
            Notice::Link(Link::Live) => {
                self.show_live(true);
                self.step(Step::Live);
                if let Some(asked) = self.asked.take() {
                    self.record.connecting.push(asked, clock::micros());
                }
            }
            Notice::Link(_) if self.live => {
                self.show_live(false);
                self.step(Step::Lost);
            }
            Notice::Welcome(welcome) => {
                board.window_ms.store(welcome.window_ms as usize, Ordering::Relaxed);
            }
            Notice::Event(event) => {
                let conversation = match event.stream {
                    Stream::Conversation(conversation) => Some(conversation),
                    Stream::Feed => event.summary.as_ref().map(|summary| summary.conversation),
                };
                if let Some(conversation) = conversation {
                    self.show(conversation, &event.entry);
                }
            }
            Notice::Reset(Stream::Conversation(conversation)) => {
                self.record.seen.remove(&conversation);
            }
            Notice::Reset(Stream::Feed) => self.record.seen.clear(),
            Notice::Outgoing(outgoing) => self.outgoing(outgoing.id, outgoing.delivery),
            _ => {}
        }
    }

    fn show(&mut self, conversation: ConversationId, entry: &chinwag_conversation::Entry) {
        self.record.seen.entry(conversation).or_default().push((entry.seq, entry.id));
        self.setup.board.shown.fetch_add(1, Ordering::Relaxed);
        let Kind::Message { text } = &entry.kind else { return };
        let Some(tag) = Tag::read(text).filter(|tag| tag.writer != self.setup.number) else { return };
        let now = clock::micros();
        self.record.arrivals.push(tag.micros, now);
        self.writer.heard(conversation, tag.writer, now);
    }

    fn outgoing(&mut self, id: MessageId, delivery: Delivery) {
        let Some(one) = self.record.written.iter_mut().rev().find(|one| one.id == id) else { return };
        if one.acked.is_some() || one.refused.is_some() {
            return;
        }
        match delivery {
            Delivery::Sent { seq, .. } => {
                one.acked = Some(seq);
                self.record.acks.push(one.micros, clock::micros());
            }
            Delivery::Failed(code) => one.refused = Some(code),
            Delivery::Queued | Delivery::Sending => return,
        }
        self.setup.board.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    fn show_live(&mut self, live: bool) {
        if live && !self.live {
            self.setup.board.live.fetch_add(1, Ordering::Relaxed);
        } else if self.live && !live {
            self.setup.board.live.fetch_sub(1, Ordering::Relaxed);
        }
        self.live = live;
    }

    fn step(&mut self, step: Step) {
        self.record.steps.push((clock::micros(), step));
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
