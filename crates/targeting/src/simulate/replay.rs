//! One visit on a clock of its own. What recordings do not say is taken as usual: the page is looked at, and every
//! notification that fires is displayed.

use super::Known;
use super::visit::{Act, Visit};
use crate::decide::{Reason, SCORE_PASSES, Trace, decide};
use crate::facts::{Facts, Now};
use crate::history::{History, Outcome};
use crate::rules::Rules;
use crate::signal::Signal;
use crate::value::Value;

/// Wake-ups of one visit; more would be a rule that keeps itself awake.
const MOST_WAKES: u32 = 100_000;

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
    known: &'a mut Known,
    visit: &'a Visit,
    facts: Facts,
    /// Facts of the page that is open: the next one has its own.
    of_page: Vec<String>,
    pages: f64,
    score: f64,
    depth: u32,
    wake: Option<f64>,
    /// Rules that wait for something in vain, because they are not meant for the page that is open.
    elsewhere: Vec<Option<Trace>>,
    shown: Option<String>,
    seen: Vec<Seen>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        rules: &'a Rules,
        awaited: &'a [Signal],
        known: &'a mut Known,
        visit: &'a Visit,
        visitor: &str,
    ) -> Replay<'a> {
        let mut facts = Facts::new();
        facts.set("visitor.id", visitor);
        facts.set("visit.number", f64::from(known.visits));
        facts.set("visit.isReturning", known.visits > 1);
        facts.set("chat.state", "none");
        facts.set("score", 0.0);
        for clock in ["visit.seconds", "visit.secondsVisible", "visit.secondsActive"] {
            facts.set_running(clock, 0.0, 0.0);
        }
        let seen = |rule: &crate::Rule| Seen { variations: vec![0; rule.variations().len()], ..Seen::default() };
        let seen = rules.rules().iter().map(seen).collect();
        let (of_page, pages, score, depth, wake, shown) = (Vec::new(), 0.0, 0.0, 0, None, None);
        let elsewhere = vec![None; rules.rules().len()];
        Replay { rules, awaited, elsewhere, known, visit, facts, of_page, pages, score, depth, wake, shown, seen }
    }

    pub(super) fn run(mut self) -> Vec<Seen> {
        let visit = self.visit;
        let path = visit.facts.iter().find(|(name, _)| name == "page.path").and_then(|(_, path)| path.as_str());
        self.open(path.unwrap_or("/"), &visit.facts, 0.0);
        for step in &visit.steps {
            self.sleep(step.after);
            match &step.act {
                Act::Signal(signal) => self.hear(signal, step.after),
                Act::Set(facts) => {
                    self.set(facts);
                    for (name, _) in facts {
                        self.pass(&Signal::Fact(name.clone()), step.after);
                    }
                }
                Act::Page(path, facts) => self.open(path, facts, step.after),
                Act::Answer(outcome) => {
                    if let Some(rule) = self.shown.clone() {
                        self.known.history.record(*outcome, &rule, self.now(step.after));
                    }
                }
            }
        }
        self.sleep(visit.lasts);
        self.seen
    }

    fn now(&self, at: f64) -> Now {
        Now { page: at, wall: self.visit.at + at }
    }

    fn set(&mut self, facts: &[(String, Value)]) {
        for (name, value) in facts {
            if name.starts_with("page.") && !self.of_page.contains(name) {
                self.of_page.push(name.clone());
            }
            self.facts.set(name, value.clone());
        }
    }

    fn open(&mut self, path: &str, facts: &[(String, Value)], at: f64) {
        for name in std::mem::take(&mut self.of_page) {
            self.facts.set(&name, Value::Null);
        }
        self.pages += 1.0;
        for clock in ["page.seconds", "page.secondsVisible", "page.secondsActive", "page.secondsIdle"] {
            self.facts.set_running(clock, 0.0, at);
        }
        self.facts.set("page.scroll", 0.0);
        self.facts.set("visit.pages", self.pages);
        self.set(&[("page.path".into(), path.into())]);
        self.set(facts);
        self.known.history.start_page();
        self.look_around(at);
        self.pass(&Signal::Page, at);
    }

    /// Which rules would not fire here even if what they wait for happened? To say of those that it did not happen
    /// would lead people astray.
    fn look_around(&mut self, at: f64) {
        self.elsewhere.iter_mut().for_each(|trace| *trace = None);
        for signal in self.awaited {
            for trace in decide(self.rules, &self.facts, &History::new(), signal, self.now(at)).trace {
                if distance(trace.reason) == ELSEWHERE
                    && let Some(slot) = self.elsewhere.get_mut(usize::from(trace.rule))
                {
                    *slot = Some(trace);
                }
            }
        }
    }

    fn hear(&mut self, signal: &Signal, at: f64) {
        if let Signal::Scroll(percent) = signal {
            self.set(&[("page.scroll".into(), Value::Number(*percent))]);
        }
        if matches!(signal, Signal::Scroll(_) | Signal::Click(_) | Signal::Form(..) | Signal::Rage) {
            self.facts.set_running("page.secondsIdle", 0.0, at);
        }
        self.pass(signal, at);
    }

    /// Time passes: the rules are woken as they asked.
    fn sleep(&mut self, until: f64) {
        for _ in 0..MOST_WAKES {
            match self.wake {
                Some(wake) if wake <= until => {
                    self.wake = None;
                    self.pass(&Signal::Wake, wake);
                }
                _ => break,
            }
        }
    }

    fn pass(&mut self, signal: &Signal, at: f64) {
        let now = self.now(at);
        let rules = self.rules;
        let pass = decide(rules, &self.facts, &self.known.history, signal, now);
        if pass.skipped {
            return;
        }
        self.wake = pass.next_wakeup;
        self.known.history.settle(&pass);
        for trace in &pass.trace {
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
        for decision in &pass.decisions {
            let Some(rule) = rules.rules().get(usize::from(decision.rule)) else { continue };
            let outcome = if decision.visible { Outcome::Displayed } else { Outcome::Applied };
            self.known.history.record(outcome, rule.id(), now);
            if decision.visible {
                self.shown = Some(rule.id().into());
            }
            let Some(seen) = self.seen.get_mut(usize::from(decision.rule)) else { continue };
            seen.times += 1;
            if let Some(count) = decision.variation.and_then(|index| seen.variations.get_mut(usize::from(index))) {
                *count += 1;
            }
        }
        let points = rules.points(&pass);
        if points != 0.0 {
            self.score += points;
            self.facts.set("score", self.score);
            if self.depth < SCORE_PASSES {
                self.depth += 1;
                self.pass(&Signal::Fact("score".into()), at);
                self.depth -= 1;
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
