//! What moves the state: signals, the timer, and what the loader tells us. JavaScript is called only while nothing is
//! borrowed: it may call back at once.

use super::{ACTIVE, INACTIVE_AFTER, Shared, now};
use crate::browser::{elapsed, wall};
use crate::value::{get, read};
use crate::{facts, seen};
use chinwag_targeting::{Exit, Outcome, Problem, Severity, Signal, Value, compile};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

fn call(host: &JsValue, name: &str, given: &JsValue) {
    if let Ok(act) = get(host, name).dyn_into::<Function>() {
        let _ = act.call1(host, given);
    }
}

/// A signal: looks at the rules, and tells the host what they decide.
pub(crate) fn notice(shared: &Shared, signal: Signal) {
    let Ok(mut state) = shared.try_borrow_mut() else { return };
    if let Some(early) = &mut state.early {
        early.push(signal);
        return;
    }
    let made = state.pass(&signal);
    state.arm();
    let host = state.host.clone();
    drop(state);
    for decision in made {
        call(&host, "decision", &decision);
    }
}

/// Sets the timer of the first look.
pub(crate) fn begin(shared: &Shared) {
    if let Ok(mut state) = shared.try_borrow_mut() {
        state.arm();
    }
}

/// Everything that the browser calls us with.
pub(super) fn hear(shared: &Shared, given: &JsValue) {
    let signals = {
        let Ok(mut state) = shared.try_borrow_mut() else { return };
        if given.is_undefined() {
            state.timer = None;
            drop(state);
            return tick(shared);
        }
        let signals = if given.as_f64().is_some() {
            seen::frame(&mut state)
        } else if Array::is_array(given) {
            seen::entries(&mut state, given.unchecked_ref())
        } else {
            seen::event(&mut state, given.unchecked_ref())
        };
        state.arm();
        signals
    };
    for signal in signals {
        notice(shared, signal);
    }
}

/// The timer went off.
fn tick(shared: &Shared) {
    let Ok(mut state) = shared.try_borrow_mut() else { return };
    // Timers may come a little early.
    let now = elapsed() + 1.0;
    let mut signals = Vec::new();
    if state.due.first <= now {
        state.due.first = f64::INFINITY;
        signals.push(Signal::Page);
        signals.extend(state.early.take().unwrap_or_default());
    }
    if state.due.inactive <= now {
        state.due.inactive = state.last_input + INACTIVE_AFTER;
        if state.due.inactive <= now {
            state.due.inactive = f64::INFINITY;
            state.stop(ACTIVE);
        }
    }
    if state.due.exit <= now {
        state.due.exit = f64::INFINITY;
        state.exited = true;
        signals.push(Signal::Exit(Exit::Pointer));
    }
    let mut soon = None;
    if state.due.wake <= now {
        state.due.wake = f64::INFINITY;
        signals.push(Signal::Wake);
    } else if state.due.soon <= now {
        soon = state.foresee();
    }
    state.arm();
    let host = state.host.clone();
    drop(state);
    if let Some(rule) = soon {
        call(&host, "soon", &rule.into());
    }
    for signal in signals {
        notice(shared, signal);
    }
}

/// Compiles a file and puts it in force. False, and nothing changed, when it cannot be used.
pub(crate) fn adopt(shared: &Shared, engagement: &JsValue) -> bool {
    let file = read(engagement);
    let Ok(mut state) = shared.try_borrow_mut() else { return false };
    let (problems, adopted) = match compile(&file, state.machine.clone()) {
        Ok(compiled) => {
            state.rules = Some(compiled.rules);
            state.listen();
            (compiled.problems, true)
        }
        Err(problem) => (vec![problem], false),
    };
    let debug = state.debug;
    let host = state.host.clone();
    drop(state);
    let told: Array =
        problems.iter().filter(|problem| debug || problem.severity == Severity::Error).map(told).collect();
    if told.length() > 0 {
        call(&host, "report", &told);
    }
    adopted
}

