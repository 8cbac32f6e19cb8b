//! What to write, told from what is written: `"20s"` for `20`, `70` for `"70%"`, `{ "percent": 50 }` for `50`.

use super::text::SUCH_AS;
use super::{Code, Problem, operators, times};
use crate::condition::View;
use crate::value::Value;
use crate::vocabulary::{Kind, fact_at};
use crate::words;

/// The value at a JSON pointer.
pub(super) fn at<'a>(file: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(file, |here, step| match here {
        Value::List(items) => items.get(step.parse::<usize>().ok()?),
        here => here.get(&step.replace("~1", "/").replace("~0", "~")),
    })
}

/// The last step of a JSON pointer, and the pointer without it.
pub(super) fn last(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').unwrap_or((pointer, ""))
}

/// A value as it may stand in a file.
pub(crate) fn json(value: &Value) -> String {
    match value {
        Value::List(items) if items.is_empty() => "[]".into(),
        Value::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) if entries.is_empty() => "{}".into(),
        Value::Map(entries) => {
            let entry = |(key, value): &(String, Value)| format!("{}: {}", words::quoted(key), json(value));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Number(number) => crate::number::print(*number),
        plain => words::value(View::of(plain)),
    }
}

/// The number in a text such as `70%`, `5 %` or `1 per day`.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let unit = rest.trim_start().to_lowercase();
    let harmless = ["", "%", "percent", "x", "times"].contains(&unit.as_str()) || unit.starts_with("per ");
    digits.parse().ok().filter(|_| harmless)
}

impl Problem {
    /// The whole hint, where what is written tells what was meant.
    pub(super) fn repaired(&self, file: &Value) -> Option<String> {
        let written = at(file, &self.path)?;
        let (parent, key) = last(&self.path);
        match self.code {
            Code::BadDuration => match written {
                Value::Number(number) => times::without_unit(*number, key),
                Value::String(text) => match text.trim().parse() {
                    Ok(number) => times::without_unit(number, key),
                    Err(_) => times::duration(text).map(|meant| format!("write `\"{meant}\"`")),
                },
                Value::Bool(true) if key == "return" => {
                    Some("write `\"return\"` alone for 10 seconds, or how long: `{ \"return\": \"1m\" }`".into())
                }
                _ => None,
            },
            Code::BadDate => times::date(written.as_str()?).map(|meant| format!("write `\"{meant}\"`")),
            Code::BadNumber if self.words().first() == Some(&"from 1 to 7") => {
                Some("days have numbers: Monday is `1`, Sunday is `7`".into())
            }
            Code::BadNumber if self.words().first() == Some(&"from 0 to 23") => {
                Some("hours go from `0`, which is midnight, to `23`".into())
            }
            Code::BadNumber => {
                let share = self.words().first() == Some(&"from 0 to 1");
                let percent = written
                    .as_f64()
                    .filter(|number| share && number.fract() == 0.0 && (2.0..=100.0).contains(number))?;
                Some(format!("write `{}` for {percent} %", crate::number::print(percent / 100.0)))
            }
            Code::UnknownOperator => operators::instead(&self.subject, written, kind(file, parent)),
            Code::WrongType if self.subject.is_empty() => self.of_type(written, key),
            Code::WrongType => self.of_fact(written),
            _ => None,
        }
    }

    /// A value of the type that a setting takes.
    fn of_type(&self, written: &Value, key: &str) -> Option<String> {
        let is = self.one_of();
        let is = is.split_once(SUCH_AS).map_or(is.as_str(), |(what, _)| what);
        let meant = match (is, written) {
            ("a number", Value::String(text)) => {
                crate::number::print(number(text).filter(|_| !text.trim().is_empty())?)
            }
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
            ("a text", Value::Number(_)) => format!("\"{}\"", json(written)),
            ("a text", Value::List(items)) => match items.as_slice() {
                [only @ Value::String(_)] => json(only),
                _ => return None,
            },
            ("a list", Value::String(text)) if key.starts_with('$') && text.contains(',') => {
                json(&Value::List(text.split(',').map(|part| part.trim().into()).collect()))
            }
            ("a list", Value::String(_) | Value::Number(_)) => format!("[{}]", json(written)),
            ("a list" | "a list of conditions", Value::Map(entries)) if !entries.is_empty() => "[{ … }, { … }]".into(),
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

    /// What a fact of this kind is compared with.
    fn of_fact(&self, written: &Value) -> Option<String> {
        match (written, self.one_of().as_str()) {
            (Value::List(items), is) if is != "a list" && !items.is_empty() => {
                Some(format!("to allow any of these, write `{{ \"$in\": {} }}`", json(written)))
            }
            (Value::String(text), "a number") if self.subject.ends_with(".weekday") => {
                let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
                let day = days.iter().position(|day| times::days(text).as_deref() == Some(day))?;
                Some(format!("days have numbers, Monday is 1: write `{}`", day + 1))
            }
            (Value::String(text), "a number") => Some(format!("write `{}`", crate::number::print(number(text)?))),
            (Value::String(_), "a list") => {
                Some(format!("to ask for one of its members, write `{{ \"$in\": [{}] }}`", json(written)))
            }
            (Value::String(text), "true or false") => match text.to_lowercase().as_str() {
                "true" | "yes" => Some("write `true`, without quotes".into()),
                "false" | "no" => Some("write `false`, without quotes".into()),
                _ => None,
            },
            _ => None,
        }
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
        ("agents", Value::String(text)) if ["available", "online", "closed", "any"].contains(&text.as_str()) => {
            format!("{{ \"need\": \"{text}\" }}")
        }
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

/// What is known of the fact that a condition at this JSON pointer asks for.
fn kind(file: &Value, pointer: &str) -> Option<Kind> {
    let (before, step) = last(pointer);
    let name = step.replace("~1", "/").replace("~0", "~");
    if name.starts_with('$') || name.parse::<usize>().is_ok() {
        return if before.is_empty() { None } else { kind(file, before) };
    }
    let declared = file.get("attributes").and_then(|all| all.get(&name)).and_then(|one| one.get("type"));
    match declared.and_then(Value::as_str) {
        Some("number") => Some(Kind::Number),
        Some("string" | "date") => Some(Kind::Text),
        Some("boolean") => Some(Kind::Bool),
        Some("list") => Some(Kind::List),
        Some(_) => None,
        None => fact_at(&name).filter(|fact| !["custom.*", "signal.*"].contains(&fact.name)).map(|fact| fact.kind),
    }
}
