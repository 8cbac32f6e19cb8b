//! The file as people edit it: its text, what is wrong with it and where, and what of it is published.

mod complete;
mod document;
mod pieces;
mod place;
mod snippets;

use crate::compile::{Compiled, MAX_FILE_BYTES, compile};
use crate::facts::Now;
use crate::host::Host;
use crate::problem::{Problem, Severity};
use crate::rules::Rules;
use crate::value::Value;
pub use complete::{Completion, Item, complete};
pub use document::{Document, Mistake, Place};
use serde::{Serialize, Serializer};
use std::rc::Rc;

/// One finding, where an editor can jump to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    #[serde(serialize_with = "severity")]
    pub severity: Severity,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Stable code.
    pub code: &'static str,
    /// JSON pointer of the place; empty for the whole file.
    pub path: String,
    /// One plain sentence.
    pub message: String,
    /// What to do about it. Errors always have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

fn severity<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(severity.as_str())
}

impl core::fmt::Display for Finding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// What a check found out.
pub struct Inspected {
    /// Absent when the file as a whole cannot be used.
    pub usable: Option<Usable>,
    /// In the order of the file.
    pub findings: Vec<Finding>,
}

/// A file that can be used; rules with errors in it are switched off.
pub struct Usable {
    /// In source order.
    pub file: Value,
    /// Its rules.
    pub rules: Rules,
}

/// Reads and checks a file that people edit: JSON with comments and trailing commas. A bad rule is a finding and
/// switches itself off; only an unusable file has no value.
pub fn inspect(text: &str, host: Rc<dyn Host>, now: Now) -> Inspected {
    let whole = |finding| Inspected { usable: None, findings: vec![finding] };
    if text.len() > MAX_FILE_BYTES {
        let message = format!("the file is larger than {} KB", MAX_FILE_BYTES / 1024);
        let hint = "move long lists to facts that the site supplies, or remove rules that have ended";
        return whole(of_text("too-large", message, hint, Place::START));
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(Mistake { place, message, hint }) => return whole(of_text("syntax", message, hint, place)),
    };
    let file = document.value();
    match compile(&file, host) {
        Err(problem) => whole(finding(&document, &file, &problem)),
        Ok(Compiled { rules, problems }) => {
            let lints = crate::check::check(&file, &rules, now);
            let all = problems.iter().chain(&lints);
            let mut findings: Vec<_> = all.map(|problem| finding(&document, &file, problem)).collect();
            findings.extend(document.repeated().into_iter().map(|(place, name)| {
                let message = format!("`{name}` stands here twice; only the last one counts");
                let hint = "remove one of the two";
                Finding { severity: Severity::Warning, ..of_text("repeated-key", message, hint, place) }
            }));
            findings.sort_by_key(|f| (f.line, f.column));
            Inspected { usable: Some(Usable { file, rules }), findings }
        }
    }
}

fn of_text(code: &'static str, message: String, hint: &str, place: Place) -> Finding {
    let Place { line, column } = place;
    let path = String::new();
    Finding { severity: Severity::Error, line, column, code, path, message, hint: Some(hint.into()) }
}

fn finding(document: &Document<'_>, file: &Value, problem: &Problem) -> Finding {
    let Place { line, column } = document.place(&problem.path);
    let mend = |cause: String| format!("mend `{}` in line {}", problem.subject, document.place(&cause).line);
    Finding {
        severity: problem.severity,
        line,
        column,
        code: problem.code.as_str(),
        path: problem.path.clone(),
        message: problem.message(),
        hint: problem.cause().map(mend).or_else(|| problem.hint(file)),
    }
}

/// What stays on the server: what only people who edit the file need, and what the program says in the browser's words.
/// Strangers pay for every byte, and notes are nobody else's business.
const PRIVATE: [&str; 16] = [
    "$schema",
    "attributes",
    "audiences",
    "holdout",
    "limits",
    "links",
    "lists",
    "note",
    "quiet",
    "requires",
    "rules",
    "schedules",
    "semantics",
    "tests",
    "timeZone",
    "program",
];

/// The file as browsers get it: what the interface shows, and the rules as a program ([`Rules::read`]).
/// `agents` says that the rules ask whether somebody is there.
pub fn public(usable: &Usable) -> Value {
    let Usable { file, rules } = usable;
    let entries = file.as_map().unwrap_or(&[]).iter();
    let mut entries: Vec<_> = entries.filter(|entry| !PRIVATE.contains(&entry.0.as_str())).cloned().collect();
    if rules.rules().iter().any(|rule| rule.status() == crate::rules::Status::Ready) {
        entries.push(("program".into(), rules.write().into()));
    }
    if rules.asks_for_agents() {
        entries.push(("agents".into(), true.into()));
    }
    Value::Map(entries)
}
