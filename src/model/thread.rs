//! What is known of one conversation: its committed entries, and what was written here and is not committed yet.

use chinwag_conversation::{Author, AuthorKind, Delivery, Entry, Kind, MessageId, NackCode, Outgoing};

/// How far the other side has come; sequence numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) delivered: u64,
    pub(crate) read: u64,
}

/// Whether older entries exist before those that are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Start {
    /// Nothing has been heard of the log yet.
    #[default]
    Unknown,
    /// There may be more.
    Before,
    /// More was asked for.
    Loading,
    Reached,
}

#[derive(Debug, Default)]
pub(crate) struct Thread {
    /// By `seq`, ascending, each once; what was edited or deleted reads as it does now.
    entries: Vec<Entry>,
    /// In the order of writing. A file whose bytes are on their way stands here with no path yet.
    outgoing: Vec<Outgoing>,
    pub(crate) agent: Progress,
    pub(crate) start: Start,
    /// How far the log goes, as the server said last.
    pub(crate) told: u64,
    /// The visitor has seen everything up to here.
    pub(crate) read: u64,
    /// Entries up to here were there before this page heard of them: history is not announced. `None`: not known yet.
    pub(crate) history: Option<u64>,
    /// What the other side was told of the visitor's progress.
    pub(crate) reported: Progress,
}

impl Thread {
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn outgoing(&self) -> &[Outgoing] {
        &self.outgoing
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.outgoing.is_empty()
    }

