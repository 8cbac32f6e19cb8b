//! What people do with a page.

use fantoccini::actions::{
    Actions, InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, WheelAction, WheelActions,
};

use super::super::Engine;
use super::{Stage, mark, rule};

super::super::in_browsers!(
    a_click_is_one_signal_and_three_are_anger,
    a_form_is_begun_refused_sent_and_left,
    only_who_scrolls_has_seen_more,
    nobody_listens_to_what_no_rule_asks_for,
    whoever_leaves_through_the_top_is_heard_once,
    the_site_tells_and_facts_change,
);

impl Stage {
    async fn clicks(&self, selector: &str) {
        self.visitor.browser.click(selector).await;
    }

    /// Quick clicks on one spot, by one hand.
    async fn clicks_angrily(&self, selector: &str) {
        let element = self.visitor.browser.find(selector).await;
        let mut hand = MouseActions::new("hand".into()).then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        });
        for _ in 0..3 {
            hand = hand
                .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
                .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        }
        self.visitor.browser.client.perform_actions(hand).await.expect("the clicks");
    }

    async fn scrolls(&self, by: i64) {
        let wheel = WheelActions::new("wheel".into()).then(WheelAction::Scroll {
            duration: None,
            x: 600,
            y: 400,
            delta_x: 0,
            delta_y: by,
        });
        self.visitor.browser.client.perform_actions(Actions::from(wheel)).await.expect("the wheel turns");
    }
}

