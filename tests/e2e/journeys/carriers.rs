//! Whatever carries the frames, the conversation goes on.

use chinwag_e2e::{
    agent::Clerk,
    host::{Host, Policy},
    proxy::{Lets, Proxy},
    server::{SOCKETS_ONLY, Server},
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_every_browser!(
    a_conversation_goes_on_where_sockets_are_refused,
    what_was_written_offline_arrives_once_and_in_order,
    two_tabs_share_one_socket_and_one_outlives_the_other,
    a_planned_restart_loses_nothing_and_needs_no_reload,
);

/// A shop whose visitors reach the server through a proxy, and somebody who answers.
async fn shop(settings: &str) -> (Server, Proxy, Host, Clerk) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start_with(&[origin], settings);
    let proxy = Proxy::start(&server.origin()).await;
    let host = Host::serve(listener, &proxy.origin, Policy::Strict);
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    (server, proxy, host, clerk)
}

/// A visitor whose first message was sent, and the conversation at the other side.
async fn begun(engine: Engine, host: &Host, clerk: &Clerk, text: &str) -> (Visitor, String) {
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.writes(text).await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds(text).await;
    (visitor, conversation)
}

/// P6.6. Would catch: a widget that is mute behind a proxy without WebSockets, or one that never comes back to them.
async fn a_conversation_goes_on_where_sockets_are_refused(engine: Engine) {
    let (_server, proxy, host, clerk) = shop("").await;
    proxy.lets(Lets::NoSockets);
    let (visitor, conversation) = begun(engine, &host, &clerk, "can you hear me").await;
    clerk.replies(&conversation, "loud and clear").await;
    visitor.sees("loud and clear").await;
    visitor.writes("good").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    assert_eq!(proxy.sockets(), 0, "the fault was there");
    // One page in a hundred has a long poll by design; the next one tries.
    until("a socket was tried first", || async {
        if proxy.refused() == 0 {
            visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
            visitor.opens_if_closed().await;
            visitor.sees("good").await;
        }
        (proxy.refused() > 0).then_some(())
    })
    .await;
    assert_eq!(clerk.reads(&conversation).await, ["can you hear me", "loud and clear", "good"]);
    visitor.leaves().await;
}

/// P6.8. Would catch: messages of an outage that are lost, doubled, or out of order.
async fn what_was_written_offline_arrives_once_and_in_order(engine: Engine) {
    let (_server, proxy, host, clerk) = shop("").await;
    let (visitor, conversation) = begun(engine, &host, &clerk, "before").await;
    proxy.lets(Lets::Nothing);
    for text in ["one", "two", "three"] {
        visitor.writes(text).await;
    }
    visitor.sees_state(&["Will be sent", "Sending"]).await;
    clerk.replies(&conversation, "are you there").await;
    proxy.lets(Lets::Everything);
    visitor.sees("are you there").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let texts = clerk.reads(&conversation).await;
    assert_eq!(texts, ["before", "are you there", "one", "two", "three"]);
    for text in texts {
        assert_eq!(visitor.count(&text).await, 1, "{text}");
    }
    visitor.leaves().await;
}

/// P6.7. Would catch: a socket for each tab, a tab that does not hear, or one that goes mute with the tab that led.
async fn two_tabs_share_one_socket_and_one_outlives_the_other(engine: Engine) {
    let (_server, proxy, host, clerk) = shop(SOCKETS_ONLY).await;
    let page = format!("{}/demo/index.html", host.origin);
    let (visitor, conversation) = begun(engine, &host, &clerk, "from the first tab").await;
    let first = visitor.browser.window().await;

    let second = visitor.browser.opens_tab().await;
    visitor.browser.goto(&page).await;
    visitor.opens_by_launcher().await;
    visitor.sees("from the first tab").await;
    visitor.writes("from the second tab").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    clerk.replies(&conversation, "hello, both").await;
    visitor.sees("hello, both").await;
    assert_eq!(proxy.sockets(), 1, "one socket for two tabs");

    visitor.browser.turns_to(&first).await;
    visitor.sees("from the second tab").await;
    visitor.sees("hello, both").await;
    visitor.browser.closes_tab().await;
    visitor.browser.turns_to(&second).await;
    visitor.writes("the other one is gone").await;
    clerk.finds("the other one is gone").await;
    until("the tab that is left has the socket", || async { (proxy.sockets() == 1).then_some(()) }).await;
    clerk.replies(&conversation, "still here").await;
    visitor.sees("still here").await;
    for text in ["from the first tab", "from the second tab", "hello, both", "the other one is gone", "still here"] {
        assert_eq!(visitor.count(text).await, 1, "{text}");
    }
    visitor.leaves().await;
}

/// P6.5. Would catch: a stop that cuts a sentence in two, or a page that has to be reloaded after it.
async fn a_planned_restart_loses_nothing_and_needs_no_reload(engine: Engine) {
    let (mut server, _proxy, host, clerk) = shop("").await;
    let (visitor, conversation) = begun(engine, &host, &clerk, "before").await;
    let mut leaving = server.stop();
    visitor.writes("while it leaves").await;
    let ended = tokio::task::spawn_blocking(move || leaving.wait()).await.expect("it was waited for");
    assert!(ended.is_ok_and(|status| status.success()), "it ends by itself");
    visitor.writes("while it is gone").await;
    server.boot();
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    clerk.replies(&conversation, "back again").await;
    visitor.sees("back again").await;
    let texts = clerk.reads(&conversation).await;
    assert_eq!(texts, ["before", "while it leaves", "while it is gone", "back again"]);
    for text in texts {
        assert_eq!(visitor.count(&text).await, 1, "{text}");
    }
    visitor.leaves().await;
}
