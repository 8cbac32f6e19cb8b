//! What moves the state: signals, the timer, and what the loader tells us. JavaScript is called only while nothing is
//! borrowed: it may call back at once.

use crate::facts::put;
use crate::js::{NONE, call, elapsed, get, granted, text};
use crate::seen;
use crate::state::{ACTIVE, INACTIVE_AFTER, State, now};
use crate::value::{is_list, items};
use chinwag_targeting::{Exit, Outcome, Rule, Rules, SCORE_PASSES, Signal, Value};
use std::cell::Cell;
use wasm_bindgen::JsValue;

thread_local! {
    static SCOUT: Cell<Option<&'static mut State>> = const { Cell::new(None) };
}

/// Works on the state; nothing happens before `start`, after `destroy`, or while somebody else does.
pub(crate) fn with<T>(act: impl FnOnce(&mut State) -> T) -> Option<T> {
    let state = SCOUT.take()?;
    let answer = act(state);
    SCOUT.set(Some(state));
    Some(answer)
}

/// What a page holds it holds to its end: code that frees a few kilobytes would be a few kilobytes, on every page.
pub(crate) fn start(context: &JsValue, host: &JsValue) {
    SCOUT.set(Some(Box::leak(Box::new(State::new(context, host)))));
}

/// Lets go of everything that the page could still notice.
pub(crate) fn destroy() {
    with(|state| {
        state.disarm();
        state.watch.end();
    });
    SCOUT.set(None);
}

/// A signal: looks at the rules, and tells the host what they decide; again when that changes the score.
pub(crate) fn notice(signal: Signal) {
    follow(signal, SCORE_PASSES);
}

fn follow(signal: Signal, more: u32) {
    let made = with(|state| {
        if let Some(early) = &mut state.early {
            early.push(signal);
            return None;
        }
        let score = state.seconds("score");
        let made = state.pass(&signal);
        state.arm();
        made.map(|made| (state.host.clone(), made, score != state.seconds("score")))
    });
    if let Some(Some((host, made, scored))) = made {
        for decision in items(&made) {
            call(&host, "decision", decision, NONE, NONE);
        }
        if scored && more > 0 {
            follow(Signal::Fact("score".into()), more - 1);
        }
    }
}

/// The very first page view will look at everything anyway.
pub(crate) fn unless_early(signal: Signal) {
    if with(|state| state.early.is_none() || !state.last.is_empty()) == Some(true) {
        notice(signal);
    }
}

/// Everything that the browser calls us with.
pub(crate) fn hear(given: &JsValue) {
    let mut signals = Vec::new();
    let soon = with(|state| {
        let mut soon = None;
        if given.is_undefined() {
            soon = tick(state, &mut signals);
        } else if given.as_f64().is_some() {
            seen::frame(state, &mut signals);
        } else if is_list(given) {
            seen::entries(state, given, &mut signals);
        } else {
            seen::event(state, given, &mut signals);
        }
        state.arm();
        soon.map(|rule| (state.host.clone(), rule))
    });
    if let Some(Some((host, rule))) = soon {
        call(&host, "soon", rule, NONE, NONE);
    }
    signals.into_iter().for_each(notice);
}

/// The timer went off.
fn tick(state: &mut State, signals: &mut Vec<Signal>) -> Option<JsValue> {
    state.rang();
    // Timers may come a little early.
    let now = elapsed() + 1.0;
    let is_due = |due: &mut f64| {
        let is_due = *due <= now;
        if is_due {
            *due = f64::INFINITY;
        }
        is_due
    };
    if is_due(&mut state.due.first) {
        // Routers tell of a page before they draw it: its elements are looked for now.
        state.listen();
        signals.push(Signal::Page);
        signals.extend(state.early.take().unwrap_or_default());
    }
    if is_due(&mut state.due.inactive) {
        let inactive = state.last_input + INACTIVE_AFTER;
        if inactive <= now {
            state.stop(ACTIVE);
        } else {
            state.due.inactive = inactive;
        }
    }
    if is_due(&mut state.due.exit) {
        state.exited = true;
        signals.push(Signal::Exit(Exit::Pointer));
    }
    if is_due(&mut state.due.agents) {
        put(&mut state.facts, "agents.status", Value::Null);
        signals.push(Signal::Agents);
    }
    if is_due(&mut state.due.wake) {
        signals.push(Signal::Wake);
    } else if state.due.soon <= now {
        return state.foresee();
    }
    None
}

/// Puts a published file in force. False, and nothing changed, when it cannot be used.
pub(crate) fn adopt(engagement: &JsValue) -> bool {
    let host = with(|state| if state.adopt(engagement) { None } else { Some(state.host.clone()) });
    if let Some(Some(host)) = &host {
        call(host, "report", "rules of another version".into(), NONE, NONE);
    }
    matches!(host, Some(None))
}

/// What became of a decision.
pub(crate) fn answer(rule: &str, outcome: Outcome) {
    with(|state| {
        state.showing = 0.0;
        state.look();
        let known = state.rules.and_then(|rules| rules.rules().get(rules.find(rule)?));
        // What shows nothing was counted when it was decided.
        if outcome == Outcome::Displayed && !known.is_some_and(Rule::is_visible) {
            return;
        }
        state.history.record(outcome, rule, now());
        if let Some(rule) = known {
            state.count(outcome, rule);
        }
        state.keep_history();
    });
    notice(Signal::Wake);
}

/// A custom signal may be the goal of rules.
pub(crate) fn goal(name: &str) {
    with(|state| {
        state.look();
        for rule in state.rules.map_or(&[][..], Rules::rules) {
            if rule.goal().is_some_and(|goal| goal.signal == name) {
                state.count(Outcome::Goal, rule);
            }
        }
    });
}

pub(crate) fn consent(given: &JsValue) {
    with(|state| {
        state.analyse(given);
        let granted = granted(given, "storage");
        if granted == state.shelf.is_open() || (!granted && text(&get(given, "storage")) != "denied") {
            return;
        }
        state.spend();
        state.store(granted);
        if !granted {
            state.visit.forget();
        }
        state.visit.tell(&mut state.facts, elapsed());
        state.go_on(elapsed());
    });
    unless_early(Signal::Fact("consent".into()));
    unless_early(Signal::Fact("visit".into()));
}
