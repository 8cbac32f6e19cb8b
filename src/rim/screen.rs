//! The screen around the panel: phone or not, and what the keyboard leaves of it.

use chinwag_browser::js;
use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use yew::Callback;

/// Also true on a desktop at 400 % zoom, where a floating panel would not fit either. The same stands in `style.css`.
const PHONE: &str = "(max-width: 480px), (max-height: 420px)";

#[derive(Clone, Copy)]
pub(crate) enum Change {
    Shape,
    Height,
    Visibility,
}

pub(crate) struct Screen {
    phone: JsValue,
    _listeners: Vec<EventListener>,
}

impl Screen {
    pub(crate) fn watch(changed: Callback<Change>) -> Self {
        let phone = js::ask(&js_sys::global(), "matchMedia", PHONE).unwrap_or_default();
        let mut listeners = Vec::with_capacity(4);
        let mut on = |target: JsValue, name: &'static str, change: Change| {
            if target.is_object() {
                let changed = changed.clone();
                listeners.push(EventListener::new(target.unchecked_ref(), name, move |_| changed.emit(change)));
            }
        };
        on(phone.clone(), "change", Change::Shape);
        on(js::global("visualViewport"), "resize", Change::Height);
        on(js::global("visualViewport"), "scroll", Change::Height);
        on(js::global("document"), "visibilitychange", Change::Visibility);
        Self { phone, _listeners: listeners }
    }

    pub(crate) fn is_phone(&self) -> bool {
        js::get(&self.phone, "matches").is_truthy()
    }

    pub(crate) fn is_visible(&self) -> bool {
        js::get(&js::global("document"), "hidden").is_falsy()
    }

    /// Top and height of what the keyboard leaves, in CSS pixels.
    pub(crate) fn rest(&self) -> Option<(f64, f64)> {
        let viewport = js::global("visualViewport");
        Some((js::get(&viewport, "offsetTop").as_f64()?, js::get(&viewport, "height").as_f64()?))
    }
}
