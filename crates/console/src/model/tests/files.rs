//! Files, edits and deletions, without a browser.

use chinwag_conversation::{FileId, FileRef, Welcome, limits::Limits};

use super::*;

fn welcome() -> Action {
    Action::Notice(Notice::Welcome(Welcome {
        protocol: 1,
        now: WallTime(START),
        beat_ms: 25_000,
        window_ms: 1_000,
        limits: Limits::with_files(),
        streams: Vec::new(),
        availability: chinwag_conversation::Availability::Available,
    }))
}

fn plan() -> FileRef {
    FileRef {
        id: FileId::new(WallTime(1), [1; 10]),
        name: "plan.png".into(),
        media: "image/png".into(),
        size: 5,
        width: Some(2),
        height: Some(1),
        path: "/files/x/plan.png".into(),
    }
}

fn picked(n: u64, size: u64) -> Picked {
    Picked { id: message_id(9, n), name: "plan.png".into(), size }
}

fn entry(seq: u64, by: AuthorKind, name: Option<&str>, kind: Kind) -> Entry {
    let author = Author { kind: by, name: name.map(str::to_owned) };
    Entry { seq, id: message_id(1, seq), at: WallTime(START + seq), author, kind }
}

fn said(text: &str) -> Kind {
    Kind::Message { text: text.into() }
}

fn edited(of: u64, text: &str) -> Kind {
    Kind::Edited { of: message_id(1, of), text: text.into() }
}

fn words(thread: &Thread, role: Role) -> Vec<(Content, Rights)> {
    let reader = Reader { name: "Mia", role };
    let all = lines(thread, core::iter::empty(), core::iter::empty(), reader, "Ada", |_| 0);
    let words = all.into_iter().filter_map(|line| match line {
        Line::Message(words) => Some((words.content, words.rights)),
        _ => None,
    });
    words.collect()
}

/// Would catch: a file too large that is sent all the same, an upload that stays beside its entry, bytes that are never let go.
#[test]
fn a_file_goes_from_the_chooser_into_the_log() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.act(welcome());
    desk.act(Action::Notice(Notice::Link(Link::Live)));
    let most = u64::from(desk.console.file_bytes);
    let effects = desk.act(Action::Attach(id(1), vec![picked(1, most), picked(2, most + 1)]));
    let upload = Effect::Upload { id: message_id(9, 1), conversation: id(1) };
    assert!(matches!(&effects[..], [Effect::KeepFile(kept), then] if kept.id == message_id(9, 1) && *then == upload));
    let UploadState::Failed(problem) = &desk.console.uploads[&message_id(9, 2)].state else { panic!("taken") };
    assert!(problem.words().contains("10 MB") && !problem.may_pass(), "{problem:?}");
    let gone = [Effect::Abort(message_id(9, 2)), Effect::Discard(message_id(9, 2))];
    assert_eq!(desk.act(Action::Discard(message_id(9, 2))), gone);

    let first = message_id(9, 1);
    desk.act(Action::Uploaded(first, UploadNews::Progress(40)));
    assert_eq!(desk.console.uploads[&first].state, UploadState::Going(40));
    desk.act(Action::Uploaded(first, UploadNews::Failed(Problem::Unreachable)));
    assert!(desk.console.announcement.contains("plan.png"));
    assert_eq!(desk.act(Action::Retry(first)), [Effect::Upload { id: first, conversation: id(1) }]);
    let effects = desk.act(Action::Uploaded(first, UploadNews::Done(plan())));
    assert_eq!(effects, [Effect::SendFile { id: first, conversation: id(1), file: plan() }]);
    let item =
        Outgoing { id: first, conversation: id(1), kind: Kind::File { file: plan() }, delivery: Delivery::Queued };
    assert_eq!(desk.act(Action::Notice(Notice::Outgoing(item))), [Effect::Abort(first)]);
    assert!(desk.console.uploads.is_empty());
    assert_eq!(desk.act(Action::Uploaded(first, UploadNews::Done(plan()))), [], "a late word of it");
}

