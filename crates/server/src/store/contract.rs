//! What every engine promises, run against each of them.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use chinwag_conversation::{
    AuthorKind, Context, ConversationId, CursorReport, FileId, FileRef, Kind, MessageId, Range, Side, WallTime,
    frame::ConversationState, limits,
};

use super::*;
use crate::secret;

mod results;
mod upkeep;
use results::results_add_up_by_day_and_are_forgotten_in_time;
use upkeep::{
    keys_of_no_file_are_found, open_conversations_are_counted_by_who_took_them,
    the_feed_is_as_it_is_now_whoever_read_it_before,
};

/// Any time; entries in these tests that need an order name their own.
const AT: WallTime = WallTime(1_000);

fn visitor(name: &str) -> Scope {
    Scope::Visitor(visitor_scope(name))
}

fn visitor_scope(name: &str) -> VisitorScope {
    VisitorScope { site: "demo".into(), visitor: secret::hash(name) }
}

/// A conversation id that differs by `n` only.
fn conversation(n: u8) -> ConversationId {
    ConversationId::new(WallTime(1), [n; 10])
}

fn message_id(n: u32) -> MessageId {
    let mut bytes = [0; 10];
    bytes[6..].copy_from_slice(&n.to_be_bytes());
    MessageId::new(WallTime(1), bytes)
}

fn text(text: impl Into<String>) -> Kind {
    Kind::Message { text: text.into() }
}

fn line(conversation: ConversationId, n: u32, kind: Kind) -> Append {
    let context = Context { title: Some("Shop".into()), ..Context::default() };
    let (id, join_id) = (message_id(n), message_id(1_000_000 + n));
    Append { conversation, id, kind, context, at: AT, join_id, as_of: None }
}

/// An agent with a durable row.
async fn agent(store: &dyn Store, name: &str) -> AgentScope {
    let (code, session) = (secret::hash(&secret::token()), secret::hash(&secret::token()));
    let email = format!("{}@example.com", name.to_lowercase());
    let invitation = Invitation::Agent { name: name.into(), email: email.clone(), role: Role::Agent };
    store.invite(&Operator, code, invitation).await.unwrap();
    let new = NewAgent { name: name.into(), email, password: "x".into(), at: AT };
    let Redeemed::Created(agent) = store.redeem(code, new).await.unwrap() else { panic!("taken") };
    store.open_session(agent, session, WallTime(u32::MAX.into())).await.unwrap();
    AgentScope { agent, name: name.into(), role: Role::Agent }
}

async fn seqs(store: &dyn Store, scope: &Scope, id: ConversationId, range: Range, limit: usize) -> Vec<u64> {
    let slice = store.entries(scope, id, range, limit).await.unwrap();
    slice.items.iter().map(|entry| entry.seq).collect()
}

fn not_found<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::NotFound)), "{answer:?}");
}

