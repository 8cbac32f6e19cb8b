//! One browser, one visitor, one conversation: whatever was opened first, and whatever the device has lost.

use std::cell::Cell;

use chinwag_e2e::{
    agent::Clerk,
    host::{Embed, Host, Policy},
    proxy::{Lets, Proxy},
    server::{SOCKETS_ONLY, Server},
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(
    tabs_that_were_open_before_the_first_message_share_the_conversation,
    all_tabs_say_the_same_of_an_outage,
    a_device_that_lost_its_storage_finds_the_conversation_again,
    what_a_browser_wrote_in_its_last_seconds_is_not_lost,
    a_tab_sends_what_another_left_in_a_conversation_begun_there,
    who_logs_out_in_one_tab_is_gone_from_all,
    a_forgotten_tab_costs_nothing_and_is_back_when_somebody_looks,
);

struct Shop {
    _server: Server,
    proxy: Proxy,
    clerk: Clerk,
    page: String,
}

async fn shop() -> Shop {
    shop_with(Policy::Strict, Embed::default()).await
}

async fn shop_with(policy: Policy, embed: Embed) -> Shop {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start_with(&[origin], SOCKETS_ONLY);
    let proxy = Proxy::start(&server.origin()).await;
    let host = Host::serve_with(listener, &proxy.origin, policy, embed);
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    Shop { _server: server, proxy, clerk, page: format!("{}/demo/index.html", host.origin) }
}

/// Would catch: a second tab that makes another visitor, whose first message then hides the conversation of the first tab
/// for ever; and a new conversation of one tab that another one does not know of.
async fn tabs_that_were_open_before_the_first_message_share_the_conversation(engine: Engine) {
    let Shop { proxy, clerk, page, .. } = &shop().await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    let first = visitor.browser.window().await;
    let second = visitor.browser.opens_tab().await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;

    visitor.browser.turns_to(&first).await;
    visitor.writes("from the first tab").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    visitor.browser.turns_to(&second).await;
    visitor.sees("from the first tab").await;
    visitor.writes("from the second tab").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    assert_eq!(proxy.sockets(), 1, "one socket for two tabs");

    let conversation = clerk.finds("from the second tab").await;
    let both = ["from the first tab", "from the second tab"];
    assert_eq!(clerk.reads(&conversation).await, both);
    visitor.browser.turns_to(&first).await;
    visitor.browser.goto(page).await;
    visitor.opens_if_closed().await;
    for text in both {
        visitor.sees(text).await;
        assert_eq!(visitor.count(text).await, 1, "{text}");
    }

    // The agent ends it, and the visitor begins anew in one tab.
    clerk.closes(&conversation).await;
    visitor.browser.click("chin-wag .ended > button").await;
    visitor.writes("something else").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    visitor.browser.turns_to(&second).await;
    visitor.sees("something else").await;
    assert_eq!(visitor.count("from the first tab").await, 0, "the old one is not mixed with the new one");
    visitor.leaves().await;
}

/// P6.7. Would catch: a second tab in which all is well, and a message that is being sent for half a minute, while the first says
/// that there is no connection.
async fn all_tabs_say_the_same_of_an_outage(engine: Engine) {
    let Shop { proxy, clerk, page, .. } = &shop().await;
    let visitor = Visitor::arrives(engine).await;
    let browser = &visitor.browser;
    browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("before").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let first = browser.window().await;
    let second = browser.opens_tab().await;
    browser.goto(page).await;
    visitor.opens_if_closed().await;
    visitor.sees("before").await;
    visitor.writes("from the second tab").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    assert_eq!(proxy.sockets(), 1, "one socket for two tabs");
    let began = std::time::Instant::now();
    proxy.lets(Lets::Nothing);
    visitor.writes("into the outage").await;
    for tab in [&second, &first] {
        browser.turns_to(tab).await;
        browser.find("chin-wag .line-text").await;
        visitor.sees("into the outage").await;
        visitor.sees_state(&["Will be sent"]).await;
    }
    // The second tab would find out by itself, when it has heard nothing for so long.
    assert!(began.elapsed() < std::time::Duration::from_secs(30), "in time");
    proxy.lets(Lets::Everything);
    for tab in [&first, &second] {
        browser.turns_to(tab).await;
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
        until("the line is gone", || async { browser.look("chin-wag .line-text").await.is_none().then_some(()) }).await;
    }
    let conversation = clerk.finds("into the outage").await;
    assert_eq!(clerk.reads(&conversation).await, ["before", "from the second tab", "into the outage"]);
    visitor.leaves().await;
}

/// P6.8. Would catch: a browser that was killed before it wrote its local storage, and whose visitor is a stranger then.
async fn a_device_that_lost_its_storage_finds_the_conversation_again(engine: Engine) {
    let Shop { clerk, page, .. } = &shop().await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("remember me").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("remember me").await;
    // Local storage reaches the disk some seconds late; what stands in IndexedDB was flushed.
    visitor.browser.run("localStorage.clear(); sessionStorage.clear()").await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.sees("remember me").await;
    visitor.writes("again").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    assert_eq!(clerk.reads(&conversation).await, ["remember me", "again"]);
    visitor.leaves().await;
}

/// P6.8. Would catch: a browser that was killed within seconds of the first message of a conversation, and that begins again
/// before it: local storage reaches the disk late, what stands in IndexedDB was flushed.
async fn what_a_browser_wrote_in_its_last_seconds_is_not_lost(engine: Engine) {
    let Shop { proxy, clerk, page, .. } = &shop().await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    proxy.lets(Lets::Nothing);
    visitor.writes("nobody heard this").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;
    visitor.browser.run("delete localStorage['chinwag:demo:begun']").await;
    proxy.lets(Lets::Everything);
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    let first = clerk.finds("nobody heard this").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;

    let keep = "window.name = JSON.stringify({ ...localStorage })";
    visitor.browser.run(keep).await;
    clerk.closes(&first).await;
    visitor.browser.click("chin-wag .ended > button").await;
    visitor.writes("in another one").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    visitor.browser.run("localStorage.clear(); Object.assign(localStorage, JSON.parse(window.name))").await;
    visitor.browser.goto(page).await;
    let second = clerk.finds("in another one").await;
    clerk.replies(&second, "in the same one").await;
    visitor.opens_if_closed().await;
    visitor.sees("in the same one").await;
    assert_eq!(visitor.count("nobody heard this").await, 0);
    assert_eq!(clerk.reads(&second).await, ["in another one", "in the same one"]);
    visitor.leaves().await;
}

/// P6.8. Would catch: tabs that go separate ways when one of them begins another conversation.
async fn a_tab_sends_what_another_left_in_a_conversation_begun_there(engine: Engine) {
    let Shop { proxy, clerk, page, .. } = &shop().await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("an old matter").await;
    let old = clerk.finds("an old matter").await;
    let first = visitor.browser.window().await;
    let second = visitor.browser.opens_tab().await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.sees("an old matter").await;
    clerk.closes(&old).await;
    visitor.browser.turns_to(&first).await;
    visitor.browser.click("chin-wag .ended > button").await;
    visitor.writes("a new matter").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    visitor.browser.turns_to(&second).await;
    visitor.sees("a new matter").await;
    until("one socket for both", || async { (proxy.sockets() == 1).then_some(()) }).await;

    visitor.browser.turns_to(&first).await;
    proxy.lets(Lets::Nothing);
    visitor.writes("left behind").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;
    visitor.browser.closes_tab().await;
    visitor.browser.turns_to(&second).await;
    proxy.lets(Lets::Everything);
    visitor.sees("left behind").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let new = clerk.finds("left behind").await;
    assert_eq!(clerk.reads(&new).await, ["a new matter", "left behind"]);
    visitor.leaves().await;
}

/// Would catch: a thread that the next person at this device finds, in another tab or on the next page.
async fn who_logs_out_in_one_tab_is_gone_from_all(engine: Engine) {
    let Shop { clerk, page, .. } = &shop().await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("private").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    clerk.finds("private").await;
    let first = visitor.browser.window().await;
    visitor.browser.opens_tab().await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.sees("private").await;
    visitor.browser.run("Chinwag('logout')").await;
    visitor.browser.turns_to(&first).await;
    until("the first tab forgets", || async { (visitor.count("private").await == 0).then_some(()) }).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("somebody else").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let other = clerk.finds("somebody else").await;
    assert_eq!(clerk.reads(&other).await, ["somebody else"]);
    assert_eq!(visitor.count("private").await, 0);
    visitor.leaves().await;
}

/// A page whose clock can be put forward, and that is told when nobody looks.
const CLOCK: &str =
    "<script>const now = performance.now.bind(performance); let later = 0; performance.now = () => now() + later;
    window.pass = (minutes) => later += minutes * 60e3;
    window.looks = (looked) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: !looked });
      document.dispatchEvent(new Event('visibilitychange'));
    };</script>";

