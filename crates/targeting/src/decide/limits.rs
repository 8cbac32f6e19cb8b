//! Caps, cool-downs and manners.

use super::Reason;
use super::snapshot::Snapshot;
use crate::condition::View;
use crate::facts::Now;
use crate::history::{DAY, Field, History, Record};
use crate::rules::{InConversation, Rule, Rules, known};

/// What keeps any visible rule from showing at this moment.
pub(crate) fn unfit<'a>(rules: &'a Rules, facts: &'a Snapshot<'a>) -> Option<Reason> {
    let quiet = || rules.quiet.include.iter().any(|pattern| pattern.matches(&facts));
    let talking = || matches!(facts.get(known::CHAT), View::Text("open" | "active"));
    if facts.is_true(known::HIDDEN) {
        Some(Reason::Hidden)
    } else if rules.limits.in_conversation == InConversation::Never && talking() {
        Some(Reason::InConversation)
    } else if facts.is_true(known::TYPING) || facts.is_true(known::MODAL) || quiet() {
        Some(Reason::Quiet)
    } else {
        None
    }
}

/// Checks all limits of a rule and, for a visible one, of the file.
pub(crate) fn check(
    rules: &Rules,
    rule: &Rule,
    visible: bool,
    history: &History,
    facts: &Snapshot<'_>,
    now: Now,
) -> Result<(), Reason> {
    let resting = |stamp, span| resting(stamp, span, now, facts);
    let empty = Record::default();
    let record = history.find(&rule.id).unwrap_or(&empty);
    let limits = &rule.limits;
    stop(reached(record.get(Field::Ever), limits.ever), Reason::CapEver)?;
    stop(reached(record.get(Field::Visit), limits.per_visit), Reason::CapVisit)?;
    stop(reached(record.page, limits.per_page), Reason::CapPage)?;
    stop(in_a_day(&record.day, limits.per_day, now, facts), Reason::CapDay)?;
    stop(resting(record.get(Field::Conversation), limits.after_conversation), Reason::Converted)?;
    stop(resting(record.get(Field::Dismissed), limits.after_dismiss), Reason::Dismissed)?;
    if !visible {
        return Ok(());
    }
    let record = history.find("").unwrap_or(&empty);
    let limits = &rules.limits;
    stop(resting(record.get(Field::Dismissed), limits.after_dismiss), Reason::Dismissed)?;
    stop(reached(record.get(Field::Visit), limits.per_visit), Reason::CapGlobal)?;
    stop(reached(record.page, limits.per_page), Reason::CapGlobal)?;
    stop(in_a_day(&record.day, limits.per_day, now, facts), Reason::CapGlobal)?;
    stop(resting(record.day.last().copied().unwrap_or(0.0), limits.gap), Reason::Cooldown)
}

fn stop(stops: bool, reason: Reason) -> Result<(), Reason> {
    if stops { Err(reason) } else { Ok(()) }
}

#[inline(never)]
fn reached(count: f64, cap: Option<f64>) -> bool {
    cap.is_some_and(|cap| count >= cap)
}

/// Until `stamp` + `span`; a stamp in the future counts as just now (and `History::settle` corrects it).
#[inline(never)]
fn resting(stamp: f64, span: f64, now: Now, facts: &Snapshot<'_>) -> bool {
    let left = stamp.min(now.wall) + span - now.wall;
    let rests = stamp > 0.0 && left > 0.0;
    if rests {
        facts.wake_in(left);
    }
    rests
}

/// "A day" is the last 24 hours: it needs no time zone, and midnight does not bring a second helping.
fn in_a_day(shown: &[f64], cap: Option<f64>, now: Now, facts: &Snapshot<'_>) -> bool {
    let recent = shown.iter().filter(|stamp| now.wall - stamp.min(now.wall) < DAY);
    let full = reached(recent.clone().count() as f64, cap);
    if full && let Some(oldest) = recent.copied().next() {
        facts.wake_in(oldest.min(now.wall) + DAY - now.wall);
    }
    full
}
