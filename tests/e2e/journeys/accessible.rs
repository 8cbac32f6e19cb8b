//! Everybody can use it: axe-core's rules on every face, the keyboard, and a phone.

use chinwag_e2e::{
    agent::{Agent, Clerk},
    browser::Browser,
    host::{Embed, Host, Policy, WATCH},
    server::Server,
    until,
    visitor::Visitor,
};
use serde_json::{Value, json};

use super::Engine;

super::in_every_browser!(the_panel_is_used_by_keyboard_alone, focus_stays_where_the_visitor_writes);

const RULES: &str = r#"{
  "version": 1, "limits": { "perPage": 9, "perVisit": 99, "perDay": 99, "gap": "0s", "afterDismiss": "0s" },
  "team": { "name": "Fern & Field" }, "away": "We are out in the greenhouse.", "contact": { "email": "shop@example.com" },
  "rules": [{ "id": "help", "on": { "custom": "look" },
              "do": { "notify": { "from": "Mia", "text": "Can I help?", "replies": ["Yes, please", "No, thank you"] } } }]
}"#;

async fn shop() -> (Server, Host) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    server.publishes(RULES).await;
    let embed = Embed { head: WATCH.into(), ..Embed::default() };
    let host = Host::serve_with(listener, &server.origin(), Policy::None, embed);
    (server, host)
}

/// What axe finds in `place` (a selector, or the whole page), in both colour schemes.
async fn is_accessible(browser: &Browser, face: &str, place: Option<&str>) {
    let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/axe/node_modules/axe-core/axe.min.js");
    if browser.run("return !window.axe").await == true {
        browser.run(&std::fs::read_to_string(axe).expect("axe-core: ./build.sh e2e brings it")).await;
    }
    let place = place.map_or("document".into(), |place| format!("{{ include: [{place:?}] }}"));
    let ask = format!(
        "return axe.run({place}, {{ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }}) \
         .then((found) => found.violations.flatMap((rule) => rule.nodes.map((node) => \
         rule.id + ' ' + JSON.stringify(node.target) + ' ' + node.failureSummary)))"
    );
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        assert_eq!(browser.run(&ask).await, json!([]), "{face}, {scheme}");
    }
}

