//! What a connection does by the clock. The server and its clients share one virtual clock, which runs on when everybody waits.

use std::{sync::Arc, time::Duration};

use chinwag_conversation::{ConversationId, Kind, ServerFrame, WallTime};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

use crate::{
    app::Shared,
    clock,
    config::Config,
    descriptors::Descriptors,
    http,
    phase::{Phase, Phases},
    secret, serve,
    store::{Append, Scope, VisitorScope},
};

struct House {
    app: Shared,
    url: String,
    phase: tokio::sync::watch::Sender<Phase>,
    _data: tempfile::TempDir,
    serving: JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn house() -> House {
    let data = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (phase, phases) = Phases::new();
    let url = format!("http://{address}");
    let config = Config::of_a_test(data.path());
    let app = serve::build(config, Descriptors::raise(), &url, address, phases).unwrap();
    let theirs = Arc::clone(&app);
    let serving = tokio::spawn(async move {
        let router = http::router(Arc::clone(&theirs));
        serve::accept(&listener, &theirs, &router).await;
    });
    House { app, url, phase, _data: data, serving }
}

type Socket = WebSocketStream<TcpStream>;

impl House {
    /// A visitor who follows their newest conversation, after `welcome`.
    async fn visitor(&self, token: &str) -> Socket {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut request = format!("ws://{address}/v1/sites/demo/socket").into_client_request().unwrap();
        request.headers_mut().insert("origin", self.url.parse().unwrap());
        let (mut socket, _) = client_async(request, TcpStream::connect(address).await.unwrap()).await.unwrap();
        let hello = format!(r#"{{"hello":{{"protocol":1,"token":"{token}","cursors":[],"attempt":0}}}}"#);
        socket.send(Message::text(hello)).await.unwrap();
        assert!(matches!(frame(&mut socket).await, ServerFrame::Welcome(_)));
        socket
    }

    /// Says something without waking anybody.
    async fn append(&self, token: &str, id: ConversationId) {
        let scope = Scope::Visitor(VisitorScope { site: "demo".into(), visitor: secret::hash(token) });
        let kind = Kind::Message { text: "hello".into() };
        let (context, at) = (chinwag_conversation::Context::default(), clock::wall());
        let (id, conversation, join_id) = (clock::message_id(), id, clock::message_id());
        // The writer is a thread of its own, for which a virtual clock does not wait.
        tokio::time::resume();
        self.app
            .store
            .append(&scope, Append { conversation, id, kind, context, at, join_id, as_of: None })
            .await
            .unwrap();
        tokio::time::pause();
    }
}

async fn frame(socket: &mut Socket) -> ServerFrame {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(close) => panic!("closed: {close:?}"),
            _ => {}
        }
    }
}

/// How many seconds after `since` frames come for which `is` says so, `count` of them.
async fn times(socket: &mut Socket, since: Instant, count: usize, is: impl Fn(&ServerFrame) -> bool) -> Vec<f64> {
    let mut all = Vec::new();
    while all.len() < count {
        if is(&frame(socket).await) {
            all.push(since.elapsed().as_secs_f64());
        }
    }
    all
}

async fn closed(socket: &mut Socket) -> (u16, String) {
    loop {
        match socket.next().await {
            Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => return (code.into(), reason.to_string()),
            Some(Ok(_)) => {}
            other => panic!("ended without a reason: {other:?}"),
        }
    }
}

/// P6.1. Would catch: clients who came together and are told together for ever; a beat that drifts or stops.
#[tokio::test(start_paused = true)]
async fn the_first_beat_comes_after_a_random_share_and_then_one_every_25_s() {
    let house = house().await;
    let mut firsts = Vec::new();
    for _ in 0..12 {
        let mut socket = house.visitor(&secret::token()).await;
        let told = times(
            &mut socket,
            Instant::now(),
            3,
            |frame| matches!(frame, ServerFrame::Beat { window_ms: Some(window) } if *window >= 1_000),
        )
        .await;
        assert!((0.0..25.1).contains(&told[0]), "{told:?}");
        for pair in told.windows(2) {
            assert!((pair[1] - pair[0] - 25.0).abs() < 0.1, "{told:?}");
        }
        firsts.push(told[0]);
    }
    firsts.sort_by(f64::total_cmp);
    assert!(firsts[11] - firsts[0] > 2.0, "spread over the time of one beat: {firsts:?}");
}

/// P6.1. Would catch: dead clients that are kept, or living ones that are given up because they have nothing to say.
#[tokio::test(start_paused = true)]
async fn who_gives_no_sign_of_life_for_45_s_is_given_up_and_who_answers_pings_is_not() {
    let house = house().await;
    let mut silent = house.visitor(&secret::token()).await;
    let mut alive = house.visitor(&secret::token()).await;
    let began = Instant::now();
    let listening = tokio::spawn(async move {
        let ended = timeout(Duration::from_secs(300), async { while let Some(Ok(_)) = alive.next().await {} }).await;
        assert!(ended.is_err(), "it was given up");
    });
    // Nobody reads here, so nobody answers pings.
    let metrics = Arc::clone(&house.app.metrics);
    while metrics.live(crate::metrics::Carrier::Socket) > 1 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(began.elapsed() < Duration::from_secs(60), "kept for ever");
    }
    let took = began.elapsed().as_secs_f64();
    // And one second for the answer to our closing.
    assert!((44.9..46.5).contains(&took), "{took} s");
    let mut heard = Vec::new();
    silent.get_mut().read_to_end(&mut heard).await.unwrap();
    assert!(heard.windows(15).any(|part| part == b"no sign of life"), "told why");
    listening.await.unwrap();
}

/// P4.9. Would catch: a lost wake-up that is never noticed.
#[tokio::test(start_paused = true)]
async fn where_the_logs_stand_is_told_every_17_s_and_heals_a_lost_wake_up() {
    let house = house().await;
    let (ada, id) = (secret::token(), ConversationId::new(WallTime(1), [1; 10]));
    house.append(&ada, id).await;
    let mut socket = house.visitor(&ada).await;
    let began = Instant::now();
    let told = times(&mut socket, began, 3, |frame| matches!(frame, ServerFrame::Top(_))).await;
    assert!((0.0..17.1).contains(&told[0]), "{told:?}");
    for pair in told.windows(2) {
        assert!((15.0..=20.0).contains(&(pair[1] - pair[0])), "{told:?}");
    }
    // The wake-up for this one is lost.
    house.append(&ada, id).await;
    let since = Instant::now();
    let tops =
        times(&mut socket, since, 1, |frame| matches!(frame, ServerFrame::Top(top) if top.streams[0].top == 2)).await;
    assert!(tops[0] <= 17.1, "{tops:?}");
}

/// P6.4, P6.5
#[tokio::test(start_paused = true)]
async fn who_is_still_there_at_the_end_of_a_drain_is_told_when_to_come_back() {
    let house = house().await;
    let mut socket = house.visitor(&secret::token()).await;
    house.phase.send_replace(Phase::Draining { window_ms: 7_000, until: clock::elapsed().plus(7_000) });
    let drains = times(&mut socket, Instant::now(), 1, |frame| *frame == ServerFrame::Drain { window_ms: 7_000 }).await;
    assert_eq!(drains.len(), 1);
    house.phase.send_replace(Phase::Closing { window_ms: 7_000 });
    let (code, reason) = closed(&mut socket).await;
    assert_eq!((code, chinwag_conversation::code::hint(&reason)), (4300, Some(7_000)));
}
