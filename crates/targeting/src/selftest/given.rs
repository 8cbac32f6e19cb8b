//! Facts that the engine has from its own clock, history and signal and from the file, when somebody says what they are.

use crate::condition::{Node, View, Why};
use crate::facts::{Facts, Now};
use crate::history::History;
use crate::rules::{Rules, Source};
use crate::value::Value;

/// Makes `rules` take the given `time.*`, `signal.*` and `audience.*` for what they are said to be.
pub fn suppose(rules: &mut Rules, facts: &Facts, now: Now) {
    for (slot, name) in rules.slots.iter_mut().zip(&rules.paths.names) {
        let given = !matches!(facts.view(name, now), View::Unknown(Why::Missing));
        if given && matches!(slot.source, Source::Time { .. } | Source::Signal) {
            slot.source = Source::Facts;
        }
    }
    for audience in &mut rules.audiences {
        let everybody = || Node::All(Vec::new());
        match facts.view(&["audience.", &audience.name].concat(), now) {
            View::Bool(true) => audience.node = Some(everybody()),
            View::Bool(false) => audience.node = Some(Node::Not(Box::new(everybody()))),
            _ => {}
        }
    }
}

/// The past in which `notice.*` and `chat.hoursSinceLast` are as given. Limits go by it, too: what was closed a minute ago keeps rules quiet.
pub fn past(facts: &Facts, now: Now) -> History {
    let given = |name: &str| match facts.view(name, now) {
        View::Number(number) => Some(number),
        _ => None,
    };
    let stamp = |seconds: f64| now.wall - seconds * 1000.0;
    let shown = given("notice.secondsSinceShown").map(stamp);
    let ever = given("notice.shownCount").unwrap_or(if shown.is_some() { 1.0 } else { 0.0 });
    let dismissed = given("notice.secondsSinceDismissed").map_or(0.0, stamp);
    let said = given("chat.hoursSinceLast").map_or(0.0, |hours| stamp(hours * 3600.0));
    let mut row = vec![Value::from("")];
    row.extend([ever, 0.0, dismissed, said, 0.0, 0.0].into_iter().chain(shown).map(Value::Number));
    let mut history = History::new();
    history.restore(&Value::List(vec![Value::List(row)]));
    history
}
