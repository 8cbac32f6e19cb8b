//! What the tests of the rules' engine share: the machine around it, as the server and as a visitor's browser have it.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../../../crates/server/src/engagement/host.rs"]
mod server;

mod bench;

pub use bench::Bench;
use chinwag_targeting::Value;

/// The machine that these tests run on: `regress` and `jiff` natively, `RegExp` and `Intl` in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn machine() -> impl chinwag_targeting::Host {
    server::Native
}

/// The machine that these tests run on: `regress` and `jiff` natively, `RegExp` and `Intl` in a browser.
#[cfg(target_arch = "wasm32")]
pub fn machine() -> impl chinwag_targeting::Host {
    chinwag_scout::machine::Machine::default()
}

/// JSON text as a value.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
