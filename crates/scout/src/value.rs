//! JavaScript values to ours and back, by hand: a serialisation framework would weigh more than the scout.

use chinwag_targeting::Value;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// Deeper than any file that `targeting` accepts.
const DEPTH: usize = 48;

/// What JSON would keep of a value; the rest becomes null.
pub(crate) fn read(value: &JsValue) -> Value {
    read_to(value, DEPTH)
}

fn read_to(value: &JsValue, depth: usize) -> Value {
    if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(text) = value.as_string() {
        Value::String(text)
    } else if let Some(flag) = value.as_bool() {
        Value::Bool(flag)
    } else if depth == 0 || !value.is_object() {
        Value::Null
    } else if Array::is_array(value) {
        let items: &Array = value.unchecked_ref();
        Value::List(items.iter().map(|item| read_to(&item, depth - 1)).collect())
    } else {
        let keys = Object::keys(value.unchecked_ref::<Object>());
        let entry = |key: JsValue| {
            let item = Reflect::get(value, &key).unwrap_or_default();
            (key.as_string().unwrap_or_default(), read_to(&item, depth - 1))
        };
        Value::Map(keys.iter().map(entry).collect())
    }
}

/// A fresh JavaScript value.
pub(crate) fn write(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) => {
            let list = Array::new();
            for item in items {
                list.push(&write(item));
            }
            list.into()
        }
        Value::Map(entries) => {
            let object = JsValue::from(Object::new());
            for (key, item) in entries {
                put(&object, key, &write(item));
            }
            object
        }
    }
}

/// `object[key] = value`
pub(crate) fn put(object: &JsValue, key: &str, value: &JsValue) {
    // Fails only on frozen objects, and we write to none but our own.
    let _ = Reflect::set(object, &key.into(), value);
}

/// `object[key]`; undefined where there is none.
pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}