/// P6.9. Would catch: sockets of tabs that nobody has looked at for days, and a tab that stays deaf when somebody does again.
async fn a_forgotten_tab_costs_nothing_and_is_back_when_somebody_looks(engine: Engine) {
    let embed = Embed { head: CLOCK.into(), ..Embed::default() };
    let Shop { proxy, clerk, page, .. } = &shop_with(Policy::None, embed).await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(page).await;
    visitor.opens_by_launcher().await;
    visitor.writes("I will wait").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("I will wait").await;
    visitor.browser.run("looks(false); pass(29)").await;
    clerk.replies(&conversation, "nearly half an hour later").await;
    visitor.sees("nearly half an hour later").await;
    visitor.browser.run("pass(29); looks(false)").await;
    until("it is still connected, or again", || async { (proxy.sockets() == 1).then_some(()) }).await;
    // One that was made anew after the leap, because nothing had been heard for so long, has its half hour, too.
    let quiet = Cell::new((proxy.opened(), 0));
    let opened = until("the connection is given up for good", || async {
        visitor.browser.run("pass(31); looks(false)").await;
        let (opened, looks) = (proxy.opened(), quiet.get());
        quiet.set((opened, if proxy.sockets() == 0 && opened == looks.0 { looks.1 + 1 } else { 0 }));
        (quiet.get().1 == 20).then_some(opened)
    })
    .await;

    clerk.replies(&conversation, "nobody looks").await;
    visitor.browser.run("pass(60); looks(false)").await;
    assert_eq!((proxy.sockets(), proxy.opened()), (0, opened));
    assert_eq!(visitor.count("nobody looks").await, 0);
    visitor.browser.run("looks(true)").await;
    visitor.sees("nobody looks").await;
    until("it is connected", || async { (proxy.sockets() == 1).then_some(()) }).await;
    visitor.writes("I am back").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    visitor.leaves().await;
}
