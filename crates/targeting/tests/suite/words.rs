//! The vocabulary against the compiler, which is asked for its words by giving it one that it cannot know.

use crate::host::Native;
use crate::json;
use chinwag_targeting::vocabulary::{
    ACTIONS, FACTS, FEATURES, FILE, JUNCTIONS, OPERATORS, RULE, SIGNALS, Supplier, Word, fact_at,
};
use chinwag_targeting::{Compiled, Expected, Value, compile};
use std::rc::Rc;

fn words(file: &str) -> Vec<String> {
    let Compiled { problems, .. } = compile(&json(file), Rc::new(Native)).unwrap();
    let mut words = match &problems.iter().find(|problem| problem.subject.contains("zzz")).unwrap().expected {
        Expected::OneOf(words) => words.iter().map(|word| (*word).to_string()).collect(),
        Expected::Names(names) => names.clone(),
        Expected::Unsaid => Vec::new(),
    };
    words.sort();
    words
}

fn names(words: &[Word]) -> Vec<String> {
    let mut names: Vec<String> = words.iter().map(|word| word.name.to_string()).collect();
    names.sort();
    names
}

fn rule(slot: &str) -> String {
    format!(r#"{{"version": 1, "rules": [{{"id": "a", "do": "open", {slot}}}]}}"#)
}

#[test]
fn a_word_of_the_compiler_is_not_missing_in_the_schema_nor_the_other_way_round() {
    assert_eq!(words(r#"{"version": 1, "zzz": 1}"#), names(FILE));
    assert_eq!(words(&rule(r#""zzz": 1"#)), names(RULE));
    assert_eq!(words(&rule(r#""on": "zzz""#)), names(SIGNALS));
    assert_eq!(words(&rule(r#""do": "zzz""#)), names(ACTIONS));
    assert_eq!(words(&rule(r#""when": {"a": {"$zzz": 1}}"#)), names(OPERATORS));
    assert_eq!(words(&rule(r#""when": {"$zzz": {}}"#)), names(JUNCTIONS));
    let mut features: Vec<String> = FEATURES.iter().map(|word| (*word).to_string()).collect();
    features.sort();
    assert_eq!(words(r#"{"version": 1, "requires": ["zzz"]}"#), features);
}

/// Slots with settings of their own: the schema lists exactly those that the compiler knows.
#[test]
fn the_settings_of_each_slot_are_those_of_the_compiler() {
    let schema = chinwag_targeting::schema();
    let at = |path: &str| -> Vec<String> {
        let mut here = &schema;
        for step in path.split('/') {
            here = match (here, step.parse::<usize>()) {
                (Value::List(items), Ok(index)) => &items[index],
                _ => here.get(step).unwrap_or_else(|| panic!("{path}: {step}")),
            };
        }
        let mut names: Vec<String> = here.as_map().unwrap().iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    };
    for (path, file) in [
        ("properties/limits/properties", r#"{"version": 1, "limits": {"zzz": 1}}"#.to_string()),
        ("properties/holdout/properties", r#"{"version": 1, "holdout": {"zzz": 1}}"#.to_string()),
        (
            "properties/attributes/additionalProperties/properties",
            r#"{"version": 1, "attributes": {"a": {"zzz": 1}}}"#.to_string(),
        ),
        (
            "properties/schedules/additionalProperties/properties",
            r#"{"version": 1, "schedules": {"a": {"zzz": 1}}}"#.to_string(),
        ),
        ("$defs/rule/properties/limits/properties", rule(r#""limits": {"zzz": 1}"#)),
        ("$defs/rule/properties/agents/properties", rule(r#""agents": {"zzz": 1}"#)),
        ("$defs/rule/properties/rollout/properties", rule(r#""rollout": {"zzz": 1}"#)),
        ("$defs/rule/properties/experiment/properties", rule(r#""experiment": {"zzz": 1}"#)),
        ("$defs/rule/properties/goal/properties", rule(r#""goal": {"zzz": 1}"#)),
        ("$defs/rule/properties/audience/anyOf/1/properties", rule(r#""audience": {"zzz": 1}"#)),
        ("$defs/rule/properties/where/anyOf/1/properties", rule(r#""where": {"zzz": 1}"#)),
        (
            "$defs/action/anyOf/1/properties/notify/properties",
            r#"{"version": 1, "rules": [{"id": "a", "do": {"notify": {"text": "x", "zzz": 1}}}]}"#.to_string(),
        ),
    ] {
        assert_eq!(at(path), words(&file), "{path}");
    }
}

/// The scout's facts, read from its source and from that of what it leaves to the engine: names in quotes, tables of `name place`, and what is put together.
fn supplied() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scout/src");
    let source: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .chain([concat!(env!("CARGO_MANIFEST_DIR"), "/src/talk.rs").into()])
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let families = ["page.", "visit.", "source.", "device.", "user.", "visitor.", "consent.", "chat.", "agents."];
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let words = source.split(is_end).filter(|word| families.iter().any(|family| word.starts_with(family)));
    let mut names: Vec<String> = words.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// Would catch: a fact that visitors' browsers supply and `rules check` calls a mistake, and one that the vocabulary
/// promises and nobody supplies.
#[test]
fn the_facts_of_the_scout_are_those_of_the_vocabulary() {
    let supplied = supplied();
    let has = |name: &str| supplied.iter().any(|known| known == name);
    assert!(has("device.os") && has("page.secondsVisible"), "{supplied:?}");
    // Beginnings of names, and a call that looks like one.
    for name in supplied.iter().filter(|name| !name.ends_with('.') && *name != "source.into") {
        // `page.query` is a family as a whole.
        let family = FACTS.iter().any(|fact| fact.name == format!("{name}.*"));
        assert!(family || fact_at(name).is_some(), "{name} is not in the vocabulary");
    }
    // The engine itself supplies `time.*`, what the history tells, and `score`; `source.utm.*` is put together.
    let own = ["time.", "notice.", "chat.hoursSinceLast", "source.utm.", "score", "page.query.", "page.meta."];
    for fact in FACTS.iter().filter(|fact| matches!(fact.by, Supplier::Widget | Supplier::WidgetAtTimes)) {
        assert!(has(fact.name) || own.iter().any(|own| fact.name.starts_with(own)), "nobody supplies {}", fact.name);
    }
}
