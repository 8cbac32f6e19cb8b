//! What this side has to say: over the socket while it lives, by `POST` when it does not or when an ack is overdue.

use super::{Carrier, Notice, Output, Phase, Session};
use crate::{
    backoff::{self, Trouble},
    frame::{ClientFrame, CursorReport, Pull, Send, Stream},
    limits,
    outbox::ACK_MS,
    session::types::PostFailure,
    time::Elapsed,
};

/// A `POST` without an answer for this long is given up.
const POST_MS: u64 = 15_000;
/// Reports that are told again over a new connection; those of conversations that were read longer ago have arrived.
const REPORTS: usize = 16;
/// Credentials refused: no other `POST` for this long.
const REFUSED_MS: u64 = 300_000;
/// Entries in one `POST`: the longest texts that there are, written as JSON writes them at worst, fit into its body.
const POST_SENDS: usize = 2;
/// Frames that wait for a `POST` besides entries and reports; more are dropped.
const ASIDE: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Sending {
    posting: Option<(Carrier, Elapsed)>,
    post_failures: u32,
    post_from: Elapsed,
    /// The newest report of each of the newest conversations, and how far it has come.
    reports: Vec<(CursorReport, Told)>,
    /// Volatile frames while there is no socket.
    aside: Vec<ClientFrame>,
    /// Questions in the `POST` that is under way.
    pulling: Vec<Pull>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    NotYet,
    OnTheWay,
}

impl Sending {
    pub(super) fn report(&mut self, report: CursorReport) {
        self.reports.retain(|(known, _)| known.conversation != report.conversation);
        self.reports.push((report, Told::NotYet));
        if self.reports.len() > REPORTS {
            self.reports.remove(0);
        }
    }

    /// The log is another one: what was read of it says nothing.
    pub(super) fn forget_report(&mut self, stream: Stream) {
        self.reports.retain(|(known, _)| Stream::Conversation(known.conversation) != stream);
    }

    /// A connection is gone. Nobody confirms reports, so any of them may have gone with it.
    pub(super) fn tell_again(&mut self) {
        self.reports.iter_mut().for_each(|(_, told)| *told = Told::NotYet);
    }

    fn untold(&mut self) -> Vec<ClientFrame> {
        let untold = self.reports.iter_mut().filter(|(_, told)| *told == Told::NotYet);
        untold
            .map(|(report, told)| {
                *told = Told::OnTheWay;
                ClientFrame::Cursor(*report)
            })
            .collect()
    }

    fn has_news(&self) -> bool {
        !self.aside.is_empty() || self.reports.iter().any(|(_, told)| *told == Told::NotYet)
    }

    pub(super) fn forget_post(&mut self) {
        self.posting = None;
    }

    /// Forgets how often a `POST` failed.
    pub(super) fn post_now(&mut self, now: Elapsed) {
        self.post_from = now;
        self.post_failures = 0;
    }
}

impl Session {
    /// Sends a frame that is worth nothing later.
    pub(super) fn volatile(&mut self, frame: ClientFrame, now: Elapsed) {
        if let Some(carrier) = self.socket() {
            self.out(Output::Transmit(carrier, frame));
        } else if self.is_live() && self.sending.aside.len() < ASIDE {
            self.sending.aside.push(frame);
            self.flush(now);
        }
    }

