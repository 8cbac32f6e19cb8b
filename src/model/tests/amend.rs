//! Files, edits and deletions, as the visitor meets them.

use chinwag_conversation::{FileId, FileRef};

use super::{super::rows::State, *};

fn file(number: u128, size: u64, path: &str) -> Kind {
    let id = FileId::parse(&uuid_text(number)).unwrap();
    let (width, height, media) = Default::default();
    Kind::File { file: FileRef { id, name: "plan.png".into(), media, size, width, height, path: path.into() } }
}

fn picked(number: u128, size: u64) -> Input {
    Input::Picked(Outgoing { kind: file(number, size, ""), ..outgoing(number, "", Delivery::Sending) })
}

fn shown(story: &Story) -> Vec<(Content, Option<State>)> {
    let rows = rows(&story.model.thread, None, None, story.model.connection.shown_reach(), &|_| 0);
    let bubbles = rows.into_iter().filter_map(|row| match row {
        Row::Bubble(bubble) => Some((bubble.content, bubble.state)),
        _ => None,
    });
    bubbles.collect()
}

fn edited(of: u128, text: &str) -> Kind {
    Kind::Edited { of: id(of), text: text.into() }
}

/// Would catch: an upload beside its entry, a file that is sent twice, or one that is announced as sent too early.
#[test]
fn a_chosen_file_becomes_an_entry() {
    let mut story = Story::live();
    assert!(story.on(picked(7, 900)).contains(&Effect::Upload(id(7))));
    assert!(matches!(&shown(&story)[..], [(Content::File(file), Some(State::Uploading))] if file.path.is_empty()));
    let Kind::File { file: there } = file(7, 900, "/files/x/plan.png") else { unreachable!() };
    let effects = story.on(Input::Uploaded(id(7), Ok(there.clone())));
    assert!(effects.contains(&Effect::Send(Kind::File { file: there.clone() }, None, None)));
    let kind = Kind::File { file: there.clone() };
    story.on(Input::Outgoing(Outgoing { kind: kind.clone(), ..outgoing(7, "", Delivery::Queued) }));
    assert_eq!(shown(&story), [(Content::File(there.clone()), Some(State::Sending))]);
    let effects =
        story.on(Input::Outgoing(Outgoing { kind, ..outgoing(7, "", Delivery::Sent { seq: 1, at: WallTime(1) }) }));
    assert!(effects.contains(&Effect::Say(Said::Sent)));
    assert_eq!(shown(&story), [(Content::File(there.clone()), Some(State::Sent))]);
    assert_eq!(story.on(Input::Uploaded(id(7), Ok(there))), [], "a late word of it");
}

#[test]
fn a_file_that_is_too_large_stays_here_and_says_so() {
    let mut story = Story::live();
    let effects = story.on(picked(7, 1_001));
    assert!(effects.contains(&Effect::Say(Said::Failed)) && !effects.contains(&Effect::Upload(id(7))));
    assert!(matches!(shown(&story)[..], [(_, Some(State::Failed(NackCode::TooLong)))]));
}

#[test]
fn a_failed_upload_can_be_tried_again_or_given_up() {
    let mut story = Story::live();
    story.on(picked(7, 900));
    let effects = story.on(Input::Uploaded(id(7), Err(NackCode::Unavailable)));
    assert!(effects.contains(&Effect::Say(Said::Failed)));
    assert_eq!(story.on(Input::Press(Press::Retried(id(7)))), [Effect::Upload(id(7))]);
    assert!(matches!(shown(&story)[..], [(_, Some(State::Uploading))]));
    story.on(Input::Press(Press::Removed(id(7))));
    assert_eq!(shown(&story), []);
    assert_eq!(story.on(Input::Uploaded(id(7), Err(NackCode::Unavailable))), []);
}

/// Would catch: a file of which an outage says that the server did not want it, and one that stays behind when that is over.
#[test]
fn a_file_that_finds_no_server_goes_when_there_is_one_again() {
    let mut story = Story::live();
    let nobody = || Input::Uploaded(id(7), Err(NackCode::Unavailable));
    let back = |story: &mut Story| story.on(Input::Link(Link::Live)).contains(&Effect::Upload(id(7)));
    story.on(picked(7, 900));
    story.on(Input::Link(Link::Offline));
    assert!(!story.on(nobody()).contains(&Effect::Say(Said::Failed)));
    assert!(matches!(shown(&story)[..], [(_, Some(State::Waiting))]));
    assert!(back(&mut story));
    assert!(matches!(shown(&story)[..], [(_, Some(State::Uploading))]));
    assert!(!back(&mut story), "it is on its way");
    // Its request may end before the connection does.
    story.on(nobody());
    story.on(Input::Link(Link::Waiting { retry_in_ms: 9 }));
    assert!(back(&mut story));
}

#[test]
fn files_are_taken_only_where_the_server_and_the_panel_do() {
    let mut story = Story::new();
    story.on(welcome(0));
    assert!(!story.model.takes_files(), "a file dropped on a card");
    story.on(Input::Open(Opener::Visitor));
    assert!(story.model.takes_files());
    let limits = Limits { file_bytes: 0, ..Limits::default() };
    story.on(Input::Welcome { top: 0, agent: Progress::default(), availability: Availability::Available, limits });
    assert!(!story.model.takes_files());
}

