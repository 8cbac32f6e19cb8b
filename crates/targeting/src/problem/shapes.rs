//! Values of the type that a setting takes, told from values of another: `{ "percent": 50 }` for `50`.

use super::text::SUCH_AS;
use super::written::{json, number, span};
use super::{Problem, times};
use crate::action::ACTIONS;
use crate::compile::on::NEEDS;
use crate::value::Value;
use crate::vocabulary::FORMS;

impl Problem {
    /// A value of the type that a setting takes.
    pub(super) fn of_type(&self, written: &Value, key: &str) -> Option<String> {
        let is = self.one_of();
        let is = is.split_once(SUCH_AS).map_or(is.as_str(), |(what, _)| what);
        let meant = match (is, written) {
            ("a number", Value::String(text)) if let Some(number) = number(text) => crate::number::print(number),
            ("a whole number, or \"unlimited\"", Value::Null) => {
                return Some("write `\"unlimited\"` if there is to be no limit".into());
            }
            ("a whole number, or \"unlimited\"", written) => {
                let times = written.as_str().and_then(|text| match text {
                    "once" => Some(1.0),
                    "twice" => Some(2.0),
                    text => number(text).filter(|number| number.fract() == 0.0),
                });
                let Some(times) = times else {
                    return Some("write how often: `1` for once, `2` for twice, or `\"unlimited\"`".into());
                };
                crate::number::print(times)
            }
            ("a share from 0 to 1", Value::String(text)) => {
                let number = number(text)?;
                crate::number::print(if text.contains('%') || number > 1.0 { number / 100.0 } else { number })
            }
            ("true or false", Value::String(text)) => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" => "true".into(),
                "false" | "no" | "off" => "false".into(),
                _ => return None,
            },
            ("true or false", Value::Number(number)) if *number == 0.0 || *number == 1.0 => {
                (*number == 1.0).to_string()
            }
            ("a text" | "a number", _)
                if let Some((_, forms, _)) =
                    FORMS.iter().find(|(name, ..)| *name == key && self.path.contains("/on")) =>
            {
                return Some(match written {
                    Value::List(items)
                        if ["visible", "click"].contains(&key) && items.iter().all(|it| it.as_str().is_some()) =>
                    {
                        let selectors: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                        format!("one selector can name several: `\"{key}\": \"{}\"`", selectors.join(", "))
                    }
                    _ => {
                        format!("write it like `{}`", forms.iter().take(2).copied().collect::<Vec<_>>().join("` or `"))
                    }
                });
            }
            ("a text", Value::Bool(_)) if key == "need" => {
                return Some("write what has to be: `\"available\"`, `\"online\"`, `\"closed\"` or `\"any\"`".into());
            }
            ("a text", Value::Number(_)) if ["from", "until"].contains(&key) => {
                return Some(format!("write a date, in double quotes: `\"{key}\": \"2026-11-20\"`"));
            }
            ("a text", Value::Number(_)) => format!("\"{}\"", json(written)),
            ("a text", Value::Map(entries)) => match entries.as_slice() {
                [(_, only @ Value::String(_))] => json(only),
                _ => return None,
            },
            ("a text, or one text per language", Value::List(_)) => {
                return Some("write one text; an `experiment` shows different visitors different ones".into());
            }
            ("a text", Value::List(items)) if items.len() > 1 && items.iter().all(|item| item.as_str().is_some()) => {
                return Some("write one text: there can be only one here".into());
            }
            ("a text", Value::List(items)) => match items.as_slice() {
                [only @ Value::String(_)] => json(only),
                _ => return None,
            },
            ("a list", Value::String(text)) if key == "$in" && span(text).is_some() => {
                let (low, high) = span(text)?;
                return Some(format!("write `{{ \"$gte\": {low}, \"$lte\": {high} }}`"));
            }
            ("a list", Value::String(text)) if key.starts_with('$') && text.contains(',') => {
                json(&Value::List(text.split(',').map(|part| part.trim().into()).collect()))
            }
            ("a list", Value::String(_) | Value::Number(_)) => format!("[{}]", json(written)),
            ("a list of conditions", Value::Map(entries)) if !entries.is_empty() => {
                let each = entries.iter().map(|(name, _)| format!("{{ \"{name}\": … }}"));
                format!("[{}]", each.collect::<Vec<_>>().join(", "))
            }
            ("a list", Value::Map(entries)) if !entries.is_empty() => {
                let named = entries.iter().all(|(_, inner)| inner.as_map().is_some());
                let name = entries.first().map_or("", |(name, _)| name);
                match json(written) {
                    _ if named && key == "rules" => format!("[{{ \"id\": \"{name}\", … }}, …]"),
                    short if short.chars().count() < 60 => format!("[{short}]"),
                    _ => "[{ … }]".into(),
                }
            }
            ("a button", Value::String(_)) => format!("{{ \"label\": {} }}", json(written)),
            ("of the declared type", _) => {
                return Some(
                    "write it as its `type` says: a text in double quotes, a number without, a list in brackets".into(),
                );
            }
            ("a condition: an object of facts and what they must be", Value::List(_)) if key == "$not" => {
                return Some("write `\"$not\": { … }` for one, or `\"$nor\": [ … ]` if none of them is to hold".into());
            }
            ("a list of times", Value::String(text)) => {
                let times = text.split(',').map(|part| Value::String(times::hours(part).unwrap_or(part.trim().into())));
                json(&times.collect::<Vec<_>>().into())
            }
            ("a condition: an object of facts and what they must be", Value::List(items)) if !items.is_empty() => {
                return Some(
                    "write `{ \"$and\": [ … ] }` if all of them are to hold, `{ \"$or\": [ … ] }` if one is enough"
                        .into(),
                );
            }
            ("an object", written) => object(written, key)?,
            ("one object", Value::String(_)) => format!("{{ \"text\": {} }}", json(written)),
            ("one action", Value::Map(entries)) if entries.len() > 1 => {
                if !entries.iter().all(|(name, _)| ACTIONS.contains(&name.as_str())) {
                    let named = entries.iter().filter_map(|(_, inner)| inner.as_str());
                    let action = named.into_iter().find(|name| ACTIONS.contains(name))?;
                    return Some(format!("the action is the name: `\"do\": {{ \"{action}\": … }}`"));
                }
                let each: Vec<String> = entries.iter().map(|(name, _)| format!("{{ \"{name}\": … }}")).collect();
                return Some(format!("give each an object of its own, in a list: `\"do\": [{}]`", each.join(", ")));
            }
            _ => return None,
        };
        Some(match key.parse::<usize>() {
            Ok(_) => format!("write `{meant}`"),
            Err(_) => format!("write `\"{key}\": {meant}`"),
        })
    }
}

