//! The two clocks.

use chinwag_conversation::{Elapsed, WallTime};

/// Milliseconds since the page began, on a clock that only moves forward.
#[must_use]
pub fn elapsed() -> Elapsed {
    let now = web_sys::window().and_then(|window| window.performance()).map(|clock| clock.now());
    Elapsed(now.unwrap_or_else(js_sys::Date::now) as u64)
}

/// The device's wall time. For ids and display; it may be wrong by hours.
#[must_use]
pub fn wall() -> WallTime {
    WallTime(js_sys::Date::now() as u64)
}
