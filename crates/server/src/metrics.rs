//! What the server counts, in Prometheus' text format. No name, address or id of a person is ever a label.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

use crate::store::{Figures, Reads};

/// How frames travel: sockets and long polls are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    Socket,
    /// A `POST` that is held until there is news.
    Poll,
    /// One that is answered at once: what any client uses beside its connection, and sends of those on long polls.
    Post,
}

impl Carrier {
    fn label(self) -> Label {
        let name = match self {
            Self::Socket => "socket",
            Self::Poll => "poll",
            Self::Post => "post",
        };
        [("transport", name)]
    }
}

/// Why a frame was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ignored {
    /// Its name: a newer client's, or a second greeting.
    Unknown,
    /// Not what the protocol says.
    Broken,
}

impl Ignored {
    fn label(self) -> Label {
        [("reason", if self == Self::Unknown { "unknown" } else { "broken" })]
    }
}

/// What is given up first when there is too much to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// What rules brought: a figure of thousands, whatever is missing of it.
    Result,
    /// Typing: worth nothing a moment later.
    Volatile,
    /// How far somebody has read: a later report says the same.
    Progress,
    Visitor,
    Agent,
}

impl Class {
    fn label(self) -> Label {
        let name = match self {
            Self::Result => "result",
            Self::Volatile => "volatile",
            Self::Progress => "progress",
            Self::Visitor => "visitor",
            Self::Agent => "agent",
        };
        [("class", name)]
    }
}

type Label = [(&'static str, &'static str); 1];

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    /// Handshakes that were let in, and questions and handshakes that were not.
    pub(crate) admitted: Counter,
    pub(crate) refused: Counter,
    shed: Family<Label, Counter>,
    ignored: Family<Label, Counter>,
    live: Family<Label, Gauge>,
    greeted: Family<Label, Counter>,
    events: Family<Label, Counter>,
    sends: Family<Label, Histogram, fn() -> Histogram>,
    commits: Counter,
    writes: Counter,
    queue: Gauge,
    reads: ReadFigures,
}

/// Reads by their pool.
#[derive(Default)]
struct ReadFigures {
    waiting: Family<Label, Gauge>,
    done: Family<Label, Counter>,
    given_up: Family<Label, Counter>,
    longest_wait: Family<Label, Gauge<f64, AtomicU64>>,
}

impl ReadFigures {
    fn register(&self, to: &mut Registry) {
        to.register("reads_waiting", "Reading operations that wait now, by pool", self.waiting.clone());
        to.register("reads", "Reading operations that were done, by pool", self.done.clone());
        to.register(
            "reads_given_up",
            "Reading operations that were refused or ended because there was too much to do, by pool",
            self.given_up.clone(),
        );
        to.register(
            "read_longest_wait_seconds",
            "Longest that a reading operation waited which was done then, since the start, by pool",
            self.longest_wait.clone(),
        );
    }

    fn set(&self, pool: &'static str, now: Reads) {
        let label = [("pool", pool)];
        self.waiting.get_or_create(&label).set(now.waiting as i64);
        self.done.get_or_create(&label).inner().store(now.done, Ordering::Relaxed);
        self.given_up.get_or_create(&label).inner().store(now.given_up, Ordering::Relaxed);
        self.longest_wait.get_or_create(&label).set(now.longest_wait_ms as f64 / 1_000.0);
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(exponential_buckets(0.000_5, 2.0, 14));
        let mut all = Self {
            registry: Registry::with_prefix("chinwag"),
            admitted: Counter::default(),
            refused: Counter::default(),
            shed: Family::default(),
            ignored: Family::default(),
            live: Family::default(),
            greeted: Family::default(),
            events: Family::default(),
            sends: Family::new_with_constructor(seconds),
            commits: Counter::default(),
            writes: Counter::default(),
            queue: Gauge::default(),
            reads: ReadFigures::default(),
        };
        let to = &mut all.registry;
        to.register("handshakes_admitted", "Handshakes that were let in", all.admitted.clone());
        to.register(
            "handshakes_refused",
            "Handshakes and questions for a ticket that were told to wait",
            all.refused.clone(),
        );
        to.register("shed", "Work given up because there was too much, by class", all.shed.clone());
        to.register("frames_ignored", "Frames that were passed over, by reason", all.ignored.clone());
        to.register("connections_live", "Open sockets and held POSTs now", all.live.clone());
        to.register("greetings", "Hellos that were welcomed, by transport", all.greeted.clone());
        to.register("events", "Entries that were brought to clients, by transport", all.events.clone());
        to.register("send_seconds", "From a send's arrival to its ack, by transport", all.sends.clone());
        to.register("commits", "Transactions that reached stable storage", all.commits.clone());
        to.register("writes", "Writing operations in them", all.writes.clone());
        to.register("write_queue", "Writing operations that wait now", all.queue.clone());
        all.reads.register(to);
        all
    }

    pub(crate) fn shed(&self, class: Class) {
        self.shed.get_or_create(&class.label()).inc();
    }

    pub(crate) fn ignored(&self, why: Ignored) {
        self.ignored.get_or_create(&why.label()).inc();
    }

    pub(crate) fn greeted(&self, carrier: Carrier) {
        self.greeted.get_or_create(&carrier.label()).inc();
    }

    pub(crate) fn events(&self, carrier: Carrier, count: usize) {
        if count > 0 {
            self.events.get_or_create(&carrier.label()).inc_by(count as u64);
        }
    }

    /// An acknowledged send took so long.
    pub(crate) fn acked(&self, carrier: Carrier, seconds: f64) {
        self.sends.get_or_create(&carrier.label()).observe(seconds);
    }

    /// Counts a connection until the answer is dropped.
    pub(crate) fn connected(&self, carrier: Carrier) -> Connected {
        let gauge = self.live.get_or_create_owned(&carrier.label());
        gauge.inc();
        Connected(gauge)
    }

    pub(crate) fn live(&self, carrier: Carrier) -> usize {
        usize::try_from(self.live.get_or_create(&carrier.label()).get()).unwrap_or(0)
    }

    /// Everything as text, with what the store says of itself.
    pub(crate) fn text(&self, store: Figures) -> String {
        self.commits.inner().store(store.commits, Ordering::Relaxed);
        self.writes.inner().store(store.writes, Ordering::Relaxed);
        self.queue.set(store.waiting_writes as i64);
        self.reads.set("messages", store.messages);
        self.reads.set("lists", store.lists);
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// A live connection.
pub(crate) struct Connected(Gauge<i64, AtomicI64>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}
