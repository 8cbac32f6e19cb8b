//! docs/embedding.md, line by line: every attribute, every command, every event.

use chinwag_e2e::{
    agent::Clerk,
    browser::Browser,
    host::{Embed, Host, Policy, WATCH},
    proxy::{self, Lets, Proxy},
    server::Server,
    until,
    visitor::Visitor,
};
use serde_json::{Value, json};

use super::Engine;

super::in_every_browser!(
    every_attribute_does_what_it_says,
    every_command_does_what_it_says_and_a_mistake_is_one_line,
    calls_before_the_tag_are_replayed_and_every_event_is_told_twice,
);

const RULES: &str = r#"{
  "version": 1, "name": "embed", "appearance": { "label": "Ask the shop" }, "contact": { "email": "shop@example.com" },
  "attributes": { "cart.value": { "type": "number", "default": 0 } },
  "rules": [{ "id": "delivery", "on": { "custom": "look" }, "when": { "cart.value": { "$gte": 50 } },
              "do": [{ "track": "offered" }, { "notify": { "text": "Delivery is free" } }] }]
}"#;

/// What the conditions below are written with.
const SIGHT: &str = "const root = document.querySelector('chin-wag')?.shadowRoot, find = (what) => root?.querySelector(what), \
     launcher = find('#launcher'), panel = find('.panel'), kept = Object.keys(localStorage), \
     asked = (what) => performance.getEntriesByType('resource').filter((e) => e.name.includes(what)).length, \
     rule = () => Chinwag('explain').rules?.[0]; ";

/// Waits until a condition of the page holds.
async fn becomes(browser: &Browser, condition: &str) {
    until(condition, || async {
        let holds = browser.client.execute(&format!("{SIGHT}return !!({condition})"), Vec::new()).await.ok()?;
        holds.as_bool()?.then_some(())
    })
    .await;
}

async fn shop() -> (Server, Proxy, Host, Clerk) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    server.publishes(RULES).await;
    let proxy = Proxy::start(&server.origin()).await;
    let host = Host::serve(listener, &proxy.origin, Policy::None);
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    (server, proxy, host, clerk)
}

fn tag(attributes: &str) -> Embed {
    Embed { attributes: attributes.into(), head: WATCH.into(), ..Embed::default() }
}

/// Would catch: an attribute that is not read, or that brings about something else.
async fn every_attribute_does_what_it_says(engine: Engine) {
    let (server, _proxy, host, _clerk) = shop().await;
    let own = server.published().await.replace("Ask the shop", "Ask the page");
    let dead = proxy::dead().await;
    let german = |attributes: &str| Embed { root: "lang=\"de\"", ..tag(attributes) };
    let with_rules = |attributes: &str| Embed { rules: own.clone(), ..tag(attributes) };
    let of_site = |site| Embed { site, ..tag("") };
    // The tag, what is done, what becomes true.
    let rows: Vec<(Embed, &str, &str)> = vec![
        (tag(""), "", "launcher?.ariaLabel === 'Ask the shop' && launcher.getBoundingClientRect().x > innerWidth / 2"),
        (tag(""), "", "asked('/assets/scout-') && rule() && !kept.length"),
        (tag("data-position=\"start\""), "", "launcher?.getBoundingClientRect().x < 100"),
        (german(""), "Chinwag('open')", "find('.cw')?.lang === 'de' && panel"),
        (german("data-lang=\"fr\""), "Chinwag('open')", "find('.cw')?.lang === 'fr' && panel"),
        (
            tag("data-load=\"manual\""),
            "",
            "document.readyState === 'complete' && Chinwag.site && !root && !asked('/sites/')",
        ),
        (tag("data-load=\"manual\""), "Chinwag('start')", "launcher"),
        (
            tag("data-disabled"),
            "",
            "document.readyState === 'complete' && asked('/chinwag.js') && !Chinwag.site && !root && !asked('/sites/')",
        ),
        (with_rules("data-engagement=\"/rules.json\""), "", "launcher?.ariaLabel === 'Ask the page' && rule()"),
        // Nobody answers, and the file is there.
        (
            with_rules(&format!("data-engagement=\"#rules\" data-server=\"{dead}\"")),
            "",
            "launcher?.ariaLabel === 'Ask the page'",
        ),
        (tag("data-consent=\"denied\""), "", "rule() && !kept.length"),
        (tag("data-consent=\"granted\""), "", "rule() && kept.includes('chinwag:demo:file')"),
        (of_site(None), "", "watch.said.length === 1 && watch.said[0].includes('data-site') && !root"),
        (
            of_site(Some("nobody")),
            "",
            "watch.said.length === 1 && watch.said[0].includes('unknown site nobody') && !root",
        ),
    ];
    let browser = Browser::start(engine).await;
    for (embed, call, condition) in rows {
        let attributes = embed.attributes.clone();
        host.embeds(Policy::None, embed);
        browser.goto(&format!("{}/demo/index.html", host.origin)).await;
        browser.run(call).await;
        becomes(&browser, condition).await;
        assert_eq!(browser.run("return watch.problems").await, json!([]), "{attributes}");
    }
    // What waits for a touch does not come with the rest of the page.
    browser.run("localStorage.clear()").await;
    host.embeds(Policy::None, tag("data-load=\"interaction\""));
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    becomes(&browser, "launcher").await;
    let rest = "const rest = window.requestIdleCallback ?? ((act) => setTimeout(act, 1e3)); \
                return new Promise((done) => rest(() => rest(() => done(performance.getEntriesByType('resource') \
                .filter((e) => e.name.includes('/assets/')).length))))";
    assert_eq!(browser.run(rest).await, 0);
    browser.click("h1").await;
    becomes(&browser, "rule()").await;
    browser.close().await;
}

