//! Numbers and dates as the browser writes them in the visitor's language.

use chinwag_browser::js;
use chinwag_conversation::WallTime;
use wasm_bindgen::JsValue;

use super::read::object;

/// `new Intl.Class(lang, options)`, or the browser's own language where it does not know that tag.
fn made(class: &str, lang: &str, options: &JsValue) -> JsValue {
    let make = |tag: &JsValue| js::make(&js::get(&js::global("Intl"), class), &[tag, options]);
    make(&lang.into()).or_else(|_| make(&JsValue::UNDEFINED)).unwrap_or_default()
}

/// What an object of `Intl` makes of a number; empty where there is no such object.
fn written(by: &JsValue, method: &str, number: f64) -> String {
    js::call(by, method, &[&number.into()]).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

pub(crate) struct Plurals {
    rules: JsValue,
    numbers: JsValue,
}

impl Plurals {
    pub(crate) fn new(lang: &str) -> Self {
        let none = JsValue::UNDEFINED;
        Self { rules: made("PluralRules", lang, &none), numbers: made("NumberFormat", lang, &none) }
    }

    pub(crate) fn category(&self, count: u32) -> String {
        written(&self.rules, "select", count.into())
    }

    pub(crate) fn number(&self, count: u32) -> String {
        written(&self.numbers, "format", count.into())
    }
}

/// A number of bytes, in KB or MB.
pub(crate) fn size(lang: &str, bytes: u64) -> String {
    let (unit, step) = if bytes < 1 << 20 { ("kilobyte", 1_024.0) } else { ("megabyte", 1_048_576.0) };
    let options = object(&[("style", "unit"), ("unit", unit), ("maximumFractionDigits", "1")]);
    written(&made("NumberFormat", lang, &options), "format", (bytes as f64 / step).max(0.1))
}

pub(crate) struct Calendar {
    time: JsValue,
    day: JsValue,
    relative: JsValue,
}

impl Calendar {
    pub(crate) fn new(lang: &str) -> Self {
        let time = object(&[("hour", "numeric"), ("minute", "2-digit")]);
        let day = object(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]);
        let relative = object(&[("numeric", "auto")]);
        Self {
            time: made("DateTimeFormat", lang, &time),
            day: made("DateTimeFormat", lang, &day),
            relative: made("RelativeTimeFormat", lang, &relative),
        }
    }

    pub(crate) fn time(&self, at: WallTime) -> String {
        written(&self.time, "format", at.0 as f64)
    }

    pub(crate) fn day(&self, at: WallTime, now: WallTime) -> String {
        let ago = day_of(now) - day_of(at);
        if (0..=1).contains(&ago) && self.relative.is_object() {
            let said = js::call(&self.relative, "format", &[&(-(ago as f64)).into(), &"day".into()]);
            return said.ok().and_then(|text| text.as_string()).unwrap_or_default();
        }
        written(&self.day, "format", at.0 as f64)
    }
}

/// Numbers the calendar days of the device's time zone.
pub(crate) fn day_of(at: WallTime) -> i64 {
    let date = js::construct("Date", &[&(at.0 as f64).into()]).unwrap_or_default();
    let offset = js::call(&date, "getTimezoneOffset", &[]).ok().and_then(|minutes| minutes.as_f64());
    let local_ms = at.0 as i64 - offset.unwrap_or(0.0) as i64 * 60_000;
    local_ms.div_euclid(86_400_000)
}