/// Would catch: a file that an outage stopped for good, and one that is sent twice.
#[test]
fn a_file_that_found_no_server_goes_when_there_is_one_again() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.act(welcome());
    desk.act(Action::Attach(id(1), vec![picked(1, 9)]));
    let upload = Effect::Upload { id: message_id(9, 1), conversation: id(1) };
    let back = |desk: &mut Desk| desk.act(Action::Notice(Notice::Link(Link::Live))).contains(&upload);
    desk.act(Action::Notice(Notice::Link(Link::Waiting { retry_in_ms: 9 })));
    desk.act(Action::Uploaded(message_id(9, 1), UploadNews::Failed(Problem::Unreachable)));
    assert_eq!(desk.console.uploads[&message_id(9, 1)].state, UploadState::Waiting);
    assert!(back(&mut desk));
    assert!(!back(&mut desk), "it is on its way");
    // Its request may end before the connection does.
    desk.act(Action::Uploaded(message_id(9, 1), UploadNews::Failed(Problem::Unreachable)));
    assert!(matches!(desk.console.uploads[&message_id(9, 1)].state, UploadState::Failed(_)));
    desk.act(Action::Notice(Notice::Link(Link::Waiting { retry_in_ms: 9 })));
    assert!(back(&mut desk));
}

/// Would catch: a file of which a reload leaves no trace, and one that can be sent although its bytes are gone.
#[test]
fn a_file_that_a_reload_interrupted_is_told_and_can_only_be_put_away() {
    let mut before = Desk::with(vec![summary(1, 1)]);
    before.act(welcome());
    let effects = before.act(Action::Attach(id(1), vec![picked(1, 9)]));
    let Some(Effect::KeepFile(kept)) = effects.into_iter().find(|effect| matches!(effect, Effect::KeepFile(_))) else {
        panic!("nothing is kept");
    };
    let kept = Outgoing { delivery: Delivery::Failed(NackCode::Empty), ..kept };
    let reader = Reader { name: "Mia", role: Role::Agent };
    let all = lines(&Thread::default(), [&kept].into_iter(), core::iter::empty(), reader, "Ada", |_| 0);
    let [Line::Message(words)] = &all[..] else { panic!("{all:?}") };
    assert!(matches!(&words.content, Content::Upload(name, 9) if name == "plan.png"), "{words:?}");
    let receipt = words.receipt.as_ref().unwrap();
    assert!(receipt.words().contains("choose the file again") && receipt.is_failure() && !receipt.may_retry());
}

/// Would catch: an edit or a deletion that an outage seems to have swallowed.
#[test]
fn a_change_shows_while_it_is_under_way() {
    let mut thread = Thread::default();
    thread.insert(entry(1, AuthorKind::Agent, Some("Mia"), said("on Monday")));
    thread.insert(entry(2, AuthorKind::Visitor, None, said("rude")));
    let change = |n, kind, delivery| Outgoing { id: message_id(2, n), conversation: id(1), kind, delivery };
    let shown = |changes: &[Outgoing]| {
        let reader = Reader { name: "Mia", role: Role::Admin };
        let all = lines(&thread, changes.iter(), core::iter::empty(), reader, "Ada", |_| 0);
        let words = all.into_iter().filter_map(|line| match line {
            Line::Message(words) => Some((words.content, words.receipt)),
            _ => None,
        });
        words.collect::<Vec<_>>()
    };
    let gone = || Kind::Deleted { of: message_id(1, 2) };
    let changes = [change(1, edited(1, "on Tuesday"), Delivery::Queued), change(2, gone(), Delivery::Sending)];
    let expected =
        [(Content::Edited("on Tuesday".into()), Some(Receipt::Waiting)), (Content::Deleted, Some(Receipt::Sending))];
    assert_eq!(shown(&changes), expected);
    let refused = [change(2, gone(), Delivery::Failed(NackCode::Forbidden))];
    let still = (Content::Text("rude".into()), None);
    assert_eq!(shown(&refused)[1], still, "it was not allowed");
    assert!(matches!(&shown(&refused)[2], (_, Some(Receipt::Failed(NackCode::Forbidden)))), "and says so");
}

