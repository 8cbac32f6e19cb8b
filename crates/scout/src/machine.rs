//! What `targeting` asks of its surroundings: `RegExp`, `toLowerCase` and `Intl`.

use crate::browser::{Date, Regex};
use crate::value::put;
use chinwag_targeting::{Host, LocalTime, Pattern};
use js_sys::{JsString, Number, Object};
use std::cell::RefCell;
use wasm_bindgen::JsValue;

struct Compiled(Regex);

impl Pattern for Compiled {
    fn is_match(&self, text: &str) -> bool {
        self.0.test(text)
    }
}

/// The browser.
#[derive(Default)]
pub(crate) struct Machine {
    /// Formatting a date is the slowest thing that we do, and its answer holds for the minute: zone, minute, answer.
    known: RefCell<Vec<(String, f64, Option<LocalTime>)>>,
}

impl Host for Machine {
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Box<dyn Pattern>> {
        let regex = Regex::new(source, if ignore_case { "i" } else { "" }).ok()?;
        Some(Box::new(Compiled(regex)))
    }

    fn local_time(&self, zone: &str, epoch_ms: f64) -> Option<LocalTime> {
        let minute = (epoch_ms / 60_000.0).floor();
        let Ok(mut known) = self.known.try_borrow_mut() else { return None };
        if let Some((.., time)) = known.iter().find(|(name, at, _)| name == zone && *at == minute) {
            return *time;
        }
        known.retain(|(_, at, _)| *at == minute);
        let time = local_time(zone, epoch_ms);
        known.push((zone.into(), minute, time));
        time
    }

    fn lowercase(&self, text: &str) -> String {
        JsString::from(text).to_lower_case().into()
    }

    fn decode(&self, text: &str) -> String {
        js_sys::decode_uri_component(text).map_or_else(|_| text.into(), Into::into)
    }

    fn number(&self, text: &str) -> f64 {
        JsValue::from_str(text).unchecked_into_f64()
    }

    fn print(&self, number: f64) -> String {
        Number::from(number).to_string_with_radix(10).map_or_else(|_| String::new(), Into::into)
    }
}

fn local_time(zone: &str, epoch_ms: f64) -> Option<LocalTime> {
    let options = JsValue::from(Object::new());
    for part in ["month", "day", "hour", "minute"] {
        put(&options, part, &"2-digit".into());
    }
    put(&options, "year", &"numeric".into());
    put(&options, "hourCycle", &"h23".into());
    if !zone.is_empty() {
        put(&options, "timeZone", &zone.into());
    }
    // Swedish dates are written year first: 2026-11-20 10:05.
    let text = Date::at(epoch_ms).format("sv-SE", &options).ok()?;
    let mut bytes = text.bytes();
    let mut next = || number(&mut bytes);
    let (year, month, day, hour, minute) = (next(), next(), next(), next(), next());
    Some(LocalTime {
        year: year as i32,
        month: month as u8,
        day: day as u8,
        weekday: weekday(year, month, day),
        minute: (hour * 60 + minute) as u16,
    })
}

/// The next run of digits; 0 when there is none.
fn number(bytes: &mut impl Iterator<Item = u8>) -> u32 {
    let digits = bytes.skip_while(|byte| !byte.is_ascii_digit()).take_while(u8::is_ascii_digit);
    digits.fold(0, |n, digit| n * 10 + u32::from(digit - b'0'))
}

/// Monday = 1 to Sunday = 7, after Sakamoto.
fn weekday(year: u32, month: u32, day: u32) -> u8 {
    let year = if month < 3 { year.saturating_sub(1) } else { year };
    let shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4].get((month as usize).wrapping_sub(1)).copied().unwrap_or(0);
    let sunday_first = (year + year / 4 - year / 100 + year / 400 + shift + day) % 7;
    if sunday_first == 0 { 7 } else { sunday_first as u8 }
}