async fn appending_numbers_without_gaps_and_a_repeated_id_changes_nothing(store: &dyn Store) {
    let (ada, id) = (visitor("ada"), conversation(1));
    for n in 1..=3 {
        let appended = store.append(&ada, line(id, n, text("hi"))).await.unwrap();
        assert_eq!((appended.seq, appended.place), (u64::from(n), Place::New));
        assert_eq!(appended.owner, visitor_scope("ada"));
    }
    let again = Append { at: WallTime(9_999), ..line(id, 2, text("something else")) };
    let again = store.append(&ada, again).await.unwrap();
    assert_eq!((again.seq, again.at, again.place), (2, AT, Place::Known));
    let log = store.entries(&ada, id, Range::Tail, 50).await.unwrap();
    assert_eq!(log.top, 3);
    assert_eq!(log.items.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(log.items.iter().all(|e| e.kind == text("hi") && e.author.kind == AuthorKind::Visitor));
    let elsewhere = store.append(&ada, line(conversation(2), 2, text("hi"))).await.unwrap();
    assert_eq!(elsewhere.seq, 1, "an id is unique in its conversation");
}

async fn a_foreign_conversation_is_like_one_that_does_not_exist(store: &dyn Store) {
    let (ada, bob, id, nowhere) = (visitor("ada"), visitor("bob"), conversation(1), conversation(9));
    store.append(&ada, line(id, 1, text("secret"))).await.unwrap();
    let other_site = VisitorScope { site: "other".into(), ..visitor_scope("ada") };
    for stranger in [bob, Scope::Visitor(other_site.clone())] {
        not_found(store.append(&stranger, line(id, 2, text("mine now"))).await);
        not_found(store.append(&stranger, line(id, 1, text("known id"))).await);
        for unseen in [id, nowhere] {
            let report = CursorReport { conversation: unseen, side: Side::Agent, delivered: 1, read: 1 };
            not_found(store.entries(&stranger, unseen, Range::Tail, 50).await);
            not_found(store.standing(&stranger, unseen).await);
            not_found(store.owner(&stranger, unseen).await);
            not_found(store.report(&stranger, report).await);
        }
    }
    assert_eq!(store.newest_open(&other_site).await.unwrap(), None);
    let mia = Scope::Agent(agent(store, "Mia").await);
    not_found(store.append(&mia, line(nowhere, 3, text("agents start nothing"))).await);
    assert_eq!(seqs(store, &ada, id, Range::Tail, 50).await, [1]);
}

async fn pages_go_after_before_and_from_the_tail(store: &dyn Store) {
    let (ada, id) = (visitor("ada"), conversation(1));
    for n in 1..=10 {
        store.append(&ada, line(id, n, text("hi"))).await.unwrap();
    }
    let cases: [(Range, usize, Vec<u64>); 11] = [
        (Range::After(0), 3, vec![1, 2, 3]),
        (Range::After(8), 50, vec![9, 10]),
        (Range::After(10), 50, vec![]),
        (Range::After(u64::MAX), 50, vec![]),
        (Range::Before(4), 2, vec![2, 3]),
        (Range::Before(1), 50, vec![]),
        (Range::Before(0), 50, vec![]),
        (Range::Before(u64::MAX), 2, vec![9, 10]),
        (Range::Before(11), 50, (1..=10).collect()),
        (Range::Tail, 3, vec![8, 9, 10]),
        (Range::Tail, 50, (1..=10).collect()),
    ];
    for (range, limit, expected) in cases {
        assert_eq!(seqs(store, &ada, id, range, limit).await, expected, "{range:?} {limit}");
    }
}

async fn the_feed_has_every_entry_once_in_the_order_of_commits(store: &dyn Store) {
    let (ada, bob, mia) = (visitor("ada"), visitor("bob"), agent(store, "Mia").await);
    store.append(&ada, line(conversation(1), 1, text("one"))).await.unwrap();
    store.append(&bob, line(conversation(2), 2, text("two"))).await.unwrap();
    store.append(&ada, line(conversation(1), 1, text("one"))).await.unwrap();
    let reply = line(conversation(1), 3, text("three"));
    store.append(&Scope::Agent(mia.clone()), reply).await.unwrap();
    let feed = store.feed(&mia, Range::After(0), 50).await.unwrap();
    let seen: Vec<_> =
        feed.items.iter().map(|e| (e.seq, e.summary.as_ref().unwrap().conversation, e.entry.seq)).collect();
    let (one, two) = (conversation(1), conversation(2));
    assert_eq!(seen, [(1, one, 1), (2, two, 1), (3, one, 2), (4, one, 3)]);
    assert_eq!(feed.items[2].entry.kind, Kind::Joined, "who answers first takes it");
    assert_eq!((feed.top, store.feed_top(&mia).await.unwrap()), (4, 4));
    let rest = store.feed(&mia, Range::After(3), 50).await.unwrap();
    assert_eq!(rest.items.len(), 1);
    assert_eq!(store.feed(&mia, Range::Tail, 2).await.unwrap().items[0].seq, 3);
}

async fn an_agent_joins_once_and_is_named(store: &dyn Store) {
    let (ada, mia, tom) = (visitor("ada"), agent(store, "Mia").await, agent(store, "Tom").await);
    let id = conversation(1);
    store.append(&ada, line(id, 1, text("hello"))).await.unwrap();
    assert_eq!(store.summary(&mia, id).await.unwrap().agent, None);
    let mia = Scope::Agent(mia);
    assert_eq!(store.append(&mia, line(id, 2, text("hi"))).await.unwrap().seq, 3);
    assert_eq!(store.append(&mia, line(id, 2, text("hi"))).await.unwrap().seq, 3, "not joined twice");
    assert_eq!(store.append(&mia, line(id, 3, text("how"))).await.unwrap().seq, 4);
    let log = store.entries(&ada, id, Range::Tail, 50).await.unwrap().items;
    assert_eq!((log[1].kind.clone(), log[1].author.name.as_deref()), (Kind::Joined, Some("Mia")));
    store.append(&Scope::Agent(tom.clone()), line(id, 4, Kind::Joined)).await.unwrap();
    assert_eq!(store.summary(&tom, id).await.unwrap().agent.as_deref(), Some("Tom"), "handed over");
}

/// P4.13. Would catch: a conversation that is closed over a question which the agent has never seen.
async fn a_conversation_closes_only_as_it_was_known(store: &dyn Store) {
    let (ada, mia, id) = (visitor("ada"), agent(store, "Mia").await, conversation(1));
    let closed = |n, as_of| Append { as_of: Some(as_of), ..line(id, n, Kind::Closed) };
    store.append(&ada, line(id, 1, text("hello"))).await.unwrap();
    store.append(&ada, line(id, 2, text("are you there?"))).await.unwrap();
    let mia = Scope::Agent(mia);
    let refused = store.append(&mia, closed(3, 1)).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "the second question was not seen: {refused:?}");
    store.append(&mia, line(id, 4, text("yes"))).await.unwrap();
    store.append(&ada, line(id, 5, Kind::Rated { score: 5 })).await.unwrap();
    let done = store.append(&mia, closed(6, 2)).await.unwrap();
    assert_eq!(done.place, Place::New, "what the visitor has written since is no message");
    store.append(&ada, line(id, 7, text("thanks"))).await.unwrap();
    assert_eq!(store.append(&mia, closed(6, 2)).await.unwrap().seq, done.seq, "it was accepted before");
}

