//! All integration tests of the crate in one binary.

mod bucketing;
mod conformance;
#[cfg(feature = "tools")]
mod editing;
mod engine;
mod experiment;
#[cfg(feature = "tools")]
mod given;
mod golden;
mod host;
mod laws;
mod matrix;
mod page;
mod program;
#[cfg(feature = "tools")]
mod reference;
mod results;
mod signals;
mod slots;
mod statuses;
#[cfg(feature = "tools")]
mod words;

use chinwag_targeting::Value;

/// Reads a data file of `tests/cases/targeting`.
fn case(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/targeting/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap_or_else(|e| panic!("{root}{path}: {e}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}
