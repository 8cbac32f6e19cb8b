//! What a reason alone does not tell: which limit, what else is in the way, what changes with time, and who belongs to
//! which audience.

use super::{Tree, mark, reason};
use crate::condition::Truth;
use crate::decide::{Gates, Reason, Snapshot, Trace};
use crate::history::{Count, usage};
use crate::rules::{Crowd, Rule, Rules};

/// The `sentence` with the limits that are used up, or with what would be in the way when the signal comes.
pub(super) fn complete<'a>(
    sentence: String,
    rules: &'a Rules,
    rule: &'a Rule,
    trace: &Trace,
    snapshot: &'a Snapshot<'a>,
) -> String {
    match trace.reason {
        Reason::CapGlobal => with_counts(&sentence, rules, None, snapshot),
        Reason::CapPage | Reason::CapVisit | Reason::CapDay | Reason::CapEver => {
            with_counts(&sentence, rules, Some(usize::from(trace.rule)), snapshot)
        }
        Reason::NoEvent if !rule.on.is_empty() => {
            let Snapshot { history, signal, now, .. } = snapshot;
            let gates = Gates::new(rules, snapshot, history, &history.memory, signal, *now);
            match gates.obstacle(rule) {
                Some(other) => {
                    format!("{sentence} Besides: {}", reason(rules, rule, &Trace { reason: other, ..*trace }))
                }
                None => sentence,
            }
        }
        _ => sentence,
    }
}

/// `…: 1 of 1 on this page, 2 of 2 in this visit.`
fn with_counts(sentence: &str, rules: &Rules, rule: Option<usize>, snapshot: &Snapshot<'_>) -> String {
    let all = usage(rules, snapshot.history, snapshot.now);
    let Some(used) = all.iter().find(|usage| usage.rule == rule) else { return sentence.into() };
    let limits =
        [(used.page, "on this page"), (used.visit, "in this visit"), (used.day, "in 24 hours"), (used.ever, "ever")];
    let full = limits.into_iter().filter_map(|(Count { used, most }, of)| {
        let most = most.filter(|most| used >= *most)?;
        Some(format!("{} of {} {of}", crate::words::figure(used), crate::words::figure(most)))
    });
    let full: Vec<String> = full.collect();
    format!("{}: {}.", sentence.trim_end_matches('.'), full.join(", "))
}

/// Which edge of its schedule comes after `wait` milliseconds: `, when its schedule office closes`; nothing when it is
/// something else that passes.
pub(super) fn edge(rules: &Rules, rule: &Rule, wait: f64, snapshot: &Snapshot<'_>) -> Option<String> {
    let schedule = rules.schedules.get(usize::from(rule.schedule?))?;
    let at = snapshot.local(&schedule.zone)?;
    let next = schedule.next_edge(at, snapshot.now.wall, &*rules.host)?;
    let opposite = crate::compile::opposite_of(&schedule.name);
    let verb = if schedule.is_open(at) == opposite.is_none() { "closes" } else { "opens" };
    ((next - wait).abs() < 1.0).then(|| format!(", when the schedule {} {verb}", opposite.unwrap_or(&schedule.name)))
}

impl<'a> Tree<'a> {
    /// Each audience that the rule asks for, with its condition.
    pub(super) fn audiences(&self, crowd: &Crowd) -> String {
        let kinds = [("any of", &crowd.any), ("all of", &crowd.all), ("none of", &crowd.none)];
        let mut text = String::new();
        for (kind, index) in kinds.into_iter().flat_map(|(kind, all)| all.iter().map(move |index| (kind, index))) {
            let Some(audience) = self.rules.audiences.get(usize::from(*index)) else { continue };
            let truth = audience.node.as_ref().map_or(Truth::False, |node| self.eval.node(node).truth);
            text.push_str(&format!("    [{}] audience {} ({kind})\n", mark(truth), audience.name));
            text.extend(audience.node.iter().map(|node| self.node(node, 2)));
        }
        text
    }
}
