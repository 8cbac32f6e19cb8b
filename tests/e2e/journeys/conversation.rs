//! From the rule to the reply, and nothing lost on the way.

use chinwag_e2e::{
    agent::{Agent, Clerk},
    host::{Host, Policy},
    proxy::{Lets, Proxy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_every_browser!(
    a_hesitating_visitor_is_offered_help_and_gets_it,
    a_message_survives_the_death_of_the_server,
    a_message_survives_the_restore_of_an_older_backup,
    two_visitors_never_see_each_other,
    an_away_visitor_leaves_a_message_and_an_address,
);

async fn shop() -> (Server, Host) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::Strict);
    (server, host)
}

/// Would catch: a rule that does not fire on a strict page, a card that does not open the panel, a message that does not reach the
/// console, a reply that does not come back, a thread that is gone after a reload.
async fn a_hesitating_visitor_is_offered_help_and_gets_it(engine: Engine) {
    let (server, host) = shop().await;
    let agent = Agent::sets_up(engine, server.setup_link.as_deref().expect("a link")).await;
    agent.browser.find("main").await;

    let visitor = Visitor::arrives(engine).await;
    let pricing = format!("{}/demo/pricing.html", host.origin);
    visitor.browser.goto(&pricing).await;
    visitor.sees_card("Not sure which plan").await;
    visitor.opens_card().await;
    visitor.writes("My flat faces north").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;

    agent.opens("My flat faces north").await;
    agent.browser.shows("main", "pricing-help").await;
    agent.replies("Then a Zamioculcas will be happy").await;
    visitor.sees("Then a Zamioculcas will be happy").await;

    visitor.browser.goto(&pricing).await;
    visitor.opens_if_closed().await;
    visitor.sees("My flat faces north").await;
    visitor.sees("Then a Zamioculcas will be happy").await;
    assert_eq!(visitor.count("My flat faces north").await, 1);
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Would catch: a message acked before it was stored, sent twice because its ack was lost, or left behind on the device.
async fn a_message_survives_the_death_of_the_server(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let mut server = Server::start(&[origin]);
    let proxy = Proxy::start(&server.origin()).await;
    let host = Host::serve(listener, &proxy.origin, Policy::Strict);
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.writes("before the crash").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    let conversation = clerk.finds("before the crash").await;

    // It has been stored, and dies before the visitor hears of it.
    proxy.lets(Lets::OnlyUp);
    visitor.writes("stored, not acked").await;
    clerk.finds("stored, not acked").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;
    server.kill();
    visitor.writes("during the crash").await;
    visitor.sees_state(&["Sending", "Will be sent"]).await;
    proxy.lets(Lets::Everything);
    server.boot();

    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    clerk.finds("during the crash").await;
    let texts = ["before the crash", "stored, not acked", "during the crash"];
    assert_eq!(clerk.reads(&conversation).await, texts);
    for text in texts {
        assert_eq!(visitor.count(text).await, 1, "{text}");
    }

    // Written while the server is gone, and the page closed: the next page sends it.
    server.kill();
    visitor.writes("written in the dark").await;
    visitor.browser.goto(&format!("{}/demo/product.html", host.origin)).await;
    server.boot();
    visitor.browser.goto(&format!("{}/demo/product.html", host.origin)).await;
    clerk.finds("written in the dark").await;
    let stored = clerk.reads(&conversation).await;
    assert_eq!(stored, [&texts[..], &["written in the dark"]].concat());
    visitor.leaves().await;
}

/// Would catch: what was shown as sent, and vanishes without a word because the server was put back to before it.
async fn a_message_survives_the_restore_of_an_older_backup(engine: Engine) {
    let (mut server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.writes("before the backup").await;
    let conversation = clerk.finds("before the backup").await;
    let backup = server.backs_up();
    visitor.writes("after the backup").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    clerk.finds("after the backup").await;

    server.kill();
    server.restores(&backup);
    server.boot();
    let texts = ["before the backup", "after the backup"];
    let clerk = Clerk::signs_in(&server).await;
    until("it came again", || async { (clerk.reads(&conversation).await == texts).then_some(()) }).await;
    visitor.sees("after the backup").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    for text in texts {
        assert_eq!(visitor.count(text).await, 1, "{text}");
    }
    visitor.writes("and on").await;
    clerk.finds("and on").await;
    assert_eq!(clerk.reads(&conversation).await, [&texts[..], &["and on"]].concat());
    visitor.leaves().await;
}

/// P2.1, P2.4. Would catch: a conversation found by anything but its own visitor's secret.
async fn two_visitors_never_see_each_other(engine: Engine) {
    let (server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let (ada, bo) = (Visitor::arrives(engine).await, Visitor::arrives(engine).await);
    for (visitor, text) in [(&ada, "I am Ada"), (&bo, "I am Bo")] {
        visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
        visitor.opens_by_launcher().await;
        visitor.writes(text).await;
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    }
    let (adas, bos) = (clerk.finds("I am Ada").await, clerk.finds("I am Bo").await);
    assert_ne!(adas, bos);
    clerk.replies(&adas, "Hello Ada").await;
    clerk.replies(&bos, "Hello Bo").await;
    ada.sees("Hello Ada").await;
    bo.sees("Hello Bo").await;
    for (visitor, foreign) in [(&ada, "Bo"), (&bo, "Ada")] {
        let text = visitor.browser.text("chin-wag .thread").await;
        assert!(!text.contains(foreign), "{text}");
    }
    ada.leaves().await;
    bo.leaves().await;
}

/// Would catch: an away form that loses the address or the message, or that pretends somebody is there.
async fn an_away_visitor_leaves_a_message_and_an_address(engine: Engine) {
    let (server, host) = shop().await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("paused").await;
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.browser.type_into("chin-wag input[type=email]", "ada@example.com").await;
    visitor.browser.type_into("chin-wag textarea", "Do you deliver to Hove?").await;
    visitor.browser.click("chin-wag form button[type=submit]").await;
    visitor.sees("Do you deliver to Hove?").await;
    let inbox = until("the message is in the inbox with the address", || async {
        clerk.inbox().await.into_iter().find(|item| item["preview"] == "Do you deliver to Hove?")
    })
    .await;
    assert_eq!(inbox["visitor"], "ada@example.com");
    visitor.leaves().await;
}
