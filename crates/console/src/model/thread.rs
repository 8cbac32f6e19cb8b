//! The entries of one conversation, as far as they were fetched.

use std::{
    collections::{BTreeMap, btree_map::Entry as Slot},
    rc::Rc,
};

use chinwag_conversation::{AuthorKind, Entry, Kind, MessageId, WallTime};

use super::{
    answer::{EntriesPage, Progress},
    problem::Problem,
};

/// Whether there is something to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ThreadLoad {
    #[default]
    Loading,
    Ready,
    Failed(Problem),
}

/// What lies before the oldest fetched entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
    #[default]
    Unknown,
    Some,
    Loading,
    Failed(Problem),
    /// The conversation starts with the oldest fetched entry.
    Nothing,
}

/// One conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    pub load: ThreadLoad,
    pub earlier: Earlier,
    /// How far the visitor has received and read.
    pub visitor: Progress,
    entries: BTreeMap<u64, Rc<Entry>>,
    /// How far this console has told the server that it received and read.
    reported: Progress,
}

impl Thread {
    /// Entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Rc<Entry>> {
        self.entries.values()
    }

    /// Newest known sequence number; 0: none.
    #[must_use]
    pub fn top(&self) -> u64 {
        self.entries.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    /// Oldest known sequence number; `None`: none.
    #[must_use]
    pub fn bottom(&self) -> Option<u64> {
        self.entries.first_key_value().map(|(seq, _)| *seq)
    }

    /// Adds one committed entry, and does what it says to another one; a repeated one changes nothing.
    pub fn insert(&mut self, entry: Entry) {
        if let Slot::Vacant(slot) = self.entries.entry(entry.seq) {
            let about = entry.kind.amends().unwrap_or(entry.id);
            slot.insert(Rc::new(entry));
            self.amend(about);
        }
    }

    /// What is known of edits and deletions, in the order of the log, however pages came.
    fn amend(&mut self, of: MessageId) {
        let by: Vec<_> = self.amendments(of).cloned().collect();
        if let (false, Some(entry)) = (by.is_empty(), self.entries.values_mut().find(|entry| entry.id == of)) {
            let entry = Rc::make_mut(entry);
            by.iter().for_each(|by| entry.kind.amend(&by.kind));
        }
    }

    /// Edits and deletions of an entry.
    pub fn amendments(&self, of: MessageId) -> impl Iterator<Item = &Rc<Entry>> {
        self.entries.values().filter(move |entry| entry.kind.amends() == Some(of))
    }

    /// Adds the page that was asked for with `before`, when `oldest` was the oldest known entry.
    pub fn loaded(&mut self, answer: EntriesPage, before: Option<u64>, oldest: Option<u64>) {
        let empty = answer.page.events.is_empty();
        for event in answer.page.events {
            self.insert(event.entry);
        }
        self.visitor = self.visitor.furthest(answer.visitor);
        self.load = ThreadLoad::Ready;
        // A page that fills a hole says nothing about the beginning.
        let reaches_back = before.is_none() || before == oldest;
        self.earlier = match self.bottom() {
            Some(seq) if seq > 1 && !(empty && reaches_back) => Earlier::Some,
            _ => Earlier::Nothing,
        };
    }

    /// A page did not arrive.
    pub fn failed(&mut self, problem: Problem) {
        match self.load {
            ThreadLoad::Ready => self.earlier = Earlier::Failed(problem),
            ThreadLoad::Loading | ThreadLoad::Failed(_) => self.load = ThreadLoad::Failed(problem),
        }
    }

    /// Starts loading what lies before; the sequence number to ask with, or `None` when nothing is to be asked.
    pub fn begin_earlier(&mut self) -> Option<u64> {
        match self.earlier {
            Earlier::Some | Earlier::Failed(_) => {
                self.earlier = Earlier::Loading;
                self.bottom()
            }
            Earlier::Unknown | Earlier::Loading | Earlier::Nothing => None,
        }
    }

    /// The entry after the newest hole, which a page before it fills. Holes come from a page that was slower than the feed.
    #[must_use]
    pub fn hole(&self) -> Option<u64> {
        let mut newer: Option<u64> = None;
        for seq in self.entries.keys().rev() {
            match newer {
                Some(next) if *seq + 1 != next => return Some(next),
                _ => newer = Some(*seq),
            }
        }
        None
    }

    /// Notes what the server is about to be told; `None`: it knows already.
    pub fn report(&mut self, progress: Progress) -> Option<Progress> {
        let next = self.reported.furthest(progress);
        if next == self.reported {
            return None;
        }
        self.reported = next;
        Some(next)
    }

    /// What the visitor said about themselves, newest first; the first answer of each field counts.
    #[must_use]
    pub fn contact(&self) -> Contact<'_> {
        let mut contact = Contact::default();
        for entry in self.entries.values().rev() {
            if let Kind::Contact { name, email } = &entry.kind {
                contact.name = contact.name.or(name.as_deref());
                contact.email = contact.email.or(email.as_deref());
            }
        }
        contact
    }

    /// When the visitor was last heard of, as far as is loaded.
    #[must_use]
    pub fn heard(&self) -> Option<WallTime> {
        self.entries.values().rev().find(|e| e.author.kind == AuthorKind::Visitor).map(|e| e.at)
    }
}

/// What the visitor said about themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contact<'a> {
    pub name: Option<&'a str>,
    pub email: Option<&'a str>,
}
