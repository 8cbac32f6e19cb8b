//! What it costs the server to say "not now", beside what a handshake and an answer without any work cost, in the same run:
//! processor time of the process. Fails when it is more than [`MOST`] of a handshake, or [`MOST_TIMES`] the empty answer, the
//! least that anything said by HTTP can cost.

#[path = "../tests/server/server.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod server;

use futures_util::{SinkExt, StreamExt};
use server::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

const HANDSHAKES: usize = 5_000;
const REFUSALS: usize = 50_000;
/// Of a handshake, in percent.
const MOST: f64 = 6.0;
/// The empty answer.
const MOST_TIMES: f64 = 1.5;

fn main() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let open = start(1_000_000).await;
    handshakes(&open, 200).await;
    let handshake = cost(&open, HANDSHAKES, handshakes(&open, HANDSHAKES)).await;
    let full = start(1).await;
    refusals(&full, 200).await;
    let empty = cost(&full, REFUSALS, answers(&full, "/healthz", "200", REFUSALS)).await;
    let refusal = cost(&full, REFUSALS, refusals(&full, REFUSALS)).await;
    let (share, floor, times) = (refusal / handshake * 100.0, empty / handshake * 100.0, refusal / empty);
    println!("a handshake: {handshake:.1} µs of processor time; an empty answer: {empty:.1} µs, {floor:.1} % of it");
    println!("a refusal: {refusal:.1} µs, {share:.1} % of a handshake and {times:.2} x the empty answer");
    assert!(share <= MOST, "{share:.1} % is more than {MOST} %");
    assert!(times <= MOST_TIMES, "{times:.2} x is more than {MOST_TIMES} x");
}

async fn start(per_second: u32) -> Server {
    let rate = per_second.to_string();
    Server::start_with(tempfile::tempdir().unwrap(), |command| {
        command.env("CHINWAG_LOG", "warn").args(["--handshakes-per-second", &rate]);
    })
    .await
}

/// Microseconds of the server's processors for each.
async fn cost(server: &Server, count: usize, work: impl Future<Output = ()>) -> f64 {
    let before = processor_ticks(server);
    work.await;
    // Linux counts a hundred in a second.
    (processor_ticks(server) - before) as f64 * 10_000.0 / count as f64
}

fn processor_ticks(server: &Server) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.process())).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

fn address(server: &Server) -> &str {
    server.url.strip_prefix("http://").unwrap()
}

/// Connection, upgrade, hello, welcome, end.
async fn handshakes(server: &Server, count: usize) {
    for n in 0..count {
        let mut request = format!("ws://{}/v1/sites/demo/socket", address(server)).into_client_request().unwrap();
        request.headers_mut().insert("origin", server.url.parse().unwrap());
        let stream = TcpStream::connect(address(server)).await.unwrap();
        let small = WebSocketConfig::default().read_buffer_size(512).write_buffer_size(0);
        let (mut socket, _) = client_async_with_config(request, stream, Some(small)).await.unwrap();
        let hello = format!(r#"{{"hello":{{"protocol":1,"token":"{n:043}","cursors":[],"attempt":0}}}}"#);
        socket.send(Message::text(hello)).await.unwrap();
        let welcome = socket.next().await.unwrap().unwrap();
        assert!(welcome.to_text().unwrap().starts_with("{\"welcome\""), "{welcome}");
    }
}

async fn refusals(server: &Server, count: usize) {
    answers(server, "/v1/sites/demo/connect", "503", count).await;
}

/// Questions on one connection, as a browser keeps it.
async fn answers(server: &Server, path: &str, status: &str, count: usize) {
    let mut stream = TcpStream::connect(address(server)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\n\r\n", address(server), server.url);
    let (expected, mut buffer, mut answered) = (format!("HTTP/1.1 {status}"), [0; 2_048], 0);
    for _ in 0..count {
        stream.write_all(request.as_bytes()).await.unwrap();
        let length = stream.read(&mut buffer).await.unwrap();
        answered += usize::from(buffer[..length].starts_with(expected.as_bytes()));
    }
    assert!(answered + 20 >= count, "{answered} of {count} were {status}");
}
