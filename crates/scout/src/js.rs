//! The browser, by name. Bindings with a type of their own cost some forty bytes for each property and method, here and
//! in the glue; a name costs its letters. Nothing here throws: what is not there is `undefined`.

use chinwag_targeting::cut;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `globalThis`, that is the window.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    pub(crate) fn window() -> JsValue;

    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn reflect_get(object: &JsValue, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = set, catch)]
    fn reflect_set(object: &JsValue, key: &str, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = apply, catch)]
    fn reflect_apply(act: &JsValue, this: &JsValue, given: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, js_name = construct, catch)]
    fn reflect_construct(act: &JsValue, given: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Array, js_name = of)]
    pub(crate) fn three(a: JsValue, b: JsValue, c: JsValue) -> JsValue;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn elapsed() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn wall() -> f64;
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;
}

pub(crate) const NONE: JsValue = JsValue::UNDEFINED;

/// `object[key]`
#[inline(never)]
pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    reflect_get(object, key).unwrap_or_default()
}

/// `object[key] = value`; objects that refuse keep what they have.
#[inline(never)]
pub(crate) fn put(object: &JsValue, key: &str, value: JsValue) {
    let _ = reflect_set(object, key, &value);
}

/// `object.some.path`
#[inline(never)]
pub(crate) fn walk(object: &JsValue, path: &str) -> JsValue {
    let (mut at, mut rest) = (object.clone(), path);
    while !rest.is_empty() {
        let (key, after) = cut(rest, b'.');
        at = get(&at, key);
        rest = after.unwrap_or_default();
    }
    at
}

/// `object[name](a, b, c)`. Browsers ignore what they did not ask for.
#[inline(never)]
pub(crate) fn call(object: &JsValue, name: &str, a: JsValue, b: JsValue, c: JsValue) -> JsValue {
    reflect_apply(&get(object, name), object, &three(a, b, c)).unwrap_or_default()
}

/// `object[name](text)`
#[inline(never)]
pub(crate) fn ask(object: &JsValue, name: &str, text: &str) -> JsValue {
    call(object, name, text.into(), NONE, NONE)
}

/// `new name(a, b)`
#[inline(never)]
pub(crate) fn make(name: &str, a: JsValue, b: JsValue) -> JsValue {
    reflect_construct(&get(&window(), name), &three(a, b, NONE)).unwrap_or_default()
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
