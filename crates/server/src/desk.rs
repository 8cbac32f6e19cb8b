//! Turns a client's frame, in a scope, into the server's frames. Knows neither bytes nor sockets: the socket task and
//! the `POST` routes both call it, so the two cannot drift apart.

mod fence;
mod load;
mod paging;
mod poll;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chinwag_conversation::{
    Ack, ClientFrame, ConversationId, Cursor, CursorReport, Hello, Kind, Nack, NackCode, Page, Pull, Range, Send,
    ServerFrame, Stream, StreamState, Typing, Welcome, frame::PROTOCOL, limits, limits::Limits,
};

use self::fence::Fence;
use crate::{
    admission::Admission,
    clock,
    files::Files,
    hub::{Hub, Note},
    metrics::{Carrier, Class, Metrics},
    presence::Presence,
    rate::{Rate, Rates},
    store::{AgentId, Append, Appended, Place, Scope, SharedStore, StoreError, VisitorScope},
};

/// Between two beats.
pub(crate) const BEAT_MS: u64 = 25_000;
/// Logs that one connection may follow.
pub(crate) const MAX_STREAMS: usize = 32;
/// How long the store may take before the client is told to try again.
const STORE_DEADLINE: Duration = Duration::from_secs(5);
/// What a client waits after a refusal that is the server's fault, in milliseconds.
const RETRY_MS: u64 = 2_000;
/// Waits between attempts to store a progress report. What an outage outlasts is told again over the next connection.
const REPORT_AGAIN: [Duration; 4] =
    [Duration::from_secs(2), Duration::from_secs(8), Duration::from_secs(30), Duration::from_secs(120)];

/// Why a greeting is not answered by a welcome.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Another protocol than ours.
    Protocol,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(crate) struct Desk {
    around: Around,
    visitors: Rates<VisitorScope>,
    agents: Rates<AgentId>,
    fence: Arc<Fence>,
}

/// What the desk works with.
pub(crate) struct Around {
    pub(crate) store: SharedStore,
    pub(crate) hub: Arc<Hub>,
    pub(crate) presence: Arc<Presence>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) files: Arc<Files>,
}

impl Desk {
    pub(crate) fn new(around: Around) -> Arc<Self> {
        Arc::new(Self {
            around,
            visitors: Rates::new(Rate::of(limits::VISITOR_SENDS_PER_MINUTE)),
            agents: Rates::new(Rate::of(limits::AGENT_SENDS_PER_MINUTE)),
            fence: Arc::default(),
        })
    }

    /// Live connections, whatever carries them.
    pub(crate) fn clients(&self) -> usize {
        self.around.metrics.live(Carrier::Socket) + self.around.metrics.live(Carrier::Poll)
    }

    /// Over how long all live clients should spread their return.
    pub(crate) fn window_ms(&self) -> u64 {
        self.around.admission.window_ms(self.clients())
    }

    /// Whether there is room for work of this class; what there is no room for is counted.
    pub(crate) fn has_room(&self, class: Class) -> bool {
        let room = load::has_room(class, self.around.store.figures());
        if !room {
            self.around.metrics.shed(class);
        }
        room
    }

    /// Answers one frame that came without a connection.
    pub(crate) async fn handle(self: &Arc<Self>, who: &Scope, frame: ClientFrame) -> Result<Vec<ServerFrame>, Refusal> {
        Ok(match frame {
            ClientFrame::Hello(hello) => {
                let (welcome, pages) = self.hello(who, hello).await?;
                self.around.metrics.greeted(Carrier::Post);
                let mut frames = vec![ServerFrame::Welcome(welcome)];
                frames.extend(pages.into_iter().map(ServerFrame::Page));
                frames
            }
            ClientFrame::Send(send) => vec![self.send(who, send, Carrier::Post).await],
            ClientFrame::Pull(pull) => vec![ServerFrame::Page(self.pull(who, pull).await?)],
            ClientFrame::Cursor(report) => {
                self.report(who, report).await;
                Vec::new()
            }
            ClientFrame::Typing(typing) => {
                self.typing(who, typing).await;
                Vec::new()
            }
        })
    }

