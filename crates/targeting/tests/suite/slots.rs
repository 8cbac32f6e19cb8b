//! The slots beside the condition: schedules, agents, shares, periods, places.

use crate::page::{Page, START, custom};
use chinwag_targeting::{Availability, Outcome, Signal};

const HOUR: f64 = 3600.0;

/// Days and hours on the wall clock since Friday 2026-11-20 10:00 in Paris.
fn at(page: &mut Page, hours: f64) -> &'static str {
    page.now.wall = START + hours * HOUR * 1000.0;
    page.history = chinwag_targeting::History::new();
    page.go("/");
    page.why("r")
}

#[test]
fn opening_hours() {
    let schedule = r#""schedules": {"s": {"week": {"mon-fri": ["09:00-12:30", "13:30-18:00"], "sat": ["22:00-02:00"]},
        "closed": ["2026-11-23"], "open": {"2026-11-22": ["11:00-12:00"]}}},"#;
    let mut page = Page::with(schedule, r#""on": "page", "schedule": "s","#);
    for (hours, open) in [
        (0.0, true),
        (2.5, false),  // half-open: 12:30 is closed
        (3.5, true),   // 13:30 is open
        (8.0, false),  // 18:00
        (36.0, true),  // Saturday 22:00
        (39.99, true), // Sunday 01:59 still belongs to Saturday
        (40.0, false), // Sunday 02:00
        (49.0, true),  // Sunday 11:00, a special day
        (72.0, false), // Monday 10:00, closed
        (96.0, true),  // Tuesday
    ] {
        let expected = if open { "fired" } else { "outside-schedule" };
        assert_eq!(at(&mut page, hours), expected, "after {hours} h");
    }
    at(&mut page, 2.5);
    assert_eq!(page.pass.next_wakeup, Some(HOUR * 1000.0));
}

