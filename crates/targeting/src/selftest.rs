//! The tests that a file carries: run before it is activated, in editors and in CI.

mod given;
mod read;

use crate::compile::{compile, on};
use crate::decide::{Pass, Reason, Trace, decide};
use crate::facts::{Facts, Now};
use crate::history::{History, Outcome};
use crate::problem::{At, Problem, Problems, Severity};
use crate::rules::{Rule, Rules, Trigger};
use crate::signal::Signal;
use crate::value::Value;
pub use given::{past, suppose};
use read::Test;
pub(crate) use read::mistakes;

/// The result of one test of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// Its name, or its number.
    pub name: String,
    /// What differs from what it expects; empty when it passes.
    pub failures: Vec<String>,
}

/// Runs the `tests` of `file`, which `rules` were compiled from. `now` is used by tests that name no time, and is
/// the only thing that can make two runs differ.
pub fn run_tests(rules: &Rules, file: &Value, now: Now) -> Vec<TestResult> {
    let tests = file.get("tests").and_then(Value::as_list).unwrap_or(&[]);
    let results = tests.iter().enumerate().map(|(index, test)| {
        let name = test.get("name").and_then(Value::as_str).map(Into::into);
        let name = name.unwrap_or_else(|| crate::number::integer(index as u64 + 1));
        TestResult { name, failures: run(rules, file, test, &At::ROOT.key("tests").index(index), now) }
    });
    results.collect()
}

fn run(rules: &Rules, file: &Value, test: &Value, at: &At<'_>, now: Now) -> Vec<String> {
    let mut problems = Problems::default();
    let read = Test::read(rules, file, test, at, &mut problems);
    let errors: Vec<&Problem> = problems.found.iter().filter(|problem| problem.severity == Severity::Error).collect();
    let (Some(Test { given, wall, signal, expect }), []) = (read, errors.as_slice()) else {
        return errors.into_iter().map(|problem| told(problem, file)).collect();
    };
    let now = Now { wall: wall.unwrap_or(now.wall), ..now };
    let mut facts = Facts::new();
    // Most tests are about a page that somebody looks at; what they do not say is taken as fine.
    facts.set("visitor.id", "test-visitor");
    facts.set("chat.state", "none");
    facts.set("score", 0.0);
    for (path, value) in given.iter().filter(|(path, _)| path != "now") {
        facts.set(path, value.clone());
    }
    let mut own = None;
    let read = |(path, _): &(String, Value)| ["time.", "signal.", "audience."].iter().any(|own| path.starts_with(own));
    if given.iter().any(read)
        && let Ok(mut compiled) = compile(file, rules.host.clone())
    {
        suppose(&mut compiled.rules, &facts, now);
        own = Some(compiled.rules);
    }
    let rules = own.as_ref().unwrap_or(rules);
    let history = past(&facts, now);
    let pass = decide(rules, &facts, &history, &signal, now);
    let pass = after_delays(rules, &facts, history, pass, now);
    compare(rules, expect, &signal, &pass)
}

/// A mistake in one clause, and what to do about it in another.
fn told(problem: &Problem, file: &Value) -> String {
    let place = problem.path.split('/').skip(3).collect::<Vec<_>>().join(".");
    let place = if place.is_empty() { String::new() } else { format!("`{place}`: ") };
    let hint = problem.hint(file).map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{place}{}{hint}", problem.message())
}

/// A delay is not what a test is about: looks again when it is over, as a page does. What came of the signal itself
/// stays; of the rules that waited, what came of them then.
fn after_delays(rules: &Rules, facts: &Facts, mut history: History, mut first: Pass, now: Now) -> Pass {
    let waits = |trace: &Trace| trace.reason == Reason::PendingDelay;
    if !first.trace.iter().any(waits) {
        return first;
    }
    history.settle(&first);
    for decision in &first.decisions {
        let outcome = if decision.visible { Outcome::Displayed } else { Outcome::Applied };
        history.record(outcome, rules.rules.get(usize::from(decision.rule)).map_or("", Rule::id), now);
    }
    let later = Now { page: first.next_wakeup.unwrap_or(now.page) + 60_000.0, ..now };
    let second = decide(rules, facts, &history, &Signal::Wake, later);
    for trace in first.trace.iter_mut().filter(|trace| waits(trace)) {
        if let Some(then) = second.trace.iter().find(|then| then.rule == trace.rule) {
            *trace = *then;
            first.decisions.extend(second.decisions.iter().filter(|decision| decision.rule == then.rule));
        }
    }
    first
}

