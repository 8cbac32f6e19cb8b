//! Comparisons of two values, with JavaScript's conversions or without.

use super::{Order, View, Why};
use crate::host::Host;
use core::cmp::Ordering;

impl Order {
    pub(crate) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Order::Less => ordering == Ordering::Less,
            Order::LessOrEqual => ordering != Ordering::Greater,
            Order::Greater => ordering == Ordering::Greater,
            Order::GreaterOrEqual => ordering != Ordering::Less,
            Order::Equal => ordering == Ordering::Equal,
            Order::NotEqual => ordering != Ordering::Equal,
        }
    }
}

/// Texts compare by UTF-16 code units, as JavaScript's do.
pub(crate) fn texts(a: &str, b: &str) -> Ordering {
    // In UTF-8 they stand so already, but for what UTF-16 writes in two units: that comes before U+E000 there.
    let rank = |byte: u8| if matches!(byte, 0xee | 0xef) { byte + 16 } else { byte };
    a.bytes().map(rank).cmp(b.bytes().map(rank))
}

/// JavaScript's `<` and its kin: texts as texts, everything else as numbers. `None` with NaN.
pub(crate) fn converting(a: View<'_>, b: View<'_>, host: &dyn Host) -> Option<Ordering> {
    let textual = |v| matches!(v, View::Text(_) | View::List(_) | View::Map(_));
    if textual(a) && textual(b) {
        return Some(texts(&a.text(host), &b.text(host)));
    }
    a.number(host).partial_cmp(&b.number(host))
}

/// Numbers with numbers or numeric texts, texts with texts, and nothing else.
pub(crate) fn typed(a: View<'_>, b: View<'_>, host: &dyn Host) -> Result<Ordering, Why> {
    if let (View::Text(a), View::Text(b)) = (a, b) {
        return Ok(texts(a, b));
    }
    match (numeric(a, host), numeric(b, host)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).ok_or(Why::WrongType),
        _ => Err(Why::WrongType),
    }
}

/// A number, or a text that spells one.
#[inline(never)]
pub(crate) fn numeric(view: View<'_>, host: &dyn Host) -> Option<f64> {
    match view {
        View::Number(v) => Some(v),
        View::Text(v) if !v.bytes().all(blank) => Some(host.number(v)),
        _ => None,
    }
    .filter(|v| !v.is_nan())
}

/// Of white space, which is no number: what else is written with these bytes is none either.
fn blank(byte: u8) -> bool {
    byte <= b' ' || "\u{a0}\u{feff}".as_bytes().contains(&byte)
}

/// JavaScript's `===`. Lists and maps equal nothing, because they are never the same object.
pub(crate) fn identical(a: View<'_>, b: View<'_>) -> bool {
    match (a, b) {
        (View::Unknown(_) | View::Null, View::Unknown(_) | View::Null) => true,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Number(a), View::Number(b)) => a == b,
        (View::Text(a), View::Text(b)) => a == b,
        _ => false,
    }
}

pub(crate) fn same_type(a: View<'_>, b: View<'_>) -> bool {
    a.type_name() == b.type_name()
}
