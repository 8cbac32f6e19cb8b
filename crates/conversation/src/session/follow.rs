//! Following a log: every entry once, in order, never a gap.

use crate::{
    frame::{Cursor, Event, Page, Range, Stream, StreamState},
    time::Elapsed,
};

/// An answer to a pull is overdue after this.
const PULL_MS: u64 = 8_000;

/// What is known of one log.
#[derive(Clone, Debug)]
pub(super) struct Follow {
    pub(super) stream: Stream,
    /// 0: not yet known.
    epoch: u64,
    /// Newest delivered sequence number; `None`: nothing is known, not even where to begin.
    seq: Option<u64>,
    top: u64,
    asked: Option<Elapsed>,
    /// `seq` as the last `hello` told it.
    told: Option<u64>,
}

/// What an arrived frame means for the reader.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Progress {
    /// Forget what was shown.
    pub(super) reset: bool,
    /// In order, each once.
    pub(super) events: Vec<Event>,
}

impl Follow {
    pub(super) fn new(cursor: Cursor) -> Self {
        let Cursor { stream, epoch, seq } = cursor;
        Self { stream, epoch, seq, top: 0, asked: None, told: None }
    }

    /// As `hello` tells it. While another `hello` is unanswered, the older word counts: its answer may be the older one.
    pub(super) fn cursor(&mut self, alone: bool) -> Cursor {
        self.told = if alone { self.seq } else { self.told.min(self.seq) };
        Cursor { stream: self.stream, epoch: self.epoch, seq: self.seq }
    }

    /// The connection is gone, and with it every answer that was due.
    pub(super) fn disconnected(&mut self) {
        self.asked = None;
    }

    /// The server greeted: it sends what `hello` asked for without another pull. A server that knows less than it was told
    /// has lost a part of the log. Only here can that be seen: any other frame may simply be older than what came since.
    pub(super) fn greeted(&mut self, state: &StreamState, now: Elapsed) -> Progress {
        let lost = self.told.is_some_and(|told| told > state.top);
        if lost {
            self.forget();
        }
        let reset = self.stands(state).reset || lost;
        self.asked = (!reset && self.behind()).then_some(now);
        Progress { reset, events: Vec::new() }
    }

    /// The server told where the log stands.
    pub(super) fn stands(&mut self, state: &StreamState) -> Progress {
        let reset = self.enter(state.epoch);
        self.top = self.top.max(state.top);
        Progress { reset, events: Vec::new() }
    }

    pub(super) fn event(&mut self, event: Event) -> Progress {
        let reset = self.enter(event.epoch);
        self.top = self.top.max(event.seq);
        let events = if self.next(event.seq) { vec![event] } else { Vec::new() };
        Progress { reset, events }
    }

    /// A page that was asked for. `Before` pages are not for here.
    pub(super) fn page(&mut self, page: Page) -> Progress {
        let reset = self.enter(page.epoch);
        self.asked = None;
        self.top = self.top.max(page.top);
        if self.seq.is_none() && page.range == Range::Tail {
            self.seq = Some(page.events.first().map_or(page.top, |first| first.seq.saturating_sub(1)));
        }
        let events = page.events.into_iter().filter(|event| self.next(event.seq)).collect();
        Progress { reset, events }
    }

    /// The pull that is due now, if one is; `None` as well while an answer is awaited.
    pub(super) fn pull(&mut self, now: Elapsed) -> Option<Range> {
        if !self.behind() || self.asked.is_some_and(|at| now.since(at) < PULL_MS) {
            return None;
        }
        self.asked = Some(now);
        Some(self.seq.map_or(Range::Tail, Range::After))
    }

    /// When an awaited answer is overdue.
    pub(super) fn next_timeout(&self) -> Option<Elapsed> {
        self.asked.filter(|_| self.behind()).map(|at| at.plus(PULL_MS))
    }

    /// What a `POST` should ask besides: anything new.
    pub(super) fn range(&self) -> Range {
        self.seq.map_or(Range::Tail, Range::After)
    }

    fn behind(&self) -> bool {
        self.seq.is_none_or(|seq| seq < self.top)
    }

    /// True when the log is another one than before, as after a restored backup; what was known of it is then forgotten.
    fn enter(&mut self, epoch: u64) -> bool {
        let changed = self.epoch != 0 && self.epoch != epoch;
        if changed {
            self.forget();
        }
        self.epoch = epoch;
        changed
    }

    fn forget(&mut self) {
        self.seq = None;
        self.top = 0;
        self.asked = None;
        self.told = None;
    }

    fn next(&mut self, seq: u64) -> bool {
        let next = self.seq.is_some_and(|known| known + 1 == seq);
        if next {
            self.seq = Some(seq);
        }
        next
    }
}
