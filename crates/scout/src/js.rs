//! The browser, by name. Bindings with a type of their own cost some forty bytes for each property and method, here and
//! in the glue; a name costs its letters. Nothing here throws: what is not there is `undefined`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `globalThis`, that is the window.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    pub(crate) fn window() -> JsValue;

    #[wasm_bindgen(js_namespace = Array, js_name = of)]
    pub(crate) fn three(a: JsValue, b: JsValue, c: JsValue) -> JsValue;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn elapsed() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn wall() -> f64;
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;
}

// Every wrapper that catches in Rust costs more than all of these.
#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    /// `object[key]`
    pub(crate) fn get(object: &JsValue, key: &str) -> JsValue;
    /// `object[key] = value`; objects that refuse keep what they have.
    pub(crate) fn put(object: &JsValue, key: &str, value: JsValue);
    /// `object[name](a, b, c)`. Browsers ignore what they did not ask for.
    pub(crate) fn call(object: &JsValue, name: &str, a: JsValue, b: JsValue, c: JsValue) -> JsValue;
    /// `object.some.path`
    pub(crate) fn walk(object: &JsValue, path: &str) -> JsValue;
    /// `new name(a, b)`
    pub(crate) fn make(name: &str, a: JsValue, b: JsValue) -> JsValue;
}

pub(crate) const NONE: JsValue = JsValue::UNDEFINED;

/// `object[name](text)`
#[inline(never)]
pub(crate) fn ask(object: &JsValue, name: &str, text: &str) -> JsValue {
    call(object, name, text.into(), NONE, NONE)
}

/// A text; empty when it is none.
#[inline(never)]
pub(crate) fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// A number; 0 when it is none.
#[inline(never)]
pub(crate) fn number(value: &JsValue) -> f64 {
    value.as_f64().unwrap_or(0.0)
}

#[inline(never)]
pub(crate) fn is(value: &JsValue) -> bool {
    value.is_truthy()
}

/// Is this consent given?
#[inline(never)]
pub(crate) fn granted(given: &JsValue, name: &str) -> bool {
    text(&get(given, name)) == "granted"
}

/// `JSON.parse`
pub(crate) fn parse(text: &str) -> JsValue {
    ask(&get(&window(), "JSON"), "parse", text)
}
