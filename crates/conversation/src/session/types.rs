//! What goes into the session machine and what comes out.

use crate::{
    code::CloseCode,
    entry::Context,
    frame::{Availability, ClientFrame, Cursor, CursorReport, Event, ServerFrame, Side, Stream, Typing, Welcome},
    outbox::Outgoing,
};

/// What a session is for.
#[derive(Clone, Debug)]
pub struct Config {
    pub side: Side,
    /// The visitor's secret; `None` for agents, whom a cookie names.
    pub token: Option<String>,
    /// Logs to follow from the beginning.
    pub follow: Vec<Cursor>,
}

/// What happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Connect for the first time.
    Start,
    /// The socket asked for by [`Output::Connect`] is open.
    Opened,
    /// A frame came over the socket.
    Frame(ServerFrame),
    /// The socket is closed or could not be opened.
    Closed {
        code: u16,
        hint_ms: Option<u64>,
    },
    /// A `POST` was answered.
    Posted(Result<Vec<ServerFrame>, PostFailure>),
    /// The browser says that the network is back, or gone.
    Online,
    Offline,
    /// The person asks to try now; skips a wait at most every 10 s.
    Nudge,
    /// The page is frozen or put into the back/forward cache.
    Park,
    /// The page is shown again.
    Resume,
    /// A timer fired, or the page became visible: look at the clock.
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
    /// Open a socket; a former one is given up.
    Connect,
    /// Close the socket, if there is one.
    Disconnect,
    /// Send over the socket.
    Transmit(ClientFrame),
    /// Send by HTTP, as one body; answer with [`Input::Posted`].
    Post(Vec<ClientFrame>),
    /// The outbox changed: keep [`super::Session::kept`] on the device.
    Save,
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
}