async fn a_conversation_closes_and_the_visitor_reopens_it(store: &dyn Store) {
    let (ada, mia, id) = (visitor("ada"), agent(store, "Mia").await, conversation(1));
    let state = async || store.summary(&mia, id).await.unwrap().state;
    store.append(&ada, line(id, 1, text("hello"))).await.unwrap();
    store.append(&Scope::Agent(mia.clone()), line(id, 2, Kind::Closed)).await.unwrap();
    assert_eq!(state().await, ConversationState::Closed);
    assert_eq!(store.newest_open(&visitor_scope("ada")).await.unwrap(), None);
    store.append(&ada, line(id, 3, Kind::Rated { score: 5 })).await.unwrap();
    assert_eq!(state().await, ConversationState::Closed, "a rating is no question");
    store.append(&ada, line(id, 4, text("one more thing"))).await.unwrap();
    assert_eq!(state().await, ConversationState::Open);
    assert_eq!(store.newest_open(&visitor_scope("ada")).await.unwrap(), Some(id));
}

async fn summaries_say_who_what_and_how_much_is_unread(store: &dyn Store) {
    let (ada, mia, id) = (visitor("ada"), agent(store, "Mia").await, conversation(1));
    store.append(&ada, line(id, 1, text("**hello**\nthere"))).await.unwrap();
    let contact = |name: Option<&str>, email: Option<&str>| Kind::Contact {
        name: name.map(Into::into),
        email: email.map(Into::into),
    };
    store.append(&ada, line(id, 2, contact(None, Some("ada@example.com")))).await.unwrap();
    let summary = store.summary(&mia, id).await.unwrap();
    assert_eq!((summary.visitor.as_deref(), summary.unread), (Some("ada@example.com"), 1));
    assert_eq!((summary.preview.as_str(), summary.preview_by), ("hello there", AuthorKind::Visitor));
    assert_eq!(summary.context.title.as_deref(), Some("Shop"));
    store.append(&ada, line(id, 3, contact(Some("Ada"), None))).await.unwrap();
    store.append(&ada, Append { at: WallTime(5_000), ..line(id, 4, text("again")) }).await.unwrap();
    let summary = store.summary(&mia, id).await.unwrap();
    assert_eq!((summary.visitor.as_deref(), summary.unread, summary.top), (Some("Ada"), 2, 4));
    assert_eq!((summary.started_at, summary.updated_at), (AT, WallTime(5_000)));
    let log = store.entries(&ada, id, Range::Tail, 50).await.unwrap().items;
    assert_eq!(log[3].author.name.as_deref(), Some("Ada"), "known from then on");
    let read = CursorReport { conversation: id, side: Side::Visitor, delivered: 4, read: 3 };
    store.report(&Scope::Agent(mia.clone()), read).await.unwrap();
    assert_eq!(store.summary(&mia, id).await.unwrap().unread, 1);
}

