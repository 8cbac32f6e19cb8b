//! Where each rule stands at this moment, for people who ask why it does not fire. Pure.
//!
//! A rule that waits for a signal says nothing else of itself: the engine asks cheap things first. So each rule is also
//! tried with the signal that it waits for. Deciding has no effects, so anything may be tried. Once that signal has come,
//! what it brought the rule tells more than either.

mod row;

use chinwag_scout::watched::{Judged, Seen};
use chinwag_targeting::{
    Explained, Now, Pass, Reason, Rules, Signal, Trigger, decide, explain_rule, selftest::signal_of, span,
};

/// How a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It fires with this look, or did with the last signal.
    Fired,
    /// It would fire when what it waits for happens.
    Ready,
    /// Something keeps it.
    Kept,
    /// It is for other pages.
    Elsewhere,
    /// It cannot run at all.
    Off,
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub standing: Standing,
    /// What decides at this moment: a stable name of the closed list.
    pub reason: Reason,
    pub sentence: String,
    /// The condition leaf by leaf, as [`Explained::detail`] has it.
    pub detail: Vec<String>,
    /// How little is missing: `would fire in 8 s`.
    pub near: Option<String>,
    /// After it fired: why it does not do so again at this moment.
    pub again: Option<(Reason, String)>,
    /// What it waits for.
    pub waits: Option<String>,
    /// What became of it with the last signal that it listens to.
    pub last: Option<Last>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Last {
    pub signal: String,
    /// `12 s ago`
    pub ago: String,
    pub reason: Reason,
    pub sentence: String,
}

/// A pass that was tried.
struct Trial {
    signal: Signal,
    pass: Pass,
}

/// All rules, in the order of evaluation.
pub fn rows(rules: &Rules, seen: &Seen<'_>) -> Vec<Row> {
    let mut trials: Vec<Trial> = Vec::new();
    attempt(&mut trials, Signal::Wake, rules, seen);
    let each = rules.rules().iter().enumerate().map(|(index, rule)| {
        let mut places = vec![0];
        for trigger in rule.triggers() {
            places.push(attempt(&mut trials, signal_of(trigger), rules, seen));
        }
        let reason = |place: &usize| trials.get(*place)?.pass.trace.get(index).map(|trace| trace.reason);
        // Now; else what its signal would bring, and the best of these.
        let waiting = reason(&0) == Some(Reason::NoEvent);
        let best = places.iter().filter(|place| reason(place) != Some(Reason::NoEvent));
        let best = best.min_by_key(|place| reason(place) != Some(Reason::Fired)).copied().unwrap_or(0);
        let trial = trials.get(best);
        let explained = trial.and_then(|trial| explain(rules, seen, trial, index));
        let now = trials.first().and_then(|trial| explain(rules, seen, trial, index));
        row::row(rules, rule, index, seen, waiting, explained.zip(now))
    });
    each.collect()
}

/// Tries a signal, unless it was tried already; answers its place.
fn attempt(trials: &mut Vec<Trial>, signal: Signal, rules: &Rules, seen: &Seen<'_>) -> usize {
    if let Some(place) = trials.iter().position(|trial| trial.signal == signal) {
        return place;
    }
    let pass = decide(rules, seen.facts, seen.history, &signal, seen.now);
    trials.push(Trial { signal, pass });
    trials.len() - 1
}

/// Explains a trial of one rule.
fn explain(rules: &Rules, seen: &Seen<'_>, trial: &Trial, index: usize) -> Option<Explained> {
    explain_rule(rules, seen.facts, seen.history, &trial.signal, seen.now, &trial.pass, index)
}

fn of_last(judged: &Judged, now: Now) -> Last {
    Last {
        signal: judged.signal.clone(),
        ago: ago(now.page - judged.at),
        reason: judged.explained.trace.reason,
        sentence: judged.explained.sentence.clone(),
    }
}

/// Milliseconds in the past: `12 s ago`.
pub fn ago(ms: f64) -> String {
    if ms < 1000.0 { "just now".into() } else { format!("{} ago", span((ms / 1000.0).floor() * 1000.0)) }
}

/// The names of the signals that a site may send to these rules, each once.
pub fn customs(rules: &Rules) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for trigger in rules.triggers() {
        if let Trigger::Custom(name) = trigger
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests;
