//! The engagement file: from what a person edits to what browsers get.

mod host;

use std::rc::Rc;

use chinwag_targeting::{
    Now, Rules, Value, compile, editing,
    selftest::{TestResult, run_tests},
};

use crate::clock;
pub(crate) use chinwag_targeting::{
    Severity,
    editing::{Finding, Inspected, Usable, public},
};
pub(crate) use host::Native;

/// The file's own tests that fail, each as a sentence.
pub(crate) fn failing_tests(usable: &Usable) -> Vec<String> {
    let results = run_tests(&usable.rules, &usable.file, now());
    let failed = results.into_iter().filter(|result| !result.failures.is_empty());
    failed.map(|result| format!("{}: {}", title(&result), result.failures.join("; "))).collect()
}

/// The name of a test of the file; one without is told by its number.
pub(crate) fn title(result: &TestResult) -> String {
    let unnamed = result.name.bytes().all(|byte| byte.is_ascii_digit());
    if unnamed { format!("test {}", result.name) } else { result.name.clone() }
}

/// The instant at which rules are looked at; the page was just opened.
pub(crate) fn now() -> Now {
    Now { page: 0.0, wall: clock::wall().0 as f64 }
}

/// Reads and checks a file that people edit, now and on this machine.
pub(crate) fn check(text: &str) -> Inspected {
    editing::inspect(text, Rc::new(Native), now())
}

/// The same file, of which no rule runs.
pub(crate) fn without_rules(usable: &Usable) -> Option<Usable> {
    let entries = usable.file.as_map()?.iter();
    let file = Value::Map(entries.filter(|(key, _)| key != "rules").cloned().collect());
    let rules = compile(&file, Rc::new(Native)).ok()?.rules;
    Some(Usable { file, rules })
}

/// What browsers get: strict JSON under a revision that never goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) revision: u64,
    pub(crate) json: String,
}

/// Publishes a file after `last`. A changed file with an old revision gets the next one; an unchanged file changes nothing.
pub(crate) fn publish(usable: &Usable, last: Option<&Published>) -> Published {
    let file = &public(usable);
    let wanted = revision(file);
    let Some(last) = last else {
        let revision = wanted.max(1);
        return Published { revision, json: with_revision(file, revision) };
    };
    if wanted <= last.revision && with_revision(file, last.revision) == last.json {
        return last.clone();
    }
    let revision = wanted.max(last.revision + 1);
    Published { revision, json: with_revision(file, revision) }
}

/// Reads what was published before a restart.
pub(crate) fn published(json: &str) -> Option<Published> {
    let file: Value = serde_json::from_str(json).ok()?;
    file.as_map()?;
    Some(Published { revision: revision(&file), json: json.into() })
}

/// A rule that shows something, as results name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: String,
    /// For people.
    pub(crate) name: String,
    pub(crate) variations: Vec<String>,
    /// Name of the signal that counts as success.
    pub(crate) goal: Option<String>,
}

/// The rules of a published file that show something, in the order of evaluation.
pub(crate) fn shown(json: &str) -> Vec<Shown> {
    let file: Value = serde_json::from_str(json).unwrap_or_default();
    let program = file.get("program").and_then(Value::as_str).unwrap_or_default();
    let Some(rules) = Rules::read(program, Rc::new(Native)) else { return Vec::new() };
    let visible = rules.rules().iter().filter(|rule| rule.is_visible());
    let shown = visible.map(|rule| Shown {
        id: rule.id().into(),
        name: rule.name().into(),
        variations: rule.variations().to_vec(),
        goal: rule.goal().map(|goal| goal.signal.clone()),
    });
    shown.collect()
}

fn revision(file: &Value) -> u64 {
    let number = file.get("revision").and_then(Value::as_f64).unwrap_or(0.0);
    // Whole numbers up to 2^53, which is what a browser can tell apart.
    if number.is_finite() { number.clamp(0.0, 9_007_199_254_740_991.0) as u64 } else { 0 }
}

fn with_revision(file: &Value, revision: u64) -> String {
    let entries = file.as_map().unwrap_or(&[]);
    let number = Value::Number(revision as f64);
    let mut out: Vec<(String, Value)> = entries.iter().filter(|(key, _)| key != "revision").cloned().collect();
    let place = entries.iter().position(|(key, _)| key == "revision").unwrap_or(out.len());
    out.insert(place.min(out.len()), ("revision".into(), number));
    serde_json::to_string(&Value::Map(out)).unwrap_or_else(|_| "{}".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(text: &str, last: Option<&Published>) -> Published {
        super::publish(&check(text).usable.unwrap(), last)
    }

    #[test]
    fn a_revision_never_goes_back() {
        let first = publish(r#"{"version":1,"revision":5,"name":"a"}"#, None);
        assert_eq!(first, Published { revision: 5, json: r#"{"version":1,"revision":5,"name":"a"}"#.into() });
        let same = publish(r#"{"version":1,"revision":5,"name":"a"}"#, Some(&first));
        assert_eq!(same, first, "nothing changed");
        let edited = publish(r#"{"version":1,"revision":5,"name":"b"}"#, Some(&first));
        assert_eq!(edited.revision, 6, "edited without raising the number");
        let back = publish(r#"{"version":1,"revision":2,"name":"a"}"#, Some(&edited));
        assert_eq!(back.revision, 7, "an old file put back is new to browsers");
        let ahead = publish(r#"{"version":1,"revision":40,"name":"a"}"#, Some(&back));
        assert_eq!(ahead.revision, 40);
        assert_eq!(published(&ahead.json), Some(ahead));
    }

    #[test]
    fn a_typo_is_found_at_its_line_and_column() {
        let checked = check("{\n  \"version\": 1,\n  \"rules\": [\n");
        assert!(checked.usable.is_none());
        assert_eq!((checked.findings[0].line, checked.findings[0].code), (3, "syntax"));
        let checked = check("{\n  \"version\": 1,\n  \"greting\": \"x\"\n}");
        assert!(checked.usable.is_some(), "an unknown key is a warning");
        assert_eq!((checked.findings[0].line, checked.findings[0].column), (3, 3));
    }

    #[test]
    fn comments_and_trailing_commas_are_for_people_only() {
        let published = publish("// shop\n{ \"version\": 1, /* soon */ \"rules\": [], }", None);
        assert_eq!(published.json, r#"{"version":1,"revision":1}"#);
    }

    #[test]
    fn what_people_wrote_is_not_shown_to_strangers_and_the_rules_still_run() {
        let file = r#"{"version":1,"note":"n","lists":{"staff":["Ada"]},"rules":[{"id":"a","note":"remove after January",
            "name":"A","when":{"customer.name":{"$notInGroup":"staff"}},"do":{"badge":1}}],"tests":[]}"#;
        let published = publish(file, None);
        for word in ["January", "note", "tests", "$notInGroup", "\"rules\""] {
            assert!(!published.json.contains(word), "{word}: {}", published.json);
        }
        let json: serde_json::Value = serde_json::from_str(&published.json).unwrap();
        let rules = chinwag_targeting::Rules::read(json["program"].as_str().unwrap(), Rc::new(Native)).unwrap();
        assert!(rules.find("a").is_some());
        assert_eq!(json.get("agents"), None);
    }
}
