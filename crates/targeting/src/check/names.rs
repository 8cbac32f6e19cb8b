//! Names of facts: those that there are not, and conditions that are built otherwise than out of names.

use super::Lints;
use super::facts::map;
use crate::problem::text::distance;
use crate::problem::written::json;
use crate::problem::{At, Code, Expected, Severity, operators, synonyms};
use crate::value::Value;
use crate::vocabulary::{CLOSED, FACTS, Fact, Supplier, fact_at};
use crate::words;

impl<'a> Lints<'a> {
    /// The fact at `path`, which is compared with `operand`.
    pub(super) fn name(&mut self, path: &str, operand: Option<&Value>, at: &At<'_>, custom: bool) {
        let head = path.split('.').next().unwrap_or("");
        if let Some(audience) = path.strip_prefix("audience.") {
            let names: Vec<String> = map(self.file.get("audiences")).iter().map(|(name, _)| name.clone()).collect();
            if !names.iter().any(|name| name == audience) {
                self.problems.add(Severity::Error, at, Code::UnknownAudience, audience, Expected::Names(names));
            }
            return;
        }
        if self.declared(path).is_some() {
            return;
        }
        // `page.query.plan=pro` and `cart.value >=` as names.
        if let Some((fact, value)) =
            path.split_once('=').filter(|(fact, value)| fact_at(fact).is_some() && !value.is_empty())
        {
            let expected = Expected::Names(vec![format!("\"{fact}\": {}", words::quoted(value))]);
            return self.problems.add(Severity::Warning, at, Code::UnknownFact, path, expected);
        }
        if let Some((fact, sign)) = path.split_once(' ')
            && let Some(operator) = operators::operator(sign)
        {
            let to = operand.map(json).unwrap_or_default();
            let expected = Expected::Names(vec![format!("\"{fact}\": {{ \"{operator}\": {to} }}")]);
            return self.problems.add(Severity::Warning, at, Code::UnknownFact, path, expected);
        }
        match head {
            "agents" if path == "agents.status" => return self.warn(at, Code::AgentsInCondition, path),
            "signal" if !custom => return self.warn(at, Code::UnknownFact, path),
            _ => {}
        }
        if let Some(meant) = family_of(path, operand) {
            return self.problems.add(Severity::Warning, at, Code::FactFamily, path, Expected::Names(meant));
        }
        let outside = match path {
            "audience" => "audiences",
            "schedule" => "schedules",
            _ => "",
        };
        let named = operand.and_then(Value::as_str).and_then(|name| self.file.get(outside)?.get(name));
        let page = path == "where" && operand.is_some_and(|pages| json(pages).contains("\"/"));
        if named.is_some() || page {
            return self.warn(at, Code::UnknownFact, path);
        }
        // A whole family (`cart`) and what lies below a fact (`cart.skus.0`) are ways to say it too.
        let related = |name: &str| {
            let name = name.trim_end_matches(".*");
            crate::rules::interest::overlaps(name, path)
        };
        if FACTS.iter().any(|fact| related(fact.name))
            || map(self.file.get("attributes")).iter().any(|(n, _)| related(n))
        {
            return;
        }
        let meant = self.meant(path);
        // `visits.count`: a family that is nearly one of ours.
        let family = || CLOSED.iter().any(|family| head.strip_suffix('s') == Some(family));
        if meant.is_some() || CLOSED.contains(&head) || family() {
            let expected = meant.map_or(Expected::Unsaid, |name| Expected::Names(vec![name.into()]));
            self.problems.add(Severity::Warning, at, Code::UnknownFact, path, expected);
        } else if OPEN.contains(&head) && path != head {
            let expected = Expected::Names(vec![declaration(path, operand)]);
            self.problems.add(Severity::Warning, at, Code::UndeclaredFact, path, expected);
        }
    }

    /// The name that was probably meant: one letter off in short ones, two in longer ones. Sites may name facts as they
    /// like, so nothing farther away is suspected.
    fn meant(&self, path: &str) -> Option<&'a str> {
        if let Some(name) = synonyms::fact(path) {
            return Some(name);
        }
        // In a family that there is, only the name in it can be off.
        let (family, name) = path.rsplit_once('.').unwrap_or(("", path));
        let in_family = FACTS.iter().any(|fact| fact.name.rsplit_once('.').is_some_and(|(known, _)| known == family));
        let letters = if in_family { name.chars().count() + 4 } else { path.chars().count() };
        let most = if letters < 9 { 1 } else { 2 };
        let declared = map(self.file.get("attributes")).iter().map(|(name, _)| name.as_str());
        let alike = |known: &&str| !in_family || known.rsplit_once('.').is_some_and(|(known, _)| known == family);
        let names =
            FACTS.iter().map(|fact| fact.name).filter(|name| !name.ends_with('*')).chain(declared).filter(alike);
        let near = names.map(|name| (distance(name, path), name)).filter(|(edits, _)| *edits <= most);
        near.min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
    }
}

