//! The engagement file: from what a person edits to what browsers get.

mod host;
mod jsonc;

use std::rc::Rc;

use chinwag_targeting::{self as targeting, Compiled, MAX_FILE_BYTES, Now, Value, selftest::run_tests};

use crate::clock;
pub(crate) use host::Native;
pub(crate) use jsonc::{Document, Place};
use serde::Serialize;
pub(crate) use targeting::Severity;

/// One finding, where an editor can jump to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    #[serde(serialize_with = "severity")]
    pub(crate) severity: Severity,
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
    pub(crate) code: &'static str,
    /// JSON pointer of the place; empty for the whole file.
    pub(crate) path: String,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

fn severity<S: serde::Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(severity.as_str())
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// What a check found out.
pub(crate) struct Checked {
    /// Absent when the file as a whole cannot be used.
    pub(crate) usable: Option<Usable>,
    /// In the order of the file.
    pub(crate) findings: Vec<Finding>,
}

/// A file that can be used; rules with errors in it are switched off.
pub(crate) struct Usable {
    /// In source order.
    pub(crate) file: Value,
    pub(crate) rules: targeting::Rules,
}

impl Usable {
    /// The file's own tests that fail, each as a sentence.
    pub(crate) fn failing_tests(&self) -> Vec<String> {
        let results = run_tests(&self.rules, &self.file, now());
        let failed = results.into_iter().filter(|result| !result.failures.is_empty());
        failed.map(|result| format!("{}: {}", result.name, result.failures.join("; "))).collect()
    }
}

/// The instant at which rules are looked at; the page was just opened.
pub(crate) fn now() -> Now {
    Now { page: 0.0, wall: clock::wall().0 as f64 }
}

/// Reads and checks a file that people edit. A bad rule is a finding and switches itself off; only an unusable file has no value.
pub(crate) fn check(text: &str) -> Checked {
    let whole = |finding| Checked { usable: None, findings: vec![finding] };
    if text.len() > MAX_FILE_BYTES {
        let message = format!("the file is larger than {} KB", MAX_FILE_BYTES / 1024);
        return whole(unusable("too-large", message, Place::START));
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err((place, message)) => return whole(unusable("syntax", message, place)),
    };
    let file = document.value();
    match targeting::compile(&file, Rc::new(Native)) {
        Err(problem) => whole(finding(&document, &problem)),
        Ok(Compiled { rules, problems }) => {
            let lints = targeting::check(&file, &rules, now());
            let all = problems.iter().chain(&lints);
            let mut findings: Vec<_> = all.map(|problem| finding(&document, problem)).collect();
            findings.extend(document.repeated().into_iter().map(|(place, name)| Finding {
                severity: Severity::Warning,
                ..unusable("repeated-key", format!("`{name}` stands here twice; only the last one counts"), place)
            }));
            findings.sort_by_key(|f| (f.line, f.column));
            Checked { usable: Some(Usable { file, rules }), findings }
        }
    }
}

fn unusable(code: &'static str, message: String, place: Place) -> Finding {
    let Place { line, column } = place;
    let path = String::new();
    Finding { severity: Severity::Error, line, column, code, path, message, hint: None }
}

fn finding(document: &Document<'_>, problem: &targeting::Problem) -> Finding {
    let Place { line, column } = document.place(&problem.path);
    Finding {
        severity: problem.severity,
        line,
        column,
        code: problem.code.as_str(),
        path: problem.path.clone(),
        message: problem.message(),
        hint: problem.hint(),
    }
}

/// What browsers get: strict JSON under a revision that never goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) revision: u64,
    pub(crate) json: String,
}

/// What only people who edit the file need. It stays here: strangers pay for every byte, and notes are nobody else's business.
const PRIVATE: [&str; 3] = ["note", "tests", "$schema"];

/// The file without what is private.
fn public(file: &Value) -> Value {
    let strip = |entries: &[(String, Value)]| -> Vec<(String, Value)> {
        let shown = |entry: &&(String, Value)| !PRIVATE.contains(&entry.0.as_str());
        entries.iter().filter(shown).cloned().collect()
    };
    let mut entries = strip(file.as_map().unwrap_or(&[]));
    if let Some((_, Value::List(rules))) = entries.iter_mut().find(|(key, _)| key == "rules") {
        for rule in rules {
            if let Value::Map(entries) = rule {
                *entries = strip(entries);
            }
        }
    }
    Value::Map(entries)
}

/// Publishes `file` after `last`. A changed file with an old revision gets the next one; an unchanged file changes nothing.
pub(crate) fn publish(file: &Value, last: Option<&Published>) -> Published {
    let file = &public(file);
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

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_revision_never_goes_back() {
        let first = publish(&value(r#"{"version":1,"revision":5,"name":"a"}"#), None);
        assert_eq!(first, Published { revision: 5, json: r#"{"version":1,"revision":5,"name":"a"}"#.into() });
        let same = publish(&value(r#"{"version":1,"revision":5,"name":"a"}"#), Some(&first));
        assert_eq!(same, first, "nothing changed");
        let edited = publish(&value(r#"{"version":1,"revision":5,"name":"b"}"#), Some(&first));
        assert_eq!(edited.revision, 6, "edited without raising the number");
        let back = publish(&value(r#"{"version":1,"revision":2,"name":"a"}"#), Some(&edited));
        assert_eq!(back.revision, 7, "an old file put back is new to browsers");
        let ahead = publish(&value(r#"{"version":1,"revision":40,"name":"a"}"#), Some(&back));
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
        let checked = check("// shop\n{ \"version\": 1, /* soon */ \"rules\": [], }");
        let published = publish(&checked.usable.unwrap().file, None);
        assert_eq!(published.json, r#"{"version":1,"rules":[],"revision":1}"#);
    }

    #[test]
    fn notes_and_tests_are_not_shown_to_strangers() {
        let file =
            r#"{"version":1,"note":"n","rules":[{"id":"a","note":"remove after January","name":"A"}],"tests":[{}]}"#;
        let published = publish(&value(file), None);
        let expected = r#"{"version":1,"rules":[{"id":"a","name":"A"}],"revision":1}"#;
        assert_eq!(published.json, expected);
    }
}
