//! A WebSocket that closes and forgets its listeners when it is dropped.

use chinwag_conversation::code;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// What a socket tells.
pub(crate) enum Heard {
    Opened,
    Text(String),
    Closed { code: u16, hint_ms: Option<u64> },
}

pub(crate) struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Begins to open. `None` when the browser refuses at once (a policy of the page, a bad address).
    pub(crate) fn open(url: &str, heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        let on_open = heard.clone();
        let open = Closure::<dyn FnMut()>::new(move || on_open(Heard::Opened));
        let on_message = heard.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                on_message(Heard::Text(text));
            }
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            heard(Heard::Closed { code: event.code(), hint_ms: code::hint(&event.reason()) });
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Some(Self { socket, _open: open, _message: message, _close: close })
    }

    /// False when it cannot be sent now.
    pub(crate) fn send(&self, text: &str) -> bool {
        self.socket.ready_state() == WebSocket::OPEN && self.socket.send_with_str(text).is_ok()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        drop::<Result<(), JsValue>>(self.socket.close());
    }
}
