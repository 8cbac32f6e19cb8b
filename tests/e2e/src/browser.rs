//! Real browsers through WebDriver, each with a driver and a profile of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    wd::WindowHandle,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::until;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
}

/// One browser with one window. Call [`Browser::close`] at the end; dropping it kills the driver.
pub struct Browser {
    pub client: Client,
    driver: Child,
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
        let (mut driver, url) = driver(engine);
        let capabilities = capabilities(engine);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&url)
            .await;
        let client = match client {
            Ok(client) => client,
            Err(problem) => {
                let _ = driver.kill();
                panic!("{engine:?} does not start: {problem}");
            }
        };
        Self { client, driver }
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

    /// Waits until it is there and can be clicked.
    pub async fn click(&self, selector: &str) {
        until(&format!("{selector} can be clicked"), || async { self.look(selector).await?.click().await.ok() }).await;
    }

    pub async fn type_into(&self, selector: &str, text: &str) {
        until(&format!("{selector} can be written into"), || async {
            self.look(selector).await?.send_keys(text).await.ok()
        })
        .await;
    }

    /// Enter, to whatever has focus.
    pub async fn presses_enter(&self) {
        let enter = '\u{e007}';
        let keys = KeyActions::new("keyboard".into());
        let keys = keys.then(KeyAction::Down { value: enter }).then(KeyAction::Up { value: enter });
        self.client.perform_actions(keys).await.expect("the key is pressed");
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

    pub async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn path(variable: &str, candidates: &[&str]) -> String {
    std::env::var(variable).ok().filter(|path| !path.is_empty()).unwrap_or_else(|| {
        let exists = |path: &&&str| std::path::Path::new(path).exists();
        (*candidates.iter().find(exists).unwrap_or(&candidates[0])).to_owned()
    })
}

/// Starts a driver on a port that the kernel chooses and reads the port from what it says.
fn driver(engine: Engine) -> (Child, String) {
    let (program, arguments, mark) = match engine {
        Engine::Chromium => {
            (path("CHROMEDRIVER", &["/usr/bin/chromedriver"]), ["--port=0", "--log-level=SEVERE"], "on port ")
        }
        Engine::Firefox => (path("GECKODRIVER", &["geckodriver"]), ["--port=0", "--log=info"], "127.0.0.1:"),
    };
    let mut driver = Command::new(&program)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|problem| panic!("{program}: {problem}"));
    let stdout = driver.stdout.take().expect("its output");
    let (said, ports) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let number = line
                .rsplit_once(mark)
                .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            if let Some(port) = number.and_then(|number| number.parse::<u16>().ok()).filter(|port| *port != 0) {
                let _ = said.send(port);
            }
        }
    });
    let port = ports.recv_timeout(Duration::from_secs(30)).expect("the driver says its port");
    (driver, format!("http://127.0.0.1:{port}"))
}

fn capabilities(engine: Engine) -> Value {
    match engine {
        Engine::Chromium => json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": path("CHROMIUM", &["/usr/bin/chromium", "/usr/bin/google-chrome"]),
                "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,900"],
            },
        }),
        Engine::Firefox => json!({
            "browserName": "firefox",
            "moz:firefoxOptions": {
                "binary": path("FIREFOX", &["/usr/bin/firefox-esr", "/usr/bin/firefox"]),
                "args": ["-headless", "-width", "1280", "-height", "900"],
            },
        }),
    }
}
