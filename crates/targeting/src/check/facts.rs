//! Lints of what conditions say about facts, read from the document: types and values.

use super::Lints;
use super::names::{innermost, junction, spelt_out};
use crate::condition::View;
use crate::problem::written::json;
use crate::problem::{At, Code, Expected, Severity, operators};
use crate::value::Value;
use crate::vocabulary::{Fact, Kind, Supplier, fact_at};
use crate::words;

/// What is known about a fact.
struct Known<'a> {
    kind: Option<Kind>,
    values: Vec<&'a str>,
    range: Option<(f64, f64)>,
}

impl<'a> Lints<'a> {
    /// All conditions of the file.
    pub(super) fn facts(&mut self) {
        let file = self.file;
        let audiences = At::ROOT.key("audiences");
        for (name, condition) in map(file.get("audiences")) {
            self.names(condition, &audiences.key(name), true);
        }
        let rules = At::ROOT.key("rules");
        for (index, rule) in list(file.get("rules")).iter().enumerate() {
            let at = rules.index(index);
            // Data come with the signal that they came with, and with no other.
            let on = rule.get("on");
            let hears = |entry: &Value| entry.get("custom").is_some();
            let custom = on.is_some_and(hears) || list(on).iter().any(hears);
            if let Some(condition) = rule.get("when") {
                self.names(condition, &at.key("when"), custom);
            }
            let at = at.key("on");
            let entries = list(on).iter().enumerate().map(|(index, entry)| (at.index(index), entry));
            for (at, entry) in entries.chain(on.filter(|on| on.as_map().is_some()).map(|on| (at, on))) {
                if let Some(path) = entry.get("fact").and_then(Value::as_str) {
                    self.name(path, None, &at.key("fact"), custom);
                }
            }
        }
    }

    fn names(&mut self, condition: &Value, at: &At<'_>, custom: bool) {
        if let Some((key, meant)) = spelt_out(condition) {
            let expected = Expected::Names(vec![meant]);
            self.problems.add(Severity::Warning, &at.key(key), Code::UnknownFact, key, expected);
            return;
        }
        if condition.as_map().is_some_and(<[_]>::is_empty) {
            self.warn(at, Code::EmptyCondition, "");
        }
        for (key, operand) in map(Some(condition)) {
            let at = at.key(key);
            match key.as_str() {
                "$not" => self.names(operand, &at, custom),
                "$and" | "$or" | "$nor" => {
                    for (index, part) in list(Some(operand)).iter().enumerate() {
                        self.names(part, &at.index(index), custom);
                    }
                }
                key if key.starts_with('$') => {}
                key if junction(key, operand).is_some() && self.declared(key).is_none() => {
                    let expected = Expected::Names(junction(key, operand).map(str::to_owned).into_iter().collect());
                    self.problems.add(Severity::Warning, &at, Code::UnknownFact, key, expected);
                }
                key => {
                    self.name(key, Some(operand), &at, custom);
                    let known = self.known(key);
                    self.operand(key, operand, &at, &known);
                }
            }
        }
    }

