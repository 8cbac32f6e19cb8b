//! How much of each limit is used, for views.

use super::{DAY, Field, History, Record};
use crate::decide::Reason;
use crate::facts::Now;
use crate::rules::Rules;

/// How often something was shown, and how often it may be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    /// Displays, or for a rule that shows nothing, how often it was carried out.
    pub used: f64,
    /// `None`: as often as it likes.
    pub most: Option<f64>,
}

/// The limits of one rule, or of all notifications together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Index into [`Rules::rules`]; `None` for all notifications together.
    pub rule: Option<usize>,
    /// On this page.
    pub page: Count,
    /// In this visit.
    pub visit: Count,
    /// In the last 24 hours.
    pub day: Count,
    /// Since the device is known.
    pub ever: Count,
    /// What keeps it quiet for a while, and for how many milliseconds yet.
    pub rests: Option<(Reason, f64)>,
}

/// All notifications together first, then each rule in the order of evaluation.
pub fn usage(rules: &Rules, history: &History, now: Now) -> Vec<Usage> {
    let empty = Record::default();
    let limits = &rules.limits;
    let all = history.find("").unwrap_or(&empty);
    let last = all.day.last().copied().unwrap_or(0.0);
    let first = Usage {
        rests: longest(
            now,
            [
                (Reason::Dismissed, all.get(Field::Dismissed), limits.after_dismiss),
                (Reason::Cooldown, last, limits.gap),
            ],
        ),
        ..counted(all, [limits.per_page, limits.per_visit, limits.per_day, None], now)
    };
    let each = rules.rules.iter().enumerate().map(|(index, rule)| {
        let (record, limits) = (history.find(&rule.id).unwrap_or(&empty), &rule.limits);
        Usage {
            rule: Some(index),
            rests: longest(
                now,
                [
                    (Reason::Dismissed, record.get(Field::Dismissed), limits.after_dismiss),
                    (Reason::Converted, record.get(Field::Conversation), limits.after_conversation),
                ],
            ),
            ..counted(record, [limits.per_page, limits.per_visit, limits.per_day, limits.ever], now)
        }
    });
    std::iter::once(first).chain(each).collect()
}

/// `most` on a page, in a visit, in a day, ever.
fn counted(record: &Record, most: [Option<f64>; 4], now: Now) -> Usage {
    let recent = record.day.iter().filter(|stamp| now.wall - stamp.min(now.wall) < DAY).count();
    let [page, visit, day, ever] = most;
    Usage {
        page: Count { used: record.page, most: page },
        visit: Count { used: record.get(Field::Visit), most: visit },
        day: Count { used: recent as f64, most: day },
        ever: Count { used: record.get(Field::Ever), most: ever },
        ..Usage::default()
    }
}

/// Reason, when it began (0: never), how long it lasts.
fn longest(now: Now, rests: [(Reason, f64, f64); 2]) -> Option<(Reason, f64)> {
    let left = |(reason, stamp, span): (Reason, f64, f64)| (reason, stamp.min(now.wall) + span - now.wall, stamp);
    let resting = rests.into_iter().map(left).filter(|(_, left, stamp)| *stamp > 0.0 && *left > 0.0);
    resting.map(|(reason, left, _)| (reason, left)).max_by(|a, b| a.1.total_cmp(&b.1))
}
