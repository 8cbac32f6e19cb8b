//! Time, other tabs, agents, the conversation, and visitors who are none.

use chinwag_e2e::agent::Clerk;

use super::super::Engine;
use super::{Stage, mark, rule};

super::super::in_browsers!(
    three_clocks_and_idleness,
    a_hidden_tab_is_told_nothing_and_its_return_once,
    what_is_known_of_agents_is_forgotten_and_the_rules_are_told,
    the_conversation_has_a_state_from_the_beginning,
    who_waits_for_an_answer_is_noticed_and_who_talked_is_remembered,
    robots_and_pages_that_nobody_sees_yet_fire_nothing,
);

/// A page whose clock and timers run as many times as fast from `hurry(times)` on.
pub(super) const HASTY: &str = "<script>{ const now = performance.now.bind(performance), wait = setTimeout, gone = new Set(); \
    let base = 0, from = 0, times = 1, last = 1e6; \
    performance.now = () => base + (now() - from) * times; \
    window.hurry = (by) => { base = performance.now(); from = now(); times = by; }; \
    window.setTimeout = (act, ms = 0, ...given) => { const id = ++last, due = performance.now() + ms; \
      const look = () => gone.has(id) || (performance.now() >= due ? act(...given) : wait(look, 10)); \
      wait(look, Math.min(ms, 10)); return id; }; \
    window.clearTimeout = (id) => gone.add(id); }</script>";

