//! What still works when something does not: the server, the engagement file, the interface itself. And what cards and
//! badges promise.

use std::sync::{Arc, Mutex};

use axum::{Router, http::header, routing::get};
use chinwag_e2e::{
    agent::Clerk,
    host::{Embed, Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(
    a_reload_without_a_server_keeps_launcher_and_outbox,
    a_browser_that_keeps_nothing_is_not_said_to_keep,
    an_answer_that_is_no_file_replaces_none,
    a_page_that_nobody_touches_obeys_the_switch,
    a_button_of_a_card_goes_to_its_page,
    a_badge_goes_when_the_panel_opens,
    rules_hear_of_the_conversation,
    a_frozen_server_delays_nobody_who_was_here_before,
);

async fn shop(rules: Option<&str>) -> (Server, Host) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    if let Some(rules) = rules {
        server.publishes(rules).await;
    }
    let host = Host::serve(listener, &server.origin(), Policy::Strict);
    (server, host)
}

/// Would catch: a visitor with a conversation who comes back during an outage and finds no button, or not what they wrote.
async fn a_reload_without_a_server_keeps_launcher_and_outbox(engine: Engine) {
    let (mut server, host) = shop(None).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    let page = format!("{}/demo/index.html", host.origin);
    visitor.browser.goto(&page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("before the outage").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;

    server.kill();
    visitor.writes("during the outage").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;
    visitor.browser.goto(&page).await;
    visitor.opens_by_launcher().await;
    visitor.sees("during the outage").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;

    server.boot();
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("during the outage").await;
    assert_eq!(clerk.reads(&conversation).await, ["before the outage", "during the outage"]);
    assert_eq!(visitor.count("during the outage").await, 1);
    visitor.leaves().await;
}

/// What browsers do whose owner blocks site data.
const BLOCKED: &str = "<script>for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } });
    IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') };</script>";

/// Would catch: a promise that what is written is kept, to somebody who loses it by closing the page.
async fn a_browser_that_keeps_nothing_is_not_said_to_keep(engine: Engine) {
    let (mut server, host) = shop(None).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    for (head, line) in [("", "What you write is kept"), (BLOCKED, "Keep this page open")] {
        host.embeds(Policy::None, Embed { head: head.into(), ..Embed::default() });
        let visitor = Visitor::arrives(engine).await;
        visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
        visitor.opens_by_launcher().await;
        visitor.writes("before the outage").await;
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
        server.kill();
        visitor.writes(&format!("although {line}")).await;
        visitor.browser.shows("chin-wag .line-text", line).await;
        server.boot();
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
        let conversation = clerk.finds(&format!("although {line}")).await;
        assert_eq!(clerk.reads(&conversation).await, ["before the outage", &format!("although {line}")]);
        visitor.leaves().await;
    }
}

/// The others cannot be told how large their disk is.
#[tokio::test]
async fn a_disk_that_is_full_is_not_said_to_keep_in_chromium() {
    crate::ends(a_disk_that_is_full_is_not_said_to_keep(Engine::Chromium)).await;
}

/// Would catch: a promise to keep what there is no room for, made again as soon as there is room for something else.
async fn a_disk_that_is_full_is_not_said_to_keep(engine: Engine) {
    let (mut server, host) = shop(None).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    let room = |bytes: u64| serde_json::json!({ "origin": host.origin, "quotaSize": bytes });
    visitor.browser.devtools("Storage.overrideQuotaForOrigin", room(1)).await;
    visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.writes("before the outage").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    server.kill();
    visitor.writes("there is no room").await;
    visitor.browser.shows("chin-wag .line-text", "Keep this page open").await;
    visitor.browser.devtools("Storage.overrideQuotaForOrigin", room(1 << 30)).await;
    visitor.writes("there is room again").await;
    visitor.browser.shows("chin-wag .row.mine:last-child", "Will be sent").await;
    assert!(
        visitor.browser.text("chin-wag .line-text").await.contains("Keep this page open"),
        "the first is not kept yet"
    );
    server.boot();
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("there is room again").await;
    let all = ["before the outage", "there is no room", "there is room again"];
    assert_eq!(clerk.reads(&conversation).await, all);
    visitor.leaves().await;
}

/// An engagement file on another host, as a content network keeps it.
async fn elsewhere(file: Arc<Mutex<String>>) -> String {
    let (listener, origin) = Host::reserve().await;
    let url = format!("{origin}/rules.json");
    let answer = move || async move {
        let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
        (headers, file.lock().expect("nobody panicked").clone())
    };
    let app = Router::new().route("/rules.json", get(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// Would catch: a maintenance page in JSON that becomes the file, on the page or on the device; and a file on the device that
/// nobody can read and that ends the widget.
async fn an_answer_that_is_no_file_replaces_none(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let rules = r#"{ "version": 1, "revision": 7, "name": "Shop", "appearance": { "label": "Ask a gardener" } }"#;
    server.publishes(rules).await;
    let file = Arc::new(Mutex::new(server.published().await));
    let attributes = format!("data-engagement=\"{}\" data-consent=\"granted\"", elsewhere(Arc::clone(&file)).await);
    let host = Host::serve_with(listener, &server.origin(), Policy::None, Embed { attributes, ..Embed::default() });
    let visitor = Visitor::arrives(engine).await;
    let page = format!("{}/demo/index.html", host.origin);
    let named = "chin-wag #launcher[aria-label=\"Ask a gardener\"]";
    let kept = "return JSON.parse(localStorage['chinwag:demo:file'] ?? 'null')?.revision ?? null";
    visitor.browser.goto(&page).await;
    visitor.browser.find(named).await;
    assert_eq!(visitor.browser.run(kept).await, 7);

    *file.lock().expect("nobody panicked") = r#"{"error":"maintenance"}"#.into();
    visitor.browser.goto(&page).await;
    // The answer has come once the panel has what it waits for.
    visitor.opens_by_launcher().await;
    visitor.browser.find(named).await;
    assert_eq!(visitor.browser.run(kept).await, 7);

    visitor.browser.run("localStorage['chinwag:demo:file'] = '{\"revision\":7,'").await;
    visitor.browser.goto(&page).await;
    visitor.browser.find("chin-wag #launcher[aria-label=\"Chat\"]").await;
    *file.lock().expect("nobody panicked") = server.published().await;
    visitor.browser.goto(&page).await;
    visitor.browser.find(named).await;
    assert_eq!(visitor.browser.run(kept).await, 7);
    visitor.leaves().await;
}

/// Would catch: a switched-off widget that stays, and whose rules go on, on a page that lies open.
async fn a_page_that_nobody_touches_obeys_the_switch(engine: Engine) {
    let rules = |revision: u32, disabled: bool| {
        format!(
            r#"{{ "version": 1, "revision": {revision}, "name": "Shop", "disabled": {disabled},
               "rules": [{{ "id": "offer", "on": [{{ "timer": "9s" }}], "do": {{ "notify": {{ "text": "An offer" }} }} }}] }}"#
        )
    };
    let (server, host) = shop(Some(&rules(3, false))).await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.browser.find("chin-wag #launcher").await;
    server.publishes(&rules(4, true)).await;
    // A minute passes for the page, whose clock is not the script's own in Firefox.
    visitor.browser.run("const { Date } = window, { now } = Date; Date.now = () => now() + 6e4").await;
    until("the widget is gone", || async {
        (visitor.browser.run("return document.querySelector('chin-wag')").await.is_null()).then_some(())
    })
    .await;
    visitor.leaves().await;
}

/// Would catch: a button that says "To the checkout" and opens a conversation instead.
async fn a_button_of_a_card_goes_to_its_page(engine: Engine) {
    let rules = r#"{ "version": 1, "revision": 3, "name": "Shop", "rules": [{ "id": "cart", "on": [{ "timer": "1s" }],
        "do": { "notify": { "title": "Your cart", "text": "Still there.", "buttons": [
            { "label": "Ask", "do": "open" }, { "label": "To the checkout", "do": { "navigate": "/demo/checkout.html" } }] } } }] }"#;
    let (_server, host) = shop(Some(rules)).await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.sees_card("Your cart").await;
    visitor.sees_card("Still there.").await;
    visitor.browser.click("chin-wag .choices button:last-child").await;
    until("the checkout is there", || async {
        (visitor.browser.run("return location.pathname").await == "/demo/checkout.html").then_some(())
    })
    .await;
    visitor.leaves().await;
}

