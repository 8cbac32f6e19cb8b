//! The `do` slot: checked, and kept in the form of the file without its shorthands.

use super::Builder;
use super::fields::Map;
use crate::action::{ACTIONS, Action, Deed};
use crate::problem::{At, Code, Expected, Severity};
use crate::text::{cut, own, position};
use crate::value::Value;

/// What stands under a key of an action.
#[derive(Clone, Copy)]
enum Kind {
    /// A name.
    Name,
    /// A text, in one language or several.
    Text,
    /// A list of those.
    Texts,
    Buttons,
    Press,
    /// An address on this site or in `links`.
    Link,
    /// Anything.
    Data,
    From,
}

/// A key, what stands under it, and whether it must be there.
type Field = (&'static str, Kind, bool);

/// As many choices a card has room for, answers first; and as many first messages the panel.
const CHOICES: usize = 3;

const NOTIFY: &[Field] = &[
    ("variant", Kind::Name, false),
    ("from", Kind::Text, false),
    ("title", Kind::Text, false),
    ("text", Kind::Text, true),
    ("replies", Kind::Texts, false),
    ("buttons", Kind::Buttons, false),
];
const BUTTON: &[Field] = &[("label", Kind::Text, true), ("do", Kind::Press, false)];
const MESSAGE: &[Field] = &[("from", Kind::From, false), ("text", Kind::Text, true)];
const ROUTE: &[Field] = &[("team", Kind::Name, true)];
const TRACK: &[Field] = &[("name", Kind::Name, true), ("data", Kind::Data, false)];

impl<'a> Map<'a, '_, '_> {
    /// One action, or a list of them.
    pub(super) fn actions(&mut self) -> Vec<Action> {
        let at = self.at.key("do");
        let mut actions = Vec::new();
        match self.get("do") {
            Some(Value::List(items)) if !items.is_empty() => {
                for (i, item) in items.iter().enumerate() {
                    actions.extend(self.b.action(item, &at.index(i)));
                }
            }
            Some(single @ (Value::Map(_) | Value::String(_))) => actions.extend(self.b.action(single, &at)),
            _ => self.b.problems.missing(self.at, "do"),
        }
        actions
    }
}

impl<'a> Builder<'a> {
    fn action(&mut self, value: &'a Value, at: &At<'_>) -> Option<Action> {
        let (name, operand) = match value {
            Value::String(name) => (name.as_str(), None),
            Value::Map(entries) if entries.len() == 1 => entries.first().map(|(k, v)| (k.as_str(), Some(v)))?,
            _ => {
                self.problems.wrong_type(at, &["one action such as `{ \"notify\": { \"text\": \"Can we help?\" } }`"]);
                return None;
            }
        };
        let here = at.key(name);
        let Some(place) = position(ACTIONS, name) else {
            self.problems.add(Severity::Error, &here, Code::UnknownAction, name, Expected::one_of(ACTIONS));
            return None;
        };
        let name = ACTIONS.get(place).copied()?;
        let entries = operand.and_then(Value::as_map);
        // The other actions read their operand from the map of one entry that they are.
        let mut whole = Map { entries: value.as_map().unwrap_or(&[]), at, b: self };
        // By the place in `ACTIONS`.
        let operand = match place {
            0 | 6 => {
                let Some(entries) = entries else {
                    self.problems.wrong_type(&here, &["one object such as `{ \"text\": \"Can we help?\" }`"]);
                    return None;
                };
                self.fields(entries, &here, if place == 0 { NOTIFY } else { MESSAGE })?
            }
            1 => Value::Number(whole.between(name, 0.0, 99.0)?),
            3 | 9 | 10 => Value::Bool(true),
            12 => return whole.between(name, -1e6, 1e6).map(Action::Score),
            8 | 13 => {
                let fields = if place == 8 { ROUTE } else { TRACK };
                match entries {
                    Some(entries) => self.fields(entries, &here, fields)?,
                    None => {
                        let key = fields.first().map_or("", |field| field.0);
                        Value::Map(vec![(own(key), whole.needed(name)?.into())])
                    }
                }
            }
            2 | 4 => whole.field(name, Kind::Text, true)?,
            5 => whole.field(name, Kind::Texts, false)?,
            14 => whole.field(name, Kind::Link, true)?,
            _ => whole.field(name, Kind::Name, true)?,
        };
        Some(Action::Deed(Deed::new(name, operand)))
    }

    /// An object of these fields; what is absent is left out.
    fn fields(&mut self, entries: &'a [(String, Value)], at: &At<'_>, fields: &[Field]) -> Option<Value> {
        self.known(
            entries,
            at,
            |key| fields.iter().any(|field| field.0 == key),
            || fields.iter().map(|field| field.0).collect(),
        );
        let mut map = Map { entries, at, b: self };
        let mut kept = Vec::new();
        for (key, kind, needed) in fields {
            if let Some(value) = map.field(key, *kind, *needed) {
                kept.push((own(key), value));
            } else if *needed {
                return None;
            }
        }
        Some(Value::Map(kept))
    }

    /// A page of this site, or of a host in `links`. Nothing else: a rule must not become an open redirect, nor
    /// carry a script in its address.
    fn link(&mut self, to: &str, at: &At<'_>) -> Option<Value> {
        let bytes = to.as_bytes();
        let allowed = match to.strip_prefix("https://") {
            Some(rest) => {
                let host = cut(cut(cut(rest, b'/').0, b'?').0, b'#').0;
                position(&self.links, host).is_some()
            }
            // `//host` and `/\host` lead elsewhere, and browsers drop control characters.
            None => bytes.first() == Some(&b'/') && bytes.get(1) != Some(&b'/'),
        };
        // Control characters, also those from U+0080 to U+009F.
        let odd = |pair: &[u8]| matches!(pair, [0xc2, 0x80..=0x9f]);
        let plain = bytes.iter().all(|byte| *byte >= b' ' && *byte != 0x7f && *byte != b'\\');
        if allowed && plain && !bytes.windows(2).any(odd) {
            return Some(to.into());
        }
        self.problems.error(at, Code::BadLink, to);
        None
    }
}

impl<'a> Map<'a, '_, '_> {
    fn field(&mut self, key: &'static str, kind: Kind, needed: bool) -> Option<Value> {
        let here = self.at.key(key);
        let Some(value) = self.get(key) else {
            if needed {
                self.b.problems.missing(self.at, key);
            }
            return match kind {
                Kind::From => Some("bot".into()),
                Kind::Press => Some("open".into()),
                Kind::Texts if key == "suggest" => Some(Value::List(Vec::new())),
                _ => None,
            };
        };
        match kind {
            Kind::Name => self.str(key).map(Into::into),
            Kind::Text => self.b.texts(value, &here),
            Kind::Link => self.str(key).and_then(|to| self.b.link(to, &here)),
            Kind::Data => Some(value.clone()).filter(|data| *data != Value::Null),
            Kind::From => {
                let agent = self.pick(key, &["bot", "agent"]) == 1;
                Some(if agent { "agent" } else { "bot" }.into())
            }
            Kind::Texts | Kind::Buttons => {
                let mut kept = Vec::new();
                let answers = self.get("replies").filter(|_| key == "buttons").and_then(Value::as_list);
                let room = CHOICES.saturating_sub(answers.map_or(0, <[_]>::len));
                for (i, item) in self.items(key).iter().enumerate() {
                    let at = here.index(i);
                    if i == room {
                        let most = if key == "suggest" { "3" } else { "3 answers and buttons together" };
                        self.b.problems.add(Severity::Warning, &at, Code::TooMany, "", Expected::names(&[most]));
                    }
                    kept.extend(match kind {
                        Kind::Texts => self.b.texts(item, &at),
                        _ => self.b.button(item, &at),
                    });
                }
                Some(Value::List(kept)).filter(|list| key == "suggest" || *list != Value::List(Vec::new()))
            }
            Kind::Press => match value.as_map() {
                Some(entries) => {
                    let mut press = self.b.map(entries, &here, &["form", "navigate"]);
                    if press.get("form").is_some() && press.get("navigate").is_some() {
                        let one = "one of the two, or a button for each, such as `{ \"navigate\": \"/help\" }`";
                        self.b.problems.add(Severity::Error, &here, Code::WrongType, "", Expected::names(&[one]));
                        return None;
                    }
                    let (name, kind) =
                        if press.get("form").is_some() { ("form", Kind::Name) } else { ("navigate", Kind::Link) };
                    press.field(name, kind, true).map(|to| Value::Map(vec![(own(name), to)]))
                }
                None => {
                    let dismiss = self.pick(key, &["open", "dismiss"]) == 1;
                    Some(if dismiss { "dismiss" } else { "open" }.into())
                }
            },
        }
    }
}

impl<'a> Builder<'a> {
    fn button(&mut self, value: &'a Value, at: &At<'_>) -> Option<Value> {
        let entries = value.as_map();
        if entries.is_none() {
            self.problems.wrong_type(at, &["a button such as `{ \"label\": \"Ask us\", \"do\": \"open\" }`"]);
        }
        self.fields(entries?, at, BUTTON)
    }
}
