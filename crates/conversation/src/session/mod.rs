//! The session: the logical link between a client and the server. It survives reconnects and holds the outbox.
//!
//! A pure value. Callers follow one rule: one mutation (`handle`, `send` …), then drain [`Session::poll_output`] until it is
//! empty, then ask [`Session::next_timeout`] and hand in [`Input::Woke`] at that time (or later: nothing relies on a timer
//! firing on time).

mod follow;
mod types;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

pub use types::{Config, Draft, Input, Link, Notice, Output, PostFailure};

use self::follow::{Follow, Progress};
use crate::{
    backoff,
    code::CloseCode,
    entry::Entry,
    frame::{
        ClientFrame, Cursor, CursorReport, Hello, PROTOCOL, Page, Pull, Range, Send, ServerFrame, Stream, StreamState,
        Typing, Welcome,
    },
    id::{ConversationId, MessageId},
    outbox::{ACK_MS, Kept, Outbox, Outgoing},
    time::Elapsed,
};

/// A socket that is not open, or not greeted, in this time is given up.
const OPEN_MS: u64 = 10_000;
/// A live connection without any traffic for this long is dead.
const SILENCE_MS: u64 = 35_000;
/// Attempts are forgotten only after this long: a server that crashes in a loop must not be hammered.
const STABLE_MS: u64 = 30_000;
/// A person may skip a wait this often.
const NUDGE_MS: u64 = 10_000;
/// Credentials or protocol refused: asked again after U(0.5, 1) of this.
const REFUSED_MS: u64 = 600_000;
/// A `POST` without an answer for this long is given up.
const POST_MS: u64 = 15_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Dormant,
    Connecting { since: Elapsed },
    Greeting { since: Elapsed },
    Live { since: Elapsed, heard: Elapsed, leave_at: Option<Elapsed> },
    Backoff { until: Elapsed },
    Parked,
    Offline,
}

/// See the module.
#[derive(Debug)]
pub struct Session {
    config: Config,
    state: State,
    follows: Vec<Follow>,
    outbox: Outbox,
    outputs: VecDeque<Output>,
    attempt: u32,
    /// The server's reconnect window, from the last `welcome`.
    window_ms: Option<u64>,
    nudged: Option<Elapsed>,
    posting: Option<Elapsed>,
    post_failures: u32,
    post_from: Elapsed,
}

impl Session {
    /// A dormant session with the outbox that a former page left.
    #[must_use]
    pub fn new(config: Config, kept: Vec<Kept>) -> Self {
        let follows = config.follow.iter().cloned().map(Follow::new).collect();
        Self {
            config,
            state: State::Dormant,
            follows,
            outbox: Outbox::restore(kept),
            outputs: VecDeque::new(),
            attempt: 0,
            window_ms: None,
            nudged: None,
            posting: None,
            post_failures: 0,
            post_from: Elapsed(0),
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
        matches!(self.state, State::Live { .. })
    }

    /// Appends an entry. It is kept before anything is sent.
    pub fn send(&mut self, id: MessageId, draft: Draft, now: Elapsed) {
        let Draft { conversation, kind, context } = draft;
        // A conversation that only this device knows starts at its beginning.
        self.follow(Cursor { stream: Stream::Conversation(conversation), epoch: 0, seq: Some(0) });
        let outgoing = self.outbox.push(Send { id, conversation, kind, context }, now);
        self.changed(Some(outgoing));
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
            self.outputs.push_back(Output::Save);
        }
    }

    /// Tells how far this side has received and read. Lost while not live; the interface reports again on `Live`.
    pub fn report(&mut self, report: CursorReport) {
        self.volatile(ClientFrame::Cursor(report));
    }

    /// Tells that this side is writing.
    pub fn typing(&mut self, conversation: ConversationId) {
        let side = self.config.side;
        self.volatile(ClientFrame::Typing(Typing { conversation, side, name: None }));
    }

    /// Asks for entries before `seq`.
    pub fn older(&mut self, stream: Stream, seq: u64) {
        self.volatile(ClientFrame::Pull(Pull { stream, range: Range::Before(seq) }));
    }

