//! A backup of a server at work, and what clients see after a restore.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chinwag_conversation::{ClientFrame, ConversationId, Cursor, Event, MessageId, Pull, Range, ServerFrame, Stream};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    client::{Socket, conversation_id, post, send, text, token},
    server::{Server, chinwag, soon},
};

const WRITERS: usize = 10;
/// Of each writer: 200 messages a second in all. Everybody writes into conversations of 50 messages.
const PERIOD: Duration = Duration::from_millis(50);

/// Runs a command on a data folder; what it printed, or what it complained of.
async fn run(command: &str, path: &Path, data: &Path) -> Result<String, String> {
    let output = chinwag().arg(command).arg(path).arg("--data").arg(data).output();
    let output = soon("the command", output).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// What was acked: by whom, where, which.
type Acked = Arc<Mutex<Vec<(String, ConversationId, MessageId, u64)>>>;

async fn write(server: Arc<Server>, acked: Acked, stop: Arc<AtomicBool>) {
    let mut turns = interval(PERIOD);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stop.load(Ordering::Relaxed) {
        let (ada, id) = (token(), conversation_id());
        let mut socket = Socket::greeted(&server, &ada, vec![]).await;
        // The burst that a visitor may send, so that no refusal is in the way.
        for _ in 0..20 {
            turns.tick().await;
            let ack = socket.ack(send(id, text("x"))).await;
            acked.lock().unwrap().push((ada.clone(), id, ack.id, ack.seq));
        }
    }
}

async fn log(server: &Server, ada: &str, id: ConversationId) -> Vec<Event> {
    let pull = ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::After(0) });
    let answers = post(server, ada, vec![pull]).await;
    match answers.into_iter().next() {
        Some(ServerFrame::Page(page)) => page.events,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_has_everything_that_was_acked_before_it_and_no_gap() {
    let server = Arc::new(Server::start().await);
    let (acked, stop) = (Acked::default(), Arc::new(AtomicBool::new(false)));
    let writers: Vec<_> =
        (0..WRITERS).map(|_| tokio::spawn(write(Arc::clone(&server), Arc::clone(&acked), Arc::clone(&stop)))).collect();
    server.eventually("some load", async || (acked.lock().unwrap().len() >= 300).then_some(())).await;
    let before = acked.lock().unwrap().clone();
    let folder = tempfile::tempdir().unwrap();
    let printed = run("backup", folder.path(), server.data()).await.unwrap();
    let during = acked.lock().unwrap().len() - before.len();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let backup = PathBuf::from(printed.trim());
    assert_eq!(backup.parent(), Some(folder.path()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half written stays");

    let data = tempfile::tempdir().unwrap();
    run("restore", &backup, data.path()).await.unwrap();
    let restored = Server::start_in(data).await;
    for (ada, id, message, seq) in &before {
        let events = log(&restored, ada, *id).await;
        assert!(events.iter().map(|event| event.seq).eq(1..=events.len() as u64), "no gap");
        assert_eq!(events[*seq as usize - 1].entry.id, *message, "where it was acked");
    }
    println!("{} acked before the backup, {during} while it was made", before.len());
}

#[tokio::test]
async fn a_client_ahead_of_a_restored_server_is_told_that_the_log_is_another_one() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("in the backup"))).await;
    let backup = server.data().join("last-night.tar");
    run("backup", &backup, server.data()).await.unwrap();
    visitor.ack(send(id, text("after the backup"))).await;
    let epoch = visitor.event().await.epoch;

    let running = run("restore", &backup, server.data()).await.unwrap_err();
    assert!(running.contains("another server uses"), "{running}");
    let data = server.stop().await;
    let said = run("restore", &backup, data.path()).await.unwrap();
    assert!(said.contains("before-restore-"), "the later state is kept beside: {said}");
    let server = Server::start_in(data).await;
    let cursor = Cursor { stream: Stream::Conversation(id), epoch, seq: Some(2) };
    let mut visitor = Socket::greeted(&server, &ada, vec![cursor]).await;
    let state = visitor.welcome().await.streams[0].clone();
    assert!(state.epoch > epoch, "P4.8: {} after {epoch}", state.epoch);
    let page = visitor.page().await;
    assert_eq!((page.range, page.top, page.events.len()), (Range::Tail, 1, 1));
    assert_eq!(visitor.ack(send(id, text("and on"))).await.seq, 2);
}

#[tokio::test]
async fn what_is_no_backup_changes_nothing() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    Socket::greeted(&server, &ada, vec![]).await.ack(send(id, text("mine"))).await;
    let good = server.data().join("good.tar");
    run("backup", &good, server.data()).await.unwrap();
    let again = run("backup", &good, server.data()).await.unwrap_err();
    assert!(again.contains("exists already"), "{again}");
    let nowhere = run("backup", &good, &server.data().join("sites")).await.unwrap_err();
    assert!(nowhere.contains("--data"), "{nowhere}");
    let data = server.stop().await;
    let bytes = std::fs::read(&good).unwrap();
    let bad = data.path().join("bad.tar");
    let cases = [Vec::new(), b"hello".to_vec(), bytes[..bytes.len() / 2].to_vec(), bytes[1_024..].to_vec()];
    for bytes in cases {
        std::fs::write(&bad, &bytes).unwrap();
        let said = run("restore", &bad, data.path()).await.unwrap_err();
        assert!(said.contains("cannot be restored"), "{} bytes: {said}", bytes.len());
        assert!(!data.path().join("restore.partial").exists());
    }
    std::fs::create_dir(data.path().join("restore.partial")).unwrap();
    let half = chinwag().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).output().await.unwrap();
    assert!(String::from_utf8(half.stderr).unwrap().contains("stopped halfway"));
    std::fs::remove_dir(data.path().join("restore.partial")).unwrap();
    let server = Server::start_in(data).await;
    assert_eq!(log(&server, &ada, id).await.len(), 1);
}
