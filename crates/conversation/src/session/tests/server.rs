//! A server that commits: appends, finds duplicates, greets, answers pulls, holds polls. One visitor, one conversation.

use crate::{
    Ack, Author, AuthorKind, Availability, Carrier, ClientFrame, Cursor, Elapsed, Entry, Event, Kind, MessageId, Page,
    Range, Send, ServerFrame, Stream, StreamState, Top, WallTime, Welcome, frame::PROTOCOL, limits::Limits,
};

#[derive(Default)]
pub(super) struct Server {
    pub(super) log: Vec<Entry>,
    /// How often it was restored, and what was newer than the backups.
    pub(super) restores: u64,
    pub(super) lost: Vec<MessageId>,
    pub(super) delivered: u64,
    pub(super) down: bool,
    /// Sockets that greeted: whose, which, and how much was pushed.
    pub(super) sockets: Vec<(usize, Carrier, u64)>,
    /// Held polls: whose, which, what is known there, until when.
    pub(super) holds: Vec<(usize, Carrier, u64, Elapsed)>,
}

impl Server {
    pub(super) fn append(&mut self, id: MessageId, author: AuthorKind, kind: Kind, now: Elapsed) -> Entry {
        if let Some(known) = self.log.iter().find(|entry| entry.id == id) {
            return known.clone();
        }
        let author = Author { kind: author, name: None };
        let entry = Entry { seq: self.top() + 1, id, at: WallTime(now.0), author, kind };
        self.log.push(entry.clone());
        entry
    }

    pub(super) fn top(&self) -> u64 {
        self.log.len() as u64
    }

    pub(super) fn epoch(&self) -> u64 {
        7 + self.restores
    }

    /// As a backup was that held this many entries.
    pub(super) fn restore(&mut self, entries: usize) {
        self.restores += 1;
        let newer = self.log.split_off(entries.min(self.log.len()));
        self.lost.extend(newer.into_iter().map(|entry| entry.id));
        self.delivered = self.delivered.min(self.top());
    }

    pub(super) fn event(&self, stream: Stream, entry: &Entry) -> Event {
        Event { stream, epoch: self.epoch(), seq: entry.seq, entry: entry.clone(), summary: None }
    }

    fn page(&self, stream: Stream, range: Range) -> ServerFrame {
        let from = match range {
            Range::After(seq) => seq as usize,
            Range::Tail => self.log.len().saturating_sub(3),
            Range::Before(_) => unreachable!("not asked for here"),
        };
        let events = self.log.iter().skip(from).take(4).map(|entry| self.event(stream, entry)).collect();
        ServerFrame::Page(Page { stream, epoch: self.epoch(), range, events, top: self.top() })
    }

    fn state(&self, stream: Stream) -> StreamState {
        StreamState { stream, epoch: self.epoch(), top: self.top(), delivered: 0, read: 0 }
    }

    pub(super) fn tops(&self, stream: Stream) -> ServerFrame {
        ServerFrame::Top(Top { streams: vec![self.state(stream)] })
    }

    pub(super) fn greet(&self, cursors: &[Cursor], now: Elapsed) -> Vec<ServerFrame> {
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
            let known = cursor.seq.filter(|seq| [0, self.epoch()].contains(&cursor.epoch) && *seq <= self.top());
            self.page(cursor.stream, known.map_or(Range::Tail, Range::After))
        };
        [ServerFrame::Welcome(welcome)].into_iter().chain(cursors.iter().map(page)).collect()
    }

    /// `None`: nothing to tell yet, hold it.
    pub(super) fn poll(&self, cursors: &[Cursor], wait: bool, now: Elapsed) -> Option<Vec<ServerFrame>> {
        let behind = cursors
            .iter()
            .any(|cursor| ![0, self.epoch()].contains(&cursor.epoch) || cursor.seq.is_none_or(|seq| seq != self.top()));
        (behind || !wait).then(|| self.greet(cursors, now))
    }

    pub(super) fn handle(&mut self, frame: ClientFrame, now: Elapsed) -> Vec<ServerFrame> {
        match frame {
            ClientFrame::Hello(hello) => self.greet(&hello.cursors, now),
            ClientFrame::Send(send) => {
                let Send { id, conversation, kind, .. } = send;
                let entry = self.append(id, AuthorKind::Visitor, kind, now);
                vec![ServerFrame::Ack(Ack { id, conversation, seq: entry.seq, at: entry.at })]
            }
            ClientFrame::Pull(pull) => vec![self.page(pull.stream, pull.range)],
            ClientFrame::Cursor(report) => {
                self.delivered = self.delivered.max(report.delivered.min(self.top()));
                Vec::new()
            }
            ClientFrame::Typing(_) => Vec::new(),
        }
    }
}
