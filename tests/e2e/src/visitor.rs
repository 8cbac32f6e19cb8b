//! The visitor: what a person does with the widget, and what they see of it.

use crate::{
    browser::{Browser, Engine},
    until,
};

/// A visitor with a browser of their own.
pub struct Visitor {
    pub browser: Browser,
}

const LAUNCHER: &str = "chin-wag #launcher";
const CARD: &str = "chin-wag .card";
const COMPOSER: &str = "chin-wag .composer textarea";
const THREAD: &str = "chin-wag .thread";

impl Visitor {
    pub async fn arrives(engine: Engine) -> Self {
        Self { browser: Browser::start(engine).await }
    }

    pub async fn opens_by_launcher(&self) {
        self.browser.click(LAUNCHER).await;
        self.browser.find("chin-wag .panel").await;
    }

    pub async fn sees_card(&self, text: &str) {
        self.browser.shows(CARD, text).await;
    }

    pub async fn opens_card(&self) {
        self.browser.click("chin-wag .card-body").await;
        self.browser.find("chin-wag .panel").await;
    }

    /// Writes and sends with Enter.
    pub async fn writes(&self, text: &str) {
        self.browser.type_into(COMPOSER, &format!("{text}\u{e007}")).await;
        self.sees(text).await;
    }

    pub async fn sees(&self, text: &str) {
        self.browser.shows(THREAD, text).await;
    }

    /// The state under the visitor's newest message, in words.
    pub async fn sees_state(&self, states: &[&str]) {
        until(&format!("the newest message is one of {states:?}"), || async {
            let said = self.browser.text("chin-wag .row.mine .state").await;
            let newest = said.lines().rfind(|line| !line.trim().is_empty())?.to_owned();
            states.iter().any(|state| newest.contains(state)).then_some(())
        })
        .await;
    }

    /// How often `text` stands in the thread as a message.
    pub async fn count(&self, text: &str) -> usize {
        self.browser.text("chin-wag .bubble").await.lines().filter(|line| line.trim() == text).count()
    }

    pub async fn leaves(self) {
        self.browser.close().await;
    }
}
