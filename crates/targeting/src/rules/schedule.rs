//! Opening hours: weekly windows, closed days, special days.

use crate::host::{Host, LocalTime};

const MINUTES: u16 = 1440;

/// From `start` up to but not including `end`, in minutes since midnight. An end that is not after the start runs
/// past midnight and belongs to the day that it starts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: u16,
    pub(crate) end: u16,
}

pub(crate) struct Schedule {
    pub(crate) name: String,
    /// IANA name; empty: the visitor's own.
    pub(crate) zone: String,
    /// Monday first.
    pub(crate) week: [Vec<Window>; 7],
    /// Day numbers.
    pub(crate) closed: Vec<i32>,
    /// Day numbers and the windows that replace the week's.
    pub(crate) open: Vec<(i32, Vec<Window>)>,
    /// Had errors: rules that need it do not run.
    pub(crate) broken: bool,
}

impl Schedule {
    pub(crate) fn windows(&self, day: i32) -> &[Window] {
        if let Some((_, windows)) = self.open.iter().find(|(date, _)| *date == day) {
            return windows;
        }
        if self.closed.contains(&day) {
            return &[];
        }
        // Day 0, 1970-01-01, was a Thursday.
        let weekday = (day + 3).rem_euclid(7) as usize;
        self.week.get(weekday).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_open(&self, at: LocalTime) -> bool {
        let day = at.day_number();
        let today = self.windows(day).iter().any(|window| {
            let past_midnight = window.end <= window.start;
            at.minute >= window.start && (past_midnight || at.minute < window.end)
        });
        let since_yesterday =
            || self.windows(day - 1).iter().any(|window| window.end <= window.start && at.minute < window.end);
        today || since_yesterday()
    }

    /// Is there any opening from this day on, within a bit more than a year?
    pub(crate) fn ever_opens(&self, from: i32) -> bool {
        (from..from + 400).any(|day| !self.windows(day).is_empty())
    }

    /// Milliseconds until it may next open or close, within eight days.
    pub(crate) fn next_edge(&self, at: LocalTime, wall: f64, host: &dyn Host) -> Option<f64> {
        let now = at.minutes();
        let today = at.day_number();
        let mut edge: Option<f64> = None;
        for day in today - 1..today + 8 {
            for window in self.windows(day) {
                let midnight = f64::from(day) * f64::from(MINUTES);
                let overnight = if window.end <= window.start { MINUTES } else { 0 };
                for minute in [f64::from(window.start), f64::from(window.end) + f64::from(overnight)] {
                    let minute = midnight + minute;
                    if minute > now && edge.is_none_or(|best| minute < best) {
                        edge = Some(minute);
                    }
                }
            }
        }
        let edge = edge?;
        let ahead = Ahead::new(at, wall, &self.zone, host);
        let back = edge - at.minutes();
        // Clocks that are turned back may lead into a window that was over.
        if ahead.drift(back) < 0.0 { Some(ahead.wait(ahead.change(back))) } else { Some(ahead.until(edge)) }
    }
}

/// Milliseconds from now until the wall clock of `zone` shows `minutes` or more.
pub(crate) fn until(minutes: f64, at: LocalTime, wall: f64, zone: &str, host: &dyn Host) -> f64 {
    Ahead::new(at, wall, zone, host).until(minutes)
}

/// What the wall clock of a zone will show. All in minutes from the beginning of this one.
struct Ahead<'a> {
    now: f64,
    /// What the present minute has used up, in milliseconds.
    used: f64,
    wall: f64,
    zone: &'a str,
    host: &'a dyn Host,
}

impl<'a> Ahead<'a> {
    fn new(at: LocalTime, wall: f64, zone: &'a str, host: &'a dyn Host) -> Self {
        // Not `rem_euclid`, which brings a software `fmod` into the module.
        let used = wall - (wall / 60_000.0).floor() * 60_000.0;
        Ahead { now: at.minutes(), used, wall, zone, host }
    }

    fn wait(&self, after: f64) -> f64 {
        after * 60_000.0 - self.used
    }

    /// How far the clock will be from where it would be if nobody turned it.
    fn drift(&self, after: f64) -> f64 {
        let then = self.host.local_time(self.zone, self.wall + self.wait(after));
        then.map_or(0.0, |then| then.minutes() - self.now - after)
    }

    /// When it is turned, some time before `after`.
    fn change(&self, after: f64) -> f64 {
        let (mut before, mut turned) = (0.0, after);
        while turned - before > 1.0 {
            let middle = ((before + turned) / 2.0).floor();
            if self.drift(middle) == 0.0 { before = middle } else { turned = middle }
        }
        turned
    }

    fn until(&self, minutes: f64) -> f64 {
        let plain = minutes - self.now;
        let drift = self.drift(plain);
        let after = plain - drift;
        // A time that the clock leaps over has come when it leaps.
        let after = if drift > 0.0 && self.drift(after) != drift { self.change(plain) } else { after };
        self.wait(after).max(1.0)
    }
}
