//! Requests from an address of the client's own: the server counts by address, so thousands of clients need thousands of them.

use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::HeaderMap,
};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};

/// An address of the loopback network for each client; the first is 127.1.0.1.
pub(crate) fn address_of(client: usize) -> Ipv4Addr {
    let n = client as u32;
    if cfg!(target_os = "linux") {
        Ipv4Addr::from(0x7f01_0000 + (n / 250) * 256 + n % 250 + 1)
    } else {
        Ipv4Addr::LOCALHOST
    }
}

/// A connection from `from`.
pub(crate) async fn connect(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if from != Ipv4Addr::LOCALHOST {
        socket.bind((from, 0).into())?;
    }
    socket.set_nodelay(true)?;
    socket.connect(to).await
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON, when the status is a good one.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        let text = || String::from_utf8_lossy(&self.body).into_owned();
        if !self.status.is_success() {
            return Err(format!("{}: {}", self.status, text()));
        }
        serde_json::from_slice(&self.body).map_err(|error| format!("{error} in {}", text()))
    }
}

/// One kept-alive connection to the server.
pub(crate) struct Http {
    send: SendRequest<Full<Bytes>>,
    origin: String,
    host: String,
}

/// What is asked.
#[derive(Clone, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) method: hyper::Method,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) async fn connect(from: Ipv4Addr, to: SocketAddr) -> Result<Self, String> {
        let stream = connect(from, to).await.map_err(|error| format!("{to}: {error}"))?;
        let (send, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| format!("{to}: {error}"))?;
        tokio::spawn(connection);
        Ok(Self { send, origin: format!("http://{to}"), host: to.to_string() })
    }

    pub(crate) async fn ask(&mut self, ask: Ask<'_>) -> Result<Answer, String> {
        let mut request = Request::builder().method(ask.method).uri(ask.path).header("host", &self.host);
        request = request.header("origin", &self.origin);
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(ask.body)).map_err(|error| error.to_string())?;
        self.send.ready().await.map_err(|error| error.to_string())?;
        let response = self.send.send_request(request).await.map_err(|error| error.to_string())?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { status: head.status, headers: head.headers, body })
    }

    pub(crate) async fn get(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Result<Value, String> {
        self.ask(Ask { path, headers, ..Ask::default() }).await?.json()
    }
}
