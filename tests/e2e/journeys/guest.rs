//! Manners: what the widget leaves alone.

use chinwag_e2e::{
    browser::{Browser, Traces},
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(
    nothing_is_kept_or_connected_before_the_visitor_acts,
    a_page_whose_server_is_gone_is_untouched_and_silent,
    destroy_leaves_the_page_as_found_and_start_works_again,
    a_second_copy_of_the_tag_is_one_widget,
);

const NOTHING: Traces = Traces { cookies: String::new(), local: 0, session: 0, databases: 0 };

/// Would catch: a cookie, a storage write, a socket or a `POST` on a page where the visitor did nothing but look.
async fn nothing_is_kept_or_connected_before_the_visitor_acts(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::None);
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
    // The rule fired and the card is painted: scout and interface are both there.
    visitor.sees_card("Not sure which plan").await;
    assert_eq!(visitor.browser.traces().await, NOTHING);
    let asked = visitor
        .browser
        .run(
            "return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => /socket|frames|connect$/.test(n))",
        )
        .await;
    assert_eq!(asked, serde_json::json!([]), "a connection before the visitor acted");
    // The same page after an answer: now it may, and does.
    visitor.opens_card().await;
    until("the visitor's secret is kept", || async {
        let traces = visitor.browser.traces().await;
        (traces.session + traces.local > 0).then_some(())
    })
    .await;
    assert_eq!(visitor.browser.traces().await.cookies, "");
    visitor.leaves().await;
}

/// Would catch: an element, an error or a thrown exception on a page whose widget server does not answer.
async fn a_page_whose_server_is_gone_is_untouched_and_silent(engine: Engine) {
    let (listener, _) = Host::reserve().await;
    // A port that was ours a moment ago: nobody listens there.
    let (gone, nowhere) = Host::reserve().await;
    drop(gone);
    let host = Host::serve(listener, &nowhere, Policy::None);
    let browser = Browser::start(engine).await;
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    browser.run("window.problems = []; addEventListener('error', (e) => problems.push(e.message)); addEventListener('unhandledrejection', (e) => problems.push(String(e.reason)))").await;
    until("the page is complete", || async {
        (browser.run("return document.readyState").await == "complete").then_some(())
    })
    .await;
    browser.find("h1").await;
    assert_eq!(browser.run("return document.querySelectorAll('chin-wag').length").await, 0);
    assert_eq!(browser.run("return problems").await, serde_json::json!([]));
    assert_eq!(browser.traces().await, NOTHING);
    browser.close().await;
}

/// Would catch: a node, a global style or a listener left behind, and a widget that cannot come back.
async fn destroy_leaves_the_page_as_found_and_start_works_again(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::None);
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.browser.run("Chinwag('destroy')").await;
    assert_eq!(visitor.browser.run("return document.querySelectorAll('chin-wag').length").await, 0);
    assert_eq!(visitor.browser.run("return document.adoptedStyleSheets.length").await, 0);
    visitor.browser.run("Chinwag('start')").await;
    visitor.opens_by_launcher().await;
    visitor.leaves().await;
}

/// Would catch: two launchers, or a second copy that takes the first one's place.
async fn a_second_copy_of_the_tag_is_one_widget(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::None);
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.browser.find("chin-wag #launcher").await;
    let again = format!(
        "return new Promise((done) => {{ const s = document.createElement('script'); s.src = '{}/chinwag.js?again'; \
         s.dataset.site = 'demo'; s.onload = () => done(true); document.head.append(s); }})",
        server.origin()
    );
    assert_eq!(visitor.browser.run(&again).await, true);
    visitor.opens_by_launcher().await;
    assert_eq!(visitor.browser.run("return document.querySelectorAll('chin-wag').length").await, 1);
    visitor.leaves().await;
}
