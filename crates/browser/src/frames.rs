//! Frames from JSON text and to it, by hand.
//!
//! Reading the few fields directly took 30 KB of code, before compression, out of the interface: what `serde` generates for
//! these types through JavaScript values is paid for by strangers. The in-browser tests hold both to the same frames.

#[cfg(feature = "agents")]
mod agents;
pub mod write;

use chinwag_conversation::{
    Ack, Asked, Author, AuthorKind, Availability, Context, ConversationId, CursorReport, Entry, Event, FileId, FileRef,
    Kept, Kind, MessageId, Nack, NackCode, Page, Range, Send, ServerFrame, Side, Stream, StreamState, Ticket, Top,
    Transports, Typing, WallTime, Welcome, admission::Refused, limits::Limits,
};
use js_sys::{Array, JSON};
use wasm_bindgen::{JsCast, JsValue};

use crate::js;

#[cfg(feature = "agents")]
use agents::summary_of;

/// `None` for anything but a frame that this version knows.
#[must_use]
pub fn server_frame(text: &str) -> Option<ServerFrame> {
    frame(&Node::parse(text)?)
}

/// The frames in the answer to a `POST`; unknown ones are left out.
#[must_use]
pub fn answer(text: &str) -> Option<Vec<ServerFrame>> {
    Some(Node::parse(text)?.at("frames").list()?.iter().filter_map(frame).collect())
}

/// The answer to `GET …/connect`; `None`: of a server that has none.
#[must_use]
pub fn asked(text: &str) -> Option<Asked> {
    let node = Node::parse(text)?;
    let ticket = ticket(&node);
    match node.at("after_ms").number() {
        Some(after_ms) => {
            let spread_ms = node.at("spread_ms").number_or_0();
            Some(Asked::NotNow(Refused { after_ms, spread_ms, place: ticket }))
        }
        None => ticket.map(Asked::Ticket),
    }
}

fn ticket(node: &Node) -> Option<Ticket> {
    let transport = match node.at("transport").text().as_deref() {
        Some("socket") => Transports::Socket,
        Some("poll") => Transports::Poll,
        _ => Transports::Any,
    };
    Some(Ticket { ticket: node.at("ticket").text()?, expires_ms: node.at("expires_ms").number()?, transport })
}

/// An entry of the outbox as it stands on the device.
#[must_use]
pub fn kept(text: &str) -> Option<Kept> {
    let node = Node::parse(text)?;
    let send = node.at("send");
    Some(Kept {
        send: Send {
            id: message(&send)?,
            conversation: conversation(&send)?,
            kind: known_kind(&send.at("kind"))?,
            context: send.at("context").here().map(|node| context(&node)),
            as_of: send.at("as_of").number(),
        },
        failed: node.at("failed").text().as_deref().and_then(nack_code),
    })
}

/// The answer to an upload.
#[must_use]
pub fn uploaded(text: &str) -> Option<FileRef> {
    file(&Node::parse(text)?.at("file"))
}

/// A place in a JavaScript value; a place that is not there is `undefined`.
struct Node(JsValue);

impl Node {
    fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    #[inline(never)]
    fn at(&self, key: &str) -> Self {
        Self(js::get(&self.0, key))
    }

