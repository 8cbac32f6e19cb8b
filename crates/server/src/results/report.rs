//! The results of a site for people: every rule that shows something, what became of it, and whether it helped.

use serde::Serialize;

use super::lift::{Difference, Share, Verdict, compare};
use crate::{
    engagement::Shown,
    store::{Counted, Counts},
};

/// One rule.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct RuleResults {
    id: String,
    name: String,
    /// The signal that counts as success.
    goal: Option<String>,
    /// Whether the file of today has this rule.
    published: bool,
    rows: Vec<Row>,
}

/// A rule or one of its variations. Rates are from 0 to 1, and absent where there is nothing to divide by.
#[derive(Debug, PartialEq, Serialize)]
struct Row {
    variation: Option<String>,
    #[serde(flatten)]
    counts: Counts,
    rates: Rates,
    /// Of what was displayed against whoever was shown nothing.
    lift: Lift,
}

#[derive(Debug, PartialEq, Serialize)]
struct Rates {
    opened: Option<f64>,
    dismissed: Option<f64>,
    replied: Option<f64>,
    goal: Option<f64>,
    held_goal: Option<f64>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Lift {
    verdict: Verdict,
    #[serde(flatten)]
    difference: Option<Difference>,
}

/// All rules in the order of the file; rules that it has no more follow.
pub(crate) fn report(shown: &[Shown], counts: Vec<(Counted, Counts)>) -> Vec<RuleResults> {
    let mut gone: Vec<&str> = Vec::new();
    for (counted, _) in &counts {
        let is_new = gone.last() != Some(&&*counted.rule);
        if is_new && !shown.iter().any(|rule| rule.id == counted.rule) {
            gone.push(&counted.rule);
        }
    }
    let published = shown.iter().map(|rule| {
        // What was never counted stands there, too: with zeros.
        let mut rows: Vec<(&str, Counts)> = rule.variations.iter().map(|name| (&**name, Counts::default())).collect();
        if rows.is_empty() {
            rows.push(("", Counts::default()));
        }
        for (Counted { variation, .. }, counts) in of(&counts, &rule.id) {
            match rows.iter_mut().find(|(name, _)| name == variation) {
                Some((_, row)) => *row = *counts,
                None => rows.push((variation, *counts)),
            }
        }
        let rows = compared(&rows, rule.goal.is_some());
        RuleResults { id: rule.id.clone(), name: rule.name.clone(), goal: rule.goal.clone(), published: true, rows }
    });
    let gone = gone.iter().map(|id| {
        let rows: Vec<_> = of(&counts, id).map(|(counted, counts)| (&*counted.variation, *counts)).collect();
        let rows = compared(&rows, rows.iter().any(|(_, counts)| counts.goal + counts.held_goal > 0));
        RuleResults { id: (*id).into(), name: (*id).into(), goal: None, published: false, rows }
    });
    published.chain(gone).collect()
}

fn of<'a>(counts: &'a [(Counted, Counts)], rule: &str) -> impl Iterator<Item = &'a (Counted, Counts)> {
    counts.iter().filter(move |(counted, _)| counted.rule == rule)
}

/// The control is the experiment's own, or else the file's holdout.
fn compared(rows: &[(&str, Counts)], has_goal: bool) -> Vec<Row> {
    let control = |of_holdout: bool| {
        let mut sum = Counts::default();
        rows.iter().filter(|(name, _)| name.is_empty() == of_holdout).for_each(|(_, counts)| sum += *counts);
        held(sum)
    };
    let own = control(false);
    let control = if own.of > 0 { own } else { control(true) };
    let row = |(name, counts): &(&str, Counts)| {
        let share = |reached: u64| Share { reached: reached.min(counts.displayed), of: counts.displayed };
        let (verdict, difference) = match has_goal {
            true => compare(share(counts.goal), control),
            false => (Verdict::NoGoal, None),
        };
        Row {
            variation: (!name.is_empty()).then(|| (*name).into()),
            counts: *counts,
            rates: Rates {
                opened: share(counts.opened).rate(),
                dismissed: share(counts.dismissed).rate(),
                replied: share(counts.replied).rate(),
                goal: share(counts.goal).rate(),
                held_goal: held(*counts).rate(),
            },
            lift: Lift { verdict, difference },
        }
    };
    rows.iter().map(row).collect()
}

/// A goal may belong to an exposure before the first day that is looked at.
fn held(counts: Counts) -> Share {
    Share { reached: counts.held_goal.min(counts.held), of: counts.held }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(id: &str, variations: &[&str], goal: Option<&str>) -> Shown {
        let variations = variations.iter().map(|name| (*name).into()).collect();
        Shown { id: id.into(), name: id.to_uppercase(), variations, goal: goal.map(Into::into) }
    }

    fn counted(rule: &str, variation: &str, counts: [u64; 7]) -> (Counted, Counts) {
        (Counted { rule: rule.into(), variation: variation.into() }, Counts::from_array(counts))
    }

    #[test]
    fn an_experiment_is_compared_with_its_own_control_and_else_with_the_holdout() {
        let rules = [shown("a", &["none", "calm"], Some("bought")), shown("b", &[], Some("bought"))];
        let counts = vec![
            counted("a", "", [0, 0, 0, 0, 0, 900, 890]),
            counted("a", "calm", [1_000, 0, 0, 0, 60, 0, 0]),
            counted("a", "none", [0, 0, 0, 0, 0, 1_000, 20]),
            counted("b", "", [1_000, 200, 0, 0, 20, 1_000, 60]),
        ];
        let report = report(&rules, counts);
        let said = |rule: usize| report[rule].rows.iter().map(|row| (row.variation.as_deref(), row.lift.verdict));
        let expected = [(Some("none"), Verdict::TooFew), (Some("calm"), Verdict::Better), (None, Verdict::TooFew)];
        assert_eq!(said(0).collect::<Vec<_>>(), expected);
        assert_eq!(said(1).collect::<Vec<_>>(), [(None, Verdict::Worse)]);
        assert_eq!(report[1].rows[0].rates.opened, Some(0.2));
    }

    #[test]
    fn rules_without_counts_and_counts_without_rules_are_both_there() {
        let rules = [shown("a", &["x"], None), shown("b", &[], Some("bought"))];
        let counts = vec![
            counted("0", "", [1, 0, 0, 0, 0, 0, 0]),
            counted("0", "y", [2, 0, 0, 0, 3, 0, 0]),
            counted("c", "", [3, 0, 0, 0, 0, 0, 0]),
        ];
        let report = report(&rules, counts);
        let ids: Vec<_> = report.iter().map(|rule| (&*rule.id, rule.published, rule.rows.len())).collect();
        assert_eq!(ids, [("a", true, 1), ("b", true, 1), ("0", false, 2), ("c", false, 1)]);
        assert_eq!(report[0].rows[0].lift.verdict, Verdict::NoGoal);
        assert_eq!(report[1].rows[0].lift.verdict, Verdict::NoControl);
        assert_eq!(report[1].rows[0].rates.goal, None, "nothing is not zero per cent");
        assert_eq!(report[2].rows[1].rates.goal, Some(1.0), "never more than all");
    }
}
