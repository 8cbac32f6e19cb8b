//! Desktop notifications, the title of the tab, the clipboard.

use chinwag_browser::storage::Storage;
use chinwag_conversation::ConversationId;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Notification, NotificationOptions, NotificationPermission};
use yew::Callback;

use crate::model::{Bell, Route};

const CHOICE: &str = "bell";

/// The choice is the browser's, not the agent's account's.
fn store() -> Storage {
    Storage::local("console")
}

fn offered() -> bool {
    web_sys::window()
        .is_some_and(|window| js_sys::Reflect::has(&window, &JsValue::from_str("Notification")).unwrap_or(false))
}

/// The bell as a former page left it.
pub(crate) fn bell() -> Bell {
    if !offered() {
        return Bell::Blocked;
    }
    match Notification::permission() {
        NotificationPermission::Denied => Bell::Blocked,
        NotificationPermission::Granted if store().get(CHOICE).is_some() => Bell::On,
        _ => Bell::Off,
    }
}

/// Asks for the permission, on a click only.
pub(super) fn ask(answered: Callback<Bell>) {
    spawn_local(async move {
        let granted = match Notification::request_permission() {
            Ok(promise) => JsFuture::from(promise).await.ok().and_then(|answer| answer.as_string()),
            Err(_) => None,
        };
        answered.emit(match granted.as_deref() {
            Some("granted") => {
                store().set(CHOICE, "on");
                Bell::On
            }
            Some("denied") => Bell::Blocked,
            _ => Bell::Off,
        });
    });
}

pub(super) fn silence() {
    store().remove(CHOICE);
}

/// One notification for each conversation: a newer message replaces the older one.
pub(super) fn show(conversation: ConversationId, from: &str, text: &str) {
    let options = NotificationOptions::new();
    options.set_body(text);
    options.set_tag(&conversation.to_string());
    // Some phones offer the type but not the constructor.
    let Ok(notification) = Notification::new_with_options(from, &options) else { return };
    let shown = notification.clone();
    let click = Closure::once_into_js(move || {
        if let Some(window) = web_sys::window() {
            // Whether the window may come forward is the browser's decision.
            let _ = window.focus();
        }
        super::address::go(Route::Conversation(conversation));
        shown.close();
    });
    notification.set_onclick(Some(click.unchecked_ref()));
}

pub(crate) fn set_title(title: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document())
        && document.title() != title
    {
        document.set_title(title);
    }
}

/// Puts a text on the clipboard and tells whether it went.
pub(crate) fn copy(text: String, done: Callback<bool>) {
    spawn_local(async move {
        let copied = match web_sys::window() {
            // Absent on pages without https.
            Some(window) if window.is_secure_context() => {
                JsFuture::from(window.navigator().clipboard().write_text(&text)).await.is_ok()
            }
            _ => false,
        };
        done.emit(copied);
    });
}
