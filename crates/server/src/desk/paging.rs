//! How much of a log goes into one page.

use std::io;

use chinwag_conversation::{Entry, Event, Range, Stream, limits};

/// Bytes of events in one page, so that the page stays below the largest frame.
const PAGE_BYTES: usize = limits::FRAME_BYTES - 4 * 1024;

/// Most entries of a page.
pub(super) fn entries(range: Range) -> usize {
    match range {
        Range::After(_) => limits::PAGE_ENTRIES,
        Range::Before(_) | Range::Tail => limits::TAIL_ENTRIES,
    }
}

/// A conversation's entries as events of its stream.
pub(super) fn events(stream: Stream, epoch: u64, entries: Vec<Entry>) -> Vec<Event> {
    let event = |entry: Entry| Event { stream, epoch, seq: entry.seq, entry, summary: None };
    entries.into_iter().map(event).collect()
}

/// Cuts a page that is too large at the end from which the client will ask for more; one event always stays.
pub(super) fn fitting(mut events: Vec<Event>, range: Range) -> Vec<Event> {
    let sizes: Vec<usize> = events.iter().map(bytes).collect();
    let fits = |sizes: &mut dyn Iterator<Item = &usize>| {
        let mut sum = 0;
        sizes
            .take_while(|size| {
                sum += **size + 1;
                sum <= PAGE_BYTES
            })
            .count()
            .max(1)
    };
    match range {
        Range::After(_) => events.truncate(fits(&mut sizes.iter())),
        Range::Before(_) | Range::Tail => {
            let keep = fits(&mut sizes.iter().rev());
            events.drain(..events.len().saturating_sub(keep));
        }
    }
    events
}

/// Length of the event's JSON.
fn bytes(event: &Event) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            self.0 += part.len();
            Ok(part.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Plain data into a counter cannot fail.
    let _ = serde_json::to_writer(&mut count, event);
    count.0
}

#[cfg(test)]
mod tests {
    use chinwag_conversation::{Author, AuthorKind, ConversationId, Kind};

    use super::*;

    fn large(count: u64) -> Vec<Event> {
        let entry = |seq| Entry {
            seq,
            id: crate::clock::message_id(),
            at: crate::clock::wall(),
            author: Author { kind: AuthorKind::Visitor, name: None },
            kind: Kind::Message { text: "\u{1}".repeat(limits::TEXT_CHARS) },
        };
        let id = ConversationId::new(crate::clock::wall(), crate::secret::bytes());
        events(Stream::Conversation(id), 1, (1..=count).map(entry).collect())
    }

    fn check(range: Range, expected: std::ops::RangeInclusive<u64>) {
        let page = fitting(large(9), range);
        let seqs: Vec<u64> = page.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, expected.collect::<Vec<_>>(), "{range:?}");
        let json = serde_json::to_vec(&page).map(|json| json.len());
        assert!(json.is_ok_and(|len| len <= limits::FRAME_BYTES));
    }

    #[test]
    fn a_page_of_the_longest_messages_stays_below_the_largest_frame() {
        check(Range::After(0), 1..=2);
        check(Range::Before(10), 8..=9);
        check(Range::Tail, 8..=9);
        assert!(fitting(Vec::new(), Range::Tail).is_empty());
    }
}
