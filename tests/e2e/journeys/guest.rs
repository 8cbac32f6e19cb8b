//! Manners: what the widget leaves alone.

use chinwag_e2e::{
    agent::Clerk,
    browser::{Browser, Traces},
    host::{Embed, Host, Policy, WATCH},
    proxy::{self, Proxy},
    server::{SOCKETS_ONLY, Server},
    until,
    visitor::Visitor,
};
use serde_json::json;

use super::Engine;

super::in_every_browser!(
    nothing_is_kept_or_connected_before_the_visitor_acts,
    a_page_whose_server_is_gone_is_untouched_and_silent,
    destroy_leaves_the_page_as_found_and_start_works_again,
    a_second_copy_of_the_tag_is_one_widget,
);

const NOTHING: Traces = Traces { cookies: String::new(), local: 0, session: 0, databases: 0 };

fn watched(attributes: &str) -> Embed {
    Embed { attributes: attributes.into(), head: WATCH.into(), ..Embed::default() }
}

/// A shop whose visitors reach the server through a proxy, and somebody who sees what the server has of them.
async fn shop(attributes: &str) -> (Server, Proxy, Host, Clerk) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start_with(&[origin], SOCKETS_ONLY);
    let proxy = Proxy::start(&server.origin()).await;
    let host = Host::serve_with(listener, &proxy.origin, Policy::None, watched(attributes));
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    (server, proxy, host, clerk)
}

/// Would catch: a cookie, a storage write, a socket, a `POST` or a record of a visitor who did nothing but look.
async fn nothing_is_kept_or_connected_before_the_visitor_acts(engine: Engine) {
    let (_server, proxy, host, clerk) = shop("").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
    // The rule fired and the card is painted: scout and interface are both there.
    visitor.sees_card("Not sure which plan").await;
    assert_eq!(visitor.browser.traces().await, NOTHING);
    let asked = visitor
        .browser
        .run("return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('/v1/'))")
        .await;
    assert_eq!(asked, json!([]), "a request before the visitor acted");
    assert_eq!(proxy.opened(), 0, "a socket before the visitor acted");
    assert!(clerk.inbox().await.is_empty(), "a record before the visitor acted");
    // The same page after an answer: now it may, and does.
    visitor.opens_card().await;
    until("the visitor's secret is kept", || async {
        let traces = visitor.browser.traces().await;
        (traces.session + traces.local > 0).then_some(())
    })
    .await;
    visitor.writes("now").await;
    clerk.finds("now").await;
    assert!(proxy.opened() > 0, "a socket is counted");
    assert_eq!(visitor.browser.traces().await.cookies, "");
    assert_eq!(visitor.browser.run("return watch.problems").await, json!([]));
    visitor.leaves().await;
}

/// Would catch: an element, an exception or more than one line on a page whose widget comes, and whose server is dead or mute.
async fn a_page_whose_server_is_gone_is_untouched_and_silent(engine: Engine) {
    let (server, _proxy, host, _clerk) = shop("").await;
    let browser = Browser::start(engine).await;
    for gone in [proxy::dead().await, proxy::mute().await] {
        host.embeds(Policy::None, watched(&format!("data-server=\"{gone}\"")));
        browser.goto(&format!("{}/demo/index.html", host.origin)).await;
        assert_eq!(browser.run("return Chinwag.site").await, "demo", "the loader has run");
        until("the loader has asked in vain", || async {
            let asked = format!("return watch.settled.filter((url) => url.startsWith('{gone}')).length");
            (browser.run(&asked).await.as_u64()? > 0).then_some(())
        })
        .await;
        // And has gone on from there.
        browser.run("return new Promise((done) => setTimeout(done, 0))").await;
        assert_eq!(browser.run("return document.querySelectorAll('chin-wag').length").await, 0);
        assert_eq!(browser.run("return watch.problems").await, json!([]));
        let said = browser.run("return watch.said").await;
        assert!(said.as_array().is_some_and(|said| said.len() <= 1), "{said}");
        assert_eq!(browser.traces().await, NOTHING);
    }
    // The same page with a server: so the element was missing for want of one.
    host.embeds(Policy::None, watched(&format!("data-server=\"{}\"", server.origin())));
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    browser.find("chin-wag #launcher").await;
    browser.close().await;
}

/// Would catch: a node, a global, a style, a listener, a timer, a lock or a socket left behind, and a widget that cannot come
/// back.
async fn destroy_leaves_the_page_as_found_and_start_works_again(engine: Engine) {
    let (_server, proxy, host, _clerk) = shop("data-load=\"manual\"").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    let before = visitor.browser.run("return watch.left()").await;
    visitor.browser.run("Chinwag('start')").await;
    visitor.opens_by_launcher().await;
    visitor.writes("I shall be back").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    assert!(proxy.sockets() <= 1);
    assert_ne!(visitor.browser.run("return watch.left()").await, before, "a life leaves something to see");
    // What is drawn goes in the next task.
    let destroy = "Chinwag('destroy'); return new Promise((done) => setTimeout(() => done(watch.left())))";
    assert_eq!(visitor.browser.run(destroy).await, before);
    until("the socket is closed", || async { (proxy.sockets() == 0).then_some(()) }).await;
    until("no lock is held", || async {
        let locks = "return navigator.locks.query().then((all) => all.held.length + all.pending.length)";
        (visitor.browser.run(locks).await == 0).then_some(())
    })
    .await;
    assert_eq!(visitor.browser.run("return watch.problems").await, json!([]));
    visitor.browser.run("Chinwag('start')").await;
    visitor.browser.find("chin-wag #launcher").await;
    visitor.opens_by_launcher().await;
    visitor.sees("I shall be back").await;
    visitor.leaves().await;
}

/// Would catch: two launchers, or a second copy that takes the first one's place.
async fn a_second_copy_of_the_tag_is_one_widget(engine: Engine) {
    let (_server, proxy, host, _clerk) = shop("").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.browser.find("chin-wag #launcher").await;
    let again = format!(
        "return new Promise((done) => {{ const s = document.createElement('script'); s.src = '{}/chinwag.js?again'; \
         s.dataset.site = 'demo'; s.onload = () => done(true); document.head.append(s); }})",
        proxy.origin
    );
    assert_eq!(visitor.browser.run(&again).await, true);
    visitor.opens_by_launcher().await;
    assert_eq!(visitor.browser.run("return document.querySelectorAll('chin-wag').length").await, 1);
    visitor.leaves().await;
}
