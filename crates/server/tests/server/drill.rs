//! `kill -9` every few seconds at 200 messages a second, for as long as `CHINWAG_DRILL_SECONDS` says (`./build.sh drill`: 600).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use chinwag_conversation::{ClientFrame, ConversationId, MessageId, Pull, Range, Send, ServerFrame, Stream};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    client::{Socket, conversation_id, hello, message_id, post, send, text, token},
    server::Server,
};

/// Each writes as fast as a visitor may in the long run.
const VISITORS: u32 = 200;
const PERIOD: Duration = Duration::from_secs(1);
/// Between two kills, by turns.
const LIVES_MS: [u64; 5] = [2_900, 1_700, 4_300, 800, 3_600];

fn seconds() -> u64 {
    std::env::var("CHINWAG_DRILL_SECONDS").map_or(8, |text| text.parse().expect("a number of seconds"))
}

/// What a visitor knows for sure.
#[derive(Debug)]
struct Log {
    token: String,
    conversation: ConversationId,
    acked: BTreeMap<MessageId, u64>,
    sent: usize,
}

/// Where the server is now; `None` while there is none.
type Address = watch::Receiver<Option<Arc<Server>>>;

/// Writes one message a second, and what was not acked again with the same id, until it is told to stop and all is acked.
async fn write(n: u32, mut address: Address, mut stop: watch::Receiver<bool>) -> Log {
    let mut log = Log { token: token(), conversation: conversation_id(), acked: BTreeMap::new(), sent: 0 };
    let mut waiting: Option<Send> = None;
    sleep(PERIOD * n / VISITORS).await;
    let mut turns = interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if *stop.borrow_and_update() && waiting.is_none() {
            return log;
        }
        let Ok(server) = address.wait_for(Option::is_some).await.map(|server| server.clone()) else { return log };
        let Some(socket) = connect(server.as_deref(), &log.token).await else {
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        drop(server);
        talk(socket, &mut log, &mut waiting, &mut turns, &mut stop).await;
    }
}

async fn connect(server: Option<&Server>, token: &str) -> Option<Socket> {
    let server = server?;
    let mut socket = Socket::open(server, "/v1/sites/demo/socket", &[("origin", &server.url)]).await.ok()?;
    let greeting = serde_json::to_string(&hello(Some(token), vec![])).unwrap();
    socket.say_message(greeting.into()).await.ok()?;
    Some(socket)
}

/// Until the connection breaks or it is time to stop.
async fn talk(
    mut socket: Socket,
    log: &mut Log,
    waiting: &mut Option<Send>,
    turns: &mut tokio::time::Interval,
    stop: &mut watch::Receiver<bool>,
) {
    loop {
        let message = match waiting {
            Some(message) => message.clone(),
            None if *stop.borrow_and_update() => return,
            None => {
                turns.tick().await;
                log.sent += 1;
                Send { id: message_id(), ..send(log.conversation, text("x")) }
            }
        };
        *waiting = Some(message.clone());
        let json = serde_json::to_string(&ClientFrame::Send(message)).unwrap();
        if socket.say_message(json.into()).await.is_err() {
            return;
        }
        loop {
            match socket.hear().await {
                None => return,
                Some(ServerFrame::Ack(ack)) => {
                    let before = log.acked.insert(ack.id, ack.seq);
                    assert!(before.is_none_or(|seq| seq == ack.seq), "one id, one place");
                    *waiting = None;
                    break;
                }
                Some(ServerFrame::Nack(nack)) => {
                    assert!(!nack.code.is_final(), "{nack:?}");
                    sleep(Duration::from_millis(nack.after_ms.min(1_000))).await;
                    break;
                }
                Some(_) => {}
            }
        }
    }
}

async fn start(data: tempfile::TempDir) -> Arc<Server> {
    let quiet = |command: &mut tokio::process::Command| {
        // Everybody comes back at once here, on purpose.
        command.env("CHINWAG_LOG", "warn").args(["--handshakes-per-second", "100000"]);
    };
    Arc::new(Server::start_with(data, quiet).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_every_few_seconds_at_200_messages_a_second_loses_nothing_acked_and_doubles_nothing() {
    let (to_address, address) = watch::channel(None);
    let (to_stop, stop) = watch::channel(false);
    let mut server = start(tempfile::tempdir().unwrap()).await;
    to_address.send_replace(Some(Arc::clone(&server)));
    let visitors: Vec<_> = (0..VISITORS).map(|n| tokio::spawn(write(n, address.clone(), stop.clone()))).collect();
    let (began, mut kills) = (Instant::now(), 0);
    while began.elapsed().as_secs() < seconds() {
        sleep(Duration::from_millis(LIVES_MS[kills % LIVES_MS.len()])).await;
        kills += 1;
        server.signal("-KILL");
        to_address.send_replace(None);
        let data = take(server).await.stop().await;
        server = start(data).await;
        to_address.send_replace(Some(Arc::clone(&server)));
    }
    let took = began.elapsed();
    to_stop.send_replace(true);
    let (mut sent, mut acked) = (0, 0);
    for visitor in visitors {
        let log = visitor.await.unwrap();
        check(&server, &log).await;
        (sent, acked) = (sent + log.sent, acked + log.acked.len());
    }
    assert_eq!(acked, sent, "everything was acked in the end");
    let rate = acked as f64 / took.as_secs_f64();
    println!(
        "{kills} kills in {:.0} s, {acked} messages acked ({rate:.0} a second): none lost, none doubled",
        took.as_secs_f64()
    );
    assert!(kills >= 2 && rate >= f64::from(VISITORS) / 4.0, "the load was real: {rate:.0} a second");
}

/// The server, as soon as nobody else is looking at its address.
async fn take(mut server: Arc<Server>) -> Server {
    loop {
        match Arc::try_unwrap(server) {
            Ok(server) => return server,
            Err(shared) => server = shared,
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// The stored log against what the visitor knows.
async fn check(server: &Server, log: &Log) {
    let stream = Stream::Conversation(log.conversation);
    let mut stored = Vec::new();
    loop {
        let pull = ClientFrame::Pull(Pull { stream, range: Range::After(stored.len() as u64) });
        let answers = post(server, &log.token, vec![pull]).await;
        let [ServerFrame::Page(page)] = &answers[..] else { panic!("{answers:?}") };
        for event in &page.events {
            assert_eq!(event.seq, stored.len() as u64 + 1, "no gap");
            stored.push(event.entry.id);
        }
        if stored.len() as u64 >= page.top {
            break;
        }
    }
    assert_eq!(stored.iter().collect::<BTreeSet<_>>().len(), stored.len(), "nothing doubled");
    assert_eq!(stored.len(), log.acked.len(), "nothing but what was acked");
    for (id, seq) in &log.acked {
        assert_eq!(stored[*seq as usize - 1], *id, "what was acked is where it was said to be");
    }
}
