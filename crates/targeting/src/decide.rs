//! One pass over the rules.

mod draw;
mod gates;
mod limits;
mod snapshot;
mod trace;

use crate::action::Action;
use crate::condition::{Semantics, Truth};
use crate::facts::{Facts, Now};
use crate::history::{History, Memory};
use crate::rules::{Rule, Rules};
use crate::signal::Signal;
pub(crate) use gates::Gates;
pub(crate) use snapshot::{Pace, Snapshot};
use std::rc::Rc;
pub use trace::{Reason, Trace};

/// A rule has fired: carry out its actions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Index into [`Rules::rules`].
    pub rule: u16,
    /// Index into the rule's variations, when it runs an experiment.
    pub variation: Option<u16>,
    /// Is anybody there to answer?
    pub agents: Availability,
    /// Does it show something? Then tell the history `Displayed` when the visitor sees it, else `Applied`.
    pub visible: bool,
    /// Milliseconds after which what it shows goes away by itself.
    pub expires: Option<f64>,
}

/// What a decision assumes about agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// The rule does not ask, or knows that somebody is there.
    Fine,
    /// Not known; the rule says to go ahead.
    Assumed,
    /// Not known; the rule says to offer the form for messages.
    AwayForm,
}

/// The result of a pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pass {
    /// No rule reacts to this signal: nothing was evaluated, and the timer that is set stays as it is.
    pub skipped: bool,
    /// What to do, most important first; at most one of them is visible.
    pub decisions: Vec<Decision>,
    /// One entry for each rule, in the order of evaluation.
    pub trace: Vec<Trace>,
    /// When to send `Signal::Wake`, in milliseconds on the page clock. Unless `skipped`, it replaces any earlier one.
    pub next_wakeup: Option<f64>,
    pub(crate) memory: Rc<Memory>,
}

/// Evaluates all rules on one snapshot. Pure: the same arguments give the same result.
///
/// After it, call [`History::settle`]; when a decision was displayed or carried out, [`History::record`].
pub fn decide(rules: &Rules, facts: &Facts, history: &History, signal: &Signal, now: Now) -> Pass {
    if !rules.listens(signal) {
        return Pass { skipped: true, ..Pass::default() };
    }
    let void = Memory::default();
    let fresh = matches!(signal, Signal::Page) || history.memory.stamp != rules.stamp;
    let before = if fresh { &void } else { &history.memory };
    let snapshot = Snapshot::new(rules, facts, history, signal, now);
    let mut gates = Gates::new(rules, &snapshot, history, before, signal, now);
    let mut pass = Pass { trace: Vec::with_capacity(rules.rules.len()), ..Pass::default() };
    let mut memory = Memory { stamp: rules.stamp, wall: now.wall, ..Memory::default() };
    let mut soonest = f64::INFINITY;
    for (index, rule) in rules.rules.iter().enumerate() {
        let index = index as u16;
        snapshot.start();
        let outcome = gates.rule(index, rule, &mut memory);
        let wake = snapshot.wake();
        soonest = soonest.min(wake);
        let detail = gates.detail.take();
        let reason = match outcome {
            Ok(decision) => {
                pass.decisions.push(decision);
                Reason::Fired
            }
            Err(reason) => reason,
        };
        let wake_in = (wake < f64::INFINITY).then_some(wake);
        let trace = Trace { rule: index, reason, fact: detail.fact, winner: detail.winner, wake_in };
        pass.trace.push(trace);
    }
    pass.memory = Rc::new(memory);
    // Whole milliseconds, rounded up: a timer that goes off too early would have to be set again. And never the present
    // instant: what rounding hides must not become a loop.
    pass.next_wakeup = (soonest < f64::INFINITY).then(|| (now.page + soonest).ceil().max(now.page.floor() + 1.0));
    pass
}

/// A pass that changes the score is followed by one with the signal `Fact("score")`, this often in a row at most: rules
/// that score because of one another must come to an end.
pub const SCORE_PASSES: u32 = 32;

impl Rules {
    /// What the decisions of a pass add to the score. The host adds it to the fact `score`; see [`SCORE_PASSES`].
    pub fn points(&self, pass: &Pass) -> f64 {
        let mut points = 0.0;
        for decision in &pass.decisions {
            for action in self.actions(decision) {
                if let Action::Score(more) = action {
                    points += more;
                }
            }
        }
        points
    }

    /// How near a condition is: how many of the clauses of `when`, all of which have to hold, do not at `now`, and how many
    /// there are.
    pub fn near(&self, facts: &Facts, history: &History, now: Now, rule: &Rule) -> (u32, u32) {
        let snapshot = Snapshot::new(self, facts, history, &Signal::Wake, now);
        let eval = self.eval(&snapshot);
        let (mut unmet, mut clauses) = (0, 0);
        for clause in rule.clauses() {
            clauses += 1;
            unmet += u32::from(eval.node(clause).truth != Truth::True);
        }
        (unmet, clauses)
    }

    pub(crate) fn eval<'a>(&'a self, snapshot: &'a Snapshot<'a>) -> crate::condition::Eval<'a> {
        let root = crate::condition::Root::Facts(snapshot);
        crate::condition::Eval { root, semantics: self.semantics, lists: &self.lists, host: &*self.host }
    }

    /// The semantics that conditions are evaluated in.
    pub fn semantics(&self) -> Semantics {
        self.semantics
    }
}
