//! What is remembered from page to page, between tabs, and where nothing may be kept.

use chinwag_e2e::until;
use serde_json::{Value, json};

use super::super::Engine;
use super::{Stage, mark, rule};

super::super::in_browsers!(
    what_shows_nothing_is_limited_and_kept_like_the_rest,
    two_tabs_count_together,
    a_full_or_a_forbidden_storage_leaves_memory,
    consent_adds_to_what_was_seen_and_its_end_forgets,
    a_clock_that_was_moved_back_gives_no_second_helping,
    a_visit_ends_in_a_tab_that_stays_open,
);

const GRANTED: &str = r#"data-consent="granted""#;
const DENY: &str = "Chinwag('consent', { storage: 'denied' })";
const GRANT: &str = "Chinwag('consent', { storage: 'granted' })";
/// The calendar of the page, moved by the milliseconds in `sessionStorage.shift`.
const SHIFT: &str = "<script>const now = Date.now; Date.now = () => now() + +(sessionStorage.shift ?? 0);</script>";
const HOUR: f64 = 3_600_000.0;

/// Would catch: a rule that fires on every page although it may do so once, and a score, views and a page before that are lost
/// with the page.
async fn what_shows_nothing_is_limited_and_kept_like_the_rest(engine: Engine) {
    let rules = [
        mark(),
        rule("once", r#""page""#, r#""limits": { "ever": 1 },"#),
        rule("page", r#""page""#, ""),
        rule("again", r#""page""#, r#""when": { "page.views": 2 },"#),
        rule("before", r#""page""#, r#""when": { "visit.previousPage": "/demo/pricing.html" },"#),
        rule("third", r#""page""#, r#""when": { "visit.pages": 3, "visit.number": 1 },"#),
        r#"{ "id": "points", "on": "page", "do": [{ "score": 5 }] }"#.into(),
        rule("keen", r#"{ "fact": "score" }"#, r#""when": { "score": { "$gte": 15 } },"#),
    ];
    let stage = Stage::set(engine, &rules, GRANTED, "").await;
    stage.opens("index.html").await;
    stage.hears(&["once", "page"]).await;
    stage.opens("pricing.html").await;
    stage.hears(&["page"]).await;
    stage.opens("index.html").await;
    stage.hears(&["page", "again", "before", "third", "keen"]).await;
    stage.ends().await;
}

/// Where the score stands in what is kept of a visit.
const SCORE: usize = 6;

/// Would catch: a limit that each tab counts for itself, and counts of one tab that undo those of another.
async fn two_tabs_count_together(engine: Engine) {
    let rules = [
        mark(),
        rule("thrice", r#"{ "custom": "count" }"#, r#""limits": { "ever": 3 },"#),
        r#"{ "id": "points", "on": { "custom": "count" }, "do": [{ "score": 1 }] }"#.into(),
        rule("four", r#"{ "fact": "score" }"#, r#""when": { "score": 4 },"#),
    ];
    let stage = Stage::set(engine, &rules, GRANTED, "").await;
    let count = "Chinwag('track', 'count')";
    stage.opens("index.html").await;
    let first = stage.visitor.browser.window().await;
    stage.visitor.browser.opens_tab().await;
    stage.opens("index.html").await;
    let second = stage.visitor.browser.window().await;
    for (counted, tab) in [&second, &first, &second, &first].into_iter().enumerate() {
        stage.visitor.browser.turns_to(tab).await;
        // What one tab writes reaches the other one's storage a moment later.
        until("the points of the other tab are here", || async {
            (stage.kept("visit").await[SCORE].as_f64()? == counted as f64).then_some(())
        })
        .await;
        stage.run(count).await;
        if counted < 3 {
            stage.hears(&["thrice"]).await;
        }
    }
    stage.hears(&["four"]).await;
    stage.ends().await;
}

/// Would catch: nagging where the storage takes nothing: old counts that come back with every look, and a page that breaks.
async fn a_full_or_a_forbidden_storage_leaves_memory(engine: Engine) {
    let twice = rule("twice", r#"{ "custom": "count" }"#, r#""limits": { "perVisit": 2 },"#);
    let full = "<script>const set = Storage.prototype.setItem; Storage.prototype.setItem = function (...given) { \
        if (window.full && this === localStorage) throw new DOMException('full', 'QuotaExceededError'); \
        return set.apply(this, given); };</script>";
    let stage = Stage::set(engine, &[mark(), twice.clone()], GRANTED, full).await;
    let count = "Chinwag('track', 'count')";
    stage.opens("index.html").await;
    stage.run(count).await;
    stage.hears(&["twice"]).await;
    stage.run("window.full = true").await;
    for _ in 0..3 {
        stage.run(count).await;
    }
    stage.hears(&["twice"]).await;
    // There is room again, and what was only in memory is kept as well.
    stage.run("window.full = false; Chinwag('page')").await;
    stage.listens().await;
    stage.opens("pricing.html").await;
    stage.run(count).await;
    stage.hears(&[]).await;
    stage.ends().await;

    // The shop's own switch asks the storage without a precaution: away with it before it does.
    let forbidden = "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } }); \
        document.addEventListener('readystatechange', () => document.querySelector('#remember')?.remove()); \
        window.problems = []; addEventListener('error', (e) => problems.push(e.message)); \
        addEventListener('unhandledrejection', (e) => problems.push(String(e.reason)));</script>";
    let stage = Stage::set(engine, &[mark(), twice], GRANTED, forbidden).await;
    stage.opens("index.html").await;
    for _ in 0..3 {
        stage.run(count).await;
    }
    stage.hears(&["twice", "twice"]).await;
    assert_eq!(stage.run("return problems").await, json!([]));
    stage.ends().await;
}

/// Would catch: limits that begin anew in the moment in which the visitor agrees, and a trace after they have changed their mind.
async fn consent_adds_to_what_was_seen_and_its_end_forgets(engine: Engine) {
    let rules = [
        mark(),
        rule("twice", r#"{ "custom": "count" }"#, r#""limits": { "ever": 2 },"#),
        rule("allowed", r#"{ "fact": "consent.storage" }"#, r#""when": { "consent.storage": true },"#),
        rule("refused", r#"{ "fact": "consent.storage" }"#, r#""when": { "consent.storage": false },"#),
        rule("somebody", r#"{ "custom": "who" }"#, r#""when": { "visitor.id": { "$exists": true } },"#),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    let (count, who) = ("Chinwag('track', 'count')", "Chinwag('track', 'who')");
    stage.opens("index.html").await;
    stage.run(count).await;
    stage.run(who).await;
    stage.hears(&["twice"]).await;
    assert_eq!(stage.run("return localStorage.length").await, 0);
    stage.run(GRANT).await;
    stage.hears(&["allowed"]).await;
    stage.run(count).await;
    stage.run(count).await;
    stage.run(who).await;
    stage.hears(&["twice", "somebody"]).await;
    // Sites ask on every page anew: what was kept and what has happened since come together there.
    stage.opens("pricing.html").await;
    stage.run(GRANT).await;
    stage.hears(&["allowed"]).await;
    stage.run(count).await;
    stage.hears(&[]).await;
    let visit = stage.kept("visit").await;
    assert_eq!(visit[5], 2, "pages of {visit}");
    let trail: Vec<&str> = visit.as_array().expect("a list").iter().rev().take(2).filter_map(Value::as_str).collect();
    assert_eq!(trail, ["/demo/pricing.html", "/demo/index.html"], "{visit}");
    stage.run(DENY).await;
    stage.run(who).await;
    stage.hears(&["refused"]).await;
    assert_eq!((stage.kept("visit").await, stage.kept("history").await), (Value::Null, Value::Null));
    stage.ends().await;
}

/// Would catch: a rule that rests for as long as the clock was wrong, or fires again because it was set right.
async fn a_clock_that_was_moved_back_gives_no_second_helping(engine: Engine) {
    let rules = [mark(), rule("daily", r#""page""#, r#""limits": { "perDay": 1 },"#)];
    let stage = Stage::set(engine, &rules, GRANTED, SHIFT).await;
    for (hours, heard) in [(0.0, &["daily"][..]), (-48.0, &[]), (-30.0, &[]), (25.0, &["daily"])] {
        if hours != 0.0 {
            stage.run(&format!("sessionStorage.shift = {}", hours * HOUR)).await;
        }
        stage.opens("index.html").await;
        stage.hears(heard).await;
    }
    stage.ends().await;
}

/// Would catch: limits a visit that hold for days, because an application is never left.
async fn a_visit_ends_in_a_tab_that_stays_open(engine: Engine) {
    let rules = [
        mark(),
        rule("visit", r#""page""#, r#""limits": { "perVisit": 1 },"#),
        rule("second", r#""page""#, r#""when": { "visit.number": 2, "visit.pages": 1, "score": 0 },"#),
        rule("landing", r#""page""#, r#""when": { "visit.landing": "/demo/b" },"#),
        r#"{ "id": "points", "on": "page", "do": [{ "score": 5 }] }"#.into(),
    ];
    for attributes in ["", GRANTED] {
        let stage = Stage::set(engine, &rules, attributes, SHIFT).await;
        stage.opens("index.html").await;
        stage.hears(&["visit"]).await;
        stage.run("sessionStorage.shift = 29 * 6e4; Chinwag('page', '/demo/a')").await;
        stage.listens().await;
        stage.hears(&[]).await;
        stage.run("sessionStorage.shift = 60 * 6e4; Chinwag('page', '/demo/b')").await;
        stage.hears(&["visit", "second", "landing"]).await;
        stage.ends().await;
    }
}
