//! What a rule does, as data. No action carries code or HTML.

use crate::text::{own, resolve};
use crate::value::Value;

/// Every action.
pub(crate) const ACTIONS: &[&str] = &[
    "notify", "badge", "teaser", "open", "prefill", "suggest", "message", "form", "route", "hide", "show", "tag",
    "score", "track", "navigate",
];

/// The actions that show something. Such rules obey the manners: one at a time, limits, quiet pages.
#[cfg(feature = "tools")]
const VISIBLE: &[&str] = &["notify", "badge", "teaser", "open", "message", "form", "navigate"];
/// Where texts stand, in one language or several.
const TEXTS: &[&str] = &["from", "title", "text", "label", "replies", "teaser", "prefill", "suggest"];

/// One entry of a rule's `do`.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Adds to the fact `score`.
    Score(f64),
    /// Anything else; the interface carries it out.
    Deed(Deed),
}

/// A checked action in the form of the file: its name, and what stands under it without shorthands.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    pub(crate) name: &'static str,
    pub(crate) operand: Value,
    pub(crate) visible: bool,
}

impl Deed {
    #[cfg(feature = "tools")]
    pub(crate) fn new(name: &'static str, operand: Value) -> Deed {
        Deed { name, operand, visible: VISIBLE.contains(&name) }
    }

    /// `notify`, `badge`, `open` and so on.
    pub fn name(&self) -> &str {
        self.name
    }

    /// What stands under the name: texts in one language or several, no shorthands.
    pub fn operand(&self) -> &Value {
        &self.operand
    }

    /// The experiment's variation that shows it; `None`: always.
    pub fn variant(&self) -> Option<&str> {
        if self.name == "notify" { self.operand.get("variant").and_then(Value::as_str) } else { None }
    }
}

impl Action {
    /// Does the visitor see something happen?
    pub fn is_visible(&self) -> bool {
        matches!(self, Action::Deed(Deed { visible: true, .. }))
    }

    /// The action in the form of the file (`{"notify": {…}}`), with each text in the first language of `preferred`
    /// that it has.
    pub fn to_value(&self, preferred: &[&str]) -> Value {
        let (name, operand) = match self {
            Action::Score(points) => ("score", Value::Number(*points)),
            // Its data are the site's own, whatever their names.
            Action::Deed(deed) if deed.name == "track" => (deed.name, deed.operand.clone()),
            Action::Deed(deed) => (deed.name, said(deed.name, &deed.operand, preferred)),
        };
        Value::Map(vec![(own(name), operand)])
    }
}

fn said(key: &str, value: &Value, preferred: &[&str]) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(|item| said(key, item, preferred)).collect()),
        Value::Map(_) if TEXTS.contains(&key) => resolve(value, preferred).into(),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (own(key), said(key, value, preferred))).collect())
        }
        value => value.clone(),
    }
}
