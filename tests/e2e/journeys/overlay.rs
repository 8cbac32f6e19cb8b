//! The site owner's own eyes: why rules fire or not, and what a rule looks like, on the real page.

use chinwag_e2e::{
    browser::Traces,
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};
use serde_json::json;

use super::Engine;

super::in_browsers!(
    staff_see_what_a_rule_waits_for_and_then_that_it_fires,
    a_signal_sent_by_hand_is_heard_and_fires_its_rule,
    a_preview_shows_the_card_and_leaves_no_trace,
    what_was_just_saved_is_there_after_one_reload,
    nobody_else_downloads_it,
);

const NOTHING: Traces = Traces { cookies: String::new(), local: 0, session: 0, databases: 0 };
const OVERLAY: &str = "chin-wag-debug .overlay";

async fn shop(engine: Engine) -> (Server, Host, Visitor) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::Strict);
    (server, host, Visitor::arrives(engine).await)
}

async fn open(visitor: &Visitor, host: &Host, page: &str) {
    visitor.browser.goto(&format!("{}/demo/{page}", host.origin)).await;
    visitor
        .browser
        .run("window.problems = []; addEventListener('error', (e) => problems.push(e.message)); addEventListener('securitypolicyviolation', (e) => problems.push(e.violatedDirective + ' ' + e.blockedURI))")
        .await;
}

async fn chooses(visitor: &Visitor, tab: usize) {
    visitor.browser.click(&format!("chin-wag-debug .tabs button:nth-child({tab})")).await;
}

/// Would catch: an overlay that a strict page keeps from running, one that does not move with time and facts, a wrong reason or
/// promise, a look that counts as something that happened, and a trace on the device.
async fn staff_see_what_a_rule_waits_for_and_then_that_it_fires(engine: Engine) {
    let (_server, host, visitor) = shop(engine).await;
    open(&visitor, &host, "pricing.html?chinwag-debug").await;
    let browser = &visitor.browser;
    browser.find(OVERLAY).await;
    browser.shows("chin-wag-debug #rule-pricing-help .near", "would fire in ").await;
    browser.shows("chin-wag-debug #rule-pricing-help .reason", "no-event").await;
    browser.shows("chin-wag-debug #rule-plant-care .reason", "page-not-included").await;
    // Near misses follow the facts.
    browser.shows("chin-wag-debug #rule-big-basket .near", "cart.value is at least 120 (it is 0)").await;
    browser.run("Chinwag('set', { 'cart.value': 130 })").await;
    until("the condition holds", || async {
        let reason = browser.text("chin-wag-debug #rule-big-basket .reason").await;
        (!reason.is_empty() && reason != "condition-false").then_some(())
    })
    .await;
    browser.run("Chinwag('set', { 'cart.value': 12 })").await;
    chooses(&visitor, 2).await;
    let cart = "const row = [...document.querySelector('chin-wag-debug').shadowRoot.querySelectorAll('.facts > div')].find((e) => e.innerText.startsWith('cart.value')); return row?.lastChild.innerText";
    until("the fact is there", || async { (browser.run(cart).await == "12").then_some(()) }).await;
    visitor.sees_card("Not sure which plan").await;
    chooses(&visitor, 1).await;
    // It has been shown on this page, as often as it may.
    browser.shows("chin-wag-debug #rule-pricing-help.good .reason", "fired").await;
    browser.click("chin-wag-debug #rule-pricing-help summary").await;
    browser.shows("chin-wag-debug #rule-pricing-help .last", "fired").await;
    // What keeps another one comes with what to do about it.
    browser.click("chin-wag-debug #rule-big-basket summary").await;
    browser.shows("chin-wag-debug #rule-big-basket .remedy", "What to do: ").await;
    chooses(&visitor, 3).await;
    browser.shows("chin-wag-debug .limits li", "1 of 12").await;
    chooses(&visitor, 4).await;
    browser.shows("chin-wag-debug .heard .good", "pricing-help fired").await;
    assert_eq!(browser.traces().await, NOTHING);
    // By the keyboard: Escape folds it, arrows move it.
    browser.click("chin-wag-debug .tabs button").await;
    let keys = "const root = document.querySelector('chin-wag-debug').shadowRoot; const key = (to, key) => to.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true })); \
         key(root.querySelector('.move'), 'ArrowUp'); key(root.querySelector('.tabs button'), 'Escape'); return true";
    browser.run(keys).await;
    browser.find("chin-wag-debug .overlay.top.folded").await;
    assert!(browser.look("chin-wag-debug .body").await.is_none());
    browser.click("chin-wag-debug .fold").await;
    browser.find("chin-wag-debug .body").await;
    assert_eq!(browser.run("return problems").await, json!([]));
    browser.run("Chinwag('destroy')").await;
    assert_eq!(browser.run("return document.querySelectorAll('chin-wag-debug').length").await, 0);
    visitor.leaves().await;
}

/// Would catch: staff who try an edition that a browser had kept, and believe that their change does nothing.
async fn what_was_just_saved_is_there_after_one_reload(engine: Engine) {
    let (server, host, visitor) = shop(engine).await;
    let rule = |id: &str| {
        format!(
            r#"{{ "version": 1, "rules": [{{ "id": "{id}", "on": "rage", "do": {{ "notify": {{ "text": "Hello" }} }} }}] }}"#
        )
    };
    server.publishes(&rule("first")).await;
    open(&visitor, &host, "index.html?chinwag-debug").await;
    visitor.browser.find("chin-wag-debug #rule-first").await;
    server.publishes(&rule("second")).await;
    visitor.browser.client.refresh().await.expect("the page opens");
    visitor.browser.find("chin-wag-debug #rule-second").await;
    assert!(visitor.browser.look("chin-wag-debug #rule-first").await.is_none());
    visitor.leaves().await;
}