async fn cursors_only_move_forward_and_belong_to_their_side(store: &dyn Store) {
    let (ada, mia, id) = (visitor("ada"), Scope::Agent(agent(store, "Mia").await), conversation(1));
    for n in 1..=4 {
        store.append(&ada, line(id, n, text("hi"))).await.unwrap();
    }
    let report = |delivered, read| CursorReport { conversation: id, side: Side::Agent, delivered, read };
    let moved = store.report(&ada, report(3, 2)).await.unwrap().unwrap();
    assert_eq!(
        (moved.report.side, moved.report.delivered, moved.report.read),
        (Side::Visitor, 3, 2),
        "the sender's own side"
    );
    assert_eq!(store.report(&ada, report(2, 1)).await.unwrap(), None, "not back");
    let moved = store.report(&ada, report(0, 99)).await.unwrap().unwrap();
    assert_eq!((moved.report.delivered, moved.report.read), (4, 4), "not beyond the log; what was read was delivered");
    let seen = |state: chinwag_conversation::StreamState| (state.top, state.delivered, state.read);
    assert_eq!(seen(store.standing(&mia, id).await.unwrap()), (4, 4, 4), "agents see the visitor's");
    assert_eq!(seen(store.standing(&ada, id).await.unwrap()), (4, 0, 0), "and the other way round");
}

async fn the_inbox_pages_by_key_and_misses_nothing(store: &dyn Store) {
    let (ada, mia) = (visitor("ada"), agent(store, "Mia").await);
    for n in 0..25_u8 {
        // Five share each instant.
        let at = WallTime(1_000 + u64::from(n / 5));
        store.append(&ada, Append { at, ..line(conversation(n), n.into(), text("hi")) }).await.unwrap();
    }
    store.append(&Scope::Agent(mia.clone()), line(conversation(7), 99, Kind::Closed)).await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let query = InboxQuery { state: ConversationState::Open, before, limit: 4 };
        let page = store.inbox(&mia, query).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(InboxKey { updated_at: last.updated_at, conversation: last.conversation });
        seen.extend(page.iter().map(|s| InboxKey { updated_at: s.updated_at, conversation: s.conversation }));
    }
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, each once");
    assert_eq!(seen.len(), 24);
    let closed = InboxQuery { state: ConversationState::Closed, before: None, limit: 4 };
    assert_eq!(store.inbox(&mia, closed).await.unwrap().len(), 1);
}

