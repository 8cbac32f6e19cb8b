//! The loader's side: plain functions in an object.

use chinwag_browser::js;
use wasm_bindgen::JsValue;

use super::read::object;

pub(crate) struct Host(pub(crate) JsValue);

impl Host {
    fn call(&self, name: &str, args: &[&JsValue]) {
        // What the page does with it is the page's business.
        drop(js::call(&self.0, name, args));
    }

    /// `ready`, `open`, `close` and `unread` are the loader's own.
    pub(crate) fn emit(&self, name: &str, detail: &[(&str, &str)]) {
        self.call("emit", &[&name.into(), &object(detail)]);
    }

    pub(crate) fn answer(&self, rule: &str, outcome: &str) {
        self.call("answer", &[&rule.into(), &outcome.into()]);
    }

    pub(crate) fn unread(&self, count: u32) {
        self.call("unread", &[&count.into()]);
    }

    /// `open`, `close`, `sent`, `received` or `ended`, as rules call it, or `none`.
    pub(crate) fn conversation(&self, moment: &str) {
        self.call("conversation", &[&moment.into()]);
    }

    pub(crate) fn navigate(&self, url: &str) {
        self.call("navigate", &[&url.into()]);
    }
}
