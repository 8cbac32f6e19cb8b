//! How far one socket has sent each log.

use chinwag_conversation::{Page, Range, Stream};

use crate::desk::MAX_STREAMS;

/// Entries that are sent unasked at once; beyond, the client pulls at its own pace.
const UNASKED: u64 = 64;

#[derive(Debug, Default)]
pub(super) struct Following(Vec<Followed>);

#[derive(Debug)]
struct Followed {
    stream: Stream,
    /// Newest entry that was sent.
    sent: u64,
    reading: Reading,
}

/// Whether new entries are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Live,
    /// The client knows that there is more, and pulls.
    Behind,
}

/// What to do with a page that was read after a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Push {
    Nothing,
    /// Send its events; with `more`, read again.
    Events {
        more: bool,
    },
    /// Tell where the log stands.
    Tell,
}

impl Following {
    /// Follows a log whose first page is yet to be sent.
    pub(super) fn add(&mut self, stream: Stream) {
        if !self.has(stream) && self.0.len() < MAX_STREAMS {
            self.0.push(Followed { stream, sent: 0, reading: Reading::Behind });
        }
    }

    /// Follows a log from `sent` on. Nothing changes when it is followed already.
    pub(super) fn add_at(&mut self, stream: Stream, sent: u64) {
        if !self.has(stream) {
            if self.0.len() >= MAX_STREAMS {
                self.0.remove(0);
            }
            self.0.push(Followed { stream, sent, reading: Reading::Live });
        }
    }

    pub(super) fn has(&self, stream: Stream) -> bool {
        self.0.iter().any(|followed| followed.stream == stream)
    }

    pub(super) fn streams(&self) -> Vec<Stream> {
        self.0.iter().map(|followed| followed.stream).collect()
    }

    /// A page goes to the client as the answer to a question.
    pub(super) fn note(&mut self, page: &Page) {
        let Some(followed) = self.0.iter_mut().find(|f| f.stream == page.stream) else { return };
        let first = match page.range {
            Range::After(seq) => seq,
            Range::Tail => page.top,
            Range::Before(_) => return,
        };
        let last = page.events.last().map_or(first, |event| event.seq);
        followed.sent = followed.sent.max(last.min(page.top));
        if last >= page.top {
            followed.reading = Reading::Live;
        }
    }

    /// After which entry to read when there is news; `None` when nothing is pushed.
    pub(super) fn pushes(&self, stream: Stream) -> Option<u64> {
        let followed = self.0.iter().find(|followed| followed.stream == stream)?;
        (followed.reading == Reading::Live).then_some(followed.sent)
    }

    /// What to do with a page that was read from [`Self::pushes`] on.
    pub(super) fn push(&mut self, page: &Page) -> Push {
        let Some(followed) = self.0.iter_mut().find(|f| f.stream == page.stream) else {
            return Push::Nothing;
        };
        let Some(last) = page.events.last() else { return Push::Nothing };
        if page.top.saturating_sub(followed.sent) > UNASKED {
            followed.reading = Reading::Behind;
            return Push::Tell;
        }
        followed.sent = last.seq;
        Push::Events { more: last.seq < page.top }
    }
}

#[cfg(test)]
mod tests {
    use chinwag_conversation::{Author, AuthorKind, Entry, Event, Kind};

    use super::*;

    /// A page of the feed with these numbers.
    fn page(range: Range, seqs: std::ops::RangeInclusive<u64>, top: u64) -> Page {
        let event = |seq| Event {
            stream: Stream::Feed,
            epoch: 1,
            seq,
            entry: Entry {
                seq,
                id: crate::clock::message_id(),
                at: crate::clock::wall(),
                author: Author { kind: AuthorKind::Visitor, name: None },
                kind: Kind::Joined,
            },
            summary: None,
        };
        Page { stream: Stream::Feed, epoch: 1, range, events: seqs.map(event).collect(), top }
    }

    #[test]
    fn who_is_behind_gets_nothing_unasked_until_it_has_caught_up() {
        let mut following = Following::default();
        following.add(Stream::Feed);
        assert_eq!(following.pushes(Stream::Feed), None, "before the first page");
        following.note(&page(Range::After(0), 1..=200, 300));
        assert_eq!(following.pushes(Stream::Feed), None, "a hundred more to pull");
        following.note(&page(Range::Before(50), 1..=49, 300));
        assert_eq!(following.pushes(Stream::Feed), None, "older pages change nothing");
        following.note(&page(Range::After(200), 201..=300, 300));
        assert_eq!(following.pushes(Stream::Feed), Some(300));
        assert_eq!(following.push(&page(Range::After(300), 301..=302, 303)), Push::Events { more: true });
        assert_eq!(following.pushes(Stream::Feed), Some(302));
        assert_eq!(following.push(&page(Range::After(302), 303..=400, 400)), Push::Tell, "a flood is told, not sent");
        assert_eq!(following.pushes(Stream::Feed), None);
    }

    #[test]
    fn an_empty_log_is_live_from_the_start() {
        let mut following = Following::default();
        following.add(Stream::Feed);
        let nothing = Page { events: Vec::new(), ..page(Range::Tail, 1..=1, 0) };
        following.note(&nothing);
        assert_eq!(following.pushes(Stream::Feed), Some(0));
    }
}
