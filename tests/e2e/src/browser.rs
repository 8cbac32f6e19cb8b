//! Real browsers through WebDriver.
//!
//! A journey that ends well leaves its browsers to the next ones. Nothing that a browser keeps passes from one to the other,
//! because it keeps everything by origin or host, and [`address`](crate::address) gives each journey hosts of its own.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    error::{CmdError, ErrorStatus},
    wd::WindowHandle,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

pub use crate::engine::Engine;
use crate::{
    engine::{Driver, capabilities},
    until,
};

/// One browser with one window. It ends when it is dropped.
pub struct Browser {
    pub client: Client,
    driver: Driver,
    /// Something holds for it that no next page undoes.
    altered: AtomicBool,
}

/// What stands on a page's device, and what the page cannot hide: see [`Browser::traces`].
#[derive(Debug, PartialEq, Eq)]
pub struct Traces {
    pub cookies: String,
    pub local: u64,
    pub session: u64,
    pub databases: u64,
}

/// Leaves in `found` what a selector names.
const FIND: &str = "const [, name, inner] = /^(chin-wag[\\w-]*) (.*)$/.exec(arguments[0]) ?? [, , arguments[0]]; \
     const root = name ? document.querySelector(name)?.shadowRoot : document; \
     const found = [...(root?.querySelectorAll(inner) ?? [])];";

