//! A WebSocket that closes and forgets its listener when it is dropped.

use chinwag_conversation::code;
use wasm_bindgen::{JsValue, closure::Closure};

use crate::js;

/// What a socket tells.
pub(crate) enum Heard {
    Opened,
    Text(String),
    Closed { code: u16, hint_ms: Option<u64> },
}

pub(crate) struct Socket {
    socket: JsValue,
    _heard: Closure<dyn FnMut(JsValue)>,
}

const EVENTS: [&str; 3] = ["onopen", "onmessage", "onclose"];
const OPEN: f64 = 1.0;

impl Socket {
    /// Begins to open. `None` when the browser refuses at once (a policy of the page, a bad address).
    pub(crate) fn open(url: &str, heard: impl Fn(Heard) + 'static) -> Option<Self> {
        let socket = js::construct("WebSocket", &[&JsValue::from_str(url)]).ok()?;
        let heard = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            heard(match js::text(&event, "type").as_deref() {
                Some("open") => Heard::Opened,
                Some("message") => match js::text(&event, "data") {
                    Some(text) => Heard::Text(text),
                    None => return,
                },
                _ => {
                    let reason = js::text(&event, "reason").unwrap_or_default();
                    Heard::Closed { code: js::number(&event, "code") as u16, hint_ms: code::hint(&reason) }
                }
            });
        });
        for name in EVENTS {
            js::set(&socket, name, heard.as_ref());
        }
        Some(Self { socket, _heard: heard })
    }

    /// False when it cannot be sent now.
    pub(crate) fn send(&self, text: &str) -> bool {
        js::number(&self.socket, "readyState") == OPEN && js::ask(&self.socket, "send", text).is_ok()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for name in EVENTS {
            js::set(&self.socket, name, &JsValue::NULL);
        }
        drop(js::call(&self.socket, "close", &[]));
    }
}
