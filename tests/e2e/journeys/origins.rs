//! Several origins in the tag: what the first ones cannot do, the next one does.

use std::time::Instant;

use super::Engine;
use chinwag_e2e::{
    agent::Clerk,
    host::{Embed, Host, Policy},
    proxy,
    server::Server,
    visitor::Visitor,
};

super::in_browsers!(
    rules_and_conversation_come_from_the_first_origin_that_answers,
    an_inlined_file_does_not_wait_for_a_mute_origin_for_ever,
);

/// Would catch: a widget that waits for ever for an origin that accepts and does not answer, or that has rules from one origin
/// and looks for the rest at a dead one.
async fn rules_and_conversation_come_from_the_first_origin_that_answers(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let dead = proxy::dead().await;
    let live = server.origin();
    let attributes = format!("data-server=\"{dead} {} {live}\"", proxy::mute().await);
    let host = Host::serve_with(listener, &live, Policy::None, Embed { attributes, ..Embed::default() });
    let visitor = Visitor::arrives(engine).await;
    let start = Instant::now();
    visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
    visitor.browser.find("chin-wag #launcher").await;
    let launcher = start.elapsed();
    visitor.sees_card("Not sure which plan").await;
    let card = start.elapsed();
    visitor.opens_card().await;
    let opened = Instant::now();
    visitor.writes("is anybody there").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    println!(
        "{engine:?}: launcher after {launcher:.1?}, card after {card:.1?} (of which 8 s are the rule's), sent {:.1?} after the panel opened",
        opened.elapsed()
    );
    let conversation = clerk.finds("is anybody there").await;
    clerk.replies(&conversation, "yes").await;
    visitor.sees("yes").await;
    visitor.leaves().await;
}

/// Would catch: a page with its rules at hand whose modules are asked of an origin that never answers, and of no other.
async fn an_inlined_file_does_not_wait_for_a_mute_origin_for_ever(engine: Engine) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let live = server.origin();
    let attributes = format!("data-server=\"{} {live}\" data-engagement=\"#rules\"", proxy::mute().await);
    let rules = server.published().await;
    let host = Host::serve_with(listener, &live, Policy::None, Embed { attributes, rules, ..Embed::default() });
    let visitor = Visitor::arrives(engine).await;
    let start = Instant::now();
    visitor.browser.goto(&format!("{}/demo/pricing.html", host.origin)).await;
    visitor.browser.find("chin-wag #launcher").await;
    let launcher = start.elapsed();
    visitor.opens_by_launcher().await;
    println!("{engine:?}: launcher after {launcher:.1?}, panel after {:.1?}", start.elapsed());
    visitor.writes("from the second origin").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    visitor.leaves().await;
}
