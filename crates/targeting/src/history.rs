//! What was shown and what became of it: the memory behind every limit.

mod store;
#[cfg(feature = "tools")]
mod usage;

use crate::decide::Pass;
use crate::facts::Now;
use crate::rules::Rule;
use std::rc::Rc;
#[cfg(feature = "tools")]
pub use usage::{Count, Usage, usage};

pub(crate) const DAY: f64 = 86_400_000.0;

/// What happened to a decision. Limits count from these, not from the decision itself: a card that could not be shown
/// costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The visitor saw it.
    Displayed,
    /// The visitor would have seen it, but belongs to those who are shown nothing, to compare with.
    Held,
    /// A rule without a visible action was carried out.
    Applied,
    /// The visitor closed it.
    Dismissed,
    /// The visitor opened the panel from it.
    Opened,
    /// The visitor chose one of its replies.
    Replied,
    /// A conversation came of it.
    Conversation,
    /// Its goal was reached.
    Goal,
}

/// One rule's past, or under the empty id that of all notifications together. Stamps are epoch milliseconds, 0 for never.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    /// How often on this page.
    pub(crate) page: f64,
    /// By [`Field`].
    pub(crate) fields: [f64; 6],
    /// Displays of the last 24 hours, oldest first.
    pub(crate) day: Vec<f64>,
}

/// The numbers of a [`Record`].
#[derive(Clone, Copy)]
pub(crate) enum Field {
    Ever,
    Visit,
    Dismissed,
    Conversation,
    /// When the goal was counted.
    Goal,
    /// When the exposure was counted that outcomes belong to; negative since another visit began.
    Counted,
}

impl Record {
    pub(crate) fn get(&self, field: Field) -> f64 {
        let [ever, visit, dismissed, conversation, goal, counted] = self.fields;
        match field {
            Field::Ever => ever,
            Field::Visit => visit,
            Field::Dismissed => dismissed,
            Field::Conversation => conversation,
            Field::Goal => goal,
            Field::Counted => counted,
        }
    }

    fn of(&mut self, field: Field) -> &mut f64 {
        let [ever, visit, dismissed, conversation, goal, counted] = &mut self.fields;
        match field {
            Field::Ever => ever,
            Field::Visit => visit,
            Field::Dismissed => dismissed,
            Field::Conversation => conversation,
            Field::Goal => goal,
            Field::Counted => counted,
        }
    }
}

/// The past as the rules need it. The durable part is shared between tabs and goes through `to_value` and `restore`;
/// the page part lives and dies with the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Sorted by id.
    pub(crate) records: Vec<Record>,
    pub(crate) memory: Rc<Memory>,
}

/// What the engine remembers from pass to pass on one page. Rules are named by their place in evaluation order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    /// The rules that it was written for; another file makes it void.
    pub(crate) stamp: u32,
    /// The wall clock of that pass.
    pub(crate) wall: f64,
    /// Rules without `on` that fired and whose condition has held since.
    pub(crate) latched: Vec<u16>,
    /// Thresholds (rule << 8 | trigger) that were passed already; sorted.
    pub(crate) passed: Vec<u32>,
    /// Rules waiting out their `delay`, and the page time when it ends.
    pub(crate) waiting: Vec<(u16, f64)>,
}

impl History {
    /// Nothing happened yet.
    pub fn new() -> History {
        History::default()
    }

    /// A new page view (also a route change): per-page counts start again.
    pub fn start_page(&mut self) {
        self.records.iter_mut().for_each(|record| record.page = 0.0);
        self.memory = Rc::default();
    }

    /// A new visit: per-visit counts start again.
    pub fn start_visit(&mut self) {
        for record in &mut self.records {
            *record.of(Field::Visit) = 0.0;
            let counted = record.of(Field::Counted);
            *counted = -counted.abs();
        }
    }

    /// Takes over what a pass wants remembered. Call it after every pass, before the next one.
    pub fn settle(&mut self, pass: &Pass) {
        if pass.skipped {
            return;
        }
        self.memory = pass.memory.clone();
        // A stamp from the future (a clock was moved back) counts as just now, or it would rest for as long as the
        // clock was wrong.
        let wall = pass.memory.wall;
        for record in &mut self.records {
            // Counts are far smaller than any stamp.
            record.fields.iter_mut().chain(&mut record.day).for_each(|stamp| *stamp = stamp.min(wall));
        }
    }

    /// Notes what happened to a decision of `rule`.
    pub fn record(&mut self, outcome: Outcome, rule: &str, now: Now) {
        // Whole milliseconds are enough, and short in storage.
        let stamp = now.wall.floor();
        match outcome {
            Outcome::Displayed => {
                self.count("", stamp);
                self.count(rule, stamp);
            }
            Outcome::Applied => self.count(rule, stamp),
            Outcome::Dismissed => {
                *self.entry("").of(Field::Dismissed) = stamp;
                *self.entry(rule).of(Field::Dismissed) = stamp;
            }
            Outcome::Conversation => *self.entry(rule).of(Field::Conversation) = stamp,
            Outcome::Held | Outcome::Opened | Outcome::Replied | Outcome::Goal => {}
        }
    }

    /// Whether an outcome counts for the results, once it is recorded; and remembers that it did. In each visit the
    /// first exposure counts, and what follows it; a goal also when it is reached in a later visit, in time.
    pub(crate) fn counts(&mut self, outcome: Outcome, rule: &Rule, now: Now) -> bool {
        let stamp = now.wall.floor();
        let record = self.entry(&rule.id);
        let exposed = record.get(Field::Counted);
        let (counts, field) = match outcome {
            Outcome::Displayed | Outcome::Held => (exposed <= 0.0, Field::Counted),
            Outcome::Goal => {
                let exposed = exposed.abs();
                let in_time = rule.goal.as_ref().is_some_and(|goal| stamp - exposed <= goal.within);
                (exposed > record.get(Field::Goal) && in_time, Field::Goal)
            }
            // Nothing was displayed since, and the clock may have gone on between the record and the count.
            _ => return record.day.last().is_some_and(|last| *last <= exposed),
        };
        if counts {
            *record.of(field) = stamp;
        }
        counts
    }

    fn count(&mut self, rule: &str, stamp: f64) {
        let record = self.entry(rule);
        record.page += 1.0;
        *record.of(Field::Ever) += 1.0;
        *record.of(Field::Visit) += 1.0;
        record.day.retain(|shown| stamp - *shown < DAY);
        record.day.push(stamp);
    }

    pub(crate) fn find(&self, rule: &str) -> Option<&Record> {
        let at = self.records.binary_search_by(|record| record.id.as_str().cmp(rule)).ok()?;
        self.records.get(at)
    }

    fn entry(&mut self, rule: &str) -> &mut Record {
        let at = match self.records.binary_search_by(|record| record.id.as_str().cmp(rule)) {
            Ok(at) => at,
            Err(at) => {
                self.records.insert(at, Record { id: crate::text::own(rule), ..Record::default() });
                at
            }
        };
        #[allow(clippy::indexing_slicing)] // `at` was found or inserted just above
        &mut self.records[at]
    }
}
