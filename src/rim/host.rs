//! The loader's side: plain functions in an object.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::read::{get, object};

pub(crate) struct Host(pub(crate) JsValue);

impl Host {
    fn call(&self, name: &str, args: &[JsValue]) {
        if let Ok(function) = get(&self.0, name).dyn_into::<Function>() {
            let args: js_sys::Array = args.iter().collect();
            // What the page does with it is the page's business.
            let _ = Reflect::apply(&function, &self.0, &args);
        }
    }

    /// `ready`, `open`, `close` and `unread` are the loader's own.
    pub(crate) fn emit(&self, name: &str, detail: &[(&str, &str)]) {
        self.call("emit", &[name.into(), object(detail)]);
    }

    pub(crate) fn answer(&self, rule: &str, outcome: &str) {
        self.call("answer", &[rule.into(), outcome.into()]);
    }

    pub(crate) fn unread(&self, count: u32) {
        self.call("unread", &[count.into()]);
    }

    pub(crate) fn opened(&self, open: bool) {
        self.call("opened", &[open.into()]);
    }
}
