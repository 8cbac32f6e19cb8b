//! The agent: in the console like a person, or by HTTP where a journey is about the other side.

use std::{
    ops::Add,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use futures_util::{SinkExt, StreamExt};

use reqwest::{Client, Method, header};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::{
    browser::{Browser, Engine},
    server::Server,
    until,
};

pub const EMAIL: &str = "mia@example.com";
pub const PASSWORD: &str = "correct horse battery";

/// An agent who uses the console.
pub struct Agent {
    pub browser: Browser,
}

impl Agent {
    /// Follows the one-time link, sets a password and sees the inbox.
    pub async fn sets_up(engine: Engine, link: &str) -> Self {
        let browser = Browser::start(engine).await;
        browser.goto(link).await;
        browser.type_into("input[autocomplete=name]", "Mia").await;
        browser.type_into("input[type=email]", EMAIL).await;
        browser.type_into("input[autocomplete=new-password]", PASSWORD).await;
        browser.click("form button[type=submit]").await;
        Self { browser }
    }

    /// Opens the conversation whose preview holds `text`.
    pub async fn opens(&self, text: &str) {
        self.browser.shows("main", text).await;
        let script = "const [text] = arguments; \
            const row = [...document.querySelectorAll('a.row')].find((e) => e.innerText.includes(text)); \
            row?.click(); return !!row";
        until("the conversation opens", || async {
            let clicked = self.browser.client.execute(script, vec![json!(text)]).await.ok()?;
            clicked.as_bool()?.then_some(())
        })
        .await;
    }

    pub async fn replies(&self, text: &str) {
        self.browser.type_into("textarea", &format!("{text}\u{e007}")).await;
    }
}

impl Agent {
    pub async fn attaches(&self, path: &Path) {
        self.browser.type_into(".composer input[type=file]", &path.display().to_string()).await;
    }

    pub async fn edits(&self, old: &str, new: &str) {
        self.presses_tool(old, "Edit this message").await;
        self.browser.find(".rewrite textarea").await;
        self.browser.rewrites(".rewrite textarea", old, new).await;
        self.browser.shows(".log", new).await;
    }

    pub async fn deletes(&self, text: &str) {
        self.presses_tool(text, "Delete this message").await;
        self.browser.click(".danger").await;
        self.browser.shows(".log", "This message was deleted").await;
    }

    async fn presses_tool(&self, text: &str, name: &str) {
        let script = "const [text, name] = arguments; \
            const rows = [...document.querySelectorAll('.message')].filter((e) => e.innerText.includes(text)); \
            const tool = rows[0]?.querySelector(`button[aria-label=\"${name}\"]`); tool?.click(); return !!tool";
        until("the tool is pressed", || async {
            let pressed = self.browser.client.execute(script, vec![json!(text), json!(name)]).await.ok()?;
            pressed.as_bool()?.then_some(())
        })
        .await;
    }
}

/// An agent without a browser.
pub struct Clerk {
    http: Client,
    origin: String,
    cookie: String,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A well-formed UUIDv7 that no other call of this process gives.
#[must_use]
pub fn message_id() -> String {
    format!("01930000-0000-7000-8000-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Clerk {
    /// Follows the one-time link and sits down: from then on there is a live connection, as long as the server lives.
    ///
    /// # Panics
    /// When the server has printed no link, or does not accept its code.
    pub async fn sets_up(server: &Server) -> Self {
        let link = server.setup_link.as_deref().expect("a link");
        let code = link.split_once("#setup=").expect("a code in the link").1;
        Self::enters(server, "setup", json!({ "code": code, "name": "Mia", "email": EMAIL, "password": PASSWORD }))
            .await
    }

    /// The same person, later.
    ///
    /// # Panics
    /// When the server does not know them.
    pub async fn signs_in(server: &Server) -> Self {
        Self::enters(server, "login", json!({ "email": EMAIL, "password": PASSWORD })).await
    }

    async fn enters(server: &Server, door: &str, body: Value) -> Self {
        let (http, origin) = (Client::new(), server.origin());
        let asked = http.post(format!("{origin}/v1/agent/{door}")).header("x-chinwag", "1").json(&body);
        let answer = asked.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{door}: {}", answer.status());
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        tokio::spawn(sit(origin.clone(), cookie.clone()));
        Self { http, origin, cookie }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let url = format!("{}/v1/agent/{path}", self.origin);
        let mut request = self.http.request(method, url).header("x-chinwag", "1").header("cookie", &self.cookie);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.ok()?;
        answer.status().is_success().then_some(())?;
        answer.json().await.ok()
    }

    pub async fn intends(&self, intent: &str) {
        let body = json!({ "intent": intent });
        self.ask(Method::PUT, "intent", Some(body)).await.expect("the intent is taken");
    }

    /// The open conversations, newest first.
    pub async fn inbox(&self) -> Vec<Value> {
        let list = self.ask(Method::GET, "conversations?state=open&limit=50", None).await;
        list.and_then(|list| list["items"].as_array().cloned()).unwrap_or_default()
    }

    /// Waits for a conversation whose newest message is `text` and gives its id.
    pub async fn finds(&self, text: &str) -> String {
        until(&format!("a conversation with {text:?} is in the inbox"), || async {
            let inbox = self.inbox().await;
            let found = inbox.iter().find(|item| item["preview"] == text)?;
            found["conversation"].as_str().map(String::from)
        })
        .await
    }

    /// Texts of all messages of a conversation, in the order of the log.
    pub async fn reads(&self, conversation: &str) -> Vec<String> {
        let path = format!("conversations/{conversation}/entries?limit=200");
        let answer = self.ask(Method::GET, &path, None).await.unwrap_or_default();
        let events = answer["page"]["events"].as_array().cloned().unwrap_or_default();
        let text = |event: &Value| event["entry"]["kind"]["message"]["text"].as_str().map(String::from);
        events.iter().filter_map(text).collect()
    }

    pub async fn replies(&self, conversation: &str, text: &str) {
        self.sends(conversation, json!({ "message": { "text": text } })).await;
    }

    pub async fn closes(&self, conversation: &str) {
        self.sends(conversation, json!("closed")).await;
    }

    async fn sends(&self, conversation: &str, kind: Value) {
        let send = json!({ "send": { "id": message_id(), "conversation": conversation, "kind": kind } });
        let body = json!({ "frames": [send] });
        self.ask(Method::POST, "frames", Some(body)).await.expect("the entry is taken");
    }
}

/// Holds an agent's socket open, again and again while the server comes and goes. Ends with the runtime of the test.
async fn sit(origin: String, cookie: String) {
    let hello = json!({ "hello": { "protocol": 1, "cursors": [], "attempt": 0 } }).to_string();
    loop {
        let mut request =
            origin.replacen("http", "ws", 1).add("/v1/agent/socket").into_client_request().expect("an address");
        request.headers_mut().insert("origin", origin.parse().expect("text"));
        request.headers_mut().insert("cookie", cookie.parse().expect("text"));
        if let Ok((mut socket, _)) = tokio_tungstenite::connect_async(request).await
            && socket.send(Message::text(hello.clone())).await.is_ok()
        {
            while let Some(Ok(_)) = socket.next().await {}
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
