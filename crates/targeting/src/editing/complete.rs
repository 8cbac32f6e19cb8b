//! What can be written at the caret: keys and values from the schema, and the names that the file itself defines.

use super::place::{Caret, Slot, Step, caret, is_word};
use super::snippets::{ACTIONS, AGENTS, DAYS, HOURS, RULES, SIGNALS, about_key, about_need};
use crate::schema::schema;
use crate::value::Value;
use crate::vocabulary::{FACTS, fact_at};

/// What may be put in the place of `from..to` (byte offsets).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Where the word at the caret begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The best first.
    pub items: Vec<Item>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is shown.
    pub label: String,
    /// What is written.
    pub insert: String,
    /// What it is for; may be empty.
    pub about: String,
}

/// Most suggestions at once.
const MOST: usize = 60;

/// Suggestions for the caret at byte `at` of a text that need not be complete. `file` is the last version that could be
/// read: audiences, lists, schedules and attributes are offered by their names.
pub fn complete(text: &str, at: usize, file: Option<&Value>) -> Option<Completion> {
    let here = caret(text, at)?;
    let rest = text.get(at..)?;
    let tail = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let mut to = at + tail;
    let mut after = text.get(to..)?;
    if here.quoted && after.starts_with('"') {
        to += 1;
        after = text.get(to..)?;
    }
    let schema = schema();
    let nodes = Nodes { root: &schema };
    let mut places = vec![&schema];
    for step in &here.path {
        places = nodes.step(&places, step);
    }
    let mut items = match here.slot {
        Slot::Key => {
            let colon = if after.trim_start().starts_with(':') { "" } else { ": " };
            nodes.keys(&places, &here, file, colon)
        }
        Slot::Value => nodes.values(&places, &here, file),
    };
    let written = here.written.to_lowercase();
    items.retain(|item| item.label.to_lowercase().contains(&written));
    // What is written in full, then what begins so.
    items.sort_by_key(|item| (item.label != here.written, !item.label.to_lowercase().starts_with(&written)));
    items.truncate(MOST);
    // A name that lacks its quotes or colon is still completed.
    let done = matches!(items.as_slice(), [only] if text.get(here.from..to) == Some(only.insert.as_str()));
    (!items.is_empty() && !done).then_some(Completion { from: here.from, to, items })
}

struct Nodes<'a> {
    root: &'a Value,
}

impl<'a> Nodes<'a> {
    /// A schema without references and alternatives: all the schemas that it may be.
    fn open(&self, node: &'a Value, found: &mut Vec<&'a Value>) {
        if let Some(name) = node.get("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next().unwrap_or("");
            if let Some(node) = self.root.get("$defs").and_then(|all| all.get(name)) {
                self.open(node, found);
            }
        } else if let Some(alternatives) = node.get("anyOf").and_then(Value::as_list) {
            alternatives.iter().for_each(|node| self.open(node, found));
        } else {
            found.push(node);
        }
    }