/// What is called, and what becomes true.
const COMMANDS: &[(&str, &str)] = &[
    ("Chinwag('open')", "panel && launcher.ariaExpanded === 'true'"),
    ("Chinwag('close')", "!panel && launcher.ariaExpanded === 'false'"),
    ("Chinwag('toggle')", "panel"),
    ("Chinwag('toggle')", "!panel"),
    ("Chinwag('hide')", "launcher.hidden"),
    ("Chinwag('show')", "!launcher.hidden"),
    (
        "Chinwag('set', { 'cart.value': 80 }); Chinwag('set', { 'cart.value': null }); Chinwag('track', 'look')",
        "rule().reason === 'condition-false'",
    ),
    (
        "Chinwag('set', { 'cart.value': 80 }); Chinwag('track', 'look')",
        "find('.card-text')?.innerText === 'Delivery is free'",
    ),
    ("Chinwag('page', 'https://shop.example/offers')", "Chinwag('explain').page.includes('/offers')"),
    ("", "Chinwag('explain', 'delivery').rules.length === 1"),
    ("Chinwag('prefill', 'Is it free?'); Chinwag('open')", "find('.composer textarea')?.value === 'Is it free?'"),
    ("Chinwag('locale', 'fr')", "find('.cw').lang === 'fr'"),
    (
        "Chinwag('theme', { position: 'start', theme: 'dark', color: '#aa0000' })",
        "launcher.getBoundingClientRect().x < 100 && getComputedStyle(launcher).backgroundColor === 'rgb(170, 0, 0)' \
      && find('.cw').dataset.theme === 'dark'",
    ),
    ("Chinwag('consent', { storage: 'granted' })", "kept.some((key) => key.startsWith('chinwag:demo:'))"),
    (
        "Chinwag('consent', { storage: 'denied' }); Chinwag('logout')",
        "!kept.some((key) => key.startsWith('chinwag:demo:'))",
    ),
    ("Chinwag('close')", "!panel"),
    (
        "window.times = 0; window.off = Chinwag('on', 'close', window.count = () => window.times++); Chinwag('open')",
        "panel",
    ),
    ("Chinwag('close')", "!panel && times === 1"),
    ("off(); Chinwag('open')", "panel"),
    ("Chinwag('close')", "!panel && times === 1"),
    ("Chinwag('on', 'close', count); Chinwag('off', 'close', count); Chinwag('open')", "panel"),
    ("Chinwag('close')", "!panel && times === 1"),
    ("Chinwag('destroy')", "!root"),
    ("Chinwag('start')", "launcher"),
];

const MISTAKES: [&str; 11] = [
    "Chinwag()",
    "Chinwag('nonsense')",
    "Chinwag('constructor')",
    "Chinwag('set', 'cart.value')",
    "Chinwag('consent')",
    "Chinwag('theme', 'dark')",
    "Chinwag('track')",
    "Chinwag('prefill', 7)",
    "Chinwag('locale')",
    "Chinwag('on')",
    "Chinwag('on', 'open')",
];

