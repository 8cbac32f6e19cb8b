//! More than there is room for: descriptors, work, space.

use std::{sync::Arc, time::Duration};

use chinwag_conversation::{
    ClientFrame, CursorReport, Kind, NackCode, Post, PostAnswer, ServerFrame, Side, Typing, limits,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpStream, task::JoinSet};

use crate::{
    client::{Socket, conversation_id, post, send, status, text, token},
    server::{Server, http, soon},
};

async fn socket(server: &Server) -> Result<Socket, u16> {
    let opened = Socket::open(server, "/v1/sites/demo/socket", &[("origin", &server.url)]).await;
    opened.map_err(|error| status(&error))
}

/// One figure of `/metrics`; 0 when nothing was counted yet.
async fn figure(server: &Server, name: &str) -> u64 {
    let text = server.get("/metrics").await.text().await.unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().unwrap())
}

/// Would catch: a server that keeps the usual soft limit, and stops near a thousand sockets.
#[tokio::test]
async fn the_soft_limit_of_descriptors_is_raised_and_sockets_leave_some_for_the_rest() {
    let raised = "ulimit -Sn 64; ulimit -Hn 256; exec \"$@\"";
    let server = Server::start_through(tempfile::tempdir().unwrap(), raised).await;
    assert!(server.log().contains("before=64 most=256 sockets=128"), "{}", server.log());
    let mut sockets = Vec::new();
    let refused = loop {
        match socket(&server).await {
            Ok(socket) => sockets.push(socket),
            Err(status) => break status,
        }
        assert!(sockets.len() <= 128, "the bound is not kept");
    };
    assert_eq!((refused, sockets.len()), (503, 128));
    assert_eq!(server.get("/readyz").await.status(), StatusCode::OK, "the rest goes on");
    sockets.pop();
    server.eventually("a free place", async || socket(&server).await.ok()).await;
}

