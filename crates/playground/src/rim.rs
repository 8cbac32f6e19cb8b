//! The clock, the clipboard and the download. With `keep`, `machine` and the editor's field, the only parts that ask the
//! browser.

use js_sys::{Array, Date};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlElement, Url};
use yew::Callback;

/// Milliseconds since 1970 UTC, on a whole minute: nobody reads seconds off this clock.
pub(crate) fn now() -> f64 {
    (Date::now() / 60_000.0).floor() * 60_000.0
}

/// Milliseconds since 1970 UTC.
pub(crate) fn clock() -> f64 {
    Date::now()
}

/// Asks a question that has to be answered; without an answer, nothing is done.
pub(crate) fn confirms(question: &str) -> bool {
    web_sys::window().is_some_and(|window| window.confirm_with_message(question).unwrap_or(false))
}

/// What a `datetime-local` field holds, as milliseconds since 1970 UTC.
pub(crate) fn instant(local: &str) -> Option<f64> {
    Some(Date::parse(local)).filter(|ms| ms.is_finite())
}

/// The languages of the visitor, best first.
pub(crate) fn languages() -> Vec<String> {
    let languages = web_sys::window().map(|window| window.navigator().languages());
    languages.map(|all| all.iter().filter_map(|tag| tag.as_string()).collect()).unwrap_or_default()
}

/// Copies a text; says whether it went well.
pub(crate) fn copy(text: String, done: Callback<bool>) {
    let Some(window) = web_sys::window() else { return };
    spawn_local(async move {
        let copied = JsFuture::from(window.navigator().clipboard().write_text(&text)).await;
        done.emit(copied.is_ok());
    });
}

/// Saves a text as a file.
pub(crate) fn download(name: &str, text: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.unchecked_ref::<HtmlElement>().click();
    Url::revoke_object_url(&address).ok()
}
