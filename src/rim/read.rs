//! Objects of the page, read with care: any property may be missing, of another type, or throw.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::model::decision::{Action, Button, ButtonDoes, Decision, Notification, Origin};

pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A string that is not empty.
pub(crate) fn text(object: &JsValue, key: &str) -> Option<String> {
    get(object, key).as_string().filter(|text| !text.is_empty())
}

pub(crate) fn list(object: &JsValue, key: &str) -> Vec<JsValue> {
    get(object, key).dyn_into::<Array>().map(|array| array.to_vec()).unwrap_or_default()
}

/// A whole number that is not negative.
pub(crate) fn number(object: &JsValue, key: &str) -> Option<u32> {
    let number = get(object, key).as_f64()?;
    (number >= 0.0).then_some(number as u32)
}

/// An object with texts in it.
pub(crate) fn object(pairs: &[(&str, &str)]) -> JsValue {
    let object = Object::new();
    for (key, value) in pairs {
        // A fresh object refuses nothing.
        let _ = Reflect::set(&object, &(*key).into(), &(*value).into());
    }
    object.into()
}

/// A text that is a string or a map by language: the language, its base, English, then whatever there is.
pub(crate) fn localized(object: &JsValue, key: &str, lang: &str) -> Option<String> {
    let value = get(object, key);
    if let Some(text) = value.as_string() {
        return Some(text).filter(|text| !text.is_empty());
    }
    let map = value.dyn_into::<Object>().ok()?;
    let base = lang.split('-').next().unwrap_or_default();
    let first = || Object::values(&map).get(0).as_string();
    text(&map, lang).or_else(|| text(&map, base)).or_else(|| text(&map, "en")).or_else(first)
}

/// A decision of the scout, as the loader hands it on with the `lang` of the moment; `None` when it has no actions.
pub(crate) fn decision(value: &JsValue) -> Option<Decision> {
    let lang = text(value, "lang").unwrap_or_default();
    let actions: Vec<Action> = list(value, "actions").iter().filter_map(|value| action(value, &lang)).collect();
    let rule = text(value, "rule").unwrap_or_default();
    (!actions.is_empty()).then(|| Decision {
        origin: Origin { rule, variant: text(value, "variant") },
        actions,
        expires_ms: number(value, "expires"),
    })
}

fn action(value: &JsValue, lang: &str) -> Option<Action> {
    let notify = get(value, "notify");
    if notify.is_object() {
        return notification(&notify, lang).map(Action::Notify);
    }
    if get(value, "open").is_truthy() {
        return Some(Action::Open);
    }
    localized(value, "prefill", lang).map(Action::Prefill)
}

fn notification(value: &JsValue, lang: &str) -> Option<Notification> {
    let button = |button: &JsValue| {
        Some(Button {
            label: localized(button, "label", lang)?,
            does: match text(button, "do").as_deref() {
                Some("dismiss" | "close") => ButtonDoes::Dismiss,
                _ => ButtonDoes::Open,
            },
        })
    };
    let replies = get(value, "replies");
    let reply = |place: u32| localized(&replies, &place.to_string(), lang);
    Some(Notification {
        from: localized(value, "from", lang),
        text: localized(value, "text", lang)?,
        replies: (0..3).map_while(reply).collect(),
        buttons: list(value, "buttons").iter().filter_map(button).collect(),
        bot: get(value, "bot").is_truthy(),
    })
}
