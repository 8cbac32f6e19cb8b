//! Says back what it hears, on a socket with the server's own bounds: for Autobahn|Testsuite (`./build.sh autobahn`).

#[path = "../src/socket/bounds.rs"]
mod bounds;

use axum::{
    Router,
    extract::{
        WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    routing::any,
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("it listens"));
    let echo = any(async |upgrade: WebSocketUpgrade| bounds::bounded(upgrade).on_upgrade(echo));
    axum::serve(listener, Router::new().route("/", echo)).await.expect("it serves");
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Text(_) | Message::Binary(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}