    fn here(self) -> Option<Self> {
        (!self.0.is_null() && !self.0.is_undefined()).then_some(self)
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    #[inline(never)]
    fn number(&self) -> Option<u64> {
        let number = self.0.as_f64()?;
        (number >= 0.0 && number.trunc() == number).then_some(number as u64)
    }

    /// For fields that may be left out.
    fn number_or_0(&self) -> u64 {
        self.number().unwrap_or(0)
    }

    #[inline(never)]
    fn list(&self) -> Option<Vec<Self>> {
        let list: &Array = self.0.dyn_ref()?;
        Some((0..list.length()).map(|at| Self(list.get(at))).collect())
    }
}

fn frame(node: &Node) -> Option<ServerFrame> {
    let body = |name: &str| node.at(name).here();
    if let Some(body) = body("event") {
        Some(ServerFrame::Event(Box::new(event(&body)?)))
    } else if let Some(body) = body("ack") {
        let (id, conversation) = (message(&body)?, conversation(&body)?);
        Some(ServerFrame::Ack(Ack { id, conversation, seq: body.at("seq").number()?, at: wall(&body, "at")? }))
    } else if let Some(body) = body("page") {
        page(&body).map(ServerFrame::Page)
    } else if let Some(body) = body("top") {
        Some(ServerFrame::Top(Top { streams: streams(&body)? }))
    } else if let Some(body) = body("cursor") {
        let (delivered, read) = (body.at("delivered").number()?, body.at("read").number()?);
        Some(ServerFrame::Cursor(CursorReport {
            conversation: conversation(&body)?,
            side: side(&body)?,
            delivered,
            read,
        }))
    } else if let Some(body) = body("typing") {
        Some(ServerFrame::Typing(Typing {
            conversation: conversation(&body)?,
            side: side(&body)?,
            name: body.at("name").text(),
        }))
    } else if let Some(body) = body("availability") {
        availability(&body).map(ServerFrame::Availability)
    } else if let Some(body) = body("welcome") {
        welcome(&body).map(ServerFrame::Welcome)
    } else if let Some(body) = body("nack") {
        let (id, conversation) = (message(&body)?, conversation(&body)?);
        let code = nack_code(&body.at("code").text()?)?;
        Some(ServerFrame::Nack(Nack { id, conversation, code, after_ms: body.at("after_ms").number_or_0() }))
    } else if let Some(body) = body("drain") {
        Some(ServerFrame::Drain { window_ms: body.at("window_ms").number()? })
    } else {
        body("beat").map(|body| ServerFrame::Beat { window_ms: body.at("window_ms").number() })
    }
}

fn welcome(node: &Node) -> Option<Welcome> {
    let limits = node.at("limits");
    Some(Welcome {
        protocol: node.at("protocol").number()? as u32,
        now: wall(node, "now")?,
        beat_ms: node.at("beat_ms").number()?,
        window_ms: node.at("window_ms").number()?,
        limits: Limits {
            text_chars: limits.at("text_chars").number()? as u32,
            frame_bytes: limits.at("frame_bytes").number()? as u32,
            file_bytes: limits.at("file_bytes").number_or_0() as u32,
        },
        streams: streams(node)?,
        availability: availability(&node.at("availability"))?,
    })
}

fn streams(node: &Node) -> Option<Vec<StreamState>> {
    node.at("streams").list()?.iter().map(state).collect()
}

fn state(node: &Node) -> Option<StreamState> {
    Some(StreamState {
        stream: stream(node)?,
        epoch: node.at("epoch").number()?,
        top: node.at("top").number()?,
        delivered: node.at("delivered").number_or_0(),
        read: node.at("read").number_or_0(),
    })
}

fn page(node: &Node) -> Option<Page> {
    let range = node.at("range");
    let range = match (range.at("after").number(), range.at("before").number()) {
        (Some(seq), _) => Range::After(seq),
        (None, Some(seq)) => Range::Before(seq),
        (None, None) => range.text().filter(|name| name == "tail").map(|_| Range::Tail)?,
    };
    Some(Page {
        stream: stream(node)?,
        epoch: node.at("epoch").number()?,
        range,
        events: node.at("events").list()?.iter().map(event).collect::<Option<_>>()?,
        top: node.at("top").number()?,
    })
}

fn event(node: &Node) -> Option<Event> {
    let entry = node.at("entry");
    let author = entry.at("author");
    Some(Event {
        stream: stream(node)?,
        epoch: node.at("epoch").number()?,
        seq: node.at("seq").number()?,
        entry: Entry {
            seq: entry.at("seq").number()?,
            id: message(&entry)?,
            at: wall(&entry, "at")?,
            author: Author { kind: author_kind(&author.at("kind"))?, name: author.at("name").text() },
            kind: kind(&entry.at("kind")),
        },
        summary: summary_of(node)?,
    })
}

/// A kind that this version does not know keeps its place in the log.
fn kind(node: &Node) -> Kind {
    known_kind(node).unwrap_or(Kind::Unknown)
}

fn known_kind(node: &Node) -> Option<Kind> {
    if let Some(body) = node.at("message").here() {
        return Some(Kind::Message { text: body.at("text").text()? });
    }
    if let Some(body) = node.at("contact").here() {
        return Some(Kind::Contact { name: body.at("name").text(), email: body.at("email").text() });
    }
    if let Some(body) = node.at("rated").here() {
        return Some(Kind::Rated { score: body.at("score").number()? as u8 });
    }
    if let Some(body) = node.at("file").here() {
        return Some(Kind::File { file: file(&body.at("file"))? });
    }
    if let Some(body) = node.at("edited").here() {
        return Some(Kind::Edited { of: of(&body)?, text: body.at("text").text()? });
    }
    if let Some(body) = node.at("deleted").here() {
        return Some(Kind::Deleted { of: of(&body)? });
    }
    match node.text()?.as_str() {
        "joined" => Some(Kind::Joined),
        "closed" => Some(Kind::Closed),
        _ => None,
    }
}

fn file(node: &Node) -> Option<FileRef> {
    let pixels = |key| node.at(key).number().map(|n| n as u32);
    Some(FileRef {
        id: FileId::parse(&node.at("id").text()?)?,
        name: node.at("name").text()?,
        media: node.at("type").text()?,
        size: node.at("size").number()?,
        width: pixels("width"),
        height: pixels("height"),
        path: node.at("path").text()?,
    })
}

fn of(node: &Node) -> Option<MessageId> {
    MessageId::parse(&node.at("of").text()?)
}

fn context(node: &Node) -> Context {
    Context {
        url: node.at("url").text(),
        title: node.at("title").text(),
        referrer: node.at("referrer").text(),
        language: node.at("language").text(),
        rule: node.at("rule").text(),
        variant: node.at("variant").text(),
        team: node.at("team").text(),
        tags: node.at("tags").list().into_iter().flatten().filter_map(|tag| tag.text()).collect(),
    }
}

#[cfg(not(feature = "agents"))]
#[expect(clippy::unnecessary_wraps, clippy::option_option, reason = "as with agents")]
fn summary_of(_: &Node) -> Option<Option<chinwag_conversation::Summary>> {
    Some(None)
}

fn message(node: &Node) -> Option<MessageId> {
    MessageId::parse(&node.at("id").text()?)
}

fn conversation(node: &Node) -> Option<ConversationId> {
    ConversationId::parse(&node.at("conversation").text()?)
}

fn stream(node: &Node) -> Option<Stream> {
    let name = node.at("stream").text()?;
    if name == "feed" { Some(Stream::Feed) } else { ConversationId::parse(&name).map(Stream::Conversation) }
}

fn wall(node: &Node, key: &str) -> Option<WallTime> {
    node.at(key).number().map(WallTime)
}

fn side(node: &Node) -> Option<Side> {
    match node.at("side").text()?.as_str() {
        "visitor" => Some(Side::Visitor),
        "agent" => Some(Side::Agent),
        _ => None,
    }
}

fn author_kind(node: &Node) -> Option<AuthorKind> {
    match node.text()?.as_str() {
        "visitor" => Some(AuthorKind::Visitor),
        "agent" => Some(AuthorKind::Agent),
        "bot" => Some(AuthorKind::Bot),
        "system" => Some(AuthorKind::System),
        _ => None,
    }
}

fn availability(node: &Node) -> Option<Availability> {
    match node.text()?.as_str() {
        "available" => Some(Availability::Available),
        "busy" => Some(Availability::Busy),
        "away" => Some(Availability::Away),
        _ => None,
    }
}

fn nack_code(name: &str) -> Option<NackCode> {
    match name {
        "empty" => Some(NackCode::Empty),
        "too_long" => Some(NackCode::TooLong),
        "malformed" => Some(NackCode::Malformed),
        "forbidden" => Some(NackCode::Forbidden),
        "rate" => Some(NackCode::Rate),
        "unavailable" => Some(NackCode::Unavailable),
        _ => None,
    }
}
