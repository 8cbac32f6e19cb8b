//! What the overlay sees of the scout: its rules, facts and history, and a record of the signals that it heard.

use crate::state::{State, now};
use crate::turns::with;
use chinwag_targeting::{
    Explained, Facts, History, Now, Pass, Reason, Rules, Signal, Value, explain_rule, signal_name,
};
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// How many signals are kept.
const KEPT: usize = 60;

/// One signal.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// In a few words.
    pub signal: String,
    /// What the site sent with it.
    pub data: Value,
    /// On the page clock.
    pub at: f64,
    /// Does any rule listen to it?
    pub listened: bool,
    /// The rules that fired, by their place in the order of evaluation.
    pub fired: Vec<u16>,
}

/// What a signal that it listens to brought a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// In a few words.
    pub signal: String,
    /// On the page clock.
    pub at: f64,
    /// What became of it.
    pub explained: Explained,
}

/// What was heard since the page was opened.
#[derive(Default)]
pub struct Record {
    /// How many signals there were.
    pub count: u64,
    /// The last of them, newest last.
    pub heard: Vec<Heard>,
    /// The last judgement on each rule of this file on this page, by its place in the order of evaluation.
    pub judged: Vec<Option<Judged>>,
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// What there is to see at this moment.
pub struct Seen<'a> {
    /// `None` until a file came that could be used.
    pub rules: Option<&'static Rules>,
    /// Of the published file.
    pub revision: f64,
    /// All that is known.
    pub facts: &'a Facts,
    /// What was shown.
    pub history: &'a History,
    /// Both clocks.
    pub now: Now,
    /// What was heard.
    pub record: &'a Record,
}

/// Looks, as a pass would. `None` before `start`, after `destroy`, and in the middle of a pass.
pub fn look<T>(act: impl FnOnce(Seen<'_>) -> T) -> Option<T> {
    with(|state| {
        state.look();
        let State { rules, revision, facts, history, .. } = state;
        RECORD
            .with_borrow(|record| act(Seen { rules: *rules, revision: *revision, facts, history, now: now(), record }))
    })
}

/// How many signals there were.
pub fn count() -> u64 {
    RECORD.with_borrow(|record| record.count)
}

/// Another page, or another file: what was said of the rules is of no interest any more.
pub fn turn_page() {
    RECORD.with_borrow_mut(|record| record.judged.clear());
}

/// A value as the page gets it.
pub fn written(value: &Value) -> JsValue {
    crate::value::write(value)
}

/// A signal that no rule listens to.
pub(crate) fn unheard(signal: &Signal) {
    note(Heard { signal: signal_name(signal), data: data(signal), at: now().page, listened: false, fired: Vec::new() });
}

/// After each pass, before anything comes of it: it is explained from what it was made of.
pub(crate) fn judged(state: &State, rules: &Rules, signal: &Signal, at: Now, pass: &Pass) {
    let name = signal_name(signal);
    let met = pass.trace.iter().filter(|trace| trace.reason != Reason::NoEvent).map(|trace| usize::from(trace.rule));
    for rule in met {
        let explained = explain_rule(rules, &state.facts, &state.history, signal, at, pass, rule);
        RECORD.with_borrow_mut(|record| {
            record.judged.resize(rules.rules().len(), None);
            if let Some((place, explained)) = record.judged.get_mut(rule).zip(explained) {
                *place = Some(Judged { signal: name.clone(), at: at.page, explained });
            }
        });
    }
    let fired: Vec<u16> = pass.decisions.iter().map(|decision| decision.rule).collect();
    // Time passes all the time: that is worth a line only when something came of it.
    if *signal != Signal::Wake || !fired.is_empty() {
        note(Heard { signal: name, data: data(signal), at: at.page, listened: true, fired });
    }
}

fn data(signal: &Signal) -> Value {
    if let Signal::Custom(_, data) = signal { data.clone() } else { Value::Null }
}

fn note(heard: Heard) {
    RECORD.with_borrow_mut(|record| {
        record.count += 1;
        record.heard.push(heard);
        let surplus = record.heard.len().saturating_sub(KEPT);
        record.heard.drain(..surplus);
    });
}
