//! The JSON Schema of the engagement file, for editors: made from the [vocabulary](crate::vocabulary).

mod actions;
mod conditions;
mod rules;

use crate::value::Value;
use crate::vocabulary::{FEATURES, FILE, Word};

/// The value of `$schema` in engagement files, and the schema's own `$id`.
pub const SCHEMA_ID: &str = "chinwag://engagement.v1.schema.json";

/// An object, written down.
macro_rules! object {
    ($($key:literal: $value:expr),* $(,)?) => {
        $crate::value::Value::Map(vec![$(($key.into(), $crate::value::Value::from($value))),*])
    };
}
use object;

/// The JSON Schema (draft 2020-12) of the engagement file. Stricter than the compiler in one respect: settings outside
/// of rules that the compiler would ignore with a warning are refused, because editors should mark them.
pub fn schema() -> Value {
    let mut root = closed(FILE, &["version"], file_slot);
    let head = object! {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Chinwag engagement file",
        "description": "When to offer a conversation, in words a browser understands. Guide: docs/targeting.md",
    };
    root.splice(0..0, entries(head));
    root.push(("$defs".into(), definitions()));
    Value::Map(root)
}

fn definitions() -> Value {
    object! {
        "text": described("A text, or one text per language: {\"en\": …, \"fr\": …}.", object! {
            "anyOf": vec![plain("string"), object! { "type": "object", "minProperties": 1.0, "additionalProperties": plain("string") }],
        }),
        "duration": object! {
            "type": "string", "pattern": r"^(\d+\.?\d*|\.\d+)(ms|s|m|h|d)$",
            "description": "A number and a unit: `300ms`, `20s`, `5m`, `24h` or `7d`.", "examples": texts(&["20s", "5m", "24h"]),
        },
        "cap": object! {
            "description": "A whole number, or `unlimited`.",
            "anyOf": vec![object! { "type": "integer", "minimum": 0.0 }, object! { "const": "unlimited" }],
        },
        "moment": object! {
            "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$",
            "examples": texts(&["2026-11-20", "2026-11-20T10:00:00+01:00"]),
        },
        "windows": list(object! {
            "type": "string", "pattern": r"^\s*\d{2}:\d{2}\s*-\s*\d{2}:\d{2}\s*$",
            "description": "From and up to, such as `09:00-12:30`; an end before the start is past midnight.",
        }),
        "features": list(choice(FEATURES)),
        "pattern": rules::pattern(),
        "patterns": one_or_list(reference("pattern")),
        "condition": conditions::condition(),
        "operand": conditions::operand(),
        "operators": conditions::operators(),
        "signal": rules::signal(),
        "action": actions::action(),
        "rule": rules::rule(),
    }
}

fn file_slot(name: &str) -> Value {
    match name {
        "$schema" | "name" | "note" | "timeZone" | "publishedAt" => plain("string"),
        "version" => object! { "const": 1.0 },
        "revision" => object! { "type": "integer", "minimum": 0.0 },
        "requires" => reference("features"),
        "semantics" => choice(&["strict", "reference"]),
        "disabled" => plain("boolean"),
        "attributes" => values(attribute()),
        "lists" => values(object! { "type": "array", "maxItems": 1000.0 }),
        "audiences" => values(reference("condition")),
        "schedules" => values(schedule()),
        "limits" => limits(
            &[
                ("perPage", "Notifications a page. Default 1."),
                ("perVisit", "Notifications a visit. Default 2."),
                ("perDay", "Notifications in 24 hours. Default 3."),
            ],
            &[
                ("gap", "Pause between two of them. Default 60s."),
                ("afterDismiss", "Pause of all rules after one was closed. Default 30m."),
            ],
            &[(
                "inConversation",
                described("While a conversation is open. Default never.", choice(&["never", "allow"])),
            )],
        ),
        "holdout" => shape(
            &[
                ("percent", described("Share of visitors, 0 to 100.", between(0.0, 100.0))),
                ("seed", described("A word that decides who; keep it while you measure.", plain("string"))),
            ],
            &["percent"],
        ),
        "quiet" => reference("patterns"),
        "links" => list(plain("string")),
        "rules" => {
            let mut rules = entries(list(reference("rule")));
            rules.push(("maxItems".into(), Value::Number(500.0)));
            Value::Map(rules)
        }
        "tests" => list(rules::test()),
        "greeting" | "away" => reference("text"),
        "appearance" => object! { "type": "object", "properties": object! {
            "color": described(
                "Colour of the site, such as `#1f5c45`.",
                object! { "type": "string", "pattern": "^#[0-9a-fA-F]{6}$" },
            ),
            "position": described("Corner: at the end or the start of a line.", choice(&["end", "start"])),
            "theme": described("Colours: as the visitor's device has them (`auto`), or always the same.", choice(&["auto", "light", "dark"])),
        } },
        "team" => {
            object! { "type": "object", "properties": object! {
                "name": described("Name of the team.", reference("text")),
                "about": described("A sentence about it.", reference("text")),
            } }
        }
        "contact" => {
            object! { "type": "object", "properties": object! {
                "email": described("Mail address.", plain("string")),
                "phone": described("Telephone number.", plain("string")),
            } }
        }
        _ => plain("object"),
    }
}

