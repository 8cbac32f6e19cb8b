//! Objects of the page, read with care: any property may be missing, of another type, or throw.

pub(crate) use chinwag_browser::js::get;
use chinwag_browser::{js, number::digits};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::model::decision::{Action, Button, ButtonDoes, Decision, Notification, Origin, Shape};

/// A string that is not empty.
pub(crate) fn text(object: &JsValue, key: &str) -> Option<String> {
    js::text(object, key).filter(|text| !text.is_empty())
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
    let object = js::object(&[]);
    for (key, value) in pairs {
        js::set(&object, key, &(*value).into());
    }
    object
}

/// A text that is a string or a map by language: the language, its base, English, then whatever there is.
pub(crate) fn localized(object: &JsValue, key: &str, lang: &str) -> Option<String> {
    let value = get(object, key);
    if let Some(text) = value.as_string() {
        return Some(text).filter(|text| !text.is_empty());
    }
    let base = lang.split('-').next().unwrap_or_default();
    let first = || js::text(&js::call(&js::global("Object"), "values", &[&value]).ok()?, "0");
    text(&value, lang).or_else(|| text(&value, base)).or_else(|| text(&value, "en")).or_else(first)
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
        away: get(value, "agents").is_truthy(),
    })
}

fn action(value: &JsValue, lang: &str) -> Option<Action> {
    let notify = get(value, "notify");
    let message = get(value, "message");
    let suggest = get(value, "suggest");
    Some(if notify.is_object() {
        Action::Notify(notification(&notify, lang)?)
    } else if message.is_object() {
        let bot = text(&message, "from").as_deref() != Some("agent");
        Action::Message { text: localized(&message, "text", lang)?, bot }
    } else if suggest.is_object() {
        Action::Suggest((0..3).map_while(|place| localized(&suggest, &digits(place), lang)).collect())
    } else if get(value, "open").is_truthy() {
        Action::Open
    } else if get(value, "form").is_truthy() {
        Action::Form
    } else if let Some(text) = localized(value, "teaser", lang) {
        Action::Notify(Notification { text, shape: Shape::Teaser, ..Notification::default() })
    } else if let Some(tag) = text(value, "tag") {
        Action::Tag(tag)
    } else if let Some(team) = text(&get(value, "route"), "team") {
        Action::Route(team)
    } else {
        Action::Prefill(localized(value, "prefill", lang)?)
    })
}

fn does(value: &JsValue) -> ButtonDoes {
    if value.as_string().as_deref() == Some("dismiss") {
        ButtonDoes::Dismiss
    } else if get(value, "form").is_truthy() {
        ButtonDoes::Form
    } else {
        text(value, "navigate").map_or(ButtonDoes::Open, ButtonDoes::Navigate)
    }
}

fn notification(value: &JsValue, lang: &str) -> Option<Notification> {
    let button =
        |button: &JsValue| Some(Button { label: localized(button, "label", lang)?, does: does(&get(button, "do")) });
    let replies = get(value, "replies");
    let reply = |place| localized(&replies, &digits(place), lang);
    Some(Notification {
        from: localized(value, "from", lang),
        title: localized(value, "title", lang),
        text: localized(value, "text", lang)?,
        replies: (0..3).map_while(reply).collect(),
        buttons: list(value, "buttons").iter().filter_map(button).collect(),
        bot: get(value, "bot").is_truthy(),
        shape: Shape::Card,
    })
}
