//! All integration tests of the crate in one binary. What visitors get is tested with `--no-default-features`.

mod bucketing;
#[cfg(feature = "tools")]
mod conformance;
mod engine;
#[cfg(feature = "tools")]
mod golden;
mod host;
#[cfg(feature = "tools")]
mod laws;
mod matrix;
mod page;
mod slots;
mod statuses;

use chinwag_targeting::Value;

/// Reads a data file of `tests/cases/targeting`.
fn case(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/targeting/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap_or_else(|e| panic!("{root}{path}: {e}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}
