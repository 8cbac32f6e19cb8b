//! What stands between a visitor and the server: it counts sockets, refuses them, makes them mute, or cuts every line.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};

use crate::host::Host;

/// What is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lets {
    Everything,
    /// Upgrades to WebSocket are answered by 403.
    NoSockets,
    /// Visitors are heard, and hear nothing.
    OnlyUp,
    /// Every line is cut, and no new one gets through.
    Nothing,
}

/// A running proxy. It stops with the runtime of the test.
pub struct Proxy {
    pub origin: String,
    lets: watch::Sender<Lets>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    live: AtomicUsize,
    opened: AtomicUsize,
    refused: AtomicUsize,
}

impl Proxy {
    /// In front of the server at `origin`.
    pub async fn start(origin: &str) -> Self {
        let (listener, own) = Host::reserve().await;
        let server = origin.trim_start_matches("http://").to_owned();
        let (lets, watched) = watch::channel(Lets::Everything);
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, server.clone(), watched.clone(), Arc::clone(&shared)));
            }
        });
        Self { origin: own, lets, counts }
    }

    pub fn lets(&self, lets: Lets) {
        self.lets.send_replace(lets);
    }

    /// Sockets that live now.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.counts.live.load(Ordering::SeqCst)
    }

    /// Sockets that there have been.
    #[must_use]
    pub fn opened(&self) -> usize {
        self.counts.opened.load(Ordering::SeqCst)
    }

    /// Sockets that were refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.counts.refused.load(Ordering::SeqCst)
    }
}

/// An origin that accepts every line and never says a word.
pub async fn mute() -> String {
    let (listener, origin) = Host::reserve().await;
    tokio::spawn(async move {
        let mut lines = Vec::new();
        while let Ok((line, _)) = listener.accept().await {
            lines.push(line);
        }
    });
    origin
}

/// An origin where nobody listens: the port was ours a moment ago.
pub async fn dead() -> String {
    Host::reserve().await.1
}

/// One line; a socket always has one of its own, so the first request tells.
async fn serve(mut line: TcpStream, server: String, mut lets: watch::Receiver<Lets>, counts: Arc<Counts>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 4096];
        match line.read(&mut part).await {
            Ok(length) if length > 0 => head.extend_from_slice(&part[..length]),
            _ => return,
        }
    }
    let is_socket = String::from_utf8_lossy(&head).to_ascii_lowercase().contains("upgrade: websocket");
    let now = *lets.borrow_and_update();
    if now == Lets::Nothing {
        return;
    }
    if is_socket && now == Lets::NoSockets {
        counts.refused.fetch_add(1, Ordering::SeqCst);
        let _ = line.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        return;
    }
    let Ok(mut upstream) = TcpStream::connect(&server).await else { return };
    if upstream.write_all(&head).await.is_err() {
        return;
    }
    counts.live.fetch_add(usize::from(is_socket), Ordering::SeqCst);
    counts.opened.fetch_add(usize::from(is_socket), Ordering::SeqCst);
    let answers = lets.clone();
    let cut = lets.wait_for(|lets| *lets == Lets::Nothing || (is_socket && *lets == Lets::NoSockets));
    let (visitor, server) = (line.split(), upstream.split());
    tokio::select! {
        _ = cut => {}
        _ = carry(visitor.0, server.1, || true) => {}
        _ = carry(server.0, visitor.1, || *answers.borrow() != Lets::OnlyUp) => {}
    }
    counts.live.fetch_sub(usize::from(is_socket), Ordering::SeqCst);
}

/// One direction, until it ends. What must not pass is lost.
async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, passes: impl Fn() -> bool) {
    let mut part = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut part).await {
        if passes() && to.write_all(&part[..length]).await.is_err() {
            return;
        }
    }
}
