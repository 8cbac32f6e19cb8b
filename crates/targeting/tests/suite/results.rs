//! What is counted of rules, whatever visitors do.

use crate::page::{Page, START};
use chinwag_targeting::{Outcome, Reason, Signal, Value, results::count};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A page whose visitor allows everything.
fn page(settings: &str, rule: &str) -> Page {
    let goal = r#""goal": {"signal": "bought", "within": "1h"}, "on": "rage","#;
    let mut page = Page::with(settings, &[rule, goal].concat());
    page.set("consent.analytics", true).set("visitor.id", "ada");
    page.go("/");
    page
}

impl Page {
    /// The word that was counted.
    fn counts(&mut self, outcome: Outcome) -> Option<String> {
        let Page { rules, facts, history, now, .. } = self;
        count(rules, facts, history, &rules.rules()[0], outcome, *now).map(|line| line.word.into())
    }

    /// Something happens to the visitor of the rule; a millisecond later it is counted, or not.
    fn happens(&mut self, outcome: Outcome) -> Option<String> {
        let now = self.now;
        self.history.record(outcome, "r", now);
        self.advance(0.001);
        self.counts(outcome)
    }
}

#[test]
fn what_follows_a_counted_exposure_counts_once_a_visit() {
    let mut page = page("", "");
    assert_eq!(page.happens(Outcome::Dismissed), None, "nothing was displayed");
    assert_eq!(page.happens(Outcome::Displayed).as_deref(), Some("displayed"));
    assert_eq!(page.happens(Outcome::Dismissed).as_deref(), Some("dismissed"));
    page.advance(60.0);
    assert_eq!(page.happens(Outcome::Displayed), None, "the second time in this visit");
    assert_eq!(page.happens(Outcome::Opened), None, "of a display that did not count");
    assert_eq!(page.happens(Outcome::Conversation), None);
    page.history.start_visit();
    assert_eq!(page.advance(2000.0).happens(Outcome::Goal).as_deref(), Some("goal"), "in the next visit, in time");
    assert_eq!(page.happens(Outcome::Goal), None);
    assert_eq!(page.happens(Outcome::Displayed).as_deref(), Some("displayed"));
    assert_eq!(page.advance(3601.0).happens(Outcome::Goal), None, "too late");
}

#[test]
fn nothing_counts_without_consent_nor_afterwards_what_happened_before() {
    let mut page = page("", "");
    page.set("consent.analytics", false);
    assert_eq!(page.happens(Outcome::Displayed), None);
    page.set("consent.analytics", true);
    assert_eq!(page.happens(Outcome::Dismissed), None);
    assert_eq!(page.happens(Outcome::Goal), None);
}