/// Would catch: a click that counts once for each rule, selector or element; and quick work that passes for anger.
async fn a_click_is_one_signal_and_three_are_anger(engine: Engine) {
    let rules = [
        mark(),
        rule("buy", r#"{ "click": ".buy" }"#, ""),
        rule("section", r##"{ "click": "#things" }"##, r#""where": ["/demo/index.html"],"#),
        rule("again", r#"[{ "click": ".buy" }, { "click": "button" }]"#, ""),
        rule("other", r##"{ "click": "#send" }"##, ""),
        rule("rage", r#""rage""#, ""),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    stage.clicks(".buy").await;
    stage.hears(&["buy", "section", "again"]).await;
    stage.clicks(".buy").await;
    stage.hears(&["buy", "section", "again"]).await;
    stage.clicks("#apart").await;
    stage.hears(&[]).await;
    stage.clicks_angrily("#spot").await;
    stage.hears(&["section", "section", "section", "rage"]).await;
    stage.ends().await;
}

/// Would catch: a form that is given up by whoever clicks beside it or looks at another window, that is refused once for each
/// field, or that is told of twice to rules with and without its name.
async fn a_form_is_begun_refused_sent_and_left(engine: Engine) {
    let on = |phase: &str, target: &str| format!(r#"{{ "form": "{phase}", "target": "{target}" }}"#);
    let rules = [
        mark(),
        rule("begun", &on("start", "#order"), ""),
        rule("any", r#"{ "form": "start" }"#, ""),
        rule("refused", &on("error", "#order"), ""),
        rule("sent", &on("submit", "form"), ""),
        rule("left", &on("abandon", "#order"), ""),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    stage.visitor.browser.type_into("#mail", "ada").await;
    stage.hears(&["begun", "any"]).await;
    stage.clicks("#name").await;
    stage.clicks("#apart").await;
    stage.run("document.querySelector('#mail').focus()").await;
    stage.run("document.querySelector('#mail').dispatchEvent(new FocusEvent('focusout', { bubbles: true }))").await;
    stage.hears(&[]).await;
    stage.clicks("#outside").await;
    stage.hears(&["left"]).await;
    stage.clicks("#mail").await;
    stage.clicks("#send").await;
    stage.hears(&["begun", "any", "refused"]).await;
    stage.visitor.browser.type_into("#mail", "@example.com").await;
    stage.visitor.browser.type_into("#name", "Ada").await;
    stage.clicks("#send").await;
    stage.hears(&["sent"]).await;
    stage.clicks("#mail").await;
    stage.hears(&["begun", "any"]).await;
    stage.opens("pricing.html").await;
    stage.hears(&["left"]).await;
    stage.clicks("#mail").await;
    stage.turns(true).await;
    stage.hears(&["begun", "any", "left"]).await;
    stage.ends().await;
}

/// Would catch: a short page that is seen to its end by a click, and elements far below that are seen from above.
async fn only_who_scrolls_has_seen_more(engine: Engine) {
    let rules = [
        mark(),
        rule("half", r#"{ "scroll": 50 }"#, ""),
        rule("end", r#"{ "scroll": 80 }"#, ""),
        rule("deep", r#"{ "custom": "deep" }"#, r#""when": { "page.scroll": { "$gte": 50 } },"#),
        rule("idle", r#"{ "idle": "10m" }"#, ""),
        rule("far", r#"{ "visible": ".far" }"#, ""),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    let others = "for (const other of [...document.body.children, document.querySelector('#room')]) \
        if (other.id !== 'things') other.style.display = ";
    stage
        .run(&format!("{others} 'none'; for (const far of document.querySelectorAll('.far')) far.hidden = true"))
        .await;
    assert_eq!(stage.run("return document.documentElement.scrollHeight <= innerHeight").await, true);
    stage.clicks(".buy").await;
    stage.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))").await;
    stage.hears(&[]).await;
    stage.run(&format!("{others} ''; for (const far of document.querySelectorAll('.far')) far.hidden = false")).await;
    stage.clicks(".buy").await;
    stage.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))").await;
    stage.hears(&[]).await;
    stage.scrolls(100_000).await;
    stage.hears_in_any_order(&["end", "half"]).await;
    stage.run("document.querySelector('.far').scrollIntoView({ block: 'center' })").await;
    stage.hears(&["far"]).await;
    stage.scrolls(-100_000).await;
    stage.run("Chinwag('track', 'deep')").await;
    stage.hears(&["deep"]).await;
    stage.ends().await;
}

/// Would catch: pages that pay for scrolling, for every move of the pointer or for every click although no rule asks.
async fn nobody_listens_to_what_no_rule_asks_for(engine: Engine) {
    let count = "<script>window.listened = {}; const add = EventTarget.prototype.addEventListener; \
        EventTarget.prototype.addEventListener = function (name, ...rest) { \
          listened[name] = (listened[name] ?? 0) + 1; return add.call(this, name, ...rest); }; \
        window.frames_asked = 0; const frame = requestAnimationFrame; \
        window.requestAnimationFrame = (act) => (frames_asked++, frame(act));</script>";
    let rules = [mark(), rule("page", r#"[{ "timer": "1h" }, "page"]"#, "")];
    let stage = Stage::set(engine, &rules, "", count).await;
    stage.opens("index.html").await;
    let names = ["scroll", "pointermove", "click", "focusin", "submit", "mouseleave"];
    let listened = stage.run("return listened").await;
    // The loader's own, to look for a newer file while somebody uses the page; and the page's.
    let quiet: Vec<u64> = names.iter().map(|name| listened[name].as_u64().unwrap_or(0)).collect();
    assert_eq!((quiet[0], quiet[1], quiet[5]), (1, 0, 0), "{listened}");
    stage.scrolls(600).await;
    chinwag_e2e::until("the page has moved", || async {
        stage.run("return scrollY > 0").await.as_bool()?.then_some(())
    })
    .await;
    assert_eq!(stage.run("return frames_asked").await, 0);
    stage.ends().await;

    let rules = [
        mark(),
        rule("scroll", r#"{ "scroll": 90 }"#, ""),
        rule("idle", r#"{ "idle": "1h" }"#, ""),
        rule("exit", r#""exit""#, ""),
        rule("form", r#"{ "form": "start" }"#, ""),
        rule("click", r#"{ "click": "a" }"#, ""),
    ];
    let stage = Stage::set(engine, &rules, "", count).await;
    stage.opens("index.html").await;
    let listened = stage.run("return listened").await;
    let busy: Vec<u64> = names.iter().map(|name| listened[name].as_u64().unwrap_or(0)).collect();
    let more: Vec<bool> = busy.iter().zip(&quiet).map(|(busy, quiet)| busy > quiet).collect();
    assert_eq!(more, [true; 6], "{listened}");
    stage.ends().await;
}

/// Would catch: an exit for whoever has only just come, has pressed a button, leaves by the side, or has left once already.
async fn whoever_leaves_through_the_top_is_heard_once(engine: Engine) {
    let rules = [mark(), rule("exit", r#"{ "exit": "pointer" }"#, ""), rule("any", r#""exit""#, "")];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    let leave = |at: &str| {
        format!("document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {{ clientX: 400, {at} }}))")
    };
    stage.clicks("#apart").await;
    for harmless in ["clientY: 400", "clientY: -2, buttons: 1", "clientY: -2"] {
        stage.run(&leave(harmless)).await;
    }
    // The last of them a moment too early, unless the machine is slow: then it comes back over the edge.
    stage.run("document.documentElement.dispatchEvent(new MouseEvent('mouseenter'))").await;
    stage.hears(&[]).await;
    chinwag_e2e::until("the exit is heard", || async {
        stage.run(&leave("clientY: -2")).await;
        (stage.heard().await.len() >= 2).then_some(())
    })
    .await;
    stage.hears(&["exit", "any"]).await;
    stage.run(&leave("clientY: -2")).await;
    // Longer than the grace that a slip over the edge is given.
    stage.run("return new Promise((done) => setTimeout(done, 200))").await;
    stage.hears(&[]).await;
    stage.ends().await;
}

/// Would catch: facts that count as changed although they are the same, data that do not arrive, and a score that is forgotten.
async fn the_site_tells_and_facts_change(engine: Engine) {
    let rules = [
        mark(),
        rule("tried", r#"{ "custom": "coupon" }"#, r#""when": { "signal.code": "SPRING" },"#),
        rule("cart", r#"{ "fact": "cart" }"#, ""),
        rule("full", r#"{ "fact": "cart.value" }"#, r#""when": { "cart.value": { "$gte": 80 } },"#),
        rule("gone", r#"{ "custom": "cart" }"#, r#""when": { "cart.value": { "$exists": false } },"#),
        r#"{ "id": "points", "on": { "custom": "point" }, "do": [{ "score": 2 }] }"#.into(),
        rule("keen", r#"{ "fact": "score" }"#, r#""when": { "score": { "$gte": 4 } },"#),
        rule("cold", r#"{ "custom": "cold" }"#, r#""when": { "score": { "$lt": 4 } },"#),
        r#"{ "id": "first", "on": { "custom": "show" }, "do": { "teaser": "First" } }"#.into(),
        r#"{ "id": "second", "on": { "custom": "show too" }, "do": { "teaser": "Second" } }"#.into(),
    ];
    let stage = Stage::set(engine, &rules, "", "").await;
    stage.opens("index.html").await;
    stage.run("Chinwag('track', 'coupon', { code: 'WINTER' }); Chinwag('track', 'coupon', { code: 'SPRING' })").await;
    stage.hears(&["tried"]).await;
    stage.run("Chinwag('set', { 'cart.value': 90 }); Chinwag('set', { 'cart.value': 90 })").await;
    stage.hears(&["cart", "full"]).await;
    stage.run("Chinwag('set', { 'cart.value': 20 })").await;
    stage.hears(&["cart"]).await;
    stage.run("Chinwag('set', { cart: null }); Chinwag('track', 'cart')").await;
    let heard = stage.heard().await;
    assert_eq!(heard.last().map(String::as_str), Some("gone"), "{heard:?}");
    stage.forgets().await;
    stage
        .run("Chinwag('track', 'cold'); Chinwag('track', 'point'); Chinwag('track', 'point'); Chinwag('track', 'cold')")
        .await;
    stage.hears(&["cold", "keen"]).await;
    // The interface has yet to be fetched: what comes meanwhile does not come over what is on its way.
    stage.run("Chinwag('track', 'show'); Chinwag('track', 'show too')").await;
    assert_eq!((stage.reason("first").await, stage.reason("second").await), ("no-event".into(), "quiet".into()));
    stage.visitor.browser.shows("chin-wag #interface", "First").await;
    chinwag_e2e::until("the second has been outdone", || async {
        stage.run("Chinwag('track', 'show too')").await;
        (stage.reason("second").await == "cap-global").then_some(())
    })
    .await;
    stage.ends().await;
}