    /// Where every followed log stands, and what the client misses of it.
    pub(crate) async fn hello(&self, who: &Scope, hello: Hello) -> Result<(Welcome, Vec<Page>), Refusal> {
        if hello.protocol != PROTOCOL {
            return Err(Refusal::Protocol);
        }
        let mut cursors: Vec<Cursor> = Vec::new();
        for cursor in hello.cursors {
            let known = cursors.iter().any(|known| known.stream == cursor.stream);
            if !known && may_follow(who, cursor.stream) && cursors.len() < MAX_STREAMS {
                cursors.push(cursor);
            }
        }
        if let (Scope::Visitor(visitor), true) = (who, cursors.is_empty())
            && let Some(newest) = self.newest_open(visitor).await?
        {
            cursors.push(Cursor { stream: Stream::Conversation(newest), epoch: 0, seq: None });
        }
        let (mut streams, mut pages) = (Vec::new(), Vec::new());
        for cursor in cursors {
            let state = self.state(who, cursor.stream).await?;
            let range = match cursor.seq {
                Some(seq) if [0, state.epoch].contains(&cursor.epoch) && seq <= state.top => Range::After(seq),
                _ => Range::Tail,
            };
            pages.push(self.pull(who, Pull { stream: cursor.stream, range }).await?);
            streams.push(state);
        }
        let welcome = Welcome {
            protocol: PROTOCOL,
            now: clock::wall(),
            beat_ms: BEAT_MS,
            window_ms: self.window_ms(),
            limits: Limits::with_files(),
            streams,
            availability: self.around.presence.now(),
        };
        Ok((welcome, pages))
    }

    async fn newest_open(&self, visitor: &VisitorScope) -> Result<Option<ConversationId>, StoreError> {
        deadline(self.around.store.newest_open(visitor)).await
    }

    /// Where a log stands. What does not exist for this scope stands at 0, like one that begins later.
    pub(crate) async fn state(&self, who: &Scope, stream: Stream) -> Result<StreamState, StoreError> {
        let nothing = StreamState { stream, epoch: self.around.store.epoch(), top: 0, delivered: 0, read: 0 };
        match (stream, who) {
            (Stream::Conversation(id), _) => match deadline(self.around.store.standing(who, id)).await {
                Err(StoreError::NotFound) => Ok(nothing),
                standing => standing,
            },
            (Stream::Feed, Scope::Agent(agent)) => {
                let top = deadline(self.around.store.feed_top(agent)).await?;
                Ok(StreamState { top, ..nothing })
            }
            (Stream::Feed, Scope::Visitor(_)) => Ok(nothing),
        }
    }

    /// Appends, wakes everybody whom it concerns, and confirms: in this order.
    pub(crate) async fn send(self: &Arc<Self>, who: &Scope, send: Send, carrier: Carrier) -> ServerFrame {
        let began = Instant::now();
        let Send { id, conversation, kind, context, as_of } = send;
        let refuse = |code: NackCode, after_ms| ServerFrame::Nack(Nack { id, conversation, code, after_ms });
        if let Err(invalid) = kind.check(who.author()) {
            return refuse(invalid.into(), 0);
        }
        let now = clock::elapsed();
        let rate = match who {
            Scope::Visitor(visitor) => self.visitors.take(visitor, now),
            Scope::Agent(agent) => self.agents.take(&agent.agent, now),
        };
        if let Err(after_ms) = rate {
            return refuse(NackCode::Rate, after_ms);
        }
        let class = match who {
            Scope::Visitor(_) => Class::Visitor,
            Scope::Agent(_) => Class::Agent,
        };
        if !self.has_room(class) {
            return refuse(NackCode::Unavailable, RETRY_MS);
        }
        let append = Append {
            conversation,
            id,
            kind,
            context: context.unwrap_or_default().clipped(),
            at: clock::wall(),
            join_id: clock::message_id(),
            as_of,
        };
        // A task of its own: the wake-up follows the commit even when the client does not wait for the answer.
        let (desk, who) = (Arc::clone(self), who.clone());
        let appended = tokio::spawn(async move { desk.append(&who, append).await });
        match tokio::time::timeout(STORE_DEADLINE, appended).await {
            Ok(Ok(Ok(Appended { seq, at, .. }))) => {
                self.around.metrics.acked(carrier, began.elapsed().as_secs_f64());
                ServerFrame::Ack(Ack { id, conversation, seq, at })
            }
            Ok(Ok(Err(StoreError::NotFound))) => refuse(NackCode::Forbidden, 0),
            Ok(Ok(Err(StoreError::Broken(cause)))) => {
                tracing::error!(cause, "a send failed");
                refuse(NackCode::Unavailable, RETRY_MS)
            }
            _ => refuse(NackCode::Unavailable, RETRY_MS),
        }
    }