async fn codes_work_once_and_sessions_end(store: &dyn Store) {
    let [first, spare, code, session] = ["first", "spare", "code", "session"].map(secret::hash);
    let new =
        |name: &str, email: &str| NewAgent { name: name.into(), email: email.into(), password: "p".into(), at: AT };
    store.invite(&Operator, first, Invitation::FirstAdmin).await.unwrap();
    store.invite(&Operator, spare, Invitation::FirstAdmin).await.unwrap();
    assert_eq!(store.invitation(first).await.unwrap(), Invitation::FirstAdmin);
    let Redeemed::Created(root) = store.redeem(first, new("Root", "root@example.com")).await.unwrap() else { panic!() };
    not_found(store.redeem(first, new("Again", "again@example.com")).await);
    not_found(store.invitation(spare).await);
    let invitation = Invitation::Agent { name: "Mia".into(), email: "mia@example.com".into(), role: Role::Agent };
    store.invite(&Operator, code, invitation.clone()).await.unwrap();
    let Redeemed::Created(mia) = store.redeem(code, new("Mia", "mia@example.com")).await.unwrap() else { panic!() };
    assert_ne!(root, mia);
    assert_eq!(store.credential("MIA@example.com").await.unwrap().agent, mia, "mail addresses have no case");
    not_found(store.credential("nobody@example.com").await);
    let roles: Vec<_> = store.agents(&Operator).await.unwrap().into_iter().map(|a| (a.name, a.role)).collect();
    assert_eq!(roles, [("Root".to_owned(), Role::Admin), ("Mia".to_owned(), Role::Agent)]);

    store.open_session(mia, session, WallTime(2_000)).await.unwrap();
    let (me, end) = store.session(session, AT).await.unwrap();
    assert_eq!((me.agent, me.intent, end), (mia, Intent::Available, WallTime(2_000)));
    store.set_intent(&AgentScope { agent: mia, name: "Mia".into(), role: Role::Agent }, Intent::Paused).await.unwrap();
    assert_eq!(store.session(session, AT).await.unwrap().0.intent, Intent::Paused);
    not_found(store.session(session, WallTime(2_000)).await);
    store.extend_session(session, WallTime(3_000)).await.unwrap();
    store.session(session, WallTime(2_000)).await.unwrap();
    store.close_session(session).await.unwrap();
    not_found(store.session(session, AT).await);

    store.open_session(mia, session, WallTime(2_000)).await.unwrap();
    store.invite(&Operator, code, invitation).await.unwrap();
    let renewed = NewAgent { password: "q".into(), ..new("Mia", "mia@example.com") };
    assert_eq!(store.redeem(code, renewed).await.unwrap(), Redeemed::Created(mia), "a new password, not a new agent");
    assert_eq!(store.credential("mia@example.com").await.unwrap().password, "q");
    not_found(store.session(session, AT).await);
    not_found(
        store.set_intent(&AgentScope { agent: AgentId(77), name: "x".into(), role: Role::Agent }, Intent::Paused).await,
    );
}

