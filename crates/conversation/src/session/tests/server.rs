//! A server that commits: appends, finds duplicates, refuses, greets, answers pulls, holds polls.

use std::collections::BTreeMap;

use crate::{
    Ack, Author, AuthorKind, Availability, Carrier, ClientFrame, Context, ConversationId, ConversationState, Cursor,
    Elapsed, Entry, Event, Kind, MessageId, Nack, NackCode, Page, Range, Send, ServerFrame, Side, Stream, StreamState,
    Summary, Top, WallTime, Welcome, frame::PROTOCOL, limits::Limits,
};

/// What the server refuses for good.
pub(super) const REFUSED: &str = "refused";

#[derive(Clone)]
pub(super) struct Stored {
    pub(super) conversation: ConversationId,
    pub(super) entry: Entry,
}

#[derive(Default)]
pub(super) struct Server {
    /// Everything in the order of its commit, which is the feed; a conversation's log is its part of that.
    pub(super) log: Vec<Stored>,
    /// How often it was restored, and what was newer than the backups.
    pub(super) restores: u64,
    pub(super) lost: Vec<MessageId>,
    /// How far the clients have received and read each conversation.
    pub(super) progress: BTreeMap<ConversationId, (u64, u64)>,
    pub(super) down: bool,
    /// Sockets that greeted: whose, which, and how much was pushed.
    pub(super) sockets: Vec<(usize, Carrier, u64)>,
    /// Held polls: whose, which, what is known there, until when.
    pub(super) holds: Vec<(usize, Carrier, u64, Elapsed)>,
}

impl Server {
    pub(super) fn append(
        &mut self,
        conversation: ConversationId,
        id: MessageId,
        author: AuthorKind,
        kind: Kind,
        now: Elapsed,
    ) -> Entry {
        if let Some(known) = self.log.iter().find(|stored| stored.entry.id == id) {
            return known.entry.clone();
        }
        let seq = self.top(Stream::Conversation(conversation)) + 1;
        let entry = Entry { seq, id, at: WallTime(now.0), author: Author { kind: author, name: None }, kind };
        self.log.push(Stored { conversation, entry: entry.clone() });
        entry
    }

    /// What belongs to a log, in its order: the place is the sequence number less one.
    pub(super) fn part(&self, stream: Stream) -> impl Iterator<Item = &Stored> {
        self.log
            .iter()
            .filter(move |stored| [Stream::Feed, Stream::Conversation(stored.conversation)].contains(&stream))
    }

    pub(super) fn top(&self, stream: Stream) -> u64 {
        self.part(stream).count() as u64
    }

    pub(super) fn ids(&self) -> Vec<MessageId> {
        self.log.iter().map(|stored| stored.entry.id).collect()
    }

    pub(super) fn epoch(&self) -> u64 {
        7 + self.restores
    }

    /// As a backup was that held this many entries.
    pub(super) fn restore(&mut self, entries: usize) {
        self.restores += 1;
        let newer = self.log.split_off(entries.min(self.log.len()));
        self.lost.extend(newer.into_iter().map(|stored| stored.entry.id));
        let mut progress = core::mem::take(&mut self.progress);
        for (conversation, (delivered, read)) in &mut progress {
            let top = self.top(Stream::Conversation(*conversation));
            (*delivered, *read) = ((*delivered).min(top), (*read).min(top));
        }
        self.progress = progress;
    }

    /// Whether the clients told of everything that they have.
    pub(super) fn knows_what_arrived(&self) -> bool {
        self.log.iter().all(|Stored { conversation, .. }| {
            let top = self.top(Stream::Conversation(*conversation));
            self.progress.get(conversation) == Some(&(top, top))
        })
    }

    /// The entry at a place of a log.
    pub(super) fn event(&self, stream: Stream, place: u64, stored: &Stored) -> Event {
        let Stored { conversation, entry } = stored.clone();
        let summary = (stream == Stream::Feed).then(|| Summary {
            conversation,
            site: "site".into(),
            state: ConversationState::Open,
            visitor: None,
            preview: String::new(),
            preview_by: AuthorKind::Visitor,
            top: entry.seq,
            unread: 0,
            started_at: WallTime(0),
            updated_at: entry.at,
            agent: None,
            context: Context::default(),
        });
        Event { stream, epoch: self.epoch(), seq: place + 1, entry, summary }
    }