/// Some facts of the family that this names, when it is one of the widget's and asked for a value of its own. Those
/// that can have just that value come alone.
fn family_of(path: &str, operand: Option<&Value>) -> Option<Vec<String>> {
    let operand = operand.filter(|operand| matches!(operand, Value::String(_) | Value::Number(_) | Value::Bool(_)))?;
    let below = |fact: &&Fact| fact.name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    let ours = |fact: &&Fact| matches!(fact.by, Supplier::Widget | Supplier::WidgetAtTimes);
    let all: Vec<&Fact> = FACTS.iter().filter(below).filter(ours).collect();
    let value = operand.as_str().unwrap_or("");
    let fitting = all.iter().filter(|fact| fact.values.contains(&value));
    let written: Vec<String> = fitting.map(|fact| format!("`\"{}\": \"{value}\"`", fact.name)).collect();
    let some = || all.iter().take(6).map(|fact| format!("`{}`", fact.name.replace('*', "…"))).collect();
    (!all.is_empty()).then(|| if written.is_empty() { some() } else { written })
}

/// Families of which sites supply facts of other names, too, which the file should then declare.
const OPEN: [&str; 4] = ["page", "cart", "customer", "geo"];

/// How it is said that the site supplies the fact, by what it is compared with.
fn declaration(path: &str, operand: Option<&Value>) -> String {
    let mut sample = operand;
    while let Some(inner) = sample.and_then(|sample| match sample {
        Value::List(items) => items.first(),
        Value::Map(entries) => entries.iter().find(|(key, _)| key != "$exists").map(|(_, inner)| inner),
        _ => None,
    }) {
        sample = Some(inner);
    }
    let kind = match sample {
        Some(Value::Number(_)) => "number",
        Some(Value::Bool(_)) => "boolean",
        _ => "string",
    };
    format!("\"attributes\": {{ \"{path}\": {{ \"type\": \"{kind}\" }} }}")
}

/// A condition with a setting for each of its parts, as other products have them: `{ "fact": "cart.value", "operator": ">=",
/// "value": 80 }`. The name of the first, and how it is written here.
pub(super) fn spelt_out(condition: &Value) -> Option<(&str, String)> {
    let entries = condition.as_map()?;
    let get = |names: &[&str]| entries.iter().find(|(key, _)| names.contains(&key.as_str()));
    let (key, fact) = get(&["fact", "field", "attribute", "property", "key", "name"])?;
    let (_, operator) = get(&["operator", "op", "comparison", "condition", "is"])?;
    let (_, to) = get(&["value", "values"])?;
    let operator = operators::operator(operator.as_str()?)?;
    Some((key, format!("\"{}\": {{ \"{operator}\": {} }}", fact.as_str()?, json(to))))
}

/// What joins conditions, where its `$` is missing: no fact is a list of conditions, or the opposite of one.
pub(super) fn junction(key: &str, operand: &Value) -> Option<&'static str> {
    let conditions = |items: &[Value]| !items.is_empty() && items.iter().all(|item| item.as_map().is_some());
    let facts = |entries: &[(String, Value)]| entries.iter().any(|(key, _)| !key.starts_with('$'));
    match key.to_lowercase().as_str() {
        "or" | "||" | "any" if operand.as_list().is_some_and(conditions) => Some("$or"),
        "and" | "&&" | "all" if operand.as_list().is_some_and(conditions) => Some("$and"),
        "nor" | "none" if operand.as_list().is_some_and(conditions) => Some("$nor"),
        "not" | "!" if operand.as_map().is_some_and(facts) => Some("$not"),
        _ => None,
    }
}

/// The dotted name of the first fact that is meant by objects in objects, and what it is compared with.
pub(super) fn innermost<'v>(path: &str, entries: &'v [(String, Value)]) -> Option<(String, &'v Value)> {
    let (key, operand) = entries.iter().find(|(key, _)| !key.starts_with('$'))?;
    let path = format!("{path}.{key}");
    match operand {
        Value::Map(inner) if inner.iter().any(|(key, _)| !key.starts_with('$')) => innermost(&path, inner),
        operand => Some((path, operand)),
    }
}
