//! A client that speaks frames.

use chinwag_conversation::{
    Ack, ClientFrame, ConversationId, Cursor, Event, Hello, Kind, MessageId, Page, Post, PostAnswer, Send, ServerFrame,
    Stream, WallTime, Welcome,
};
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::CloseFrame},
};

use crate::server::{Server, Signed, soon};

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// A visitor's secret as a browser makes it.
pub(crate) fn token() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    random::<43>().iter().map(|b| char::from(ALPHABET[usize::from(b % 64)])).collect()
}

pub(crate) fn conversation_id() -> ConversationId {
    ConversationId::new(WallTime(1_700_000_000_000), random())
}

pub(crate) fn message_id() -> MessageId {
    MessageId::new(WallTime(1_700_000_000_000), random())
}

pub(crate) fn text(text: &str) -> Kind {
    Kind::Message { text: text.into() }
}

pub(crate) fn send(conversation: ConversationId, kind: Kind) -> Send {
    Send { id: message_id(), conversation, kind, context: None, as_of: None }
}

/// Knows nothing of a conversation.
pub(crate) fn unknown(conversation: ConversationId) -> Cursor {
    Cursor { stream: Stream::Conversation(conversation), epoch: 0, seq: None }
}

pub(crate) fn hello(token: Option<&str>, cursors: Vec<Cursor>) -> ClientFrame {
    ClientFrame::Hello(Hello {
        protocol: 1,
        token: token.map(Into::into),
        cursors,
        attempt: 0,
        ticket: None,
        client: None,
    })
}

/// A visitor's `hello` with a ticket.
pub(crate) fn greeting(token: &str, ticket: Option<&str>) -> ClientFrame {
    let ClientFrame::Hello(hello) = hello(Some(token), vec![]) else { unreachable!() };
    ClientFrame::Hello(Hello { ticket: ticket.map(Into::into), ..hello })
}

pub(crate) struct Socket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How a handshake was refused.
pub(crate) fn status(error: &tungstenite::Error) -> u16 {
    match error {
        tungstenite::Error::Http(response) => response.status().as_u16(),
        other => panic!("{other}"),
    }
}

impl Socket {
    pub(crate) async fn open(
        server: &Server,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let url = server.url.replacen("http", "ws", 1) + path;
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let (socket, _) = soon("the handshake", connect_async(request)).await?;
        Ok(Self { socket })
    }

    /// A visitor of the demo site, not yet greeted.
    pub(crate) async fn visitor(server: &Server) -> Self {
        Self::open(server, "/v1/sites/demo/socket", &[("origin", &server.url)]).await.unwrap()
    }

    /// A visitor that greeted; the answers are yet to be read.
    pub(crate) async fn greeted(server: &Server, token: &str, cursors: Vec<Cursor>) -> Self {
        let mut socket = Self::visitor(server).await;
        socket.say(hello(Some(token), cursors)).await;
        socket
    }

    /// An agent that follows the feed and was welcomed.
    pub(crate) async fn agent(server: &Server, who: &Signed) -> Self {
        let headers = [("origin", server.url.as_str()), ("cookie", who.cookie.as_str())];
        let mut socket = Self::open(server, "/v1/agent/socket", &headers).await.unwrap();
        socket.say(hello(None, vec![Cursor { stream: Stream::Feed, epoch: 0, seq: None }])).await;
        socket.page().await;
        socket
    }

    pub(crate) async fn say(&mut self, frame: ClientFrame) {
        self.say_raw(serde_json::to_string(&frame).unwrap()).await;
    }

    pub(crate) async fn say_raw(&mut self, text: impl Into<String>) {
        self.say_message(Message::text(text.into())).await.unwrap();
    }

    pub(crate) async fn say_message(&mut self, message: Message) -> Result<(), tungstenite::Error> {
        soon("sending", self.socket.send(message)).await
    }

    /// The next frame; `None` when the connection ended.
    pub(crate) async fn hear(&mut self) -> Option<ServerFrame> {
        loop {
            match soon("a frame", self.socket.next()).await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Reads until a frame is what `pick` looks for.
    pub(crate) async fn until<T>(&mut self, mut pick: impl FnMut(ServerFrame) -> Option<T>) -> T {
        loop {
            let frame = self.hear().await.expect("the connection holds");
            if let Some(picked) = pick(frame) {
                return picked;
            }
        }
    }

    /// How the server closed.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match soon("the close", self.socket.next()).await {
                Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                    return (code.into(), reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("ended without a reason: {other:?}"),
            }
        }
    }

    pub(crate) async fn welcome(&mut self) -> Welcome {
        self.until(|frame| match frame {
            ServerFrame::Welcome(welcome) => Some(welcome),
            _ => None,
        })
        .await
    }

    pub(crate) async fn page(&mut self) -> Page {
        self.until(|frame| match frame {
            ServerFrame::Page(page) => Some(page),
            _ => None,
        })
        .await
    }

    pub(crate) async fn event(&mut self) -> Event {
        self.until(|frame| match frame {
            ServerFrame::Event(event) => Some(*event),
            _ => None,
        })
        .await
    }

    /// The answer to a send.
    pub(crate) async fn answer(&mut self) -> ServerFrame {
        self.until(|frame| matches!(frame, ServerFrame::Ack(_) | ServerFrame::Nack(_)).then_some(frame)).await
    }

    pub(crate) async fn ack(&mut self, frame: Send) -> Ack {
        self.say(ClientFrame::Send(frame)).await;
        match self.answer().await {
            ServerFrame::Ack(ack) => ack,
            other => panic!("{other:?}"),
        }
    }
}

/// Frames of a visitor without a connection.
pub(crate) async fn post(server: &Server, token: &str, frames: Vec<ClientFrame>) -> Vec<ServerFrame> {
    let body = serde_json::to_string(&Post { token: Some(token.into()), wait_ms: None, frames }).unwrap();
    let request = server.request(Method::POST, "/v1/sites/demo/frames").header("content-type", "text/plain");
    let response = request.body(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], *server.url);
    response.json::<PostAnswer>().await.unwrap().frames
}