/// Would catch: a button that does nothing, a signal that takes another way than the site's own, and clicks in the overlay
/// that count as the visitor's.
async fn a_signal_sent_by_hand_is_heard_and_fires_its_rule(engine: Engine) {
    let (server, host, visitor) = shop(engine).await;
    let rules = r#"{ "version": 1, "limits": { "perPage": 9, "perVisit": 9, "gap": "0s" }, "rules": [
        { "id": "coupon", "on": { "custom": "coupon_failed" }, "when": { "signal.code": "SPRING" }, "do": { "notify": { "text": "That code?" } } },
        { "id": "angry", "on": "rage", "do": { "notify": { "text": "Angry?" } } } ] }"#;
    server.publishes(rules).await;
    open(&visitor, &host, "checkout.html?chinwag-debug=1").await;
    let browser = &visitor.browser;
    browser.find(OVERLAY).await;
    chooses(&visitor, 4).await;
    // The offered button sends no data: the rule hears it, and its condition cannot be answered.
    for _ in 0..4 {
        browser.click("chin-wag-debug .chip").await;
    }
    browser.shows("chin-wag-debug .heard li", "custom coupon_failed").await;
    browser.shows("chin-wag-debug .heard li", "nothing fired").await;
    browser.type_into("chin-wag-debug input[name=signal]", "coupon_failed").await;
    browser.type_into("chin-wag-debug input[name=data]", "{\"code\":\"SPRING\"}").await;
    browser.click("chin-wag-debug .send .main").await;
    visitor.sees_card("That code?").await;
    browser.shows("chin-wag-debug .heard li.good", "coupon fired").await;
    // One that nobody waits for is told, too: that is how a misspelt name shows.
    browser.run("Chinwag('track', 'cupon_failed')").await;
    browser.shows("chin-wag-debug .heard li", "no rule listens to it").await;
    assert!(!browser.text("chin-wag-debug .heard li").await.contains("rage"), "clicks in the overlay");
    assert_eq!(browser.run("return problems").await, json!([]));
    visitor.leaves().await;
}

/// Would catch: a preview that needs the rule's page, time or conditions, one that is not marked, that counts as shown, that
/// lets other rules in between, or that writes to the device; an unknown or disabled rule without a word.
async fn a_preview_shows_the_card_and_leaves_no_trace(engine: Engine) {
    let (server, host, visitor) = shop(engine).await;
    let rules = r#"{ "version": 1, "name": "preview", "rules": [
        { "id": "tone", "name": "Which tone", "on": { "timer": "1h" }, "where": "/nowhere", "experiment": { "key": "t", "weights": { "calm": 0.5, "offer": 0.5 } },
          "do": [{ "notify": { "variant": "calm", "text": "Any questions?" } }, { "notify": { "variant": "offer", "text": "Half the price", "replies": ["Yes"] } }, { "track": "tone_shown" }] },
        { "id": "old", "enabled": false, "do": { "notify": { "text": "From last year" } } },
        { "id": "eager", "on": "page", "do": { "notify": { "text": "I always come" } } } ] }"#;
    server.publishes(rules).await;
    open(&visitor, &host, "index.html?chinwag-preview=tone:offer").await;
    let browser = &visitor.browser;
    browser.run("window.tracked = []; Chinwag('on', 'track', (data) => tracked.push(data)); Chinwag('consent', { storage: 'granted', analytics: 'granted' })").await;
    browser.shows("chin-wag-debug .preview", "Preview").await;
    browser.shows("chin-wag-debug .about", "Which tone").await;
    browser.shows("chin-wag-debug .about", "Left out: report \"tone_shown\"").await;
    visitor.sees_card("Half the price").await;
    browser.click("chin-wag .card-close").await;
    until("the card is gone", || async { browser.look("chin-wag .card").await.is_none().then_some(()) }).await;
    browser.click("chin-wag-debug .ask .main").await;
    visitor.sees_card("Half the price").await;
    // Another one, switched off in the file.
    let choose = "const s = document.querySelector('chin-wag-debug').shadowRoot.querySelector('select'); s.value = 'old'; s.dispatchEvent(new Event('change', { bubbles: true, composed: true }))";
    browser.run(choose).await;
    visitor.sees_card("From last year").await;
    browser.shows("chin-wag-debug .about", "switched off").await;
    let kept = "return Object.keys(localStorage).filter((key) => /history|visit/.test(key))";
    assert_eq!(browser.run(kept).await, json!([]), "a preview is no visit");
    assert_eq!(browser.run("return tracked").await, json!([]), "and tells nobody");
    assert!(!browser.text("chin-wag .card").await.contains("I always come"));
    assert_eq!(browser.run("return problems").await, json!([]));
    open(&visitor, &host, "index.html?chinwag-preview=tune").await;
    browser.shows("chin-wag-debug .problem", "The published file has no rule `tune`.").await;
    // Leaving leads to the same page, and to the rules as visitors have them.
    browser.click("chin-wag-debug .ask a").await;
    visitor.sees_card("I always come").await;
    assert!(browser.look("chin-wag-debug .preview").await.is_none());
    visitor.leaves().await;
}

/// Would catch: a visitor who pays for the overlay, or a page that shows it to everybody.
async fn nobody_else_downloads_it(engine: Engine) {
    let (_server, host, visitor) = shop(engine).await;
    open(&visitor, &host, "pricing.html?plan=chinwag-debugging").await;
    visitor.sees_card("Not sure which plan").await;
    let asked =
        "return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('overlay'))";
    assert_eq!(visitor.browser.run(asked).await, json!([]));
    assert_eq!(visitor.browser.run("return document.querySelectorAll('chin-wag-debug').length").await, 0);
    visitor.leaves().await;
}
