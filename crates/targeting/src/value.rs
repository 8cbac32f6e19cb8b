//! The JSON-like value that every document, fact and condition operand is made of.
//!
//! Our own small enum, and not `serde_json::Value`, because the browser builds it straight from JavaScript values and
//! must not pay for a JSON parser that it never runs.

mod serde;

/// A JSON value. Maps keep the order of the source, because plain equality of objects in GrowthBook conditions is
/// equality of their JSON texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number, as JavaScript has it.
    Number(f64),
    /// A text.
    String(String),
    /// An array.
    List(Vec<Value>),
    /// An object, in source order. A repeated key counts with its last value.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The text, when this is one.
    #[inline(never)]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when this is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The boolean, when this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The elements, when this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, when this is a map.
    pub fn as_map(&self) -> Option<&[(String, Value)]> {
        match self {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under `key`, when this is a map that has it.
    #[inline(never)]
    pub fn get(&self, key: &str) -> Option<&Value> {
        lookup(self.as_map()?, key)
    }

    /// How deep lists and maps are nested: 0 for a scalar. Stops counting at `limit`.
    pub(crate) fn depth(&self, limit: usize) -> usize {
        if limit == 0 {
            return 0;
        }
        match self {
            Value::List(items) => 1 + items.iter().map(|v| v.depth(limit - 1)).max().unwrap_or(0),
            Value::Map(entries) => 1 + entries.iter().map(|(_, v)| v.depth(limit - 1)).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// A lower bound of the length of the JSON text, in bytes.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Value::String(text) => text.len() + 2,
            Value::List(items) => items.iter().map(|v| v.weight() + 1).sum::<usize>() + 1,
            Value::Map(entries) => entries.iter().map(|(k, v)| k.len() + v.weight() + 4).sum::<usize>() + 1,
            _ => 1,
        }
    }
}

/// The last value under `key`.
#[inline(never)]
pub(crate) fn lookup<'a>(entries: &'a [(String, Value)], key: &str) -> Option<&'a Value> {
    entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(crate::text::own(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::List(items)
    }
}
