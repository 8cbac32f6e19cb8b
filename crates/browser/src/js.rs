//! The browser, by name. A binding with a type of its own costs some forty bytes for each property and method, here and in
//! the glue, and strangers pay for them; a name costs its letters. Nothing in here throws.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// `globalThis[name]`
#[must_use]
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}

/// `object[name]`; `undefined` when it is not there.
#[inline(never)]
#[must_use]
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// `object[name]`, if it is a text.
#[inline(never)]
#[must_use]
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// `object[name]`; 0 when it is no number.
#[inline(never)]
#[must_use]
pub fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or(0.0)
}

/// `object[name] = value`; false where that is refused.
#[inline(never)]
pub fn set(object: &JsValue, name: &str, value: &JsValue) -> bool {
    Reflect::set(object, &JsValue::from_str(name), value).unwrap_or(false)
}

/// `object[name](…arguments)`
///
/// # Errors
/// When there is no such method, or it throws.
#[inline(never)]
pub fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    Reflect::apply(get(object, name).unchecked_ref::<Function>(), object, &list(arguments))
}

/// `object[name](text)`
///
/// # Errors
/// As [`call`].
#[inline(never)]
pub fn ask(object: &JsValue, name: &str, text: &str) -> Result<JsValue, JsValue> {
    call(object, name, &[&JsValue::from_str(text)])
}

/// `new name(…arguments)`
///
/// # Errors
/// When there is no such class, or it throws.
#[inline(never)]
pub fn construct(name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    make(&global(name), arguments)
}

/// `new class(…arguments)`
///
/// # Errors
/// When it is no class, or it throws.
#[inline(never)]
pub fn make(class: &JsValue, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    Reflect::construct(class.unchecked_ref::<Function>(), &list(arguments))
}

/// An object of these fields.
#[inline(never)]
#[must_use]
pub fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = js_sys::Object::new().into();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

/// `await promise`
pub(crate) async fn settled(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.unchecked_into::<Promise>()).await
}

fn list(items: &[&JsValue]) -> Array {
    let list = Array::new();
    for item in items {
        list.push(item);
    }
    list
}
