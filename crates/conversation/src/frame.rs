//! Frames of protocol 1: the same JSON over WebSocket and in `POST` bodies. `docs/protocol.md` is the specification.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    code::NackCode,
    entry::{AuthorKind, Context, Entry, Kind},
    id::{ConversationId, MessageId},
    limits::Limits,
    time::WallTime,
};

/// The protocol version that these frames spell.
pub const PROTOCOL: u32 = 1;

/// A log that a client follows: one conversation, or the feed of all changes that an agent may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    Feed,
    Conversation(ConversationId),
}

impl Stream {
    /// `feed`, or the id.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Feed => "feed".to_owned(),
            Self::Conversation(id) => id.text(),
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "feed" {
            return Ok(Self::Feed);
        }
        ConversationId::parse(&text)
            .map(Self::Conversation)
            .ok_or_else(|| serde::de::Error::custom("a stream is \"feed\" or a conversation id"))
    }
}

/// From a client to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "most of them are sends; in 32 bits it is small enough")]
pub enum ClientFrame {
    /// First frame of a connection.
    Hello(Hello),
    /// Append one entry to a conversation.
    Send(Send),
    /// Ask for a part of a log.
    Pull(Pull),
    /// How far this client has received and read.
    Cursor(CursorReport),
    /// Volatile.
    Typing(Typing),
}

/// From the server to a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    Welcome(Welcome),
    /// The entry is committed.
    Ack(Ack),
    Nack(Nack),
    /// One new entry of a followed log.
    Event(Box<Event>),
    Page(Page),
    /// Newest sequence numbers of the followed logs, every 15-20 s: a lost wake-up heals itself.
    Top(Top),
    /// The other side's progress.
    Cursor(CursorReport),
    Typing(Typing),
    /// Whether somebody can answer now.
    Availability(Availability),
    /// A sign of life, every `beat_ms`.
    Beat {
        /// The newest [`Welcome::window_ms`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window_ms: Option<u64>,
    },
    /// The server is about to stop: connect again within `window_ms`.
    Drain {
        window_ms: u64,
    },
}

/// Opens a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol: u32,
    /// The visitor's secret: 43 characters of base64url made by the browser. Absent for agents, whom a cookie names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What to follow, and what is already known of it.
    pub cursors: Vec<Cursor>,
    /// 0 for the first attempt since a connection that lived 30 s.
    pub attempt: u32,
    /// From [`crate::Ticket`]; a `hello` without one is admitted under the same rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Random id of the page, [`crate::limits::CLIENT_CHARS`] characters: a newer connection or held `POST` of the
    /// same client takes the place of the older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// How far a client knows a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub stream: Stream,
    /// Epoch of the log when `seq` was learnt; 0 when nothing is known.
    pub epoch: u64,
    /// Newest known sequence number; absent: nothing is known, send the tail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// Appends one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub kind: Kind,
    /// Given with the first entry of a conversation; ignored later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// Given with `closed`: the newest entry that its writer knew. It is refused as `forbidden` when the visitor has written since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<u64>,
}

/// Asks for a part of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    pub stream: Stream,
    pub range: Range,
}

/// A part of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// Entries newer than this one, oldest first.
    After(u64),
    /// The newest entries older than this one, oldest first.
    Before(u64),
    /// The newest entries, oldest first.
    Tail,
}

/// The server's greeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    pub protocol: u32,
    pub now: WallTime,
    /// Between two beats.
    pub beat_ms: u64,
    /// After an unexpected end of this connection: connect again at U(0, window).
    pub window_ms: u64,
    pub limits: Limits,
    /// The followed logs: those of `hello`, or the visitor's newest open conversation when `hello` named none.
    pub streams: Vec<StreamState>,
    pub availability: Availability,
}

/// Where a followed log stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamState {
    pub stream: Stream,
    pub epoch: u64,
    /// Newest sequence number; 0: empty or not yet known to the server.
    pub top: u64,
    /// How far the other side has received and read (conversations only).
    #[serde(default)]
    pub delivered: u64,
    #[serde(default)]
    pub read: u64,
}

/// The entry is committed and has a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub seq: u64,
    pub at: WallTime,
}

/// The entry was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nack {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub code: NackCode,
    /// For codes that are not final: try again after this.
    #[serde(default)]
    pub after_ms: u64,
}

/// One new entry of a followed log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub stream: Stream,
    pub epoch: u64,
    /// Place in this stream: the entry's own `seq` in a conversation, the feed's number in the feed.
    pub seq: u64,
    pub entry: Entry,
    /// Only in the feed: the conversation after this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

/// A part of a log, as asked by [`Pull`] or by the cursors of [`Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub stream: Stream,
    pub epoch: u64,
    pub range: Range,
    /// Oldest first, without gaps.
    pub events: Vec<Event>,
    /// Newest sequence number of the log.
    pub top: u64,
}

/// Newest sequence numbers of the followed logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Top {
    pub streams: Vec<StreamState>,
}

/// Progress of one side in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorReport {
    pub conversation: ConversationId,
    /// Whose progress; the server overwrites it with the sender's own side.
    pub side: Side,
    pub delivered: u64,
    pub read: u64,
}

/// The two sides of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Visitor,
    Agent,
}

/// Somebody writes; to be forgotten after 6 s without another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    pub conversation: ConversationId,
    pub side: Side,
    /// The agent's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Whether somebody can answer now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// An agent is there and accepts.
    Available,
    /// Agents are there, all occupied.
    Busy,
    /// Nobody: an away form.
    #[default]
    Away,
}

/// A conversation as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub conversation: ConversationId,
    pub site: String,
    pub state: ConversationState,
    /// Name or mail address as given by the visitor; absent: anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<String>,
    /// Start of the newest message, and who wrote it.
    pub preview: String,
    pub preview_by: AuthorKind,
    pub top: u64,
    /// Messages of the visitor that no agent has read.
    pub unread: u64,
    pub started_at: WallTime,
    pub updated_at: WallTime,
    /// Name of the agent who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    #[serde(default)]
    pub context: Context,
}

/// The lifecycle of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    Open,
    Closed,
}

/// Body of `POST …/frames`: what a connection would carry, without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Hold the answer until there is something to tell, at most this long and at most [`crate::limits::WAIT_MS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u32>,
    pub frames: Vec<ClientFrame>,
}

/// Answer to a [`Post`]: one or more frames for each frame that asks for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostAnswer {
    pub frames: Vec<ServerFrame>,
}
