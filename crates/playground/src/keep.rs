//! Files of one's own, kept in this browser: an entry of `localStorage` for each, so that two tabs do not overwrite one
//! another's, and one that says which was open. Nothing is kept before something is typed.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{BeforeUnloadEvent, Storage, window};

use crate::bench::shelf::{Open, Own, Shelf};

/// Behind it, the id of a file.
const FILE: &str = "chinwag-playground.";
/// The id of the file that was open.
const OPEN: &str = "chinwag-playground";

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// What was kept.
pub(crate) fn shelf() -> Shelf {
    let Some(storage) = storage() else { return Shelf::new(Vec::new(), None) };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?);
    let own = keys.filter_map(|key| {
        let id = key.strip_prefix(FILE)?.parse().ok()?;
        Some(Own { id, text: storage.get_item(&key).ok()?? })
    });
    let open = storage.get_item(OPEN).ok().flatten().and_then(|id| id.parse().ok());
    Shelf::new(own.collect(), open)
}

/// Keeps a file as it is now. `false`: this browser keeps nothing, or has no room.
pub(crate) fn keep(id: f64, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(&format!("{FILE}{id}"), text).is_ok())
}

pub(crate) fn remove(id: f64) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{FILE}{id}"));
    }
}

/// Which one comes back with the page.
pub(crate) fn open(open: Open) {
    let Some(storage) = storage() else { return };
    let _ = match open {
        Open::Own(id) => storage.set_item(OPEN, &id.to_string()),
        Open::Recipe(_) => storage.remove_item(OPEN),
    };
}

/// Whether the browser asks before it leaves the page: only when something would be lost.
pub(crate) fn guard(unkept: bool) {
    let Some(window) = window() else { return };
    if !unkept {
        return window.set_onbeforeunload(None);
    }
    let ask = Closure::<dyn Fn(BeforeUnloadEvent)>::new(|event: BeforeUnloadEvent| event.prevent_default());
    window.set_onbeforeunload(Some(ask.into_js_value().unchecked_ref()));
}