    /// Everything of a log from a place on.
    pub(super) fn events(&self, stream: Stream, from: u64) -> Vec<Event> {
        let after = self.part(stream).zip(0..).skip(from as usize);
        after.map(|(stored, place)| self.event(stream, place, stored)).collect()
    }

    fn page(&self, stream: Stream, range: Range) -> Page {
        let from = match range {
            Range::After(seq) => seq,
            Range::Tail => self.top(stream).saturating_sub(3),
            Range::Before(_) => unreachable!("not asked for here"),
        };
        let events = self.events(stream, from).into_iter().take(4).collect();
        Page { stream, epoch: self.epoch(), range, events, top: self.top(stream) }
    }

    fn state(&self, stream: Stream) -> StreamState {
        StreamState { stream, epoch: self.epoch(), top: self.top(stream), delivered: 0, read: 0 }
    }

    pub(super) fn tops(&self, stream: Stream) -> ServerFrame {
        ServerFrame::Top(Top { streams: vec![self.state(stream)] })
    }

    fn welcome(&self, cursors: &[Cursor], now: Elapsed) -> (ServerFrame, Vec<Page>) {
        let welcome = Welcome {
            protocol: PROTOCOL,
            now: WallTime(now.0),
            beat_ms: 25_000,
            window_ms: 2_000,
            limits: Limits::default(),
            streams: cursors.iter().map(|cursor| self.state(cursor.stream)).collect(),
            availability: Availability::Available,
        };
        let page = |cursor: &Cursor| {
            let fits = |seq: &u64| [0, self.epoch()].contains(&cursor.epoch) && *seq <= self.top(cursor.stream);
            self.page(cursor.stream, cursor.seq.filter(fits).map_or(Range::Tail, Range::After))
        };
        (ServerFrame::Welcome(welcome), cursors.iter().map(page).collect())
    }

    pub(super) fn greet(&self, cursors: &[Cursor], now: Elapsed) -> Vec<ServerFrame> {
        let (welcome, pages) = self.welcome(cursors, now);
        core::iter::once(welcome).chain(pages.into_iter().map(ServerFrame::Page)).collect()
    }

    /// Only pages that tell something. `None`: nothing to tell yet, hold it.
    pub(super) fn poll(&self, cursors: &[Cursor], wait: bool, now: Elapsed) -> Option<Vec<ServerFrame>> {
        let (welcome, mut pages) = self.welcome(cursors, now);
        pages.retain(|page| {
            let knows = cursors.iter().any(|cursor| cursor.stream == page.stream && cursor.seq.is_some());
            !page.events.is_empty() || (knows && !matches!(page.range, Range::After(_)))
        });
        let told = !pages.is_empty() || !wait;
        told.then(|| core::iter::once(welcome).chain(pages.into_iter().map(ServerFrame::Page)).collect())
    }

    pub(super) fn handle(&mut self, side: Side, frame: ClientFrame, now: Elapsed) -> Vec<ServerFrame> {
        match frame {
            ClientFrame::Hello(hello) => self.greet(&hello.cursors, now),
            ClientFrame::Send(send) => {
                let Send { id, conversation, kind, .. } = send;
                if matches!(&kind, Kind::Message { text } if text == REFUSED) {
                    return vec![ServerFrame::Nack(Nack { id, conversation, code: NackCode::TooLong, after_ms: 0 })];
                }
                let author = match side {
                    Side::Visitor => AuthorKind::Visitor,
                    Side::Agent => AuthorKind::Agent,
                };
                let entry = self.append(conversation, id, author, kind, now);
                vec![ServerFrame::Ack(Ack { id, conversation, seq: entry.seq, at: entry.at })]
            }
            ClientFrame::Pull(pull) => vec![ServerFrame::Page(self.page(pull.stream, pull.range))],
            ClientFrame::Cursor(report) => {
                let top = self.top(Stream::Conversation(report.conversation));
                let (delivered, read) = self.progress.entry(report.conversation).or_default();
                *delivered = (*delivered).max(report.delivered.min(top));
                *read = (*read).max(report.read.min(top));
                Vec::new()
            }
            ClientFrame::Typing(_) => Vec::new(),
        }
    }
}
