//! What the server says, over whatever carries it.

use super::{
    Notice, Session, Via,
    follow::{Follow, Progress},
};
use crate::{
    entry::Entry,
    frame::{ClientFrame, Cursor, CursorReport, Page, Pull, Range, ServerFrame, Side, Stream, StreamState, Welcome},
    time::Elapsed,
};

impl Session {
    /// Frames mean the same over a socket and in the answer to a `POST`.
    pub(super) fn answer(&mut self, frame: ServerFrame, now: Elapsed) {
        match frame {
            ServerFrame::Welcome(welcome) => self.welcome(welcome, now),
            ServerFrame::Ack(ack) => {
                let outgoing = self.outbox.acked(&ack);
                self.changed(outgoing);
            }
            ServerFrame::Nack(nack) => {
                let outgoing = self.outbox.refused(&nack, now);
                self.changed(outgoing);
            }
            ServerFrame::Event(event) => {
                let stream = event.stream;
                self.advance(stream, now, |follow| follow.event(*event));
            }
            ServerFrame::Page(page) => self.page(page, now),
            ServerFrame::Top(top) => self.stands(&top.streams, now),
            ServerFrame::Cursor(report) => self.notice(Notice::Cursor(report)),
            ServerFrame::Typing(typing) => {
                self.said(now);
                self.notice(Notice::Typing(typing));
            }
            ServerFrame::Availability(now) => self.notice(Notice::Availability(now)),
            ServerFrame::Beat { window_ms: Some(window_ms) } => self.greeted(window_ms),
            ServerFrame::Beat { window_ms: None } | ServerFrame::Drain { .. } => {}
        }
    }

    /// The tab that leads heard this. Answers to its own questions are not for here.
    pub(super) fn relayed(&mut self, frame: ServerFrame, now: Elapsed) {
        if self.is_alone() {
            self.follow_again(now);
        }
        if let ServerFrame::Event(_) = frame {
            self.said(now);
        }
        if self.live.is_none_or(|live| live.via != Via::Relay) {
            return;
        }
        self.heard(now);
        self.is_back();
        match frame {
            // It may be older than what is known here, so it does not greet.
            ServerFrame::Welcome(welcome) => self.stands(&welcome.streams, now),
            ServerFrame::Page(Page { range: Range::Before(_), .. })
            | ServerFrame::Nack(_)
            | ServerFrame::Drain { .. } => {}
            frame => self.answer(frame, now),
        }
    }

    fn welcome(&mut self, welcome: Welcome, now: Elapsed) {
        self.greeted(welcome.window_ms);
        let streams = welcome.streams.clone();
        for state in &streams {
            self.follow(Cursor { stream: state.stream, epoch: 0, seq: None });
        }
        self.notice(Notice::Welcome(welcome));
        for state in &streams {
            self.advance(state.stream, now, |follow| follow.greeted(state, now));
            self.progress_of_peer(state);
        }
    }

    fn stands(&mut self, states: &[StreamState], now: Elapsed) {
        for state in states {
            self.advance(state.stream, now, |follow| follow.stands(state));
            self.progress_of_peer(state);
        }
    }

    /// `top` heals a lost report of the other side as it heals a lost entry.
    fn progress_of_peer(&mut self, state: &StreamState) {
        let Stream::Conversation(conversation) = state.stream else { return };
        let side = match self.config.side {
            Side::Visitor => Side::Agent,
            Side::Agent => Side::Visitor,
        };
        let StreamState { delivered, read, .. } = *state;
        if delivered > 0 {
            self.notice(Notice::Cursor(CursorReport { conversation, side, delivered, read }));
        }
    }

    fn page(&mut self, page: Page, now: Elapsed) {
        if let Range::Before(_) = page.range {
            let start_reached = page.events.first().is_none_or(|event| event.seq <= 1);
            let Page { stream, events, .. } = page;
            self.notice(Notice::Older { stream, events, start_reached });
            return;
        }
        self.advance(page.stream, now, |follow| follow.page(page));
    }

    fn advance(&mut self, stream: Stream, now: Elapsed, step: impl FnOnce(&mut Follow) -> Progress) {
        let pulls = self.pulls();
        let Some(follow) = self.follows.iter_mut().find(|follow| follow.stream == stream) else {
            return;
        };
        let Progress { reset, events } = step(follow);
        let pull = if pulls { follow.pull(now) } else { None };
        if reset {
            self.sending.forget_report(stream);
            self.notice(Notice::Reset(stream));
        }
        for event in events {
            self.said(now);
            // The log itself is the better ack: it may arrive first, or the ack may be lost.
            let conversation = match stream {
                Stream::Conversation(conversation) => Some(conversation),
                Stream::Feed => event.summary.as_ref().map(|summary| summary.conversation),
            };
            if let Some(conversation) = conversation {
                let Entry { id, seq, at, .. } = event.entry;
                let outgoing = self.outbox.acked(&crate::Ack { id, conversation, seq, at });
                self.changed(outgoing);
            }
            self.notice(Notice::Event(Box::new(event)));
        }
        if let Some(range) = pull {
            self.volatile(ClientFrame::Pull(Pull { stream, range }), now);
        }
    }

    /// Whether a gap is asked for. The next long poll brings it by itself.
    pub(super) fn pulls(&self) -> bool {
        self.live.is_some_and(|live| !matches!(live.via, Via::Poll(_)))
    }

    pub(super) fn pull_overdue(&mut self, now: Elapsed) {
        if !self.pulls() {
            return;
        }
        let overdue = |follow: &mut Follow| {
            let due = follow.next_timeout().is_some_and(|at| at <= now);
            let range = if due { follow.pull(now) } else { None };
            range.map(|range| ClientFrame::Pull(Pull { stream: follow.stream, range }))
        };
        let pulls: Vec<_> = self.follows.iter_mut().filter_map(overdue).collect();
        pulls.into_iter().for_each(|pull| self.volatile(pull, now));
    }

    /// What carried is gone, and with it every answer that was due.
    pub(super) fn disconnected(&mut self, now: Elapsed) {
        for follow in &mut self.follows {
            follow.disconnected();
        }
        self.recall(now);
        self.sending.tell_again();
    }

    pub(super) fn recall(&mut self, now: Elapsed) {
        for outgoing in self.outbox.recall(now) {
            self.notice(Notice::Outgoing(outgoing));
        }
    }
}
