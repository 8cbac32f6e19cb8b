//! The recipes of docs/targeting.md, each in force on the demo shop, and a visitor who does what its first lines say.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use chinwag_e2e::{
    agent::Clerk,
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};

use super::Engine;

super::in_browsers!(
    full_cart_leaving,
    form_trouble,
    campaign_landing,
    third_visit_this_week,
    after_a_dismissal,
    interest_adds_up,
    two_texts,
    office_hours,
    checkout_exit,
);

/// A shop with one recipe in force, and a visitor at its door.
struct Shop {
    server: Server,
    host: Host,
    visitor: Visitor,
}

impl Shop {
    async fn follows(engine: Engine, recipe: &str) -> Self {
        let (listener, origin) = Host::reserve().await;
        let server = Server::start(&[origin]);
        let path = format!("{}/../../docs/recipes/{recipe}.jsonc", env!("CARGO_MANIFEST_DIR"));
        server.publishes(&std::fs::read_to_string(path).expect("the recipe")).await;
        let host = Host::serve(listener, &server.origin(), Policy::Strict);
        Self { server, host, visitor: Visitor::arrives(engine).await }
    }

    async fn goes_to(&self, page: &str) {
        self.visitor.browser.goto(&format!("{}/demo/{page}", self.host.origin)).await;
        self.visitor.browser.find("chin-wag #launcher").await;
    }

    /// Ticks "Let this device be remembered" on every page from now on.
    async fn lets_itself_be_remembered(&self) {
        self.goes_to("index.html").await;
        let tick = "const box = document.querySelector('#remember'); box.checked || box.click(); return true";
        self.visitor.browser.run(tick).await;
        until("the visit is kept", || async { (self.kept("visit").await.is_array()).then_some(()) }).await;
    }

    /// What the device keeps under a name.
    async fn kept(&self, name: &str) -> serde_json::Value {
        self.visitor.browser.run(&format!("return JSON.parse(localStorage['chinwag:demo:{name}'] ?? 'null')")).await
    }

    /// The stamps of the visit are so many hours older: the next page begins another visit.
    async fn hours_pass(&self, hours: u32) {
        self.visitor
            .browser
            .run(&format!(
                "const key = 'chinwag:demo:visit'; const kept = JSON.parse(localStorage[key]); \
                 for (const stamp of [2, 3, 4, 5]) kept[stamp] &&= kept[stamp] - {hours} * 36e5; \
                 localStorage[key] = JSON.stringify(kept)"
            ))
            .await;
    }

    /// The pointer leaves through the top of the window, again and again: nobody is leaving in the first seconds. It stays
    /// out for a second, because whoever comes and goes faster has not left.
    async fn leaves_through_the_top_until(&self, text: &str) {
        self.visitor.browser.click("h1").await;
        let left = Cell::new(None::<Instant>);
        until(&format!("{text:?} is shown to somebody who leaves"), || async {
            if left.get().is_none_or(|left| left.elapsed() > Duration::from_secs(1)) {
                left.set(Some(Instant::now()));
                let leave = "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientX: 400, clientY: -2 }))";
                self.visitor.browser.run(leave).await;
            }
            self.visitor.browser.text("chin-wag .card").await.contains(text).then_some(())
        })
        .await;
    }

    /// Three clicks as quick as a hand makes them.
    async fn clicks_angrily_on(&self, selector: &str) {
        let element = self.visitor.browser.find(selector).await;
        let mut hand = MouseActions::new("mouse".into());
        hand = hand.then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 });
        for _ in 0..3 {
            let button = MOUSE_BUTTON_LEFT;
            hand = hand.then(PointerAction::Down { button }).then(PointerAction::Up { button });
        }
        self.visitor.browser.client.perform_actions(hand).await.expect("three clicks");
    }

    /// The reason that a rule gives.
    async fn says_of(&self, rule: &str, reason: &str) {
        let ask = format!("return Chinwag('explain', '{rule}').rules?.[0]?.reason ?? null");
        until(&format!("{rule} is {reason}"), || async {
            (self.visitor.browser.run(&ask).await == reason).then_some(())
        })
        .await;
    }
}

/// Timer. It waits for long and needs nothing that engines do each in their own way: once is enough.
#[tokio::test]
async fn hesitates_on_pricing() {
    let shop = Shop::follows(Engine::Chromium, "hesitates-on-pricing").await;
    shop.goes_to("pricing.html").await;
    shop.visitor.sees_card("which plan people like you choose").await;
    shop.visitor.leaves().await;
}

/// Exit, with facts of the shop.
async fn full_cart_leaving(engine: Engine) {
    let shop = Shop::follows(engine, "full-cart-leaving").await;
    shop.goes_to("product.html?plant=monstera").await;
    for _ in 0..2 {
        shop.visitor.browser.click("[data-add]").await;
    }
    shop.leaves_through_the_top_until("Shall we keep this basket").await;
    shop.visitor.leaves().await;
}

/// Exit on one page, quiet while somebody types.
async fn checkout_exit(engine: Engine) {
    let shop = Shop::follows(engine, "checkout-exit").await;
    shop.goes_to("checkout.html").await;
    shop.leaves_through_the_top_until("is anything unclear").await;
    shop.visitor.leaves().await;
}

