//! What is counted of a rule, so that a site can tell what it brought. Explained to people in `docs/targeting.md`.

use crate::condition::View;
use crate::decide::Reason;
use crate::facts::{Facts, Now};
use crate::history::{History, Outcome};
use crate::rules::{Rule, Rules};

/// A line for the server: `[rule, variation or null, word]`. Nothing in it says who the visitor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The visitor's, when the rule runs an experiment.
    pub variation: Option<&'a str>,
    /// `displayed`, `opened`, `dismissed`, `replied` or `goal`; `held` or `held-goal` of a visitor who is shown nothing,
    /// to compare with.
    pub word: &'static str,
}

/// What there is to count after an outcome of `rule`; record the outcome first.
///
/// Each word is counted once a rule and visit, only of rules that show something, and only while the visitor allows
/// analytics. Where visitors are held out, those without an id do not count: nobody drew them.
pub fn count<'a>(
    rules: &Rules,
    facts: &Facts,
    history: &mut History,
    rule: &'a Rule,
    outcome: Outcome,
    now: Now,
) -> Option<Line<'a>> {
    let allowed = matches!(facts.view("consent.analytics", now), View::Bool(true));
    let id = facts.text("visitor.id", now).unwrap_or_default();
    if !allowed || !rule.is_visible() || (rules.holdout.is_some() && id.is_empty()) {
        return None;
    }
    let draw = rules.draw(rule, id);
    let held = matches!(draw.kept, Some(Reason::Holdout | Reason::VariationControl));
    let word = match outcome {
        Outcome::Held if held => "held",
        Outcome::Goal if held => "held-goal",
        _ if draw.kept.is_some() => return None,
        Outcome::Displayed => "displayed",
        Outcome::Opened => "opened",
        Outcome::Dismissed => "dismissed",
        Outcome::Replied => "replied",
        Outcome::Goal => "goal",
        Outcome::Held | Outcome::Applied | Outcome::Conversation => return None,
    };
    if !history.counts(outcome, rule, now) {
        return None;
    }
    let variation = draw.variation.and_then(|index| rule.variations().get(usize::from(index)));
    Some(Line { variation: variation.map(String::as_str), word })
}
