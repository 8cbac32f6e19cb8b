//! The words of one language, and its numbers and dates by the browser's `Intl`.

use chinwag_conversation::WallTime;
use wasm_bindgen::JsValue;

use super::{COUNTED, Counted, WORDS, Word, fill};
use crate::rim::{
    intl::{Calendar, Plurals, size},
    read,
};

/// Everything that the interface says in one language.
pub(crate) struct Words {
    pub(crate) lang: String,
    /// `ltr` or `rtl`.
    pub(crate) dir: &'static str,
    table: Vec<String>,
    /// A parsed language table; what it lacks is English.
    strings: JsValue,
    plurals: Plurals,
    calendar: Calendar,
}

impl Words {
    pub(crate) fn new(lang: &str, dir: Option<&str>, strings: &JsValue) -> Self {
        let word = |(key, english): &(&str, &str)| read::text(strings, key).unwrap_or_else(|| (*english).to_owned());
        Self {
            dir: direction(lang, dir),
            table: WORDS.iter().map(word).collect(),
            strings: strings.clone(),
            plurals: Plurals::new(lang),
            calendar: Calendar::new(lang),
            lang: lang.to_owned(),
        }
    }

    pub(crate) fn get(&self, word: Word) -> &str {
        self.table.get(word as usize).map_or("", String::as_str)
    }

    /// A text with one name in it.
    pub(crate) fn with(&self, word: Word, name: &str, value: &str) -> String {
        fill(self.get(word), name, value)
    }

    pub(crate) fn count(&self, counted: Counted, count: u32) -> String {
        let (key, one, other) = COUNTED.get(counted as usize).copied().unwrap_or_default();
        let known = |category: &str| read::text(&self.strings, &[key, ".", category].concat());
        let text = known(&self.plurals.category(count)).or_else(|| known("other"));
        let english = if count == 1 { one } else { other };
        fill(text.as_deref().unwrap_or(english), "count", &self.plurals.number(count))
    }

    /// A number of bytes.
    pub(crate) fn size(&self, bytes: u64) -> String {
        size(&self.lang, bytes)
    }

    /// Hour and minute.
    pub(crate) fn time(&self, at: WallTime) -> String {
        self.calendar.time(at)
    }

    /// "today", "yesterday", or the date.
    pub(crate) fn day(&self, at: WallTime, now: WallTime) -> String {
        self.calendar.day(at, now)
    }
}

fn direction(lang: &str, given: Option<&str>) -> &'static str {
    let base = lang.split(['-', '_']).next().unwrap_or_default();
    let natural = matches!(base, "ar" | "he" | "iw" | "fa" | "ur" | "ps" | "sd" | "yi" | "dv");
    match given {
        Some("rtl") => "rtl",
        Some("ltr") => "ltr",
        _ if natural => "rtl",
        _ => "ltr",
    }
}