/// Would catch: a number on the launcher that stays after the visitor has looked.
async fn a_badge_goes_when_the_panel_opens(engine: Engine) {
    let rules = r#"{ "version": 1, "revision": 3, "name": "Shop",
        "rules": [{ "id": "hint", "on": [{ "timer": "1s" }], "do": { "badge": 2 } }] }"#;
    let (_server, host) = shop(Some(rules)).await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.browser.shows("chin-wag #badge", "2").await;
    visitor.opens_by_launcher().await;
    let is_gone = || async { visitor.browser.look("chin-wag #badge").await.is_none().then_some(()) };
    until("the badge is gone", is_gone).await;
    visitor.browser.click("chin-wag #launcher").await;
    until("the panel is closed", || async { visitor.browser.look("chin-wag .panel").await.is_none().then_some(()) })
        .await;
    assert_eq!(is_gone().await, Some(()));
    visitor.leaves().await;
}

/// Would catch: rules that never learn that somebody wrote, was answered, or was left.
async fn rules_hear_of_the_conversation(engine: Engine) {
    let rules = r#"{ "version": 1, "revision": 3, "name": "Shop", "rules": [
        { "id": "asked", "on": [{ "conversation": "sent" }], "do": { "track": { "name": "asked" } } },
        { "id": "answered", "on": [{ "conversation": "received" }], "do": { "track": { "name": "answered" } } }] }"#;
    let (server, host) = shop(Some(rules)).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.browser.run("window.told = []; addEventListener('chinwag:track', (e) => told.push(e.detail.name))").await;
    visitor.opens_by_launcher().await;
    visitor.writes("hello").await;
    let hears = |names: serde_json::Value| {
        let browser = &visitor.browser;
        async move {
            until(&format!("rules heard {names}"), || async {
                (browser.run("return told").await == names).then_some(())
            })
            .await;
        }
    };
    hears(serde_json::json!(["asked"])).await;
    let conversation = clerk.finds("hello").await;
    clerk.replies(&conversation, "good day").await;
    visitor.sees("good day").await;
    hears(serde_json::json!(["asked", "answered"])).await;
    visitor.leaves().await;
}

