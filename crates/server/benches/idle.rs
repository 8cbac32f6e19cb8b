//! What a socket costs that does nothing: resident memory of the server with 5,000 greeted visitors, in a release build.
//! Fails when it is over the bound, and says how many bytes each socket took.

#[path = "../tests/server/server.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod server;

use std::{sync::Arc, time::Instant};

use futures_util::{SinkExt, StreamExt};
use server::Server;
use tokio::{net::TcpStream, sync::Semaphore};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

const SOCKETS: usize = 5_000;
/// Bytes, resident, for each.
const BOUND: usize = 10 * 1024;
/// Handshakes under way at the same time.
const AT_ONCE: usize = 64;

type Socket = WebSocketStream<TcpStream>;

fn main() {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let quiet = |command: &mut tokio::process::Command| {
        command.env("CHINWAG_LOG", "warn").args(["--handshakes-per-second", "1000000"]);
    };
    let server = Arc::new(Server::start_with(tempfile::tempdir().unwrap(), quiet).await);
    let first = greeted(&server, usize::MAX).await;
    let before = resident(&server);
    let start = Instant::now();
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let tasks: Vec<_> = (0..SOCKETS)
        .map(|n| {
            let (server, gate) = (Arc::clone(&server), Arc::clone(&gate));
            tokio::spawn(async move {
                let _turn = gate.acquire().await.unwrap();
                greeted(&server, n).await
            })
        })
        .collect();
    let mut sockets = vec![first];
    for task in tasks {
        sockets.push(task.await.unwrap());
    }
    let took = start.elapsed();
    let after = resident(&server);
    let each = (after - before) / SOCKETS;
    println!("{SOCKETS} idle sockets: {each} bytes resident each, {} MiB in all", after >> 20);
    println!("{:.0} handshakes a second", SOCKETS as f64 / took.as_secs_f64());
    assert!(each <= BOUND, "over the bound of {BOUND} bytes");
}

/// A visitor's socket after `welcome`.
async fn greeted(server: &Server, n: usize) -> Socket {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut request = format!("ws://{address}/v1/sites/demo/socket").into_client_request().unwrap();
    request.headers_mut().insert("origin", server.url.parse().unwrap());
    let small = WebSocketConfig::default().read_buffer_size(512).write_buffer_size(0);
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut socket, _) = client_async_with_config(request, stream, Some(small)).await.unwrap();
    let hello = format!(r#"{{"hello":{{"protocol":1,"token":"{n:043}","cursors":[],"attempt":0}}}}"#);
    socket.send(Message::text(hello)).await.unwrap();
    let welcome = server::soon("the welcome", socket.next()).await.unwrap().unwrap();
    assert!(welcome.to_text().unwrap().starts_with("{\"welcome\""), "{welcome}");
    socket
}

/// Bytes of the process that are in memory now.
fn resident(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}
