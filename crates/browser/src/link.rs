//! Runs the pure session machine in a browser: sockets, `POST`, timers, the page's life, and the outbox on the device.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

use chinwag_conversation::{
    ClientFrame, Config, Context, ConversationId, Cursor, CursorReport, Draft, Input, Kept, Kind, MessageId, Notice,
    Outgoing, Output, Session, Side, Stream, limits,
};
use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use crate::{
    clock, frames,
    frames::write,
    post::post,
    random,
    socket::{Heard, Socket},
    storage::Storage,
};

const OUTBOX: &str = "outbox:";

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
    /// Where the outbox is kept; `None`: in memory only.
    pub storage: Option<Storage>,
}

/// A running session. Dropping it closes the connection and removes every listener; the outbox stays on the device.
pub struct Link {
    inner: Rc<Inner>,
    _listeners: [EventListener; 5],
}

struct Inner {
    me: Weak<Inner>,
    session: RefCell<Session>,
    servers: Vec<String>,
    server: Cell<usize>,
    path: String,
    token: Option<String>,
    storage: RefCell<Option<Storage>>,
    /// What stands in the storage: id, and whether as refused.
    saved: RefCell<Vec<(MessageId, bool)>>,
    socket: RefCell<Option<Socket>>,
    /// Which socket is the current one; what a former one still tells is ignored.
    generation: Cell<u32>,
    timer: RefCell<Option<Timeout>>,
    notices: RefCell<VecDeque<Notice>>,
    notify: Box<dyn Fn(Notice)>,
}

impl Link {
    /// Connects and keeps connected. `notify` is called asynchronously, never from inside a call to this link.
    #[must_use]
    pub fn start(config: LinkConfig, notify: impl Fn(Notice) + 'static) -> Self {
        let LinkConfig { servers, endpoint, follow, storage } = config;
        let (side, path, token) = match endpoint {
            Endpoint::Visitor { site, token } => (Side::Visitor, ["/v1/sites/", &site, "/"].concat(), Some(token)),
            Endpoint::Agent => (Side::Agent, "/v1/agent/".into(), None),
        };
        let kept = storage.as_ref().map(restore).unwrap_or_default();
        let saved = kept.iter().map(|kept| (kept.send.id, kept.failed.is_some())).collect();
        let session = Session::new(Config { side, token: token.clone(), follow }, kept);
        let notices = session.outbox().outgoing().map(Notice::Outgoing).collect();
        let inner = Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            session: RefCell::new(session),
            servers,
            server: Cell::new(0),
            path,
            token,
            storage: RefCell::new(storage),
            saved: RefCell::new(saved),
            socket: RefCell::new(None),
            generation: Cell::new(0),
            timer: RefCell::new(None),
            notices: RefCell::new(notices),
            notify: Box::new(notify),
        });
        inner.deliver_later();
        let listeners = listen(&inner);
        inner.handle(Input::Start);
        Self { inner, _listeners: listeners }
    }

    /// Appends an entry and returns its id. `None` when the outbox is full: say so, and keep the text in the composer.
    pub fn send(&self, conversation: ConversationId, kind: Kind, context: Option<Context>) -> Option<MessageId> {
        if self.inner.session.borrow().outbox().len() >= limits::OUTBOX_MESSAGES {
            return None;
        }
        let id = random::message_id();
        self.with(|session| {
            session.send(id, Draft { conversation, kind, context }, clock::elapsed());
        });
        Some(id)
    }

    /// Follows one more log.
    pub fn follow(&self, cursor: Cursor) {
        self.with(|session| session.follow(cursor));
    }

    /// Tries a refused entry again.
    pub fn retry(&self, id: MessageId) {
        self.with(|session| session.retry(id, clock::elapsed()));
    }

    /// Gives a refused entry up.
    pub fn discard(&self, id: MessageId) {
        self.with(|session| session.discard(id));
    }

    /// Tells how far this side has received and read.
    pub fn report(&self, conversation: ConversationId, delivered: u64, read: u64) {
        // The server knows the side by the connection.
        let side = Side::Visitor;
        self.with(|session| session.report(CursorReport { conversation, side, delivered, read }));
    }

    /// Tells that this side is writing; call it at most every 3 s.
    pub fn typing(&self, conversation: ConversationId) {
        self.with(|session| session.typing(conversation));
    }

    /// Asks for entries before `seq`; they come as [`Notice::Older`].
    pub fn older(&self, stream: Stream, seq: u64) {
        self.with(|session| session.older(stream, seq));
    }

    /// The person asks to try now.
    pub fn nudge(&self) {
        self.inner.handle(Input::Nudge);
    }

    /// The page goes to sleep.
    pub fn park(&self) {
        self.inner.handle(Input::Park);
    }

    /// The page is back.
    pub fn resume(&self) {
        self.inner.handle(Input::Resume);
    }

    /// What was written and is not known to be stored.
    #[must_use]
    pub fn outgoing(&self) -> Vec<Outgoing> {
        self.inner.session.borrow().outbox().outgoing().collect()
    }

    /// Keeps the outbox there from now on, and takes it out of the former place.
    pub fn keep_in(&self, storage: Storage) {
        let former = self.inner.storage.replace(Some(storage));
        let saved = self.inner.saved.take();
        if let Some(former) = former {
            saved.iter().for_each(|(id, _)| former.remove(&outbox_key(*id)));
        }
        self.inner.save();
    }

    fn with(&self, change: impl FnOnce(&mut Session)) {
        change(&mut self.inner.session.borrow_mut());
        self.inner.drain();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.inner.socket.take();
        self.inner.timer.take();
        self.inner.notices.borrow_mut().clear();
        self.inner.generation.set(u32::MAX);
    }
}

