//! One recorded visit, and how far each rule got in it. What recordings do not say is taken as usual: the page is looked at,
//! and every notification that fires is displayed.

use super::Known;
use super::stay::{Look, Stay};
use super::visit::{Act, Visit};
use crate::decide::{Reason, Trace, decide};
use crate::history::History;
use crate::rules::Rules;
use crate::signal::Signal;
use crate::value::Value;

/// What became of one rule.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) times: u32,
    pub(super) variations: Vec<u32>,
    pub(super) furthest: Option<Trace>,
}

pub(super) struct Replay<'a> {
    rules: &'a Rules,
    /// Everything that a rule waits for.
    awaited: &'a [Signal],
    visit: &'a Visit,
    stay: Stay<'a>,
    record: Record,
}

/// What is written down about the passes.
struct Record {
    /// Rules that wait for something in vain, because they are not meant for the page that is open.
    elsewhere: Vec<Option<Trace>>,
    /// The rule whose card was shown last.
    shown: Option<u16>,
    seen: Vec<Seen>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        rules: &'a Rules,
        awaited: &'a [Signal],
        known: &mut Known,
        visit: &'a Visit,
        visitor: &str,
    ) -> Replay<'a> {
        let mut stay = Stay::new(rules, visit.at, std::mem::take(&mut known.history));
        stay.facts.set("visitor.id", visitor);
        stay.arrive(known.visits, 0.0);
        let seen = |rule: &crate::Rule| Seen { variations: vec![0; rule.variations().len()], ..Seen::default() };
        let seen = rules.rules().iter().map(seen).collect();
        let record = Record { elsewhere: vec![None; rules.rules().len()], shown: None, seen };
        Replay { rules, awaited, visit, stay, record }
    }

    /// What became of each rule, and what the device remembers.
    pub(super) fn run(mut self) -> (Vec<Seen>, History) {
        let visit = self.visit;
        let path = visit.facts.iter().find(|(name, _)| name == "page.path").and_then(|(_, path)| path.as_str());
        self.open(path.unwrap_or("/"), &visit.facts, 0.0);
        for step in &visit.steps {
            self.sleep(step.after);
            match &step.act {
                Act::Signal(signal) => self.hear(signal, step.after),
                Act::Set(facts) => {
                    self.stay.set(facts);
                    for (name, _) in facts {
                        self.hear(&Signal::Fact(name.clone()), step.after);
                    }
                }
                Act::Page(path, facts) => self.open(path, facts, step.after),
                Act::Answer(outcome) => {
                    if let Some(rule) = self.record.shown.and_then(|index| self.rules.rules().get(usize::from(index))) {
                        self.stay.answer(*outcome, rule.id(), step.after);
                    }
                }
            }
        }
        self.sleep(visit.lasts);
        (self.record.seen, self.stay.history)
    }

    fn open(&mut self, path: &str, facts: &[(String, Value)], at: f64) {
        self.stay.open(path, facts, at);
        self.look_around(at);
        self.hear(&Signal::Page, at);
    }

    /// Which rules would not fire here even if what they wait for happened? To say of those that it did not happen
    /// would lead people astray.
    fn look_around(&mut self, at: f64) {
        self.record.elsewhere.iter_mut().for_each(|trace| *trace = None);
        for signal in self.awaited {
            for trace in decide(self.rules, &self.stay.facts, &History::new(), signal, self.stay.now(at)).trace {
                if distance(trace.reason) == ELSEWHERE
                    && let Some(slot) = self.record.elsewhere.get_mut(usize::from(trace.rule))
                {
                    *slot = Some(trace);
                }
            }
        }
    }

    fn hear(&mut self, signal: &Signal, at: f64) {
        let Self { stay, record, .. } = self;
        stay.hear(signal, at, &mut |look| record.note(look));
    }

    fn sleep(&mut self, until: f64) {
        let Self { stay, record, .. } = self;
        stay.sleep(until, &mut |look| record.note(look));
    }
}

impl Record {
    fn note(&mut self, look: &Look<'_>) {
        for trace in &look.pass.trace {
            let index = usize::from(trace.rule);
            let elsewhere = self.elsewhere.get(index).copied().flatten();
            let trace = elsewhere.filter(|_| trace.reason == Reason::NoEvent).unwrap_or(*trace);
            if let Some(seen) = self.seen.get_mut(index) {
                let further = seen.furthest.is_none_or(|before| distance(trace.reason) > distance(before.reason));
                if further {
                    seen.furthest = Some(trace);
                }
            }
        }
        for decision in &look.pass.decisions {
            if decision.visible {
                self.shown = Some(decision.rule);
            }
            let Some(seen) = self.seen.get_mut(usize::from(decision.rule)) else { continue };
            seen.times += 1;
            if let Some(count) = decision.variation.and_then(|index| seen.variations.get_mut(usize::from(index))) {
                *count += 1;
            }
        }
    }
}

/// The distance of rules that are not meant for this page or day.
const ELSEWHERE: u8 = 2;

/// How far a rule came before it was stopped for this reason.
fn distance(reason: Reason) -> u8 {
    match reason {
        Reason::Disabled | Reason::Unsupported | Reason::Invalid => 0,
        Reason::Bot | Reason::Prerender => 1,
        Reason::BeforeStart | Reason::AfterEnd | Reason::PageExcluded | Reason::PageNotIncluded => ELSEWHERE,
        Reason::NoEvent => 3,
        Reason::ConditionFalse | Reason::ConditionUnknown => 5,
        Reason::Audience => 6,
        Reason::OutsideSchedule => 7,
        Reason::AgentsUnavailable | Reason::AgentsUnknown => 8,
        Reason::Holdout | Reason::NotInRollout | Reason::NoIdentity | Reason::VariationControl => 9,
        Reason::CapPage
        | Reason::CapVisit
        | Reason::CapDay
        | Reason::CapEver
        | Reason::CapGlobal
        | Reason::Cooldown
        | Reason::Dismissed
        | Reason::Converted => 10,
        Reason::InConversation | Reason::Quiet | Reason::Hidden => 11,
        Reason::GroupTaken | Reason::Outranked => 12,
        Reason::PendingDelay => 13,
        Reason::Fired => 14,
    }
}