/// Angry clicks, and after them a signal of the shop's own, with data.
async fn form_trouble(engine: Engine) {
    let shop = Shop::follows(engine, "form-trouble").await;
    shop.goes_to("checkout.html").await;
    shop.says_of("form-refused", "no-event").await;
    shop.clicks_angrily_on("h1").await;
    shop.visitor.sees_card("Something is not working").await;
    shop.goes_to("checkout.html").await;
    shop.visitor.browser.type_into("#coupon input", "SPRING").await;
    shop.says_of("coupon-refused", "no-event").await;
    shop.visitor.browser.click("#coupon button").await;
    shop.visitor.sees_card("That code is not working").await;
    shop.visitor.leaves().await;
}

/// Campaign of the landing page.
async fn campaign_landing(engine: Engine) {
    let shop = Shop::follows(engine, "campaign-landing").await;
    shop.goes_to("index.html?utm_source=newsletter&utm_campaign=spring-2026").await;
    shop.visitor.sees_card("repotting offer").await;
    shop.visitor.leaves().await;
}

/// Returning visitor: visits are counted on devices that may remember.
async fn third_visit_this_week(engine: Engine) {
    let shop = Shop::follows(engine, "third-visit-this-week").await;
    shop.lets_itself_be_remembered().await;
    shop.hours_pass(20).await;
    shop.goes_to("index.html").await;
    until("the second visit is kept", || async { (shop.kept("visit").await[0] == 2.0).then_some(()) }).await;
    shop.hours_pass(30).await;
    shop.goes_to("product.html").await;
    shop.visitor.sees_card("Good to see you again").await;
    shop.visitor.leaves().await;
}

/// Own history: whoever closed a card is left alone by it.
async fn after_a_dismissal(engine: Engine) {
    let shop = Shop::follows(engine, "after-a-dismissal").await;
    shop.lets_itself_be_remembered().await;
    shop.visitor.sees_card("find the right plant").await;
    shop.visitor.browser.click("chin-wag .card-close").await;
    shop.hours_pass(1).await;
    shop.goes_to("index.html?chinwag-debug").await;
    shop.visitor.browser.shows("chin-wag-debug #rule-first-offer .reason", "dismissed").await;
    shop.visitor.leaves().await;
}

/// Score.
async fn interest_adds_up(engine: Engine) {
    let shop = Shop::follows(engine, "interest-adds-up").await;
    shop.goes_to("product.html").await;
    shop.says_of("interested", "condition-false").await;
    until("somebody has read on for a while", || async {
        // Down bit by bit, as people read.
        let read = "scrollTo(0, document.documentElement.scrollHeight * performance.now() / 2e4)";
        shop.visitor.browser.run(read).await;
        shop.visitor.browser.text("chin-wag .card").await.contains("You seem to know what you want").then_some(())
    })
    .await;
    shop.visitor.leaves().await;
}

/// An experiment: the draw goes by the device's id, so the same visitor always reads the same text.
async fn two_texts(engine: Engine) {
    let shop = Shop::follows(engine, "two-texts").await;
    shop.lets_itself_be_remembered().await;
    // One in twenty is held out; this one is not.
    let identify = "const key = 'chinwag:demo:visit'; const kept = JSON.parse(localStorage[key]); kept[9] = 'ada'; localStorage[key] = JSON.stringify(kept)";
    shop.visitor.browser.run(identify).await;
    let mut texts = Vec::new();
    for _ in 0..2 {
        shop.goes_to("pricing.html").await;
        let text = until("one of the texts", || async {
            let card = shop.visitor.browser.text("chin-wag .card-text").await;
            (card.contains("Questions about the plans") || card.contains("half the price")).then_some(card)
        })
        .await;
        texts.push(text);
        shop.hours_pass(30).await;
        shop.visitor.browser.run("delete localStorage['chinwag:demo:history']").await;
    }
    assert_eq!(texts[0], texts[1]);
    shop.visitor.leaves().await;
}

/// Agents: nobody is there.
async fn office_hours(engine: Engine) {
    let shop = Shop::follows(engine, "office-hours").await;
    let clerk = Clerk::sets_up(&shop.server).await;
    clerk.intends("paused").await;
    shop.goes_to("index.html").await;
    shop.visitor.sees_card("We are out just now").await;
    shop.visitor.leaves().await;
}

/// A rule without `on`: reading to the end, and long enough. As long as the timer above, and once for the same reason.
#[tokio::test]
async fn reading_an_article() {
    let shop = Shop::follows(Engine::Chromium, "reading-an-article").await;
    // Or there would be the form for messages instead of a composer.
    let clerk = Clerk::sets_up(&shop.server).await;
    clerk.intends("available").await;
    shop.goes_to("product.html").await;
    shop.says_of("reader", "condition-false").await;
    shop.visitor.browser.run("scrollTo(0, document.documentElement.scrollHeight)").await;
    let composer =
        "return document.querySelector('chin-wag').shadowRoot.querySelector('.composer textarea')?.value ?? ''";
    until("most of the time has passed", || async {
        let passed = shop.visitor.browser.run("return performance.now() > 35e3").await;
        (passed == true).then_some(())
    })
    .await;
    shop.says_of("reader", "fired").await;
    shop.visitor.opens_by_launcher().await;
    until("the beginning of a question stands there", || async {
        let text = shop.visitor.browser.run(composer).await;
        text.as_str().is_some_and(|text| text.starts_with("I have just read")).then_some(())
    })
    .await;
    shop.visitor.leaves().await;
}
