//! One connected socket: bytes on one side, the desk on the other.
//!
//! There is no queue towards the client. What is durable waits in the log; a client that reads slowly is simply served
//! later, and one whose socket takes nothing for 10 s is closed. So a socket's memory is its buffers and no more.

mod bounds;
mod following;
mod incoming;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, net::IpAddr, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use chinwag_conversation::{Availability, ClientFrame, Hello, Range, ServerFrame, Stream, Top, code, time::Elapsed};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};

pub(crate) use self::bounds::bounded;
use self::{
    following::{Following, Push},
    incoming::{Incoming, Read},
};
use crate::{
    app::{AGENTS, Shared},
    clock,
    desk::{BEAT_MS, Refusal},
    error::Error,
    hub::{Heard, Listener, Note},
    metrics::Carrier,
    phase::{Phase, Phases},
    presence::LeaseId,
    rate::{Bucket, Rate},
    secret,
    sites::Site,
    store::{Hash, Scope, VisitorScope},
};

/// For the first frame.
const HELLO: Duration = Duration::from_secs(5);
/// For one frame to leave.
const WRITE: Duration = Duration::from_secs(10);
/// For the client to answer our closing.
const GOODBYE: Duration = Duration::from_secs(1);
/// Between two `top` frames.
const TOP: Duration = Duration::from_secs(17);
/// Without any sign of life for so long, an answer to a ping among them, the other end is gone.
const SILENCE: Duration = Duration::from_secs(45);
/// Frames of any kind; the burst lets a full outbox through.
const FRAMES: Rate = Rate { per_minute: 1_200, burst: 400 };
/// Broken frames before the connection ends.
const OFFENCES: u32 = 3;
/// A frame that may not come now: the WebSocket's own code for a breach of protocol.
const OUT_OF_TURN: u16 = 1002;

