//! The machine's outputs, done; and what happens to the page, told to it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

use chinwag_conversation::{Carrier, Input, Kept, Link, MessageId, NackCode, Notice, Output, Role, Session};
use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::EventTarget;

use super::tabs::{self, Tabs};
use crate::{
    clock,
    frames::{self, write},
    js, keep, random,
    socket::Socket,
};

/// What the rest is made of.
pub(super) struct Parts {
    pub(super) session: Session,
    pub(super) servers: Vec<String>,
    /// Such as `/v1/agent/`.
    pub(super) path: String,
    pub(super) token: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) notify: Box<dyn Fn(Notice)>,
}

pub(super) struct Inner {
    pub(super) me: Weak<Inner>,
    pub(super) session: RefCell<Session>,
    pub(super) servers: Vec<String>,
    pub(super) path: String,
    pub(super) token: Option<String>,
    pub(super) sockets: RefCell<Vec<(Carrier, Socket)>>,
    /// What aborts each.
    pub(super) polls: RefCell<Vec<(Carrier, JsValue)>>,
    pub(super) tabs: Tabs,
    pub(super) scope: Option<String>,
    /// What stands on the device: id, and whether as refused.
    saved: RefCell<Vec<(MessageId, bool)>>,
    timer: RefCell<Option<Timeout>>,
    notices: RefCell<VecDeque<Notice>>,
    notify: Box<dyn Fn(Notice)>,
    life: Cell<Life>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Shown,
    Parked,
    /// What is still under way has nobody to tell.
    Ended,
}

