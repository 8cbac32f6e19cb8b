//! What was shown and what became of it: the memory behind every limit.

mod store;

use crate::decide::Pass;
use crate::facts::Now;

pub(crate) const DAY: f64 = 86_400_000.0;

/// What happened to a decision. Limits count from these, not from the decision itself: a card that could not be shown
/// costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The visitor saw it.
    Displayed,
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

/// One rule's past. Stamps are epoch milliseconds, 0 for never.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) ever: f64,
    pub(crate) visit: f64,
    /// Displays of the last 24 hours.
    pub(crate) day: Vec<f64>,
    pub(crate) dismissed: f64,
    pub(crate) conversation: f64,
    pub(crate) goal: f64,
}

/// The past as the rules need it. The durable part is shared between tabs and goes through `to_value` and `restore`;
/// the page part lives and dies with the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Sorted by id.
    pub(crate) records: Vec<Record>,
    /// All displays of the last 24 hours, oldest first.
    pub(crate) day: Vec<f64>,
    pub(crate) visit: f64,
    pub(crate) dismissed: f64,
    /// Per rule on this page.
    pub(crate) page: Vec<(String, f64)>,
    /// Visible ones on this page.
    pub(crate) page_total: f64,
    pub(crate) memory: Memory,
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
        self.page.clear();
        self.page_total = 0.0;
        self.memory = Memory::default();
    }

    /// A new visit: per-visit counts start again.
    pub fn start_visit(&mut self) {
        self.visit = 0.0;
        self.records.iter_mut().for_each(|record| record.visit = 0.0);
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
        let clamp = |stamp: &mut f64| *stamp = stamp.min(wall);
        self.day.iter_mut().for_each(clamp);
        clamp(&mut self.dismissed);
        for record in &mut self.records {
            record.day.iter_mut().for_each(clamp);
            clamp(&mut record.dismissed);
            clamp(&mut record.conversation);
        }
    }

    /// Notes what happened to a decision of `rule`.
    pub fn record(&mut self, outcome: Outcome, rule: &str, now: Now) {
        // Whole milliseconds are enough, and short in storage.
        let stamp = now.wall.floor();
        match outcome {
            Outcome::Displayed => {
                remember(&mut self.day, stamp);
                self.visit += 1.0;
                self.page_total += 1.0;
                self.count(rule, stamp);
            }
            Outcome::Applied => self.count(rule, stamp),
            Outcome::Dismissed => {
                self.dismissed = stamp;
                self.entry(rule).dismissed = stamp;
            }
            Outcome::Conversation => self.entry(rule).conversation = stamp,
            Outcome::Goal => self.entry(rule).goal = stamp,
            Outcome::Opened | Outcome::Replied => {}
        }
    }

    fn count(&mut self, rule: &str, stamp: f64) {
        let record = self.entry(rule);
        record.ever += 1.0;
        record.visit += 1.0;
        remember(&mut record.day, stamp);
        match self.page.iter_mut().find(|(id, _)| id == rule) {
            Some((_, count)) => *count += 1.0,
            None => self.page.push((crate::text::own(rule), 1.0)),
        }
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

    pub(crate) fn page_count(&self, rule: &str) -> f64 {
        self.page.iter().find(|(id, _)| id == rule).map_or(0.0, |(_, count)| *count)
    }
}

fn remember(day: &mut Vec<f64>, stamp: f64) {
    day.retain(|shown| stamp - *shown < DAY);
    day.push(stamp);
}
