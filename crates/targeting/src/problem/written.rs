//! What to write, told from what is written: `"20s"` for `20`, `70` for `"70%"`, `{ "percent": 50 }` for `50`.

use super::{Code, Problem, Severity, operators, times};
use crate::compile::schedules::DAYS;
use crate::condition::View;
use crate::value::Value;
use crate::vocabulary::{Kind, fact_at};
use crate::words;

/// The value at a JSON pointer.
pub(super) fn at<'a>(file: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(file, |here, step| match here {
        Value::List(items) => items.get(step.parse::<usize>().ok()?),
        here => here.get(&named(step)),
    })
}

/// The name that a step of a JSON pointer stands for.
pub(crate) fn named(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
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
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches('+');
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let unit = rest.trim_start().to_lowercase();
    let harmless = ["", "%", "percent", "x", "times", "€", "$", "£", "eur", "usd", "gbp", "px"]
        .contains(&unit.as_str())
        || unit.starts_with("per ");
    digits.parse().ok().filter(|_| harmless).map(|number: f64| sign * number)
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
                    Err(_) if ["never", "none", "no", "off"].contains(&text.as_str()) => {
                        Some("leave it out if there is to be none".into())
                    }
                    Err(_) if key == "expires" && times::is_date(text) => Some(
                        "it is how long the card stays, such as `\"30s\"`; the last day of a rule is its `until`"
                            .into(),
                    ),
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
            Code::UnknownChoice => self.of_choices(written, key),
            Code::DollarAttribute => {
                let operator = operators::operator(&self.subject)?;
                let [(fact, to)] = written.as_map()? else { return None };
                Some(format!("the fact comes first: `\"{fact}\": {{ \"{operator}\": {} }}`", json(to)))
            }
            Code::BadLink if self.severity == Severity::Warning => None,
            Code::BadLink if !self.subject.contains([':', '\\']) && !self.subject.contains("//") => {
                Some(format!("write `\"/{}\"`", self.subject))
            }
            Code::BadLink if self.subject.starts_with("http://") => Some(
                "only `https://` is allowed, with its host under `links`; pages of this site begin with `/`".into(),
            ),
            Code::UnknownOperator => operators::instead(&self.subject, written, kind(file, parent)),
            Code::WrongType if self.subject.is_empty() => self.of_type(written, key),
            Code::WrongType => self.of_fact(written),
            _ => None,
        }
    }

    /// Several choices in one text, and addresses in place of what a button does.
    fn of_choices(&self, written: &Value, key: &str) -> Option<String> {
        let (text, choices) = (written.as_str().unwrap_or(&self.subject), self.words());
        if choices.contains(&"dismiss") && text.contains('/') {
            return Some(format!("to go to a page, write `\"do\": {{ \"navigate\": \"{text}\" }}`"));
        }
        let parts: Vec<&str> = text.split([',', '|', '/']).flat_map(|part| part.split(" or ")).map(str::trim).collect();
        let all = parts.len() > 1 && parts.iter().all(|part| choices.contains(part));
        if choices.contains(&"mon") && all {
            let each = parts.iter().map(|day| format!("`\"{day}\": [ … ]`"));
            return Some(format!("write each by itself: {}", each.collect::<Vec<_>>().join(", ")));
        }
        let list = Value::List(parts.iter().map(|part| (*part).into()).collect());
        (all && key.contains('.')).then(|| format!("to allow any of these, write `{{ \"$in\": {} }}`", json(&list)))
    }

    /// What a fact of this kind is compared with.
    fn of_fact(&self, written: &Value) -> Option<String> {
        match (written, self.one_of().as_str()) {
            (Value::List(items), is) if is != "a list" && !items.is_empty() => {
                Some(format!("to allow any of these, write `{{ \"$in\": {} }}`", json(written)))
            }
            (Value::String(text), "a number") if self.subject.ends_with(".weekday") => {
                let day = DAYS.iter().position(|day| times::days(text).as_deref() == Some(day))?;
                Some(format!("days have numbers, Monday is 1: write `{}`", day + 1))
            }
            (Value::String(text), "a number") if self.subject.ends_with(".month") => {
                let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
                let month = months.iter().position(|month| text.to_lowercase().starts_with(month))?;
                Some(format!("months have numbers: write `{}`", month + 1))
            }
            (Value::String(text), "a number") if span(text).is_some() => {
                let (low, high) = span(text)?;
                let below = if self.subject.ends_with(".hour") { "$lt" } else { "$lte" };
                Some(format!("write `{{ \"$gte\": {low}, \"{below}\": {high} }}`"))
            }
            (Value::String(text), "a number") => {
                let number = times::in_unit_of(&self.subject, text).or_else(|| number(text))?;
                Some(format!("write `{}`, the number alone", crate::number::print(number)))
            }
            (Value::Number(number), "true or false") if [0.0, 1.0].contains(number) => {
                Some(format!("write `{}`", *number == 1.0))
            }
            (Value::Map(entries), _) => {
                let get =
                    |names: &[&str]| entries.iter().find(|(key, _)| names.contains(&key.as_str())).map(|(_, to)| to);
                let operator = operators::operator(get(&["operator", "op"])?.as_str()?)?;
                Some(format!("write `{{ \"{operator}\": {} }}`", json(get(&["value"])?)))
            }
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

/// Two whole numbers with a hyphen between them.
pub(super) fn span(text: &str) -> Option<(u32, u32)> {
    let (low, high) = text.split_once(['-', '–'])?;
    Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
}

/// What is known of the fact that a condition at this JSON pointer asks for.
fn kind(file: &Value, pointer: &str) -> Option<Kind> {
    let (before, step) = last(pointer);
    let name = named(step);
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
