//! Looking for something that carries frames: ticket, socket, long poll, the tab that leads; and for something better.
//!
//! A socket that does not open in 4 s, or is refused, leads to a probe by HTTP (which is the same question as for a ticket).
//! If that is answered, a long poll greets at once while the socket goes on to 10 s; who greets first carries. While a long
//! poll carries, a socket is tried again every 2-5 min.

mod clock;
mod ending;

use super::{Asked, Carrier, Link, Live, Notice, Output, Phase, Role, Session, Via};
use crate::{
    admission::{Refused, Ticket, Transports},
    backoff::{self, Trouble},
    code::{self, CloseCode},
    frame::{ClientFrame, Hello, PROTOCOL, ServerFrame, Side},
    limits,
    session::types::PostFailure,
    time::Elapsed,
};

/// A long poll without an answer for this long, beyond its wait, is given up.
const ANSWER_MS: u64 = 15_000;
/// Between two tries of a socket while a long poll carries: U(1, 2.5) of this.
const CLIMB_MS: u64 = 120_000;
/// Empty answers that come faster than this are not asked for again at once.
const BRISK_MS: u64 = 5_000;
const GAP_MS: u64 = 1_000;
const MOST_GAP_MS: u64 = 10_000;

/// What is under way to find a carrier, or a better one.
#[derive(Debug, Default)]
pub(super) struct Ladder {
    asking: Option<Asking>,
    attempt: Option<Attempt>,
    poll: Option<Poll>,
    /// When the next long poll may leave, and how long empty answers keep it back.
    poll_from: Elapsed,
    poll_gap: u64,
    /// When a socket is tried although something carries: handover, or back from a long poll.
    climb_at: Option<Elapsed>,
    /// Good for one `hello`, until then.
    ticket: Option<(String, Elapsed)>,
    /// What the server said with its newest ticket.
    transports: Transports,
    /// How often connecting failed since the last stable connection, and since when.
    pub(super) attempts: u32,
    failing_since: Elapsed,
    /// The server's reconnect window, from the last `welcome` or `beat`; 0 until then.
    window_ms: u64,
    nudged: Option<Elapsed>,
    /// The server asked to be left alone until then.
    told_until: Elapsed,
    carriers: u32,
    role: Role,
    /// The tab that leads fell silent, and this one connected by itself.
    alone: bool,
    /// It has no connection, and said so.
    astray: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Asking {
    since: Elapsed,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    Ticket,
    /// A socket does not work; does HTTP?
    Probe,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Attempt {
    carrier: Carrier,
    since: Elapsed,
    stage: Stage,
    /// The question before it was not answered either.
    blind: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Opening,
    /// … and a long poll is tried beside it.
    Doubted,
    Greeting,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Poll {
    carrier: Carrier,
    since: Elapsed,
    until: Elapsed,
}

impl Ladder {
    pub(super) fn leads(&self) -> bool {
        self.role == Role::Leads
    }
}

impl Session {
    pub(super) fn begin(&mut self, role: Role, now: Elapsed) {
        self.ladder.role = role;
        self.ladder.alone = false;
        self.said(now);
        self.seek(now);
    }

    /// Looks for a carrier from the beginning.
    pub(super) fn seek(&mut self, now: Elapsed) {
        self.phase = Phase::Up { since: now };
        self.link(Link::Connecting);
        self.climb(now);
    }

    /// The first step: with a ticket straight to the socket.
    fn climb(&mut self, now: Elapsed) {
        self.ladder.climb_at = None;
        if self.ladder.attempt.is_some() || self.ladder.asking.is_some() {
            return;
        }
        if self.follows() {
            self.greet_by_post(now);
        } else if self.ladder.ticket.as_ref().is_some_and(|(_, until)| now < *until) {
            self.rise(false, now);
        } else {
            self.ask(Why::Ticket, now);
        }
    }

    fn ask(&mut self, why: Why, now: Elapsed) {
        self.ladder.asking = Some(Asking { since: now, why });
        self.out(Output::Ask);
    }

    fn rise(&mut self, blind: bool, now: Elapsed) {
        if self.polls_only() {
            self.greet_by_post(now);
            return;
        }
        let carrier = self.carrier();
        self.ladder.attempt = Some(Attempt { carrier, since: now, stage: Stage::Opening, blind });
        self.out(Output::Connect(carrier));
    }

    /// One visitor in a hundred lives on long polls, so that this way never rots.
    fn polls_only(&self) -> bool {
        let hash = self.config.client.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let chosen = self.config.side == Side::Visitor && hash % 100 == 7;
        match self.ladder.transports {
            Transports::Socket => false,
            Transports::Poll => true,
            Transports::Any => chosen,
        }
    }

    pub(super) fn carrier(&mut self) -> Carrier {
        self.ladder.carriers += 1;
        Carrier(self.ladder.carriers)
    }

    fn hello(&mut self) -> ClientFrame {
        let greeting = self.ladder.attempt.is_some_and(|attempt| attempt.stage == Stage::Greeting);
        let alone = !greeting && self.ladder.poll.is_none();
        ClientFrame::Hello(Hello {
            protocol: PROTOCOL,
            token: self.config.token.clone(),
            cursors: self.follows.iter_mut().map(|follow| follow.cursor(alone)).collect(),
            attempt: self.ladder.attempts,
            ticket: self.ladder.ticket.take().map(|(ticket, _)| ticket),
            client: Some(self.config.client.clone()),
        })
    }

    fn greet_by_post(&mut self, now: Elapsed) {
        let carrier = self.carrier();
        self.poll(carrier, None, now);
    }

    fn poll(&mut self, carrier: Carrier, wait_ms: Option<u32>, now: Elapsed) {
        let frames = vec![self.hello()];
        let until = now.plus(u64::from(wait_ms.unwrap_or(0)) + ANSWER_MS);
        self.ladder.poll = Some(Poll { carrier, since: now, until });
        self.out(Output::Poll { carrier, frames, wait_ms });
    }

    pub(super) fn asked(&mut self, asked: Asked, now: Elapsed, unit: f64) {
        let Some(Asking { why, .. }) = self.ladder.asking.take() else { return };
        let blind = asked == Asked::Unreachable;
        match asked {
            Asked::Ticket(ticket) => self.keep(ticket, now),
            // The socket that is opening slowly may still come in.
            Asked::NotNow(Refused { place: Some(ticket), .. }) if self.ladder.attempt.is_some() => {
                self.keep(ticket, now);
                return;
            }
            Asked::NotNow(Refused { after_ms, spread_ms, place }) => {
                let wait_ms = after_ms.saturating_add(backoff::spread_ms(spread_ms, unit));
                self.ladder.told_until = now.plus(wait_ms);
                match place {
                    // A place in this server's line is worth more than another server's unknown one.
                    Some(ticket) => {
                        self.keep(ticket, now);
                        self.stay(wait_ms, now);
                    }
                    None => self.wait(wait_ms, now),
                }
                return;
            }
            Asked::Unreachable if why == Why::Probe => {
                self.wait(self.own_delay(now, unit), now);
                return;
            }
            Asked::Absent | Asked::Unreachable => {}
        }
        let pollable =
            self.ladder.transports != Transports::Socket && self.socket().is_none() && self.ladder.poll.is_none();
        match why {
            Why::Ticket => self.rise(blind, now),
            Why::Probe if pollable => self.greet_by_post(now),
            Why::Probe => self.idle_check(now, unit),
        }
    }

    fn keep(&mut self, ticket: Ticket, now: Elapsed) {
        let Ticket { ticket, expires_ms, transport } = ticket;
        // Not to the last second: it has a way to go.
        let until = now.plus(expires_ms.min(2 * limits::TICKET_MS) * 9 / 10);
        self.ladder.ticket = Some((ticket, until));
        self.ladder.transports = transport;
    }

    fn own_delay(&self, now: Elapsed, unit: f64) -> u64 {
        let Ladder { attempts, failing_since, window_ms, .. } = self.ladder;
        let trouble = Trouble { attempts, for_ms: now.since(failing_since), window_ms };
        backoff::delay_ms(trouble, backoff::cap_ms(self.config.side), unit)
    }

    fn failed(&mut self, now: Elapsed) {
        if self.ladder.attempts == 0 {
            self.ladder.failing_since = now;
        }
        self.ladder.attempts = self.ladder.attempts.saturating_add(1);
    }

    pub(super) fn opened(&mut self, carrier: Carrier, now: Elapsed) {
        if self.ladder.attempt.is_none_or(|attempt| attempt.carrier != carrier || attempt.stage == Stage::Greeting) {
            return;
        }
        let hello = self.hello();
        self.ladder.attempt = Some(Attempt { carrier, since: now, stage: Stage::Greeting, blind: false });
        self.out(Output::Transmit(carrier, hello));
    }

    pub(super) fn frame(&mut self, carrier: Carrier, frame: ServerFrame, now: Elapsed, unit: f64) {
        let greets = matches!(frame, ServerFrame::Welcome(_));
        let attempted = self.ladder.attempt.filter(|attempt| attempt.carrier == carrier);
        if attempted.is_some_and(|attempt| attempt.stage == Stage::Greeting) && greets {
            self.ladder.attempt = None;
            if let Some(poll) = self.ladder.poll.take() {
                self.out(Output::Disconnect(poll.carrier));
            }
            self.carried_by(Via::Socket(carrier), now, unit);
        } else if self.socket() != Some(carrier) {
            // A connection that was given up.
            return;
        }
        self.heard(now);
        if let ServerFrame::Drain { window_ms } = frame {
            self.ladder.climb_at = Some(now.plus(backoff::spread_ms(window_ms, unit)));
        }
        self.answer(frame, now);
    }

    pub(super) fn heard(&mut self, now: Elapsed) {
        if let Some(live) = &mut self.live {
            live.heard = now;
        }
    }

    /// Something greeted. What carried until now is closed only here.
    fn carried_by(&mut self, via: Via, now: Elapsed, unit: f64) {
        if let Some(Live { via: Via::Socket(former) | Via::Poll(former), .. }) = self.live.take() {
            self.out(Output::Disconnect(former));
        }
        self.disconnected(now);
        self.ladder.climb_at = match via {
            Via::Poll(_) if !self.polls_only() => Some(now.plus(CLIMB_MS + backoff::spread_ms(CLIMB_MS * 3 / 2, unit))),
            _ => None,
        };
        self.live = Some(Live { via, since: now, heard: now });
        self.phase = Phase::Up { since: now };
        self.outbox.yield_to_writers(now);
        // What failed before says nothing of this connection.
        self.sending.post_now(now);
        self.link(Link::Live);
    }

    pub(super) fn greeted(&mut self, window_ms: u64) {
        self.ladder.window_ms = window_ms;
    }

    pub(super) fn polled(
        &mut self,
        carrier: Carrier,
        answer: Result<Vec<ServerFrame>, PostFailure>,
        now: Elapsed,
        unit: f64,
    ) {
        let Some(poll) = self.ladder.poll.take_if(|poll| poll.carrier == carrier) else { return };
        let carries = self.live.is_some_and(|live| live.via == Via::Poll(carrier));
        let frames = match answer {
            Ok(frames) if carries || frames.iter().any(|frame| matches!(frame, ServerFrame::Welcome(_))) => frames,
            failure => {
                let failure = failure.err().unwrap_or(PostFailure::Busy);
                self.poll_failed(carries, failure, now, unit);
                return;
            }
        };
        if !carries {
            let via = if self.follows() { Via::Relay } else { Via::Poll(carrier) };
            self.carried_by(via, now, unit);
        }
        self.heard(now);
        let empty = frames.iter().all(|frame| match frame {
            ServerFrame::Welcome(_) | ServerFrame::Top(_) | ServerFrame::Beat { .. } => true,
            ServerFrame::Page(page) => page.events.is_empty(),
            _ => false,
        });
        let brisk = carries && empty && now.since(poll.since) < BRISK_MS;
        self.ladder.poll_gap = if brisk { (self.ladder.poll_gap * 2).clamp(GAP_MS, MOST_GAP_MS) } else { 0 };
        self.ladder.poll_from = now.plus(self.ladder.poll_gap);
        for frame in frames {
            if let ServerFrame::Drain { window_ms } = frame {
                self.ladder.poll_from = now.plus(backoff::spread_ms(window_ms, unit));
            }
            self.answer(frame, now);
        }
    }

    /// This tab leads from now on: it needs a connection of its own, and has the relay until it has one.
    pub(super) fn lead(&mut self, now: Elapsed) {
        self.ladder.role = Role::Leads;
        self.connect_alone(now);
        self.ladder.alone = false;
    }

    /// What the tab that leads has heard last is not what there is. Nothing else changes: it looks for all.
    pub(super) fn astray(&mut self) {
        if self.live.is_some_and(|live| live.via == Via::Relay) {
            self.ladder.astray = true;
            self.link(Link::Connecting);
        }
    }

    /// It carries again.
    pub(super) fn is_back(&mut self) {
        if core::mem::take(&mut self.ladder.astray) {
            self.link(Link::Live);
        }
    }

    fn connect_alone(&mut self, now: Elapsed) {
        self.ladder.alone = true;
        if let Some(Live { via: Via::Relay, heard, .. }) = &mut self.live {
            *heard = now;
            self.climb(now);
        }
    }

    /// Whether another tab holds the connection, as far as is known.
    fn follows(&self) -> bool {
        self.ladder.role == Role::Follows && !self.ladder.alone
    }

    pub(super) fn is_alone(&self) -> bool {
        self.ladder.role == Role::Follows && self.ladder.alone
    }

    /// The tab that leads speaks again: one connection is enough.
    pub(super) fn follow_again(&mut self, now: Elapsed) {
        self.ladder.alone = false;
        let live = self.is_live();
        self.stop(now);
        if live {
            self.carried_by(Via::Relay, now, 0.0);
        } else {
            self.seek(now);
        }
    }
}