    pub(super) fn declared(&self, path: &str) -> Option<&'a Value> {
        self.file.get("attributes").and_then(|attributes| attributes.get(path))
    }

    fn known(&self, path: &str) -> Known<'a> {
        let word = fact_at(path).filter(|fact| !fact.name.ends_with('*') || fact.by != Supplier::Site);
        let word = word.filter(|_| !path.contains('='));
        let declared = self.declared(path);
        let kind = match declared.and_then(|declared| declared.get("type")).and_then(Value::as_str) {
            Some("number") => Some(Kind::Number),
            Some("string") => Some(Kind::Text),
            Some("boolean") => Some(Kind::Bool),
            Some("list") => Some(Kind::List),
            Some(_) => None,
            None => word.map(|word| word.kind),
        };
        let mut values: Vec<&str> = word.map_or(&[][..], |word| word.values).to_vec();
        if let Some(declared) = declared.and_then(|declared| declared.get("values")) {
            values = list(Some(declared)).iter().filter_map(Value::as_str).collect();
        }
        Known { kind, values, range: word.and_then(|word| word.range) }
    }

    fn operand(&mut self, path: &str, operand: &Value, at: &At<'_>, known: &Known<'_>) {
        self.referrer(path, operand, at);
        let operators = map(Some(operand));
        if operators.iter().any(|(key, _)| !key.starts_with('$')) {
            return self.object(path, operators, at, known);
        }
        if operators.is_empty() {
            return self.value(path, "", operand, at, known);
        }
        for (operator, operand) in operators {
            let at = at.key(operator);
            match operator.as_str() {
                "$in" | "$nin" => {
                    for (index, item) in list(Some(operand)).iter().enumerate() {
                        self.value(path, operator, item, &at.index(index), known);
                    }
                }
                "$not" => self.operand(path, operand, &at, known),
                "$size" => {
                    let length = Known { kind: Some(Kind::Number), values: Vec::new(), range: None };
                    self.operand(path, operand, &at, &length);
                }
                // Any text counts as true, `"false"`, too.
                "$exists" if operand.as_str().is_some() => self.problems.warn_type(&at, "true or false"),
                "$type" if operand.as_str().is_some_and(|name| !TYPES.contains(&name)) => {
                    let name = operand.as_str().unwrap_or("");
                    self.problems.add(Severity::Warning, &at, Code::UnknownChoice, name, Expected::names(&TYPES));
                }
                "$regex" | "$regexi" | "$notRegex" | "$notRegexi" => self.delimited(operator, operand, &at),
                "$eq" | "$ne" | "$lt" | "$lte" | "$gt" | "$gte" => self.value(path, operator, operand, &at, known),
                _ => {}
            }
        }
    }

    /// An object that is no question, so the fact would have to be just this object: nearly always a `$` is missing.
    fn object(&mut self, path: &str, entries: &[(String, Value)], at: &At<'_>, known: &Known<'_>) {
        let bare = |key: &&(String, Value)| !key.0.starts_with('$');
        let meant = entries.iter().filter(bare).find_map(|(key, to)| Some((key, operators::operator(key)?, to)));
        if let Some((key, operator, to)) = meant {
            return self.not_a_comparison(&at.key(key), key, operator, &words::value(View::of(to)));
        }
        if known.kind.is_some() {
            return self.wrong_type(path, at, known);
        }
        // `{ "cart": { "value": … } }`: the fact has a dot in its name.
        let Some((inner, operand)) = innermost(path, entries) else { return };
        let asked = map(Some(operand)).iter().any(|(key, _)| key.starts_with('$'));
        let known = fact_at(&inner).is_some_and(|fact| !fact.name.ends_with('*'));
        if asked || known || self.declared(&inner).is_some() {
            let expected = Expected::Names(vec![format!("\"{inner}\": {}", json(operand))]);
            self.problems.add(Severity::Warning, at, Code::NestedFact, path, expected);
        }
    }

    /// A star in what a text of the widget is compared with: no address, title or parameter has one. What sites supply may.
    fn star(&mut self, path: &str, negate: bool, text: &str, at: &At<'_>) {
        let ours = |fact: &&Fact| {
            let by_widget = matches!(fact.by, Supplier::Widget | Supplier::WidgetAtTimes);
            by_widget && fact.kind == Kind::Text && fact.values.is_empty()
        };
        if self.declared(path).is_some() || fact_at(path).filter(ours).is_none() {
            return;
        }
        let mut ways = Vec::new();
        if ["page.path", "page.url"].contains(&path) && !at.is_below("audiences") {
            let pages = if negate { format!("{{ \"exclude\": [\"{text}\"] }}") } else { format!("\"{text}\"") };
            ways.push(format!("`\"where\": {pages}` in the rule"));
        }
        ways.push(match (operators::regex(text), negate) {
            (Some(regex), false) => format!("`{{ \"$regex\": \"{regex}\" }}`"),
            (Some(regex), true) => format!("`{{ \"$notRegex\": \"{regex}\" }}`"),
            (None, negate) => format!("`{{ \"$exists\": {} }}`", !negate),
        });
        self.problems.add(Severity::Warning, at, Code::LiteralStar, text, Expected::Names(ways));
    }

    /// `/pricing/i`, as patterns are written in programming languages. One that only begins with a slash is a path.
    fn delimited(&mut self, operator: &str, operand: &Value, at: &At<'_>) {
        let Some(text) = operand.as_str() else { return };
        let Some((source, flags)) = text.strip_prefix('/').and_then(|text| text.rsplit_once('/')) else { return };
        if !source.is_empty() && ["i", "g", "gi", "ig", "im"].contains(&flags) {
            let fold = flags.contains('i') && !operator.ends_with('i');
            let source = source.replace("\\/", "/").replace('\\', "\\\\");
            let meant = format!("{{ \"{operator}{}\": \"{source}\" }}", if fold { "i" } else { "" });
            self.problems.add(Severity::Warning, at, Code::DelimitedPattern, text, Expected::Names(vec![meant]));
        }
    }

    fn wrong_type(&mut self, path: &str, at: &At<'_>, known: &Known<'_>) {
        let is = match known.kind {
            Some(Kind::Number) => "a number",
            Some(Kind::Bool) => "true or false",
            Some(Kind::List) => "a list",
            _ => "a text",
        };
        let expected = Expected::Names(vec![is.into()]);
        self.problems.add(Severity::Warning, at, Code::WrongType, path, expected);
    }

    fn not_a_comparison(&mut self, at: &At<'_>, written: &str, operator: &str, to: &str) {
        let expected = Expected::Names(vec![format!("{{ \"{operator}\": {to} }}")]);
        self.problems.add(Severity::Warning, at, Code::NotAComparison, written, expected);
    }

    /// Browsers tell other sites where somebody came from, but no page of it.
    fn referrer(&mut self, path: &str, operand: &Value, at: &At<'_>) {
        match operand {
            Value::String(text) => {
                let address = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
                let behind = address.split_once('/').is_some_and(|(_, page)| page.starts_with(char::is_alphanumeric));
                let host = path == "source.referrerHost" && text.contains('/');
                if host || path == "source.referrer" && behind {
                    self.warn(at, Code::ReferrerPath, text);
                }
            }
            Value::List(items) => {
                items.iter().enumerate().for_each(|(i, item)| self.referrer(path, item, &at.index(i)))
            }
            Value::Map(entries) => {
                for (operator, operand) in entries.iter().filter(|(key, _)| key.starts_with('$')) {
                    self.referrer(path, operand, &at.key(operator));
                }
            }
            _ => {}
        }
    }

    /// One value that a fact is compared with. Without an operator, and for what is ordered, texts that read as numbers
    /// count as numbers.
    fn value(&mut self, path: &str, operator: &str, value: &Value, at: &At<'_>, known: &Known<'_>) {
        if let Some((operator, to)) = value.as_str().and_then(operators::comparison) {
            return self.not_a_comparison(at, value.as_str().unwrap_or(""), operator, to);
        }
        let ordered = matches!(operator, "$lt" | "$lte" | "$gt" | "$gte");
        let converts = operator.is_empty() || ordered;
        let fits = match (known.kind, value) {
            (None, _) | (_, Value::Null | Value::Map(_)) => true,
            (Some(Kind::Number), Value::String(text)) => converts && text.trim().parse::<f64>().is_ok(),
            (Some(Kind::Number), value) => value.as_f64().is_some(),
            (Some(Kind::Bool), value) => value.as_bool().is_some(),
            (Some(Kind::Text), Value::Number(_)) => converts,
            (Some(Kind::Text), value) => value.as_str().is_some(),
            (Some(Kind::List), value) => value.as_list().is_some() || matches!(operator, "$in" | "$nin"),
        };
        if !fits {
            return self.wrong_type(path, at, known);
        }
        if let Some(text) = value.as_str().filter(|text| text.contains('*'))
            && matches!(operator, "" | "$eq" | "$ne" | "$in" | "$nin")
        {
            self.star(path, matches!(operator, "$ne" | "$nin"), text, at);
        }
        if let (Value::String(text), false) = (value, known.values.is_empty() || ordered)
            && !known.values.contains(&text.as_str())
        {
            let expected = Expected::Names(known.values.iter().map(|value| (*value).into()).collect());
            self.problems.add(Severity::Warning, at, Code::UnknownChoice, text, expected);
        }
        if let Some(text) = value.as_str() {
            self.text_value(path, operator, text, at);
        }
        if path == "page.scroll" {
            self.percentage(Some(value), at);
        }
        if let (Value::Number(number), "" | "$eq") = (value, operator) {
            self.exact(path, *number, at);
        }
        if let (Some(number), Some((low, high))) = (value.as_f64(), known.range) {
            let possible = match operator {
                "$gt" => number < high,
                "$gte" => number <= high,
                "$lt" => number > low,
                "$lte" => number >= low,
                "$ne" | "$nin" => true,
                _ => (low..=high).contains(&number),
            };
            if !possible {
                let expected = Expected::Names(vec![format!("from {low} to {high}")]);
                self.problems.add(Severity::Warning, at, Code::BadNumber, "", expected);
            }
        }
    }
}

/// What `$type` knows.
const TYPES: [&str; 6] = ["string", "number", "boolean", "array", "object", "null"];

pub(super) fn map(value: Option<&Value>) -> &[(String, Value)] {
    value.and_then(Value::as_map).unwrap_or(&[])
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_list).unwrap_or(&[])
}
