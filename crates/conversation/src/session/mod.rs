//! The session: the logical link between a client and the server. It survives reconnects and holds the outbox.
//!
//! A pure value. Callers follow one rule: one mutation (`handle`, `send` …), then drain [`Session::poll_output`] until it is
//! empty, then ask [`Session::next_timeout`] and hand in [`Input::Woke`] at that time (or later: nothing relies on a timer
//! firing on time).
//!
//! `ladder` looks for something that carries frames, `hearing` reads what comes, `sending` brings out what was written,
//! `parking` rests while nobody looks.

mod follow;
mod hearing;
mod ladder;
mod parking;
mod sending;
mod types;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use parking::Attention;
use sending::Sending;
pub use types::{Asked, Carrier, Config, Draft, Input, Link, Notice, Output, PostFailure, Role};

use self::{follow::Follow, ladder::Ladder};
use crate::{
    frame::{ClientFrame, Cursor, CursorReport, Pull, Range, Send, Stream, Typing},
    id::{ConversationId, MessageId},
    outbox::{Kept, Outbox, Outgoing},
    time::Elapsed,
};

/// A live connection without any traffic for this long is dead.
const SILENCE_MS: u64 = 35_000;
/// Attempts are forgotten only after this long: a server that crashes in a loop must not be hammered.
const STABLE_MS: u64 = 30_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Dormant,
    /// A carrier lives, or one is being looked for, since then.
    Up {
        since: Elapsed,
    },
    Backoff {
        until: Elapsed,
    },
    Parked,
    Offline,
}

/// What carries frames now.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Live {
    via: Via,
    since: Elapsed,
    heard: Elapsed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Via {
    Socket(Carrier),
    Poll(Carrier),
    /// The tab that leads.
    Relay,
}

/// See the module.
#[derive(Debug)]
pub struct Session {
    config: Config,
    phase: Phase,
    live: Option<Live>,
    ladder: Ladder,
    follows: Vec<Follow>,
    outbox: Outbox,
    sending: Sending,
    attention: Attention,
    outputs: VecDeque<Output>,
}

impl Session {
    /// A dormant session with the outbox that a former page left.
    #[must_use]
    pub fn new(config: Config, kept: Vec<Kept>) -> Self {
        let follows = config.follow.iter().cloned().map(Follow::new).collect();
        Self {
            config,
            phase: Phase::Dormant,
            live: None,
            ladder: Ladder::default(),
            follows,
            outbox: Outbox::restore(kept),
            sending: Sending::default(),
            attention: Attention::default(),
            outputs: VecDeque::new(),
        }
    }