/// How long a page may take to show what it has, in milliseconds of its own clock.
const AT_ONCE: f64 = 3_000.0;
/// When the card of the frozen shop is due.
const TIMER: f64 = 1_000.0;

/// Would catch: a launcher, a card or an honest word that waits for a server which accepts connections and says nothing, as one
/// does that gets no processor.
async fn a_frozen_server_delays_nobody_who_was_here_before(engine: Engine) {
    let rules = r#"{ "version": 1, "name": "Shop", "limits": { "perVisit": 99, "perDay": 99, "gap": "0s", "afterDismiss": "0s" },
        "contact": { "email": "shop@example.com" },
        "rules": [{ "id": "soon", "on": [{ "timer": "1s" }], "do": { "notify": { "text": "Can I help?" } } }] }"#;
    let (server, host) = shop(Some(rules)).await;
    let clerk = Clerk::sets_up(&server).await;
    let visitor = Visitor::arrives(engine).await;
    let browser = &visitor.browser;
    let passed = || async { browser.run("return performance.now()").await.as_f64().expect("a time") };
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.sees_card("Can I help?").await;
    visitor.opens_by_launcher().await;

    server.freeze();
    let asked = reqwest::Client::new()
        .get(format!("{}/health", server.origin()))
        .timeout(std::time::Duration::from_millis(300));
    assert!(asked.send().await.is_err(), "the fault is there");
    for page in ["pricing", "product", "checkout", "index"] {
        browser.goto(&format!("{}/demo/{page}.html", host.origin)).await;
        browser.find("chin-wag #launcher").await;
        assert!(passed().await < AT_ONCE, "the launcher came late on {page}");
        visitor.sees_card("Can I help?").await;
        assert!(passed().await < TIMER + AT_ONCE, "the card came late on {page}");
    }
    let before = passed().await;
    visitor.opens_by_launcher().await;
    browser.shows("chin-wag .panel", "Connecting…").await;
    assert!(passed().await - before < AT_ONCE, "the panel was silent for long");
    visitor.writes("is anybody there").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;
    browser.shows("chin-wag .panel", "We cannot be reached right now").await;
    browser.shows("chin-wag .panel", "shop@example.com").await;

    server.thaw();
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("is anybody there").await;
    assert_eq!(clerk.reads(&conversation).await, ["is anybody there"]);
    assert_eq!(visitor.count("is anybody there").await, 1);
    visitor.leaves().await;
}
