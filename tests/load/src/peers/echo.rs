//! The least that a WebSocket server can do: axum, and each text goes back to its sender.

use std::net::Ipv4Addr;

use axum::{
    Router,
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    routing::get,
};
use tokio::net::TcpListener;

/// Serves until it is killed; the first line says where.
pub(crate) async fn serve() -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| error.to_string())?;
    println!("{}", listener.local_addr().map_err(|error| error.to_string())?);
    let router = Router::new().route("/", get(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)));
    let served =
        axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), router);
    served.await.map_err(|error| error.to_string())
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if let Message::Text(_) = &message
            && socket.send(message).await.is_err()
        {
            return;
        }
    }
}