/// Would catch: an accept loop that ends, spins or takes the living down with it when there are no descriptors.
#[tokio::test]
async fn a_server_without_descriptors_keeps_those_who_are_there_and_takes_others_later() {
    let few = "ulimit -n 64; exec \"$@\"";
    let server = Server::start_through(tempfile::tempdir().unwrap(), few).await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("before"))).await;
    // One connection for health, as a balancer keeps it.
    let kept = http();
    let ask = async |path: &str| {
        let answer = kept.get(format!("{}{path}", server.url)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    assert_eq!(ask("/healthz").await, (StatusCode::OK, "ok".to_owned()));
    let address = server.url.strip_prefix("http://").unwrap();
    let mut crowd = Vec::new();
    let told = loop {
        // The kernel takes them, whatever the server can.
        crowd.push(soon("a connection", TcpStream::connect(address)).await.unwrap());
        if crowd.len() >= 80 {
            let (status, told) = ask("/healthz").await;
            assert_eq!(status, StatusCode::OK);
            if told != "ok" {
                break told;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(crowd.len() < 1_000, "the descriptors never end");
    };
    assert!(told.contains("ulimit"), "{told}");
    assert_eq!(ask("/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE, "others should go elsewhere");
    visitor.ack(send(id, text("meanwhile"))).await;
    drop(crowd);
    let mut newcomer = server.eventually("room for others", async || socket(&server).await.ok()).await;
    newcomer.say(crate::client::hello(Some(&token()), vec![])).await;
    newcomer.ack(send(conversation_id(), text("after"))).await;
    visitor.ack(send(id, text("after"))).await;
    assert!(server.log().matches("cannot accept").count() < 5, "told, and not ten times a second");
}

#[tokio::test]
async fn a_full_disk_is_not_ready_and_says_so_for_files_too() {
    // Files may grow to 400 KiB, and no further: writes fail as they do on a full disk.
    let full = "trap '' XFSZ; ulimit -f 800; exec \"$@\"";
    let server = Server::start_through(tempfile::tempdir().unwrap(), full).await;
    assert_eq!(server.get("/readyz").await.status(), StatusCode::OK);
    let (to, id) = (conversation_id().to_string(), uuid_like());
    let mut body = Vec::new();
    for (name, value) in [("token", token()), ("conversation", to), ("id", id)] {
        body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n");
    body.extend(vec![b'x'; 900 * 1024]);
    body.extend(b"\r\n--x--\r\n");
    let request = server.request(Method::POST, "/v1/sites/demo/files");
    let response = request.header("content-type", "multipart/form-data; boundary=x").body(body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(response.headers()["access-control-allow-origin"], *server.url, "a page can read it");
    assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], "full");
    assert_eq!(std::fs::read_dir(server.data().join("files")).unwrap().count(), 0, "nothing half is left");
    loop {
        let message = send(conversation_id(), text(&"x".repeat(limits::TEXT_CHARS)));
        let answers = post(&server, &token(), vec![ClientFrame::Send(message)]).await;
        if let [ServerFrame::Nack(nack)] = &answers[..] {
            assert_eq!(nack.code, NackCode::Unavailable);
            break;
        }
    }
    server
        .eventually("the balancer to be told", async || {
            (server.get("/readyz").await.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
        })
        .await;
    assert_eq!(server.get("/healthz").await.status(), StatusCode::OK);
}

fn uuid_like() -> String {
    let mut random = [0; 10];
    getrandom::fill(&mut random).unwrap();
    chinwag_conversation::FileId::new(chinwag_conversation::WallTime(1_700_000_000_000), random).to_string()
}

/// Would catch: agents' answers that are given up while visitors' typing still gets through.
#[tokio::test(flavor = "multi_thread")]
async fn what_matters_least_is_given_up_first_and_agents_are_served_to_the_end() {
    const FILL: usize = 900;
    // Each waits on a connection of its own.
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("hello"))).await;
    let mut agent = Socket::agent(&server, &mia).await;
    // Nothing is committed from here on: work piles up.
    let other = rusqlite::Connection::open(server.data().join("chinwag.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let server = Arc::new(server);
    let client = http();
    let mut piled = JoinSet::new();
    for _ in 0..FILL {
        let (url, client) = (server.url.clone(), client.clone());
        piled.spawn(async move {
            let frames = vec![ClientFrame::Send(send(conversation_id(), text("waiting")))];
            let body = serde_json::to_string(&Post { token: Some(token()), wait_ms: None, frames }).unwrap();
            let request = client.post(format!("{url}/v1/sites/demo/frames")).header("origin", &url);
            let answer = request.header("content-type", "text/plain").body(body).send().await.unwrap();
            answer.json::<PostAnswer>().await.unwrap().frames
        });
    }
    let shed = async |class: &str| figure(&server, &format!("chinwag_shed_total{{class=\"{class}\"}}")).await;
    let given_up = async || (shed("visitor").await > 0).then_some(());
    server.eventually("visitors' messages to be given up", given_up).await;
    // At three quarters of the queue everything less important is given up as well.
    visitor.say(ClientFrame::Typing(Typing { conversation: id, side: Side::Visitor, name: None })).await;
    let report = CursorReport { conversation: id, side: Side::Visitor, delivered: 1, read: 1 };
    visitor.say(ClientFrame::Cursor(report)).await;
    let results = json!({ "token": null, "lines": [] }).to_string();
    let request = server.request(Method::POST, "/v1/sites/demo/results").header("content-type", "text/plain");
    request.body(results).send().await.unwrap();
    visitor.say(ClientFrame::Send(send(id, text("and this one")))).await;
    let answer = visitor.answer().await;
    assert!(matches!(&answer, ServerFrame::Nack(nack) if nack.code == NackCode::Unavailable && nack.after_ms > 0));
    for class in ["volatile", "progress", "result"] {
        assert!(shed(class).await > 0, "{class} was not given up");
    }
    let answering = tokio::spawn(async move {
        agent.say(ClientFrame::Send(send(id, text("I am on it")))).await;
        agent.answer().await
    });
    other.execute_batch("COMMIT").unwrap();
    let answer = answering.await.unwrap();
    assert!(matches!(answer, ServerFrame::Ack(_)), "{answer:?}");
    assert_eq!(shed("agent").await, 0);
    let mut refused = 0;
    while let Some(answers) = piled.join_next().await {
        match &answers.unwrap()[..] {
            [ServerFrame::Ack(_)] => {}
            [ServerFrame::Nack(nack)] if nack.code == NackCode::Unavailable => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!((1..FILL).contains(&refused), "{refused} were told to come again, and the others were taken");
    visitor.ack(send(id, Kind::Message { text: "and afterwards".into() })).await;
}

/// Closed conversations, and no index to read them by: lists are read and sorted as a whole.
fn slow_lists(server: &Server, conversations: u32) {
    let mut db = rusqlite::Connection::open(server.data().join("chinwag.db")).unwrap();
    let past = "WITH RECURSIVE past (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < ?1)";
    let visitors = "INSERT INTO visitor (id, site, hash, created_at) SELECT n, 'demo', randomblob(32), 1 FROM past";
    let lines = "INSERT INTO conversation (id, visitor, state, top, preview_by, context, started_at, updated_at)
                 SELECT randomblob(16), n, 'closed', 0, 'visitor', '{}', n, n FROM past";
    let tx = db.transaction().unwrap();
    tx.execute("INSERT OR IGNORE INTO site (name, created_at) VALUES ('demo', 1)", []).unwrap();
    for what in [visitors, lines] {
        tx.execute(&format!("{past} {what}"), [conversations]).unwrap();
    }
    tx.execute_batch("DROP INDEX conversation_inbox").unwrap();
    tx.commit().unwrap();
}

/// Would catch: one line for everybody, in which messages stand behind all the lists that were asked for before (Proto, 2023).
#[tokio::test(flavor = "multi_thread")]
async fn messages_go_round_while_more_lists_are_asked_for_than_can_be_read() {
    const ASKED: u64 = 40;
    let mut server = Server::start().await;
    let mia = server.admin().await;
    slow_lists(&server, 60_000);
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    let mut agent = Socket::agent(&server, &mia).await;
    let (server, mia) = (Arc::new(server), Arc::new(mia));
    let mut lists = JoinSet::new();
    for _ in 0..ASKED {
        let (server, mia) = (Arc::clone(&server), Arc::clone(&mia));
        lists.spawn(async move {
            let list = server.console(Method::GET, "/v1/agent/conversations?state=closed", Some(&mia));
            list.send().await.unwrap().status()
        });
    }
    let waiting = "chinwag_reads_waiting{pool=\"lists\"}";
    let piled = async || (figure(&server, waiting).await > ASKED * 3 / 4).then_some(());
    server.eventually("lists to pile up", piled).await;
    visitor.ack(send(id, text("Is anybody there?"))).await;
    agent.event().await;
    agent.ack(send(id, text("Yes."))).await;
    visitor.until(|frame| matches!(frame, ServerFrame::Event(event) if event.seq == 3).then_some(())).await;
    let still = figure(&server, waiting).await;
    assert!(still > ASKED / 2, "{still} of {ASKED} lists wait: the messages waited with them");
    let (mut shown, mut told) = (0, 0);
    while let Some(status) = lists.join_next().await {
        match status.unwrap() {
            StatusCode::OK => shown += 1,
            StatusCode::SERVICE_UNAVAILABLE => told += 1,
            other => panic!("{other}"),
        }
    }
    assert!(shown > 0, "lists are slow, and still come");
    assert_eq!(figure(&server, "chinwag_reads_given_up_total{pool=\"lists\"}").await, told);
}
