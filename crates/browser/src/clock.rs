//! The two clocks.

use chinwag_conversation::{Elapsed, WallTime};

use crate::js;

/// Milliseconds since the page began, on a clock that only moves forward.
#[must_use]
pub fn elapsed() -> Elapsed {
    let now = js::call(&js::global("performance"), "now", &[]).ok().and_then(|now| now.as_f64());
    Elapsed(now.unwrap_or_else(js_sys::Date::now) as u64)
}

/// The device's wall time. For ids and display; it may be wrong by hours.
#[must_use]
pub fn wall() -> WallTime {
    WallTime(js_sys::Date::now() as u64)
}