impl Inner {
    pub(super) fn new(parts: Parts, share: Option<String>) -> Rc<Self> {
        let Parts { session, servers, path, token, scope, notify } = parts;
        Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            session: RefCell::new(session),
            servers,
            path,
            token,
            sockets: RefCell::default(),
            polls: RefCell::default(),
            tabs: Tabs::new(share, me),
            scope,
            saved: RefCell::default(),
            timer: RefCell::default(),
            notices: RefCell::default(),
            notify,
            life: Cell::new(Life::Shown),
        })
    }

    /// Finds out who holds the connection, then connects.
    pub(super) fn begin(&self) {
        self.tabs.ask(self.me.clone(), |inner, role| {
            inner.handle(Input::Start(role));
            inner.handle(Input::Resume(role));
        });
    }

    /// This tab holds the connection from now on.
    pub(super) fn lead(&self) {
        self.handle(Input::Start(Role::Leads));
        self.handle(Input::Lead);
    }

    pub(super) fn is_shown(&self) -> bool {
        self.life.get() == Life::Shown
    }

    pub(super) fn park(&self) {
        if self.is_shown() {
            self.handle(Input::Park);
            self.rest();
        }
    }

    /// Another tab takes over; and a page that holds a lock is not kept for the way back.
    fn rest(&self) {
        self.life.set(Life::Parked);
        self.tabs.release();
    }

    /// Whether somebody looks at the page.
    pub(super) fn look(&self) {
        let hidden = js::get(&js::global("document"), "hidden").is_truthy();
        self.handle(if hidden { Input::Hidden } else { Input::Shown });
    }

    pub(super) fn resume(&self) {
        if self.life.get() == Life::Parked {
            self.life.set(Life::Shown);
            self.begin();
        }
    }

    pub(super) fn end(&self) {
        self.life.set(Life::Ended);
        self.sockets.take();
        self.polls.take().iter().for_each(|(_, poll)| drop(js::call(poll, "abort", &[])));
        self.timer.take();
        self.notices.take();
        self.tabs.release();
        self.tabs.close();
    }

    pub(super) fn handle(&self, input: Input) {
        if self.life.get() != Life::Ended {
            self.session.borrow_mut().handle(input, clock::elapsed(), random::unit());
            self.drain();
        }
    }

    pub(super) fn drain(&self) {
        while let Some(output) = self.next_output() {
            match output {
                Output::Ask => self.ask(),
                Output::Connect(carrier) => self.connect(carrier),
                Output::Disconnect(carrier) => self.disconnect(carrier),
                Output::Transmit(carrier, frame) => self.transmit(carrier, &frame),
                Output::Poll { carrier, frames, wait_ms } => self.poll(carrier, frames, wait_ms),
                Output::Post(post, frames) => self.post(post, frames),
                Output::Save => self.save(),
                Output::Parked => self.rest(),
                Output::Resume => self.resume(),
                Output::Notice(notice) => {
                    if let Notice::Link(Link::Connecting | Link::Waiting { .. } | Link::Offline) = notice {
                        self.tabs.tell_astray();
                    }
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

    /// What an earlier page wrote goes out from here.
    pub(super) fn restore(&self) {
        self.read(|inner, kept| inner.found(kept, 0));
    }

    /// What stands on the device.
    fn read(&self, tell: impl Fn(&Inner, Kept) + 'static) {
        let me = self.me.clone();
        if let Some(scope) = &self.scope {
            let tell = move |text: String| {
                if let (Some(inner), Some(kept)) = (me.upgrade(), frames::kept(&text)) {
                    tell(&inner, kept);
                }
            };
            keep::read(scope, Box::new(tell));
        }
    }

    /// Another page wrote it, or another tab. What went with the bytes of a file is told when no tab has them any more, if
    /// it still stands there then.
    pub(super) fn found(&self, kept: Kept, after_ms: u64) {
        if !is_only_kept(&kept) {
            return self.adopt(kept, after_ms);
        }
        let (me, id) = (self.me.clone(), kept.send.id);
        tabs::when_nobody_has(id, move || {
            let Some(inner) = me.upgrade() else { return };
            inner.read(move |inner, kept| {
                if kept.send.id == id && is_only_kept(&kept) {
                    inner.adopt(kept, 0);
                }
            });
        });
    }

    /// It stands on the device already.
    fn adopt(&self, kept: Kept, after_ms: u64) {
        random::go_on_from(kept.send.id);
        self.saved.borrow_mut().push((kept.send.id, kept.failed.is_some()));
        self.handle(Input::Adopt { kept: Box::new(kept), after_ms });
    }

    /// Each entry has a key of its own, so that two tabs never overwrite one another's.
    fn save(&self) {
        let Some(scope) = &self.scope else { return };
        let kept = self.session.borrow().kept();
        let mut saved = self.saved.borrow_mut();
        saved.retain(|(id, failed)| {
            let stays = kept.iter().any(|kept| kept.send.id == *id);
            if !stays {
                keep::remove(scope, &id.text());
                if *failed {
                    self.tabs.tell_discarded(*id);
                }
            }
            stays
        });
        for kept in kept {
            let now = (kept.send.id, kept.failed.is_some());
            if !saved.contains(&now) {
                let text = write::kept(&kept);
                keep::put(scope, &now.0.text(), &text);
                self.tabs.tell(&text);
                saved.retain(|(known, _)| *known != now.0);
                saved.push(now);
            }
        }
    }

    pub(super) fn keep(&self, kept: &Kept) {
        if let Some(scope) = &self.scope {
            let text = write::kept(kept);
            self.tabs.hold(kept.send.id);
            keep::put(scope, &kept.send.id.text(), &text);
            self.tabs.tell(&text);
        }
    }

    pub(super) fn lose(&self, id: MessageId) {
        self.tabs.let_go(id);
        if let Some(scope) = &self.scope {
            keep::remove(scope, &id.text());
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
}

/// A file that [`Inner::keep`] has put there: the entry is here, its bytes are not.
fn is_only_kept(kept: &Kept) -> bool {
    kept.failed == Some(NackCode::Empty)
}

pub(super) fn listen(inner: &Rc<Inner>) -> [EventListener; 7] {
    let window: EventTarget = js_sys::global().unchecked_into();
    let document: EventTarget = js::global("document").unchecked_into();
    let on = |target: &EventTarget, name: &'static str, act: fn(&Inner)| {
        let me = Rc::downgrade(inner);
        EventListener::new(target, name, move |_| {
            if let Some(inner) = me.upgrade() {
                act(&inner);
            }
        })
    };
    [
        on(&window, "online", |inner| inner.handle(Input::Online)),
        on(&window, "offline", |inner| inner.handle(Input::Offline)),
        on(&window, "pagehide", Inner::park),
        on(&window, "pageshow", Inner::resume),
        on(&document, "freeze", Inner::park),
        on(&document, "resume", Inner::resume),
        on(&document, "visibilitychange", Inner::look),
    ]
}