/// P4.11, P4.12. Would catch: an older page that undoes what a newer one said.
#[test]
fn what_edits_leave_does_not_depend_on_the_order_of_pages() {
    let log = [
        entry(1, AuthorKind::Agent, Some("Mia"), said("a")),
        entry(2, AuthorKind::Agent, Some("Mia"), said("b")),
        entry(3, AuthorKind::Agent, Some("Mia"), edited(1, "A")),
        entry(4, AuthorKind::Agent, Some("Mia"), Kind::Deleted { of: message_id(1, 2) }),
        entry(5, AuthorKind::Agent, Some("Mia"), edited(1, "AA")),
    ];
    let mut order = [0, 1, 2, 3, 4];
    for turn in 0..120_usize {
        // Every order: the factorial digits of `turn`.
        let mut left: Vec<usize> = (0..5).collect();
        let mut rest = turn;
        for (place, slot) in order.iter_mut().enumerate() {
            *slot = left.remove(rest % (5 - place));
            rest /= 5 - place;
        }
        let mut thread = Thread::default();
        order.iter().for_each(|at| thread.insert(log[*at].clone()));
        let expected = [(Content::Edited("AA".into()), Rights::Edit), (Content::Deleted, Rights::Read)];
        assert_eq!(words(&thread, Role::Agent), expected, "{order:?}");
    }
}

/// Would catch: a button that the server would refuse, or one that is missing.
#[test]
fn agents_change_their_own_words_and_admins_take_back_anything() {
    let mut thread = Thread::default();
    thread.insert(entry(1, AuthorKind::Agent, Some("Mia"), said("mine")));
    thread.insert(entry(2, AuthorKind::Agent, Some("Bo"), said("a colleague's")));
    thread.insert(entry(3, AuthorKind::Visitor, None, said("the visitor's")));
    thread.insert(entry(4, AuthorKind::Agent, Some("Mia"), Kind::File { file: plan() }));
    let rights = |role| words(&thread, role).into_iter().map(|(_, rights)| rights).collect::<Vec<_>>();
    assert_eq!(rights(Role::Agent), [Rights::Edit, Rights::Read, Rights::Read, Rights::Delete]);
    assert_eq!(rights(Role::Admin), [Rights::Edit, Rights::Edit, Rights::Delete, Rights::Delete]);
}

/// Would catch: a filter that hides what it should show.
#[test]
fn the_list_can_be_narrowed_to_a_team_or_a_tag() {
    let context = Context { team: Some("sales".into()), tags: vec!["vip".into()], ..Context::default() };
    let marked = Summary { context, ..summary(1, 1) };
    assert!([None, Some("sales"), Some("vip")].into_iter().all(|mark| has(&marked, mark)));
    assert!(!has(&marked, Some("vi")) && !has(&summary(2, 1), Some("vip")) && has(&summary(2, 1), None));
}

/// Would catch: an agent who is not told that what they answer was changed.
#[test]
fn what_the_visitor_changes_is_announced() {
    let mut desk = Desk::with(vec![summary(1, 1)]);
    desk.open(1);
    desk.entries(1, None, 1..=1);
    for (seq, kind, said) in
        [(2, edited(1, "better"), "edited a message: better"), (3, Kind::Deleted { of: message_id(1, 1) }, "deleted")]
    {
        let mut event = feed_event(1, seq, AuthorKind::Visitor);
        event.entry.kind = kind;
        desk.act(Action::Notice(Notice::Event(Box::new(event))));
        assert!(desk.console.announcement.contains(said), "{}", desk.console.announcement);
    }
    assert_eq!(words(&desk.console.threads[&id(1)], Role::Agent), [(Content::Deleted, Rights::Read)]);
}
