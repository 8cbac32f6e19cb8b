//! The first useful screen with ten conversations and with 50,000, with 60 messages and with 20,000, by HTTP and by a
//! greeting over a socket: two servers side by side, asked in turn. Fails when a median of the large one is more than a fifth above the small one's.

#[path = "../tests/server/server.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod server;

use std::{path::Path, time::Instant};

use chinwag_conversation::{ConversationId, WallTime};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method};
use rusqlite::{Connection, params};
use serde_json::json;
use server::{PASSWORD, Server, Signed};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

const ROUNDS: usize = 400;
/// Rows of one screen, in both.
const ROWS: usize = 10;
const MOST_MORE: f64 = 1.2;
/// Whose the long conversation is.
const TOKEN: &str = "the-long-conversation-belongs-to-this-token";

struct House {
    server: Server,
    mia: Signed,
    http: Client,
    long: ConversationId,
    /// Conversations, and messages in the long one.
    size: (u32, u32),
}

fn main() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let small = House::build(10, 60).await;
    let large = House::build(50_000, 20_000).await;
    let mut worst = 0.0_f64;
    for (name, path) in small.screens() {
        let other = large.screens().into_iter().find(|(other, _)| *other == name).unwrap().1;
        let (mut few, mut many) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            few.push(small.ask(&path).await);
            many.push(large.ask(&other).await);
        }
        let (few, many) = (median(few), median(many));
        let ratio = many / few;
        worst = worst.max(ratio);
        println!("{name}: {few:.0} µs with {:?}, {many:.0} µs with {:?}: {ratio:.2} times", small.size, large.size);
    }
    for (name, agent) in [("a visitor's greeting", false), ("an agent's greeting", true)] {
        let (mut few, mut many) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            few.push(small.greet(agent).await);
            many.push(large.greet(agent).await);
        }
        let (few, many) = (median(few), median(many));
        let ratio = many / few;
        worst = worst.max(ratio);
        println!("{name}: {few:.0} µs with {:?}, {many:.0} µs with {:?}: {ratio:.2} times", small.size, large.size);
    }
    assert!(worst <= MOST_MORE, "{worst:.2} times is more than {MOST_MORE}");
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

impl House {
    async fn build(conversations: u32, messages: u32) -> Self {
        let quiet = |command: &mut tokio::process::Command| {
            command.env("CHINWAG_LOG", "warn").args(["--handshakes-per-second", "1000000"]);
        };
        let mut server = Server::start_with(tempfile::tempdir().unwrap(), quiet).await;
        server.admin().await;
        let data = server.stop().await;
        let long = fill(&data.path().join("chinwag.db"), conversations, messages);
        let server = Server::start_with(data, quiet).await;
        let body = json!({ "email": "mia@example.com", "password": PASSWORD });
        let response = server.console(Method::POST, "/v1/agent/login", None).json(&body).send().await.unwrap();
        let mia = Signed { cookie: server::cookie(response.headers()) };
        Self { server, mia, http: server::http(), long, size: (conversations, messages) }
    }

    fn screens(&self) -> Vec<(&'static str, String)> {
        let (list, thread) = ("/v1/agent/conversations", format!("/v1/agent/conversations/{}/entries", self.long));
        vec![
            ("the list", format!("{list}?limit={ROWS}")),
            ("closed conversations", format!("{list}?limit={ROWS}&state=closed")),
            ("a thread", format!("{thread}?limit={ROWS}")),
            ("further up in it", format!("{thread}?limit={ROWS}&before={}", self.size.1 / 2)),
        ]
    }

    /// Microseconds from `hello` to the page that shows where the log stands: a visitor's long conversation, or the feed.
    async fn greet(&self, agent: bool) -> f64 {
        let address = self.server.url.strip_prefix("http://").unwrap();
        let path = if agent { "/v1/agent/socket" } else { "/v1/sites/demo/socket" };
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        request.headers_mut().insert("origin", self.server.url.parse().unwrap());
        request.headers_mut().insert("cookie", self.mia.cookie.parse().unwrap());
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut socket, _) = client_async(request, stream).await.unwrap();
        let feed = u64::from(self.size.0) * 2 + u64::from(self.size.1);
        let hello = match agent {
            true => json!({ "protocol": 1, "attempt": 0, "cursors": [{ "stream": "feed", "epoch": 0, "seq": feed }] }),
            false => json!({ "protocol": 1, "attempt": 0, "cursors": [], "token": TOKEN }),
        };
        let hello = json!({ "hello": hello }).to_string();
        let began = Instant::now();
        socket.send(Message::text(hello)).await.unwrap();
        loop {
            let text = socket.next().await.unwrap().unwrap().into_text().unwrap();
            if text.starts_with("{\"page\"") {
                let events = text.matches("\"entry\"").count();
                assert_eq!(events, if agent { 0 } else { 50 });
                return began.elapsed().as_micros() as f64;
            }
        }
    }

    /// Microseconds until the whole answer is there.
    async fn ask(&self, path: &str) -> f64 {
        let request = self.http.get(format!("{}{path}", self.server.url)).header("cookie", &self.mia.cookie);
        let began = Instant::now();
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.bytes().await.unwrap().len() > 500, "there is something to read");
        began.elapsed().as_micros() as f64
    }
}

/// Conversations of one message each, half of them closed, and a long one.
fn fill(path: &Path, conversations: u32, messages: u32) -> ConversationId {
    let mut db = Connection::open(path).unwrap();
    let tx = db.transaction().unwrap();
    tx.execute("INSERT OR IGNORE INTO site VALUES ('demo', 1)", []).unwrap();
    let mut feed = 0;
    let mut begin = |n: u32, state: &str, messages: u32| {
        let at = 1_790_000_000_000 + u64::from(n) * 1_000;
        let id = ConversationId::new(WallTime(at), std::array::from_fn(|place| (n >> (place % 4 * 8)) as u8));
        let mut hash: [u8; 32] = Sha256::digest(TOKEN).into();
        if messages == 1 {
            hash[..4].copy_from_slice(&n.to_be_bytes());
        }
        tx.execute("INSERT INTO visitor VALUES (?1, 'demo', ?2, NULL, NULL, 1)", params![n + 1, hash]).unwrap();
        tx.prepare_cached(
            "INSERT INTO conversation (id, visitor, state, top, unread, preview, preview_by, context, started_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, 1, 'How often do I water a fern?', 'visitor', '{}', ?5, ?5)",
        )
        .unwrap()
        .execute(params![id.0.as_bytes(), n + 1, state, messages, at])
        .unwrap();
        for seq in 1..=messages {
            feed += 1;
            let mut message = *id.0.as_bytes();
            message[8..12].copy_from_slice(&seq.to_be_bytes());
            tx.prepare_cached(
                "INSERT INTO entry (conversation, seq, client_id, author, message, kind, at) VALUES (?1, ?2, ?3, 'visitor', 1,
                 '{\"message\":{\"text\":\"How often do I water a fern?\"}}', ?4)",
            )
            .unwrap()
            .execute(params![id.0.as_bytes(), seq, message, at])
            .unwrap();
            let row = params![feed, id.0.as_bytes(), seq];
            tx.prepare_cached("INSERT INTO feed VALUES (?1, ?2, ?3)").unwrap().execute(row).unwrap();
        }
        id
    };
    for n in 0..conversations * 2 {
        begin(n, if n % 2 == 0 { "open" } else { "closed" }, 1);
    }
    let long = begin(conversations * 2, "open", messages);
    tx.commit().unwrap();
    long
}