/// Would catch: a draft that an edit swallows, or an edit that is kept as a draft.
#[test]
fn an_edit_borrows_the_composer_and_gives_the_draft_back() {
    let mut story = Story::live();
    story.on(Input::Entry(entry(1, AuthorKind::Visitor, text("teh"))));
    story.on(Input::Written("half a thought".into()));
    story.on(Input::Press(Press::Edit(id(1))));
    assert_eq!(story.model.draft, "teh");
    let effects = story.on(Input::Written("the".into()));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::KeepDraft(_))), "{effects:?}");
    let effects = story.on(Input::Press(Press::Submitted));
    assert!(effects.contains(&Effect::Send(edited(1, "the"), None, None)));
    assert_eq!((story.model.draft.as_str(), &story.model.amending), ("half a thought", &None));

    story.on(Input::Outgoing(Outgoing { kind: edited(1, "the"), ..outgoing(9, "", Delivery::Queued) }));
    assert_eq!(shown(&story), [(Content::Edited("the".into()), Some(State::Sending))]);
    story.on(Input::Outgoing(Outgoing {
        kind: edited(1, "the"),
        ..outgoing(9, "", Delivery::Failed(NackCode::Forbidden))
    }));
    let refused = Some(State::Failed(NackCode::Forbidden));
    assert_eq!(shown(&story), [(Content::Text("teh".into()), refused)], "what the others read, and why");

    story.on(Input::Press(Press::Edit(id(1))));
    let effects = story.on(Input::Press(Press::Submitted));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Send(..))), "nothing was changed");
    assert_eq!(story.model.draft, "half a thought");
    story.on(Input::Press(Press::Edit(id(1))));
    story.on(Input::Escape);
    assert_eq!((story.model.panel, story.model.draft.as_str()), (Panel::Open, "half a thought"));
    story.on(Input::Escape);
    assert_eq!(story.model.panel, Panel::Closed);
}

#[test]
fn deleting_is_asked_about_once_and_then_final() {
    let mut story = Story::live();
    story.on(Input::Entry(entry(1, AuthorKind::Visitor, text("oops"))));
    let effects = story.on(Input::Press(Press::Delete(id(1))));
    assert_eq!(effects.last(), Some(&Effect::Focus(Focus::Confirm)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Send(..))));
    let effects = story.on(Input::Press(Press::Confirmed));
    let deleted = Kind::Deleted { of: id(1) };
    assert!(effects.contains(&Effect::Send(deleted.clone(), None, None)));
    assert!(story.on(Input::Press(Press::Confirmed)).iter().all(|effect| !matches!(effect, Effect::Send(..))));
    let sent = Outgoing { kind: deleted, ..outgoing(9, "", Delivery::Sent { seq: 2, at: WallTime(2) }) };
    assert!(story.on(Input::Outgoing(sent)).contains(&Effect::Say(Said::Deleted)));
    assert_eq!(shown(&story), [(Content::Deleted, None)]);
}

/// Would catch: a card that goes on showing what the agent took back, and a badge that counts it.
#[test]
fn what_the_agent_takes_back_leaves_card_and_badge() {
    let mut story = Story::new();
    story.on(welcome(0));
    story.on(agent_says(1, "wrong window"));
    story.on(agent_says(2, "sorry"));
    story.on(Input::Entry(entry(3, AuthorKind::Agent, edited(2, "Hello!"))));
    assert_eq!(story.model.card.as_ref().unwrap().notification.text, "Hello!");
    story.on(Input::Entry(entry(4, AuthorKind::Agent, Kind::Deleted { of: id(2) })));
    assert_eq!(
        (story.model.card.as_ref().unwrap().notification.text.as_str(), story.model.unread),
        ("wrong window", 1)
    );
    story.on(Input::Entry(entry(5, AuthorKind::Agent, Kind::Deleted { of: id(1) })));
    assert_eq!((story.model.card.is_none(), story.model.unread), (true, 0));
}

#[test]
fn what_the_agent_changes_is_announced_in_the_open_panel() {
    let mut story = Story::live();
    story.on(agent_says(1, "a"));
    let effects = story.on(Input::Entry(entry(2, AuthorKind::Agent, edited(1, "b"))));
    assert!(effects.contains(&Effect::Say(Said::Message { name: Some("Mia".into()), text: "b".into() })));
    let effects = story.on(Input::Entry(entry(3, AuthorKind::Agent, Kind::Deleted { of: id(1) })));
    assert!(effects.contains(&Effect::Say(Said::Deleted)));
}

/// P4.11, P4.12. Would catch: an older page that undoes what a newer one said.
#[test]
fn what_edits_leave_does_not_depend_on_the_order_of_pages() {
    let log = [
        entry(1, AuthorKind::Visitor, text("a")),
        entry(2, AuthorKind::Visitor, text("b")),
        entry(3, AuthorKind::Visitor, edited(1, "A")),
        entry(4, AuthorKind::Visitor, Kind::Deleted { of: id(2) }),
        entry(5, AuthorKind::Visitor, edited(1, "AA")),
    ];
    for turn in 0..120_usize {
        // Every order: the factorial digits of `turn`.
        let (mut left, mut rest) = (log.to_vec(), turn);
        let mut story = Story::live();
        while !left.is_empty() {
            let at = rest % left.len();
            rest /= left.len();
            story.on(Input::Entry(left.remove(at)));
        }
        let contents: Vec<_> = shown(&story).into_iter().map(|(content, _)| content).collect();
        assert_eq!(contents, [Content::Edited("AA".into()), Content::Deleted], "order {turn}");
    }
}
