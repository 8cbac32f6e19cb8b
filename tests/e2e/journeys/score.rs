//! Interest that adds up.

use chinwag_e2e::{
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(a_score_brings_about_what_waits_for_it_and_a_circle_ends);

const RULES: &str = r#"{ "version": 1, "name": "scores", "rules": [
    { "id": "looked", "on": { "custom": "look" }, "do": { "score": 1 } },
    { "id": "keen", "on": { "fact": "score" }, "when": { "score": 2 }, "do": { "notify": { "text": "Twice is interest" } } },
    { "id": "circle", "on": [{ "custom": "spin" }, { "fact": "score" }], "when": { "score": { "$gte": 2 } }, "do": { "score": 1 } }] }"#;

/// Would catch: a rule on the score that sleeps until something else happens, and rules that score in a circle for ever.
async fn a_score_brings_about_what_waits_for_it_and_a_circle_ends(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    server.publishes(RULES).await;
    let host = Host::serve(listener, &server.origin(), Policy::None);
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    until("the scout is there", || async {
        let told = visitor.browser.run("return !!Chinwag('explain').rules").await;
        told.as_bool()?.then_some(())
    })
    .await;
    visitor.browser.run("Chinwag('track', 'look')").await;
    visitor.browser.run("Chinwag('track', 'look')").await;
    visitor.sees_card("Twice is interest").await;
    visitor.browser.run("Chinwag('track', 'spin')").await;
    assert_eq!(visitor.browser.run("return Chinwag('explain').rules.length").await, 3);
    visitor.opens_by_launcher().await;
    visitor.leaves().await;
}
