//! A borrowed look at a fact.

use super::Why;
use crate::host::Host;
use crate::text::{cut, own};
use crate::value::{Value, lookup};

#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'a> {
    /// There is no value.
    Unknown(Why),
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    List(&'a [Value]),
    Map(&'a [(String, Value)]),
}

impl<'a> View<'a> {
    #[inline(never)]
    pub(crate) fn of(value: &'a Value) -> View<'a> {
        match value {
            Value::Null => View::Null,
            Value::Bool(v) => View::Bool(*v),
            Value::Number(v) => View::Number(*v),
            Value::String(v) => View::Text(v),
            Value::List(v) => View::List(v),
            Value::Map(v) => View::Map(v),
        }
    }

    /// One step of a dotted path: a key of a map or an index of a list. Never a method or property of JavaScript.
    #[inline(never)]
    pub(crate) fn step(self, key: &str) -> View<'a> {
        let found = match self {
            View::Map(entries) => lookup(entries, key),
            View::List(items) => index(key).and_then(|i| items.get(i)),
            View::Unknown(why) => return View::Unknown(why),
            _ => None,
        };
        found.map_or(View::Unknown(Why::Missing), View::of)
    }

    pub(crate) fn walk(self, path: &str) -> View<'a> {
        let (mut view, mut left) = (self, Some(path));
        while let Some(path) = left {
            let (key, rest) = cut(path, b'.');
            view = view.step(key);
            left = rest;
        }
        view
    }

    /// Absent and null are one thing everywhere but in `$type`.
    #[inline(never)]
    pub(crate) fn is_absent(self) -> bool {
        matches!(self, View::Unknown(_) | View::Null)
    }

    pub(crate) fn is_truthy(self) -> bool {
        match self {
            View::Unknown(_) | View::Null => false,
            View::Bool(v) => v,
            View::Number(v) => v != 0.0 && !v.is_nan(),
            View::Text(v) => !v.is_empty(),
            View::List(_) | View::Map(_) => true,
        }
    }

    /// JavaScript's `String(value)`.
    pub(crate) fn text(self, host: &dyn Host) -> String {
        match self {
            View::Unknown(_) | View::Null => own("null"),
            View::Bool(v) => own(if v { "true" } else { "false" }),
            View::Number(v) => host.print(v),
            View::Text(v) => own(v),
            View::Map(_) => own("[object Object]"),
            View::List(items) => {
                let mut text = String::new();
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        text.push(',');
                    }
                    if *item != Value::Null {
                        text.push_str(&View::of(item).text(host));
                    }
                }
                text
            }
        }
    }

    /// JavaScript's `Number(value)`.
    pub(crate) fn number(self, host: &dyn Host) -> f64 {
        match self {
            View::Unknown(_) | View::Null => 0.0,
            View::Bool(v) => f64::from(u8::from(v)),
            View::Number(v) => v,
            View::Text(v) => host.number(v),
            View::Map(_) => f64::NAN,
            View::List(_) => host.number(&self.text(host)),
        }
    }

    /// The name that `$type` compares with.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            View::Unknown(_) => "undefined",
            View::Null => "null",
            View::Bool(_) => "boolean",
            View::Number(_) => "number",
            View::Text(_) => "string",
            View::List(_) => "array",
            View::Map(_) => "object",
        }
    }
}

/// A canonical list index: digits, no leading zero.
fn index(key: &str) -> Option<usize> {
    let canonical = key == "0" || !key.starts_with('0');
    let digits = !key.is_empty() && key.len() < 7 && key.bytes().all(|b| b.is_ascii_digit());
    (canonical && digits).then(|| key.bytes().fold(0, |n, b| n * 10 + usize::from(b - b'0')))
}
