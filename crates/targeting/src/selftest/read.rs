//! Tests as they are written. What of one is not understood would make it pass whatever the rules do, so it is a mistake;
//! so is what is given and no page can ever know.

use super::signal;
use crate::compile::on;
use crate::problem::text::distance;
use crate::problem::{At, Code, Expected, Problem, Problems, Severity};
use crate::rules::calendar::{Moment, moment};
use crate::rules::interest::overlaps;
use crate::rules::{Rules, Trigger};
use crate::signal::Signal;
use crate::value::Value;
use crate::vocabulary::{CLOSED, FACTS, REASONS, fact_at};

/// Edits between a name and the one that was probably meant.
const NEAR: usize = 2;

/// One test.
pub(super) struct Test<'a> {
    /// Facts, and `now`.
    pub(super) given: &'a [(String, Value)],
    /// `now`, in milliseconds since 1970 UTC.
    pub(super) wall: Option<f64>,
    pub(super) signal: Signal,
    pub(super) expect: &'a Value,
}

/// What is wrong in the tests of `file`, which `rules` were compiled from.
pub(crate) fn mistakes(rules: &Rules, file: &Value) -> Vec<Problem> {
    let mut problems = Problems::default();
    let at = At::ROOT.key("tests");
    match file.get("tests") {
        None => {}
        Some(Value::List(tests)) => tests.iter().enumerate().for_each(|(index, test)| {
            Test::read(rules, file, test, &at.index(index), &mut problems);
        }),
        Some(_) => problems.wrong_type(&at, &["a list"]),
    }
    problems.found
}

impl<'a> Test<'a> {
    /// Reads the test that stands at `at`; `None` when it cannot be run.
    pub(super) fn read(
        rules: &Rules,
        file: &Value,
        test: &'a Value,
        at: &At<'_>,
        problems: &mut Problems,
    ) -> Option<Test<'a>> {
        let Some(entries) = test.as_map() else {
            problems.wrong_type(
                at,
                &["a test such as `{ \"signal\": \"page\", \"expect\": { \"rule\": \"pricing-help\" } }`"],
            );
            return None;
        };
        only(entries, at, &["name", "given", "signal", "expect", "note"], problems);
        let mut reading = Reading { rules, file, problems };
        let wall = reading.given(test.get("given"), &at.key("given"));
        let given = test.get("given").and_then(Value::as_map).unwrap_or(&[]);
        let expect = reading.expect(test.get("expect"), at);
        let signal = match test.get("signal") {
            None => Signal::Page,
            Some(written) => signal(written, &at.key("signal"), problems)?,
        };
        clock(rules, &signal, &at.key("signal"), problems);
        Some(Test { given, wall, signal, expect: expect? })
    }
}

struct Reading<'r, 'p> {
    rules: &'r Rules,
    file: &'r Value,
    problems: &'p mut Problems,
}

impl Reading<'_, '_> {
    fn given(&mut self, given: Option<&Value>, at: &At<'_>) -> Option<f64> {
        let given = given?;
        let Some(entries) = given.as_map() else {
            self.wrong(at, "facts such as `{ \"page.path\": \"/pricing\" }`");
            return None;
        };
        let mut wall = None;
        for (path, value) in entries {
            let at = at.key(path);
            match (path.as_str(), value.as_str().and_then(|text| moment(text, false))) {
                ("now", Some(Moment::Instant(ms))) => wall = Some(ms),
                ("now", _) => {
                    self.wrong(&at, "a date and time with an offset such as `\"2026-11-20T10:00:00+01:00\"`");
                }
                _ => self.fact(path, value, &at),
            }
        }
        wall
    }

    /// A fact must be one that a page can have: of the widget's own families there are no others, and some are one of a
    /// few words.
    fn fact(&mut self, path: &str, value: &Value, at: &At<'_>) {
        let declared = self.file.get("attributes").and_then(Value::as_map).unwrap_or(&[]);
        if declared.iter().any(|(name, _)| overlaps(name, path)) {
            return;
        }
        if let Some(audience) = path.strip_prefix("audience.") {
            let names: Vec<&str> = self.rules.audiences.iter().map(|audience| audience.name.as_str()).collect();
            if !names.contains(&audience) {
                let expected = Expected::names(&names);
                self.problems.add(Severity::Error, at, Code::UnknownAudience, audience, expected);
            }
            return;
        }
        let family = path.split('.').next().unwrap_or("");
        if CLOSED.contains(&family) && !FACTS.iter().any(|fact| overlaps(fact.name, path)) {
            // Whether anybody is there is told for the site, and not for one team. Other names a site may have taken.
            let near = FACTS.iter().map(|fact| fact.name).find(|name| distance(name, path) <= NEAR);
            let (severity, meant) = match family {
                "agents" => (Severity::Error, Some("agents.status")),
                _ => (Severity::Warning, near),
            };
            let expected = meant.map_or(Expected::Unsaid, |name| Expected::names(&[name]));
            return self.problems.add(severity, at, Code::UnknownFact, path, expected);
        }
        let values = fact_at(path).map_or(&[][..], |fact| fact.values);
        if let Some(text) = value.as_str().filter(|text| !values.is_empty() && !values.contains(text)) {
            self.problems.add(Severity::Error, at, Code::UnknownChoice, text, Expected::OneOf(values));
        }
    }