#[test]
fn clocks_that_change() {
    // Paris, 2027-03-28: 02:00 becomes 03:00. 01:30 is 00:30 UTC.
    let schedule = r#""schedules": {"s": {"zone": "Europe/Paris", "week": {"sun": ["02:30-04:00"]}}},"#;
    let mut page = Page::with(schedule, r#""on": "page", "schedule": "s","#);
    let before = (1_806_193_800_000.0 - START) / 3_600_000.0;
    assert_eq!(at(&mut page, before), "outside-schedule");
    // The skipped window opens at the next minute there is: half an hour later it is 03:00.
    assert_eq!(at(&mut page, before + 0.5), "fired");
    assert_eq!(at(&mut page, before + 1.5), "outside-schedule");
    // 2026-10-25: 02:00 to 03:00 comes twice, and the window is open both times.
    for hours in [0.0, 1.0] {
        let repeated = (1_792_888_200_000.0 - START) / 3_600_000.0 + hours;
        assert_eq!(at(&mut page, repeated), "fired");
    }
}

#[test]
fn a_bare_end_date_includes_its_day() {
    let mut page = Page::rule(r#""on": "page", "from": "2026-11-20", "until": "2026-11-21","#);
    assert_eq!(at(&mut page, -10.01), "before-start");
    assert_eq!(at(&mut page, -10.0), "fired");
    assert_eq!(at(&mut page, 37.99), "fired");
    assert_eq!(at(&mut page, 38.0), "after-end");
}

#[test]
fn agents_and_what_to_do_when_nobody_knows() {
    let schedule = r#""schedules": {"s": {"week": {"fri": ["09:00-18:00"]}}},"#;
    for (policy, hours, status, expected) in [
        ("schedule", 0.0, "available", "fired"),
        ("schedule", 0.0, "busy", "agents-unavailable"),
        ("schedule", 0.0, "unknown", "fired"),
        ("schedule", 9.0, "unknown", "outside-schedule"),
        ("schedule", 9.0, "available", "outside-schedule"),
        ("show", 0.0, "unknown", "fired"),
        ("hide", 0.0, "unknown", "agents-unknown"),
        ("away-form", 0.0, "unknown", "fired"),
    ] {
        let rule = format!(r#""on": "page", "schedule": "s", "agents": {{"team": "sales", "ifUnknown": "{policy}"}},"#);
        let mut page = Page::with(schedule, &rule);
        page.set("agents.sales.status", status);
        assert_eq!(at(&mut page, hours), expected, "{policy} {hours} {status}");
        if policy == "away-form" {
            assert_eq!(page.pass.decisions[0].agents, Availability::AwayForm);
        }
    }
}

#[test]
fn shares_are_drawn_by_the_visitor() {
    let mut shown = [0, 0];
    for (index, percent) in [20, 70].into_iter().enumerate() {
        let mut page = Page::rule(&format!(r#""on": "page", "rollout": {{"percent": {percent}}},"#));
        for visitor in 0..500 {
            page.set("visitor.id", format!("v{visitor}"));
            shown[index] += usize::from(at(&mut page, 0.0) == "fired");
        }
    }
    assert!((70..130).contains(&shown[0]) && (310..390).contains(&shown[1]), "{shown:?}");
}

#[test]
fn experiments_choose_the_card() {
    let rule = r#""on": "page", "experiment": {"key": "tone", "weights": {"calm": 0.5, "offer": 0.5}},
        "do": [{"notify": {"variant": "calm", "text": "A"}}, {"notify": {"variant": "offer", "text": "B"}}, {"tag": "t"}],"#;
    let file = format!(r#"{{"version": 1, "rules": [{{"id": "r", {rule} "note": ""}}]}}"#);
    let mut page = Page::new(&file);
    let mut seen = [0, 0];
    for visitor in 0..40 {
        page.set("visitor.id", format!("v{visitor}"));
        assert_eq!(at(&mut page, 0.0), "fired");
        let decision = page.pass.decisions[0];
        assert_eq!(page.rules.actions(&decision).count(), 2);
        seen[usize::from(decision.variation.unwrap())] += 1;
    }
    assert!(seen[0] > 8 && seen[1] > 8, "{seen:?}");
}

#[test]
fn places() {
    for (pattern, host, path, query, expected) in [
        (r#""/cart""#, "", "/cart/", "", true),
        (r#""shop.example/*""#, "SHOP.example", "/x", "", true),
        (r#""shop.example/*""#, "www.example", "/x", "", false),
        (r#""*.example""#, "a.example", "/", "", true),
        (r#""/list?sort=price*""#, "", "/list", "price-up", true),
        (r#""/list?sort=price""#, "", "/list", "name", false),
        (r#""/list?sort""#, "", "/list", "", false),
        (r#""/caf%C3%A9*""#, "", "/café/menu", "", true),
        (r#"{"regex": "^/a/\\d+$"}"#, "", "/a/12", "", true),
        (r#"{"include": ["/a*"], "exclude": "/a/b"}"#, "", "/a/b/", "", false),
    ] {
        let mut page = Page::rule(&format!(r#""on": {{"custom": "x"}}, "where": {pattern},"#));
        page.set("page.host", host);
        if !query.is_empty() {
            page.set("page.query.sort", query);
        }
        page.go(path);
        assert_eq!(!page.send(custom("x", "{}")).is_empty(), expected, "{pattern} {path} {query}");
    }
}

#[test]
fn rules_rest_after_a_conversation_and_count_by_rule() {
    let mut page = Page::rule(r#""on": "page", "limits": {"ever": 2},"#);
    assert_eq!(page.go("/1"), ["r"]);
    let now = page.now;
    page.history.record(Outcome::Conversation, "r", now);
    assert!(page.go("/2").is_empty());
    assert_eq!(page.why("r"), "converted");
    page.advance(7.0 * 24.0 * HOUR);
    assert_eq!(page.go("/3"), ["r"]);
    assert!(page.go("/4").is_empty());
    assert_eq!(page.why("r"), "cap-ever");
}

#[test]
fn calendar_facts_wake_at_their_next_change() {
    let mut page = Page::rule(
        r#""when": {"time.site.hour": {"$gte": 11}, "time.site.date": "2026-11-20", "time.local.minute": 30},"#,
    );
    page.go("/");
    assert_eq!((page.why("r"), page.pass.next_wakeup), ("condition-false", Some(HOUR * 1000.0)));
    assert_eq!(page.wake(), ["r"]);
}

#[test]
fn the_kill_switch_and_a_moved_clock() {
    let mut page = Page::with(r#""disabled": true,"#, r#""on": "page","#);
    assert!(page.go("/").is_empty());
    assert!(page.rules.is_disabled());
    // A display stamped in the future counts as just now: it rests, but not for longer than it should.
    let mut page = Page::rule(r#""on": "page", "limits": {"afterDismiss": "1h"},"#);
    let mut future = page.now;
    future.wall += 1e9;
    page.history.record(Outcome::Dismissed, "r", future);
    assert!(page.go("/").is_empty());
    assert_eq!((page.why("r"), page.pass.next_wakeup), ("dismissed", Some(HOUR * 1000.0)));
    assert!(page.advance(HOUR - 1.0).go("/").is_empty());
    assert_eq!(page.advance(1.0).go("/"), ["r"]);
    assert!(page.send(Signal::Rage).is_empty() && page.pass.skipped);
}
