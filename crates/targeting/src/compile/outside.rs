//! The opposite of opening hours, `"schedule": { "outside": "office" }`: a schedule of its own, worked out here, so that
//! browsers know nothing of it.

use super::Builder;
use super::fields::Map;
use crate::problem::Code;
use crate::rules::schedule::{Schedule, Window};
use crate::rules::{Agents, IfUnknown, Need};

const MINUTES: u16 = 1440;

/// What the name of an opposite begins with.
const PREFIX: &str = "outside ";

/// The schedule that one of this name is the opposite of: `office` for `outside office`.
pub(crate) fn opposite_of(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)
}

impl Map<'_, '_, '_> {
    /// The `schedule` slot of a rule: a name, or `{ "outside": name }`. Its number among all schedules, the opposites last.
    pub(super) fn schedule(&mut self) -> Option<u16> {
        let at = self.at.key("schedule");
        if self.get("schedule")?.as_map().is_none() {
            let name = self.str("schedule")?;
            return self.b.schedule_named(name, &at);
        }
        let mut map = self.child("schedule", &at, &["outside"])?;
        // Anything else in it was reported as unknown.
        if map.entries.is_empty() {
            map.b.problems.error(&at, Code::Missing, "outside");
        }
        let name = map.str("outside")?;
        let of = map.b.schedule_named(name, &at.key("outside"))?;
        let place = map.b.outside.iter().position(|known| *known == of).unwrap_or_else(|| {
            map.b.outside.push(of);
            map.b.outside.len() - 1
        });
        Some((map.b.schedule_names.len() + place) as u16)
    }
}

impl Builder<'_> {
    pub(super) fn is_opposite(&self, schedule: u16) -> bool {
        usize::from(schedule) >= self.schedule_names.len()
    }
}

/// Outside of opening hours the best guess is that nobody is there.
pub(super) fn guess(agents: &mut Agents) {
    if agents.if_unknown == IfUnknown::Schedule {
        agents.if_unknown = if agents.need == Need::Closed { IfUnknown::Show } else { IfUnknown::Hide };
    }
}

/// Open exactly when `schedule` is not.
pub(super) fn outside(schedule: &Schedule) -> Schedule {
    let usual = Schedule {
        week: schedule.week.clone(),
        zone: String::new(),
        name: String::new(),
        closed: Vec::new(),
        open: Vec::new(),
        broken: false,
    };
    // Day -3 was a Monday.
    let week = std::array::from_fn(|day| gaps(&usual, day as i32 - 3));
    let special = schedule.closed.iter().chain(schedule.open.iter().map(|(day, _)| day));
    // What runs past midnight, or would on another day, is seen on the next.
    let mut days: Vec<i32> = special.flat_map(|day| [*day, *day + 1]).collect();
    days.sort_unstable();
    days.dedup();
    Schedule {
        name: [PREFIX, &schedule.name].concat(),
        zone: schedule.zone.clone(),
        week,
        closed: Vec::new(),
        open: days.into_iter().map(|day| (day, gaps(schedule, day))).collect(),
        broken: schedule.broken,
    }
}

/// The windows of one day in which it is closed; none runs past midnight.
fn gaps(schedule: &Schedule, day: i32) -> Vec<Window> {
    let overnight = |window: &&Window| window.end <= window.start;
    let today = schedule.windows(day).iter().map(|window| match overnight(&window) {
        true => (window.start, MINUTES),
        false => (window.start, window.end),
    });
    let since_yesterday = schedule.windows(day - 1).iter().filter(overnight).map(|window| (0, window.end));
    let mut open: Vec<(u16, u16)> = today.chain(since_yesterday).collect();
    open.sort_unstable();
    let (mut gaps, mut start) = (Vec::new(), 0);
    for (from, to) in open.into_iter().chain([(MINUTES, MINUTES)]) {
        if from > start {
            gaps.push(Window { start, end: from });
        }
        start = start.max(to);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::LocalTime;
    use proptest::prelude::*;

    fn windows() -> impl Strategy<Value = Vec<Window>> {
        let window = (0..MINUTES, 1..=MINUTES).prop_map(|(start, end)| Window { start, end });
        proptest::collection::vec(window.prop_filter("empty", |window| window.start != window.end), 0..3)
    }

    proptest! {
        /// Would catch: an hour that is both inside and outside, or neither, around midnight and special days above all.
        #[test]
        fn it_is_open_exactly_when_the_other_is_not(
            week in proptest::array::uniform7(windows()),
            closed in proptest::collection::vec(20_400..20_420, 0..3),
            open in proptest::collection::vec((20_400..20_420, windows()), 0..3),
            minutes in proptest::collection::vec(0..MINUTES, 40),
        ) {
            let schedule =
                Schedule { name: "office".into(), zone: String::new(), week, closed, open, broken: false };
            let other = outside(&schedule);
            // 2025-11-05 is day 20,397.
            for day in 1..=30 {
                for minute in minutes.iter().copied().chain([0, 1, 719, 720, 1438, 1439]) {
                    let at = LocalTime { year: 2025, month: 11, day, weekday: 1, minute };
                    prop_assert_ne!(schedule.is_open(at), other.is_open(at), "{:?}", at);
                }
            }
        }
    }
}
