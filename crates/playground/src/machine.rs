//! What `targeting` asks of its surroundings: `RegExp`, `toLowerCase` and `Intl`.

use chinwag_targeting::{Host, LocalTime, Pattern};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `RegExp`, whose constructor throws on wrong syntax.
    #[wasm_bindgen(js_name = RegExp)]
    type Regex;
    #[wasm_bindgen(constructor, catch, js_class = "RegExp")]
    fn new(source: &str, flags: &str) -> Result<Regex, JsValue>;
    #[wasm_bindgen(method)]
    fn test(this: &Regex, text: &str) -> bool;

    /// `Date`, whose formatting throws on a time zone that does not exist.
    type Date;
    #[wasm_bindgen(constructor, js_class = "Date")]
    fn at(epoch_ms: f64) -> Date;
    #[wasm_bindgen(method, catch, js_name = toLocaleString)]
    fn format(this: &Date, locale: &str, options: &JsValue) -> Result<String, JsValue>;
}

struct Compiled(Regex);

impl Pattern for Compiled {
    fn is_match(&self, text: &str) -> bool {
        self.0.test(text)
    }
}

/// The browser.
pub(crate) struct Machine;

impl Host for Machine {
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Box<dyn Pattern>> {
        let regex = Regex::new(source, if ignore_case { "i" } else { "" }).ok()?;
        Some(Box::new(Compiled(regex)))
    }

    fn local_time(&self, zone: &str, epoch_ms: f64) -> Option<LocalTime> {
        let digits = written(zone, epoch_ms)?;
        let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
        let (year, month, day) = (number(0, 4)?, number(5, 7)? as u8, number(8, 10)? as u8);
        let minute = number(11, 13)? * 60 + number(14, 16)?;
        Some(LocalTime { year: year.into(), month, day, weekday: weekday(year, month, day), minute })
    }

    fn lowercase(&self, text: &str) -> String {
        js_sys::JsString::from(text).to_lower_case().into()
    }
}

/// `2026-11-20 10:05` in a zone; the empty name is the browser's own. Swedish dates are written so.
pub(crate) fn written(zone: &str, epoch_ms: f64) -> Option<String> {
    let options = JsValue::from(Object::new());
    let parts =
        [("year", "numeric"), ("month", "2-digit"), ("day", "2-digit"), ("hour", "2-digit"), ("minute", "2-digit")];
    let zone = [("timeZone", zone)].into_iter().filter(|(_, zone)| !zone.is_empty());
    for (name, value) in parts.into_iter().chain([("hourCycle", "h23")]).chain(zone) {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    Date::at(epoch_ms).format("sv-SE", &options).ok()
}

/// Monday = 1 to Sunday = 7, after Sakamoto.
fn weekday(year: u16, month: u8, day: u8) -> u8 {
    let year = u32::from(year) - u32::from(month < 3);
    let shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4].get(usize::from(month).wrapping_sub(1)).copied().unwrap_or(0);
    let sunday_first = (year + year / 4 - year / 100 + year / 400 + shift + u32::from(day)) % 7;
    if sunday_first == 0 { 7 } else { sunday_first as u8 }
}
