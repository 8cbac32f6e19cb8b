//! What rules hear and remember. Each test says which defect it would catch.

use crate::json;
use crate::page::{Page, START, compiled};
use chinwag_targeting::selftest::run_tests;
use chinwag_targeting::simulate::{Look, Stay};
use chinwag_targeting::{ConversationPhase, Exit, Facts, FormPhase, History, Now, Outcome, Signal, Status, Value};

const TEASER: &str = r#""do": {"teaser": "Hi"}"#;
const SILENT: &str = r#""do": {"tag": "t"}"#;

fn rules(rules: &[String]) -> String {
    format!(r#"{{"version": 1, "rules": [{}]}}"#, rules.join(","))
}

/// Would catch: two cards for one click, because it was looked at once for each rule that waits for it.
#[test]
fn an_event_that_fits_several_rules_is_looked_at_once() {
    let rule = |id: &str, on: &str, more: &str| format!(r#"{{"id": "{id}", "on": {{"click": "{on}"}}, {more}}}"#);
    let mut page = Page::new(&rules(&[
        rule("buy", ".buy", TEASER),
        rule("button", "button", TEASER),
        rule("again", ".buy", SILENT),
        rule("other", ".sell", SILENT),
    ]));
    page.go("/");
    assert_eq!(page.send(Signal::Click(vec![".buy".into(), "button".into(), ".buy".into()])), ["buy", "again"]);
    assert_eq!((page.why("button"), page.why("other")), ("outranked", "no-event"));
}

/// Would catch: a form that is told of once for the rules that name it and once for those that name none.
#[test]
fn a_form_is_one_whether_it_is_named_or_not() {
    let rule = |id: &str, more: &str| format!(r#"{{"id": "{id}", "on": {{"form": "submit" {more}}}, {SILENT}}}"#);
    let mut page = Page::new(&rules(&[rule("any", ""), rule("named", r##", "target": "#f""##)]));
    page.go("/");
    assert_eq!(page.send(Signal::Form(FormPhase::Submit, vec!["#f".into()])), ["any", "named"]);
    assert_eq!(page.send(Signal::Form(FormPhase::Submit, Vec::new())), ["any"]);
    assert!(page.send(Signal::Form(FormPhase::Start, vec!["#f".into()])).is_empty());
}

/// Would catch: a return that is looked at twice, and two cards with it.
#[test]
fn a_return_is_an_exit_by_tab_as_well() {
    let rule = |id: &str, on: &str| format!(r#"{{"id": "{id}", "on": {on}, {SILENT}}}"#);
    let mut page = Page::new(&rules(&[
        rule("return", r#"{"return": "10s"}"#),
        rule("tab", r#"{"exit": "tab-return"}"#),
        rule("any", r#""exit""#),
        rule("pointer", r#"{"exit": "pointer"}"#),
    ]));
    page.go("/");
    assert_eq!(page.send(Signal::Return(12.0)), ["return", "tab", "any"]);
    assert_eq!(page.send(Signal::Return(2.0)), ["tab", "any"]);
    assert_eq!(page.send(Signal::Exit(Exit::TabReturn)), ["tab", "any"]);
    let mut page = Page::rule(r#""on": {"exit": "tab-return"},"#);
    page.go("/");
    assert_eq!(page.send(Signal::Return(2.0)), ["r"], "also where nobody waits for a return by that name");
}

/// Would catch: every page with rules paying for scrolling, whether or not one of them asks for the depth.
#[test]
fn nobody_watches_the_depth_unless_a_rule_asks_for_it() {
    for (settings, asks) in [
        (r#""on": "page","#, false),
        ("", false),
        (r#""on": {"scroll": 50},"#, true),
        (r#""when": {"page.scroll": {"$gte": 50}},"#, true),
    ] {
        let mut page = Page::rule(settings);
        assert_eq!(page.rules.mentions("page.scroll"), asks, "{settings}");
        page.go("/");
        page.send(Signal::Scroll(70.0));
        assert_eq!(page.pass.skipped, !asks, "{settings}");
    }
}

/// Would catch: a control group that is larger than it is, because it is counted for rules that nobody is shown.
#[test]
fn who_is_held_back_is_counted_for_the_rule_that_others_see() {
    let rule = |id: &str, more: &str| format!(r#"{{"id": "{id}", "on": "page", {more} {TEASER}}}"#);
    let both = [rule("first", r#""group": "g","#), rule("second", ""), rule("grouped", r#""group": "g","#)];
    let mut page = Page::new(&rules(&both).replace(r#""rules""#, r#""holdout": {"percent": 100}, "rules""#));
    page.set("visitor.id", "ada");
    assert!(page.go("/").is_empty());
    assert_eq!(["first", "second", "grouped"].map(|id| page.why(id)), ["holdout", "outranked", "group-taken"]);
    // What has no place to take takes none: whoever is outside a share is not compared with anybody.
    let mut page = Page::new(&rules(&[rule("first", r#""rollout": {"percent": 0},"#), rule("second", "")]));
    page.set("visitor.id", "ada");
    assert_eq!(page.go("/"), ["second"]);
}

/// Would catch: a control that is counted when others only begin to wait.
#[test]
fn who_is_held_back_waits_like_the_others() {
    let mut page = Page::with(r#""holdout": {"percent": 100},"#, r#""on": "page", "delay": "2s","#);
    page.set("visitor.id", "ada").go("/");
    assert_eq!(page.why("r"), "pending-delay");
    page.wake();
    assert_eq!(page.why("r"), "holdout");
}

/// Would catch: a test of a file that fails because another rule has a delay.
#[test]
fn tests_of_a_file_see_what_fires_at_once_and_what_waits() {
    let file = format!(
        r#"{{"version": 1, "rules": [
            {{"id": "late", "on": "page", "delay": "300ms", {SILENT}}}, {{"id": "now", "on": "page", {TEASER}}},
            {{"id": "lost", "on": "page", "delay": "1s", {TEASER}}}],
            "tests": [{{"expect": {{"rule": "now"}}}}, {{"expect": {{"rule": "late"}}}},
                {{"expect": {{"none": true}}}}, {{"expect": {{"why": {{"now": "fired", "late": "fired"}}}}}}]}}"#
    );
    let results = run_tests(&compiled(&file).rules, &json(&file), Now { page: 0.0, wall: START });
    let failures: Vec<String> = results.into_iter().flat_map(|result| result.failures).collect();
    assert_eq!(failures, ["fired: now, late"]);
}

/// Would catch: rules that sleep for ever because they wait for what no browser ever tells.
#[test]
fn moments_that_nobody_can_raise_switch_a_rule_off() {
    for (phase, status) in [
        ("opened", Status::Ready),
        ("sent", Status::Ready),
        ("received", Status::Ready),
        ("ended", Status::Ready),
        ("requested", Status::Unsupported),
        ("no-reply", Status::Unsupported),
    ] {
        let file = rules(&[format!(r#"{{"id": "r", "on": {{"conversation": "{phase}"}}, {TEASER}}}"#)]);
        assert_eq!(compiled(&file).rules.rules()[0].status(), status, "{phase}");
    }
}

/// When the rule fires, in seconds, where these things happen in the conversation at these times.
fn fires(file: &str, moments: &[(f64, ConversationPhase)]) -> Vec<f64> {
    let compiled = compiled(file);
    let mut stay = Stay::new(&compiled.rules, START, History::new());
    let mut fired = Vec::new();
    let mut watch = |look: &Look<'_>| fired.extend(look.pass.decisions.iter().map(|_| look.now.page / 1000.0));
    stay.arrive(1, 0.0);
    stay.open("/", &[], 0.0);
    stay.hear(&Signal::Page, 0.0, &mut watch);
    for (at, phase) in moments {
        stay.sleep(at * 1000.0, &mut watch);
        stay.hear(&Signal::Conversation(*phase), at * 1000.0, &mut watch);
    }
    stay.sleep(600_000.0, &mut watch);
    fired
}

/// Would catch: a clock that each further message sets back, that goes on after the answer, or that runs once only.
#[test]
fn whoever_waits_for_an_answer_is_noticed_once_for_each_time() {
    use ConversationPhase::{Ended, Opened, Received, Sent};
    let file = rules(&[format!(r#"{{"id": "r", "on": {{"no-reply": "60s"}}, {SILENT}}}"#)]);
    assert_eq!(fires(&file, &[(10.0, Sent), (40.0, Sent), (50.0, Opened)]), [70.0]);
    assert!(fires(&file, &[(10.0, Sent), (69.0, Received)]).is_empty());
    assert!(fires(&file, &[(10.0, Sent), (69.0, Ended)]).is_empty());
    assert!(fires(&file, &[(10.0, Opened), (20.0, Received)]).is_empty());
    assert_eq!(fires(&file, &[(10.0, Sent), (90.0, Received), (100.0, Sent)]), [70.0, 160.0]);
}

/// Would catch: a condition about waiting that is looked at only when something else happens.
#[test]
fn a_rule_without_a_signal_is_woken_while_somebody_waits() {
    let file = rules(&[format!(r#"{{"id": "r", "when": {{"chat.secondsWaiting": {{"$gte": 30}}}}, {SILENT}}}"#)]);
    assert_eq!(fires(&file, &[(10.0, ConversationPhase::Sent)]), [40.0]);
}

/// Would catch: people who are asked again an hour after they talked with us, and tests of a file that cannot ask for it.
#[test]
fn the_last_conversation_is_remembered_by_its_hours() {
    let rule = |id: &str, when: &str| {
        format!(r#"{{"id": "{id}", "on": "page", "when": {{"chat.hoursSinceLast": {when}}}, {SILENT}}}"#)
    };
    let lately = [rule("lately", r#"{"$lt": 24}"#), rule("never", r#"{"$exists": false}"#)].join(",");
    let file = format!(
        r#"{{"version": 1, "rules": [{lately}], "tests": [
            {{"given": {{"chat.hoursSinceLast": 23.5}}, "expect": {{"why": {{"lately": "fired", "never": "condition-false"}}}}}},
            {{"given": {{"chat.hoursSinceLast": 24}}, "expect": {{"why": {{"lately": "condition-false"}}}}}},
            {{"expect": {{"rule": "never"}}}}]}}"#
    );
    let compiled = compiled(&file);
    let results = run_tests(&compiled.rules, &json(&file), Now { page: 0.0, wall: START });
    assert!(results.iter().all(|result| result.failures.is_empty()), "{results:?}");
    let mut stay = Stay::new(&compiled.rules, START, History::new());
    stay.arrive(1, 0.0);
    stay.hear(&Signal::Conversation(ConversationPhase::Received), 0.0, &mut |_| {});
    let mut fired = Vec::new();
    for hours in [1.0, 23.0, 25.0] {
        let at = hours * 3_600_000.0;
        stay.open("/", &[], at);
        stay.hear(&Signal::Page, at, &mut |look| fired.extend(look.pass.decisions.iter().map(|_| hours)));
    }
    assert_eq!(fired, [1.0, 23.0]);
}

/// Would catch: a rule of a team that never fires where only the availability of all is known, as in every browser.
#[test]
fn a_team_is_as_available_as_all_are_unless_more_is_known() {
    let mut page = Page::rule(r#""on": "page", "agents": {"team": "sales", "ifUnknown": "hide"},"#);
    assert!(page.go("/").is_empty());
    assert_eq!(page.why("r"), "agents-unknown");
    assert_eq!(page.set("agents.status", "available").go("/"), ["r"]);
    assert!(page.set("agents.sales.status", "busy").go("/").is_empty());
    assert_eq!(page.why("r"), "agents-unavailable");
    assert_eq!(page.set("agents.status", "closed").set("agents.sales.status", "available").go("/"), ["r"]);
}

/// Would catch: `find` that answers with the rule that was switched off because its id was taken, and not with the other.
#[test]
fn an_id_means_the_rule_that_had_it_first() {
    let file = rules(&[
        format!(r#"{{"id": "r", "name": "mine", {TEASER}}}"#),
        format!(r#"{{"id": "r", "priority": 9, {TEASER}}}"#),
        format!(r#"{{"id": "s", "priority": 5, {TEASER}}}"#),
    ]);
    let rules = compiled(&file).rules;
    let statuses: Vec<(&str, Status)> = rules.rules().iter().map(|rule| (rule.id(), rule.status())).collect();
    assert_eq!(statuses, [("s", Status::Ready), ("r", Status::Ready), ("r", Status::Invalid)]);
    assert_eq!(rules.find("r"), Some(1));
}

/// Would catch: shares below nothing, which shift everybody else's.
#[test]
fn a_negative_weight_is_an_error() {
    let file = rules(&[format!(
        r#"{{"id": "r", "experiment": {{"key": "k", "weights": {{"a": -0.5, "b": 1.5}}}}, {TEASER}}}"#
    )]);
    let rules = compiled(&file).rules;
    assert_eq!(rules.rules()[0].status(), Status::Invalid);
}

/// Would catch: the value of a cart that is gone.
#[test]
fn a_fact_that_is_removed_takes_along_what_is_below_it() {
    let now = Now { page: 0.0, wall: START };
    let mut facts = Facts::new();
    for path in ["cart.value", "cart.items", "cartography", "car"] {
        facts.set(path, 1.0);
    }
    assert!(!facts.is("cart", &Value::Null, now), "that would be news");
    facts.set("cart", Value::Null);
    let left = ["cart.value", "cart.items", "cartography", "car"].map(|path| facts.get(path, now).is_some());
    assert_eq!(left, [false, false, true, true]);
}

/// Would catch: what was shown before the visitor allowed storage being forgotten at that moment, or what an earlier page
/// has stored.
#[test]
fn what_happened_before_and_after_adds_up() {
    let at = |wall: f64| Now { page: 0.0, wall };
    let mut before = History::new();
    before.record(Outcome::Displayed, "r", at(START));
    before.record(Outcome::Dismissed, "r", at(START + 1.0));
    before.record(Outcome::Applied, "s", at(START));
    let mut since = History::new();
    since.record(Outcome::Displayed, "r", at(START + 2.0));
    since.record(Outcome::Displayed, "t", at(START + 3.0));
    let mut expected = before.clone();
    expected.record(Outcome::Displayed, "r", at(START + 2.0));
    expected.record(Outcome::Displayed, "t", at(START + 3.0));
    let mut found = History::new();
    found.restore(&before.to_value());
    found.join(&since.to_value());
    assert_eq!(found.to_value(), expected.to_value());
    let nothing = found.to_value();
    found.join(&History::new().to_value());
    assert_eq!(found.to_value(), nothing);
}

/// Would catch: a condition that does not say which of its facts is to blame, and a near miss that looks like a far one.
#[test]
fn a_condition_names_the_fact_that_decided() {
    let when = r#""when": {"page.path": "/", "cart.value": {"$gte": 80}, "visit.number": 2}"#;
    let mut page = Page::new(&rules(&[format!(r#"{{"id": "r", "on": "page", {when}, {SILENT}}}"#)]));
    page.go("/");
    assert_eq!(page.decided("r"), ("condition-unknown", Some("cart.value"), (2, 3)));
    page.facts.set("visit.number", 1.0);
    page.go("/");
    assert_eq!(page.decided("r"), ("condition-false", Some("visit.number"), (2, 3)));
    page.facts.set("visit.number", 2.0);
    page.go("/other");
    assert_eq!(page.decided("r"), ("condition-false", Some("page.path"), (2, 3)));
}