    fn all(&self, places: &[&'a Value]) -> Vec<&'a Value> {
        let mut found = Vec::new();
        places.iter().for_each(|node| self.open(node, &mut found));
        found
    }

    fn step(&self, places: &[&'a Value], step: &Step) -> Vec<&'a Value> {
        let mut next = Vec::new();
        for node in self.all(places) {
            match step {
                Step::Index => next.extend(node.get("items")),
                Step::Key(key) => {
                    let own = node.get("properties").and_then(|properties| properties.get(key));
                    let patterns = node.get("patternProperties").and_then(Value::as_map).unwrap_or(&[]);
                    // The one pattern that a key may not fit is that of facts.
                    let pattern = patterns.iter().find(|_| !key.starts_with('$')).map(|(_, schema)| schema);
                    let other = node.get("additionalProperties").filter(|schema| schema.as_map().is_some());
                    next.extend(own.or(pattern).or(other));
                }
            }
        }
        next
    }

    fn keys(&self, places: &[&'a Value], here: &Caret, file: Option<&Value>, colon: &str) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut add = |label: &str, about: &str| {
            if !here.siblings.iter().any(|key| key == label) && !items.iter().any(|item| item.label == label) {
                let insert = format!("\"{label}\"{colon}");
                items.push(Item { label: label.into(), insert, about: about.into() });
            }
        };
        match here.path.last().and_then(Step::key) {
            Some("week") => DAYS.iter().for_each(|(name, about)| add(name, about)),
            Some("given") if here.path.first().and_then(Step::key) == Some("tests") => {
                add("now", "Date and time with an offset: 2026-11-20T10:00:00Z.");
                for (name, declared) in section(file, "attributes") {
                    add(name, declared.get("note").and_then(Value::as_str).unwrap_or("Supplied by the site."));
                }
                FACTS.iter().filter(|fact| !fact.name.ends_with('*')).for_each(|fact| add(fact.name, fact.about));
            }
            _ => {}
        }
        let shapes = self.all(places);
        for node in &shapes {
            let properties = node.get("properties").and_then(Value::as_map).unwrap_or(&[]);
            // Of several shapes (signals, actions) only those that the object can still become.
            let facts = properties.iter().any(|(name, _)| name == "$nor");
            let has = |key: &String| facts && !key.starts_with('$') || properties.iter().any(|(name, _)| name == key);
            if shapes.len() > 1 && !here.siblings.iter().all(has) {
                continue;
            }
            if facts {
                for (name, declared) in section(file, "attributes") {
                    add(name, declared.get("note").and_then(Value::as_str).unwrap_or("Supplied by the site."));
                }
                for (name, _) in section(file, "audiences") {
                    add(&format!("audience.{name}"), "Belongs to this audience.");
                }
            }
            let about = node.get("description").and_then(Value::as_str).unwrap_or("");
            for (name, schema) in properties {
                let own = schema.get("description").and_then(Value::as_str).or_else(|| about_key(name));
                add(name, own.unwrap_or(about));
            }
        }
        items
    }

    fn values(&self, places: &[&'a Value], here: &Caret, file: Option<&Value>) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut add = |label: &str, insert: String, about: &str| {
            if !items.iter().any(|item| item.label == label) {
                items.push(Item { label: label.into(), insert, about: about.into() });
            }
        };
        let quote = |text: &str| format!("\"{text}\"");
        let keys: Vec<&str> = here.path.iter().filter_map(Step::key).collect();
        let last = keys.last().copied().unwrap_or("");
        let indexed = here.path.last() == Some(&Step::Index);
        let defined = match last {
            "schedule" | "outside" => section(file, "schedules"),
            "audience" | "any" | "all" | "none" if keys.contains(&"audience") => section(file, "audiences"),
            "$inGroup" | "$notInGroup" => section(file, "lists"),
            _ => &[],
        };
        for (name, _) in defined {
            add(name, quote(name), "Defined in this file.");
        }
        if !here.quoted {
            let snippets = match (last, indexed) {
                ("on", _) => SIGNALS,
                ("do", _) if keys.first() == Some(&"rules") => ACTIONS,
                ("rules", true) => RULES,
                ("agents", _) => AGENTS,
                _ if keys.iter().rev().nth(1) == Some(&"week") && !indexed => HOURS,
                _ => &[],
            };
            for (label, insert, about) in snippets {
                add(label, (*insert).into(), about);
            }
        }
        if !here.quoted && last == "audience" && keys.first() == Some(&"rules") {
            let first = section(file, "audiences").first().map_or("name", |(name, _)| name);
            for (word, about) in [
                ("all", "Belongs to all of these."),
                ("any", "Belongs to at least one of these."),
                ("none", "Belongs to none of these."),
            ] {
                add(word, format!("{{ \"{word}\": [\"{first}\"] }}"), about);
            }
        }
        if last == "rule" && keys.contains(&"expect") {
            let rules = file.and_then(|file| file.get("rules")?.as_list()).unwrap_or(&[]);
            let named = rules.iter().filter_map(|rule| Some((rule.get("id")?.as_str()?, rule.get("name"))));
            for (id, name) in named {
                add(id, quote(id), name.and_then(Value::as_str).unwrap_or("A rule of this file."));
            }
        }
        // The values of the fact that the condition is about.
        if let Some(fact) = keys.iter().rev().find(|key| !key.starts_with('$')).and_then(|name| fact_at(name)) {
            fact.values.iter().for_each(|value| add(value, quote(value), fact.about));
        }
        for node in self.all(places) {
            let about = node.get("description").and_then(Value::as_str).unwrap_or("");
            let listed = ["enum", "examples"].into_iter().filter_map(|key| node.get(key).and_then(Value::as_list));
            for value in listed.flatten().chain(node.get("const")) {
                match value {
                    Value::String(text) => {
                        let own = if last == "need" { about_need(text) } else { None };
                        add(text, quote(text), own.unwrap_or(about));
                    }
                    Value::Number(number) => {
                        let number = crate::number::print(*number);
                        add(&number, number.clone(), about);
                    }
                    _ => {}
                }
            }
            if node.get("type").and_then(Value::as_str) == Some("boolean") && !here.quoted {
                for word in ["true", "false"] {
                    add(word, word.into(), about);
                }
            }
        }
        items
    }
}

impl Step {
    fn key(&self) -> Option<&str> {
        match self {
            Step::Key(key) => Some(key),
            Step::Index => None,
        }
    }
}

fn section<'v>(file: Option<&'v Value>, name: &str) -> &'v [(String, Value)] {
    file.and_then(|file| file.get(name)).and_then(Value::as_map).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::complete;
    use crate::value::Value;

    /// Labels at the bar in the text.
    fn labels(text: &str) -> Vec<String> {
        let at = text.find('|').unwrap();
        let names =
            |names: &[&str]| Value::Map(names.iter().map(|name| ((*name).into(), Value::Map(vec![]))).collect());
        let file = Value::Map(vec![
            ("attributes".into(), names(&["plan"])),
            ("audiences".into(), names(&["loyal"])),
            ("schedules".into(), names(&["office"])),
            ("lists".into(), names(&["bulky"])),
        ]);
        let found = complete(&text.replace('|', ""), at, Some(&file));
        found.map_or(Vec::new(), |found| found.items.into_iter().map(|item| item.label).collect())
    }

    fn applied(text: &str, label: &str) -> String {
        let at = text.find('|').unwrap();
        let text = text.replace('|', "");
        let found = complete(&text, at, None).unwrap();
        let item = found.items.iter().find(|item| item.label == label).unwrap();
        format!("{}{}{}", &text[..found.from], item.insert, &text[found.to..])
    }

    #[test]
    fn offers_what_fits_and_nothing_else() {
        for (text, expected, unwanted) in [
            (r#"{ "|" "#, "rules", "when"),
            (r#"{ "version": 1, "ru|"#, "rules", "version"),
            (r#"{ "rules": [{ "id": "a", "|" }] }"#, "when", "id"),
            (r#"{ "rules": [{ "when": { "vis|"#, "visit.number", "cart.value"),
            (r#"{ "rules": [{ "when": { "|"#, "plan", "when"),
            (r#"{ "rules": [{ "when": { "cart.value": { "$g|"#, "$gte", "$lt"),
            (r#"{ "rules": [{ "when": { "$or": [{ "cart.value": { "$|"#, "$gte", "$or"),
            (r#"{ "rules": [{ "when": { "device.type": { "$in": ["|"#, "phone", "search"),
            (r#"{ "rules": [{ "when": { "sku": { "$inGroup": "|"#, "bulky", "loyal"),
            (r#"{ "rules": [{ "on": [{ "timer": "20s", "|"#, "clock", "exit"),
            (r#"{ "rules": [{ "on": [{ "timer": "20s", "clock": "|"#, "visible", "site"),
            (r#"{ "rules": [{ "on": [|"#, "timer", "notify"),
            (r#"{ "rules": [{ "on": [{ "|"#, "exit", "notify"),
            (r#"{ "rules": [{ "do": { "notify": { "t|"#, "text", "from"),
            (r#"{ "rules": [{ "schedule": "|"#, "office", "loyal"),
            (r#"{ "rules": [{ "audience": { "none": ["|"#, "loyal", "office"),
            (r#"{ "rules": [{ "agents": { "need": "|"#, "available", "hide"),
            (r#"{ "rules": [{ "agents": |"#, "available", "hide"),
            (r#"{ "rules": [{ "audience": |"#, "none", "office"),
            (r#"{ "schedules": { "office": { "week": { "|" } } }"#, "mon-fri", "zone"),
            (r#"{ "schedules": { "office": { "week": { "sat": |"#, "hours", "sat"),
            (r#"{ "tests": [{ "given": { "|" } }]"#, "plan", "given"),
            (r#"{ "tests": [{ "given": { "device.type": "|"#, "phone", "plan"),
            (r#"{ "disabled": |"#, "true", "rules"),
            ("{ // \"x\": {\n \"/* } */\": 1, \"|", "rules", "when"),
        ] {
            let found = labels(text);
            assert!(found.iter().any(|label| label == expected), "{text}: {found:?}");
            assert!(!found.iter().any(|label| label == unwanted), "{text}: {found:?}");
        }
        for nothing in ["|", "{ // |", "{ \"version\": 1 } |"] {
            assert_eq!(labels(nothing), Vec::<String>::new(), "{nothing}");
        }
    }

    #[test]
    fn replaces_the_whole_word_with_its_quotes() {
        assert_eq!(applied(r#"{ "ru|" }"#, "rules"), r#"{ "rules":  }"#);
        assert_eq!(applied(r#"{ "ru|ls": [] }"#, "rules"), r#"{ "rules": [] }"#);
        assert_eq!(applied(r#"{ ru| }"#, "rules"), r#"{ "rules":  }"#);
        // A name in full is still completed, until nothing is left to add.
        assert_eq!(applied(r#"{ "rules": [{ "on|"#, "on"), r#"{ "rules": [{ "on": "#);
        assert_eq!(labels(r#"{ "rules": [{ "on|"#)[0], "on");
        assert_eq!(labels(r#"{ "disabled": true| }"#), Vec::<String>::new());
        assert_eq!(
            applied(r#"{ "rules": [{ "audience": | }] }"#, "all"),
            r#"{ "rules": [{ "audience": { "all": ["name"] } }] }"#
        );
        assert_eq!(
            applied(r#"{ "rules": [{ "agents": { "need": "av|"} }] }"#, "available"),
            r#"{ "rules": [{ "agents": { "need": "available"} }] }"#
        );
    }

    #[test]
    fn no_place_of_a_file_brings_it_down() {
        let text = include_str!("../../../../tests/cases/targeting/source/many-mistakes.jsonc");
        for (at, _) in text.char_indices() {
            let _ = complete(text, at, None);
            let _ = complete(&text[..at], at, None);
        }
    }
}
