//! The form of facts: those that the file declares or asks for.

use chinwag_targeting::{
    Value,
    vocabulary::{Kind, fact_at},
};

/// One fact that can be set.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    /// `None`: whatever was typed.
    pub kind: Option<Kind>,
    /// All that it can be, when that is known.
    pub values: Vec<String>,
    /// What it counts as while nothing is typed.
    pub default: Option<String>,
    /// What it tells.
    pub about: String,
}

/// Facts that the playground makes itself.
const MADE: &[&str] = &[
    "time.",
    "audience.",
    "notice.",
    "page.seconds",
    "visit.seconds",
    "page.query.",
    "chat.hoursSinceLast",
    "chat.secondsWaiting",
];
/// What keeps notifications away, or what was there before.
pub const MANNERS: &[&str] = &["page.typing", "page.hidden", "chat.state", "consent.storage"];

/// The declared facts first, then those that conditions ask for, then what keeps everything away.
pub fn fields(file: &Value) -> Vec<Field> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let made = name == "page.path" || MADE.iter().any(|made| name.starts_with(made));
        if !made && !names.iter().any(|known| known == name) {
            names.push(name.into());
        }
    };
    entries(file.get("attributes")).iter().for_each(|(name, _)| add(name));
    let rules = file.get("rules").and_then(Value::as_list).unwrap_or(&[]);
    entries(file.get("audiences")).iter().for_each(|(_, condition)| asked(condition, &mut add));
    for rule in rules {
        rule.get("when").into_iter().for_each(|condition| asked(condition, &mut add));
        let on = rule.get("on");
        for entry in on.and_then(Value::as_list).unwrap_or(&[]).iter().chain(on) {
            entry.get("fact").and_then(Value::as_str).into_iter().for_each(&mut add);
            if entry.get("scroll").is_some() {
                add("page.scroll");
            }
        }
        if let Some(agents) = rule.get("agents") {
            match agents.get("team").and_then(Value::as_str) {
                Some(team) => add(&format!("agents.{team}.status")),
                None => add("agents.status"),
            }
        }
        if rule.get("rollout").is_some() || rule.get("experiment").is_some() {
            add("visitor.id");
        }
    }
    if file.get("holdout").is_some() {
        add("visitor.id");
    }
    MANNERS.iter().for_each(|name| add(name));
    names.iter().map(|name| field(file, name)).collect()
}

fn asked(condition: &Value, add: &mut impl FnMut(&str)) {
    for (key, operand) in entries(Some(condition)) {
        match key.as_str() {
            "$not" => asked(operand, add),
            "$and" | "$or" | "$nor" => {
                operand.as_list().unwrap_or(&[]).iter().for_each(|part| asked(part, add));
            }
            key => add(key),
        }
    }
}

fn field(file: &Value, name: &str) -> Field {
    let declared = file.get("attributes").and_then(|attributes| attributes.get(name));
    let part = |key: &str| declared.and_then(|declared| declared.get(key));
    let status = name.starts_with("agents.").then_some("agents.status");
    let fact = fact_at(status.unwrap_or(name));
    let kind = match part("type").and_then(Value::as_str) {
        Some("number") => Some(Kind::Number),
        Some("boolean") => Some(Kind::Bool),
        Some("list") => Some(Kind::List),
        Some(_) => Some(Kind::Text),
        None => fact.filter(|fact| !fact.name.ends_with('*')).map(|fact| fact.kind),
    };
    let listed = part("values").and_then(Value::as_list).unwrap_or(&[]).iter().filter_map(write);
    let mut values: Vec<String> = listed.collect();
    if values.is_empty() {
        values = fact.map_or(&[][..], |fact| fact.values).iter().map(|value| (*value).to_owned()).collect();
    }
    if kind == Some(Kind::Bool) {
        values = vec!["true".into(), "false".into()];
    }
    let own = part("note").and_then(Value::as_str).map(Into::into);
    let about = own.or_else(|| fact.map(|fact| fact.about.into())).unwrap_or_default();
    Field { name: name.into(), kind, values, default: part("default").and_then(write), about }
}

/// The value that was typed. What does not fit the type stays a text, and the rules say so.
pub fn read(field: &Field, text: &str) -> Value {
    let number = || text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number);
    let flag = || match text.trim() {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => None,
    };
    let value = match field.kind {
        Some(Kind::Number) => number(),
        Some(Kind::Bool) => flag(),
        Some(Kind::List) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Value::List(items.map(Value::from).collect()))
        }
        Some(Kind::Text) => None,
        None => number().or_else(flag),
    };
    value.unwrap_or_else(|| text.into())
}

/// A value as it would be typed; `None` for what no field can hold.
pub fn write(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::List(items) => Some(items.iter().filter_map(write).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Map(_) => None,
    }
}

fn entries(value: Option<&Value>) -> &[(String, Value)] {
    value.and_then(Value::as_map).unwrap_or(&[])
}
