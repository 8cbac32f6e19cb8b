//! Pages that come, go and come back.

use serde_json::json;

use super::super::Engine;
use super::{Stage, mark, rule};

super::super::in_browsers!(
    a_route_is_a_page_by_the_navigation_api,
    a_route_is_a_page_where_there_is_no_navigation_api,
    a_page_that_is_found_again_by_back_is_a_new_view_and_no_return,
    who_comes_from_another_page_of_the_site_has_no_source,
);

fn routes() -> Vec<String> {
    vec![
        mark(),
        rule("page", r#""page""#, ""),
        rule("titled", r#""page""#, r#""when": { "page.title": "Settings" },"#),
        rule(
            "came",
            r#""page""#,
            r#""when": { "visit.previousPage": "/demo/index.html", "page.path": "/demo/app/settings" },"#,
        ),
        rule("twice", r#""page""#, r#""when": { "page.views": 2 },"#),
        rule("planned", r#"{ "fact": "plan" }"#, ""),
        rule("late", r#"{ "visible": ".late" }"#, ""),
        rule("soon", r#"{ "timer": "1s" }"#, r#""where": ["/demo/app/*"],"#),
    ]
}

/// As routers do it: the address first, then the page. The last line asks twice for what is there already.
const ROUTE: &str = "document.querySelector('.buy').onclick = () => { \
    history.pushState({}, '', '/demo/app/settings'); \
    document.title = 'Settings'; Chinwag('set', { plan: 'pro' }); \
    document.querySelector('#spot').className = 'late'; \
    history.replaceState({ scrolled: 1 }, ''); };";

async fn follows_routes(stage: &Stage) {
    stage.opens("index.html").await;
    stage.hears(&["page"]).await;
    stage.run(ROUTE).await;
    stage.visitor.browser.click(".buy").await;
    stage.hears_in_any_order(&["came", "late", "page", "planned", "soon", "titled"]).await;
    stage.run("location.hash = 'a-place-on-the-page'").await;
    stage.visitor.browser.click("#spot").await;
    stage.hears(&[]).await;
    stage.run("history.go(-2)").await;
    // The title is still the one of before: this page does not care for it.
    stage.hears_in_any_order(&["late", "page", "titled", "twice"]).await;
}

/// Would catch: routes that are missed or counted twice, a title and elements of the page before, and a phantom page for
/// each state that is kept in the address.
async fn a_route_is_a_page_by_the_navigation_api(engine: Engine) {
    let stage = Stage::set(engine, &routes(), "", "").await;
    follows_routes(&stage).await;
    stage.ends().await;
}

/// The same in a browser without that interface.
async fn a_route_is_a_page_where_there_is_no_navigation_api(engine: Engine) {
    let without = "<script>Object.defineProperty(window, 'navigation', { value: undefined })</script>";
    let stage = Stage::set(engine, &routes(), "", without).await;
    follows_routes(&stage).await;
    stage.ends().await;
}

/// Would catch: a Back button that passes for leaving or for coming back from another tab, and a page out of the browser's
/// cache whose clocks and counts went on.
async fn a_page_that_is_found_again_by_back_is_a_new_view_and_no_return(engine: Engine) {
    let rules = [
        mark(),
        rule("page", r#""page""#, ""),
        rule("soon", r#"{ "timer": "1s", "clock": "visible" }"#, r#""where": ["/demo/index.html"],"#),
        rule("return", r#"{ "return": "0s" }"#, ""),
        rule("exit", r#""exit""#, ""),
        rule("once", r#"{ "custom": "once" }"#, r#""limits": { "perPage": 1 },"#),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    stage.hears(&["page", "soon"]).await;
    stage.run("Chinwag('track', 'once'); Chinwag('track', 'once')").await;
    stage.hears(&["once"]).await;
    stage.opens("pricing.html").await;
    stage.hears(&["page"]).await;
    stage.visitor.browser.client.back().await.expect("back");
    stage.hears(&["page", "soon"]).await;
    println!("{engine:?}: the page was {}", stage.run("return sessionStorage.shown").await);
    stage.run("Chinwag('track', 'once')").await;
    stage.hears(&["once"]).await;
    // And as browsers tell it of a page that they kept: in this order.
    stage
        .run(
            "const kept = (name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })); \
             const turn = (hidden) => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden }); \
               document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); }; \
             kept('pagehide'); turn(true); turn(false); kept('pageshow')",
        )
        .await;
    stage.hears(&["page", "soon"]).await;
    stage.turns(true).await;
    stage.turns(false).await;
    stage.hears(&["return", "exit"]).await;
    stage.ends().await;
}

/// Would catch: the second page of a visit, without storage, as a referral from the site itself.
async fn who_comes_from_another_page_of_the_site_has_no_source(engine: Engine) {
    let rules = [
        mark(),
        rule("direct", r#""page""#, r#""when": { "source.channel": "direct" },"#),
        rule("referral", r#""page""#, r#""when": { "source.channel": "referral" },"#),
        rule("email", r#""page""#, r#""when": { "source.channel": "email" },"#),
        rule("unknown", r#""page""#, r#""when": { "source.channel": { "$exists": false } },"#),
        rule("before", r#""page""#, r#""when": { "visit.previousPage": "/demo/index.html" },"#),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    stage.hears(&["direct"]).await;
    for (to, heard) in
        [("/demo/pricing.html", ["unknown", "before"]), ("/demo/index.html?utm_medium=email", ["email", ""])]
    {
        let link = format!(
            "const link = document.body.appendChild(document.createElement('a')); link.href = '{to}'; link.click()"
        );
        stage.run(&link).await;
        chinwag_e2e::until("the page is another one", || async {
            (stage.asks("return location.pathname + location.search").await? == json!(to)).then_some(())
        })
        .await;
        stage.listens().await;
        stage.hears(&heard.iter().copied().filter(|name| !name.is_empty()).collect::<Vec<_>>()).await;
    }
    stage.ends().await;
}