    /// The next thing to do outside.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What must survive a reload.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        self.outbox.kept()
    }

    /// What was written and is not known to be stored.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Whether this tab, of those that share a connection, holds it.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.ladder.leads()
    }

    /// Which server is spoken to; an index below [`Config::servers`].
    #[must_use]
    pub fn server(&self) -> usize {
        self.config.server
    }

    /// Appends an entry. [`Output::Save`] comes before anything that sends it.
    pub fn send(&mut self, id: MessageId, draft: Draft, now: Elapsed) {
        let Draft { conversation, kind, context, as_of } = draft;
        // A conversation that only this device knows starts at its beginning.
        self.follow(Cursor { stream: Stream::Conversation(conversation), epoch: 0, seq: Some(0) });
        let outgoing = self.outbox.push(Send { id, conversation, kind, context, as_of }, now);
        self.changed(Some(outgoing));
        self.said(now);
        self.flush(now);
    }

    /// Follows one more log. Agents follow the feed alone, which brings every conversation's entries.
    pub fn follow(&mut self, cursor: Cursor) {
        let feed = self.follows.iter().any(|follow| follow.stream == Stream::Feed);
        let known = self.follows.iter().any(|follow| follow.stream == cursor.stream);
        if !known && !feed {
            self.follows.push(Follow::new(cursor));
        }
    }

    /// Tries a refused entry again, with the same id.
    pub fn retry(&mut self, id: MessageId, now: Elapsed) {
        let outgoing = self.outbox.retry(id, now);
        self.changed(outgoing);
        self.flush(now);
    }

    /// Gives a refused entry up.
    pub fn discard(&mut self, id: MessageId) {
        if self.outbox.discard(id) {
            self.notice(Notice::Discarded(id));
            self.out(Output::Save);
        }
    }

    /// Tells how far this side has received and read: a fact, told again after a connection was lost.
    pub fn report(&mut self, report: CursorReport, now: Elapsed) {
        self.sending.report(report);
        self.flush(now);
    }

    /// Tells that this side is writing; lost while not live.
    pub fn typing(&mut self, conversation: ConversationId, now: Elapsed) {
        let side = self.config.side;
        self.volatile(ClientFrame::Typing(Typing { conversation, side, name: None }), now);
    }

    /// Asks for entries before `seq`; lost while not live.
    pub fn older(&mut self, stream: Stream, seq: u64, now: Elapsed) {
        self.volatile(ClientFrame::Pull(Pull { stream, range: Range::Before(seq) }), now);
    }

    /// Takes what happened outside. `unit` is a fresh random number in [0, 1).
    pub fn handle(&mut self, input: Input, now: Elapsed, unit: f64) {
        match input {
            Input::Start(role) if self.phase == Phase::Dormant => self.begin(role, now),
            Input::Asked(asked) => self.asked(asked, now, unit),
            Input::Opened(carrier) => self.opened(carrier, now),
            Input::Frame(carrier, frame) => self.frame(carrier, frame, now, unit),
            Input::Relayed(frame) => self.relayed(frame, now),
            Input::Astray => self.astray(),
            Input::Lead => self.lead(now),
            Input::Adopt { kept, after_ms } => {
                self.said(now);
                if let Some(outgoing) = self.outbox.adopt(*kept, after_ms, now) {
                    self.notice(Notice::Outgoing(outgoing));
                }
            }
            Input::Closed { carrier, code, hint_ms } => self.closed(carrier, code, hint_ms, now, unit),
            Input::Polled(carrier, answer) => self.polled(carrier, answer, now, unit),
            Input::Posted(carrier, answer) => self.posted(carrier, answer, now, unit),
            Input::Online => self.online(now, unit),
            Input::Offline => self.leave(Phase::Offline, now),
            Input::Nudge => self.nudge(now),
            Input::Shown => self.shown(),
            Input::Hidden => self.hidden(now),
            Input::Park => self.leave(Phase::Parked, now),
            Input::Resume(role) if self.phase == Phase::Parked => self.begin(role, now),
            Input::Start(_) | Input::Resume(_) | Input::Woke => {}
        }
        self.look_at_clock(now, unit);
        self.flush(now);
    }

    /// When [`Input::Woke`] is due next; `None`: only the outside can move this session.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Elapsed> {
        let until = match self.phase {
            Phase::Dormant | Phase::Parked | Phase::Offline => return None,
            Phase::Backoff { until } => Some(until),
            Phase::Up { .. } => None,
        };
        let (live, ladder) = (self.live_timeout(), self.ladder_timeout());
        [until, live, ladder, self.sending_timeout(), self.forgotten_at()].into_iter().flatten().min()
    }

    fn live_timeout(&self) -> Option<Elapsed> {
        let Live { via, since, heard } = self.live?;
        let silence = (!matches!(via, Via::Poll(_))).then(|| heard.plus(SILENCE_MS));
        let stable = (self.ladder.attempts > 0).then(|| since.plus(STABLE_MS));
        let pulls = if self.pulls() { self.follows.iter().filter_map(Follow::next_timeout).min() } else { None };
        [silence, stable, pulls].into_iter().flatten().min()
    }

    /// The socket that carries frames, if one does.
    fn socket(&self) -> Option<Carrier> {
        match self.live?.via {
            Via::Socket(carrier) => Some(carrier),
            Via::Poll(_) | Via::Relay => None,
        }
    }

    fn changed(&mut self, outgoing: Option<Outgoing>) {
        if let Some(outgoing) = outgoing {
            self.out(Output::Save);
            self.notice(Notice::Outgoing(outgoing));
        }
    }

    fn link(&mut self, link: Link) {
        self.notice(Notice::Link(link));
    }

    fn notice(&mut self, notice: Notice) {
        self.out(Output::Notice(notice));
    }

    fn out(&mut self, output: Output) {
        self.outputs.push_back(output);
    }
}
