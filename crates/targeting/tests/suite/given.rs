//! Tests of a file about what the engine itself knows: the time, the past, the signal.

use crate::host::Native;
use crate::json;
use crate::page::START;
use chinwag_targeting::selftest::run_tests;
use chinwag_targeting::{Compiled, Now, compile};
use std::rc::Rc;

/// What differs from what each test of a file with the rule `r` expects.
fn failures(rule: &str, tests: &str) -> Vec<Vec<String>> {
    let file = json(&format!(
        r#"{{"version": 1, "timeZone": "Europe/Paris", "schedules": {{"office": {{"week": {{"mon-fri": ["09:00-17:00"]}}}}}}, "audiences": {{"loyal": {{"visit.number": {{"$gte": 5}}}}}}, "rules": [{{"id": "r", "do": {{"teaser": "Hi"}}, {rule}}}], "tests": [{tests}]}}"#
    ));
    let Compiled { rules, problems } = compile(&file, Rc::new(Native)).unwrap();
    assert_eq!(problems, [], "{rule}");
    run_tests(&rules, &file, Now { page: 0.0, wall: START }).into_iter().map(|result| result.failures).collect()
}

fn pass(rule: &str, tests: &str) {
    let failures = failures(rule, tests);
    assert!(failures.iter().all(Vec::is_empty), "{failures:?}");
}

#[test]
fn a_test_says_how_long_ago_something_was_closed() {
    let rule = r#""when": {"notice.secondsSinceDismissed": {"$gte": 7200}}"#;
    pass(
        rule,
        r#"{"expect": {"why": {"r": "condition-unknown"}}},
           {"given": {"notice.secondsSinceDismissed": 3600}, "expect": {"why": {"r": "condition-false"}}},
           {"given": {"notice.secondsSinceDismissed": 7300}, "expect": {"rule": "r"}}"#,
    );
    assert_eq!(failures(rule, r#"{"expect": {"rule": "r"}}"#), [["`r` did not fire: condition-unknown"]]);
}

/// Would catch: a test that promises what no visitor sees, because the limits know nothing of the given past.
#[test]
fn limits_go_by_the_given_past() {
    pass(
        r#""when": {"notice.secondsSinceDismissed": {"$gte": 100}}"#,
        r#"{"given": {"notice.secondsSinceDismissed": 100}, "expect": {"why": {"r": "dismissed"}}}"#,
    );
    pass(
        r#""when": {"notice.shownCount": {"$gte": 1}}"#,
        r#"{"given": {"notice.secondsSinceShown": 10}, "expect": {"why": {"r": "cooldown"}}},
           {"given": {"notice.secondsSinceShown": 90}, "expect": {"rule": "r"}},
           {"given": {"notice.shownCount": 4}, "expect": {"rule": "r"}},
           {"given": {"notice.shownCount": 0}, "expect": {"none": true}}"#,
    );
}

#[test]
fn a_given_hour_or_detail_of_a_signal_counts_instead_of_the_real_one() {
    pass(
        r#""when": {"time.site.hour": 15}"#,
        r#"{"given": {"time.site.hour": 15}, "expect": {"rule": "r"}},
           {"given": {"time.site.hour": 14}, "expect": {"none": true}},
           {"given": {"now": "2026-11-20T15:30:00+01:00"}, "expect": {"rule": "r"}}"#,
    );
    pass(
        r#""on": {"custom": "coupon"}, "when": {"signal.code": "SPRING"}"#,
        r#"{"given": {"signal.code": "SPRING"}, "signal": {"custom": "coupon"}, "expect": {"rule": "r"}},
           {"signal": {"custom": "coupon", "data": {"code": "SPRING"}}, "expect": {"rule": "r"}}"#,
    );
}

/// Would catch: a test about members of an audience in which nobody is one, whatever it says.
#[test]
fn a_given_audience_counts_instead_of_its_condition() {
    let tests = r#"{"given": {"audience.loyal": true}, "expect": {"rule": "r"}},
           {"given": {"audience.loyal": false, "visit.number": 9}, "expect": {"none": true}},
           {"given": {"visit.number": 9}, "expect": {"rule": "r"}}"#;
    pass(r#""audience": "loyal""#, tests);
    pass(r#""when": {"audience.loyal": true}"#, tests);
}

/// Would catch: "otherwise another text" that cannot be said, and that shows the wrong one in the office hours.
#[test]
fn a_rule_may_wait_for_the_hours_outside_of_a_schedule() {
    let hours = |schedule: &str| {
        format!(r#""schedule": {schedule}, "agents": {{ "need": "closed" }}, "on": "page", "where": "*""#)
    };
    let tests = r#"{"given": {"now": "2026-11-20T08:59:00+01:00"}, "expect": {"rule": "r"}},
           {"given": {"now": "2026-11-20T09:00:00+01:00"}, "expect": {"why": {"r": "outside-schedule"}}},
           {"given": {"now": "2026-11-20T17:00:00+01:00"}, "expect": {"rule": "r"}},
           {"given": {"now": "2026-11-21T12:00:00+01:00"}, "expect": {"rule": "r"}},
           {"given": {"now": "2026-11-21T12:00:00+01:00", "agents.status": "available"}, "expect": {"why": {"r": "agents-unavailable"}}}"#;
    pass(&hours(r#"{ "outside": "office" }"#), tests);
}

/// Would catch: a test that passes whatever the rules do.
#[test]
fn a_test_that_says_nothing_that_can_fail_fails() {
    for (test, word) in [
        (r#"{}"#, "says nothing"),
        (r#"{"given": {}}"#, "says nothing"),
        (r#"{"expect": {}}"#, "says nothing"),
        (r#"{"expect": "r"}"#, "says nothing"),
        (r#"{"expect": {"rules": "r"}}"#, "no `rules`"),
        (r#"{"expect": {"rule": "r", "variant": "b"}}"#, "no `variant`"),
        (r#"{"expect": {"rule": ["r"]}}"#, "one rule"),
        (r#"{"expect": {"none": false}}"#, "`none` is true"),
        (r#"{"cart.value": 9, "expect": {"rule": "r"}}"#, "no `cart.value`"),
    ] {
        let failures = failures(r#""on": "page""#, test).concat();
        assert!(failures.iter().any(|failure| failure.contains(word)), "{test}: {failures:?}");
    }
    pass(r#""on": "page""#, r#"{"name": "a", "note": "b", "given": {}, "signal": "page", "expect": {"rule": "r"}}"#);
    pass(r#""on": "rage""#, r#"{"expect": {"rule": null}}, {"expect": {"none": true}}"#);
}
