//! Values that are ignored: of actions that take none, such as `{ "hide": false }`.

use super::Lints;
use crate::problem::{At, Code, Expected, Severity};
use crate::value::Value;

/// Actions without a value, and what to do about one that is given.
const ACTIONS: &[(&str, &str)] = &[
    ("open", "write `\"open\"` alone, or remove it"),
    ("hide", "write `\"hide\"` alone; its opposite is `\"show\"`"),
    ("show", "write `\"show\"` alone; its opposite is `\"hide\"`"),
];

impl Lints<'_> {
    pub(super) fn ignored_values(&mut self) {
        let file = self.file;
        let rules = At::ROOT.key("rules");
        for (index, rule) in file.get("rules").and_then(Value::as_list).unwrap_or(&[]).iter().enumerate() {
            let at = rules.index(index);
            let at = at.key("do");
            match rule.get("do") {
                Some(Value::List(items)) => {
                    items.iter().enumerate().for_each(|(i, item)| self.ignored_in(item, &at.index(i)));
                }
                Some(single) => self.ignored_in(single, &at),
                None => {}
            }
        }
    }

    fn ignored_in(&mut self, entry: &Value, at: &At<'_>) {
        let [(name, value)] = entry.as_map().unwrap_or(&[]) else { return };
        // What stands for nothing may stand there.
        let nothing = match value {
            Value::Null | Value::Bool(true) => true,
            Value::Map(entries) => entries.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if let Some((name, hint)) = ACTIONS.iter().find(|(known, _)| known == name).filter(|_| !nothing) {
            let expected = Expected::Names(vec![(*hint).into()]);
            self.problems.add(Severity::Warning, &at.key(name), Code::ValueIgnored, name, expected);
        }
    }
}
