//! What the machine around us supplies: regular expressions, letter case and time zones.
//!
//! In the browser these are `RegExp`, `toLowerCase` and `Intl`; natively `regress`, the standard library and `jiff`.
//! They are tables, not events: the same question must always get the same answer, so `decide` stays deterministic.

/// A compiled regular expression with ECMAScript semantics.
pub trait Pattern {
    /// Is there a match anywhere in `text`?
    fn is_match(&self, text: &str) -> bool;
}

/// The parts of an instant in a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// Calendar year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Day of the week, Monday = 1 to Sunday = 7.
    pub weekday: u8,
    /// Minutes since midnight by the wall clock, 0 to 1439.
    pub minute: u16,
}

/// Supplied once, when the rules are compiled.
pub trait Host {
    /// Compiles a regular expression (no flags but, on request, `i`); `None` when its syntax is wrong.
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Box<dyn Pattern>>;

    /// The local time of `epoch_ms` (milliseconds since 1970 UTC) in an IANA zone; the empty name means the zone of
    /// this device. `None` for a zone that does not exist.
    fn local_time(&self, zone: &str, epoch_ms: f64) -> Option<LocalTime>;

    /// `text` in small letters. Called only for texts with letters beyond ASCII.
    fn lowercase(&self, text: &str) -> String {
        text.to_lowercase()
    }

    /// `decodeURIComponent(text)`, or the text itself when that throws. A browser answers by itself.
    fn decode(&self, text: &str) -> String {
        crate::rules::page::decode(text)
    }

    /// JavaScript's `Number(text)`: blank is 0, anything that is not a number is NaN. A browser answers by itself.
    fn number(&self, text: &str) -> f64 {
        crate::number::parse(text)
    }

    /// JavaScript's `String(number)`. A browser answers by itself.
    fn print(&self, number: f64) -> String {
        crate::number::print(number)
    }
}
