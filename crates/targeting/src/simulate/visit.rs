//! A recorded visit: one line of a file.

use super::instant;
use crate::compile::duration;
use crate::history::Outcome;
use crate::selftest::parse;
use crate::signal::Signal;
use crate::value::Value;

/// A visit as it was recorded.
///
/// `{"at": "2026-11-20T10:00:00Z", "visitor": "v1", "facts": {"page.path": "/"}, "steps": [{"after": "5s", …}], "lasts": "2m"}`.
/// `at` is required. A step has `after`, counted from the beginning of the visit, and one of `signal` (as in rules),
/// `set` (facts; null removes), `page` (the path of a page that was opened, with its facts in `set`), and `answer` (to
/// what was shown last: `dismissed`, `opened`, `replied` or `conversation`).
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    pub(crate) visitor: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub(crate) at: f64,
    pub(crate) facts: Vec<(String, Value)>,
    /// In the order of time.
    pub(crate) steps: Vec<Step>,
    /// Milliseconds.
    pub(crate) lasts: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// Milliseconds since the beginning of the visit.
    pub(crate) after: f64,
    pub(crate) act: Act,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Signal(Signal),
    Set(Vec<(String, Value)>),
    Page(String, Vec<(String, Value)>),
    Answer(Outcome),
}

/// Longer visits are mistakes of the recording.
const LONGEST: f64 = 86_400_000.0;
const MOST_STEPS: usize = 10_000;

impl Visit {
    /// Reads a visit. An error says in a sentence what is wrong with it.
    pub fn read(value: &Value) -> Result<Visit, String> {
        let entries = value.as_map().ok_or("a visit is one JSON object")?;
        only(entries, &["at", "visitor", "facts", "steps", "lasts"])?;
        let at = value.get("at").ok_or("`at` is missing: when the visit began, such as `2026-11-20T10:00:00Z`")?;
        let Some(at) = at.as_str().and_then(instant) else {
            return Err("`at` must be a date and time with an offset, such as `2026-11-20T10:00:00+01:00`".into());
        };
        let visitor = match value.get("visitor") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.clone()),
            Some(_) => return Err("`visitor` must be a text".into()),
        };
        let steps = match value.get("steps") {
            None => &[],
            Some(steps) => steps.as_list().ok_or("`steps` must be a list")?,
        };
        if steps.len() > MOST_STEPS {
            return Err(format!("more than {MOST_STEPS} steps"));
        }
        let step =
            |(index, step): (usize, &Value)| read_step(step).map_err(|error| format!("step {}: {error}", index + 1));
        let mut steps = steps.iter().enumerate().map(step).collect::<Result<Vec<Step>, String>>()?;
        // Recorders write when they learn of things, which is not always when things happened.
        steps.sort_by(|a, b| a.after.total_cmp(&b.after));
        let last = steps.last().map_or(0.0, |step| step.after);
        let lasts = match value.get("lasts") {
            None => last,
            Some(lasts) => time(lasts, "lasts")?.max(last),
        };
        Ok(Visit { visitor, at, facts: facts(value.get("facts"), "facts")?, steps, lasts })
    }
}

fn read_step(value: &Value) -> Result<Step, String> {
    let entries = value.as_map().ok_or("a step is an object")?;
    only(entries, &["after", "signal", "set", "page", "answer", "data"])?;
    let after = time(value.get("after").ok_or("`after` is missing")?, "after")?;
    let set = || facts(value.get("set"), "set");
    let kinds = ["signal", "page", "answer"].into_iter().filter(|kind| value.get(kind).is_some());
    let act = match (kinds.collect::<Vec<_>>().as_slice(), value.get("set")) {
        (["signal"], None) => {
            let signal = parse(value.get("signal").unwrap_or(&Value::Null));
            Act::Signal(signal.map_err(|hint| format!("`signal` is not understood; {hint}"))?)
        }
        (["page"], _) => {
            let path = value.get("page").and_then(Value::as_str).ok_or("`page` must be a path")?;
            Act::Page(path.into(), set()?)
        }
        (["answer"], None) => Act::Answer(match value.get("answer").and_then(Value::as_str) {
            Some("dismissed") => Outcome::Dismissed,
            Some("opened") => Outcome::Opened,
            Some("replied") => Outcome::Replied,
            Some("conversation") => Outcome::Conversation,
            _ => return Err("`answer` must be dismissed, opened, replied or conversation".into()),
        }),
        ([], Some(_)) => Act::Set(set()?),
        _ => return Err("needs one of `signal`, `set`, `page` and `answer` (`page` may have `set`)".into()),
    };
    Ok(Step { after, act })
}

fn time(value: &Value, name: &str) -> Result<f64, String> {
    let ms = value.as_str().and_then(duration);
    let ms = ms.ok_or_else(|| format!("`{name}` must be a duration such as `20s`"))?;
    if ms > LONGEST { Err(format!("`{name}` is more than a day")) } else { Ok(ms) }
}

fn facts(value: Option<&Value>, name: &str) -> Result<Vec<(String, Value)>, String> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let entries = value.as_map().ok_or_else(|| format!("`{name}` must be an object of facts"))?;
    Ok(entries.to_vec())
}

fn only(entries: &[(String, Value)], known: &[&str]) -> Result<(), String> {
    match entries.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        Some((key, _)) => Err(format!("`{key}` is not known here; the names are {}", known.join(", "))),
        None => Ok(()),
    }
}
