//! What a page does with `decide`, without a page: its clock goes on, the rules are woken as they asked, what they decide
//! counts as displayed, and points are added to the score.

use crate::decide::{Pass, SCORE_PASSES, decide};
use crate::facts::{Facts, Now};
use crate::history::{History, Outcome};
use crate::rules::Rules;
use crate::signal::Signal;
use crate::talk::{WAITING, talk};
use crate::value::Value;

/// Wake-ups between two steps; more would be a rule that keeps itself awake.
const MOST_WAKES: u32 = 100_000;

/// Somebody on the site, on a clock of their own. Its times are milliseconds on that clock.
pub struct Stay<'a> {
    rules: &'a Rules,
    /// When the clock showed zero, in milliseconds since 1970 UTC.
    began: f64,
    /// What is known. Set facts by [`Stay::set`] or [`Stay::open`], which knows which belong to a page.
    pub facts: Facts,
    /// What was shown, and what became of it.
    pub history: History,
    /// Facts of the page that is open: the next one has its own.
    of_page: Vec<String>,
    pages: f64,
    depth: u32,
    wake: Option<f64>,
}

/// One pass, as it is seen from outside: facts and history are those that it was made with.
#[derive(Clone, Copy)]
pub struct Look<'s> {
    /// What happened.
    pub signal: &'s Signal,
    /// When.
    pub now: Now,
    /// What was known.
    pub facts: &'s Facts,
    /// What was shown before.
    pub history: &'s History,
    /// What the rules made of it.
    pub pass: &'s Pass,
}

/// Is told of each pass.
pub type Watch<'w> = dyn FnMut(&Look<'_>) + 'w;

impl<'a> Stay<'a> {
    /// Nobody is there yet: [`Stay::arrive`] and [`Stay::open`] come next.
    pub fn new(rules: &'a Rules, began: f64, history: History) -> Stay<'a> {
        let (facts, of_page) = (Facts::new(), Vec::new());
        Stay { rules, began, facts, history, of_page, pages: 0.0, depth: 0, wake: None }
    }

    /// A visit begins, the `number`th of this visitor. Whatever was due in the one before is forgotten.
    pub fn arrive(&mut self, number: u32, at: f64) {
        self.wake = None;
        self.pages = 0.0;
        self.history.start_visit();
        self.facts.set("score", 0.0);
        self.facts.set("chat.state", "none");
        self.facts.set(WAITING, Value::Null);
        self.facts.set("visit.number", f64::from(number));
        self.facts.set("visit.isReturning", number > 1);
        for clock in ["visit.seconds", "visit.secondsVisible", "visit.secondsActive"] {
            self.facts.set_running(clock, 0.0, at);
        }
    }

    /// A page is opened, with facts of its own; the signal for it is yet to be heard.
    pub fn open(&mut self, path: &str, facts: &[(String, Value)], at: f64) {
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
        self.history.start_page();
    }

    /// Facts change; the signals for it are yet to be heard.
    pub fn set(&mut self, facts: &[(String, Value)]) {
        for (name, value) in facts {
            if name.starts_with("page.") && !self.of_page.contains(name) {
                self.of_page.push(name.clone());
            }
            self.facts.set(name, value.clone());
        }
    }

    /// Something happens. Scrolling and whatever else somebody does with hands is noted in the facts.
    pub fn hear(&mut self, signal: &Signal, at: f64, watch: &mut Watch<'_>) {
        if let Signal::Scroll(percent) = signal {
            let deepest = self.facts.number("page.scroll", self.now(at)).unwrap_or(0.0).max(*percent);
            self.set(&[("page.scroll".into(), Value::Number(deepest))]);
        }
        if matches!(signal, Signal::Scroll(_) | Signal::Click(_) | Signal::Form(..) | Signal::Rage) {
            self.facts.set_running("page.secondsIdle", 0.0, at);
        }
        if let Signal::Conversation(phase) = signal {
            let now = self.now(at);
            talk(&mut self.facts, &mut self.history, *phase, now);
        }
        self.pass(signal, at, watch);
    }

    /// Time passes: the rules are woken as they asked.
    pub fn sleep(&mut self, until: f64, watch: &mut Watch<'_>) {
        for _ in 0..MOST_WAKES {
            match self.wake {
                Some(wake) if wake <= until => {
                    self.wake = None;
                    self.pass(&Signal::Wake, wake, watch);
                }
                _ => break,
            }
        }
    }

    /// What became of the card of `rule`.
    pub fn answer(&mut self, outcome: Outcome, rule: &str, at: f64) {
        let now = self.now(at);
        self.history.record(outcome, rule, now);
    }

    /// Both clocks at this time of the stay.
    pub fn now(&self, at: f64) -> Now {
        Now { page: at, wall: self.began + at }
    }

    fn pass(&mut self, signal: &Signal, at: f64, watch: &mut Watch<'_>) {
        let now = self.now(at);
        let pass = decide(self.rules, &self.facts, &self.history, signal, now);
        if pass.skipped {
            return;
        }
        self.wake = pass.next_wakeup;
        watch(&Look { signal, now, facts: &self.facts, history: &self.history, pass: &pass });
        self.history.settle(&pass);
        for decision in &pass.decisions {
            let Some(rule) = self.rules.rules().get(usize::from(decision.rule)) else { continue };
            let outcome = if decision.visible { Outcome::Displayed } else { Outcome::Applied };
            self.history.record(outcome, rule.id(), now);
        }
        let points = self.rules.points(&pass);
        if points != 0.0 {
            let score = self.facts.number("score", now).unwrap_or(0.0);
            self.facts.set("score", score + points);
            if self.depth < SCORE_PASSES {
                self.depth += 1;
                self.pass(&Signal::Fact("score".into()), at, watch);
                self.depth -= 1;
            }
        }
    }
}
