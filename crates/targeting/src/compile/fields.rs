//! Reading an object: each getter reports what is wrong with its field and yields what is usable.

use super::Builder;
use crate::problem::{At, Code, Expected, Severity};
use crate::text::{own, position};
use crate::value::{Value, lookup};

/// An object of the document, and where it stands.
pub(super) struct Map<'a, 'b, 'c> {
    pub(super) entries: &'a [(String, Value)],
    pub(super) at: &'c At<'c>,
    pub(super) b: &'b mut Builder<'a>,
}

/// `20s` in milliseconds.
pub(crate) fn duration(text: &str) -> Option<f64> {
    let (mut digits, mut below, mut seen, mut rest) = (0.0, 0.0, false, text.as_bytes());
    while let [byte, after @ ..] = rest {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                digits = digits * 10.0 + f64::from(byte - b'0');
                below *= 10.0;
            }
            // One point, which makes what follows count for less.
            b'.' if below == 0.0 => below = 1.0,
            _ => break,
        }
        rest = after;
    }
    let number = if below > 0.0 { digits / below } else { digits };
    let scale = match rest {
        b"ms" => 1.0,
        b"s" => 1_000.0,
        b"m" => 60_000.0,
        b"h" => 3_600_000.0,
        b"d" => 86_400_000.0,
        _ => return None,
    };
    Some(number * scale).filter(|ms| seen && ms.is_finite())
}

impl<'a> Builder<'a> {
    /// An object with these settings; others are reported.
    pub(super) fn map<'b, 'c>(
        &'b mut self,
        entries: &'a [(String, Value)],
        at: &'c At<'c>,
        known: &'static [&'static str],
    ) -> Map<'a, 'b, 'c> {
        self.known(entries, at, |key| known.contains(&key), || known.to_vec());
        Map { entries, at, b: self }
    }

    /// Reports settings that there are not. In a rule they are errors: one that was to narrow it, and is misspelt, must
    /// not let it fire for everybody; nor must a test pass that says something else than is read.
    pub(super) fn known(
        &mut self,
        entries: &[(String, Value)],
        at: &At<'_>,
        known: impl Fn(&str) -> bool,
        all: impl Fn() -> Vec<&'static str>,
    ) {
        let strict = at.is_below("rules") || at.is_below("tests");
        let severity = if strict { Severity::Error } else { Severity::Warning };
        for (key, _) in entries.iter().filter(|(key, _)| !known(key)) {
            self.problems.add(severity, &at.key(key), Code::UnknownKey, key, Expected::names(&all()));
        }
    }

    pub(super) fn duration(&mut self, value: &Value, at: &At<'_>) -> Option<f64> {
        let ms = value.as_str().and_then(duration);
        if ms.is_none() {
            self.problems.bad_duration(at, value);
        }
        ms
    }

    /// A text, or one for each language.
    pub(super) fn texts(&mut self, value: &Value, at: &At<'_>) -> Option<Value> {
        match value {
            Value::String(_) => {}
            Value::Map(entries) if !entries.is_empty() => {
                for (tag, _) in entries.iter().filter(|(_, text)| text.as_str().is_none()) {
                    self.problems.wrong_type(&at.key(tag), &["a text"]);
                }
            }
            _ => {
                self.problems.wrong_type(at, &["a text, or one text per language"]);
                return None;
            }
        }
        Some(value.clone())
    }

    pub(super) fn choice(
        &mut self,
        given: &str,
        at: &At<'_>,
        code: Code,
        choices: &'static [&'static str],
    ) -> Option<usize> {
        let index = position(choices, given);
        if index.is_none() {
            self.problems.add(Severity::Error, at, code, given, Expected::one_of(choices));
        }
        index
    }

    /// The number of a name that the file defines.
    pub(super) fn named(&mut self, name: &str, names: &[&str], at: &At<'_>, code: Code) -> Option<u16> {
        let index = position(names, name);
        if index.is_none() {
            let known = Expected::names(names);
            self.problems.add(Severity::Error, at, code, name, known);
        }
        index.map(|index| index as u16)
    }

    /// Reports a time zone that does not exist.
    pub(super) fn zone(&mut self, name: &str, at: &At<'_>) -> bool {
        let known = name.is_empty() || self.host.local_time(name, 0.0).is_some();
        if !known {
            self.problems.error(at, Code::UnknownZone, name);
        }
        known
    }
}

