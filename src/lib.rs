//! The widget's interface: everything inside the element that the loader gives to [`mount`].
//!
//! `model` decides, `rim` touches the browser, `view` draws.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
// What only the browser calls is still compiled, and tested, natively.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod app;
mod color;
mod model;
mod rim;
mod view;
mod words;

// The allocator.
use chinwag_heap as _;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Element;
use yew::AppHandle;

use app::{App, Msg, Props};
use model::{Input, input::Opener};

/// A mounted interface. Every method returns at once; what follows is drawn in the next frame.
#[wasm_bindgen]
pub struct Interface {
    app: Option<AppHandle<App>>,
}

/// Renders into `root`, which stands in an open shadow root. Writes nothing to the device and opens no connection, unless a
/// conversation of an earlier page is there to go on with.
#[wasm_bindgen]
#[must_use]
pub fn mount(root: Element, options: JsValue, host: JsValue) -> Interface {
    let props = Props { root: root.clone(), options, host };
    Interface { app: Some(yew::Renderer::<App>::with_root_and_props(root, props).render()) }
}

#[wasm_bindgen]
impl Interface {
    /// `source`: `page` when nobody asked for it, else `visitor`.
    pub fn open(&self, source: &str) {
        self.input(Input::Open(if source == "page" { Opener::Page } else { Opener::Visitor }));
    }

    pub fn close(&self) {
        self.input(Input::Close);
    }

    /// A decision of the scout.
    pub fn notify(&self, decision: &JsValue) {
        if let Some(decision) = rim::read::decision(decision) {
            self.input(Input::Decided(decision));
        }
    }

    pub fn prefill(&self, text: String) {
        self.input(Input::Prefill(text));
    }

    /// `{url, title, referrer}` after a route change.
    pub fn page(&self, page: JsValue) {
        self.send(Msg::Page(page));
    }

    pub fn locale(&self, tag: String, strings: JsValue) {
        self.send(Msg::Locale(tag, strings));
    }

    /// `{color, theme}`.
    pub fn theme(&self, appearance: JsValue) {
        self.send(Msg::Theme(appearance));
    }

    /// Back to an unknown visitor; the device is wiped.
    pub fn logout(&self) {
        self.send(Msg::Wipe);
    }

    /// Takes back every node, listener, timer, sheet and connection. What is kept on the device stays.
    pub fn destroy(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
    }

    fn input(&self, input: Input) {
        self.send(Msg::Input(input));
    }

    fn send(&self, msg: Msg) {
        if let Some(app) = &self.app {
            app.send_message(msg);
        }
    }
}
