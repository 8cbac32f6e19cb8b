//! The fragment in the address bar.

use gloo::events::EventListener;
use wasm_bindgen::JsValue;
use yew::Callback;

use crate::model::{Fragment, Route};

/// Watches the address bar until it is dropped.
pub(crate) struct Address {
    _listener: EventListener,
}

/// What the address bar asks for. A one-time code leaves it at once: it must not stay in the history or on a shared screen.
pub(crate) fn fragment() -> Fragment {
    let Some(window) = web_sys::window() else { return Fragment::Route(Route::default()) };
    let location = window.location();
    let fragment = Fragment::read(&location.hash().unwrap_or_default());
    if let (Fragment::SetUp(_), Ok(history), Ok(path)) = (&fragment, window.history(), location.pathname()) {
        // A browser that refuses leaves a code that works once.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    fragment
}

pub(crate) fn watch_address(changed: Callback<Fragment>) -> Option<Address> {
    let window = web_sys::window()?;
    let listener = EventListener::new(&window, "hashchange", move |_| changed.emit(fragment()));
    Some(Address { _listener: listener })
}

pub(super) fn go(route: Route) {
    if let Some(window) = web_sys::window() {
        // The browser answers with `hashchange`.
        let _ = window.location().set_hash(&route.fragment());
    }
}
