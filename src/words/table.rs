//! The words of one language, and its numbers and dates by the browser's `Intl`.

use chinwag_conversation::WallTime;
use wasm_bindgen::JsValue;

use super::{CATEGORIES, COUNTED, Counted, WORDS, Word, fill};
use crate::rim::{
    intl::{Calendar, Plurals},
    read,
};

/// Everything that the interface says in one language.
pub(crate) struct Words {
    pub(crate) lang: String,
    /// `ltr` or `rtl`.
    pub(crate) dir: &'static str,
    table: Vec<Option<String>>,
    counted: Vec<Option<String>>,
    plurals: Plurals,
    calendar: Calendar,
}

impl Words {
    /// `strings` is a parsed language table; what it lacks is English.
    pub(crate) fn new(lang: &str, dir: Option<&str>, strings: &JsValue) -> Self {
        let counted = COUNTED.iter().flat_map(|(key, _, _)| {
            CATEGORIES.iter().map(|category| read::text(strings, &[key, ".", category].concat()))
        });
        Self {
            dir: direction(lang, dir),
            table: WORDS.iter().map(|(key, _)| read::text(strings, key)).collect(),
            counted: counted.collect(),
            plurals: Plurals::new(lang),
            calendar: Calendar::new(lang),
            lang: lang.to_owned(),
        }
    }

    pub(crate) fn get(&self, word: Word) -> &str {
        let english = WORDS.get(word as usize).map_or("", |(_, english)| english);
        self.table.get(word as usize).and_then(Option::as_deref).unwrap_or(english)
    }

    /// A text with one name in it.
    pub(crate) fn with(&self, word: Word, name: &str, value: &str) -> String {
        fill(self.get(word), name, value)
    }

    pub(crate) fn count(&self, counted: Counted, count: u32) -> String {
        let known = |category: &str| {
            let place = CATEGORIES.iter().position(|known| *known == category)?;
            self.counted.get(counted as usize * CATEGORIES.len() + place)?.as_deref()
        };
        let text = known(&self.plurals.category(count)).or_else(|| known("other"));
        let english = COUNTED.get(counted as usize).map_or("", |(_, one, other)| if count == 1 { one } else { other });
        fill(text.unwrap_or(english), "count", &self.plurals.number(count))
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
