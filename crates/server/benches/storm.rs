//! `kill -9` and a restart with 5,000 connected visitors who do as the protocol says: wait within the window, ask for a
//! ticket, wait for their place, connect. Fails when somebody is not back within the window and 10 s, when it took more than 2.5
//! attempts each, or when more were let in within a second than the rate allows.

#[path = "../tests/server/server.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod server;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chinwag_conversation::{ServerFrame, Ticket, admission::Refused};
use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use server::{Server, soon};
use tokio::{net::TcpStream, sync::watch, time::sleep};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

const CLIENTS: usize = 5_000;
const PER_SECOND: u32 = 500;

type Socket = WebSocketStream<TcpStream>;

/// What the clients did since the restart.
#[derive(Default)]
struct Tally {
    attempts: AtomicUsize,
    live: Mutex<Vec<Instant>>,
}

fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
}

async fn start(data: tempfile::TempDir, per_second: u32) -> Server {
    let rate = per_second.to_string();
    Server::start_with(data, |command| {
        command.env("CHINWAG_LOG", "warn").args(["--handshakes-per-second", &rate]);
    })
    .await
}

async fn measure() {
    let first = start(tempfile::tempdir().unwrap(), 1_000_000).await;
    let (to_url, url) = watch::channel(first.url.clone());
    let (http, tally) = (server::http(), Arc::new(Tally::default()));
    let clients: Vec<_> =
        (0..CLIENTS).map(|n| tokio::spawn(client(n, http.clone(), url.clone(), Arc::clone(&tally)))).collect();
    until("everybody to be connected", || tally.live.lock().unwrap().len() == CLIENTS).await;
    tally.attempts.store(0, Ordering::Relaxed);
    tally.live.lock().unwrap().clear();
    let second = start(first.stop().await, PER_SECOND).await;
    let began = Instant::now();
    to_url.send_replace(second.url.clone());
    until("everybody to be back", || tally.live.lock().unwrap().len() == CLIENTS).await;
    let mut back: Vec<f64> = tally.live.lock().unwrap().iter().map(|at| (*at - began).as_secs_f64()).collect();
    back.sort_by(f64::total_cmp);
    let (last, attempts) = (back[CLIENTS - 1], tally.attempts.load(Ordering::Relaxed) as f64 / CLIENTS as f64);
    let most = (0..CLIENTS).map(|n| back[n..].partition_point(|at| *at < back[n] + 1.0)).max().unwrap();
    let window = CLIENTS as f64 / (0.7 * f64::from(PER_SECOND));
    println!("{CLIENTS} clients are back after {last:.1} s (window {window:.1} s), {attempts:.2} attempts each,");
    println!("at most {most} within a second (rate {PER_SECOND})");
    assert!(last <= window + 10.0 && attempts <= 2.5);
    assert!(most <= PER_SECOND as usize * 11 / 10, "the rate and one burst");
    for client in clients {
        client.abort();
    }
}

async fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < Duration::from_secs(180), "waited in vain for {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Stays connected, whatever happens.
async fn client(n: usize, http: reqwest::Client, mut url: watch::Receiver<String>, tally: Arc<Tally>) {
    let mut window = Duration::ZERO;
    loop {
        sleep(window.mul_f64(share())).await;
        let server = url.borrow_and_update().clone();
        let Some(mut socket) = connect(n, &http, &server, &tally).await else { continue };
        tally.live.lock().unwrap().push(Instant::now());
        while let Some(Ok(_)) = socket.next().await {}
        // The restarted server has another port here; a real one keeps its address.
        let _ = url.changed().await;
        // What a server of this rate announces to so many.
        window = Duration::from_secs_f64(CLIENTS as f64 / (0.7 * f64::from(PER_SECOND)));
    }
}

/// Until there is a ticket, and then once with it.
async fn connect(n: usize, http: &reqwest::Client, url: &str, tally: &Tally) -> Option<Socket> {
    let from = format!("10.{}.{}.{}", n >> 16, n >> 8 & 255, n & 255);
    let ticket = loop {
        tally.attempts.fetch_add(1, Ordering::Relaxed);
        let asked = http.get(format!("{url}/v1/sites/demo/connect")).header("origin", url);
        let Ok(answer) = asked.header("x-forwarded-for", &from).send().await else {
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        if answer.status() == StatusCode::OK {
            break answer.json::<Ticket>().await.ok()?.ticket;
        }
        let Refused { after_ms, spread_ms, place } = answer.json().await.ok()?;
        sleep(Duration::from_millis(after_ms) + Duration::from_millis(spread_ms).mul_f64(share())).await;
        if let Some(place) = place {
            break place.ticket;
        }
    };
    let address = url.strip_prefix("http://").unwrap();
    let mut request = format!("ws://{address}/v1/sites/demo/socket").into_client_request().unwrap();
    request.headers_mut().insert("origin", url.parse().unwrap());
    request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
    let small = WebSocketConfig::default().read_buffer_size(512).write_buffer_size(0);
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut socket, _) = client_async_with_config(request, stream, Some(small)).await.ok()?;
    let hello =
        format!(r#"{{"hello":{{"protocol":1,"token":"{n:043}","cursors":[],"attempt":0,"ticket":"{ticket}"}}}}"#);
    socket.send(Message::text(hello)).await.ok()?;
    let first = soon("the welcome", socket.next()).await?.ok()?;
    match serde_json::from_str(first.to_text().ok()?).ok()? {
        ServerFrame::Welcome(_) => Some(socket),
        _ => None,
    }
}

/// From 0 to 1.
fn share() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).unwrap();
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