fn compare(rules: &Rules, expect: &Value, signal: &Signal, pass: &Pass) -> Vec<String> {
    let id = |index: u16| rules.rules.get(usize::from(index)).map_or("", |rule| rule.id.as_str());
    let fired: Vec<&str> = pass.decisions.iter().map(|decision| id(decision.rule)).collect();
    let reason = |wanted: &str| match pass.trace.iter().find(|trace| id(trace.rule) == wanted) {
        Some(trace) => trace.reason.as_str(),
        None if rules.find(wanted).is_none() => "no such rule",
        None => "no-event",
    };
    let mut failures = Vec::new();
    let mut fail = |parts: &[&str]| failures.push(parts.concat());
    match expect.get("rule") {
        Some(Value::String(rule)) if !fired.contains(&rule.as_str()) => {
            let clock = other_clock(rules, rule, signal).filter(|_| reason(rule) == "no-event");
            fail(&["`", rule, "` did not fire: ", reason(rule), clock.as_deref().unwrap_or("")]);
        }
        Some(Value::Null) if !fired.is_empty() => fail(&["fired: ", &fired.join(", ")]),
        _ => {}
    }
    if expect.get("none") == Some(&Value::Bool(true)) && !fired.is_empty() {
        fail(&["fired: ", &fired.join(", ")]);
    }
    for (rule, wanted) in expect.get("why").and_then(Value::as_map).unwrap_or(&[]) {
        let wanted = wanted.as_str().unwrap_or("");
        let found = reason(rule);
        if found != wanted {
            fail(&["`", rule, "`: ", found, ", not ", wanted]);
        }
    }
    failures
}

/// What to write in a test for a rule that waits as long on another clock.
fn other_clock(rules: &Rules, rule: &str, signal: &Signal) -> Option<String> {
    let (_, given) = signal.timer()?;
    let rule = rules.rules.get(rules.find(rule)?)?;
    let same = rule.on.iter().find(|trigger| matches!(trigger, Trigger::Timer { seconds, .. } if *seconds == given))?;
    Some(format!("; it waits for another clock: write `\"signal\": {}`", on::written(same)?))
}

/// A signal as files and command lines write it: an entry of `on`, of which a custom one may have `data`:
/// `"page"`, `{"timer": "20s", "clock": "visible"}`, `{"custom": "name", "data": {…}}`. An error says in one clause what to
/// write.
pub fn parse(value: &Value) -> Result<Signal, String> {
    let mut problems = Problems::default();
    let signal = signal(value, &At::ROOT, &mut problems);
    match (signal, problems.found.first()) {
        (Some(signal), None) => Ok(signal),
        (_, problem) => Err(problem.map_or_else(String::new, |it| it.hint(value).unwrap_or_else(|| it.message()))),
    }
}

/// The same where it stands in a file.
fn signal(value: &Value, at: &At<'_>, problems: &mut Problems) -> Option<Signal> {
    let mut entry = value.clone();
    let mut data = None;
    if let Value::Map(entries) = &mut entry
        && let Some(place) = entries.iter().position(|(key, _)| key == "data")
        && entries.iter().any(|(key, _)| key == "custom")
    {
        data = Some(entries.remove(place).1);
    }
    match signal_of(&on::alone(&entry, at, problems)?) {
        Signal::Custom(name, _) => Some(Signal::Custom(name, data.unwrap_or_default())),
        signal => Some(signal),
    }
}

/// The signal that a trigger waits for, for editors that offer buttons.
pub fn signal_of(trigger: &Trigger) -> Signal {
    match trigger {
        Trigger::Page => Signal::Page,
        Trigger::Timer { fact, seconds, .. } => Signal::Timer { fact: fact.clone(), seconds: *seconds },
        Trigger::Scroll(percent) => Signal::Scroll(*percent),
        Trigger::Exit(exit) => Signal::Exit(exit.unwrap_or(on::exit(0))),
        Trigger::Idle { seconds, .. } => Signal::Idle(*seconds),
        Trigger::Return(seconds) => Signal::Return(*seconds),
        Trigger::Visible(target) => Signal::Visible(vec![target.clone()]),
        Trigger::Click(target) => Signal::Click(vec![target.clone()]),
        Trigger::Form(phase, target) => Signal::Form(*phase, vec![target.clone()]),
        Trigger::Rage => Signal::Rage,
        Trigger::Custom(name) => Signal::Custom(name.clone(), Value::Null),
        Trigger::Fact(path) => Signal::Fact(path.clone()),
        Trigger::Conversation(phase) => Signal::Conversation(*phase),
        Trigger::Agents => Signal::Agents,
    }
}
