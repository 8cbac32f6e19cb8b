//! What the rules hear and remember, on real pages and by real input. Every rule reports its own name to the page, and the
//! page notes it: in the order in which it was heard, and once for each time.

mod input;
mod memory;
mod moments;
mod pages;
mod visits;

use chinwag_e2e::{
    host::{Embed, Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};
use serde_json::{Value, json};

use super::Engine;

/// Notes what is heard, across the pages of a tab; and from where pages were left and found again.
const NOTES: &str = "<script>sessionStorage.heard ??= ''; \
    addEventListener('chinwag:track', (e) => { sessionStorage.heard += e.detail.name + ' '; }); \
    addEventListener('pageshow', (e) => { sessionStorage.shown = e.persisted ? 'kept' : 'new'; });</script>";

/// Things to press, to fill in and to come across, and room to scroll.
const THINGS: &str = r#"<p id="apart">Apart</p><section id="things"><button type="button" class="buy">Buy</button> <p id="spot">A spot</p>
    <form id="order" onsubmit="return false"><input id="mail" type="email" required><input id="name" required><button id="send">Send</button></form>
    <input id="outside"><div id="room" style="height: 3000px"></div><p><b class="far">Far</b> <b class="far">Further</b></p></section>"#;

/// A site with rules, and a visitor.
pub(super) struct Stage {
    server: Server,
    host: Host,
    visitor: Visitor,
}

/// A rule that reports itself.
fn rule(id: &str, on: &str, more: &str) -> String {
    format!(r#"{{ "id": "{id}", "on": {on}, {more} "do": {{ "track": "{id}" }} }}"#)
}

/// Heard only when a journey says so: whatever was to be heard before it has been heard.
fn mark() -> String {
    rule("mark", r#"{ "custom": "mark" }"#, "")
}

impl Stage {
    /// `attributes` of the tag, and what the page does before anything else.
    async fn set(engine: Engine, rules: &[String], attributes: &str, head: &str) -> Self {
        let (listener, origin) = Host::reserve().await;
        let server = Server::start(&[origin]);
        let file = format!(r#"{{ "version": 1, "name": "signals", "rules": [{}] }}"#, rules.join(","));
        server.publishes(&file).await;
        let embed = Embed {
            attributes: attributes.into(),
            head: format!("{NOTES}{head}"),
            body: THINGS.into(),
            ..Embed::default()
        };
        let host = Host::serve_with(listener, &server.origin(), Policy::None, embed);
        Self { server, host, visitor: Visitor::arrives(engine).await }
    }

    /// Opens a page, and waits until the rules listen.
    async fn opens(&self, page: &str) {
        self.visitor.browser.goto(&format!("{}/demo/{page}", self.host.origin)).await;
        self.listens().await;
    }

    async fn listens(&self) {
        until("the rules listen", || async {
            let told = self.asks("return (Chinwag('track', 'mark'), sessionStorage.heard.endsWith('mark '))").await?;
            told.as_bool()?.then_some(())
        })
        .await;
        self.run("sessionStorage.heard = sessionStorage.heard.replaceAll('mark ', '')").await;
    }

    async fn run(&self, script: &str) -> Value {
        self.visitor.browser.run(script).await
    }

    /// The same where the page may be on its way to another one.
    async fn asks(&self, script: &str) -> Option<Value> {
        self.visitor.browser.client.execute(script, Vec::new()).await.ok()
    }

    async fn heard(&self) -> Vec<String> {
        let heard = self.run("return sessionStorage.heard").await;
        heard.as_str().expect("notes").split_whitespace().map(String::from).collect()
    }

    /// Waits until so much was heard, and no more and nothing else; and begins a new page of notes.
    async fn hears(&self, expected: &[&str]) {
        until(&format!("{expected:?} is heard"), || async {
            (self.heard().await.len() >= expected.len()).then_some(())
        })
        .await;
        self.run("Chinwag('track', 'mark')").await;
        let mut heard = self.heard().await;
        assert_eq!(heard.pop().as_deref(), Some("mark"), "after {heard:?}");
        assert_eq!(heard, expected);
        self.forgets().await;
    }

    /// The same for what browsers bring about in an order of their own; `expected` is sorted.
    async fn hears_in_any_order(&self, expected: &[&str]) {
        until(&format!("{expected:?} is heard"), || async {
            (self.heard().await.len() >= expected.len()).then_some(())
        })
        .await;
        let mut heard = self.heard().await;
        heard.sort();
        assert_eq!(heard, expected);
        self.forgets().await;
    }

    async fn forgets(&self) {
        self.run("sessionStorage.heard = ''").await;
    }

    /// The reason that a rule gives.
    async fn reason(&self, rule: &str) -> Value {
        self.run(&format!("return Chinwag('explain', '{rule}').rules[0].reason")).await
    }

    /// The tab is turned away from, or to, as far as the page can tell.
    async fn turns(&self, hidden: bool) {
        self.run(&format!(
            "Object.defineProperty(document, 'hidden', {{ configurable: true, get: () => {hidden} }}); \
             document.dispatchEvent(new Event('visibilitychange', {{ bubbles: true }}))"
        ))
        .await;
    }

    /// What the device keeps under a name.
    async fn kept(&self, name: &str) -> Value {
        let kept = self.run(&format!("return localStorage['chinwag:demo:{name}'] ?? null")).await;
        kept.as_str().map_or(json!(null), |text| serde_json::from_str(text).expect("JSON"))
    }

    async fn ends(self) {
        self.visitor.leaves().await;
    }
}
