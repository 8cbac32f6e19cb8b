//! What was acked is there, whatever happens to the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chinwag_conversation::{ClientFrame, ConversationId, MessageId, Pull, Range, Send, ServerFrame, Stream};

use crate::{
    client::{Socket, conversation_id, message_id, post, send, text, token},
    server::{Server, soon},
};

const CRASHES: usize = 20;
const VISITORS: usize = 8;

/// A visitor who does not give up: what was not acked is sent again with the same id.
struct Stubborn {
    token: String,
    conversation: ConversationId,
    /// Sent but not known to be committed, oldest first.
    waiting: Vec<Send>,
    acked: BTreeMap<MessageId, u64>,
}

impl Stubborn {
    /// Writes until the connection breaks.
    async fn write_until_the_crash(&mut self, mut socket: Socket) {
        loop {
            if self.waiting.is_empty() {
                self.waiting.push(Send { id: message_id(), ..send(self.conversation, text("x")) });
            }
            let frame = ClientFrame::Send(self.waiting[0].clone());
            let json = serde_json::to_string(&frame).unwrap();
            if socket.say_message(tokio_tungstenite::tungstenite::Message::text(json)).await.is_err() {
                return;
            }
            loop {
                match socket.hear().await {
                    None => return,
                    Some(ServerFrame::Ack(ack)) => {
                        let before = self.acked.insert(ack.id, ack.seq);
                        assert!(before.is_none_or(|seq| seq == ack.seq), "one id, one place");
                        self.waiting.retain(|send| send.id != ack.id);
                        break;
                    }
                    Some(ServerFrame::Nack(nack)) => {
                        assert!(!nack.code.is_final(), "{nack:?}");
                        tokio::time::sleep(Duration::from_millis(nack.after_ms.min(200))).await;
                        break;
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_under_load_loses_nothing_acked_and_doubles_nothing() {
    let mut server = Server::start().await;
    let mut visitors: Vec<Stubborn> = (0..VISITORS)
        .map(|_| Stubborn { token: token(), conversation: conversation_id(), waiting: vec![], acked: BTreeMap::new() })
        .collect();
    for crash in 0..CRASHES {
        let mut tasks = Vec::new();
        for mut visitor in visitors {
            let socket = Socket::greeted(&server, &visitor.token, vec![]).await;
            tasks.push(tokio::spawn(async move {
                visitor.write_until_the_crash(socket).await;
                visitor
            }));
        }
        // At another moment of the writing each time.
        tokio::time::sleep(Duration::from_millis(20 + 17 * crash as u64)).await;
        server = server.crash().await;
        visitors = Vec::new();
        for task in tasks {
            visitors.push(soon("a visitor", task).await.unwrap());
        }
    }
    let mut total = 0;
    for visitor in &visitors {
        let log = read(&server, visitor).await;
        let seqs: Vec<u64> = log.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(seqs, (1..=log.len() as u64).collect::<Vec<_>>(), "no gap");
        let ids: BTreeSet<_> = log.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids.len(), log.len(), "nothing doubled");
        for (id, seq) in &visitor.acked {
            assert_eq!(log[*seq as usize - 1].1, *id, "what was acked is where it was said to be");
        }
        let unacked = log.len() - visitor.acked.len();
        assert!(unacked <= 1, "committed without an ack: at most the last one");
        total += visitor.acked.len();
    }
    assert!(total > CRASHES * VISITORS, "the load was real: {total}");
    println!("{CRASHES} crashes, {VISITORS} visitors, {total} acked messages, all there once");
}

async fn read(server: &Server, visitor: &Stubborn) -> Vec<(u64, MessageId)> {
    let stream = Stream::Conversation(visitor.conversation);
    let mut log = Vec::new();
    loop {
        let after = log.last().map_or(0, |(seq, _)| *seq);
        let pull = ClientFrame::Pull(Pull { stream, range: Range::After(after) });
        let answers = post(server, &visitor.token, vec![pull]).await;
        let [ServerFrame::Page(page)] = &answers[..] else { panic!("{answers:?}") };
        log.extend(page.events.iter().map(|event| (event.seq, event.entry.id)));
        if log.len() as u64 >= page.top {
            return log;
        }
    }
}

/// P6.4, P6.5
#[tokio::test]
async fn stopping_tells_everybody_and_forgets_nothing() {
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(id, text("before"))).await;
    server.signal("-TERM");
    let window = visitor
        .until(|frame| match frame {
            ServerFrame::Drain { window_ms } => Some(window_ms),
            _ => None,
        })
        .await;
    assert!(window >= 1_000);
    assert_eq!(server.get("/readyz").await.status(), 503, "the balancer sees it");
    assert_eq!(server.get("/healthz").await.status(), 200);
    let late = Socket::open(&server, "/v1/sites/demo/socket", &[("origin", &server.url)]).await;
    assert_eq!(late.err().map(|error| crate::client::status(&error)), Some(503));
    visitor.ack(send(id, text("during"))).await;
    let (code, reason) = visitor.closed().await;
    assert_eq!(code, 4300);
    assert_eq!(chinwag_conversation::code::hint(&reason), Some(window), "{reason}");
    let mut server = server;
    assert_eq!(server.exit_code().await, Some(0));
    let server = server.crash().await;
    let pull = ClientFrame::Pull(Pull { stream: Stream::Conversation(id), range: Range::Tail });
    let answers = post(&server, &ada, vec![pull]).await;
    assert!(matches!(&answers[..], [ServerFrame::Page(page)] if page.top == 2));
}