    /// Newest known sequence number; 0: none.
    pub(crate) fn top(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.seq)
    }

    /// Where the next older page ends, if one is worth asking for.
    pub(crate) fn older_before(&self) -> Option<u64> {
        let first = self.entries.first()?.seq;
        (first > 1 && self.start == Start::Before).then_some(first)
    }

    /// Forwards only: what is told late is still true of what was read before.
    pub(crate) fn came_to(&mut self, agent: Progress) {
        let Progress { delivered, read } = &mut self.agent;
        (*delivered, *read) = (agent.delivered.max(*delivered), agent.read.max(*read));
    }

    /// A page that was asked for does not come over a connection that is gone.
    pub(crate) fn stop_loading(&mut self) {
        if self.start == Start::Loading {
            self.start = Start::Before;
        }
    }

    /// Puts an entry into its place; `false`: it was known.
    pub(crate) fn insert(&mut self, entry: Entry) -> bool {
        self.outgoing.retain(|outgoing| outgoing.id != entry.id);
        if entry.seq == 1 {
            self.start = Start::Reached;
        } else if self.start == Start::Unknown {
            self.start = Start::Before;
        }
        match self.entries.binary_search_by_key(&entry.seq, |known| known.seq) {
            Ok(_) => false,
            Err(place) => {
                let about = entry.kind.amends().unwrap_or(entry.id);
                self.entries.insert(place, entry);
                self.amend(about);
                true
            }
        }
    }

    /// What is known of edits and deletions, in the order of the log, however pages came.
    fn amend(&mut self, of: MessageId) {
        let by: Vec<Kind> = self.amendments(of).cloned().collect();
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == of) {
            by.iter().for_each(|by| entry.kind.amend(by));
        }
    }

    /// Edits and deletions of an entry.
    pub(crate) fn amendments(&self, of: MessageId) -> impl Iterator<Item = &Kind> {
        self.entries.iter().map(|entry| &entry.kind).filter(move |kind| kind.amends() == Some(of))
    }

    /// A page of older entries, oldest first.
    pub(crate) fn older(&mut self, page: Vec<Entry>, reached: bool) {
        for entry in page.into_iter().rev() {
            self.insert(entry);
        }
        let first = self.entries.first().is_none_or(|entry| entry.seq <= 1);
        self.start = if reached || first { Start::Reached } else { Start::Before };
    }

    /// A written entry came a step further. A committed one moves into the log at once; the log brings it again later.
    pub(crate) fn came(&mut self, outgoing: Outgoing) {
        if let Delivery::Sent { seq, at } = outgoing.delivery {
            let author = Author { kind: AuthorKind::Visitor, name: None };
            self.insert(Entry { seq, id: outgoing.id, at, author, kind: outgoing.kind });
        } else if let Some(known) = self.outgoing.iter_mut().find(|known| known.id == outgoing.id) {
            *known = outgoing;
        } else if !self.entries.iter().any(|entry| entry.id == outgoing.id) {
            self.outgoing.push(outgoing);
        }
    }

    /// A file whose bytes are not on the server yet goes on, or does not; `None`: there is none such.
    pub(crate) fn upload(&mut self, id: MessageId, delivery: Delivery) -> Option<()> {
        let upload = self.outgoing.iter_mut().find(|outgoing| outgoing.id == id && is_upload(&outgoing.kind))?;
        upload.delivery = delivery;
        Some(())
    }

    pub(crate) fn discard(&mut self, id: MessageId) {
        self.outgoing.retain(|outgoing| outgoing.id != id);
    }

    /// Forgets the log, not what waits here: it comes again. What it has beyond its present end will be news. What is
    /// returned was known of it.
    pub(crate) fn reset(&mut self) -> Vec<Entry> {
        (self.agent, self.start) = (Progress::default(), Start::Unknown);
        (self.read, self.reported, self.history) = (0, Progress::default(), Some(self.told));
        core::mem::take(&mut self.entries)
    }

    /// Messages of the other side that the visitor has not seen.
    pub(crate) fn unread(&self) -> u32 {
        let unseen = self.entries.iter().rev().take_while(|entry| entry.seq > self.read);
        u32::try_from(unseen.filter(|entry| is_their_message(entry)).count()).unwrap_or(u32::MAX)
    }

    /// Whether the visitor ever wrote here.
    pub(crate) fn has_written(&self) -> bool {
        !self.outgoing.is_empty() || self.entries.iter().any(|entry| entry.author.kind == AuthorKind::Visitor)
    }

    /// Everything written in the order in which it is shown.
    fn kinds(&self) -> impl DoubleEndedIterator<Item = &Kind> {
        let waiting = self.outgoing.iter().filter(|outgoing| !matches!(outgoing.delivery, Delivery::Failed(_)));
        self.entries.iter().map(|entry| &entry.kind).chain(waiting.map(|outgoing| &outgoing.kind))
    }

    /// The end holds until somebody writes or joins again.
    pub(crate) fn is_closed(&self) -> bool {
        let last = self.kinds().rev().find(|kind| is_message(kind) || matches!(kind, Kind::Joined | Kind::Closed));
        matches!(last, Some(Kind::Closed))
    }

    /// The judgement given since the last end.
    pub(crate) fn rating(&self) -> Option<u8> {
        self.kinds().rev().take_while(|kind| !matches!(kind, Kind::Closed)).find_map(|kind| match kind {
            Kind::Rated { score } => Some(*score),
            _ => None,
        })
    }

    /// The mail address that the visitor left last.
    pub(crate) fn email(&self) -> Option<&str> {
        self.kinds().rev().find_map(|kind| match kind {
            Kind::Contact { email, .. } => email.as_deref(),
            _ => None,
        })
    }
}

/// Something to read and answer.
pub(crate) fn is_message(kind: &Kind) -> bool {
    matches!(kind, Kind::Message { .. } | Kind::File { .. }) && !kind.is_deleted()
}

/// A message that the visitor did not write.
pub(crate) fn is_their_message(entry: &Entry) -> bool {
    entry.author.kind != AuthorKind::Visitor && is_message(&entry.kind)
}

/// A file that is not on the server yet.
pub(crate) fn is_upload(kind: &Kind) -> bool {
    matches!(kind, Kind::File { file } if file.path.is_empty())
}

/// Whether the same may be accepted another time.
pub(crate) fn can_retry(code: NackCode) -> bool {
    matches!(code, NackCode::Rate | NackCode::Unavailable | NackCode::Forbidden)
}

#[cfg(test)]
mod tests;
