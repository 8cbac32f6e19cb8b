//! Visits without a browser: recorded ones, replayed (how often each rule would have fired, and why not), and one that is
//! made up as it goes ([`Stay`]). Pure: visits bring their own time.

mod replay;
mod stay;
mod visit;

use crate::decide::{Reason, Trace};
use crate::explain;
use crate::history::History;
use crate::rules::Rules;
use crate::rules::calendar::{Moment, moment};
use crate::selftest::signal_of;
use crate::signal::Signal;
use crate::value::Value;
use replay::Replay;
pub use stay::{Look, Stay, Watch};
use std::collections::BTreeMap;
pub use visit::Visit;

/// A replay of visits, in the order in which they are given: limits count across the visits of one visitor.
pub struct Simulation<'a> {
    rules: &'a Rules,
    awaited: Vec<Signal>,
    visitors: BTreeMap<String, Known>,
    visits: u32,
    tallies: Vec<Tally>,
}

/// A date and time with an offset, in milliseconds since 1970 UTC.
pub fn instant(text: &str) -> Option<f64> {
    match moment(text, false) {
        Some(Moment::Instant(ms)) => Some(ms),
        _ => None,
    }
}

/// What a device would remember.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) history: History,
    pub(crate) visits: u32,
}

/// How one rule fared.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Visits in which it fired at least once.
    pub visits: u32,
    /// How often it fired.
    pub times: u32,
    /// Firings by variation, when it runs an experiment.
    pub variations: Vec<u32>,
    /// For the visits in which it did not fire: how often it got no further than this reason.
    pub why: Vec<(Trace, u32)>,
}

impl Tally {
    /// The number of visits in which it got no further than this.
    pub fn count(&self, reason: Reason) -> u32 {
        self.why.iter().find(|(trace, _)| trace.reason == reason).map_or(0, |(_, count)| *count)
    }

    fn miss(&mut self, stopped: Trace) {
        match self.why.iter_mut().find(|(trace, _)| trace.reason == stopped.reason) {
            Some((_, count)) => *count += 1,
            None => self.why.push((stopped, 1)),
        }
    }
}

impl<'a> Simulation<'a> {
    /// Nothing replayed yet.
    pub fn new(rules: &'a Rules) -> Simulation<'a> {
        let tally = |rule: &crate::Rule| Tally { variations: vec![0; rule.variations().len()], ..Tally::default() };
        let mut awaited: Vec<Signal> = Vec::new();
        for signal in rules.triggers().map(signal_of) {
            if !awaited.contains(&signal) {
                awaited.push(signal);
            }
        }
        let tallies = rules.rules().iter().map(tally).collect();
        Simulation { rules, awaited, visitors: BTreeMap::new(), visits: 0, tallies }
    }

    /// Replays one visit.
    pub fn replay(&mut self, visit: &Visit) {
        self.visits += 1;
        let name = visit.visitor.clone().unwrap_or_else(|| format!("visit {}", self.visits));
        let known = self.visitors.entry(name.clone()).or_default();
        known.visits += 1;
        let (seen, history) = Replay::new(self.rules, &self.awaited, known, visit, &name).run();
        known.history = history;
        for (tally, seen) in self.tallies.iter_mut().zip(seen) {
            tally.times += seen.times;
            for (count, more) in tally.variations.iter_mut().zip(seen.variations) {
                *count += more;
            }
            match seen.furthest {
                _ if seen.times > 0 => tally.visits += 1,
                Some(trace) => tally.miss(trace),
                None => {}
            }
        }
    }

    /// Visits replayed so far.
    pub fn visits(&self) -> u32 {
        self.visits
    }

    /// How each rule fared, in the order of [`Rules::rules`].
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// `{"visits", "visitors", "rules": [{"id", "name", "visits", "times", "variations"?, "why": {reason: visits}}]}`.
    pub fn to_value(&self) -> Value {
        let number = |count: u32| Value::Number(f64::from(count));
        let rules = self.rules.rules().iter().zip(&self.tallies).map(|(rule, tally)| {
            let why = sorted(tally).into_iter().map(|(trace, count)| (trace.reason.as_str().into(), number(count)));
            let mut entries: Vec<(String, Value)> = vec![
                ("id".into(), rule.id().into()),
                ("name".into(), rule.name().into()),
                ("visits".into(), number(tally.visits)),
                ("times".into(), number(tally.times)),
                ("why".into(), Value::Map(why.collect())),
            ];
            if !tally.variations.is_empty() {
                let variations = rule.variations().iter().cloned().zip(tally.variations.iter().copied().map(number));
                entries.insert(4, ("variations".into(), Value::Map(variations.collect())));
            }
            Value::Map(entries)
        });
        Value::Map(vec![
            ("visits".into(), number(self.visits)),
            ("visitors".into(), Value::Number(self.visitors.len() as f64)),
            ("rules".into(), Value::List(rules.collect())),
        ])
    }

    /// The same for people.
    pub fn to_text(&self) -> String {
        let mut text = format!("{} visits by {} visitors\n", self.visits, self.visitors.len());
        for (rule, tally) in self.rules.rules().iter().zip(&self.tallies) {
            let share = f64::from(tally.visits) * 100.0 / f64::from(self.visits.max(1));
            text.push_str(&format!(
                "\n{}: fired in {} visits ({share:.1} %), {} times in all\n",
                rule.id(),
                tally.visits,
                tally.times
            ));
            for (name, times) in rule.variations().iter().zip(&tally.variations) {
                text.push_str(&format!("    {times:>7}  times the variation {name}\n"));
            }
            for (trace, count) in sorted(tally) {
                let why = explain::reason(self.rules, rule, &trace);
                text.push_str(&format!("    {count:>7}  {}: {why}\n", trace.reason.as_str()));
            }
        }
        text
    }
}

/// Most frequent first; equal ones in the order of the reasons.
fn sorted(tally: &Tally) -> Vec<(Trace, u32)> {
    let mut why = tally.why.clone();
    why.sort_by_key(|(trace, count)| (u32::MAX - count, trace.reason as u8));
    why
}
