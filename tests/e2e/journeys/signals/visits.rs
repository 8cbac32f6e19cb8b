//! What a page says of itself, and what a visit and its conversations add up to.

use chinwag_e2e::agent::Clerk;
use serde_json::json;

use super::super::Engine;
use super::moments::HASTY;
use super::{Stage, mark, rule};

const ASK: &str = r#"{ "custom": "ask" }"#;

super::super::in_browsers!(
    a_page_may_name_its_own_address,
    a_visit_is_looked_at_over_all_its_pages,
    conversations_are_counted_without_consent_to_storage,
    a_rule_names_the_fact_that_decided,
);

/// Would catch: a canonical address of the page before, and one where there is none.
async fn a_page_may_name_its_own_address(engine: Engine) {
    let rules = [
        mark(),
        rule("shoe", r#""page""#, r#""when": { "page.canonical": "https://shop.example/shoe" },"#),
        rule("none", r#""page""#, r#""when": { "page.canonical": { "$exists": false } },"#),
        rule("french", r#""page""#, r#""when": { "geo.country": "FR" },"#),
    ];
    let canonical = r#"<link rel="canonical" href="https://shop.example/shoe">
        <script>(window.Chinwag ??= (...call) => (Chinwag.q ??= []).push(call))('set', { 'geo.country': 'FR' })</script>"#;
    let stage = Stage::set(engine, &rules, "", canonical).await;
    stage.opens("index.html").await;
    stage.hears(&["shoe", "french"]).await;
    stage.run("document.querySelector('[rel=canonical]').remove(); Chinwag('page', '/demo/other')").await;
    stage.hears(&["none", "french"]).await;
    stage.ends().await;
}

/// Would catch: seconds of a visit that begin anew with each page, and such as are remembered without consent.
async fn a_visit_is_looked_at_over_all_its_pages(engine: Engine) {
    let rules = [
        mark(),
        rule("visit", r#"{ "timer": "100s", "clock": "visible", "scope": "visit" }"#, ""),
        rule("active", r#""page""#, r#""when": { "visit.secondsActive": { "$gte": 20 } },"#),
        rule("page", r#"{ "timer": "90s", "clock": "visible" }"#, ""),
    ];
    for (attributes, heard) in
        [(r#"data-consent="granted""#, &["active", "visit", "page"][..]), ("", &["page", "visit"])]
    {
        let stage = Stage::set(engine, &rules, attributes, HASTY).await;
        stage.opens("index.html").await;
        stage.run("hurry(20)").await;
        chinwag_e2e::until("half a minute has passed", || async {
            (stage.run("return performance.now()").await.as_f64()? > 35_000.0).then_some(())
        })
        .await;
        stage.opens("pricing.html").await;
        stage.run("hurry(20)").await;
        stage.hears(heard).await;
        stage.ends().await;
    }
}

/// Would catch: rules for people who never wrote that meet those who did, on the same page and on the next one.
async fn conversations_are_counted_without_consent_to_storage(engine: Engine) {
    let rules = [
        mark(),
        rule("never", r#""page""#, r#""when": { "chat.count": 0 },"#),
        rule("once", r#""page""#, r#""when": { "chat.count": 1, "chat.state": "none" },"#),
        rule("first", r#"{ "fact": "chat.count" }"#, r#""when": { "chat.count": 1 },"#),
        rule("sent", r#"{ "conversation": "sent" }"#, ""),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    let clerk = Clerk::sets_up(&stage.server).await;
    clerk.intends("available").await;
    stage.opens("index.html").await;
    stage.hears(&["never"]).await;
    stage.visitor.opens_by_launcher().await;
    for text in ["Hello", "Is anybody there?"] {
        stage.visitor.writes(text).await;
    }
    stage.hears(&["first", "sent", "sent"]).await;
    stage.opens("pricing.html").await;
    stage.hears(&["once"]).await;
    assert_eq!(stage.kept("visit").await, json!(null));
    stage.ends().await;
}

/// Would catch: a reason that leaves people searching among five conditions.
async fn a_rule_names_the_fact_that_decided(engine: Engine) {
    let rules = [
        mark(),
        rule("unknown", ASK, r#""when": { "page.path": "/demo/index.html", "geo.region": "Brittany" },"#),
        rule("false", ASK, r#""when": { "geo.region": { "$exists": false }, "page.title": "", "visit.number": 2 },"#),
        rule("asked", ASK, ""),
        rule("leaving", r#""exit""#, ""),
        rule("elsewhere", r#""exit""#, r#""where": "/pricing","#),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    let told = stage
        .run(
            "Chinwag('track', 'ask'); return Chinwag('explain').rules.map(({ id, reason, because = '', unmet = '', clauses = '', signal }) => \
                [id, reason, because, unmet, clauses, 'then', signal].filter(String).join(' '))",
        )
        .await;
    assert_eq!(
        told,
        json!([
            "mark no-event then fired",
            "unknown condition-unknown geo.region 1 2 then condition-unknown",
            "false condition-false page.title 2 3 then condition-false",
            "asked fired then fired",
            "leaving no-event then fired",
            "elsewhere no-event then page-not-included"
        ])
    );
    stage.ends().await;
}
