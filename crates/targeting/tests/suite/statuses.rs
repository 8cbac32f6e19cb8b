//! What the crate does to rules and actions with the feature `tools` and without it: visitors must get the same.

use crate::host::Native;
use crate::program::compile;
use crate::{case, json};
use chinwag_targeting::{Compiled, Severity, Status, Value};
use std::rc::Rc;

fn merge(base: &str, more: Option<&Value>) -> Value {
    let Value::Map(mut entries) = json(base) else { panic!("{base}") };
    for (key, value) in more.and_then(Value::as_map).unwrap_or(&[]) {
        entries.retain(|(known, _)| known != key);
        entries.push((key.clone(), value.clone()));
    }
    Value::Map(entries)
}

/// The file of a case: one rule `r`, changed as the case says, and others after it.
pub(crate) fn file(case: &Value) -> Value {
    let base = r#"{"version": 1, "timeZone": "Europe/Paris", "audiences": {"loyal": {"visit.number": {"$gte": 5}}},
        "schedules": {"night": {"week": {"daily": ["22:00-06:00"]}}},
        "lists": {"bulky": ["SKU-1"]}}"#;
    let Value::Map(mut entries) = merge(base, case.get("file")) else { unreachable!() };
    let mut rules = vec![merge(r#"{"id": "r", "do": {"teaser": "Hi"}}"#, case.get("rule"))];
    rules.extend(case.get("others").and_then(Value::as_list).unwrap_or(&[]).iter().cloned());
    entries.push(("rules".into(), Value::List(rules)));
    Value::Map(entries)
}

pub(crate) fn cases(path: &str) -> Vec<(String, Value)> {
    let cases = json(&case(path));
    let named = |case: &Value| (case.get("name").unwrap().as_str().unwrap().to_string(), case.clone());
    cases.as_list().unwrap().iter().map(named).collect()
}

/// The golden files of `check` say which rules are switched off; they are written with the feature `tools`.
#[test]
fn every_build_switches_off_the_same_rules() {
    for (name, case_) in cases("check/cases.json") {
        let golden = case(&format!("check/{name}.txt"));
        let expected: Vec<&str> = golden.lines().filter(|line| line.starts_with("rule ")).collect();
        let found: Vec<String> = match compile(&file(&case_), Rc::new(Native)) {
            Ok(Compiled { rules, .. }) => {
                rules.rules().iter().map(|rule| format!("rule {}: {:?}", rule.id(), rule.status())).collect()
            }
            Err(_) => Vec::new(),
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_rule_that_is_switched_off_is_reported() {
    for (name, case) in cases("check/cases.json") {
        let Ok(Compiled { rules, problems }) = compile(&file(&case), Rc::new(Native)) else { continue };
        let off = |status: Status| status == Status::Invalid || status == Status::Unsupported;
        let unmet = case.get("file").and_then(|file| file.get("requires")).is_some();
        for rule in rules.rules().iter().filter(|rule| off(rule.status()) && !unmet) {
            let place = |path: &str| path.starts_with("/rules/") || path.starts_with("/requires");
            let told = problems.iter().any(|problem| problem.severity == Severity::Error && place(&problem.path));
            assert!(told, "{name} {}", rule.id());
        }
        assert!(!unmet || !problems.is_empty(), "{name}");
    }
}

fn actions(given: &str) -> Vec<Value> {
    let file = format!(r#"{{"version": 1, "links": ["a.example"], "rules": [{{"id": "r", "do": {given}}}]}}"#);
    let Compiled { rules, problems } = compile(&json(&file), Rc::new(Native)).unwrap();
    assert_eq!(problems, [], "{given}");
    rules.rules().iter().flat_map(|rule| rule.actions()).map(|action| action.to_value(&["fr-CA"])).collect()
}

#[test]
fn actions_leave_without_shorthands_and_in_one_language() {
    let hi = r#"{"en": "Hi", "fr": "Salut"}"#;
    for (given, expected) in [
        (r#""open""#, r#"{"open": true}"#),
        (r#"{"hide": {}}"#, r#"{"hide": true}"#),
        (r#"{"teaser": HI}"#, r#"{"teaser": "Salut"}"#),
        (r#"{"suggest": ["a", HI]}"#, r#"{"suggest": ["a", "Salut"]}"#),
        (r#"{"message": {"text": HI}}"#, r#"{"message": {"from": "bot", "text": "Salut"}}"#),
        (r#"{"message": {"from": "agent", "text": HI}}"#, r#"{"message": {"from": "agent", "text": "Salut"}}"#),
        (r#"{"route": "sales"}"#, r#"{"route": {"team": "sales"}}"#),
        (r#"{"route": {"team": "sales"}}"#, r#"{"route": {"team": "sales"}}"#),
        (r#"{"track": "seen"}"#, r#"{"track": {"name": "seen"}}"#),
        // The site's own data are not texts of ours, whatever they are called.
        (r#"{"track": {"data": {"text": HI}, "name": "x"}}"#, r#"{"track": {"name": "x", "data": {"text": HI}}}"#),
        (r#"{"score": -5}"#, r#"{"score": -5}"#),
        (r#"{"badge": 3}"#, r#"{"badge": 3}"#),
        (r#"{"navigate": "https://a.example/x"}"#, r#"{"navigate": "https://a.example/x"}"#),
        (
            r#"{"notify": {"text": HI, "from": HI, "variant": "a",
                "buttons": [{"label": HI}, {"do": "dismiss", "label": "No"}, {"label": "F", "do": {"form": "lead"}}]}}"#,
            r#"{"notify": {"variant": "a", "from": "Salut", "text": "Salut",
                "buttons": [{"label": "Salut", "do": "open"}, {"label": "No", "do": "dismiss"},
                    {"label": "F", "do": {"form": "lead"}}]}}"#,
        ),
        (r#"{"notify": {"replies": [HI], "text": "Hi"}}"#, r#"{"notify": {"text": "Hi", "replies": ["Salut"]}}"#),
        (r#"{"notify": {"text": "Hi", "replies": [], "buttons": []}}"#, r#"{"notify": {"text": "Hi"}}"#),
    ] {
        assert_eq!(actions(&given.replace("HI", hi)), [json(&expected.replace("HI", hi))], "{given}");
    }
}
