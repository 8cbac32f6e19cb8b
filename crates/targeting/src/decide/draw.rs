//! Draws: holdout, rollout, experiment. They go by the visitor's id, so the same visitor is always drawn the same.

use super::Reason;
use crate::bucketing;
use crate::rules::{Rule, Rules, shown_in};

/// What was drawn for a visitor.
#[derive(Clone, Copy)]
pub(crate) struct Draw {
    /// The visitor's variation, when the rule runs an experiment that reached the visitor.
    pub(crate) variation: Option<u16>,
    /// What keeps the rule from this visitor.
    pub(crate) kept: Option<Reason>,
}

impl Rules {
    /// Draws for the visitor of this id; empty is nobody in particular.
    pub(crate) fn draw(&self, rule: &Rule, id: &str) -> Draw {
        let bucket = |seed: &str| bucketing::hash(seed, id, 2).unwrap_or(1.0);
        let kept = |reason| Draw { variation: None, kept: Some(reason) };
        if let Some(holdout) = self.holdout.as_ref().filter(|_| !id.is_empty())
            && bucket(&holdout.seed) < holdout.share
        {
            return kept(Reason::Holdout);
        }
        if rule.rollout >= 1.0 && rule.experiment.is_none() {
            return Draw { variation: None, kept: None };
        }
        if id.is_empty() {
            return kept(Reason::NoIdentity);
        }
        if bucket(&rule.id) >= rule.rollout {
            return kept(Reason::NotInRollout);
        }
        let Some(experiment) = &rule.experiment else { return Draw { variation: None, kept: None } };
        let Some(index) = bucketing::choose_variation(bucket(&experiment.key), &experiment.ranges) else {
            return kept(Reason::NotInRollout);
        };
        // The control shows nothing of a rule whose cards all belong to other variations.
        let name = experiment.variations.get(index);
        let shows = rule.actions.iter().any(|action| action.is_visible() && shown_in(action, name));
        let control = rule.is_visible() && !shows;
        Draw { variation: Some(index as u16), kept: control.then_some(Reason::VariationControl) }
    }
}