impl Browser {
    /// # Panics
    /// When the driver or the browser does not start.
    pub async fn start(engine: Engine) -> Self {
        if let Some(driver) = Driver::left(engine) {
            let session = driver.session().expect("a session");
            let client = Client::with_existing_session(&driver.url(), session, HttpConnector::new()).await;
            return Self::with(client.expect("the driver is there"), driver).await;
        }
        let mut driver = Driver::start(engine);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(engine).as_object().expect("an object").clone())
            .connect(&driver.url())
            .await
            .unwrap_or_else(|problem| panic!("{engine:?} does not start: {problem}"));
        // Its window has another size until it is asked.
        if engine == Engine::WebKit {
            client.set_window_size(1280, 900).await.expect("the window has a size");
        }
        driver.holds(client.session_id().await.ok().flatten().expect("a session"));
        Self::with(client, driver).await
    }

    /// The driver ends the session, not the client.
    async fn with(client: Client, driver: Driver) -> Self {
        client.persist().await.expect("the session lasts");
        Self { client, driver, altered: AtomicBool::new(false) }
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect(script)
    }

    /// The first element for `selector` in the page or, with `chin-wag` or `chin-wag-debug` before it, in the shadow root
    /// of the widget or the overlay.
    pub async fn look(&self, selector: &str) -> Option<Element> {
        let script = format!("{FIND} return found.find((e) => e.getClientRects().length) ?? null");
        let found = self.client.execute(&script, vec![json!(selector)]).await.ok()?;
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), id.into()))
    }

    /// Waits until it is there and visible.
    pub async fn find(&self, selector: &str) -> Element {
        until(&format!("{selector} is there"), || self.look(selector)).await
    }

    /// Waits until it is there, stands still and can be clicked.
    pub async fn click(&self, selector: &str) {
        until(&format!("{selector} can be clicked"), || async {
            self.stands_still(selector).await?;
            self.look(selector).await?.click().await.ok()
        })
        .await;
    }

    /// A hand that aims at what moves hits something else.
    async fn stands_still(&self, selector: &str) -> Option<()> {
        let script = format!(
            "{FIND} const place = () => JSON.stringify(found.find((e) => e.getClientRects().length)?.getBoundingClientRect()); \
             const before = place(); return new Promise((done) => setTimeout(() => done(place() === before), 40))"
        );
        let still = self.client.execute(&script, vec![json!(selector)]).await.ok()?;
        still.as_bool()?.then_some(())
    }

    /// Writes once: only what a driver refuses before the first key is tried again.
    ///
    /// # Panics
    /// When it fails otherwise, because then some of it may stand there.
    pub async fn type_into(&self, selector: &str, text: &str) {
        use ErrorStatus::{ElementNotInteractable, NoSuchElement, StaleElementReference};
        until(&format!("{selector} can be written into"), || async {
            match self.look(selector).await?.send_keys(text).await {
                Ok(()) => Some(()),
                Err(CmdError::Standard(no))
                    if [ElementNotInteractable, NoSuchElement, StaleElementReference].contains(&no.error) =>
                {
                    None
                }
                Err(problem) => panic!("{selector} was not written into: {problem}"),
            }
        })
        .await;
    }

    /// Keys, one after the other, to whatever has focus.
    pub async fn presses(&self, keys: impl IntoIterator<Item = char>) {
        self.presses_holding(None, keys).await;
    }

    /// The same while Shift is held.
    pub async fn presses_with_shift(&self, keys: impl IntoIterator<Item = char>) {
        self.presses_holding(Some('\u{e008}'), keys).await;
    }

    async fn presses_holding(&self, held: Option<char>, keys: impl IntoIterator<Item = char>) {
        let typed = keys.into_iter().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        let (down, up) = (held.map(|value| KeyAction::Down { value }), held.map(|value| KeyAction::Up { value }));
        let all = down.into_iter().chain(typed).chain(up);
        let actions = all.fold(KeyActions::new("keyboard".into()), |actions, action| actions.then(action));
        self.client.perform_actions(actions).await.expect("the keys are pressed");
    }

    /// Writes `new` in place of all of `old`, once the field has focus and holds that; and presses Enter.
    pub async fn rewrites(&self, selector: &str, old: &str, new: &str) {
        let script = format!(
            "{FIND} const [field] = found; \
             return !!field && field.getRootNode().activeElement === field && field.value === arguments[1]"
        );
        until(&format!("{selector} holds {old:?}"), || async {
            let holds = self.client.execute(&script, vec![json!(selector), json!(old)]).await.ok()?;
            holds.as_bool()?.then_some(())
        })
        .await;
        // By keys, as a person does: a selection made by script would be lost to the caret that the page sets.
        let (end, back, enter) = ('\u{e010}', "\u{e003}".repeat(old.chars().count()), '\u{e007}');
        self.type_into(selector, &format!("{end}{back}{new}{enter}")).await;
    }

    /// The visible text of all elements for `selector`, joined by lines.
    pub async fn text(&self, selector: &str) -> String {
        let script = format!("{FIND} return found.map((e) => e.innerText).join('\\n')");
        let text = self.client.execute(&script, vec![json!(selector)]).await;
        text.ok().and_then(|text| text.as_str().map(String::from)).unwrap_or_default()
    }

    /// Waits until `selector` shows `text`.
    pub async fn shows(&self, selector: &str, text: &str) {
        until(&format!("{selector} shows {text:?}"), || async {
            self.text(selector).await.contains(text).then_some(())
        })
        .await;
    }

    /// The window or tab that is in front.
    pub async fn window(&self) -> WindowHandle {
        self.client.window().await.expect("a window")
    }

    /// Opens a tab of the same profile and turns to it.
    pub async fn opens_tab(&self) -> WindowHandle {
        let tab = self.client.new_window(true).await.expect("a new tab").handle;
        self.turns_to(&tab).await;
        tab
    }

    pub async fn turns_to(&self, window: &WindowHandle) {
        self.client.switch_to_window(window.clone()).await.expect("the tab is there");
    }

    /// Closes the tab that is in front. Turn to another one then.
    pub async fn closes_tab(&self) {
        self.client.close_window().await.expect("the tab closes");
    }

    /// What the page's origin keeps on the device.
    pub async fn traces(&self) -> Traces {
        let found = self
            .run(
                "return indexedDB.databases().then((all) => ({ cookies: document.cookie, \
                 local: localStorage.length, session: sessionStorage.length, databases: all.length }))",
            )
            .await;
        let count = |name: &str| found.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX);
        Traces {
            cookies: found.get("cookies").and_then(Value::as_str).unwrap_or("?").into(),
            local: count("local"),
            session: count("session"),
            databases: count("databases"),
        }
    }

    /// A command of Chromium's own protocol.
    ///
    /// # Panics
    /// When Chromium refuses it, and in other browsers.
    pub async fn devtools(&self, command: &str, parameters: Value) {
        self.altered.store(true, Ordering::Relaxed);
        let url = format!("{}/goog/cdp/execute", self.driver.session_url());
        let body = json!({ "cmd": command, "params": parameters });
        let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{command}: {}", answer.text().await.unwrap_or_default());
    }

    /// Leaves it to the next journey, with one empty tab, or ends it.
    pub async fn close(self) {
        let emptied = tokio::time::timeout(Duration::from_secs(10), self.empties()).await;
        if matches!(emptied, Ok(Ok(()))) && !self.altered.into_inner() {
            self.driver.leave();
        }
    }

    async fn empties(&self) -> Result<(), CmdError> {
        let mut windows = self.client.windows().await?;
        let last = windows.pop();
        for window in windows {
            self.client.switch_to_window(window).await?;
            self.client.close_window().await?;
        }
        if let Some(last) = last {
            self.client.switch_to_window(last).await?;
        }
        self.client.release_actions().await?;
        self.client.goto("about:blank").await
    }
}
