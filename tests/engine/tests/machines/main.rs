//! The same data natively (`cargo test`) and in a browser (`./build.sh browser`): what a rule means may not depend on where
//! it runs.

mod conformance;
mod schedules;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