    async fn append(&self, who: &Scope, append: Append) -> Result<Appended, StoreError> {
        let (conversation, deletes) = (append.conversation, matches!(append.kind, Kind::Deleted { .. }));
        let appended = self.around.store.append(who, append).await?;
        if appended.place == Place::New {
            if deletes {
                self.around.files.swept_soon();
            }
            self.around.hub.wake(&appended.owner, conversation);
        }
        Ok(appended)
    }

    /// Part of a log. Nothing of what does not exist for this scope.
    pub(crate) async fn pull(&self, who: &Scope, pull: Pull) -> Result<Page, StoreError> {
        self.pull_at_most(who, pull, paging::entries(pull.range)).await
    }

    /// The same with a length of the caller's choice.
    pub(crate) async fn pull_at_most(&self, who: &Scope, pull: Pull, limit: usize) -> Result<Page, StoreError> {
        let Pull { stream, range } = pull;
        let epoch = self.around.store.epoch();
        let (events, top) = match (stream, who) {
            (Stream::Conversation(id), _) => match deadline(self.around.store.entries(who, id, range, limit)).await {
                Ok(slice) => (paging::events(stream, epoch, slice.items), slice.top),
                Err(StoreError::NotFound) => (Vec::new(), 0),
                Err(other) => return Err(other),
            },
            (Stream::Feed, Scope::Agent(agent)) => {
                let slice = deadline(self.around.store.feed(agent, range, limit)).await?;
                (slice.items, slice.top)
            }
            (Stream::Feed, Scope::Visitor(_)) => (Vec::new(), 0),
        };
        Ok(Page { stream, epoch, range, events: paging::fitting(events, range), top })
    }

    /// Notes the sender's progress and tells the other side, later if it cannot be stored now: a client tells it once a connection.
    pub(crate) async fn report(self: &Arc<Self>, who: &Scope, report: CursorReport) {
        if self.note(who, report).await {
            return;
        }
        let (desk, who) = (Arc::clone(self), who.clone());
        tokio::spawn(async move {
            for wait in REPORT_AGAIN {
                tokio::time::sleep(wait).await;
                if desk.note(&who, report).await {
                    return;
                }
            }
        });
    }

    /// Whether that is done with.
    async fn note(&self, who: &Scope, report: CursorReport) -> bool {
        if !self.has_room(Class::Progress) {
            return false;
        }
        match deadline(self.around.store.report(who, report)).await {
            Ok(Some(moved)) => {
                let note = Note::Cursor(moved.report);
                match who {
                    Scope::Visitor(_) => self.around.hub.tell_agents(note),
                    Scope::Agent(_) => self.around.hub.tell_visitor(&moved.owner, note),
                }
            }
            // Foreign, unknown or nothing new: no answer either way.
            Ok(None) | Err(StoreError::NotFound) => {}
            Err(error) => {
                tracing::warn!(?error, "a progress report was not stored");
                return false;
            }
        }
        true
    }

    /// Tells the other side. Never stored.
    pub(crate) async fn typing(&self, who: &Scope, typing: Typing) {
        if !self.has_room(Class::Volatile) {
            return;
        }
        let Ok(owner) = deadline(self.around.store.owner(who, typing.conversation)).await else { return };
        let side = who.side();
        match who {
            Scope::Visitor(_) => self.around.hub.tell_agents(Note::Typing(Typing { side, name: None, ..typing })),
            Scope::Agent(agent) => {
                let name = Some(agent.name.to_string());
                self.around.hub.tell_visitor(&owner, Note::Typing(Typing { side, name, ..typing }));
            }
        }
    }
}

fn may_follow(who: &Scope, stream: Stream) -> bool {
    match (who, stream) {
        (_, Stream::Conversation(_)) | (Scope::Agent(_), Stream::Feed) => true,
        (Scope::Visitor(_), Stream::Feed) => false,
    }
}

async fn deadline<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(STORE_DEADLINE, answer).await.unwrap_or(Err(StoreError::Busy))
}