async fn many_tasks_at_once_leave_no_gap_and_no_double(store: Arc<dyn Store>) {
    const TASKS: u32 = 8;
    const EACH: u32 = 25;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in 0..EACH {
                    // Half of them write into one shared conversation, and everybody sends everything twice.
                    let id = conversation(if task % 2 == 0 { 0 } else { task as u8 });
                    let append = line(id, task * EACH + n, text("hi"));
                    let (one, other) = tokio::join!(
                        store.append(&visitor("ada"), append.clone()),
                        store.append(&visitor("ada"), append)
                    );
                    assert_eq!(one.unwrap().seq, other.unwrap().seq);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let shared = u64::from(TASKS / 2 * EACH);
    assert_eq!(
        seqs(&*store, &visitor("ada"), conversation(0), Range::After(0), 1_000).await,
        (1..=shared).collect::<Vec<_>>()
    );
    let mia = agent(&*store, "Mia").await;
    let feed = store.feed(&mia, Range::After(0), 1_000).await.unwrap();
    assert!(feed.items.iter().map(|e| e.seq).eq(1..=u64::from(TASKS * EACH)));
    let ids: BTreeSet<_> = feed.items.iter().map(|e| e.entry.id).collect();
    assert_eq!(ids.len(), (TASKS * EACH) as usize);
}

fn edited(n: u32, text: &str) -> Kind {
    Kind::Edited { of: message_id(n), text: text.into() }
}

fn deleted(n: u32) -> Kind {
    Kind::Deleted { of: message_id(n) }
}

async fn edits_and_deletions_are_entries_and_nothing_of_what_was_deleted_stays(store: &dyn Store) {
    let (ada, mia, id) = (visitor("ada"), agent(store, "Mia").await, conversation(1));
    for (n, kind) in [text("one"), text("secret"), edited(2, "more secret")].into_iter().enumerate() {
        store.append(&ada, line(id, n as u32 + 1, kind)).await.unwrap();
    }
    let listed = async || {
        let summary = store.summary(&mia, id).await.unwrap();
        (summary.preview, summary.unread)
    };
    assert_eq!(listed().await, ("more secret".to_owned(), 2), "an edit is no new message");
    let appended = store.append(&ada, line(id, 4, deleted(2))).await.unwrap();
    assert_eq!(appended.seq, 4);
    assert_eq!(store.append(&ada, line(id, 4, deleted(2))).await.unwrap().place, Place::Known);
    assert_eq!(listed().await, ("one".to_owned(), 1));
    let expected = [text("one"), text(""), edited(2, ""), deleted(2)];
    let log = store.entries(&ada, id, Range::Tail, 50).await.unwrap();
    assert_eq!(log.items.iter().map(|e| e.kind.clone()).collect::<Vec<_>>(), expected, "places stay, words do not");
    let feed = store.feed(&mia, Range::After(0), 50).await.unwrap();
    assert_eq!(feed.items.iter().map(|e| e.entry.kind.clone()).collect::<Vec<_>>(), expected);
    not_found(store.append(&ada, line(id, 5, edited(2, "back again"))).await);
    store.append(&ada, line(id, 6, deleted(1))).await.unwrap();
    assert_eq!(listed().await, (String::new(), 0));
}

async fn nobody_changes_what_another_wrote(store: &dyn Store) {
    let (ada, bob, id) = (visitor("ada"), visitor("bob"), conversation(1));
    let (mia, tom) = (agent(store, "Mia").await, agent(store, "Tom").await);
    let admin = AgentScope { role: Role::Admin, ..tom.clone() };
    let [mia, tom, admin] = [mia, tom, admin].map(Scope::Agent);
    store.append(&ada, line(id, 1, text("by Ada"))).await.unwrap();
    store.append(&mia, line(id, 2, text("by Mia"))).await.unwrap();
    let refused = [
        (&bob, edited(1, "x")),
        (&bob, deleted(1)),
        (&ada, edited(2, "x")),
        (&ada, deleted(2)),
        (&mia, edited(1, "x")),
        (&mia, deleted(1)),
        (&tom, edited(2, "x")),
        (&tom, deleted(2)),
        (&admin, edited(1, "words in her mouth")),
        (&ada, deleted(77)),
        (&ada, Kind::Deleted { of: message_id(1_000_002) }),
    ];
    for (n, (who, kind)) in refused.into_iter().enumerate() {
        not_found(store.append(who, line(id, 10 + n as u32, kind)).await);
    }
    not_found(store.append(&ada, line(conversation(9), 1, deleted(1))).await);
    assert_eq!(store.newest_open(&visitor_scope("ada")).await.unwrap(), Some(id), "and begins no conversation");
    let late = |kind| Append { at: WallTime(AT.0 + limits::EDIT_MS + 1), ..line(id, 30, kind) };
    not_found(store.append(&ada, late(edited(1, "too late"))).await);
    assert_eq!(seqs(store, &ada, id, Range::Tail, 50).await, [1, 2, 3], "nothing was written");
    let allowed = [
        (&ada, edited(1, "Ada")),
        (&mia, edited(2, "Mia")),
        (&admin, edited(2, "better")),
        (&mia, deleted(2)),
        (&admin, deleted(1)),
    ];
    for (n, (who, kind)) in allowed.into_iter().enumerate() {
        store.append(who, line(id, 40 + n as u32, kind)).await.unwrap();
    }
}

fn upload(conversation: ConversationId, n: u32, at: u64) -> NewFile {
    let id = FileId::new(WallTime(1), [n as u8; 10]);
    let path = format!("/files/{conversation}-{n}.png/plan.png");
    let (name, media) = ("plan.png".into(), "image/png".into());
    NewFile {
        conversation,
        file: FileRef { id, name, media, size: 9, width: Some(3), height: Some(2), path },
        at: WallTime(at),
    }
}

async fn a_file_is_its_uploaders_and_goes_into_one_entry(store: &dyn Store) {
    let (ada, bob, id) = (visitor("ada"), visitor("bob"), conversation(1));
    let mia = Scope::Agent(agent(store, "Mia").await);
    let file = upload(id, 1, 1_000);
    not_found(store.add_file(&mia, upload(id, 2, 1_000)).await);
    assert_eq!(store.add_file(&ada, file.clone()).await.unwrap(), Upload::New, "before the conversation begins");
    let other = NewFile { file: FileRef { path: "/files/x/y".into(), ..file.file.clone() }, ..file.clone() };
    assert_eq!(store.add_file(&ada, other).await.unwrap(), Upload::Known(file.file.clone()), "the same id again");
    not_found(store.upload(&bob, id, file.file.id, AT).await);
    let forged = FileRef { path: "/files/elsewhere/x".into(), size: 1, name: "cat.png".into(), ..file.file.clone() };
    let says = Kind::File { file: forged };
    not_found(store.append(&bob, line(id, 1, says.clone())).await);
    assert_eq!(store.newest_open(&visitor_scope("bob")).await.unwrap(), None);
    store.append(&ada, line(id, 1, says.clone())).await.unwrap();
    let log = store.entries(&mia, id, Range::Tail, 50).await.unwrap().items;
    assert_eq!(log[0].kind, Kind::File { file: file.file.clone() }, "the record counts, not the claim");
    not_found(store.append(&ada, line(id, 2, says.clone())).await);
    not_found(store.append(&mia, line(id, 3, says.clone())).await);
    not_found(store.append(&ada, line(conversation(2), 4, says)).await);
    let Scope::Agent(desk) = &mia else { unreachable!() };
    let summary = store.summary(desk, id).await.unwrap();
    assert_eq!((summary.preview.as_str(), summary.unread), ("plan.png", 1));
    assert_eq!(store.add_file(&mia, upload(id, 5, 1_000)).await.unwrap(), Upload::New);
    not_found(store.upload(&bob, id, upload(id, 6, 1).file.id, AT).await);
}

async fn files_are_counted_by_the_hour_and_waste_is_named_until_it_is_forgotten(store: &dyn Store) {
    let (ada, id) = (visitor("ada"), conversation(1));
    for n in 0..limits::FILES_PER_HOUR {
        assert_eq!(store.add_file(&ada, upload(id, n, 1_000 + u64::from(n))).await.unwrap(), Upload::New);
    }
    let more = upload(id, 77, 2_000);
    assert_eq!(store.add_file(&ada, more.clone()).await.unwrap(), Upload::TooMany { after_ms: 3_599_000 });
    assert_eq!(store.add_file(&ada, NewFile { at: WallTime(3_601_000), ..more }).await.unwrap(), Upload::New);
    let elsewhere = upload(conversation(2), 1, 2_000);
    assert_eq!(store.add_file(&ada, elsewhere.clone()).await.unwrap(), Upload::New, "conversations are apart");

    let file = elsewhere.file;
    store.append(&ada, line(conversation(2), 1, Kind::File { file: file.clone() })).await.unwrap();
    let waste = async |before| store.waste(&Operator, WallTime(before)).await.unwrap();
    assert_eq!(waste(1_000).await, [""; 0]);
    assert_eq!(waste(1_002).await.len(), 2, "uploaded and never sent");
    assert_eq!(waste(9_999).await.len(), limits::FILES_PER_HOUR as usize, "what was sent stays");
    store.append(&ada, line(conversation(2), 2, deleted(1))).await.unwrap();
    assert_eq!(waste(0).await, std::slice::from_ref(&file.path), "what was deleted goes at once");
    store.forget_files(&Operator, vec![file.path]).await.unwrap();
    assert_eq!(waste(0).await, [""; 0]);
}

fn sqlite(folder: &Path) -> Sqlite {
    Sqlite::open(&folder.join("chinwag.db"), AT).unwrap()
}

macro_rules! contract {
    ($($promise:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $promise() { super::$promise(&super::Memory::default()).await; })+
        }
        mod sqlite {
            $(#[tokio::test] async fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$promise(&super::sqlite(folder.path())).await;
            })+
        }
    };
}

