//! Times in the agent's own zone and habit, by the browser's own formatter.

use chinwag_conversation::WallTime;
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

const DAY_MS: f64 = 86_400_000.0;

fn date(at: WallTime) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

fn format(at: WallTime, options: &[(&str, &str)]) -> String {
    let wanted = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    String::from(date(at).to_locale_string("default", &wanted))
}

/// Number of the local day.
#[must_use]
pub(crate) fn day(at: WallTime) -> i64 {
    let offset = date(at).get_timezone_offset() * 60_000.0;
    ((at.0 as f64 - offset) / DAY_MS).floor() as i64
}

/// "14:32".
#[must_use]
pub(crate) fn time(at: WallTime) -> String {
    format(at, &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// "Today", "Yesterday", "Tuesday, 3 March".
#[must_use]
pub(crate) fn day_name(at: WallTime, now: WallTime) -> String {
    match day(now) - day(at) {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        2..300 => format(at, &[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
        _ => format(at, &[("day", "numeric"), ("month", "long"), ("year", "numeric")]),
    }
}

/// Day and time, for details and tooltips.
#[must_use]
pub(crate) fn full(at: WallTime) -> String {
    format(at, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// For machines: the `datetime` attribute.
#[must_use]
pub(crate) fn iso(at: WallTime) -> String {
    String::from(date(at).to_iso_string())
}

/// "20 Nov 2026" of a day like `2026-11-20`, which is a day and no instant.
#[must_use]
pub(crate) fn calendar_day(day: &str) -> String {
    let date = Date::new(&JsValue::from_str(day));
    let wanted = Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeZone", "UTC")] {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    String::from(date.to_locale_date_string("default", &wanted))
}
