//! The sockets of one client. A client has one, and a second while it changes over.

use std::{
    future::{Future, poll_fn},
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use chinwag_conversation::{ClientFrame, ServerFrame, code};
use futures_util::{SinkExt, Stream, StreamExt};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::http;

/// For one frame to leave.
const WRITE: Duration = Duration::from_secs(10);
/// No socket, and no reason given.
pub(crate) const ABNORMAL: u16 = 1006;

pub(crate) type Socket = WebSocketStream<TcpStream>;
type Opening = Pin<Box<dyn Future<Output = Result<Socket, String>> + Send>>;

/// What a socket brings.
#[derive(Debug)]
pub(crate) enum Heard {
    Opened,
    Frame(Box<ServerFrame>),
    Closed { code: u16, hint_ms: Option<u64> },
}

enum Wire {
    Opening(Opening),
    Open(Box<Socket>),
}

/// See the module. Each socket has a number of the caller's.
#[derive(Default)]
pub(crate) struct Wires(Vec<(u32, Wire)>);

/// Opens a socket with buffers small enough for thousands.
pub(crate) async fn open(
    from: Ipv4Addr,
    to: SocketAddr,
    path: &str,
    headers: &[(&'static str, String)],
) -> Result<Socket, String> {
    let request = format!("ws://{to}{path}").into_client_request();
    let mut request = request.map_err(|error| error.to_string())?;
    for (name, value) in headers {
        let value = value.parse().map_err(|_| format!("{name} cannot be sent"))?;
        request.headers_mut().append(*name, value);
    }
    let stream = http::connect(from, to).await.map_err(|error| error.to_string())?;
    let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
    let opened = client_async_with_config(request, stream, Some(small)).await;
    opened.map(|(socket, _)| socket).map_err(|error| error.to_string())
}

impl Wires {
    pub(crate) fn add(&mut self, number: u32, opening: Opening) {
        self.0.push((number, Wire::Opening(opening)));
    }

    /// Gives a socket up, as a browser does when its page closes it.
    pub(crate) fn close(&mut self, number: u32) {
        let Some(place) = self.0.iter().position(|(n, _)| *n == number) else { return };
        if let (_, Wire::Open(mut socket)) = self.0.swap_remove(place) {
            tokio::spawn(async move { timeout(WRITE, WebSocketStream::close(&mut socket, None)).await });
        }
    }

    /// The network breaks: no goodbye.
    pub(crate) fn cut(&mut self) -> Vec<u32> {
        self.0.drain(..).map(|(number, _)| number).collect()
    }

    /// Sends; a socket that takes nothing any more tells so by [`Wires::heard`].
    pub(crate) async fn send(&mut self, number: u32, frame: &ClientFrame) {
        let wire = self.0.iter_mut().find(|(n, _)| *n == number);
        if let Some((_, Wire::Open(socket))) = wire
            && let Ok(text) = serde_json::to_string(frame)
        {
            let _ = timeout(WRITE, socket.send(Message::text(text))).await;
        }
    }

    /// The next of all sockets; never, when there is none.
    pub(crate) async fn heard(&mut self) -> (u32, Heard) {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(u32, Heard)> {
        for place in 0..self.0.len() {
            let (number, wire) = &mut self.0[place];
            let number = *number;
            let Poll::Ready(heard) = poll_wire(wire, cx) else { continue };
            if let Heard::Closed { .. } = heard {
                self.0.swap_remove(place);
            }
            return Poll::Ready((number, heard));
        }
        Poll::Pending
    }
}

fn poll_wire(wire: &mut Wire, cx: &mut Context<'_>) -> Poll<Heard> {
    let socket = match wire {
        Wire::Opening(opening) => match opening.as_mut().poll(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Err(_)) => return Poll::Ready(Heard::Closed { code: ABNORMAL, hint_ms: None }),
            Poll::Ready(Ok(socket)) => {
                *wire = Wire::Open(Box::new(socket));
                return Poll::Ready(Heard::Opened);
            }
        },
        Wire::Open(socket) => socket,
    };
    loop {
        let Poll::Ready(message) = Pin::new(&mut **socket).poll_next(cx) else { return Poll::Pending };
        match message {
            Some(Ok(Message::Text(text))) => {
                // What this driver does not know, a client ignores.
                if let Ok(frame) = serde_json::from_str(&text) {
                    return Poll::Ready(Heard::Frame(Box::new(frame)));
                }
            }
            Some(Ok(Message::Close(frame))) => return Poll::Ready(closed(frame)),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Poll::Ready(Heard::Closed { code: ABNORMAL, hint_ms: None }),
        }
    }
}

fn closed(frame: Option<tungstenite::protocol::CloseFrame>) -> Heard {
    match frame {
        Some(frame) => Heard::Closed { code: frame.code.into(), hint_ms: code::hint(&frame.reason) },
        None => Heard::Closed { code: ABNORMAL, hint_ms: None },
    }
}

/// Reads on until a text comes; `None` when the socket ended.
pub(crate) async fn text(socket: &mut Socket) -> Option<String> {
    loop {
        match socket.next().await? {
            Ok(Message::Text(text)) => return Some(text.to_string()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}
