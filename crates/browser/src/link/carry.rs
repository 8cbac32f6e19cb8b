//! Sockets and requests.

use chinwag_conversation::{Asked, Carrier, ClientFrame, Input};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::run::Inner;
use crate::{
    frames::{self, write},
    js, post,
    socket::{Heard, Socket},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Post,
    /// Its answer is for all tabs, and it can be given up.
    Poll,
}

impl Inner {
    pub(super) fn connect(&self, carrier: Carrier) {
        let me = self.me.clone();
        let heard = move |heard: Heard| {
            if let Some(inner) = me.upgrade() {
                inner.heard(carrier, heard);
            }
        };
        let origin = self.origin();
        let url = ["ws", origin.strip_prefix("http").unwrap_or_default(), &self.path, "socket"].concat();
        match Socket::open(&url, heard) {
            Some(socket) => self.sockets.borrow_mut().push((carrier, socket)),
            None => {
                let me = self.me.clone();
                spawn_local(async move {
                    if let Some(inner) = me.upgrade() {
                        inner.heard(carrier, Heard::Closed { code: 1006, hint_ms: None });
                    }
                });
            }
        }
    }

    pub(super) fn disconnect(&self, carrier: Carrier) {
        self.sockets.borrow_mut().retain(|(known, _)| *known != carrier);
        self.polls.borrow_mut().retain(|(known, poll)| {
            if *known == carrier {
                drop(js::call(poll, "abort", &[]));
            }
            *known != carrier
        });
    }

    fn heard(&self, carrier: Carrier, heard: Heard) {
        match heard {
            Heard::Opened => self.handle(Input::Opened(carrier)),
            Heard::Text(text) => {
                self.tabs.relay(&text);
                // A frame that a newer server invented is none of our business.
                if let Some(frame) = frames::server_frame(&text) {
                    self.handle(Input::Frame(carrier, frame));
                }
            }
            Heard::Closed { code, hint_ms } => {
                self.disconnect(carrier);
                self.handle(Input::Closed { carrier, code, hint_ms });
            }
        }
    }

    pub(super) fn transmit(&self, carrier: Carrier, frame: &ClientFrame) {
        if let Some((_, socket)) = self.sockets.borrow().iter().find(|(known, _)| *known == carrier) {
            // What cannot leave now is missed by its ack and leaves again.
            socket.send(&write::client_frame(frame));
        }
    }

    pub(super) fn post(&self, post: Carrier, frames: Vec<ClientFrame>) {
        let body = write::post(self.token.as_deref(), None, &frames);
        self.request(body, post, Kind::Post);
    }

    pub(super) fn poll(&self, carrier: Carrier, frames: Vec<ClientFrame>, wait_ms: Option<u32>) {
        let body = write::post(self.token.as_deref(), wait_ms, &frames);
        self.request(body, carrier, Kind::Poll);
    }

    fn request(&self, body: String, carrier: Carrier, kind: Kind) {
        let url = [self.origin(), &self.path, "frames"].concat();
        let (me, agent) = (self.me.clone(), self.token.is_none());
        let abort = js::construct("AbortController", &[]).unwrap_or(JsValue::UNDEFINED);
        let signal = js::get(&abort, "signal");
        if kind == Kind::Poll {
            let mut polls = self.polls.borrow_mut();
            polls.retain(|(known, _)| *known != carrier);
            polls.push((carrier, abort));
        }
        spawn_local(async move {
            let answer = post::post(&url, &body, agent, &signal).await;
            let Some(inner) = me.upgrade() else { return };
            let frames = answer.and_then(|text| {
                if kind == Kind::Poll {
                    inner.tabs.relay(&text);
                }
                frames::answer(&text).ok_or(chinwag_conversation::PostFailure::Busy)
            });
            inner.handle(match kind {
                Kind::Poll => Input::Polled(carrier, frames),
                Kind::Post => Input::Posted(carrier, frames),
            });
        });
    }

    pub(super) fn ask(&self) {
        let url = [self.origin(), &self.path, "connect"].concat();
        let (me, agent) = (self.me.clone(), self.token.is_none());
        spawn_local(async move {
            let asked = match post::get(&url, agent).await {
                None => Asked::Unreachable,
                Some(text) => frames::asked(&text).unwrap_or(Asked::Absent),
            };
            if let Some(inner) = me.upgrade() {
                inner.handle(Input::Asked(asked));
            }
        });
    }

    pub(super) fn origin(&self) -> &str {
        self.servers.get(self.session.borrow().server()).map_or("", String::as_str)
    }
}
