//! Runs the pure session machine in a browser: sockets, `POST`, timers, the page's life, other tabs, and the outbox on the
//! device.

mod carry;
mod run;
mod tabs;

use std::rc::Rc;

use chinwag_conversation::{
    Config, ConversationId, Cursor, CursorReport, Draft, Input, Kept, MessageId, NackCode, Notice, Outgoing, Send,
    Session, Side, Stream, limits,
};
use gloo::events::EventListener;

use crate::{clock, random};
use run::{Inner, Parts};

/// Whose side of the conversation this is.
pub enum Endpoint {
    Visitor {
        site: String,
        token: String,
    },
    /// Named by a cookie.
    Agent,
}

/// What a link needs to start.
pub struct LinkConfig {
    /// Origins, tried in turn, such as `https://chat.example.com`.
    pub servers: Vec<String>,
    pub endpoint: Endpoint,
    /// Logs to follow from the beginning.
    pub follow: Vec<Cursor>,
    /// Under which name the device keeps the outbox; `None`: in memory only. Nothing is written before something is sent.
    pub scope: Option<String>,
    /// Tabs that name the same thing here share one connection; `None`: each has its own.
    pub share: Option<String>,
}

/// A running session. Dropping it closes the connection and removes every listener; the outbox stays on the device.
pub struct Link {
    inner: Rc<Inner>,
    _listeners: [EventListener; 7],
}

impl Link {
    /// Connects and keeps connected. `notify` is called asynchronously, never from inside a call to this link.
    #[must_use]
    pub fn start(config: LinkConfig, notify: impl Fn(Notice) + 'static) -> Self {
        let LinkConfig { servers, endpoint, follow, scope, share } = config;
        let (side, path, token) = match endpoint {
            Endpoint::Visitor { site, token } => (Side::Visitor, ["/v1/sites/", &site, "/"].concat(), Some(token)),
            Endpoint::Agent => (Side::Agent, "/v1/agent/".into(), None),
        };
        let mut client = random::token();
        client.truncate(limits::CLIENT_CHARS);
        let config = Config { side, token: token.clone(), follow, client, servers: servers.len(), server: 0 };
        let parts =
            Parts { session: Session::new(config, Vec::new()), servers, path, token, scope, notify: Box::new(notify) };
        let inner = Inner::new(parts, share);
        let listeners = run::listen(&inner);
        inner.restore();
        inner.look();
        inner.begin();
        Self { inner, _listeners: listeners }
    }

    /// Appends an entry under a new id. False when the outbox is full: say so, and keep the text in the composer.
    pub fn send(&self, id: MessageId, draft: Draft) -> bool {
        let fits = self.inner.session.borrow().outbox().len() < limits::OUTBOX_MESSAGES;
        if fits {
            self.with(|session| {
                session.send(id, draft, clock::elapsed());
            });
            self.inner.tabs.let_go(id);
        }
        fits
    }

    /// Keeps what cannot leave yet as a refused entry, for the next page: it shows what went with this one. [`Link::send`] under
    /// the same id takes its place.
    pub fn keep(&self, entry: &Outgoing) {
        let Outgoing { id, conversation, kind, .. } = entry.clone();
        let send = Send { id, conversation, kind, context: None, as_of: None };
        self.inner.keep(&Kept { send, failed: Some(NackCode::Empty) });
    }

    /// Tries a refused entry again.
    pub fn retry(&self, id: MessageId) {
        self.with(|session| session.retry(id, clock::elapsed()));
    }

    /// Gives up a refused entry, or one that is only kept.
    pub fn discard(&self, id: MessageId) {
        self.inner.lose(id);
        self.with(|session| session.discard(id));
    }

    /// Tells how far this side has received and read.
    pub fn report(&self, conversation: ConversationId, delivered: u64, read: u64) {
        // The server knows the side by the connection.
        let side = Side::Visitor;
        self.with(|session| {
            session.report(CursorReport { conversation, side, delivered, read }, clock::elapsed());
        });
    }

    /// Tells that this side is writing; call it at most every 3 s.
    pub fn typing(&self, conversation: ConversationId) {
        self.with(|session| session.typing(conversation, clock::elapsed()));
    }

    /// Asks for entries before `seq`; they come as [`Notice::Older`].
    pub fn older(&self, stream: Stream, seq: u64) {
        self.with(|session| session.older(stream, seq, clock::elapsed()));
    }

    /// The person asks to try now.
    pub fn nudge(&self) {
        self.inner.handle(Input::Nudge);
    }

    /// What was written and is not known to be stored.
    #[must_use]
    pub fn outgoing(&self) -> Vec<Outgoing> {
        self.inner.session.borrow().outbox().outgoing().collect()
    }

    /// Whether this tab, of those that share the connection, holds it.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.inner.session.borrow().leads()
    }

    /// Origin of the server that is spoken to.
    #[must_use]
    pub fn server(&self) -> String {
        self.inner.origin().to_owned()
    }

    fn with(&self, change: impl FnOnce(&mut Session)) {
        change(&mut self.inner.session.borrow_mut());
        self.inner.drain();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.inner.end();
    }
}
