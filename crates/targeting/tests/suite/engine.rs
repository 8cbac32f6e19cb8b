//! Whole passes: signals in, decisions out.

use crate::case;
use crate::page::{Page, custom};
use chinwag_targeting::{Exit, Outcome, Signal};

fn five() -> Page {
    Page::new(&case("five-rules.json"))
}

#[test]
fn time_on_the_prices_fires_once_at_twenty_visible_seconds() {
    let mut page = five();
    assert!(page.go("/pricing/teams").is_empty());
    assert_eq!(page.pass.next_wakeup, Some(20_000.0));
    // Ten seconds in another tab do not count.
    page.advance(5.0).facts.set("page.secondsVisible", 5.0);
    page.advance(10.0);
    let now = page.now.page;
    page.facts.set_running("page.secondsVisible", 5.0, now);
    page.send(Signal::Wake);
    assert_eq!(page.wake(), ["pricing-help"]);
    assert_eq!(page.now.page, 30_000.0);
    assert!(page.advance(1.0).send(Signal::Wake).is_empty());
    assert_eq!(page.why("pricing-help"), "no-event");
    assert_eq!(page.pass.next_wakeup, None);
}

#[test]
fn other_pages_set_no_timer() {
    let mut page = five();
    page.go("/about");
    assert_eq!(page.pass.next_wakeup, None);
    assert_eq!(page.why("pricing-help"), "no-event");
}

#[test]
fn leaving_the_checkout_by_pointer() {
    let mut page = five();
    assert!(page.go("/checkout/2").is_empty());
    assert!(page.send(Signal::Exit(Exit::TabReturn)).is_empty());
    assert_eq!(page.send(Signal::Exit(Exit::Pointer)), ["checkout-exit"]);
    page.go("/cart");
    assert!(page.send(Signal::Exit(Exit::Pointer)).is_empty());
    assert_eq!(page.why("checkout-exit"), "page-not-included");
}

#[test]
fn the_third_visit_is_greeted_once_a_visit() {
    let mut page = five();
    assert!(page.go("/").is_empty());
    assert_eq!(page.why("welcome-back"), "condition-unknown");
    page.set("visit.number", 2.0);
    assert!(page.send(Signal::Fact("visit.number".into())).is_empty());
    assert_eq!(page.why("welcome-back"), "condition-false");
    page.set("visit.number", 3.0);
    assert_eq!(page.send(Signal::Fact("visit.number".into())), ["welcome-back"]);
    assert!(page.send(Signal::Fact("visit.number".into())).is_empty());
    assert_eq!(page.why("welcome-back"), "no-event");
    assert!(page.go("/b").is_empty());
    assert_eq!(page.why("welcome-back"), "cap-visit");
    page.history.start_visit();
    assert_eq!(page.go("/c"), ["welcome-back"]);
}