/// Would catch: a clock that counts what it should not, and a sleep that is not noticed.
async fn three_clocks_and_idleness(engine: Engine) {
    let timer = |clock: &str| format!(r#"{{ "timer": "60s", "clock": "{clock}" }}"#);
    let rules = [
        mark(),
        rule("wall", &timer("wall"), ""),
        rule("visible", &timer("visible"), ""),
        rule("active", &timer("active"), ""),
        rule("idle", r#"{ "idle": "45s" }"#, ""),
    ];
    let stage = Stage::set(engine, &rules, "", HASTY).await;
    stage.opens("index.html").await;
    stage.run("hurry(20)").await;
    // Nobody does anything: after half a minute that is not active any more.
    stage.hears(&["idle", "wall", "visible"]).await;
    stage.visitor.browser.click("#apart").await;
    chinwag_e2e::until("half a minute more", || async { (!stage.heard().await.is_empty()).then_some(()) }).await;
    assert_eq!(stage.heard().await[0], "active");
    stage.ends().await;

    // A page that is hidden at once.
    let stage = Stage::set(engine, &rules[..3], "", HASTY).await;
    stage.opens("index.html").await;
    stage.turns(true).await;
    stage.run("hurry(20)").await;
    stage.hears(&["wall"]).await;
    stage.turns(false).await;
    stage.hears(&["visible"]).await;
    stage.ends().await;
}

/// Would catch: cards that nobody sees, a return after a moment, and one that is heard twice.
async fn a_hidden_tab_is_told_nothing_and_its_return_once(engine: Engine) {
    let rules = [
        mark(),
        rule("back", r#"{ "return": "10s" }"#, ""),
        rule("tab", r#"[{ "exit": "tab-return" }, { "return": "10s" }]"#, ""),
        r#"{ "id": "card", "on": { "custom": "show" }, "do": { "teaser": "Here I am" } }"#.into(),
    ];
    let stage = Stage::set(engine, &rules, "", HASTY).await;
    stage.opens("index.html").await;
    stage.turns(true).await;
    stage.run("Chinwag('track', 'show')").await;
    assert_eq!(stage.reason("card").await, "hidden");
    stage.run("hurry(20)").await;
    let away = stage.run("return performance.now()").await.as_f64().expect("a time");
    chinwag_e2e::until("ten seconds are over", || async {
        (stage.run("return performance.now()").await.as_f64()? > away + 10_000.0).then_some(())
    })
    .await;
    stage.turns(false).await;
    stage.hears(&["back", "tab"]).await;
    stage.run("Chinwag('track', 'show')").await;
    stage.visitor.browser.shows("chin-wag #interface", "Here I am").await;
    stage.ends().await;
}

/// Would catch: a team that is never available, an answer from this morning that still counts, and rules that sleep through it.
async fn what_is_known_of_agents_is_forgotten_and_the_rules_are_told(engine: Engine) {
    let agents = |more: &str| format!(r#""agents": {{ {more} "need": "available", "ifUnknown": "hide" }},"#);
    let rules = [
        mark(),
        rule("agents", r#""agents""#, ""),
        rule("free", r#"{ "custom": "ask" }"#, &agents("")),
        rule("sales", r#"{ "custom": "ask" }"#, &agents(r#""team": "sales","#)),
        rule("lost", "\"agents\"", r#""when": { "agents.status": { "$exists": false } },"#),
    ];
    let stage = Stage::set(engine, &rules, "data-load=\"manual\"", HASTY).await;
    let clerk = Clerk::sets_up(&stage.server).await;
    clerk.intends("available").await;
    stage.visitor.browser.goto(&format!("{}/demo/index.html", stage.host.origin)).await;
    stage.run("Chinwag('start')").await;
    stage.listens().await;
    chinwag_e2e::until("the availability is known", || async { (!stage.heard().await.is_empty()).then_some(()) }).await;
    stage.run("Chinwag('track', 'ask')").await;
    stage.hears(&["agents", "free", "sales"]).await;
    // Five minutes, that is three seconds.
    stage.run("hurry(100)").await;
    stage.hears(&["agents", "lost"]).await;
    stage.run("Chinwag('track', 'ask')").await;
    assert_eq!(stage.reason("sales").await, "agents-unknown");
    stage.hears(&[]).await;
    stage.ends().await;
}

/// Would catch: rules about people who never talked that hold for nobody until the panel was opened.
async fn the_conversation_has_a_state_from_the_beginning(engine: Engine) {
    let state = |state: &str| format!(r#""when": {{ "chat.state": "{state}" }},"#);
    let rules = [
        mark(),
        rule("none", r#"{ "custom": "ask" }"#, &state("none")),
        rule("open", r#"{ "custom": "ask" }"#, &state("open")),
        rule("minimised", r#"{ "custom": "ask" }"#, &state("minimised")),
        rule("opened", r#"{ "conversation": "opened" }"#, ""),
        rule("changed", r#"{ "fact": "chat.state" }"#, ""),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    let ask = "Chinwag('track', 'ask')";
    stage.opens("index.html").await;
    stage.run(ask).await;
    stage.hears(&["none"]).await;
    stage.visitor.opens_by_launcher().await;
    stage.hears_in_any_order(&["changed", "opened"]).await;
    stage.run(ask).await;
    stage.hears(&["open"]).await;
    stage.visitor.browser.click("chin-wag #launcher").await;
    stage.hears(&["changed"]).await;
    stage.run(ask).await;
    stage.hears(&["minimised"]).await;
    // Whoever is the next person here never talked.
    stage.visitor.opens_by_launcher().await;
    stage.hears_in_any_order(&["changed", "opened"]).await;
    stage.run("Chinwag('logout')").await;
    stage.hears(&["changed", "changed"]).await;
    stage.run(ask).await;
    stage.hears(&["none"]).await;
    stage.ends().await;
}

/// Would catch: a visitor who waits in vain, one who is told so after the answer, and one who is a stranger on the next page.
async fn who_waits_for_an_answer_is_noticed_and_who_talked_is_remembered(engine: Engine) {
    let rules = [
        mark(),
        rule("alone", r#"{ "no-reply": "60s" }"#, ""),
        rule("stranger", r#""page""#, r#""when": { "chat.hoursSinceLast": { "$exists": false } },"#),
        rule("lately", r#""page""#, r#""when": { "chat.hoursSinceLast": { "$lt": 1 } },"#),
        rule(
            "answered",
            r#"{ "conversation": "received" }"#,
            r#""when": { "chat.secondsWaiting": { "$exists": false } },"#,
        ),
    ];
    let stage = Stage::set(engine, &rules, r#"data-consent="granted""#, HASTY).await;
    let clerk = Clerk::sets_up(&stage.server).await;
    clerk.intends("available").await;
    stage.opens("index.html").await;
    stage.hears(&["stranger"]).await;
    stage.visitor.opens_by_launcher().await;
    stage.visitor.writes("Is anybody there?").await;
    let conversation = clerk.finds("Is anybody there?").await;
    stage.run("hurry(50)").await;
    stage.hears(&["alone"]).await;
    stage.run("hurry(1)").await;
    clerk.replies(&conversation, "I am").await;
    stage.visitor.sees("I am").await;
    stage.hears(&["answered"]).await;
    stage.run("hurry(100)").await;
    let then = stage.run("return performance.now()").await.as_f64().expect("a time");
    chinwag_e2e::until("two minutes are over", || async {
        (stage.run("return performance.now()").await.as_f64()? > then + 120_000.0).then_some(())
    })
    .await;
    stage.hears(&[]).await;
    stage.opens("pricing.html").await;
    stage.hears(&["lately"]).await;
    stage.ends().await;
}

/// Would catch: rules that run for a robot, or before anybody sees the page.
async fn robots_and_pages_that_nobody_sees_yet_fire_nothing(engine: Engine) {
    let rules = [mark(), rule("page", r#""page""#, "")];
    let stage = Stage::set(engine, &rules, "data-load=\"manual\"", "").await;
    stage.visitor.browser.goto(&format!("{}/demo/index.html", stage.host.origin)).await;
    stage.run("document.querySelector('[data-site]').removeAttribute('data-bots'); Chinwag('start')").await;
    chinwag_e2e::until("the rules are read", || async {
        stage.run("return !!Chinwag('explain').rules").await.as_bool()?.then_some(())
    })
    .await;
    stage.run("Chinwag('track', 'mark')").await;
    assert_eq!(stage.heard().await, Vec::<String>::new());
    assert_eq!(stage.run("return Chinwag('explain', 'page').rules[0].now").await, "bot");
    stage.ends().await;

    // A page that is prepared in advance, and then looked at.
    let prepared = "<script>let prepared = true; Object.defineProperty(document, 'prerendering', { configurable: true, get: () => prepared }); \
        window.looked_at = () => { prepared = false; document.dispatchEvent(new Event('prerenderingchange')); };</script>";
    let stage = Stage::set(engine, &rules, "", prepared).await;
    stage.visitor.browser.goto(&format!("{}/demo/index.html", stage.host.origin)).await;
    chinwag_e2e::until("the loader is there", || async {
        stage.run("return !!window.Chinwag").await.as_bool()?.then_some(())
    })
    .await;
    assert_eq!(
        stage.run("return [document.querySelector('chin-wag'), sessionStorage.heard]").await,
        serde_json::json!([null, ""])
    );
    stage.run("looked_at()").await;
    stage.listens().await;
    stage.hears(&["page"]).await;
    stage.ends().await;
}
