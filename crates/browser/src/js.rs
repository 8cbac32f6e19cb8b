//! JavaScript by name: what `web-sys` does not have, or has at a higher price.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// `undefined` when it is not there.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    drop(Reflect::set(object, &JsValue::from_str(name), value));
}

/// `Err` when there is no such method, or it throws.
pub(crate) fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(object, name).dyn_into()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    Reflect::apply(&method, object, &list)
}

/// An object with one field.
pub(crate) fn object(name: &str, value: &JsValue) -> JsValue {
    let object = js_sys::Object::new().into();
    set(&object, name, value);
    object
}