contract!(
    appending_numbers_without_gaps_and_a_repeated_id_changes_nothing,
    a_foreign_conversation_is_like_one_that_does_not_exist,
    pages_go_after_before_and_from_the_tail,
    the_feed_has_every_entry_once_in_the_order_of_commits,
    an_agent_joins_once_and_is_named,
    a_conversation_closes_only_as_it_was_known,
    a_conversation_closes_and_the_visitor_reopens_it,
    summaries_say_who_what_and_how_much_is_unread,
    cursors_only_move_forward_and_belong_to_their_side,
    the_inbox_pages_by_key_and_misses_nothing,
    codes_work_once_and_sessions_end,
    edits_and_deletions_are_entries_and_nothing_of_what_was_deleted_stays,
    nobody_changes_what_another_wrote,
    a_file_is_its_uploaders_and_goes_into_one_entry,
    files_are_counted_by_the_hour_and_waste_is_named_until_it_is_forgotten,
    results_add_up_by_day_and_are_forgotten_in_time,
    open_conversations_are_counted_by_who_took_them,
    keys_of_no_file_are_found,
    the_feed_is_as_it_is_now_whoever_read_it_before,
);

#[tokio::test(flavor = "multi_thread")]
async fn memory_many_tasks_at_once() {
    many_tasks_at_once_leave_no_gap_and_no_double(Arc::new(Memory::default())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_many_tasks_at_once() {
    let folder = tempfile::tempdir().unwrap();
    many_tasks_at_once_leave_no_gap_and_no_double(Arc::new(sqlite(folder.path()))).await;
}

#[tokio::test]
async fn sqlite_keeps_everything_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let (ada, id) = (visitor("ada"), conversation(1));
    let store = sqlite(folder.path());
    let epoch = store.epoch();
    for n in 1..=3 {
        store.append(&ada, line(id, n, text("hi"))).await.unwrap();
    }
    let before = store.entries(&ada, id, Range::Tail, 50).await.unwrap();
    drop(store);
    let store = Sqlite::open(&folder.path().join("chinwag.db"), WallTime(77)).unwrap();
    assert_eq!(store.epoch(), epoch, "the same log is the same epoch");
    assert_eq!(store.entries(&ada, id, Range::Tail, 50).await.unwrap(), before);
    assert_eq!(store.append(&ada, line(id, 4, text("hi"))).await.unwrap().seq, 4);
}

/// Would catch: data of the first release that a newer one cannot open, or opens with something missing.
#[tokio::test]
async fn data_of_the_first_schema_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chinwag.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(include_str!("sqlite/schema/1.sql")).unwrap();
    db.execute_batch(
        "PRAGMA user_version = 1; INSERT INTO meta VALUES ('epoch', 5); INSERT INTO site VALUES ('demo', 1);",
    )
    .unwrap();
    let id = conversation(1);
    let hash = secret::hash("ada");
    db.execute("INSERT INTO visitor VALUES (1, 'demo', ?1, NULL, NULL, 1)", [hash.0]).unwrap();
    db.execute(
        "INSERT INTO conversation (id, visitor, state, top, preview, preview_by, context, started_at, updated_at)
         VALUES (?1, 1, 'open', 1, 'hi', 'visitor', '{}', 1000, 1000)",
        [id.0.as_bytes()],
    )
    .unwrap();
    db.execute(
        "INSERT INTO entry VALUES (?1, 1, ?2, 'visitor', NULL, 1, '{\"message\":{\"text\":\"hi\"}}', 1000)",
        [id.0.as_bytes(), message_id(1).0.as_bytes()],
    )
    .unwrap();
    drop(db);
    let store = sqlite(folder.path());
    let ada = visitor("ada");
    assert_eq!(store.epoch(), 5);
    assert_eq!(store.entries(&ada, id, Range::Tail, 50).await.unwrap().items[0].kind, text("hi"));
    assert_eq!(store.append(&ada, line(id, 2, edited(1, "hello"))).await.unwrap().seq, 2);
}

