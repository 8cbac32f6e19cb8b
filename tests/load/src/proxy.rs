//! A proxy between clients and server that breaks things on purpose. What a fault did is counted: a drill proves that its
//! fault was there.

mod texts;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use self::texts::Texts;
use crate::http;

const HEAD_BYTES: usize = 16 * 1024;
const GREETING: &[u8] = b"\"hello\"";
/// A close frame with 4101.
const QUOTA: [u8; 4] = [0x88, 2, 0x10, 0x05];

/// What is broken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    /// Sockets live on, and no `event` comes through: wake-ups are lost, everything else goes on.
    NoEvents,
    /// … and no `top` either: the control.
    NoEventsNoTops,
    /// Nothing passes any more, and nobody is told: cables are cut, not connections.
    Silence,
    /// Sockets are cut and refused, tickets and long polls too. `POST`s that only send and pull pass.
    PostsOnly,
    /// Sockets are cut and refused with 403; all other requests pass.
    NoSockets,
    /// Sockets are cut, and accepted ones are closed with 4101 at once; all other requests pass.
    Quota,
}

/// See the module. Lives as long as its process.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    fault: watch::Sender<Fault>,
    counted: Arc<AtomicUsize>,
}

struct Link {
    fault: watch::Receiver<Fault>,
    counted: Arc<AtomicUsize>,
    to: SocketAddr,
}

impl Proxy {
    pub(crate) async fn start(to: SocketAddr) -> Result<Self, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let (fault, following) = watch::channel(Fault::Nothing);
        let counted = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&counted);
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let link = Link { fault: following.clone(), counted: Arc::clone(&counter), to };
                tokio::spawn(async move { link.serve(stream, peer).await });
            }
        });
        Ok(Self { address, fault, counted })
    }

    pub(crate) fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Frames dropped, connections cut and requests refused until now.
    pub(crate) fn counted(&self) -> usize {
        self.counted.load(Ordering::Relaxed)
    }
}

impl Link {
    /// The server sees the client's own address.
    async fn serve(mut self, mut client: TcpStream, peer: SocketAddr) -> Option<()> {
        let _ = client.set_nodelay(true);
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            if head.len() > HEAD_BYTES || client.read_buf(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let socket = text.contains("\r\nupgrade: websocket");
        if text.starts_with("post ") {
            whole(&mut client, &mut head, &text).await?;
        }
        // A long poll begins with a greeting.
        let greets = head.windows(GREETING.len()).any(|part| part == GREETING);
        let plain_post = text.starts_with("post ") && text.contains("/frames ") && !greets;
        let fault = *self.fault.borrow_and_update();
        match fault {
            Fault::PostsOnly if !plain_post => {
                self.counted.fetch_add(1, Ordering::Relaxed);
                return None;
            }
            Fault::NoSockets if socket => {
                self.counted.fetch_add(1, Ordering::Relaxed);
                let refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                return client.write_all(refusal).await.ok();
            }
            _ => {}
        }
        let IpAddr::V4(from) = peer.ip() else { return None };
        let mut server = http::connect(from, self.to).await.ok()?;
        let head = host_of(&head, self.to)?;
        server.write_all(&head).await.ok()?;
        if fault == Fault::Quota && socket {
            self.counted.fetch_add(1, Ordering::Relaxed);
            return close(client, server, &QUOTA).await;
        }
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let mut cutting = self.fault.clone();
        let (fault, counted) = (self.fault.clone(), Arc::clone(&self.counted));
        let up = pass(from_client, to_server, fault.clone());
        let down = pass_texts(from_server, to_client, fault, socket, &counted);
        tokio::select! {
            () = async { tokio::join!(up, down); } => {}
            _ = cutting.wait_for(|fault| socket && matches!(fault, Fault::PostsOnly | Fault::NoSockets | Fault::Quota)) => {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        }
        Some(())
    }
}

/// Passes the server's answer to an upgrade, says the last word in its place, and waits for the client to go.
async fn close(mut client: TcpStream, mut server: TcpStream, word: &[u8]) -> Option<()> {
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        if answer.len() > HEAD_BYTES || server.read_buf(&mut answer).await.ok()? == 0 {
            return None;
        }
    }
    client.write_all(&answer).await.ok()?;
    client.write_all(word).await.ok()?;
    let mut rest = vec![0; 4_096];
    while client.read(&mut rest).await.ok()? > 0 {}
    Some(())
}

/// Reads on until the body is there.
async fn whole(client: &mut TcpStream, request: &mut Vec<u8>, head: &str) -> Option<()> {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let body = head.find("\r\n\r\n")? + 4;
    while request.len() < body + length.unwrap_or(0) {
        if client.read_buf(request).await.ok()? == 0 {
            return None;
        }
    }
    Some(())
}

/// The request as if it had been made to the server itself.
fn host_of(head: &[u8], to: SocketAddr) -> Option<Vec<u8>> {
    let end = head.windows(4).position(|end| end == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&head[..end]).ok()?;
    let line = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match &*name {
            "host" => format!("host: {to}"),
            "origin" => format!("origin: http://{to}"),
            _ => line.to_owned(),
        }
    };
    let lines: Vec<String> = text.split("\r\n").map(line).collect();
    Some([lines.join("\r\n").as_bytes(), &head[end..]].concat())
}

/// Copies until the end; under [`Fault::Silence`] nothing passes, not even an end.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut fault: watch::Receiver<Fault>) {
    let mut buffer = vec![0; 4096];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        loud(&mut fault).await;
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// The same from the server, where single texts may be left out.
async fn pass_texts(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut fault: watch::Receiver<Fault>,
    socket: bool,
    counted: &AtomicUsize,
) {
    let (mut buffer, mut texts) = (vec![0; 4096], Texts::default());
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        loud(&mut fault).await;
        if read == 0 {
            break;
        }
        let now = *fault.borrow();
        let keep = |text: &[u8]| match now {
            Fault::NoEvents => !text.starts_with(b"{\"event\""),
            Fault::NoEventsNoTops => !text.starts_with(b"{\"event\"") && !text.starts_with(b"{\"top\""),
            _ => true,
        };
        let (passed, dropped) = if socket { texts.filter(&buffer[..read], keep) } else { (buffer[..read].to_vec(), 0) };
        counted.fetch_add(dropped, Ordering::Relaxed);
        if to.write_all(&passed).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

async fn loud(fault: &mut watch::Receiver<Fault>) {
    let _ = fault.wait_for(|fault| *fault != Fault::Silence).await;
}