    fn expect<'a>(&mut self, expect: Option<&'a Value>, of: &At<'_>) -> Option<&'a Value> {
        let at = of.key("expect");
        let Some(expect) = expect else {
            self.problems.error(of, Code::Missing, "expect");
            return None;
        };
        let Some(entries) = expect.as_map().filter(|entries| !entries.is_empty()) else {
            self.wrong(&at, "an object with `rule`, `none` or `why` such as `{ \"rule\": \"pricing-help\" }`");
            return None;
        };
        only(entries, &at, &["rule", "none", "why"], self.problems);
        match expect.get("rule") {
            None | Some(Value::Null) => {}
            Some(Value::String(rule)) => self.rule(rule, &at.key("rule")),
            Some(_) => {
                self.wrong(&at.key("rule"), "the id of one rule, or null such as `\"pricing-help\"`");
            }
        }
        if !matches!(expect.get("none"), None | Some(Value::Bool(true))) {
            self.wrong(&at.key("none"), "true, or left out such as `true`");
        }
        let at = at.key("why");
        match expect.get("why") {
            None => {}
            Some(Value::Map(reasons)) => reasons.iter().for_each(|(rule, reason)| {
                let at = at.key(rule);
                self.rule(rule, &at);
                self.reason(reason, &at);
            }),
            Some(_) => {
                self.wrong(&at, "rules and their reasons such as `{ \"pricing-help\": \"condition-false\" }`");
            }
        }
        Some(expect)
    }

    fn wrong(&mut self, at: &At<'_>, like: &str) {
        self.problems.add(Severity::Error, at, Code::WrongType, "", Expected::names(&[like]));
    }

    fn rule(&mut self, id: &str, at: &At<'_>) {
        if self.rules.find(id).is_none() {
            let ids: Vec<&str> = self.rules.rules.iter().map(|rule| rule.id.as_str()).collect();
            self.problems.add(Severity::Error, at, Code::UnknownRule, id, Expected::names(&ids));
        }
    }

    fn reason(&mut self, reason: &Value, at: &At<'_>) {
        let names: Vec<&str> = REASONS.iter().map(|told| told.reason.as_str()).collect();
        match reason.as_str() {
            Some(name) if names.contains(&name) => {}
            Some(name) => {
                self.problems.add(Severity::Error, at, Code::UnknownChoice, name, Expected::names(&names));
            }
            None => self.wrong(at, "a reason such as `\"condition-false\"`"),
        }
    }
}

/// Reports a timer that no rule waits for, while one waits as long on another clock: nothing fires, whatever the rules do.
fn clock(rules: &Rules, signal: &Signal, at: &At<'_>, problems: &mut Problems) {
    let Some((given, length)) = signal.timer() else { return };
    let mut as_long = Vec::new();
    for (rule, trigger) in rules.rules.iter().flat_map(|rule| rule.on.iter().map(move |trigger| (rule, trigger))) {
        match trigger {
            Trigger::Timer { fact, seconds, .. } if *seconds == length && fact == given => return,
            Trigger::Timer { seconds, .. } if *seconds == length => as_long.push((rule, trigger)),
            _ => {}
        }
    }
    if let Some((rule, trigger)) = as_long.first() {
        let expected = on::written(trigger).map_or(Expected::Unsaid, |written| Expected::names(&[&written]));
        problems.add(Severity::Warning, at, Code::OtherClock, &rule.id, expected);
    }
}

/// Reports settings that there are not.
fn only(entries: &[(String, Value)], at: &At<'_>, known: &[&str], problems: &mut Problems) {
    for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
        problems.add(Severity::Error, &at.key(key), Code::UnknownKey, key, Expected::names(known));
    }
}