#[tokio::test]
async fn a_copy_is_whole_and_a_renewed_one_has_a_later_epoch_and_nobody_signed_in() {
    let folder = tempfile::tempdir().unwrap();
    let (ada, id, session) = (visitor("ada"), conversation(1), secret::hash("session"));
    let store = sqlite(folder.path());
    let mia = agent(&store, "Mia").await;
    store.open_session(mia.agent, session, WallTime(2_000)).await.unwrap();
    store.invite(&Operator, secret::hash("code"), Invitation::FirstAdmin).await.unwrap();
    store.append(&ada, line(id, 1, text("kept"))).await.unwrap();
    let copy = folder.path().join("copy.db");
    Sqlite::copy(&folder.path().join("chinwag.db"), &copy).unwrap();
    store.append(&ada, line(id, 2, text("after the copy"))).await.unwrap();
    Sqlite::renew(&copy, WallTime(3)).unwrap();
    let copy = Sqlite::open(&copy, AT).unwrap();
    assert_eq!(copy.epoch(), store.epoch() + 1, "later even when the clock is not");
    assert_eq!(seqs(&copy, &ada, id, Range::Tail, 50).await, [1]);
    not_found(copy.session(session, AT).await);
    not_found(copy.invitation(secret::hash("code")).await);
}