/// `code path subject`, for the console.
fn told(problem: &Problem) -> JsValue {
    [problem.code.as_str(), " ", &problem.path, " ", &problem.subject].concat().into()
}

/// Facts from the site.
pub(crate) fn set(shared: &Shared, facts: Value) {
    let Value::Map(entries) = facts else { return };
    let mut changed = Vec::new();
    if let Ok(mut state) = shared.try_borrow_mut() {
        for (path, value) in entries {
            if state.facts.get(&path, now()).unwrap_or_default() != value {
                facts::put(&mut state.facts, &path, value);
                changed.push(path);
            }
        }
        // The first page view will look at them all.
        if state.early.is_some() {
            return;
        }
    }
    for path in changed {
        notice(shared, Signal::Fact(path));
    }
}

pub(crate) fn page(shared: &Shared, url: Option<String>) {
    if let Ok(mut state) = shared.try_borrow_mut() {
        state.page_start = elapsed();
        state.open_page(url);
        // Elements of the new page are other elements.
        state.listen();
        if state.early.is_some() {
            return;
        }
    }
    notice(shared, Signal::Page);
}

/// What became of a decision.
pub(crate) fn answer(shared: &Shared, rule: &str, outcome: Outcome) {
    if let Ok(mut state) = shared.try_borrow_mut() {
        state.look();
        let known = state.rules.as_ref().and_then(|rules| rules.rules().get(rules.find(rule)?));
        if outcome == Outcome::Displayed {
            // What shows nothing was counted when it was decided.
            if !known.is_some_and(|rule| rule.is_visible()) {
                return;
            }
            state.shown.push((rule.into(), wall()));
        }
        state.history.record(outcome, rule, now());
        state.shelf.write("history", &state.history.to_value());
    }
    notice(shared, Signal::Wake);
}

/// A custom signal may be the goal of rules that were shown.
pub(crate) fn goal(shared: &Shared, name: &str) {
    let Ok(mut state) = shared.try_borrow_mut() else { return };
    let state = &mut *state;
    let Some(rules) = &state.rules else { return };
    let reached = |rule: &&(String, f64)| {
        let goal = rules.find(&rule.0).and_then(|index| rules.rules().get(index)).and_then(|rule| rule.goal());
        goal.is_some_and(|goal| goal.signal == name && wall() - rule.1 <= goal.within)
    };
    let ids: Vec<String> = state.shown.iter().filter(reached).map(|(id, _)| id.clone()).collect();
    for id in &ids {
        state.history.record(Outcome::Goal, id, now());
    }
    if !ids.is_empty() {
        state.shelf.write("history", &state.history.to_value());
    }
}

pub(crate) fn consent(shared: &Shared, given: &Value) {
    if let Ok(mut state) = shared.try_borrow_mut() {
        let word = |key: &str| given.get(key).and_then(Value::as_str);
        if let Some(analytics) = word("analytics") {
            facts::put(&mut state.facts, "consent.analytics", analytics == "granted");
        }
        match word("storage") {
            Some("granted") if !state.shelf.is_open() => state.store("granted"),
            Some("denied") if state.shelf.is_open() => {
                state.store("denied");
                state.visit.forget();
            }
            _ => return,
        }
        let state = &mut *state;
        state.visit.tell(&mut state.facts, elapsed());
        if state.shelf.is_open() {
            state.shelf.write("history", &state.history.to_value());
        }
    }
    notice(shared, Signal::Fact("visit".into()));
}

pub(crate) fn availability(shared: &Shared, status: &str) {
    let status = if status == "away" { "closed" } else { status };
    if let Ok(mut state) = shared.try_borrow_mut() {
        state.agents_at = elapsed();
        facts::put(&mut state.facts, "agents.status", status);
    }
    notice(shared, Signal::Agents);
}

/// Lets go of everything that the page could still notice.
pub(crate) fn destroy(shared: &Shared) {
    if let Ok(mut state) = shared.try_borrow_mut() {
        state.disarm();
        state.watch = None;
        state.rules = None;
        // The closure holds the state, and the state the closure.
        state.ear = None;
    }
}
