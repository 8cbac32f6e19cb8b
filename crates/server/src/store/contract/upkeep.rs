//! What the server asks for itself, and reading the feed again.

use super::*;

pub(super) async fn open_conversations_are_counted_by_who_took_them(store: &dyn Store) {
    let (mia, tom) = (agent(store, "Mia").await, agent(store, "Tom").await);
    let taken = async || store.taken(&Operator).await.unwrap();
    for n in 1..=3 {
        store.append(&visitor("ada"), line(conversation(n), 1, text("hello"))).await.unwrap();
    }
    assert_eq!(taken().await, [], "nobody took one");
    store.append(&Scope::Agent(mia.clone()), line(conversation(1), 2, text("hi"))).await.unwrap();
    store.append(&Scope::Agent(mia.clone()), line(conversation(2), 2, Kind::Joined)).await.unwrap();
    store.append(&Scope::Agent(tom.clone()), line(conversation(3), 2, text("hi"))).await.unwrap();
    store.append(&Scope::Agent(tom.clone()), line(conversation(1), 3, text("me too"))).await.unwrap();
    assert_eq!(taken().await, [(mia.agent, 2), (tom.agent, 1)], "who wrote there first has it");
    store.append(&Scope::Agent(tom.clone()), line(conversation(2), 4, Kind::Joined)).await.unwrap();
    store.append(&Scope::Agent(tom.clone()), line(conversation(3), 5, Kind::Closed)).await.unwrap();
    assert_eq!(taken().await, [(mia.agent, 1), (tom.agent, 1)], "handed over, and closed");
    store.append(&visitor("ada"), line(conversation(3), 6, text("one more thing"))).await.unwrap();
    assert_eq!(taken().await, [(mia.agent, 1), (tom.agent, 2)], "opened again");
}

pub(super) async fn keys_of_no_file_are_found(store: &dyn Store) {
    let ada = visitor("ada");
    let files = ["aaa.png", "bbb.png"].map(|key| {
        let new = upload(conversation(1), u32::from(key.as_bytes()[0]), 1_000);
        NewFile { file: FileRef { path: format!("/files/{key}/plan.png"), ..new.file.clone() }, ..new }
    });
    for file in files {
        store.add_file(&ada, file).await.unwrap();
    }
    let unknown = async |keys: &[&str]| {
        store.unknown_files(&Operator, keys.iter().map(|key| (*key).to_owned()).collect()).await.unwrap()
    };
    assert_eq!(
        unknown(&["aaa.png", "aaa", "bbb.png", "aaa.png#1", "zzz.png", ""]).await,
        ["aaa", "aaa.png#1", "zzz.png", ""]
    );
    assert_eq!(unknown(&[]).await, [""; 0]);
}

/// Would catch: a feed that is kept for several readers, and shows what it was.
pub(super) async fn the_feed_is_as_it_is_now_whoever_read_it_before(store: &dyn Store) {
    let (ada, id, mia) = (visitor("ada"), conversation(1), agent(store, "Mia").await);
    let read = async || {
        let feed = store.feed(&mia, Range::After(0), 50).await.unwrap();
        let first = feed.items.into_iter().next().unwrap();
        (feed.top, first.entry.kind, first.summary.unwrap())
    };
    store.append(&ada, line(id, 1, text("my card is ..."))).await.unwrap();
    let (top, kind, summary) = read().await;
    assert_eq!((top, kind, summary.unread), (1, text("my card is ..."), 1));
    let report = CursorReport { conversation: id, side: Side::Agent, delivered: 1, read: 1 };
    store.report(&Scope::Agent(mia.clone()), report).await.unwrap();
    assert_eq!(read().await.2.unread, 0, "it was read meanwhile");
    store.append(&ada, line(id, 2, deleted(1))).await.unwrap();
    let (top, kind, summary) = read().await;
    assert_eq!((top, kind, summary.preview.as_str()), (2, text(""), ""));
    let contact = Kind::Contact { name: Some("Ada".into()), email: None };
    store.append(&ada, line(id, 3, contact)).await.unwrap();
    assert_eq!(read().await.2.visitor.as_deref(), Some("Ada"));
}
