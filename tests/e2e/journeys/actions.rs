//! What rules do besides showing a card, and what the agent is told of it.

use chinwag_e2e::{
    agent::{Agent, Clerk},
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(a_rule_writes_first_suggests_and_tells_the_agent, what_is_read_in_one_tab_waits_in_no_other);

const RULES: &str = r#"{
  "version": 1, "revision": 2, "name": "Parcels",
  "rules": [
    { "id": "notes", "on": [{ "timer": "0s" }],
      "do": [{ "tag": "vip" }, { "route": { "team": "sales" } }, { "suggest": ["Where is my parcel?", "I want to return it"] }] },
    { "id": "parcel", "on": [{ "timer": "1s" }], "do": [{ "message": { "text": "Shall I look for your parcel?" } }] }
  ]
}"#;

async fn shop(rules: Option<&str>) -> (Server, Host) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    if let Some(rules) = rules {
        server.publishes(rules).await;
    }
    let host = Host::serve(listener, &server.origin(), Policy::Strict);
    (server, host)
}

/// Would catch: a rule that passes for a person, a suggestion that is not sent, notes that do not reach the agent.
async fn a_rule_writes_first_suggests_and_tells_the_agent(engine: Engine) {
    let (server, host) = shop(Some(RULES)).await;
    let agent = Agent::sets_up(engine, server.setup_link.as_deref().expect("a link")).await;
    agent.browser.find("main").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.sees_card("Shall I look for your parcel?").await;
    visitor.sees_card("Automated").await;
    assert!(visitor.browser.traces().await.local == 0, "nothing is kept before the visitor acts");
    visitor.opens_card().await;
    visitor.sees("Shall I look for your parcel?").await;
    visitor.sees("Automated").await;
    visitor.browser.click("chin-wag .panel > .choices button").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    assert_eq!(visitor.count("Where is my parcel?").await, 1);
    until("the suggestions are gone", || async {
        visitor.browser.look("chin-wag .panel > .choices button").await.is_none().then_some(())
    })
    .await;

    agent.opens("Where is my parcel?").await;
    for told in ["vip", "sales", "notes"] {
        agent.browser.shows(".details", told).await;
    }
    agent.browser.click(".details .chip").await;
    agent.browser.shows(".narrowed", "sales").await;
    agent.browser.shows(".list .row", "Where is my parcel?").await;
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Would catch: a badge that stays after the visitor read, one tab further.
async fn what_is_read_in_one_tab_waits_in_no_other(engine: Engine) {
    let (server, host) = shop(None).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    let page = format!("{}/demo/index.html", host.origin);
    visitor.browser.goto(&page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("a question").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("a question").await;
    visitor.browser.click("chin-wag #launcher").await;
    let title = visitor.browser.run("return document.title").await;
    let first = visitor.browser.window().await;
    visitor.browser.opens_tab().await;
    visitor.browser.goto(&page).await;
    visitor.browser.find("chin-wag #launcher").await;
    clerk.replies(&conversation, "an answer").await;
    visitor.sees_card("an answer").await;
    visitor.browser.shows("chin-wag #badge", "1").await;
    let second = visitor.browser.window().await;
    visitor.browser.turns_to(&first).await;
    visitor.browser.shows("chin-wag #badge", "1").await;

    visitor.browser.turns_to(&second).await;
    visitor.opens_card().await;
    visitor.sees("an answer").await;
    visitor.browser.turns_to(&first).await;
    until("the first tab counts nothing and shows no card", || async {
        let badge = visitor.browser.look("chin-wag #badge").await;
        (badge.is_none() && visitor.browser.look("chin-wag .card").await.is_none()).then_some(())
    })
    .await;
    assert_eq!(visitor.browser.run("return document.title").await, title, "as it was");
    visitor.leaves().await;
}