/// Who connected, as far as the handshake tells.
pub(crate) enum Door {
    /// The token comes in the first frame.
    Visitor(Arc<Site>),
    /// The session that the cookie names, which may have ended.
    Agent(Hash),
}

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum End {
    /// We say why.
    Close(u16, Cow<'static, str>),
    /// Nobody is there to be told.
    Gone,
}

fn close(code: u16, reason: &'static str) -> End {
    End::Close(code, Cow::Borrowed(reason))
}

/// Serves a socket until it ends. Never fails: whatever happens concerns this client alone.
pub(crate) async fn serve(mut socket: WebSocket, door: Door, address: IpAddr, app: Shared) {
    let _counted = app.metrics.connected(Carrier::Socket);
    let end = match greet(&mut socket, &door, address, &app).await {
        Ok(mut connection) => connection.run(&mut socket).await,
        Err(end) => end,
    };
    if let End::Close(code, reason) = end {
        goodbye(socket, code, &reason).await;
    }
}

async fn goodbye(mut socket: WebSocket, code: u16, reason: &str) {
    let frame = CloseFrame { code, reason: reason.into() };
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            // Until the client closes too: leaving earlier could reset the connection and lose the reason.
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = timeout(GOODBYE, farewell).await;
}

/// Waits for `hello` and knows who speaks.
async fn greet(socket: &mut WebSocket, door: &Door, address: IpAddr, app: &Shared) -> Result<Connection, End> {
    let mut incoming = Incoming::new(Arc::clone(&app.metrics));
    let mut phases = app.phases.clone();
    let first = async {
        loop {
            let message = socket.recv().await;
            match incoming.read(message)? {
                Read::Frame(frame) => match *frame {
                    ClientFrame::Hello(hello) => return Ok(hello),
                    // Nobody knows whose it is, and whoever waits for an answer should hear that none comes.
                    _ => return Err(close(OUT_OF_TURN, "hello comes first")),
                },
                Read::Refused(_) => return Err(close(OUT_OF_TURN, "hello comes first")),
                Read::Ignored | Read::Sign => {}
            }
        }
    };
    let hello = tokio::select! {
        hello = timeout(HELLO, first) => {
            hello.map_err(|_| close(code::SLOW, "no hello within 5 s"))??
        }
        window_ms = phases.closing() => return Err(stopping(window_ms)),
    };
    let site = match door {
        Door::Visitor(site) => &*site.name,
        Door::Agent(_) => AGENTS,
    };
    let admitted = app.admission.greet(site, hello.ticket.as_deref(), address, clock::elapsed());
    let (_under_way, turn) = admitted
        .map_err(|refused| End::Close(code::CAPACITY, format!("too many at once w={}", refused.after_ms).into()))?;
    sleep(turn).await;
    let (who, listener, signed) = match door {
        Door::Agent(session) => {
            let me = app.auth.owner(*session).await.map_err(|error| match error {
                Error::Unauthenticated(_) => close(code::CREDENTIALS, "sign in first"),
                _ => close(code::DEPENDENCY, "the store does not answer w=5000"),
            })?;
            let lease = app.presence.arrive(*session, me.me.agent, me.me.intent, clock::elapsed());
            (Scope::Agent(me.me.scope()), app.hub.agent(), Some(Signed { session: *session, lease }))
        }
        Door::Visitor(site) => {
            let token = hello.token.as_deref().filter(|token| secret::is_token(token));
            let token = token.ok_or_else(|| {
                close(code::CREDENTIALS, "hello needs the visitor's token: 43 characters of base64url")
            })?;
            let scope = VisitorScope { site: site.name.clone(), visitor: secret::hash(token) };
            let listener = app.hub.visitor(&scope);
            (Scope::Visitor(scope), listener, None)
        }
    };
    app.desk.connected(&who, hello.client.as_deref());
    // Listening began before the reading: nothing falls between.
    let mut connection = Connection {
        availability: app.presence.changes(),
        app: app.clone(),
        who,
        signed,
        listener,
        incoming,
        phases: app.phases.clone(),
        following: Following::default(),
        frames: Bucket::full(FRAMES, clock::elapsed()),
        heard_at: Instant::now(),
        typed_at: None,
    };
    connection.welcome(socket, hello).await?;
    Ok(connection)
}

/// What an agent's connection lives on.
#[derive(Clone, Copy)]
struct Signed {
    session: Hash,
    lease: LeaseId,
}

struct Connection {
    app: Shared,
    who: Scope,
    /// Of an agent.
    signed: Option<Signed>,
    listener: Listener,
    availability: watch::Receiver<Availability>,
    incoming: Incoming,
    phases: Phases,
    following: Following,
    frames: Bucket,
    /// Last sign of life.
    heard_at: Instant,
    typed_at: Option<Elapsed>,
}

impl Connection {
    async fn welcome(&mut self, socket: &mut WebSocket, hello: Hello) -> Result<(), End> {
        let (welcome, pages) = self.app.desk.hello(&self.who, hello).await.map_err(refused)?;
        for state in &welcome.streams {
            self.following.add(state.stream);
        }
        write(socket, &ServerFrame::Welcome(welcome)).await?;
        self.app.metrics.greeted(Carrier::Socket);
        for page in pages {
            self.following.note(&page);
            write(socket, &ServerFrame::Page(page)).await?;
        }
        Ok(())
    }

    async fn run(&mut self, socket: &mut WebSocket) -> End {
        // The first ones at a random share, so that clients who came together do not stay together.
        let mut beat = Instant::now() + share(Duration::from_millis(BEAT_MS));
        let mut top = Instant::now() + share(TOP);
        if let Phase::Draining { window_ms, .. } = self.phases.now()
            && let Err(end) = write(socket, &ServerFrame::Drain { window_ms }).await
        {
            return end;
        }
        loop {
            let step = tokio::select! {
                message = socket.recv() => self.incoming(socket, message).await,
                heard = self.listener.hear() => self.heard(socket, heard).await,
                phase = self.phases.next() => drain(socket, phase).await,
                Ok(()) = self.availability.changed(), if matches!(self.who, Scope::Visitor(_)) => {
                    let state = *self.availability.borrow_and_update();
                    write(socket, &ServerFrame::Availability(state)).await
                }
                () = sleep_until(beat) => {
                    beat += Duration::from_millis(BEAT_MS);
                    self.beat(socket).await
                }
                () = sleep_until(self.heard_at + SILENCE) => Err(close(code::SLOW, "no sign of life for 45 s")),
                () = sleep_until(top) => {
                    top += TOP;
                    self.top(socket).await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn incoming(
        &mut self,
        socket: &mut WebSocket,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<(), End> {
        let read = self.incoming.read(message)?;
        let now = clock::elapsed();
        self.heard_at = Instant::now();
        if let Some(Signed { lease, .. }) = self.signed
            && self.app.presence.touch(lease, now).is_err()
        {
            // We slept, or the session ended: a client that is still there comes again and arrives anew.
            return Err(close(code::SLOW, "this connection was taken for gone"));
        }
        if read.costs() && self.frames.take(FRAMES, now).is_err() {
            return Err(close(code::RATE, "too many frames w=5000"));
        }
        if let Some(nack) = read.nack() {
            return write(socket, &ServerFrame::Nack(nack)).await;
        }
        match read.frame() {
            Some(frame) => self.frame(socket, frame, now).await,
            None => Ok(()),
        }
    }

    async fn frame(&mut self, socket: &mut WebSocket, frame: ClientFrame, now: Elapsed) -> Result<(), End> {
        match frame {
            // Only the first one counts.
            ClientFrame::Hello(_) => self.incoming.pass_over(),
            ClientFrame::Send(send) => {
                let answer = self.app.desk.send(&self.who, send, Carrier::Socket).await;
                if let (ServerFrame::Ack(ack), Scope::Visitor(_)) = (&answer, &self.who) {
                    self.following.add_at(Stream::Conversation(ack.conversation), ack.seq - 1);
                }
                write(socket, &answer).await?;
            }
            ClientFrame::Pull(pull) => {
                let page = self.app.desk.pull(&self.who, pull).await.map_err(broken)?;
                self.following.note(&page);
                write(socket, &ServerFrame::Page(page)).await?;
            }
            ClientFrame::Cursor(report) => self.app.desk.report(&self.who, report).await,
            ClientFrame::Typing(typing) => {
                // Shed first: one a second is plenty.
                if self.typed_at.is_none_or(|at| now.since(at) >= 1_000) {
                    self.typed_at = Some(now);
                    self.app.desk.typing(&self.who, typing).await;
                }
            }
        }
        Ok(())
    }

    async fn heard(&mut self, socket: &mut WebSocket, heard: Heard) -> Result<(), End> {
        match (heard, &self.who) {
            (Heard::Lagged, _) => {
                for stream in self.following.streams() {
                    self.push(socket, stream).await?;
                }
                Ok(())
            }
            (Heard::Note(Note::Wake(id)), Scope::Visitor(_)) => {
                let stream = Stream::Conversation(id);
                if !self.following.has(stream) {
                    // Begun over another transport; from here on it is followed.
                    let top = self.app.desk.state(&self.who, stream).await.map_err(broken)?.top;
                    self.following.add_at(stream, top.saturating_sub(1));
                }
                self.push(socket, stream).await
            }
            (Heard::Note(Note::Wake(id)), Scope::Agent(_)) => {
                self.push(socket, Stream::Feed).await?;
                self.push(socket, Stream::Conversation(id)).await
            }
            (Heard::Note(Note::Cursor(report)), who) if report.side != who.side() => {
                write(socket, &ServerFrame::Cursor(report)).await
            }
            (Heard::Note(Note::Typing(typing)), who) if typing.side != who.side() => {
                write(socket, &ServerFrame::Typing(typing)).await
            }
            (Heard::Note(Note::SessionEnded(session)), _)
                if self.signed.is_some_and(|signed| signed.session == session) =>
            {
                Err(close(code::CREDENTIALS, "signed out"))
            }
            (Heard::Note(_), _) => Ok(()),
        }
    }

    /// Reads what is new in a log since the last look, and sends it.
    async fn push(&mut self, socket: &mut WebSocket, stream: Stream) -> Result<(), End> {
        loop {
            let Some(after) = self.following.pushes(stream) else { return Ok(()) };
            let pull = chinwag_conversation::Pull { stream, range: Range::After(after) };
            let page = self.app.desk.pull(&self.who, pull).await.map_err(broken)?;
            match self.following.push(&page) {
                Push::Nothing => return Ok(()),
                Push::Events { more } => {
                    self.app.metrics.events(Carrier::Socket, page.events.len());
                    for event in page.events {
                        write(socket, &ServerFrame::Event(Box::new(event))).await?;
                    }
                    if !more {
                        return Ok(());
                    }
                }
                // More than a client should get unasked: it is told where the log stands and pulls.
                Push::Tell => {
                    let state = self.app.desk.state(&self.who, stream).await.map_err(broken)?;
                    return write(socket, &ServerFrame::Top(Top { streams: vec![state] })).await;
                }
            }
        }
    }

    async fn beat(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        if let Some(Signed { session, .. }) = self.signed
            && self.app.session_ended(session).await
        {
            return Err(close(code::CREDENTIALS, "the session ended"));
        }
        // Browsers answer a ping by themselves, whatever their scripts do.
        send(socket, Message::Ping(axum::body::Bytes::new())).await?;
        write(socket, &ServerFrame::Beat { window_ms: Some(self.app.desk.window_ms()) }).await
    }

    async fn top(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        let mut streams = Vec::new();
        for stream in self.following.streams() {
            streams.push(self.app.desk.state(&self.who, stream).await.map_err(broken)?);
        }
        if streams.is_empty() {
            return Ok(());
        }
        write(socket, &ServerFrame::Top(Top { streams })).await
    }
}

fn share(of: Duration) -> Duration {
    of.mul_f64(f64::from(u16::from_le_bytes(secret::bytes())) / 65_536.0)
}

async fn drain(socket: &mut WebSocket, phase: Phase) -> Result<(), End> {
    match phase {
        Phase::Serving => Ok(()),
        Phase::Draining { window_ms, .. } => write(socket, &ServerFrame::Drain { window_ms }).await,
        Phase::Closing { window_ms } => Err(stopping(window_ms)),
    }
}

fn stopping(window_ms: u64) -> End {
    End::Close(code::DRAIN, format!("the server stops w={window_ms}").into())
}

fn refused(refusal: Refusal) -> End {
    match refusal {
        Refusal::Protocol => close(code::UNSUPPORTED, "this server speaks protocol 1"),
        Refusal::Store(error) => broken(error),
    }
}

fn broken(error: crate::store::StoreError) -> End {
    tracing::error!(?error, "a read failed");
    close(code::DEPENDENCY, "the store does not answer w=5000")
}

async fn write(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), End> {
    let json = serde_json::to_string(frame).map_err(|_| End::Gone)?;
    send(socket, Message::Text(json.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(WRITE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(close(code::SLOW, "reads too slowly")),
    }
}
