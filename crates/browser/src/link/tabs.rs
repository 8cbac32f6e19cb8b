//! Other tabs: who holds the connection is settled by a lock, what is heard goes over a channel; who has the bytes of a file
//! is settled by a lock of its own.
//!
//! Everything fails open: without locks, or without a channel, each tab connects by itself.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use chinwag_conversation::{Input, MessageId, Role, outbox::RESCUE_MS};
use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, closure::Closure};

use super::run::Inner;
use crate::{frames, js};

const DISCARDED: &str = "-";
/// The tab that leads has lost its connection.
const ASTRAY: &str = "~";

type Heard = Closure<dyn FnMut(JsValue)>;

struct Channel {
    channel: JsValue,
    _heard: Heard,
}

pub(super) struct Tabs {
    name: String,
    channel: Option<Channel>,
    /// Gives the lock back; there while this tab leads.
    lock: RefCell<Option<Function>>,
    /// What gives back the locks of entries whose bytes are here.
    held: RefCell<Vec<(MessageId, Function)>>,
}

impl Tabs {
    pub(super) fn new(share: Option<String>, inner: &Weak<Inner>) -> Self {
        let name = share.map(|share| ["chinwag:", &share].concat()).unwrap_or_default();
        let channel =
            if name.is_empty() { None } else { js::construct("BroadcastChannel", &[&JsValue::from_str(&name)]).ok() };
        let channel = channel.map(|channel| {
            let me = inner.clone();
            let heard = Heard::new(move |event: JsValue| {
                if let (Some(inner), Some(text)) = (me.upgrade(), js::text(&event, "data")) {
                    heard(&inner, &text);
                }
            });
            js::set(&channel, "onmessage", heard.as_ref());
            Channel { channel, _heard: heard }
        });
        Self { name, channel, lock: RefCell::default(), held: RefCell::default() }
    }

    /// Tells every other tab.
    pub(super) fn tell(&self, text: &str) {
        if let Some(Channel { channel, .. }) = &self.channel {
            drop(js::ask(channel, "postMessage", text));
        }
    }

    /// What this tab heard of the server, if it is the one that listens for all.
    pub(super) fn relay(&self, text: &str) {
        if self.lock.borrow().is_some() {
            self.tell(text);
        }
    }

    pub(super) fn tell_astray(&self) {
        self.relay(ASTRAY);
    }

    pub(super) fn tell_discarded(&self, id: MessageId) {
        self.tell(&[DISCARDED, &id.text()].concat());
    }

    pub(super) fn close(&self) {
        self.held.take().iter().for_each(|(_, release)| drop(release.call0(&JsValue::NULL)));
        if let Some(Channel { channel, .. }) = &self.channel {
            js::set(channel, "onmessage", &JsValue::NULL);
            drop(js::call(channel, "close", &[]));
        }
    }

    /// Lets other tabs know that the bytes of an entry are here, until they are let go or the page is.
    pub(super) fn hold(&self, id: MessageId) {
        let held = Promise::new(&mut |release, _| self.held.borrow_mut().push((id, release)));
        lock_entry(id, &Closure::once_into_js(move || -> JsValue { held.into() }));
    }

    pub(super) fn let_go(&self, id: MessageId) {
        self.held.borrow_mut().retain(|(known, release)| {
            let stays = *known != id;
            if !stays {
                drop(release.call0(&JsValue::NULL));
            }
            stays
        });
    }

    pub(super) fn release(&self) {
        if let Some(release) = self.lock.take() {
            drop(release.call0(&JsValue::NULL));
        }
    }

    /// `begin` is told the role: at once without locks, else as soon as the browser says. Who does not get the lock waits for it.
    pub(super) fn ask(&self, me: Weak<Inner>, begin: fn(&Inner, Role)) {
        let locks = js::get(&js::global("navigator"), "locks");
        if self.channel.is_none() || locks.is_undefined() {
            if let Some(inner) = me.upgrade() {
                begin(&inner, Role::Leads);
            }
            return;
        }
        let waiting = (me.clone(), locks.clone(), self.name.clone());
        let at_once = js::object(&[("ifAvailable", &JsValue::TRUE)]);
        let failed = me.clone();
        let settled = move |inner: &Inner, leads: bool| {
            begin(inner, if leads { Role::Leads } else { Role::Follows });
            if !leads {
                let (me, locks, name) = &waiting;
                request(locks, name, &JsValue::UNDEFINED, me.clone(), |inner, _| inner.lead());
            }
        };
        if request(&locks, &self.name, &at_once, me, settled).is_none()
            && let Some(inner) = failed.upgrade()
        {
            begin(&inner, Role::Leads);
        }
    }
}

/// Calls when no other tab has the bytes of an entry.
pub(super) fn when_nobody_has(id: MessageId, then: impl FnOnce() + 'static) {
    lock_entry(id, &Closure::once_into_js(then));
}

/// Without locks, and where they are forbidden, it is granted.
fn lock_entry(id: MessageId, granted: &JsValue) {
    let locks = js::get(&js::global("navigator"), "locks");
    let name = JsValue::from_str(&["chinwag:", &id.text()].concat());
    let failed = match js::call(&locks, "request", &[&name, granted]) {
        Ok(promise) => js::call(&promise, "catch", &[granted]),
        Err(_) => js::call(granted, "call", &[]),
    };
    drop(failed);
}

/// Asks for the lock. `granted` is called with whether this tab has it now; it keeps it until [`Tabs::release`].
fn request(
    locks: &JsValue,
    name: &str,
    options: &JsValue,
    me: Weak<Inner>,
    granted: impl FnOnce(&Inner, bool) + 'static,
) -> Option<()> {
    let alone = me.clone();
    // Locks that are there but forbidden: connect as if there were none.
    let refused = Closure::once_into_js(move || {
        if let Some(inner) = alone.upgrade() {
            inner.lead();
        }
    });
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let Some(inner) = me.upgrade().filter(|inner| inner.is_shown()) else { return JsValue::UNDEFINED };
        if lock.is_null() {
            granted(&inner, false);
            return JsValue::UNDEFINED;
        }
        // Asked twice, and granted twice: once is enough.
        if inner.tabs.lock.borrow().is_some() {
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |release, _| drop(inner.tabs.lock.replace(Some(release))));
        granted(&inner, true);
        held.into()
    });
    let arguments: &[&JsValue] = if options.is_undefined() {
        &[&JsValue::from_str(name), &granted]
    } else {
        &[&JsValue::from_str(name), options, &granted]
    };
    let promise = js::call(locks, "request", arguments).ok()?;
    js::call(&promise, "catch", &[&refused]).ok().map(drop)
}

/// What another tab says: frames of the server, that there are none any more, an entry that it keeps, or the id of one that its
/// writer gave up.
fn heard(inner: &Rc<Inner>, text: &str) {
    if let Some(id) = text.strip_prefix(DISCARDED) {
        if let Some(id) = MessageId::parse(id) {
            inner.session.borrow_mut().discard(id);
            inner.drain();
        }
    } else if text == ASTRAY {
        inner.handle(Input::Astray);
    } else if let Some(kept) = frames::kept(text) {
        inner.found(kept, RESCUE_MS);
    } else if let Some(frame) = frames::server_frame(text) {
        inner.handle(Input::Relayed(frame));
    } else {
        for frame in frames::answer(text).into_iter().flatten() {
            inner.handle(Input::Relayed(frame));
        }
    }
}