/// Would catch: a command that does nothing or something else, a mistake that throws, is silent, or talks on and on.
async fn every_command_does_what_it_says_and_a_mistake_is_one_line(engine: Engine) {
    let (_server, _proxy, host, _clerk) = shop().await;
    host.embeds(Policy::None, tag(""));
    let browser = Browser::start(engine).await;
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    becomes(&browser, "rule()").await;
    for (call, condition) in COMMANDS {
        browser.run(call).await;
        becomes(&browser, condition).await;
        assert_eq!(browser.run("return [...watch.said, ...watch.problems]").await, json!([]), "{call}");
    }
    for mistake in MISTAKES {
        let said = browser.run(&format!("watch.said = []; {mistake}; return watch.said")).await;
        let said: Vec<&str> = said.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(matches!(said[..], [line] if line.starts_with("Chinwag: ")), "{mistake}: {said:?}");
    }
    assert_eq!(browser.run("return watch.problems").await, json!([]));
    browser.close().await;
}

/// The stub of the documentation, and somebody who listens in both ways.
const STUB: &str = "<script>window.Chinwag = window.Chinwag || function () { (Chinwag.q = Chinwag.q || []).push(arguments) };
    window.told = { api: [], dom: [] };
    for (const name of ['ready', 'open', 'close', 'notification', 'message', 'unread', 'availability', 'consent', 'error', 'track']) {
      Chinwag('on', name, (detail) => told.api.push([name, detail ?? null]));
      addEventListener('chinwag:' + name, (e) => told.dom.push([name, e.detail ?? null]));
    }
    Chinwag('consent', { storage: 'granted' });
    Chinwag('consent', { storage: 'denied' });</script>";

/// Would catch: calls that are lost, doubled or out of order, an event that does not come, or that only one side hears.
async fn calls_before_the_tag_are_replayed_and_every_event_is_told_twice(engine: Engine) {
    let (_server, proxy, host, clerk) = shop().await;
    let head = [WATCH, STUB].concat();
    let visitor = Visitor::arrives(engine).await;
    let browser = &visitor.browser;
    let told = |name: &str| format!("told.api.filter(([name]) => name === '{name}')");
    // The line breaks before the interface has come.
    host.embeds(Policy::None, Embed { head: head.clone(), ..tag("data-load=\"interaction\"") });
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    becomes(browser, "launcher").await;
    proxy.lets(Lets::Nothing);
    browser.click("chin-wag #launcher").await;
    becomes(browser, &format!("{}[0]?.[1].message", told("error"))).await;
    becomes(browser, "find('#skeleton a')?.href === 'mailto:shop@example.com'").await;
    assert_eq!(browser.run("return watch.problems").await, json!([]));
    proxy.lets(Lets::Everything);

    host.embeds(Policy::None, Embed { head, ..tag("") });
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    becomes(browser, "rule()").await;
    let first = browser.run("return told.api.slice(0, 3).map(([name, detail]) => detail?.storage ?? name)").await;
    assert_eq!(first, json!(["granted", "denied", "ready"]));
    browser.run("Chinwag('set', { 'cart.value': 80 }); Chinwag('track', 'look')").await;
    visitor.sees_card("Delivery is free").await;
    becomes(browser, &format!("{}[0]?.[1].rule === 'delivery'", told("notification"))).await;
    becomes(browser, &format!("{}[0]?.[1].name === 'offered'", told("track"))).await;
    visitor.opens_card().await;
    visitor.writes("How fast?").await;
    let conversation = clerk.finds("How fast?").await;
    becomes(browser, &format!("{}.at(-1)?.[1].state === 'available'", told("availability"))).await;
    clerk.intends("paused").await;
    becomes(browser, &format!("{}.at(-1)?.[1].state === 'away'", told("availability"))).await;
    clerk.intends("available").await;
    browser.run("Chinwag('close')").await;
    becomes(browser, "!panel").await;
    clerk.replies(&conversation, "In two days").await;
    becomes(browser, &format!("{}.at(-1)?.[1].count === 1", told("unread"))).await;
    becomes(browser, &format!("{}.map((one) => one[1].from).join() === 'visitor,team'", told("message"))).await;
    becomes(browser, &format!("{}.length === 1 && {}.length === 1", told("open"), told("close"))).await;
    let [api, dom] = [browser.run("return told.api").await, browser.run("return told.dom").await];
    assert_eq!(api, dom);
    assert_eq!(browser.run("return watch.problems").await, json!([]));
    visitor.leaves().await;
}
