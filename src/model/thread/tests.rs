use chinwag_conversation::{
    AuthorKind::{Agent, Visitor},
    WallTime,
};

use super::*;
use crate::model::tests::{entry, outgoing, text};

fn seqs(thread: &Thread) -> Vec<u64> {
    thread.entries().iter().map(|entry| entry.seq).collect()
}

#[test]
fn entries_stand_in_order_each_once_however_they_come() {
    let mut thread = Thread::default();
    assert!(thread.insert(entry(3, Agent, text("c"))));
    assert!(thread.insert(entry(4, Agent, text("d"))));
    assert!(!thread.insert(entry(3, Agent, text("c"))));
    thread.older(vec![entry(1, Agent, text("a")), entry(2, Agent, text("b"))], true);
    assert_eq!(seqs(&thread), [1, 2, 3, 4]);
    assert_eq!(thread.start, Start::Reached);
}

#[test]
fn a_sent_message_is_never_shown_twice() {
    let mut thread = Thread::default();
    thread.came(outgoing(1, "hi", Delivery::Queued));
    thread.came(outgoing(1, "hi", Delivery::Sending));
    assert_eq!(thread.outgoing().len(), 1);
    thread.came(outgoing(1, "hi", Delivery::Sent { seq: 1, at: WallTime(5) }));
    assert_eq!((thread.outgoing().len(), thread.entries().len()), (0, 1));
    thread.insert(entry(1, Visitor, text("hi")));
    thread.came(outgoing(1, "hi", Delivery::Sending));
    assert_eq!((thread.outgoing().len(), thread.entries().len()), (0, 1));
}

#[test]
fn the_log_may_be_faster_than_the_ack() {
    let mut thread = Thread::default();
    thread.came(outgoing(1, "hi", Delivery::Sending));
    thread.insert(entry(1, Visitor, text("hi")));
    assert_eq!((thread.outgoing().len(), thread.entries().len()), (0, 1));
}

#[test]
fn a_message_after_the_end_reopens() {
    let mut thread = Thread::default();
    thread.insert(entry(1, Agent, text("bye")));
    thread.insert(entry(2, Agent, Kind::Closed));
    assert!(thread.is_closed());
    thread.insert(entry(3, Visitor, Kind::Rated { score: 2 }));
    assert!(thread.is_closed());
    assert_eq!(thread.rating(), Some(2));
    thread.insert(entry(4, Visitor, text("one more thing")));
    assert!(!thread.is_closed());
    thread.insert(entry(5, Agent, Kind::Closed));
    assert_eq!(thread.rating(), None);
}

#[test]
fn a_reset_keeps_what_waits_here() {
    let mut thread = Thread::default();
    thread.insert(entry(1, Agent, text("a")));
    thread.came(outgoing(9, "mine", Delivery::Queued));
    thread.reset();
    assert_eq!((thread.outgoing().len(), thread.entries().len()), (1, 0));
}
