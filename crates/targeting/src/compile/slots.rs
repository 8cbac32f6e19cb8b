//! What each path of the file means, and the `attributes` slot.

use super::fields::Map;
use crate::condition::Paths;
use crate::rules::{Declared, Notice, Part, Slot, Source};
use crate::text::{cut, position};
use crate::value::Value;

const TYPES: &[&str] = &["number", "string", "boolean", "list", "date"];

/// The declarations, until all paths are known.
#[derive(Default)]
pub(super) struct Slots {
    declared: Vec<(String, Option<Declared>, Option<Value>)>,
}

impl Slots {
    pub(super) fn finish(&mut self, paths: &Paths, audiences: &[&str]) -> Vec<Slot> {
        let slot = |name: &String| {
            let source = source(name, audiences);
            let found = self.declared.iter_mut().find(|(path, ..)| path == name);
            let (declared, default) = found.map_or((None, None), |(_, declared, default)| (*declared, default.take()));
            Slot { source, declared, default }
        };
        paths.names.iter().map(slot).collect()
    }
}

fn source(name: &str, audiences: &[&str]) -> Source {
    let (head, rest) = cut(name, b'.');
    let rest = rest.unwrap_or("");
    let special = match head {
        "audience" => position(audiences, rest).map(|i| Source::Audience(i as u16)),
        "signal" => Some(Source::Signal),
        "notice" => position(&["shownCount", "secondsSinceShown", "secondsSinceDismissed"], rest).map(|place| {
            Source::Notice(match place {
                0 => Notice::ShownCount,
                1 => Notice::SecondsSinceShown,
                _ => Notice::SecondsSinceDismissed,
            })
        }),
        "chat" if rest == "hoursSinceLast" => Some(Source::Notice(Notice::HoursSinceConversation)),
        "time" => time(rest),
        _ => None,
    };
    special.unwrap_or(Source::Facts)
}

fn time(rest: &str) -> Option<Source> {
    let (zone, part) = cut(rest, b'.');
    let site = position(&["local", "site"], zone)? == 1;
    let part = match position(&["year", "month", "day", "weekday", "hour", "minute", "date"], part?)? {
        0 => Part::Year,
        1 => Part::Month,
        2 => Part::Day,
        3 => Part::Weekday,
        4 => Part::Hour,
        5 => Part::Minute,
        _ => Part::Date,
    };
    Some(Source::Time { site, part })
}

impl Map<'_, '_, '_> {
    /// The `attributes` slot: what the site promises to supply.
    pub(super) fn attributes(&mut self) {
        let at = self.at.key("attributes");
        for (path, declaration) in self.entries("attributes") {
            let at = at.key(path);
            let Some(entries) = declaration.as_map() else {
                self.b.problems.wrong_type(&at, &["an object such as `{ \"type\": \"number\" }`"]);
                continue;
            };
            let mut map = self.b.map(entries, &at, &["type", "default", "unit", "values", "note"]);
            let declared = match map.choice("type", TYPES) {
                Some(0) => Some(Declared::Number),
                Some(1) => Some(Declared::Text),
                Some(2) => Some(Declared::Bool),
                Some(3) => Some(Declared::List),
                Some(_) => Some(Declared::Date),
                None => None,
            };
            let default = map.get("default").filter(|value| **value != Value::Null).cloned();
            let fits = matches!(
                (&default, declared),
                (Some(Value::Number(_)), Some(Declared::Number))
                    | (Some(Value::String(_)), Some(Declared::Text | Declared::Date))
                    | (Some(Value::Bool(_)), Some(Declared::Bool))
                    | (Some(Value::List(_)), Some(Declared::List))
                    | (None, _)
                    | (_, None)
            );
            if !fits {
                self.b.problems.wrong_type(&at.key("default"), &["of the declared type"]);
            }
            self.b.slots.declared.push((crate::text::own(path), declared, default));
        }
    }
}
