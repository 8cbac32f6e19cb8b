//! JavaScript values to ours and back, by hand: a serialisation framework would weigh more than the scout.

use crate::js::{NONE, call, get, put, window};
use chinwag_targeting::Value;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Array, js_name = isArray)]
    pub(crate) fn is_list(value: &JsValue) -> bool;
    #[wasm_bindgen(js_namespace = Array, js_name = from)]
    fn list(value: &JsValue) -> Box<[JsValue]>;
}

/// Deeper than any fact is read.
const DEPTH: usize = 16;

/// The elements of anything that can be walked through: lists, node lists, search parameters.
pub(crate) fn items(value: &JsValue) -> Box<[JsValue]> {
    if value.is_object() { list(value) } else { Box::default() }
}

/// What JSON would keep of a value; the rest becomes null.
pub(crate) fn read(value: &JsValue) -> Value {
    read_to(value, DEPTH)
}

fn read_to(value: &JsValue, depth: usize) -> Value {
    if let Some(number) = value.as_f64() {
        return Value::Number(number);
    }
    if let Some(text) = value.as_string() {
        return Value::String(text);
    }
    if let Some(flag) = value.as_bool() {
        return Value::Bool(flag);
    }
    if depth == 0 || !value.is_object() {
        return Value::Null;
    }
    if is_list(value) {
        return Value::List(items(value).iter().map(|item| read_to(item, depth - 1)).collect());
    }
    let keys = call(&get(&window(), "Object"), "keys", value.clone(), NONE, NONE);
    let keys = items(&keys).into_iter();
    let entry = |key: JsValue| {
        let key = crate::js::text(&key);
        let item = read_to(&get(value, &key), depth - 1);
        (key, item)
    };
    Value::Map(keys.map(entry).collect())
}

/// A fresh JavaScript value.
pub(crate) fn write(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) => {
            let list = array();
            items.iter().for_each(|item| push(&list, write(item)));
            list
        }
        Value::Map(entries) => {
            let object = object();
            entries.iter().for_each(|(key, item)| put(&object, key, write(item)));
            object
        }
    }
}

/// `JSON.stringify`
pub(crate) fn json(value: JsValue) -> JsValue {
    call(&get(&window(), "JSON"), "stringify", value, NONE, NONE)
}

pub(crate) fn object() -> JsValue {
    crate::js::parse("{}")
}

pub(crate) fn array() -> JsValue {
    crate::js::parse("[]")
}

pub(crate) fn push(list: &JsValue, item: JsValue) {
    // `push` would take the empty arguments of a call for items.
    call(list, "splice", u32::MAX.into(), 0.into(), item);
}