#[test]
fn a_custom_signal_brings_its_data() {
    let mut page = five();
    page.go("/cart");
    assert!(page.send(custom("coupon_failed", r#"{"tries": 1}"#)).is_empty());
    assert_eq!(page.why("coupon"), "condition-false");
    assert_eq!(page.send(custom("coupon_failed", r#"{"tries": 2}"#)), ["coupon"]);
    assert!(page.send(custom("coupon_worked", "{}")).is_empty());
    assert!(page.pass.skipped);
}

#[test]
fn a_route_change_is_a_page() {
    let mut page = five();
    page.go("/app");
    assert_eq!(page.go("/app/settings/profile"), ["settings"]);
    let rule = &page.rules.rules()[usize::from(page.pass.decisions[0].rule)];
    let action = page.rules.actions(&page.pass.decisions[0]).next().unwrap().to_value(&["en"]);
    assert_eq!(rule.name(), "The settings of the application");
    assert_eq!(action.get("suggest").unwrap().as_list().unwrap().len(), 2);
}

#[test]
fn signals_that_no_rule_mentions_cost_nothing() {
    let mut page = five();
    page.go("/pricing");
    for signal in [Signal::Rage, Signal::Click(vec!["a".into()]), Signal::Fact("cart.value".into())] {
        page.send(signal);
        assert!(page.pass.skipped && page.pass.trace.is_empty());
    }
    // A rule without `on` may read the depth: where there is one, each new percent is looked at.
    let mut page = Page::rule(r#""on": "rage","#);
    page.go("/");
    page.send(Signal::Scroll(50.0));
    assert!(page.pass.skipped);
}

#[test]
fn a_running_fact_in_a_condition_is_an_instant_not_a_poll() {
    let mut page = Page::rule(r#""when": {"page.seconds": {"$gte": 8, "$lt": 60}, "cart.value": {"$gt": 0}},"#);
    page.go("/");
    assert_eq!(page.pass.next_wakeup, Some(8_000.0));
    assert!(page.wake().is_empty());
    assert_eq!(page.why("r"), "condition-unknown");
    page.set("cart.value", 10.0);
    assert_eq!(page.send(Signal::Fact("cart.value".into())), ["r"]);
    assert_eq!(page.pass.next_wakeup, Some(60_000.0));
}

#[test]
fn a_rule_without_on_rearms_after_its_condition_was_false() {
    let mut page = Page::rule(r#""when": {"cart.value": {"$gte": 80}},"#);
    let changed = || Signal::Fact("cart".into());
    page.go("/");
    assert_eq!(page.set("cart.value", 90.0).send(changed()), ["r"]);
    assert!(page.set("cart.value", 95.0).send(changed()).is_empty());
    assert!(page.set("cart.value", 5.0).send(changed()).is_empty());
    assert_eq!(page.set("cart.value", 80.0).send(changed()), ["r"]);
}

#[test]
fn scroll_idle_and_timers_are_edges() {
    let mut page = Page::rule(r#""on": [{"scroll": 50}, {"idle": "30s"}, {"timer": "40s"}],"#);
    page.go("/");
    assert!(page.send(Signal::Scroll(49.0)).is_empty());
    page.set("page.scroll", 55.0);
    assert_eq!(page.send(Signal::Scroll(55.0)), ["r"]);
    assert!(page.set("page.scroll", 70.0).send(Signal::Scroll(70.0)).is_empty());
    assert_eq!(page.pass.next_wakeup, Some(30_000.0));
    // The visitor moves: the idle clock starts again, the timer does not.
    page.advance(20.0);
    page.facts.set_running("page.secondsIdle", 0.0, 20_000.0);
    assert!(page.send(Signal::Wake).is_empty());
    assert_eq!((page.wake(), page.now.page), (vec!["r".into()], 40_000.0));
    assert_eq!((page.wake(), page.now.page), (vec!["r".into()], 50_000.0));
    assert_eq!(page.pass.next_wakeup, None);
}

#[test]
fn a_delay_waits_and_then_looks_again() {
    let mut page = Page::rule(r#""on": {"exit": "pointer"}, "delay": "300ms", "when": {"cart.value": {"$gt": 0}},"#);
    page.set("cart.value", 1.0).go("/");
    assert!(page.send(Signal::Exit(Exit::Pointer)).is_empty());
    assert_eq!((page.why("r"), page.pass.next_wakeup), ("pending-delay", Some(300.0)));
    assert_eq!(page.wake(), ["r"]);
    page.send(Signal::Exit(Exit::Pointer));
    page.set("cart.value", 0.0).advance(0.3);
    assert!(page.send(Signal::Wake).is_empty());
    assert_eq!(page.why("r"), "condition-false");
    assert!(page.set("cart.value", 1.0).send(Signal::Wake).is_empty());
    assert_eq!(page.why("r"), "no-event");
}

#[test]
fn one_visible_rule_a_pass_and_one_a_group() {
    let rule = |id: &str, more: &str| format!(r#"{{"id": "{id}", "on": "page", {more}}}"#);
    let teaser = r#""do": {"teaser": "x"}"#;
    let rules = [
        rule("low", &format!(r#""priority": 1, {teaser}"#)),
        rule("high", &format!(r#""priority": 9, "group": "g", {teaser}"#)),
        rule("grouped", r#""priority": 5, "group": "g", "do": {"tag": "t"}"#),
        rule("silent", r#""do": {"tag": "t"}"#),
    ];
    let mut page = Page::new(&format!(r#"{{"version": 1, "rules": [{}]}}"#, rules.join(",")));
    assert_eq!(page.go("/"), ["high", "silent"]);
    assert_eq!(page.why("low"), "outranked");
    assert_eq!(page.why("grouped"), "group-taken");
    assert_eq!(page.pass.trace.iter().find(|t| t.winner.is_some()).unwrap().winner, Some(0));
}

#[test]
fn the_default_manners() {
    let mut page = Page::new(
        r#"{"version": 1, "rules": [
            {"id": "a", "on": "rage", "do": "open"}, {"id": "b", "on": {"custom": "b"}, "do": "open"}]}"#,
    );
    let b = || custom("b", "{}");
    page.go("/");
    assert_eq!(page.send(Signal::Rage), ["a"]);
    assert!(page.advance(100.0).send(b()).is_empty());
    assert_eq!(page.why("b"), "cap-global");
    page.advance(-70.0).go("/2");
    assert!(page.send(b()).is_empty());
    assert_eq!((page.why("b"), page.pass.next_wakeup), ("cooldown", Some(60_000.0)));
    assert_eq!(page.advance(30.0).send(b()), ["b"]);
    page.advance(100.0).go("/3");
    assert!(page.send(b()).is_empty());
    assert_eq!(page.why("b"), "cap-global");
    page.history.start_visit();
    assert_eq!(page.send(b()), ["b"]);
    let now = page.now;
    page.history.record(Outcome::Dismissed, "b", now);
    page.history.start_visit();
    page.advance(1800.0).go("/4");
    assert!(page.send(Signal::Rage).is_empty());
    assert_eq!(page.why("a"), "cap-global");
    page.advance(86_400.0 - 2100.0).go("/5");
    assert!(page.send(b()).is_empty());
    assert_eq!(page.why("b"), "dismissed");
    page.advance(301.0).go("/6");
    assert_eq!(page.send(b()), ["b"]);
}

/// Found on the demo shop: hosts tell of a new depth by `Scroll` only, and the rule waited for ever.
#[test]
fn a_rule_without_on_that_reads_the_depth_is_looked_at_when_the_visitor_scrolls() {
    let mut page = Page::new(
        r#"{ "version": 1, "rules": [
            { "id": "reader", "when": { "page.scroll": { "$gte": 75 }, "page.secondsVisible": { "$gte": 45 } }, "do": { "teaser": "?" } } ] }"#,
    );
    page.facts.set_running("page.secondsVisible", 0.0, 0.0);
    page.facts.set("page.scroll", 10.0);
    assert!(page.go("/article").is_empty());
    page.advance(5.0).set("page.scroll", 90.0);
    assert!(page.send(Signal::Scroll(90.0)).is_empty());
    assert_eq!(page.pass.next_wakeup, Some(45_000.0));
    assert_eq!(page.wake(), ["reader"]);
}
