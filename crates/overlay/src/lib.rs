//! The overlay: the scout with a window in it. The loader brings it in instead of the scout when the address of the page has
//! `?chinwag-debug` or `?chinwag-preview=<rule>[:variation]`, and talks to it in the same way.
//!
//! It runs the scout's own code, so what it shows is what the page does, and not what a second engine would do. A preview
//! runs nothing of it: it hands one decision to the loader, and what comes of it is counted nowhere.
//!
//! `report` and `preview` are pure; `rim` touches the browser; `view` draws.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod app;
mod corner;
pub mod preview;
pub mod report;
mod rim;
mod sight;
mod view;

use std::cell::RefCell;

use chinwag_scout::watched;
use wasm_bindgen::prelude::*;
use yew::AppHandle;

use app::{App, Bar};

/// What stands in the page.
enum Face {
    Watch(AppHandle<App>),
    Preview(AppHandle<Bar>),
}

thread_local! {
    static FACE: RefCell<Option<Face>> = const { RefCell::new(None) };
}

fn previews() -> bool {
    FACE.with_borrow(|face| matches!(face, Some(Face::Preview(_))))
}

/// Works with the scout, unless a rule is previewed; and looks again when it has heard something.
fn tell<T: Default>(act: impl FnOnce() -> T) -> T {
    if previews() {
        return T::default();
    }
    let before = watched::count();
    let answer = act();
    if watched::count() != before {
        look();
    }
    answer
}

fn look() {
    FACE.with_borrow(|face| {
        if let Some(Face::Watch(app)) = face {
            app.send_message(app::Msg::Look);
        }
    });
}

/// As the scout's.
#[wasm_bindgen]
pub fn start(engagement: JsValue, context: JsValue, host: JsValue) {
    destroy();
    let wanted = rim::parameter("chinwag-preview");
    if wanted.is_none() {
        chinwag_scout::start(engagement.clone(), context, host.clone());
    }
    let Some(root) = rim::build() else { return };
    let face = match wanted {
        Some(wanted) => {
            let program = rim::text(&rim::get(&engagement, "program"));
            let props = app::BarProps { program, wanted, decision: rim::Decision::new(&host) };
            Face::Preview(yew::Renderer::<Bar>::with_root_and_props(root, props).render())
        }
        None => Face::Watch(yew::Renderer::<App>::with_root(root).render()),
    };
    FACE.with_borrow_mut(|place| *place = Some(face));
}

/// As the scout's. What happens in the overlay itself is no sign of anything.
#[wasm_bindgen]
pub fn hear(given: JsValue) {
    if !rim::is_own(&given) {
        tell(|| chinwag_scout::hear(given));
    }
}

/// As the scout's.
#[wasm_bindgen]
pub fn set(facts: JsValue) {
    tell(|| chinwag_scout::set(facts));
}

/// As the scout's.
#[wasm_bindgen]
pub fn track(name: JsValue, data: JsValue) {
    tell(|| chinwag_scout::track(name, data));
}

/// As the scout's.
#[wasm_bindgen]
pub fn page(url: JsValue) {
    tell(|| {
        watched::turn_page();
        chinwag_scout::page(url);
    });
}

/// As the scout's.
#[wasm_bindgen]
pub fn answer(rule: JsValue, outcome: JsValue) {
    tell(|| chinwag_scout::answer(rule, outcome));
}

/// As the scout's.
#[wasm_bindgen]
pub fn conversation(moment: JsValue) {
    tell(|| chinwag_scout::conversation(moment));
}

/// As the scout's.
#[wasm_bindgen]
pub fn consent(given: JsValue) {
    tell(|| chinwag_scout::consent(given));
}

/// As the scout's.
#[wasm_bindgen]
pub fn engagement(engagement: JsValue) {
    tell(|| {
        watched::turn_page();
        chinwag_scout::engagement(engagement);
    });
    look();
}

/// As the scout's.
#[wasm_bindgen]
pub fn availability(status: JsValue) {
    tell(|| chinwag_scout::availability(status));
}

/// As the scout's; empty in a preview.
#[wasm_bindgen]
pub fn explain(rule: JsValue) -> JsValue {
    tell(|| chinwag_scout::explain(rule))
}

/// As the scout's; the overlay goes, too.
#[wasm_bindgen]
pub fn destroy() {
    chinwag_scout::destroy();
    match FACE.take() {
        Some(Face::Watch(app)) => app.destroy(),
        Some(Face::Preview(bar)) => bar.destroy(),
        None => {}
    }
    rim::clear();
}
