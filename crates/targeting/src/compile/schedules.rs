//! Opening hours.

use super::Builder;
use super::fields::Map;
use crate::problem::{At, Code, Expected, Severity};
use crate::rules::calendar::{clock, date};
use crate::rules::schedule::{Schedule, Window};
use crate::text::cut;
use crate::value::Value;

pub(crate) static DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What a day or a range of days may be written as, for hints.
static CHOICES: [&str; 9] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "ranges such as mon-fri", "daily"];

impl<'a> Map<'a, '_, '_> {
    pub(super) fn schedules(&mut self, site: &str) -> Vec<Schedule> {
        let at = self.at.key("schedules");
        let mut schedules = Vec::new();
        for (index, (name, value)) in self.entries("schedules").iter().enumerate() {
            let mark = self.b.problems.mark();
            let mut schedule = self.b.schedule(name, value, site, &at.key(name));
            schedule.broken = self.b.problems.verdict(mark).is_some();
            if schedule.broken {
                self.b.broken_schedules.push(index);
            }
            schedules.push(schedule);
        }
        schedules
    }

    fn week(&mut self) -> [Vec<Window>; 7] {
        let at = self.at.key("week");
        let mut week: [Vec<Window>; 7] = Default::default();
        for (days, windows) in self.entries("week") {
            let at = at.key(days);
            let windows = self.b.windows(windows, &at);
            match span(days) {
                Some((first, last)) => {
                    let count = (last + 7 - first) % 7 + 1;
                    for day in (first..first + count).map(|day| day % 7) {
                        if let Some(day) = week.get_mut(day) {
                            day.extend(windows.iter().copied());
                        }
                    }
                }
                None => {
                    let expected = Expected::one_of(&CHOICES);
                    self.b.problems.add(Severity::Error, &at, Code::UnknownChoice, days, expected);
                }
            }
        }
        week
    }
}

/// `mon` or `mon-fri`, also across the end of the week; `daily` is every day.
fn span(days: &str) -> Option<(usize, usize)> {
    let day = |name: &str| DAYS.iter().position(|day| name.eq_ignore_ascii_case(day));
    if days == "daily" {
        return Some((0, 6));
    }
    let (first, last) = cut(days, b'-');
    Some((day(first)?, day(last.unwrap_or(first))?))
}

impl<'a> Builder<'a> {
    /// The number of a schedule of the file.
    pub(super) fn schedule_named(&mut self, name: &str, at: &At<'_>) -> Option<u16> {
        let names = std::mem::take(&mut self.schedule_names);
        let index = self.named(name, &names, at, Code::UnknownSchedule);
        self.schedule_names = names;
        let index = index?;
        if self.broken_schedules.contains(&usize::from(index)) {
            self.problems.error(at, Code::UnknownSchedule, name);
        }
        Some(index)
    }

    fn schedule(&mut self, name: &str, value: &'a Value, site: &str, at: &At<'_>) -> Schedule {
        let entries = value.as_map();
        if entries.is_none() {
            self.problems.wrong_type(at, &["an object such as `{ \"week\": { \"mon-fri\": [\"09:00-17:00\"] } }`"]);
        }
        let mut map = self.map(entries.unwrap_or(&[]), at, &["zone", "week", "closed", "open", "note"]);
        let zone = match map.str("zone") {
            None | Some("site") => crate::text::own(site),
            Some("visitor") => String::new(),
            Some(zone) => {
                map.b.zone(zone, &at.key("zone"));
                crate::text::own(zone)
            }
        };
        let week = map.week();
        let days = at.key("closed");
        let closed = map.strings("closed").into_iter().enumerate();
        let closed = closed.filter_map(|(i, day)| map.b.day(day, &days.index(i))).collect();
        let days = at.key("open");
        let mut open = Vec::new();
        for (day, windows) in map.entries("open") {
            let at = days.key(day);
            let windows = map.b.windows(windows, &at);
            open.extend(map.b.day(day, &at).map(|day| (day, windows)));
        }
        Schedule { name: crate::text::own(name), zone, week, closed, open, broken: false }
    }

    fn day(&mut self, text: &str, at: &At<'_>) -> Option<i32> {
        let day = date(text);
        if day.is_none() {
            self.problems.error(at, Code::BadDate, text);
        }
        day
    }

    fn windows(&mut self, value: &Value, at: &At<'_>) -> Vec<Window> {
        let Some(items) = value.as_list() else {
            self.problems.wrong_type(at, &["a list of times such as `[\"09:00-17:00\"]`"]);
            return Vec::new();
        };
        let mut windows = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let text = item.as_str().unwrap_or("");
            match window(text) {
                Some(window) => windows.push(window),
                None => self.problems.error(&at.index(i), Code::BadWindow, text),
            }
        }
        windows
    }
}

/// An empty window (`09:00-09:00`) would be taken for a whole day; it is refused.
fn window(text: &str) -> Option<Window> {
    let (start, end) = cut(text, b'-');
    let window = Window { start: clock(start.trim_ascii())?, end: clock(end?.trim_ascii())? };
    (window.start < 1440 && window.start != window.end).then_some(window)
}
