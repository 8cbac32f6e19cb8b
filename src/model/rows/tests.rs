use chinwag_conversation::AuthorKind::{Agent, Bot, Visitor};

use super::*;
use crate::model::tests::{entry, outgoing, text};

/// One word a row: `day`, or the side, `+` where a group begins, and the state.
fn sketch(thread: &Thread, greeting: Option<&str>, reach: Reach) -> String {
    let day_of = |at: WallTime| (at.0 / 100_000) as i64;
    let word = |row: &Row| match row {
        Row::Day(_) => "day".to_owned(),
        Row::Joined { .. } => "joined".to_owned(),
        Row::Ended { .. } => "ended".to_owned(),
        Row::Bubble(bubble) => {
            let first = if bubble.first { "+" } else { "" };
            let state = bubble.state.map(|state| format!(":{state:?}")).unwrap_or_default();
            format!("{first}{:?}{state}", bubble.from)
        }
    };
    rows(thread, greeting, None, reach, &day_of).iter().map(word).collect::<Vec<_>>().join(" ")
}

fn thread(entries: Vec<Entry>) -> Thread {
    let mut thread = Thread::default();
    thread.older(entries, true);
    thread
}

#[test]
fn messages_are_grouped_by_author_time_and_day() {
    let mut late = entry(4, Agent, text("d"));
    late.at = WallTime(99_000 + GROUP_MS);
    let thread = thread(vec![
        entry(1, Visitor, text("a")),
        entry(2, Agent, text("b")),
        entry(3, Agent, text("c")),
        late,
        entry(5, Bot, text("e")),
    ]);
    let shown = sketch(&thread, Some("Hello"), Reach::Live);
    assert_eq!(shown, "+Team day +Visitor +Team Team day +Team day +Bot");
}

#[test]
fn the_greeting_stands_at_the_beginning_only() {
    let mut part = Thread::default();
    part.insert(entry(40, Agent, text("later")));
    assert_eq!(sketch(&part, Some("Hello"), Reach::Live), "day +Team");
    assert_eq!(sketch(&Thread::default(), Some("Hello"), Reach::Live), "+Team");
}

#[test]
fn a_state_is_shown_once_a_run_and_failures_always() {
    let mut thread = thread((1..=4).map(|seq| entry(seq, Visitor, text("x"))).collect());
    thread.agent = Progress { delivered: 3, read: 2 };
    assert_eq!(sketch(&thread, None, Reach::Live), "day +Visitor Visitor:Read Visitor:Delivered Visitor:Sent");
    thread.came(outgoing(91, "no", Delivery::Failed(NackCode::TooLong)));
    thread.came(outgoing(92, "no", Delivery::Failed(NackCode::TooLong)));
    thread.came(outgoing(93, "y", Delivery::Queued));
    thread.came(outgoing(94, "z", Delivery::Queued));
    let tail = "Visitor:Failed(TooLong) Visitor:Failed(TooLong) Visitor Visitor:";
    assert!(sketch(&thread, None, Reach::Live).contains(&format!("{tail}Sending")));
    assert!(sketch(&thread, None, Reach::Away).contains(&format!("{tail}Waiting")));
}

#[test]
fn whether_a_message_arrived_is_not_told_below_its_answer() {
    let thread = thread(vec![entry(1, Visitor, text("a")), entry(2, Agent, text("b"))]);
    assert_eq!(sketch(&thread, None, Reach::Live), "day +Visitor +Team");
}

#[test]
fn contact_and_rating_are_not_rows() {
    let contact = Kind::Contact { name: None, email: Some("a@b".into()) };
    let thread = thread(vec![
        entry(1, Visitor, contact),
        entry(2, Agent, Kind::Joined),
        entry(3, Agent, Kind::Closed),
        entry(4, Visitor, Kind::Rated { score: 1 }),
    ]);
    assert_eq!(sketch(&thread, None, Reach::Live), "day joined ended");
}
