//! Numbers and dates as the browser writes them in the visitor's language.

use chinwag_conversation::WallTime;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::read::object;

// A tag that the browser refuses must not throw through the module: every constructor is caught.
#[wasm_bindgen]
extern "C" {
    type PluralRules;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(tag: &JsValue) -> Result<PluralRules, JsValue>;
    #[wasm_bindgen(method)]
    fn select(this: &PluralRules, number: f64) -> String;

    type NumberFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(tag: &JsValue) -> Result<NumberFormat, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &NumberFormat, number: f64) -> String;

    type DateTimeFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(tag: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn format(this: &DateTimeFormat, at: f64) -> Result<String, JsValue>;

    type RelativeTimeFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(tag: &JsValue, options: &JsValue) -> Result<RelativeTimeFormat, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &RelativeTimeFormat, value: f64, unit: &str) -> String;
}

/// The language, or the browser's own where it does not know that tag.
fn tried<T>(lang: &str, make: impl Fn(&JsValue) -> Result<T, JsValue>) -> Option<T> {
    make(&lang.into()).or_else(|_| make(&JsValue::UNDEFINED)).ok()
}

pub(crate) struct Plurals {
    rules: Option<PluralRules>,
    numbers: Option<NumberFormat>,
}

impl Plurals {
    pub(crate) fn new(lang: &str) -> Self {
        Self { rules: tried(lang, PluralRules::new), numbers: tried(lang, NumberFormat::new) }
    }

    pub(crate) fn category(&self, count: u32) -> String {
        self.rules.as_ref().map_or_else(|| "other".into(), |rules| rules.select(count.into()))
    }

    pub(crate) fn number(&self, count: u32) -> String {
        self.numbers.as_ref().map_or_else(String::new, |numbers| numbers.format(count.into()))
    }
}

pub(crate) struct Calendar {
    time: Option<DateTimeFormat>,
    day: Option<DateTimeFormat>,
    relative: Option<RelativeTimeFormat>,
}

impl Calendar {
    pub(crate) fn new(lang: &str) -> Self {
        let time = object(&[("hour", "numeric"), ("minute", "2-digit")]);
        let day = object(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]);
        let relative = object(&[("numeric", "auto")]);
        Self {
            time: tried(lang, |tag| DateTimeFormat::new(tag, &time)),
            day: tried(lang, |tag| DateTimeFormat::new(tag, &day)),
            relative: tried(lang, |tag| RelativeTimeFormat::new(tag, &relative)),
        }
    }

    pub(crate) fn time(&self, at: WallTime) -> String {
        written(self.time.as_ref(), at)
    }

    pub(crate) fn day(&self, at: WallTime, now: WallTime) -> String {
        let ago = day_of(now) - day_of(at);
        match &self.relative {
            Some(relative) if (0..=1).contains(&ago) => relative.format(-(ago as f64), "day"),
            _ => written(self.day.as_ref(), at),
        }
    }
}

fn written(format: Option<&DateTimeFormat>, at: WallTime) -> String {
    format.and_then(|format| format.format(at.0 as f64).ok()).unwrap_or_default()
}

/// Numbers the calendar days of the device's time zone.
pub(crate) fn day_of(at: WallTime) -> i64 {
    let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
    let local_ms = at.0 as i64 - date.get_timezone_offset() as i64 * 60_000;
    local_ms.div_euclid(86_400_000)
}
