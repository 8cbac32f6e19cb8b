//! What goes into the session machine and what comes out.

use crate::{
    admission::{Refused, Ticket},
    code::CloseCode,
    entry::Context,
    frame::{Availability, ClientFrame, Cursor, CursorReport, Event, ServerFrame, Side, Stream, Typing, Welcome},
    id::MessageId,
    outbox::{Kept, Outgoing},
};

/// What a session is for.
#[derive(Clone, Debug)]
pub struct Config {
    pub side: Side,
    /// The visitor's secret; `None` for agents, whom a cookie names.
    pub token: Option<String>,
    /// Logs to follow from the beginning.
    pub follow: Vec<Cursor>,
    /// Random id of this page.
    pub client: String,
    /// How many servers there are, and which one to try first.
    pub servers: usize,
    pub server: usize,
}

/// One connection serves all tabs of a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// This tab holds the connection, for itself and for those that follow.
    #[default]
    Leads,
    /// Another tab holds it and relays what it hears; this one greets and sends by `POST`.
    Follows,
}

/// Names one socket, one `POST`, or one chain of long polls, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier(pub u32);

/// The answer to [`Output::Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Ticket(Ticket),
    /// Come after `after_ms` + U(0, `spread_ms`), with this ticket; without one, ask again then.
    NotNow(Refused),
    /// The server answers, but gives no tickets.
    Absent,
    Unreachable,
}

/// What happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Connect for the first time.
    Start(Role),
    Asked(Asked),
    /// The socket asked for by [`Output::Connect`] is open.
    Opened(Carrier),
    /// A frame came over the socket.
    Frame(Carrier, ServerFrame),
    /// The tab that leads heard this.
    Relayed(ServerFrame),
    /// The tab that leads has lost its connection.
    Astray,
    /// From now on this tab leads.
    Lead,
    /// The device keeps this: an earlier page wrote it, or another tab, which has this long to send it itself.
    Adopt {
        kept: Box<Kept>,
        after_ms: u64,
    },
    /// The socket is closed or could not be opened.
    Closed {
        carrier: Carrier,
        code: u16,
        hint_ms: Option<u64>,
    },
    /// A long poll was answered.
    Polled(Carrier, Result<Vec<ServerFrame>, PostFailure>),
    /// A `POST` was answered.
    Posted(Carrier, Result<Vec<ServerFrame>, PostFailure>),
    /// The browser says that the network is back, or gone.
    Online,
    Offline,
    /// The person asks to try now; skips a wait at most every 10 s.
    Nudge,
    /// The page is frozen or put into the back/forward cache.
    Park,
    /// The page is back, or [`Output::Resume`] asked for it.
    Resume(Role),
    /// Somebody looks at the page, or nobody does. A page that is never told counts as looked at.
    Shown,
    Hidden,
    /// A timer fired: look at the clock.
    Woke,
}

/// Why a `POST` brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostFailure {
    /// No answer.
    Unreachable,
    /// The server answered that it cannot now.
    Busy,
    /// The server does not accept the credentials or the site.
    Refused,
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// `GET …/connect`; answer with [`Input::Asked`].
    Ask,
    /// Open a socket, beside others that there may be.
    Connect(Carrier),
    /// Close the socket or abort the poll, if it is still there.
    Disconnect(Carrier),
    /// Send over a socket.
    Transmit(Carrier, ClientFrame),
    /// A `POST` that may be held for `wait_ms`; answer with [`Input::Polled`].
    Poll { carrier: Carrier, frames: Vec<ClientFrame>, wait_ms: Option<u32> },
    /// Send by HTTP, as one body; answer with [`Input::Posted`].
    Post(Carrier, Vec<ClientFrame>),
    /// The outbox changed: keep [`super::Session::kept`] on the device.
    Save,
    /// Nothing carries any more and nothing is looked for: give back what other tabs wait for.
    Parked,
    /// Find out which tab leads, and answer with [`Input::Resume`].
    Resume,
    /// Tell the interface.
    Notice(Notice),
}

/// What an interface needs to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    Link(Link),
    Welcome(Welcome),
    /// In order, each once, never a gap.
    Event(Box<Event>),
    /// Older entries that were asked for, oldest first.
    Older {
        stream: Stream,
        events: Vec<Event>,
        start_reached: bool,
    },
    /// Forget what was shown of this log: it comes again.
    Reset(Stream),
    /// A written entry came a step further.
    Outgoing(Outgoing),
    /// A refused entry was given up, here or in another tab.
    Discarded(MessageId),
    /// The other side's progress.
    Cursor(CursorReport),
    Typing(Typing),
    Availability(Availability),
    /// The server does not want us as we are; it is asked again in some minutes.
    Refused(CloseCode),
}

/// How the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Idle,
    Connecting,
    Live,
    Waiting { retry_in_ms: u64 },
    Offline,
    Parked,
}

/// What a new entry is made of, besides its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub conversation: crate::ConversationId,
    pub kind: crate::Kind,
    pub context: Option<Context>,
    /// See [`crate::Send`].
    pub as_of: Option<u64>,
}