    /// Takes what happened outside. `unit` is a fresh random number in [0, 1).
    pub fn handle(&mut self, input: Input, now: Elapsed, unit: f64) {
        match input {
            Input::Start if self.state == State::Dormant => self.connect(now),
            Input::Start => {}
            Input::Opened => self.greet(now),
            Input::Frame(frame) => self.frame(frame, now, unit),
            Input::Closed { code, hint_ms } => self.closed(code, hint_ms, now, unit),
            Input::Posted(answer) => self.posted(answer, now, unit),
            Input::Online if self.state == State::Offline => {
                self.back_off(backoff::delay_ms(0, 1_000, unit), now);
            }
            Input::Online => {}
            Input::Offline => self.leave(State::Offline, now),
            Input::Nudge => self.nudge(now),
            Input::Park if self.state != State::Dormant => self.leave(State::Parked, now),
            Input::Park => {}
            Input::Resume if self.state == State::Parked => self.connect(now),
            Input::Resume | Input::Woke => {}
        }
        self.look_at_clock(now, unit);
        self.flush(now);
    }

    /// When [`Input::Woke`] is due next; `None`: only the outside can move this session.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Elapsed> {
        let state = match self.state {
            State::Dormant | State::Parked | State::Offline => return None,
            State::Connecting { since } | State::Greeting { since } => Some(since.plus(OPEN_MS)),
            State::Live { since, heard, leave_at } => {
                let stable = (self.attempt > 0).then(|| since.plus(STABLE_MS));
                [Some(heard.plus(SILENCE_MS)), stable, leave_at].into_iter().flatten().min()
            }
            State::Backoff { until } => Some(until),
        };
        let pulls = match self.state {
            State::Live { .. } => self.follows.iter().filter_map(Follow::next_timeout).min(),
            _ => None,
        };
        let post = match self.posting {
            Some(since) => Some(since.plus(POST_MS)),
            None => self.next_post(),
        };
        [state, pulls, post].into_iter().flatten().min()
    }

    fn connect(&mut self, now: Elapsed) {
        self.state = State::Connecting { since: now };
        self.outputs.push_back(Output::Connect);
        self.link(Link::Connecting);
    }

    fn greet(&mut self, now: Elapsed) {
        if !matches!(self.state, State::Connecting { .. }) {
            return;
        }
        self.state = State::Greeting { since: now };
        let hello = Hello {
            protocol: PROTOCOL,
            token: self.config.token.clone(),
            cursors: self.follows.iter_mut().map(Follow::cursor).collect(),
            attempt: self.attempt,
        };
        self.outputs.push_back(Output::Transmit(ClientFrame::Hello(hello)));
    }

    fn frame(&mut self, frame: ServerFrame, now: Elapsed, unit: f64) {
        match &mut self.state {
            State::Live { heard, leave_at, .. } => {
                *heard = now;
                if let ServerFrame::Drain { window_ms } = frame {
                    *leave_at = Some(now.plus(backoff::spread_ms(window_ms, unit)));
                }
            }
            State::Greeting { .. } if matches!(frame, ServerFrame::Welcome(_)) => {}
            // A frame of a connection that was given up.
            _ => return,
        }
        self.answer(frame, now);
    }

    /// Frames mean the same over a socket and in the answer to a `POST`.
    fn answer(&mut self, frame: ServerFrame, now: Elapsed) {
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
            ServerFrame::Top(top) => {
                for state in &top.streams {
                    self.advance(state.stream, now, |follow| follow.stands(state));
                    self.progress_of_peer(state);
                }
            }
            ServerFrame::Cursor(report) => self.notice(Notice::Cursor(report)),
            ServerFrame::Typing(typing) => self.notice(Notice::Typing(typing)),
            ServerFrame::Availability(now) => self.notice(Notice::Availability(now)),
            ServerFrame::Beat {} | ServerFrame::Drain { .. } => {}
        }
    }

    fn welcome(&mut self, welcome: Welcome, now: Elapsed) {
        if matches!(self.state, State::Greeting { .. }) {
            self.state = State::Live { since: now, heard: now, leave_at: None };
            self.window_ms = Some(welcome.window_ms);
            self.link(Link::Live);
        }
        for state in &welcome.streams {
            self.follow(Cursor { stream: state.stream, epoch: 0, seq: None });
        }
        self.notice(Notice::Welcome(welcome.clone()));
        for state in &welcome.streams {
            self.advance(state.stream, now, |follow| follow.greeted(state, now));
            self.progress_of_peer(state);
        }
    }

    fn progress_of_peer(&mut self, state: &StreamState) {
        let Stream::Conversation(conversation) = state.stream else { return };
        let side = match self.config.side {
            crate::Side::Visitor => crate::Side::Agent,
            crate::Side::Agent => crate::Side::Visitor,
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
        let live = self.is_live();
        let Some(follow) = self.follows.iter_mut().find(|follow| follow.stream == stream) else {
            return;
        };
        let Progress { reset, events } = step(follow);
        let pull = if live { follow.pull(now) } else { None };
        if reset {
            self.notice(Notice::Reset(stream));
        }
        for event in events {
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
            self.outputs.push_back(Output::Transmit(ClientFrame::Pull(Pull { stream, range })));
        }
    }

    fn closed(&mut self, code: u16, hint_ms: Option<u64>, now: Elapsed, unit: f64) {
        let was_live = match self.state {
            State::Live { .. } => true,
            State::Connecting { .. } | State::Greeting { .. } => false,
            _ => return,
        };
        let cap = backoff::cap_ms(self.config.side);
        let own = backoff::delay_ms(self.attempt, cap, unit);
        let wait = match (CloseCode::of(code), hint_ms.or(self.window_ms.filter(|_| was_live))) {
            (band @ (CloseCode::Credentials | CloseCode::Unsupported), _) => {
                self.notice(Notice::Refused(band));
                REFUSED_MS / 2 + backoff::spread_ms(REFUSED_MS / 2, unit)
            }
            (_, Some(window)) => backoff::spread_ms(window, unit),
            (CloseCode::Resume, None) => backoff::spread_ms(2_000, unit),
            (CloseCode::Busy | CloseCode::Drain | CloseCode::Abnormal, None) => own,
        };
        self.attempt = self.attempt.saturating_add(1);
        self.back_off(wait, now);
    }

    fn back_off(&mut self, wait_ms: u64, now: Elapsed) {
        self.disconnected(now);
        self.state = State::Backoff { until: now.plus(wait_ms) };
        self.link(Link::Waiting { retry_in_ms: wait_ms });
    }

    fn leave(&mut self, state: State, now: Elapsed) {
        if self.state == State::Dormant || self.state == state {
            return;
        }
        self.outputs.push_back(Output::Disconnect);
        self.disconnected(now);
        self.posting = None;
        self.state = state;
        self.link(if state == State::Parked { Link::Parked } else { Link::Offline });
    }

    fn disconnected(&mut self, now: Elapsed) {
        for follow in &mut self.follows {
            follow.disconnected();
        }
        for outgoing in self.outbox.recall(now) {
            self.notice(Notice::Outgoing(outgoing));
        }
    }

    fn nudge(&mut self, now: Elapsed) {
        let rested = self.nudged.is_none_or(|at| now.since(at) >= NUDGE_MS);
        if rested && matches!(self.state, State::Backoff { .. } | State::Offline) {
            self.nudged = Some(now);
            self.post_from = now;
            self.connect(now);
        }
    }

    fn look_at_clock(&mut self, now: Elapsed, unit: f64) {
        match self.state {
            State::Backoff { until } if until <= now => self.connect(now),
            State::Connecting { since } | State::Greeting { since } if now.since(since) >= OPEN_MS => {
                self.give_up(now, unit);
            }
            State::Live { heard, .. } if now.since(heard) >= SILENCE_MS => self.give_up(now, unit),
            State::Live { leave_at: Some(at), .. } if at <= now => {
                self.outputs.push_back(Output::Disconnect);
                self.disconnected(now);
                self.connect(now);
            }
            State::Live { since, .. } => {
                if now.since(since) >= STABLE_MS {
                    self.attempt = 0;
                }
                self.pull_overdue(now);
            }
            _ => {}
        }
        if self.posting.is_some_and(|since| now.since(since) >= POST_MS) {
            self.posted(Err(PostFailure::Unreachable), now, unit);
        }
    }

    fn give_up(&mut self, now: Elapsed, unit: f64) {
        self.outputs.push_back(Output::Disconnect);
        self.closed(1006, None, now, unit);
    }

    fn pull_overdue(&mut self, now: Elapsed) {
        for follow in &mut self.follows {
            if follow.next_timeout().is_some_and(|at| at <= now)
                && let Some(range) = follow.pull(now)
            {
                let pull = Pull { stream: follow.stream, range };
                self.outputs.push_back(Output::Transmit(ClientFrame::Pull(pull)));
            }
        }
    }

    /// Sends what is due: over the socket while it lives, by `POST` when it does not or when an ack is overdue.
    fn flush(&mut self, now: Elapsed) {
        let due = self.outbox.due(now);
        let overdue = self.outbox.next_due().is_some_and(|at| at <= now);
        if !overdue {
            return;
        }
        let (by_post, over_socket): (Vec<Send>, Vec<Send>) =
            due.into_iter().partition(|send| !self.is_live() || self.outbox.is_in_flight(send.id));
        for send in over_socket {
            let outgoing = self.outbox.left(send.id, now);
            self.changed(outgoing);
            self.outputs.push_back(Output::Transmit(ClientFrame::Send(send)));
        }
        if by_post.is_empty() || self.next_post().is_none_or(|at| at > now) {
            return;
        }
        self.posting = Some(now);
        let mut frames = Vec::new();
        for send in by_post.into_iter().take(crate::limits::POST_FRAMES / 2) {
            let outgoing = self.outbox.left(send.id, now);
            self.changed(outgoing);
            frames.push(ClientFrame::Send(send));
        }
        let pulls = self.follows.iter().take(crate::limits::POST_FRAMES / 2);
        frames.extend(pulls.map(|follow| ClientFrame::Pull(Pull { stream: follow.stream, range: follow.range() })));
        self.outputs.push_back(Output::Post(frames));
    }

    /// When a `POST` may carry what is due; `None`: not in this state.
    fn next_post(&self) -> Option<Elapsed> {
        let due = self.outbox.next_due()?;
        match self.state {
            State::Live { .. } | State::Backoff { .. } if self.posting.is_none() => Some(due.max(self.post_from)),
            // A socket that does not open must not hold messages back.
            State::Connecting { since } | State::Greeting { since } if self.posting.is_none() => {
                Some(due.max(self.post_from).max(since.plus(ACK_MS / 2)))
            }
            _ => None,
        }
    }

    fn posted(&mut self, answer: Result<Vec<ServerFrame>, PostFailure>, now: Elapsed, unit: f64) {
        if self.posting.take().is_none() {
            return;
        }
        match answer {
            Ok(frames) => {
                self.post_failures = 0;
                for frame in frames {
                    self.answer(frame, now);
                }
            }
            Err(failure) => {
                let wait = match failure {
                    PostFailure::Refused => REFUSED_MS / 2,
                    PostFailure::Unreachable | PostFailure::Busy => {
                        backoff::delay_ms(self.post_failures.saturating_add(2), backoff::cap_ms(self.config.side), unit)
                    }
                };
                self.post_failures = self.post_failures.saturating_add(1);
                self.post_from = now.plus(wait);
                // What the socket may carry goes there next.
                for outgoing in self.outbox.recall(now) {
                    self.notice(Notice::Outgoing(outgoing));
                }
            }
        }
    }

    fn changed(&mut self, outgoing: Option<Outgoing>) {
        if let Some(outgoing) = outgoing {
            self.outputs.push_back(Output::Save);
            self.notice(Notice::Outgoing(outgoing));
        }
    }

    fn volatile(&mut self, frame: ClientFrame) {
        if self.is_live() {
            self.outputs.push_back(Output::Transmit(frame));
        }
    }

    fn link(&mut self, link: Link) {
        self.notice(Notice::Link(link));
    }

    fn notice(&mut self, notice: Notice) {
        self.outputs.push_back(Output::Notice(notice));
    }
}