fn attribute() -> Value {
    shape(
        &[
            ("type", described("What it is.", choice(&["number", "string", "boolean", "list", "date"]))),
            ("default", described("Used while the site has not said anything.", Value::Map(Vec::new()))),
            ("unit", described("Such as `EUR`, for people.", plain("string"))),
            ("values", described("Values that it can have, for editors.", plain("array"))),
            ("note", described("A remark for colleagues.", plain("string"))),
        ],
        &[],
    )
}

fn schedule() -> Value {
    let day = "(mon|tue|wed|thu|fri|sat|sun)";
    let days = object! {
        "type": "object", "additionalProperties": false,
        "patternProperties": Value::Map(vec![(format!("^(daily|{day}(-{day})?)$"), reference("windows"))]),
        "description": "Days and their hours: {\"mon-fri\": [\"09:00-12:30\", \"13:30-18:00\"]}.",
    };
    let date = r"^\d{4}-\d{2}-\d{2}$";
    shape(
        &[
            ("zone", described("`site`, `visitor` or an IANA time zone. Default site.", plain("string"))),
            ("week", days),
            ("closed", described("Days without opening.", list(object! { "type": "string", "pattern": date }))),
            (
                "open",
                object! {
                    "type": "object", "additionalProperties": false, "description": "Days with hours of their own.",
                    "patternProperties": Value::Map(vec![(date.into(), reference("windows"))]),
                },
            ),
            ("note", described("A remark for colleagues.", plain("string"))),
        ],
        &[],
    )
}

// ---- pieces of schemas ----

fn entries(value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Map(entries) => entries,
        _ => Vec::new(),
    }
}

fn plain(kind: &'static str) -> Value {
    object! { "type": kind }
}

fn reference(name: &str) -> Value {
    object! { "$ref": format!("#/$defs/{name}") }
}

fn texts(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| Value::from(*word)).collect())
}

fn choice(words: &[&str]) -> Value {
    object! { "enum": texts(words) }
}

fn between(low: f64, high: f64) -> Value {
    object! { "type": "number", "minimum": low, "maximum": high }
}

fn list(items: Value) -> Value {
    object! { "type": "array", "items": items }
}

fn one_or_list(item: Value) -> Value {
    object! { "anyOf": vec![item.clone(), list(item)] }
}

/// An object from any names to these.
fn values(each: Value) -> Value {
    object! { "type": "object", "additionalProperties": each }
}

fn described(about: &str, schema: Value) -> Value {
    let mut entries = entries(schema);
    entries.insert(0, ("description".into(), about.into()));
    Value::Map(entries)
}

fn needs(names: &[&str]) -> Option<(String, Value)> {
    (!names.is_empty()).then(|| ("required".into(), texts(names)))
}

/// An object with these settings and no others.
fn shape(settings: &[(&str, Value)], required: &[&str]) -> Value {
    let properties = settings.iter().map(|(name, schema)| ((*name).into(), schema.clone())).collect();
    let mut schema =
        entries(object! { "type": "object", "additionalProperties": false, "properties": Value::Map(properties) });
    schema.extend(needs(required));
    Value::Map(schema)
}

/// The same from a table of words.
fn closed(words: &[Word], required: &[&str], slot: fn(&str) -> Value) -> Vec<(String, Value)> {
    let settings: Vec<_> = words.iter().map(|word| (word.name, described(word.about, slot(word.name)))).collect();
    entries(shape(&settings, required))
}

fn limits(caps: &[(&str, &str)], pauses: &[(&str, &str)], more: &[(&str, Value)]) -> Value {
    let caps = caps.iter().map(|(name, about)| (*name, described(about, reference("cap"))));
    let pauses = pauses.iter().map(|(name, about)| (*name, described(about, reference("duration"))));
    let all: Vec<(&str, Value)> = caps.chain(pauses).chain(more.iter().cloned()).collect();
    shape(&all, &[])
}
