//! What stands between a visitor and the server: it counts sockets, refuses them, or cuts every line.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lets {
    Everything,
    /// Upgrades to WebSocket are answered by 403.
    NoSockets,
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
    refused: AtomicUsize,
}

impl Proxy {
    /// In front of the server at `origin`.
    pub async fn start(origin: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = format!("http://{}", listener.local_addr().expect("an address"));
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

    /// Sockets that were refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.counts.refused.load(Ordering::SeqCst)
    }
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
    let cut = lets.wait_for(|lets| *lets == Lets::Nothing || (is_socket && *lets == Lets::NoSockets));
    tokio::select! {
        _ = cut => {}
        _ = copy_bidirectional(&mut line, &mut upstream) => {}
    }
    counts.live.fetch_sub(usize::from(is_socket), Ordering::SeqCst);
}
