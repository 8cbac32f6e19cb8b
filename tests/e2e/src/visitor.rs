//! The visitor: what a person does with the widget, and what they see of it.

use std::path::Path;

use crate::{
    browser::{Browser, Engine},
    until,
};

/// A visitor with a browser of their own.
pub struct Visitor {
    pub browser: Browser,
}

/// The largest file that the server takes.
pub const FILE_BYTES: usize = 10 * 1024 * 1024;
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

    /// Looks at the conversation, whether or not the panel has stayed open.
    pub async fn opens_if_closed(&self) {
        self.browser.find(LAUNCHER).await;
        if self.browser.look("chin-wag .panel").await.is_none() {
            self.opens_by_launcher().await;
        }
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

    /// Chooses a file in the system's chooser, as it were.
    pub async fn attaches(&self, path: &Path) {
        self.browser.type_into("chin-wag .composer input[type=file]", &path.display().to_string()).await;
    }

    /// Edits the message that reads `old`, by keyboard from the thread.
    pub async fn edits(&self, old: &str, new: &str) {
        self.presses_tool(old, 0).await;
        self.browser.find("chin-wag .amend").await;
        self.browser.rewrites(COMPOSER, old, new).await;
        self.sees(new).await;
    }

    /// Deletes the message that reads `text`, and says so when asked.
    pub async fn deletes(&self, text: &str) {
        self.presses_tool(text, 1).await;
        self.browser.click("chin-wag .amend button").await;
        self.sees("This message was deleted").await;
    }

    /// A tool stands at the message that has focus.
    async fn presses_tool(&self, text: &str, place: usize) {
        let script = "const [text, place] = arguments; \
            const rows = [...document.querySelector('chin-wag').shadowRoot.querySelectorAll('.row.mine')]; \
            const row = rows.find((row) => row.innerText.includes(text)); row?.focus(); \
            const tool = row?.querySelectorAll('.tools button')[place]; \
            if (!tool || getComputedStyle(tool).visibility !== 'visible') return false; \
            tool.focus(); return tool.matches(':focus')";
        until("the tool has focus", || async {
            let focused = self.browser.client.execute(script, vec![text.into(), place.into()]).await.ok()?;
            focused.as_bool()?.then_some(())
        })
        .await;
        self.browser.presses(['\u{e007}']).await;
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
