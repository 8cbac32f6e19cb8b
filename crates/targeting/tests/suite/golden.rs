//! Texts kept as files: `explain`, `describe`, problems.

use crate::host::Native;
use crate::page::START;
use crate::program::compile;
use crate::statuses::{cases, file};
use crate::{case, json};
use chinwag_targeting::selftest::{parse, run_tests};
use chinwag_targeting::{Compiled, Facts, History, Now, Outcome, Problem, Signal, Value, check, describe, explain};
use std::fmt::Write;
use std::rc::Rc;

/// Compares with a golden file, or writes it when `BLESS` is set.
pub(crate) fn golden(path: &str, text: &str) -> Option<String> {
    if std::env::var_os("BLESS").is_some() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/targeting/");
        std::fs::write(format!("{root}{path}"), text).unwrap();
        return None;
    }
    let expected = case(path);
    (expected != text).then(|| format!("--- {path}\n{expected}+++ found\n{text}"))
}

fn explained(case: &Value) -> String {
    let Compiled { rules, .. } = compile(&file(case), Rc::new(Native)).unwrap();
    let number = |key: &str| case.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    let now = Now { page: 1_000.0 + number("seconds") * 1000.0, wall: START };
    let mut facts = Facts::new();
    facts.set("page.path", "/cart");
    for clock in ["page.seconds", "page.secondsVisible", "page.secondsIdle"] {
        facts.set_running(clock, 0.0, 1_000.0);
    }
    for (path, value) in case.get("given").and_then(Value::as_map).unwrap_or(&[]) {
        facts.set(path, value.clone());
    }
    for path in case.get("pending").and_then(Value::as_list).unwrap_or(&[]) {
        facts.set_pending(path.as_str().unwrap());
    }
    let mut history = History::new();
    for outcome in case.get("record").and_then(Value::as_list).unwrap_or(&[]) {
        let outcome = match outcome.as_str().unwrap() {
            "displayed" => Outcome::Displayed,
            "dismissed" => Outcome::Dismissed,
            _ => Outcome::Conversation,
        };
        history.record(outcome, "r", Now { wall: START - number("ago") * 1000.0, ..now });
    }
    let signal = case.get("signal").map_or(Signal::Page, |signal| parse(signal).unwrap());
    explain(&rules, &facts, &history, &signal, now)
}

fn listed(file: &Value, problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let (severity, code) = (problem.severity.as_str(), problem.code.as_str());
        writeln!(text, "{severity} {} {code}: {}", problem.path, problem.message()).unwrap();
        if let Some(hint) = problem.hint(file) {
            writeln!(text, "    {hint}").unwrap();
        }
    }
    text
}

fn checked(case: &Value) -> String {
    let file = file(case);
    let now = Now { page: 0.0, wall: START };
    match compile(&file, Rc::new(Native)) {
        Err(problem) => listed(&file, &[problem]),
        Ok(Compiled { rules, mut problems }) => {
            problems.extend(check(&file, &rules, now));
            let mut text = listed(&file, &problems);
            for rule in rules.rules() {
                writeln!(text, "rule {}: {:?}", rule.id(), rule.status()).unwrap();
            }
            text
        }
    }
}

fn all(folder: &str, render: fn(&Value) -> String) {
    let cases = cases(&format!("{folder}/cases.json"));
    let wrong = cases.iter().filter_map(|(name, case)| golden(&format!("{folder}/{name}.txt"), &render(case)));
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn explanations() {
    all("explain", explained);
}

#[test]
fn problems() {
    all("check", checked);
}

#[test]
fn each_reason_is_explained_where_it_is_named() {
    for (name, case) in cases("explain/cases.json") {
        let text = explained(&case);
        let families = ["condition-", "quiet-", "disabled-", "no-event-", "cap-global-", "audience-", "dismissed-"];
        let reasons = families.iter().find_map(|family| name.strip_prefix(family));
        if reasons.is_none() && name != "no-listener" && name != "fired" {
            assert!(text.contains(&format!("- r: {name}\n")), "{name}: {text}");
        }
    }
}

#[test]
fn descriptions_and_own_tests_of_whole_files() {
    for name in ["five-rules", "shop"] {
        let file = json(&case(&format!("{name}.json")));
        let Compiled { rules, problems } = compile(&file, Rc::new(Native)).unwrap();
        let now = Now { page: 0.0, wall: START };
        assert_eq!(problems, []);
        assert_eq!(listed(&file, &check(&file, &rules, now)), "");
        for test in run_tests(&rules, &file, now) {
            assert_eq!(test.failures, Vec::<String>::new(), "{}", test.name);
        }
        assert_eq!(golden(&format!("{name}.describe.txt"), &describe(&rules, &["en"])), None);
    }
}

/// Would catch: a mere slip that sends somebody to look for an update.
#[test]
fn a_description_says_why_a_rule_is_off() {
    for (rule, expected) in [
        (r#""when": {"a": {"$get": 1}}"#, "a: (off: has a word that this version does not know) "),
        (r#""delay": 5"#, "a: (off: has errors) "),
        (r#""enabled": false"#, "a: (off) "),
    ] {
        let file = json(&format!(r#"{{"version": 1, "rules": [{{"id": "a", "do": "open", {rule}}}]}}"#));
        let Compiled { rules, .. } = compile(&file, Rc::new(Native)).unwrap();
        let text = describe(&rules, &["en"]);
        assert!(text.starts_with(expected), "{text}");
    }
}
