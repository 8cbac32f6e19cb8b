//! The facts of one pass: each is looked up at most once.

use crate::condition::{Eval, Truth, View, Why, numeric};
use crate::facts::{Facts, Now};
use crate::history::{Field, History};
use crate::host::{Host, LocalTime};
use crate::rules::page::Read;
use crate::rules::schedule::until;
use crate::rules::{Declared, Notice, Part, Rules, Slot, Source};
use crate::signal::Signal;
use std::cell::{Cell, OnceCell};

/// A fact as read in this pass.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) view: View<'a>,
    pub(crate) pace: Pace,
}

/// Does a fact change by the passing of time alone?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    Still,
    /// Seconds that grow.
    Running,
    /// A part of the calendar.
    Calendar,
}

pub(crate) struct Snapshot<'a> {
    pub(crate) rules: &'a Rules,
    facts: &'a Facts,
    pub(crate) history: &'a History,
    pub(crate) signal: &'a Signal,
    pub(crate) now: Now,
    cache: Vec<Cell<Option<Reading<'a>>>>,
    /// Milliseconds until time alone may change the result of the rule at hand.
    wake: Cell<f64>,
    dates: [OnceCell<String>; 2],
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(
        rules: &'a Rules,
        facts: &'a Facts,
        history: &'a History,
        signal: &'a Signal,
        now: Now,
    ) -> Snapshot<'a> {
        let cache = vec![Cell::new(None); rules.slots.len()];
        let wake = Cell::new(f64::INFINITY);
        Snapshot { rules, facts, history, signal, now, cache, wake, dates: Default::default() }
    }

    /// Begins the next rule.
    pub(crate) fn start(&self) {
        self.wake.set(f64::INFINITY);
    }

    pub(crate) fn wake(&self) -> f64 {
        self.wake.get()
    }

    /// Time alone may change something in `ms` milliseconds.
    #[inline(never)]
    pub(crate) fn wake_in(&self, ms: f64) {
        if ms < self.wake.get() {
            self.wake.set(ms.max(0.0));
        }
    }

    /// A host for which this is slow remembers it.
    pub(crate) fn local(&self, zone: &str) -> Option<LocalTime> {
        self.rules.host.local_time(zone, self.now.wall)
    }

    fn slot(&self, slot: u16) -> Option<&'a Slot> {
        self.rules.slots.get(usize::from(slot))
    }

    /// A fact without any condition around it.
    pub(crate) fn get(&'a self, slot: u16) -> View<'a> {
        self.reading(slot).view
    }

    #[inline(never)]
    pub(crate) fn reading(&'a self, slot: u16) -> Reading<'a> {
        self.read(slot, &self.rules.eval(self))
    }

    #[inline(never)]
    pub(crate) fn is_true(&'a self, slot: u16) -> bool {
        matches!(self.get(slot), View::Bool(true))
    }

    pub(crate) fn read(&'a self, slot: u16, eval: &Eval<'a>) -> Reading<'a> {
        let cell = self.cache.get(usize::from(slot));
        if let Some(reading) = cell.and_then(Cell::get) {
            return reading;
        }
        let reading = self.find(slot, eval);
        if let Some(cell) = cell {
            cell.set(Some(reading));
        }
        reading
    }

    fn find(&'a self, number: u16, eval: &Eval<'a>) -> Reading<'a> {
        let missing = Reading { view: View::Unknown(Why::Missing), pace: Pace::Still };
        let Some(slot) = self.slot(number) else { return missing };
        let name = self.rules.paths.name(number);
        let mut pace = Pace::Still;
        let view = match slot.source {
            Source::Facts => {
                if self.facts.is_running(name) {
                    pace = Pace::Running;
                }
                self.facts.view(name, self.now)
            }
            Source::Audience(index) => self.audience(index, eval),
            Source::Time { site, part } => {
                pace = Pace::Calendar;
                self.time(site, part)
            }
            Source::Signal => self.signal_data(name),
            Source::Notice(notice) => {
                if matches!(notice, Notice::SecondsSinceShown | Notice::SecondsSinceDismissed) {
                    pace = Pace::Running;
                }
                self.notice(notice)
            }
        };
        let view = match (view, &slot.default) {
            (View::Null | View::Unknown(Why::Missing), Some(default)) => View::of(default),
            (view, _) => view,
        };
        let view = slot.declared.map_or(view, |declared| typed(view, declared, &*self.rules.host));
        Reading { view, pace }
    }

    fn audience(&self, index: u16, eval: &Eval<'a>) -> View<'a> {
        let node = self.rules.audiences.get(usize::from(index)).and_then(|audience| audience.node.as_ref());
        match node.map(|node| eval.node(node).truth) {
            Some(Truth::True) => View::Bool(true),
            Some(Truth::False) => View::Bool(false),
            Some(Truth::Unknown(why)) => View::Unknown(why),
            None => View::Unknown(Why::Missing),
        }
    }

    fn signal_data(&self, path: &str) -> View<'a> {
        match (self.signal, path.strip_prefix("signal.")) {
            (Signal::Custom(name, _), Some("name")) => View::Text(name),
            (Signal::Custom(_, data), Some(rest)) => View::of(data).walk(rest),
            _ => View::Unknown(Why::Missing),
        }
    }

    fn notice(&self, notice: Notice) -> View<'a> {
        let since = |stamp: Option<f64>, unit: f64| match stamp {
            Some(stamp) if stamp > 0.0 => View::Number((self.now.wall - stamp).max(0.0) / unit),
            _ => View::Unknown(Why::Missing),
        };
        let record = self.history.find("");
        let field = |field| record.map(|record| record.get(field));
        match notice {
            Notice::ShownCount => View::Number(field(Field::Ever).unwrap_or(0.0)),
            Notice::SecondsSinceShown => since(record.and_then(|record| record.day.last().copied()), 1000.0),
            Notice::SecondsSinceDismissed => since(field(Field::Dismissed), 1000.0),
            Notice::HoursSinceConversation => since(field(Field::Conversation), 3_600_000.0),
        }
    }

    fn time(&'a self, site: bool, part: Part) -> View<'a> {
        let zone = if site { self.rules.zone.as_str() } else { "" };
        let Some(at) = self.local(zone) else { return View::Unknown(Why::Missing) };
        let number = match part {
            Part::Year => at.year as f64,
            Part::Month => f64::from(at.month),
            Part::Day => f64::from(at.day),
            Part::Weekday => f64::from(at.weekday),
            Part::Hour => f64::from(at.minute / 60),
            Part::Minute => f64::from(at.minute % 60),
            Part::Date => {
                let [of_site, of_visitor] = &self.dates;
                return View::Text((if site { of_site } else { of_visitor }).get_or_init(|| date(at)));
            }
        };
        View::Number(number)
    }

    /// Notes when a calendar fact changes next.
    pub(crate) fn wake_for(&self, slot: u16) {
        let Some(Source::Time { site, part }) = self.slot(slot).map(|slot| slot.source) else { return };
        let zone = if site { self.rules.zone.as_str() } else { "" };
        let Some(at) = self.local(zone) else { return };
        let step = match part {
            Part::Minute => 1.0,
            Part::Hour => 60.0,
            _ => 1440.0,
        };
        let edge = (at.minutes() / step).floor() * step + step;
        self.wake_in(until(edge, at, self.now.wall, zone, &*self.rules.host));
    }
}

impl<'a> Read<'a> for &'a Snapshot<'a> {
    fn read(&self, slot: u16) -> View<'a> {
        self.get(slot)
    }
}

/// A fact as its declaration says, converted once here: a number may arrive as text.
fn typed<'a>(view: View<'a>, declared: Declared, host: &dyn Host) -> View<'a> {
    match (declared, view) {
        (_, View::Null | View::Unknown(_)) => view,
        (Declared::Number, View::Text(_)) => numeric(view, host).map_or(View::Unknown(Why::WrongType), View::Number),
        (Declared::Number, View::Number(_))
        | (Declared::Text | Declared::Date, View::Text(_))
        | (Declared::Bool, View::Bool(_))
        | (Declared::List, View::List(_)) => view,
        _ => View::Unknown(Why::WrongType),
    }
}

fn date(at: LocalTime) -> String {
    let mut text = String::new();
    for (number, width) in [(at.year.unsigned_abs(), 4), (u32::from(at.month), 2), (u32::from(at.day), 2)] {
        if !text.is_empty() {
            text.push('-');
        }
        let digits = crate::number::integer(u64::from(number));
        (digits.len()..width).for_each(|_| text.push('0'));
        text.push_str(&digits);
    }
    text
}
