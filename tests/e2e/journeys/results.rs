//! What rules brought: from a visitor's card to the agents' console.

use chinwag_e2e::{
    agent::Agent,
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};
use serde_json::{Value, json};

use super::Engine;

super::in_browsers!(
    only_visitors_who_allow_it_are_counted_and_the_console_says_what_happened,
    a_server_that_is_gone_leaves_the_page_unharmed,
);

/// Notes what the page sends, where the next page can read it.
const LISTEN: &str = "const send = navigator.sendBeacon.bind(navigator); \
    navigator.sendBeacon = (to, lines) => { sessionStorage.sent = (sessionStorage.sent ?? '') + lines; return send(to, lines); }";
const ALLOW: &str = "Chinwag('consent', { storage: 'granted', analytics: 'granted' })";

async fn sees_the_card_and_closes_it(visitor: &Visitor) {
    visitor.sees_card("Not sure which plan").await;
    visitor.browser.click("chin-wag .card-close").await;
    until("the card is gone", || async { visitor.browser.look("chin-wag .card").await.is_none().then_some(()) }).await;
}

/// Would catch: a request before the visitor has allowed it, a count that is lost with the page, and one that counts twice.
async fn only_visitors_who_allow_it_are_counted_and_the_console_says_what_happened(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::Strict);
    let (pricing, other) = (format!("{}/demo/pricing.html", host.origin), format!("{}/demo/index.html", host.origin));
    let visitor = Visitor::arrives(engine).await;
    for allowed in [false, true] {
        visitor.browser.goto(&pricing).await;
        visitor.browser.run(LISTEN).await;
        if allowed {
            visitor.browser.run(ALLOW).await;
        }
        sees_the_card_and_closes_it(&visitor).await;
        visitor.browser.goto(&other).await;
        let sent = visitor.browser.run("return sessionStorage.sent ?? null").await;
        let lines = r#"[["pricing-help",null,"displayed"],["pricing-help",null,"dismissed"]]"#;
        assert_eq!(sent, if allowed { json!(lines) } else { Value::Null });
    }
    // Two pages later, but in time: the goal belongs to the card.
    visitor.browser.run(LISTEN).await;
    visitor.browser.run(ALLOW).await;
    until("the scout is there", || async {
        let told = visitor.browser.run("return !!Chinwag('explain').rules").await;
        told.as_bool()?.then_some(())
    })
    .await;
    visitor.browser.run("Chinwag('track', 'subscribed')").await;
    visitor.browser.goto(&pricing).await;

    let agent = Agent::sets_up(engine, server.setup_link.as_deref().expect("a link")).await;
    agent.browser.find(".console").await;
    let row = until("the counts are there", || async {
        let asked = agent.browser.run("return fetch('/v1/agent/results').then((answer) => answer.json())").await;
        let rule = asked["rules"].as_array()?.iter().find(|rule| rule["id"] == "pricing-help")?.clone();
        (rule["rows"][0]["goal"] == 1).then(|| rule["rows"][0].clone())
    })
    .await;
    let figures = ["displayed", "opened", "dismissed", "replied", "goal", "held"].map(|name| row[name].as_u64());
    assert_eq!(figures, [1, 0, 1, 0, 1, 0].map(Some), "{row}");
    agent.browser.click(".places a[href='#/results']").await;
    agent.browser.shows(".results tbody", "goal: subscribed").await;
    agent.browser.shows(".results", "There is nobody to compare with").await;
    agent.browser.close().await;
    visitor.leaves().await;
}

/// Would catch: an error, or a widget that stops, when counts cannot be sent.
async fn a_server_that_is_gone_leaves_the_page_unharmed(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let mut server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::None);
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
    visitor.browser.run("window.problems = []; addEventListener('error', (e) => problems.push(e.message)); addEventListener('unhandledrejection', (e) => problems.push(String(e.reason)))").await;
    visitor.browser.run(LISTEN).await;
    visitor.browser.run(ALLOW).await;
    visitor.sees_card("Not sure which plan").await;
    server.kill();
    visitor.browser.click("chin-wag .card-close").await;
    until("the counts are sent in vain", || async {
        visitor.browser.run("dispatchEvent(new Event('pagehide')); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))").await;
        let sent = visitor.browser.run("return sessionStorage.sent ?? ''").await;
        sent.as_str()?.contains("dismissed").then_some(())
    })
    .await;
    assert_eq!(visitor.browser.run("return problems").await, json!([]));
    visitor.opens_by_launcher().await;
    visitor.leaves().await;
}
