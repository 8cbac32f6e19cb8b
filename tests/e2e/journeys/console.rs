//! The agent's day: signing in and out, pausing, closing, and what either side sees of the other.

use chinwag_e2e::{
    agent::{Agent, PASSWORD},
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(
    an_agent_signs_out_and_in_again,
    each_side_sees_the_other_write_and_a_closed_conversation_is_rated,
    who_pauses_is_away_and_who_looks_elsewhere_is_told_by_the_title,
    who_types_on_after_enter_sends_nothing_twice,
    who_answers_from_further_up_sees_the_answer,
);

async fn shop(engine: Engine) -> (Server, Host, Agent) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), Policy::Strict);
    let agent = Agent::sets_up(engine, server.setup_link.as_deref().expect("a link")).await;
    agent.browser.shows(".line", "Live").await;
    (server, host, agent)
}

async fn arrives(engine: Engine, host: &Host) -> Visitor {
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor
}

/// Would catch: a session that outlives signing out, a form that leads nowhere, and a wrong password that is let in or not told.
async fn an_agent_signs_out_and_in_again(engine: Engine) {
    let (server, _host, agent) = shop(engine).await;
    let browser = &agent.browser;
    browser.click("button[aria-label='Sign out']").await;
    browser.shows("form", "You are signed out").await;
    browser.goto(&format!("{}/console/", server.origin())).await;
    browser.type_into("input[type=email]", "mia@example.com").await;
    browser.type_into("input[type=password]", "not this one").await;
    browser.click("form button[type=submit]").await;
    browser.shows("form", "is not right").await;
    // Whatever is left in the field goes: the form may keep what was wrong.
    browser.run("document.querySelector('input[type=password]').select()").await;
    browser.type_into("input[type=password]", PASSWORD).await;
    browser.click("form button[type=submit]").await;
    browser.shows(".who", "Mia").await;
    browser.shows(".line", "Live").await;
    agent.browser.close().await;
}

/// Would catch: a sign of writing that does not come or does not go, a close that only one side sees, a rating that is lost.
async fn each_side_sees_the_other_write_and_a_closed_conversation_is_rated(engine: Engine) {
    let (_server, host, agent) = shop(engine).await;
    let visitor = arrives(engine, &host).await;
    visitor.writes("Is the fern easy to keep?").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    agent.opens("Is the fern easy to keep?").await;
    visitor.browser.type_into("chin-wag .composer textarea", "I also").await;
    agent.browser.shows(".thread .typing", "is writing").await;
    agent.browser.type_into(".composer textarea", "It likes").await;
    visitor.browser.shows("chin-wag .typing", "Mia").await;
    agent.replies(" steam").await;
    visitor.sees("It likes steam").await;
    until("nobody writes any more", || async {
        let told = visitor.browser.look("chin-wag .typing").await.is_none();
        (told && agent.browser.look(".thread .typing").await.is_none()).then_some(())
    })
    .await;

    let close = "const button = [...document.querySelectorAll('.thread .head button')].find((b) => b.innerText === 'Close'); \
                 button?.click(); return !!button";
    assert_eq!(agent.browser.run(close).await, true);
    visitor.browser.find("chin-wag .star").await;
    visitor.browser.click("chin-wag .star:nth-child(4)").await;
    visitor.browser.find("chin-wag .rate.given").await;
    agent.browser.shows(".log", "4").await;
    agent.browser.shows("#composer-hint", "This conversation is closed").await;
    agent.browser.click(".tabs a[href='#/closed']").await;
    agent.browser.shows(".list .row", "It likes steam").await;
    // Another question opens another conversation.
    visitor.browser.click("chin-wag .ended .primary").await;
    visitor.writes("And the monstera?").await;
    agent.browser.click(".tabs a[href='#/']").await;
    agent.browser.shows(".list .row", "And the monstera?").await;
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Would catch: a pause that visitors do not see, or that does not end; and an agent who looks elsewhere and is not told.
async fn who_pauses_is_away_and_who_looks_elsewhere_is_told_by_the_title(engine: Engine) {
    let (_server, host, agent) = shop(engine).await;
    let visitor = arrives(engine, &host).await;
    visitor.browser.shows("chin-wag .presence", "Someone is here").await;
    agent.browser.click("[data-intent=Paused]").await;
    visitor.browser.find("chin-wag form").await;
    agent.browser.click("[data-intent=Finishing]").await;
    visitor.browser.shows("chin-wag .presence", "Everyone is busy right now").await;
    visitor.browser.find("chin-wag .composer").await;
    agent.browser.click("[data-intent=Available]").await;
    visitor.browser.shows("chin-wag .presence", "Someone is here").await;

    assert_eq!(agent.browser.client.title().await.expect("a title"), "Chinwag");
    let console = agent.browser.window().await;
    let other = agent.browser.opens_tab().await;
    visitor.writes("Anybody there?").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    agent.browser.turns_to(&console).await;
    until("the title counts what waits", || async {
        (agent.browser.client.title().await.ok()? == "(1) Chinwag").then_some(())
    })
    .await;
    agent.opens("Anybody there?").await;
    until("the title is as it was", || async { (agent.browser.client.title().await.ok()? == "Chinwag").then_some(()) })
        .await;
    agent.browser.turns_to(&other).await;
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Would catch: a field that is emptied late, so that the first message is the beginning of the second.
async fn who_types_on_after_enter_sends_nothing_twice(engine: Engine) {
    let (server, host, agent) = shop(engine).await;
    let visitor = arrives(engine, &host).await;
    let lines = ["one two", "three four", "five six"];
    let keys = lines.map(|line| [line, "\u{e007}"].concat()).concat();
    visitor.browser.type_into("chin-wag .composer textarea", &keys).await;
    visitor.sees("five six").await;
    agent.opens("five six").await;
    agent.browser.type_into(".composer textarea", &keys).await;
    for text in lines {
        until(text, || async { (visitor.count(text).await == 2).then_some(()) }).await;
        assert_eq!(visitor.count(text).await, 2, "{text}");
    }
    // Two bytes a letter: a limit counts letters.
    let paste = "const field = document.querySelector('chin-wag').shadowRoot.querySelector('.composer textarea'); \
                 field.value = 'ж'.repeat(2100); field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }))";
    visitor.browser.run(paste).await;
    visitor.browser.type_into("chin-wag .composer textarea", "\u{e007}seven eight\u{e007}").await;
    visitor.sees("seven eight").await;
    assert_eq!(visitor.count("seven eight").await, 1);
    drop(server);
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Would catch: an agent who has looked something up, answers, and does not see whether it left.
async fn who_answers_from_further_up_sees_the_answer(engine: Engine) {
    let (_server, host, agent) = shop(engine).await;
    let visitor = arrives(engine, &host).await;
    for number in 1..=3 {
        visitor.writes(format!("{number}: {}", "I have a question. ".repeat(60)).trim_end()).await;
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    }
    visitor.writes("Well?").await;
    let browser = &agent.browser;
    agent.opens("Well?").await;
    browser.shows(".log", "Well?").await;
    browser.run("document.querySelector('.log').scrollTop = -400").await;
    browser.shows(".latest", "Newest").await;
    agent.replies("Yes, I am here").await;
    until("the answer is in view", || async {
        let bottom = browser.run("return Math.abs(document.querySelector('.log').scrollTop) < 1").await == true;
        (bottom && browser.look(".latest").await.is_none()).then_some(())
    })
    .await;
    browser.shows(".log", "Yes, I am here").await;
    visitor.leaves().await;
    agent.browser.close().await;
}