impl<'a> Map<'a, '_, '_> {
    #[inline(never)]
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        lookup(self.entries, key)
    }

    /// Reports a value of the wrong type.
    #[inline(never)]
    fn wrong(&mut self, key: &str, expected: &'static [&'static str]) {
        self.b.problems.wrong_type(&self.at.key(key), expected);
    }

    #[inline(never)]
    pub(super) fn str(&mut self, key: &str) -> Option<&'a str> {
        let value = self.get(key)?;
        if value.as_str().is_none() {
            self.wrong(key, &["a text"]);
        }
        value.as_str()
    }

    #[inline(never)]
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.str(key).map(own)
    }

    /// A text that has to be there.
    #[inline(never)]
    pub(super) fn needed(&mut self, key: &str) -> Option<String> {
        if self.get(key).is_none() {
            self.b.problems.missing(self.at, key);
        }
        self.text(key)
    }

    #[inline(never)]
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        if value.as_bool().is_none() {
            self.wrong(key, &["true or false"]);
        }
        value.as_bool()
    }

    #[inline(never)]
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let value = self.get(key)?;
        if value.as_f64().is_none() {
            self.wrong(key, &["a number"]);
        }
        value.as_f64()
    }

    /// A number within bounds.
    #[inline(never)]
    pub(super) fn between(&mut self, key: &str, low: f64, high: f64) -> Option<f64> {
        let number = self.number(key)?;
        if (low..=high).contains(&number) {
            return Some(number);
        }
        self.b.problems.bounds(&self.at.key(key), low, high);
        None
    }

    #[inline(never)]
    pub(super) fn duration(&mut self, key: &str) -> Option<f64> {
        let value = self.get(key)?;
        self.b.duration(value, &self.at.key(key))
    }

    #[inline(never)]
    pub(super) fn choice(&mut self, key: &str, choices: &'static [&'static str]) -> Option<usize> {
        let given = self.str(key)?;
        self.b.choice(given, &self.at.key(key), Code::UnknownChoice, choices)
    }

    /// The place of the choice; that of the first when there is none.
    #[inline(never)]
    pub(super) fn pick(&mut self, key: &str, choices: &'static [&'static str]) -> usize {
        self.choice(key, choices).unwrap_or(0)
    }

    /// Milliseconds.
    #[inline(never)]
    pub(super) fn lasting(&mut self, key: &str, otherwise: f64) -> f64 {
        self.duration(key).unwrap_or(otherwise)
    }

    #[inline(never)]
    pub(super) fn items(&mut self, key: &str) -> &'a [Value] {
        let Some(value) = self.get(key) else { return &[] };
        if value.as_list().is_none() {
            self.wrong(key, &["a list"]);
        }
        value.as_list().unwrap_or(&[])
    }

    #[inline(never)]
    fn object(&mut self, key: &str) -> Option<&'a [(String, Value)]> {
        let value = self.get(key)?;
        if value.as_map().is_none() {
            self.wrong(key, &["an object"]);
        }
        value.as_map()
    }

    pub(super) fn entries(&mut self, key: &str) -> &'a [(String, Value)] {
        self.object(key).unwrap_or(&[])
    }

    /// The texts of a list.
    #[inline(never)]
    pub(super) fn strings(&mut self, key: &str) -> Vec<&'a str> {
        let at = self.at.key(key);
        let mut texts = Vec::new();
        for (i, item) in self.items(key).iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(text),
                None => self.b.problems.wrong_type(&at.index(i), &["a text"]),
            }
        }
        texts
    }

    /// The object under `key`, which stands at `at`.
    pub(super) fn child<'c>(
        &mut self,
        key: &str,
        at: &'c At<'c>,
        known: &'static [&'static str],
    ) -> Option<Map<'a, '_, 'c>> {
        let entries = self.object(key)?;
        Some(self.b.map(entries, at, known))
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn reads_durations() {
        for (text, ms) in
            [("300ms", 300.0), ("20s", 20_000.0), ("1.5h", 5_400_000.0), ("7d", 604_800_000.0), ("0s", 0.0)]
        {
            assert_eq!(duration(text), Some(ms), "{text}");
        }
        for wrong in ["20", "s", "", "20 s", "-5s", "5 minutes", "1.2.3s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
