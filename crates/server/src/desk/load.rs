//! What is given up when there is more to do than can be done: the least important first.

use crate::{metrics::Class, store::Figures};

/// Whether there is room for one more piece of work of this class.
pub(super) fn has_room(class: Class, now: Figures) -> bool {
    let below = |waiting: usize, most: usize, eighths: usize| waiting * 8 < most * eighths;
    match class {
        Class::Result => below(now.waiting_writes, now.most_writes, 1),
        Class::Volatile => {
            below(now.waiting_writes, now.most_writes, 2) && below(now.messages.waiting, now.messages.most, 2)
        }
        Class::Progress => below(now.waiting_writes, now.most_writes, 4),
        Class::Visitor => below(now.waiting_writes, now.most_writes, 6),
        // Until the queue itself is full.
        Class::Agent => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Reads;

    #[test]
    fn counts_and_typing_go_first_and_agents_last() {
        let reads = |waiting| Reads { waiting, most: 100, ..Reads::default() };
        let at = |waiting_writes| Figures {
            waiting_writes,
            most_writes: 100,
            messages: reads(0),
            lists: reads(100),
            ..Figures::default()
        };
        let classes = [Class::Result, Class::Volatile, Class::Progress, Class::Visitor, Class::Agent];
        let room = |waiting| classes.map(|class| has_room(class, at(waiting)));
        assert_eq!(room(0), [true; 5]);
        assert_eq!(room(13), [false, true, true, true, true]);
        assert_eq!(room(25), [false, false, true, true, true]);
        assert_eq!(room(50), [false, false, false, true, true]);
        assert_eq!(room(75), [false, false, false, false, true]);
        assert_eq!(room(100), [false, false, false, false, true]);
        let reading = Figures { messages: reads(25), ..at(0) };
        assert!(!has_room(Class::Volatile, reading) && has_room(Class::Progress, reading));
    }
}
