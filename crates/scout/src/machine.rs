//! What `targeting` asks of its surroundings: `RegExp`, `toLowerCase` and `Intl`.

use crate::js::{NONE, ask, call, get, is, make, number, parse, text, window};
use chinwag_targeting::{Host, LocalTime, Pattern};
use std::cell::Cell;
use wasm_bindgen::JsValue;

struct Regex {
    regex: JsValue,
    /// The text before and its answer. What rules look at, the address above all, is the same in most passes, and handing a
    /// text over to JavaScript takes longer than all the rest of a condition.
    last: Cell<Option<(String, bool)>>,
}

impl Pattern for Regex {
    fn is_match(&self, text: &str) -> bool {
        let last = match self.last.take() {
            Some(last) if last.0 == text => last,
            _ => (text.into(), is(&ask(&self.regex, "test", text))),
        };
        let found = last.1;
        self.last.set(Some(last));
        found
    }
}

/// The browser.
#[derive(Default)]
pub struct Machine {
    /// Formatting a date is the slowest thing that we do, and its answer holds for the minute: zone, minute, answer.
    known: Cell<Vec<(String, f64, Option<LocalTime>)>>,
}

impl Host for Machine {
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Box<dyn Pattern>> {
        let regex = make("RegExp", source.into(), if ignore_case { "i" } else { "" }.into());
        if regex.is_object() { Some(Box::new(Regex { regex, last: Cell::new(None) })) } else { None }
    }

    fn local_time(&self, zone: &str, epoch_ms: f64) -> Option<LocalTime> {
        let minute = (epoch_ms / 60_000.0).floor();
        let mut known = self.known.take();
        let found = known.iter().find(|(name, at, _)| name == zone && *at == minute).map(|(.., time)| *time);
        let time = found.unwrap_or_else(|| {
            if known.last().is_some_and(|(_, at, _)| *at != minute) {
                known.clear();
            }
            let time = local_time(zone, epoch_ms);
            known.push((zone.into(), minute, time));
            time
        });
        self.known.set(known);
        time
    }

    fn lowercase(&self, given: &str) -> String {
        text(&call(&make("String", given.into(), NONE), "toLowerCase", NONE, NONE, NONE))
    }

    fn decode(&self, given: &str) -> String {
        crate::facts::plain(given)
    }

    fn number(&self, given: &str) -> f64 {
        number(&ask(&window(), "Number", given))
    }

    fn print(&self, number: f64) -> String {
        text(&call(&window(), "String", number.into(), NONE, NONE))
    }
}

fn local_time(zone: &str, epoch_ms: f64) -> Option<LocalTime> {
    // Names of zones have no letters that JSON writes otherwise; others are no zones.
    let (name, end) = if zone.is_empty() { ("", "}") } else { (r#","timeZone":""#, "\"}") };
    let options = [r#"{"dateStyle":"short","timeStyle":"short""#, name, zone, end].concat();
    // Swedish dates are written year first: 2026-11-20 10:05.
    let format = call(&get(&window(), "Intl"), "DateTimeFormat", "sv-SE".into(), parse(&options), NONE);
    let text = call(&format, "format", epoch_ms.into(), NONE, NONE).as_string()?;
    let mut bytes = text.bytes();
    let mut next = || digits(&mut bytes);
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
#[inline(never)]
fn digits(bytes: &mut std::str::Bytes<'_>) -> u32 {
    let digits = bytes.skip_while(|byte| !byte.is_ascii_digit()).take_while(u8::is_ascii_digit);
    digits.fold(0, |n, digit| n * 10 + u32::from(digit - b'0'))
}

/// Monday = 1 to Sunday = 7, after Sakamoto.
fn weekday(year: u32, month: u32, day: u32) -> u8 {
    let year = if month < 3 { year.saturating_sub(1) } else { year };
    let shift = b"032503514624".get((month as usize).wrapping_sub(1)).map_or(0, |digit| u32::from(digit - b'0'));
    let sunday_first = (year + year / 4 - year / 100 + year / 400 + shift + day) % 7;
    if sunday_first == 0 { 7 } else { sunday_first as u8 }
}
