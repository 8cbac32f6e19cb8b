//! The tests that a file carries: run before it is activated, in editors and in CI.

mod given;

use crate::compile::{compile, on};
use crate::decide::{Pass, Reason, Trace, decide};
use crate::facts::{Facts, Now};
use crate::history::{History, Outcome};
use crate::problem::{Code, Expected, Problem, Severity};
use crate::rules::calendar::{Moment, moment};
use crate::rules::{Rule, Rules, Trigger};
use crate::signal::Signal;
use crate::value::Value;
use crate::vocabulary::FORMS;
pub use given::{past, suppose};

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
        TestResult { name, failures: run(rules, file, test, now) }
    });
    results.collect()
}

fn run(rules: &Rules, file: &Value, test: &Value, now: Now) -> Vec<String> {
    let expect = test.get("expect").unwrap_or(&Value::Null);
    let unread = unread(test, expect);
    if !unread.is_empty() {
        return unread;
    }
    let mut now = now;
    let mut facts = Facts::new();
    // Most tests are about a page that somebody looks at; what they do not say is taken as fine.
    facts.set("visitor.id", "test-visitor");
    facts.set("chat.state", "none");
    facts.set("score", 0.0);
    for (path, value) in test.get("given").and_then(Value::as_map).unwrap_or(&[]) {
        match (path.as_str(), value.as_str().and_then(|text| moment(text, false))) {
            ("now", Some(Moment::Instant(ms))) => now.wall = ms,
            ("now", _) => return vec!["`now` must be a date and time with an offset".into()],
            _ => facts.set(path, value.clone()),
        }
    }
    let signal = match test.get("signal") {
        None => Signal::Page,
        Some(signal) => match parse(signal) {
            Some(signal) => signal,
            None => return vec![["`signal` is not understood; ", &hint(signal)].concat()],
        },
    };
    let mut own = None;
    let read = |(path, _): &(String, Value)| ["time.", "signal.", "audience."].iter().any(|own| path.starts_with(own));
    if test.get("given").and_then(Value::as_map).unwrap_or(&[]).iter().any(read)
        && let Ok(mut compiled) = compile(file, rules.host.clone())
    {
        suppose(&mut compiled.rules, &facts, now);
        own = Some(compiled.rules);
    }
    let rules = own.as_ref().unwrap_or(rules);
    let history = past(&facts, now);
    let pass = decide(rules, &facts, &history, &signal, now);
    let pass = after_delays(rules, &facts, history, pass, now);
    compare(rules, expect, &pass)
}

/// What of a test is not understood, and would make it pass whatever the rules do.
fn unread(test: &Value, expect: &Value) -> Vec<String> {
    let mut failures = Vec::new();
    for (object, place, known) in [
        (test, "a test", &["name", "given", "signal", "expect", "note"][..]),
        (expect, "`expect`", &["rule", "none", "why"][..]),
    ] {
        let names = || known.join("`, `");
        let Some(entries) = object.as_map().filter(|entries| !entries.is_empty()) else {
            failures.push(format!("{place} says nothing: it is an object with one or more of `{}`", names()));
            continue;
        };
        let others = entries.iter().filter(|(key, _)| !known.contains(&key.as_str()));
        failures.extend(others.map(|(key, _)| format!("{place} has no `{key}`; it takes `{}`", names())));
    }
    if !matches!(expect.get("rule"), None | Some(Value::String(_) | Value::Null)) {
        failures.push("`rule` is the id of one rule in double quotes, or null for none".into());
    }
    if !matches!(expect.get("none"), None | Some(Value::Bool(true))) {
        failures.push("`none` is true, or left out".into());
    }
    failures
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

fn compare(rules: &Rules, expect: &Value, pass: &Pass) -> Vec<String> {
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
            fail(&["`", rule, "` did not fire: ", reason(rule)]);
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

/// A signal as files and command lines write it: `"page"`, `{"timer": "20s"}`, `{"custom": "name", "data": {…}}`.
pub fn parse(value: &Value) -> Option<Signal> {
    if let Some(name) = value.as_str() {
        return match name {
            "page" => Some(Signal::Page),
            "wake" => Some(Signal::Wake),
            "rage" => Some(Signal::Rage),
            "agents" => Some(Signal::Agents),
            "exit" => Some(Signal::Exit(on::exit(0))),
            "return" => Some(Signal::Return(on::AWAY)),
            _ => None,
        };
    }
    let (name, operand) = value.as_map()?.iter().find(|(key, _)| on::SIGNALS.contains(&key.as_str()))?;
    let text = operand.as_str();
    let seconds = || text.and_then(crate::compile::duration).map(|ms| ms / 1000.0);
    let one_of = |choices: &[&str]| choices.iter().position(|choice| Some(*choice) == text);
    match name.as_str() {
        "timer" => seconds().map(Signal::Timer),
        "scroll" => operand.as_f64().map(Signal::Scroll),
        "exit" => one_of(on::EXITS).map(|i| Signal::Exit(on::exit(i))),
        "idle" => seconds().map(Signal::Idle),
        "return" => seconds().map(Signal::Return),
        "visible" => text.map(|text| Signal::Visible(vec![text.into()])),
        "click" => text.map(|text| Signal::Click(vec![text.into()])),
        "form" => {
            let target = value.get("target").and_then(Value::as_str).unwrap_or("");
            one_of(on::FORM_PHASES).map(|i| Signal::Form(on::form_phase(i), vec![target.into()]))
        }
        "custom" => text.map(|text| Signal::Custom(text.into(), value.get("data").cloned().unwrap_or_default())),
        "fact" => text.map(|text| Signal::Fact(text.into())),
        "conversation" => one_of(on::CONVERSATION_PHASES).map(|i| Signal::Conversation(on::conversation_phase(i))),
        other => parse(&Value::from(other)),
    }
}

/// What to write for a signal that [`parse`] does not take, in one clause.
pub fn hint(written: &Value) -> String {
    let first = written.as_map().and_then(|entries| entries.first()).map(|(name, _)| name.as_str());
    let name = written.as_str().or(first).unwrap_or("");
    if let Some((_, forms, _)) = FORMS.iter().find(|(known, ..)| *known == name) {
        return format!("write it like `{}`", forms.join("` or `"));
    }
    let (severity, code, expected) = (Severity::Error, Code::UnknownSignal, Expected::OneOf(on::SIGNALS));
    let problem = Problem { severity, path: String::new(), code, subject: name.into(), expected };
    problem.hint(&Value::Null).unwrap_or_default()
}

/// The signal that a trigger waits for, for editors that offer buttons.
pub fn signal_of(trigger: &Trigger) -> Signal {
    match trigger {
        Trigger::Page => Signal::Page,
        Trigger::Timer { seconds, .. } => Signal::Timer(*seconds),
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
