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

use chinwag_conversation::Availability;
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
    /// `source`: `launcher`, `notification` or `api`.
    pub fn open(&self, source: &str) {
        let opener = match source {
            "api" if !rim::visitor_is_acting() => Opener::Page,
            _ => Opener::Visitor,
        };
        self.input(Input::Open(opener));
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

    /// Nothing here depends on consent: the device is used only for what the visitor asked for.
    pub fn consent(&self, _consent: &JsValue) {}

    pub fn locale(&self, tag: String, strings: JsValue) {
        self.send(Msg::Locale(tag, strings));
    }

    /// `{color, theme}`.
    pub fn theme(&self, appearance: JsValue) {
        self.send(Msg::Theme(appearance));
    }

    /// `available`, `busy` or `away`, as the loader heard; anything else is ignored.
    pub fn availability(&self, state: &str) {
        let availability = match state {
            "available" => Availability::Available,
            "busy" => Availability::Busy,
            "away" => Availability::Away,
            _ => return,
        };
        self.input(Input::Availability(availability));
    }

    /// The page goes into the back/forward cache.
    pub fn park(&self) {
        self.send(Msg::Park(true));
    }

    pub fn resume(&self) {
        self.send(Msg::Park(false));
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
