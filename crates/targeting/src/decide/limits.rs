//! Caps, cool-downs and manners.

use super::snapshot::Snapshot;
use super::{Reason, Stop};
use crate::condition::View;
use crate::facts::Now;
use crate::history::{DAY, History, Record};
use crate::rules::{InConversation, Rule, Rules};

/// What keeps any visible rule from showing at this moment.
pub(crate) fn unfit<'a>(rules: &'a Rules, facts: &'a Snapshot<'a>) -> Option<Reason> {
    let known = &rules.well_known;
    let quiet = || rules.quiet.include.iter().any(|pattern| pattern.matches(&facts, facts.address()));
    let talking = || matches!(facts.get(known.chat), View::Text("open" | "active"));
    if facts.is_true(known.hidden) {
        Some(Reason::Hidden)
    } else if rules.limits.in_conversation == InConversation::Never && talking() {
        Some(Reason::InConversation)
    } else if facts.is_true(known.typing) || facts.is_true(known.modal) || quiet() {
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
) -> Result<(), Stop> {
    // Until `stamp` + `span`; a stamp in the future counts as just now (and `History::settle` corrects it).
    let resting = |stamp: f64, span: f64, reason: Reason| {
        let left = stamp.min(now.wall) + span - now.wall;
        if stamp > 0.0 && left > 0.0 {
            facts.wake_in(left);
            return Err(Stop::from(reason));
        }
        Ok(())
    };
    let reached = |count: f64, cap: Option<f64>, reason: Reason| match cap {
        Some(cap) if count >= cap => Err(Stop::from(reason)),
        _ => Ok(()),
    };
    let empty = Record::default();
    let record = history.find(&rule.id).unwrap_or(&empty);
    let limits = &rule.limits;
    reached(record.ever, limits.ever, Reason::CapEver)?;
    reached(record.visit, limits.per_visit, Reason::CapVisit)?;
    reached(history.page_count(&rule.id), limits.per_page, Reason::CapPage)?;
    in_a_day(&record.day, limits.per_day, now, facts, Reason::CapDay)?;
    resting(record.conversation, limits.after_conversation, Reason::Converted)?;
    resting(record.dismissed, limits.after_dismiss, Reason::Dismissed)?;
    if !visible {
        return Ok(());
    }
    let limits = &rules.limits;
    reached(history.visit, limits.per_visit, Reason::CapGlobal)?;
    reached(history.page_total, limits.per_page, Reason::CapGlobal)?;
    in_a_day(&history.day, limits.per_day, now, facts, Reason::CapGlobal)?;
    resting(history.dismissed, limits.after_dismiss, Reason::Dismissed)?;
    resting(history.day.last().copied().unwrap_or(0.0), limits.gap, Reason::Cooldown)
}

/// "A day" is the last 24 hours: it needs no time zone, and midnight does not bring a second helping.
fn in_a_day(shown: &[f64], cap: Option<f64>, now: Now, facts: &Snapshot<'_>, reason: Reason) -> Result<(), Stop> {
    let Some(cap) = cap else { return Ok(()) };
    let recent = shown.iter().filter(|stamp| now.wall - stamp.min(now.wall) < DAY);
    if (recent.clone().count() as f64) < cap {
        return Ok(());
    }
    if let Some(oldest) = recent.copied().next() {
        facts.wake_in(oldest.min(now.wall) + DAY - now.wall);
    }
    Err(reason.into())
}
