//! The few things of the browser that we call by hand, because the ready-made bindings are larger or throw.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `RegExp`, whose constructor throws on wrong syntax.
    #[wasm_bindgen(js_name = RegExp)]
    pub(crate) type Regex;
    #[wasm_bindgen(constructor, catch, js_class = "RegExp")]
    pub(crate) fn new(source: &str, flags: &str) -> Result<Regex, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn test(this: &Regex, text: &str) -> bool;

    /// `Date`, whose formatting throws on a time zone that does not exist.
    pub(crate) type Date;
    #[wasm_bindgen(constructor, js_class = "Date")]
    pub(crate) fn at(epoch_ms: f64) -> Date;
    #[wasm_bindgen(method, catch, js_name = toLocaleString)]
    pub(crate) fn format(this: &Date, locale: &str, options: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn elapsed() -> f64;
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;

    #[wasm_bindgen(js_name = setTimeout)]
    pub(crate) fn set_timeout(act: &JsValue, ms: f64) -> f64;
    #[wasm_bindgen(js_name = clearTimeout)]
    pub(crate) fn clear_timeout(id: f64);

    #[wasm_bindgen(catch, js_name = decodeURIComponent)]
    pub(crate) fn decode(text: &str) -> Result<String, JsValue>;

    /// An address, taken apart.
    #[wasm_bindgen(js_name = URL)]
    pub(crate) type Url;
    #[wasm_bindgen(constructor, catch, js_class = "URL")]
    pub(crate) fn parse(address: &str, base: &str) -> Result<Url, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn href(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn host(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn pathname(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn search(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn hash(this: &Url) -> String;

    /// The pairs of a query string.
    #[wasm_bindgen(js_name = URLSearchParams)]
    pub(crate) type Params;
    #[wasm_bindgen(constructor, js_class = "URLSearchParams")]
    pub(crate) fn new(search: &str) -> Params;

    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    pub(crate) fn json(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify)]
    pub(crate) fn text(value: &JsValue) -> String;
}

/// Milliseconds since 1970 UTC.
pub(crate) fn wall() -> f64 {
    js_sys::Date::now()
}
