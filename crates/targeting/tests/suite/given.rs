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
        (r#"{}"#, "`expect` is missing"),
        (r#"{"given": {}}"#, "`expect` is missing"),
        (r#"{"expect": {}}"#, "an object with `rule`, `none` or `why`"),
        (r#"{"expect": "r"}"#, "an object with `rule`, `none` or `why`"),
        (r#"{"expect": {"rules": "r"}}"#, "`rules` is not a known setting; the test fails; did you mean `rule`?"),
        (r#"{"expect": {"rule": "r", "variant": "b"}}"#, "`variant` is not a known setting"),
        (r#"{"expect": {"rule": ["r"]}}"#, "`expect.rule`: this must be the id of one rule"),
        (r#"{"expect": {"rule": "s"}}"#, "no rule named `s`"),
        (r#"{"expect": {"why": {"r": "no-evnt"}}}"#, "did you mean `no-event`?"),
        (r#"{"expect": {"none": false}}"#, "true, or left out"),
        (r#"{"cart.value": 9, "expect": {"rule": "r"}}"#, "`cart.value` is not a known setting"),
        (r#"{"signal": {"timer": "20s", "clok": "visible"}, "expect": {"rule": "r"}}"#, "did you mean `clock`?"),
        (r#"{"given": "cart.value", "expect": {"rule": "r"}}"#, "`given`: this must be facts"),
    ] {
        let failures = failures(r#""on": "page""#, test).concat();
        assert!(failures.iter().any(|failure| failure.contains(word)), "{test}: {failures:?}");
    }
    pass(r#""on": "page""#, r#"{"name": "a", "note": "b", "given": {}, "signal": "page", "expect": {"rule": "r"}}"#);
    pass(r#""on": "rage""#, r#"{"expect": {"rule": null}}, {"expect": {"none": true}}"#);
}

/// Would catch: a test that passes for a clock which the rule does not wait for, so that the page does something else.
#[test]
fn a_timer_of_a_test_goes_by_the_clock_that_it_names() {
    for (clock, other) in [
        ("", r#", "clock": "visible""#),
        (r#", "clock": "visible""#, ""),
        (r#", "clock": "active""#, r#", "clock": "visible""#),
        (r#", "clock": "visible", "scope": "visit""#, r#", "clock": "visible""#),
    ] {
        let rule = format!(r#""on": {{ "timer": "20s"{clock} }}"#);
        let test =
            |clock: &str, expect: &str| format!(r#"{{"signal": {{ "timer": "20s"{clock} }}, "expect": {{{expect}}}}}"#);
        pass(&rule, &[test(clock, r#""rule": "r""#), test(other, r#""why": {"r": "no-event"}"#)].join(","));
        let told = failures(&rule, &test(other, r#""rule": "r""#)).concat().concat();
        let hint = format!(r#"another clock: write `"signal": {{ "timer": "20s"{clock} }}`"#);
        assert!(told.ends_with(&hint), "{told}");
    }
    pass(
        r#""on": { "timer": "20s", "clock": "wall", "scope": "page" }"#,
        r#"{"signal": { "timer": "20s" }, "expect": {"rule": "r"}}, {"signal": { "timer": "30s" }, "expect": {"none": true}}"#,
    );
}

/// Would catch: a test about one team, of which no page is ever told.
#[test]
fn whether_anybody_is_there_is_given_for_the_site_and_not_for_a_team() {
    let rule = r#""on": "page", "agents": {"team": "sales", "ifUnknown": "hide"}"#;
    pass(
        rule,
        r#"{"given": {"agents.status": "available"}, "expect": {"rule": "r"}},
           {"given": {"agents.status": "closed"}, "expect": {"why": {"r": "agents-unavailable"}}},
           {"expect": {"why": {"r": "agents-unknown"}}}"#,
    );
    // A site may call facts of its own as it likes.
    pass(
        r#""on": "page", "when": {"user.plan": "pro"}"#,
        r#"{"given": {"user.plan": "pro"}, "expect": {"rule": "r"}}"#,
    );
    for (given, word) in [
        (r#"{"agents.sales.status": "available"}"#, "did you mean `agents.status`?"),
        (r#"{"agents.status": "away"}"#, "did you mean `closed`?"),
    ] {
        let told = failures(rule, &format!(r#"{{"given": {given}, "expect": {{"rule": "r"}}}}"#)).concat().concat();
        assert!(told.contains(word), "{told}");
    }
}
