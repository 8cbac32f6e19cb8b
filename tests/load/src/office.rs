//! The agents' HTTP side: signing in, and reading every log back.

use std::net::{Ipv4Addr, SocketAddr};

use chinwag_conversation::{ConversationId, Kind, Page, Summary};
use hyper::Method;
use serde::Deserialize;
use serde_json::json;

use crate::{
    audit::{Line, Logs},
    http::{Ask, Http, address_of},
    record::Tag,
    server::Server,
};

const PASSWORD: &str = "correct horse battery";

#[derive(Deserialize)]
struct Inbox {
    items: Vec<Summary>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Thread {
    page: Page,
}

/// Signs `count` agents in on a server with a new data folder, the first one as its admin; their cookies.
pub(crate) async fn agents(server: &mut Server, count: usize) -> Result<Vec<String>, String> {
    let mut cookies = Vec::new();
    for number in 0..count {
        let (name, email) = (format!("Agent {number}"), format!("agent{number}@example.com"));
        let code = match number {
            0 => server.setup_code().await?,
            _ => server.invite(&email, &name).await?,
        };
        cookies.push(sign_in(server.address(), number, &code, &name, &email).await?);
    }
    Ok(cookies)
}

async fn sign_in(server: SocketAddr, number: usize, code: &str, name: &str, email: &str) -> Result<String, String> {
    let body = json!({ "code": code, "name": name, "email": email, "password": PASSWORD }).to_string();
    let mut http = Http::connect(address_of(number), server).await?;
    let headers = [("content-type", "application/json"), ("x-chinwag", "1")];
    let ask = Ask { method: Method::POST, path: "/v1/agent/setup", headers: &headers, body: body.into_bytes() };
    let answer = http.ask(ask).await?;
    answer.json::<serde_json::Value>()?;
    let cookie = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok());
    let pair = cookie.and_then(|cookie| cookie.split(';').next());
    pair.map(ToOwned::to_owned).ok_or_else(|| "no cookie for a new agent".to_owned())
}

/// An agent says whether they accept conversations.
pub(crate) async fn intend(server: SocketAddr, cookie: &str, intent: &str) -> Result<(), String> {
    let body = json!({ "intent": intent }).to_string().into_bytes();
    let headers = [("content-type", "application/json"), ("x-chinwag", "1"), ("cookie", cookie)];
    let mut http = Http::connect(Ipv4Addr::LOCALHOST, server).await?;
    let answer = http.ask(Ask { method: Method::PUT, path: "/v1/agent/intent", headers: &headers, body }).await?;
    answer.json::<serde_json::Value>().map(|_| ())
}

/// Every conversation's log from beginning to end.
pub(crate) async fn logs(server: SocketAddr, cookie: &str) -> Result<Logs, String> {
    let mut http = Http::connect(Ipv4Addr::LOCALHOST, server).await?;
    let headers = [("cookie", cookie)];
    let (mut logs, mut next) = (Logs::new(), None::<String>);
    loop {
        let before = next.map(|next| format!("&before={next}")).unwrap_or_default();
        let path = format!("/v1/agent/conversations?state=open&limit=100{before}");
        let inbox: Inbox = serde_json::from_value(http.get(&path, &headers).await?).map_err(|e| e.to_string())?;
        for summary in inbox.items {
            let log = log(&mut http, cookie, summary.conversation).await?;
            logs.insert(summary.conversation, log);
        }
        next = inbox.next;
        if next.is_none() {
            return Ok(logs);
        }
    }
}

async fn log(http: &mut Http, cookie: &str, conversation: ConversationId) -> Result<Vec<Line>, String> {
    let headers = [("cookie", cookie)];
    let (mut log, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/agent/conversations/{conversation}/entries?limit=100{before}");
        let thread: Thread = serde_json::from_value(http.get(&path, &headers).await?).map_err(|e| e.to_string())?;
        let page = thread.page.events.into_iter().map(|event| {
            let tag = match &event.entry.kind {
                Kind::Message { text } => Tag::read(text),
                _ => None,
            };
            Line { seq: event.entry.seq, id: event.entry.id, tag }
        });
        let older: Vec<Line> = page.collect();
        let first = older.first().map_or(0, |line| line.seq);
        log.splice(0..0, older);
        if first <= 1 {
            return Ok(log);
        }
        before = format!("&before={first}");
    }
}

/// Whether somebody can answer, as pages are told.
pub(crate) async fn availability(server: SocketAddr) -> Result<String, String> {
    let mut http = Http::connect(Ipv4Addr::LOCALHOST, server).await?;
    let said = http.get("/sites/demo/availability.json", &[]).await?;
    said["state"].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("{said} says no state"))
}
