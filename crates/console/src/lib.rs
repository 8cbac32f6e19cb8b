//! The web app of the agents.
//!
//! `model` is pure: one value, one function from actions to effects. `view` draws it and emits actions. `rim` and `api`
//! carry out the effects and are the only parts that touch the browser.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod api;
mod app;
pub mod model;
mod rim;
mod view;

use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the console into the page.
#[wasm_bindgen]
pub fn start() {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.get_element_by_id("console")) {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
