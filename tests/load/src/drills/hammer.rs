//! The control of the drill `kill`: clients who know nothing of tickets, windows and hints, and try again every second. The
//! bounds that the real ones keep must be seen to fail, or they would say nothing.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::SinkExt;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::tungstenite::Message;

use super::{Finding, restart};
use crate::{
    crowd::until,
    http::address_of,
    server::Server,
    talk::PATIENCE,
    wire::{self, Socket},
};

const AGAIN: Duration = Duration::from_secs(1);
/// For a greeting to be answered.
const WELCOME: Duration = Duration::from_secs(8);

#[derive(Default)]
struct Tally {
    live: AtomicUsize,
    attempts: AtomicUsize,
}

pub(super) async fn drill(server: &mut Server, clients: usize, handshakes: u32) -> Result<Finding, String> {
    let tally = Arc::new(Tally::default());
    let mut tasks = JoinSet::new();
    // As fast as the server takes them, so that the control begins where the drill does.
    let each = Duration::from_secs_f64(1.0 / (0.5 * f64::from(handshakes)));
    for number in 0..clients {
        let (to, tally) = (server.address(), Arc::clone(&tally));
        tasks.spawn(async move {
            sleep(each * number as u32).await;
            stubborn(number, to, &tally).await;
        });
    }
    let live = || tally.live.load(Ordering::Relaxed);
    if !until(PATIENCE, || live() == clients).await {
        return Err(format!("{} of {clients} are live", live()));
    }
    server.kill().await?;
    let dark = until(Duration::from_secs(30), || live() == 0).await;
    tally.attempts.store(0, Ordering::Relaxed);
    sleep(Duration::from_secs(10)).await;
    server.boot().await?;
    let (began, window) = (Instant::now(), clients as f64 / (0.7 * f64::from(handshakes)));
    let bound = Duration::from_secs_f64(window) + restart::BEYOND;
    until(bound, || live() == clients).await;
    let (back, offline) = (began.elapsed().as_secs_f64(), (clients - live()) as f64 / clients as f64);
    let attempts = tally.attempts.load(Ordering::Relaxed) as f64 / clients as f64;
    tasks.shutdown().await;
    let mut finding =
        Finding::new("kill, control", format!("{clients} clients, {handshakes} handshakes/s, again every second"));
    finding.note("everybody was cut off", "yes".into(), if dark { "yes" } else { "no" }.into(), dark);
    finding.at_least("attempts each, mean", 2.0 * restart::ATTEMPTS, attempts, "");
    finding.note("offline", "-".into(), format!("{:.0} % after {back:.1} s", offline * 100.0), true);
    Ok(finding)
}

async fn stubborn(number: usize, to: SocketAddr, tally: &Tally) {
    loop {
        tally.attempts.fetch_add(1, Ordering::Relaxed);
        if let Ok(Some(mut socket)) = timeout(WELCOME, greeted(number, to)).await {
            tally.live.fetch_add(1, Ordering::Relaxed);
            while wire::text(&mut socket).await.is_some() {}
            tally.live.fetch_sub(1, Ordering::Relaxed);
        }
        sleep(AGAIN).await;
    }
}

async fn greeted(number: usize, to: SocketAddr) -> Option<Socket> {
    let headers = [("origin", format!("http://{to}"))];
    let mut socket = wire::open(address_of(number), to, "/v1/sites/demo/socket", &headers).await.ok()?;
    let hello = format!(r#"{{"hello":{{"protocol":1,"token":"{number:043}","cursors":[],"attempt":0}}}}"#);
    socket.send(Message::text(hello)).await.ok()?;
    wire::text(&mut socket).await.filter(|text| text.starts_with("{\"welcome\"")).map(|_| socket)
}