    /// Sends what is due.
    pub(super) fn flush(&mut self, now: Elapsed) {
        let socket = self.socket();
        if let Some(carrier) = socket {
            let reports = self.sending.untold();
            reports.into_iter().for_each(|report| self.out(Output::Transmit(carrier, report)));
        }
        let due = self.outbox.due(now);
        let (by_post, over_socket): (Vec<Send>, Vec<Send>) =
            due.into_iter().partition(|send| socket.is_none() || self.outbox.is_in_flight(send.id));
        for send in over_socket {
            self.left(&send, now);
            if let Some(carrier) = socket {
                self.out(Output::Transmit(carrier, ClientFrame::Send(send)));
            }
        }
        let news = socket.is_none() && self.is_live() && self.sending.has_news();
        if (by_post.is_empty() && !news) || self.next_post(now).is_none_or(|at| at > now) {
            return;
        }
        let post = self.carrier();
        self.sending.posting = Some((post, now));
        let mut frames = core::mem::take(&mut self.sending.aside);
        self.sending.pulling = frames
            .iter()
            .filter_map(|frame| match frame {
                ClientFrame::Pull(pull) => Some(*pull),
                _ => None,
            })
            .collect();
        if socket.is_none() {
            frames.extend(self.sending.untold());
        }
        for send in by_post.into_iter().take(POST_SENDS) {
            self.left(&send, now);
            frames.push(ClientFrame::Send(send));
        }
        if !self.is_live() {
            let pulls = self.follows.iter().take(limits::POST_FRAMES / 8);
            frames.extend(pulls.map(|follow| ClientFrame::Pull(Pull { stream: follow.stream, range: follow.range() })));
        }
        self.out(Output::Post(post, frames));
    }

    fn left(&mut self, send: &Send, now: Elapsed) {
        let outgoing = self.outbox.left(send.id, now);
        self.changed(outgoing);
    }

    /// When a `POST` may carry what is due at `due`; `None`: not in this state.
    fn next_post(&self, due: Elapsed) -> Option<Elapsed> {
        if self.sending.posting.is_some() {
            return None;
        }
        match self.phase {
            Phase::Up { .. } if self.is_live() => Some(due.max(self.sending.post_from)),
            Phase::Backoff { .. } => Some(due.max(self.sending.post_from)),
            // A socket that does not open must not hold messages back.
            Phase::Up { since } => Some(due.max(self.sending.post_from).max(since.plus(ACK_MS / 2))),
            Phase::Dormant | Phase::Parked | Phase::Offline => None,
        }
    }

    pub(super) fn sending_timeout(&self) -> Option<Elapsed> {
        if let Some((_, since)) = self.sending.posting {
            return Some(since.plus(POST_MS));
        }
        let news = self.is_live() && self.socket().is_none() && self.sending.has_news();
        let due = if news { Some(Elapsed(0)) } else { self.outbox.next_due() };
        self.next_post(due?)
    }

    pub(super) fn sending_overdue(&mut self, now: Elapsed, unit: f64) {
        if let Some((post, since)) = self.sending.posting
            && now.since(since) >= POST_MS
        {
            self.posted(post, Err(PostFailure::Unreachable), now, unit);
        }
    }

    pub(super) fn posted(
        &mut self,
        post: Carrier,
        answer: Result<Vec<crate::ServerFrame>, PostFailure>,
        now: Elapsed,
        unit: f64,
    ) {
        let late = self.sending.posting.take_if(|(known, _)| *known == post).is_none();
        match answer {
            Err(_) if late => {}
            // Late or not, what is committed is committed.
            Ok(frames) => {
                self.sending.post_failures = 0;
                for frame in frames {
                    self.answer(frame, now);
                }
            }
            Err(failure) => {
                let wait = match failure {
                    PostFailure::Refused => REFUSED_MS,
                    PostFailure::Unreachable | PostFailure::Busy => {
                        let cap = backoff::cap_ms(self.config.side);
                        let attempts = self.sending.post_failures.saturating_add(2);
                        backoff::delay_ms(Trouble { attempts, for_ms: cap, window_ms: 0 }, cap, unit)
                    }
                };
                self.sending.post_failures = self.sending.post_failures.saturating_add(1);
                self.sending.post_from = now.plus(wait);
                self.sending.tell_again();
                let again = core::mem::take(&mut self.sending.pulling);
                self.sending.aside.extend(again.into_iter().map(ClientFrame::Pull));
                // What the socket may carry goes there next.
                for outgoing in self.outbox.recall(now) {
                    self.notice(Notice::Outgoing(outgoing));
                }
            }
        }
    }
}