impl Inner {
    fn handle(&self, input: Input) {
        // Dropped: what is still under way has nobody to tell.
        if self.generation.get() == u32::MAX {
            return;
        }
        self.session.borrow_mut().handle(input, clock::elapsed(), random::unit());
        self.drain();
    }

    fn drain(&self) {
        while let Some(output) = self.next_output() {
            match output {
                Output::Connect => self.connect(),
                Output::Disconnect => drop(self.socket.take()),
                Output::Transmit(frame) => self.transmit(&frame),
                Output::Post(frames) => self.post(frames),
                Output::Save => self.save(),
                Output::Notice(notice) => {
                    self.notices.borrow_mut().push_back(notice);
                    self.deliver_later();
                }
            }
        }
        self.set_timer();
    }

    fn next_output(&self) -> Option<Output> {
        self.session.borrow_mut().poll_output()
    }

    fn deliver_later(&self) {
        let me = self.me.clone();
        spawn_local(async move {
            while let Some(inner) = me.upgrade() {
                let Some(notice) = inner.notices.borrow_mut().pop_front() else { return };
                (inner.notify)(notice);
            }
        });
    }

    fn connect(&self) {
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        let me = self.me.clone();
        let heard = move |heard: Heard| {
            if let Some(inner) = me.upgrade().filter(|inner| inner.generation.get() == generation) {
                inner.heard(heard);
            }
        };
        let url = [&self.origin().replacen("http", "ws", 1), self.path.as_str(), "socket"].concat();
        let socket = Socket::open(&url, heard);
        if socket.is_none() {
            let me = self.me.clone();
            spawn_local(async move {
                if let Some(inner) = me.upgrade() {
                    inner.heard(Heard::Closed { code: 1006, hint_ms: None });
                }
            });
        }
        self.socket.replace(socket);
    }

    fn heard(&self, heard: Heard) {
        match heard {
            Heard::Opened => self.handle(Input::Opened),
            Heard::Text(text) => {
                // A frame that a newer server invented is none of our business.
                if let Some(frame) = frames::server_frame(&text) {
                    self.handle(Input::Frame(frame));
                }
            }
            Heard::Closed { code, hint_ms } => {
                drop(self.socket.take());
                if !self.session.borrow().is_live() {
                    self.next_server();
                }
                self.handle(Input::Closed { code, hint_ms });
            }
        }
    }

    fn transmit(&self, frame: &ClientFrame) {
        if let Some(socket) = &*self.socket.borrow() {
            // What cannot leave now is missed by its ack and leaves again.
            socket.send(&write::client_frame(frame));
        }
    }

    fn post(&self, frames: Vec<ClientFrame>) {
        let url = [self.origin(), self.path.as_str(), "frames"].concat();
        let (me, token) = (self.me.clone(), self.token.clone());
        spawn_local(async move {
            let answer = post(url, token, frames).await;
            if let Some(inner) = me.upgrade() {
                if answer.is_err() {
                    inner.next_server();
                }
                inner.handle(Input::Posted(answer));
            }
        });
    }

    /// Each entry has a key of its own, so that two tabs never overwrite one another's.
    fn save(&self) {
        let Some(storage) = &*self.storage.borrow() else { return };
        let kept = self.session.borrow().kept();
        let mut saved = self.saved.borrow_mut();
        saved.retain(|(id, _)| {
            let stays = kept.iter().any(|kept| kept.send.id == *id);
            if !stays {
                storage.remove(&outbox_key(*id));
            }
            stays
        });
        for kept in kept {
            let (id, failed) = (kept.send.id, kept.failed.is_some());
            if !saved.contains(&(id, failed)) && storage.set(&outbox_key(id), &write::kept(&kept)) {
                saved.retain(|(known, _)| *known != id);
                saved.push((id, failed));
            }
        }
    }

    fn set_timer(&self) {
        let due = self.session.borrow().next_timeout();
        let timer = due.map(|due| {
            let me = self.me.clone();
            let wait = due.since(clock::elapsed()).min(60_000) as u32;
            Timeout::new(wait, move || {
                if let Some(inner) = me.upgrade() {
                    inner.handle(Input::Woke);
                }
            })
        });
        self.timer.replace(timer);
    }

    fn origin(&self) -> &str {
        self.servers.get(self.server.get()).map_or("", String::as_str)
    }

    fn next_server(&self) {
        self.server.set((self.server.get() + 1) % self.servers.len().max(1));
    }
}

fn outbox_key(id: MessageId) -> String {
    [OUTBOX, &id.to_string()].concat()
}

/// Ids begin with the time, so the keys sort in the order of writing.
fn restore(storage: &Storage) -> Vec<Kept> {
    storage.keys(OUTBOX).iter().filter_map(|key| storage.get(key)).filter_map(|text| frames::kept(&text)).collect()
}

fn listen(inner: &Rc<Inner>) -> [EventListener; 5] {
    let window: web_sys::EventTarget = js_sys::global().unchecked_into();
    let document =
        web_sys::window().and_then(|window| window.document()).map_or_else(|| window.clone(), JsCast::unchecked_into);
    let on = |target: &web_sys::EventTarget, name: &'static str, input: Input| {
        let me = Rc::downgrade(inner);
        EventListener::new(target, name, move |_| {
            if let Some(inner) = me.upgrade() {
                inner.handle(input.clone());
            }
        })
    };
    [
        on(&window, "online", Input::Online),
        on(&window, "offline", Input::Offline),
        on(&window, "pagehide", Input::Park),
        on(&window, "pageshow", Input::Resume),
        on(&document, "visibilitychange", Input::Woke),
    ]
}
