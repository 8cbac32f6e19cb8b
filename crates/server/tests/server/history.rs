//! Long logs.

use chinwag_conversation::{ClientFrame, ConversationId, Cursor, Pull, Range, Stream, limits};
use rusqlite::{Connection, params};

use crate::{
    client::{Socket, conversation_id, message_id, send, text, token, unknown},
    server::Server,
};

/// Adds lines to a conversation that has one, while nobody serves it.
fn lengthen(path: &std::path::Path, id: ConversationId, to: u64) {
    let mut db = Connection::open(path).unwrap();
    let tx = db.transaction().unwrap();
    for seq in 2..=to {
        tx.execute(
            "INSERT INTO entry (conversation, seq, client_id, author, message, kind, at)
             VALUES (?1, ?2, ?3, 'visitor', 1, '{\"message\":{\"text\":\"and more\"}}', 1000)",
            params![id.0.as_bytes(), seq, message_id().0.as_bytes()],
        )
        .unwrap();
        let feed = "INSERT INTO feed (conversation, entry) VALUES (?1, ?2)";
        tx.execute(feed, params![id.0.as_bytes(), seq]).unwrap();
    }
    tx.execute("UPDATE conversation SET top = ?2 WHERE id = ?1", params![id.0.as_bytes(), to]).unwrap();
    tx.commit().unwrap();
}

/// P4.7, P3.3. Would catch: pages that are shorter than they may be, or longer than clients expect.
#[tokio::test]
async fn a_page_has_200_entries_and_a_tail_50() {
    const LENGTH: u64 = 450;
    let server = Server::start().await;
    let (ada, id) = (token(), conversation_id());
    Socket::greeted(&server, &ada, vec![]).await.ack(send(id, text("hello"))).await;
    let data = server.stop().await;
    lengthen(&data.path().join("chinwag.db"), id, LENGTH);
    let server = Server::start_in(data).await;
    let stream = Stream::Conversation(id);
    let from = |seq| Cursor { stream, epoch: 0, seq: Some(seq) };
    let mut visitor = Socket::greeted(&server, &ada, vec![from(0)]).await;
    let mut sizes = vec![visitor.page().await.events.len()];
    assert_eq!((sizes[0], limits::PAGE_ENTRIES), (200, 200));
    let mut next = 201;
    while next <= LENGTH {
        visitor.say(ClientFrame::Pull(Pull { stream, range: Range::After(next - 1) })).await;
        let page = visitor.page().await;
        assert_eq!(page.events[0].seq, next);
        next += page.events.len() as u64;
        sizes.push(page.events.len());
    }
    assert_eq!(sizes, [200, 200, 50]);
    let mut later = Socket::greeted(&server, &ada, vec![unknown(id)]).await;
    assert_eq!(later.page().await.events.len(), limits::TAIL_ENTRIES);
    later.say(ClientFrame::Pull(Pull { stream, range: Range::Before(201) })).await;
    let page = later.page().await;
    assert_eq!((page.events.len(), page.events[0].seq), (limits::TAIL_ENTRIES, 151));
}