/// A setting with names in it, of which the one value is given that people mean.
fn object(written: &Value, key: &str) -> Option<String> {
    let percent = |number: f64| {
        let meant = if number > 0.0 && number < 1.0 { number * 100.0 } else { number };
        format!("{{ \"percent\": {} }}", crate::number::print(meant))
    };
    Some(match (key, written) {
        ("rollout" | "holdout", Value::Number(number)) => percent(*number),
        ("rollout" | "holdout", Value::String(text)) => percent(number(text)?),
        ("audience", Value::List(_)) => format!("{{ \"any\": {} }}", json(written)),
        ("agents", Value::String(text)) if NEEDS.contains(&text.as_str()) => {
            format!("{{ \"need\": \"{text}\" }}")
        }
        ("week", _) => "{ \"mon-fri\": [\"09:00-17:00\"] }".into(),
        ("goal", Value::String(_)) => format!("{{ \"signal\": {} }}", json(written)),
        ("weights", Value::List(items)) if (2..=5).contains(&items.len()) => {
            let share = crate::number::print((100.0 / items.len() as f64).floor() / 100.0);
            let each: Option<Vec<String>> =
                items.iter().map(|name| Some(format!("\"{}\": {share}", name.as_str()?))).collect();
            format!("{{ {} }}", each?.join(", "))
        }
        _ => return None,
    })
}
