//! The playground: rules tried out in the browser that they are written in.
//!
//! `bench` is pure: the text, a situation, and what the rules make of it. `view` draws it and emits actions; `rim`,
//! `keep` and `machine` are the only parts that ask the browser. Nothing is sent to any server.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app;
pub mod bench;
mod keep;
mod machine;
mod rim;
mod view;

use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the playground into the page.
#[wasm_bindgen]
pub fn start() {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.get_element_by_id("playground")) {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
