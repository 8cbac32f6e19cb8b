//! The words of one language, and its numbers and dates by the browser's `Intl`.

use chinwag_browser::number::digits;
use chinwag_conversation::WallTime;
use wasm_bindgen::JsValue;

use super::{COUNTED, Counted, ENGLISH, Word, fill};
use crate::rim::{
    intl::{Calendar, Plurals, size},
    read,
};

/// Everything that the interface says in one language.
pub(crate) struct Words {
    pub(crate) lang: String,
    table: Vec<String>,
    /// A language table as the build makes it: `words` in their order, and the others by key. What it lacks is English.
    strings: JsValue,
    plurals: Plurals,
    calendar: Calendar,
}

impl Words {
    pub(crate) fn new(lang: &str, strings: &JsValue) -> Self {
        let words = read::get(strings, "words");
        let word = |(at, english): (u64, &str)| read::text(&words, &digits(at)).unwrap_or_else(|| english.to_owned());
        Self {
            table: (0..).zip(ENGLISH.split('\n')).map(word).collect(),
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