#[test]
fn a_rule_that_shows_nothing_is_not_counted() {
    let mut page = Page::new(r#"{"version": 1, "rules": [{"id": "r", "do": {"tag": "x"}}]}"#);
    page.set("consent.analytics", true);
    assert_eq!(page.happens(Outcome::Applied), None);
    assert_eq!(page.happens(Outcome::Displayed), None);
}

/// Would catch: a visitor in both groups or in none, and a control that was never drawn.
#[test]
fn everybody_who_was_drawn_is_in_one_group_and_the_others_in_none() {
    let mut groups = BTreeMap::<String, u32>::new();
    let mut page = page(r#""holdout": {"percent": 25},"#, "");
    for visitor in 0..2000 {
        page.history = Default::default();
        page.set("visitor.id", format!("visitor {visitor}").as_str());
        let fired = !page.go("/").is_empty() || !page.send(Signal::Rage).is_empty();
        let held = page.pass.trace[0].reason == Reason::Holdout;
        assert!(fired != held);
        let exposed = page.counts(if held { Outcome::Held } else { Outcome::Displayed });
        let goal = page.happens(Outcome::Goal);
        let expected = if held { ("held", "held-goal") } else { ("displayed", "goal") };
        assert_eq!((exposed.as_deref(), goal.as_deref()), (Some(expected.0), Some(expected.1)));
        *groups.entry(exposed.unwrap_or_default()).or_default() += 1;
        assert_eq!(page.counts(if held { Outcome::Displayed } else { Outcome::Held }), None, "never in both");
    }
    assert!((420..=580).contains(&groups["held"]), "{groups:?}");
    page.set("visitor.id", Value::Null).history = Default::default();
    assert!(!page.send(Signal::Rage).is_empty(), "is shown something");
    assert_eq!(page.counts(Outcome::Displayed), None, "but nobody drew this visitor");
}

/// Would catch: a control that is counted where something else would have kept the card away.
#[test]
fn the_control_is_held_at_the_moment_in_which_the_others_see_the_card() {
    let experiment = r#""experiment": {"key": "k", "weights": {"none": 1, "card": 0}}, "do": {"notify": {"variant": "card", "text": "Hi"}}, "#;
    let settings = r#""quiet": ["/quiet"],"#;
    let file = format!(
        r#"{{"version": 1, {settings} "rules": [{{"id": "r", "on": "rage", {experiment} "limits": {{"afterDismiss": "1h"}}}}]}}"#
    );
    let mut page = Page::new(&file);
    page.set("visitor.id", "ada");
    page.go("/quiet");
    page.send(Signal::Rage);
    assert_eq!(page.why("r"), "quiet");
    page.go("/");
    page.set("page.typing", true).send(Signal::Rage);
    assert_eq!(page.why("r"), "quiet");
    page.set("page.typing", false).send(Signal::Rage);
    assert_eq!(page.why("r"), "variation-control");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A display, and how it ends.
    Card(Option<Outcome>, Option<Outcome>),
    Goal,
    Later(u32),
    NewVisit,
    Allow(bool),
    /// A page is left, another opened: only what was stored stays.
    Reload,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::sample::select(&[
            Step::Card(None, None),
            Step::Card(Some(Outcome::Dismissed), None),
            Step::Card(Some(Outcome::Opened), None),
            Step::Card(Some(Outcome::Opened), Some(Outcome::Replied)),
        ][..]),
        2 => Just(Step::Goal),
        2 => (0..4_000_u32).prop_map(Step::Later),
        1 => Just(Step::NewVisit),
        1 => any::<bool>().prop_map(Step::Allow),
        1 => Just(Step::Reload),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Would catch: rates above one, visits that count twice, and anything at all without consent.
    #[test]
    fn nothing_is_counted_more_often_than_it_was_displayed(steps in prop::collection::vec(step(), 0..40)) {
        let mut page = page("", "");
        let (mut allowed, mut visits) = (true, 1);
        let mut counts = BTreeMap::<String, u32>::new();
        for step in steps {
            page.advance(0.001);
            let happened = match step {
                Step::Card(first, second) => vec![Some(Outcome::Displayed), first, second],
                Step::Goal => vec![Some(Outcome::Goal)],
                Step::Later(seconds) => {
                    page.advance(f64::from(seconds));
                    vec![]
                }
                Step::NewVisit => {
                    page.history.start_visit();
                    visits += 1;
                    vec![]
                }
                Step::Allow(allows) => {
                    allowed = allows;
                    page.set("consent.analytics", allows);
                    vec![]
                }
                Step::Reload => {
                    let stored = page.history.to_value();
                    page.history = Default::default();
                    page.history.restore(&stored);
                    vec![]
                }
            };
            for outcome in happened.into_iter().flatten() {
                if let Some(word) = page.happens(outcome) {
                    prop_assert!(allowed);
                    *counts.entry(word).or_default() += 1;
                }
            }
        }
        let of = |word: &str| counts.get(word).copied().unwrap_or(0);
        prop_assert!(of("displayed") <= visits);
        for word in ["opened", "dismissed", "goal"] {
            prop_assert!(of(word) <= of("displayed"), "{counts:?}");
        }
        prop_assert!(of("replied") <= of("opened"));
        prop_assert!(of("opened") + of("dismissed") <= of("displayed"));
        prop_assert!(page.now.wall >= START);
    }
}