/// Would catch: text without contrast, a control without a name, a target that is too small, and whatever else axe-core knows,
/// in any face of the widget.
#[tokio::test]
async fn every_face_of_the_widget_passes_axe() {
    let (server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("paused").await;
    let visitor = Visitor::arrives(Engine::Chromium).await;
    let browser = &visitor.browser;
    let widget = Some("chin-wag");
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    browser.find("chin-wag #launcher").await;
    is_accessible(browser, "launcher", widget).await;
    until("the scout is there", || async {
        (browser.run("return !!Chinwag('explain').rules").await == true).then_some(())
    })
    .await;
    browser.run("Chinwag('track', 'look')").await;
    visitor.sees_card("Can I help?").await;
    is_accessible(browser, "card", widget).await;
    browser.click("chin-wag .card-close").await;
    visitor.opens_by_launcher().await;
    browser.find("chin-wag form").await;
    browser.click("chin-wag form button[type=submit]").await;
    browser.find("chin-wag [aria-invalid]").await;
    is_accessible(browser, "away form with mistakes", widget).await;

    clerk.intends("available").await;
    let question = "I am looking for *something green*, see https://example.com\u{e007}";
    browser.type_into("chin-wag .composer textarea", question).await;
    visitor.sees("something green").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let inbox = until("the message is there", || async { clerk.inbox().await.first().cloned() }).await;
    let conversation = inbox["conversation"].as_str().expect("an id").to_owned();
    clerk.replies(&conversation, "A `Zamioculcas`, then.\n- little light\n- little water").await;
    visitor.sees("little water").await;
    is_accessible(browser, "panel with a thread", widget).await;
    browser.run("document.querySelector('chin-wag').shadowRoot.querySelector('.row.mine').focus()").await;
    is_accessible(browser, "a message with its tools", widget).await;
    clerk.closes(&conversation).await;
    browser.find("chin-wag .star").await;
    is_accessible(browser, "rating", widget).await;
    visitor.leaves().await;
}

/// Would catch: the same in the pages of the agents and the marketers.
#[tokio::test]
async fn console_and_playground_pass_axe() {
    let (server, host) = shop().await;
    let agent = Agent::sets_up(Engine::Chromium, server.setup_link.as_deref().expect("a link")).await;
    let browser = &agent.browser;
    browser.find("main").await;
    is_accessible(browser, "empty inbox", None).await;
    let visitor = Visitor::arrives(Engine::Chromium).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.writes("Do you deliver to Hove?").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    browser.shows("main", "Do you deliver to Hove?").await;
    is_accessible(browser, "inbox", None).await;
    agent.opens("Do you deliver to Hove?").await;
    agent.replies("On Tuesdays").await;
    browser.shows(".log", "On Tuesdays").await;
    is_accessible(browser, "conversation", None).await;
    browser.click(".places a[href='#/results']").await;
    browser.find(".results").await;
    is_accessible(browser, "results", None).await;
    browser.click("button[aria-label='Sign out']").await;
    browser.find("input[type=email]").await;
    is_accessible(browser, "sign in", None).await;
    browser.goto(&format!("{}/playground", server.origin())).await;
    browser.find("#file").await;
    is_accessible(browser, "playground", None).await;
    visitor.leaves().await;
    agent.browser.close().await;
}

const ESCAPE: char = '\u{e00c}';
const ENTER: char = '\u{e007}';
const UP: char = '\u{e013}';
const DOWN: char = '\u{e015}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';
const BACK: char = '\u{e003}';

/// Would catch: a panel that the keyboard cannot open, use or leave, a focus that is lost, and a draft that Enter or Shift sends
/// wrongly.
async fn the_panel_is_used_by_keyboard_alone(engine: Engine) {
    let (server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    let browser = &visitor.browser;
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    browser.find("chin-wag #launcher").await;
    browser.run("document.querySelector('chin-wag').shadowRoot.querySelector('#launcher').focus()").await;
    browser.presses([ENTER]).await;
    focus_is(browser, "textarea").await;
    browser.presses("one".chars()).await;
    browser.presses_with_shift([ENTER]).await;
    browser.presses("two".chars().chain([ENTER])).await;
    visitor.sees("two").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("one two").await;
    assert_eq!(clerk.reads(&conversation).await, ["one\ntwo"], "one message of two lines");
    clerk.replies(&conversation, "three").await;
    visitor.sees("three").await;

    // Into the thread, and along it.
    browser.run("document.querySelector('chin-wag').shadowRoot.querySelector('.thread').focus()").await;
    for (key, text) in [(UP, "three"), (UP, "two"), (DOWN, "three"), (HOME, "two"), (END, "three")] {
        browser.presses([key]).await;
        focus_says(browser, text).await;
    }
    browser.presses([ESCAPE]).await;
    focus_is(browser, "#launcher").await;
    assert!(browser.look("chin-wag .panel").await.is_none());
    // And again: what was there is there.
    browser.presses([ENTER]).await;
    focus_is(browser, "textarea").await;
    visitor.sees("three").await;
    assert_eq!(browser.run("return watch.problems").await, json!([]));
    visitor.leaves().await;
}

/// Would catch: a focus that falls to the page when composer and away form change places, one that is taken from elsewhere, and
/// a sentence that goes on in the field for the name.
async fn focus_stays_where_the_visitor_writes(engine: Engine) {
    let (server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    let browser = &visitor.browser;
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    focus_is(browser, ".composer textarea").await;
    for _ in 0..2 {
        clerk.intends("paused").await;
        focus_is(browser, "#cw-name").await;
        clerk.intends("available").await;
        focus_is(browser, ".composer textarea").await;
    }
    browser.presses("Do you ".chars()).await;
    clerk.intends("paused").await;
    focus_is(browser, "#cw-text").await;
    browser.presses("deliver?".chars()).await;
    let text = "return document.querySelector('chin-wag').shadowRoot.querySelector('#cw-text').value";
    assert_eq!(browser.run(text).await, "Do you deliver?");
    browser.presses([BACK; 15]).await;

    // Whoever is on the page stays there.
    browser.run("document.querySelector('a[href]').focus()").await;
    clerk.intends("available").await;
    browser.find("chin-wag .composer").await;
    clerk.intends("paused").await;
    browser.find("chin-wag .form").await;
    assert_eq!(browser.run("return document.activeElement.localName").await, "a");
    assert_eq!(browser.run("return watch.problems").await, json!([]));
    visitor.leaves().await;
}

async fn focus_is(browser: &Browser, selector: &str) {
    let script = format!("return !!document.querySelector('chin-wag').shadowRoot.activeElement?.matches('{selector}')");
    until(&format!("{selector} has focus"), || async { (browser.run(&script).await == true).then_some(()) }).await;
}

async fn focus_says(browser: &Browser, text: &str) {
    let script = "return document.querySelector('chin-wag').shadowRoot.activeElement?.innerText ?? ''";
    until(&format!("{text:?} has focus"), || async {
        browser.run(script).await.as_str()?.contains(text).then_some(())
    })
    .await;
}

/// Would catch: a panel on a phone that lets the page behind it be read or touched, one that is smaller than the screen, and
/// fields at which the browser zooms in.
#[tokio::test]
async fn on_a_phone_the_panel_is_a_modal_dialog() {
    let (server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    let visitor = Visitor::arrives(Engine::Chromium).await;
    let browser = &visitor.browser;
    let phone = json!({ "width": 390, "height": 780, "deviceScaleFactor": 2, "mobile": true });
    browser.devtools("Emulation.setDeviceMetricsOverride", phone).await;
    let fields = "const root = document.querySelector('chin-wag').shadowRoot; \
        return [...root.querySelectorAll('textarea, input:not([type=file])')].map((field) => getComputedStyle(field).fontSize)";
    for (intent, field) in [("paused", "chin-wag form textarea"), ("available", "chin-wag .composer textarea")] {
        clerk.intends(intent).await;
        browser.goto(&format!("{}/demo/index.html", host.origin)).await;
        visitor.opens_by_launcher().await;
        browser.find(field).await;
        let sizes = browser.run(fields).await;
        let sizes: Vec<&Value> = sizes.as_array().into_iter().flatten().collect();
        assert!(!sizes.is_empty() && sizes.iter().all(|size| **size == "16px"), "{field}: {sizes:?}");
        let modal = "const dialog = document.querySelector('chin-wag').shadowRoot.querySelector('dialog.panel'); \
            const { width, height } = dialog.getBoundingClientRect(); \
            return [dialog.matches(':modal'), width === innerWidth, height === innerHeight, !!dialog.ariaLabel, \
              document.elementFromPoint(innerWidth / 2, innerHeight / 2).localName]";
        assert_eq!(browser.run(modal).await, json!([true, true, true, true, "chin-wag"]));
        browser.find(field).await.click().await.expect("the field takes the focus");
        browser.presses([ESCAPE]).await;
        focus_is(browser, "#launcher").await;
        assert!(browser.look("chin-wag dialog").await.is_none());
    }
    visitor.leaves().await;
}
