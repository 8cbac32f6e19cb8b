//! The screen around the panel: phone or not, and what the keyboard leaves of it.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, MediaQueryList, window};
use yew::Callback;

use super::read::get;

/// Also true on a desktop at 400 % zoom, where a floating panel would not fit either. The same stands in `style.css`.
const PHONE: &str = "(max-width: 480px), (max-height: 420px)";

#[derive(Clone, Copy)]
pub(crate) enum Change {
    Shape,
    Height,
    Visibility,
}

pub(crate) struct Screen {
    phone: Option<MediaQueryList>,
    _listeners: Vec<EventListener>,
}

impl Screen {
    pub(crate) fn watch(changed: Callback<Change>) -> Self {
        let window = window();
        let phone = window.as_ref().and_then(|window| window.match_media(PHONE).ok().flatten());
        let mut listeners = Vec::with_capacity(4);
        let mut on = |target: Option<EventTarget>, name: &'static str, change: Change| {
            if let Some(target) = target {
                let changed = changed.clone();
                listeners.push(EventListener::new(&target, name, move |_| changed.emit(change)));
            }
        };
        let document = window.and_then(|window| window.document());
        on(phone.clone().map(JsCast::unchecked_into), "change", Change::Shape);
        on(viewport(), "resize", Change::Height);
        on(viewport(), "scroll", Change::Height);
        on(document.map(JsCast::unchecked_into), "visibilitychange", Change::Visibility);
        Self { phone, _listeners: listeners }
    }

    pub(crate) fn is_phone(&self) -> bool {
        self.phone.as_ref().is_some_and(MediaQueryList::matches)
    }

    pub(crate) fn is_visible(&self) -> bool {
        window().and_then(|window| window.document()).is_some_and(|document| !document.hidden())
    }

    /// Top and height of what the keyboard leaves, in CSS pixels.
    pub(crate) fn rest(&self) -> Option<(f64, f64)> {
        let viewport = viewport()?;
        Some((get(&viewport, "offsetTop").as_f64()?, get(&viewport, "height").as_f64()?))
    }
}

fn viewport() -> Option<EventTarget> {
    let viewport = get(&window()?.into(), "visualViewport");
    viewport.is_object().then(|| viewport.unchecked_into())
}
