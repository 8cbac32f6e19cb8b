//! What time does to it.

use super::{
    super::{Asked, Live, Output, Phase, SILENCE_MS, STABLE_MS, Session, Via},
    *,
};

/// A socket that is not open, or not greeted, in this time is given up.
const OPEN_MS: u64 = 10_000;
/// A socket that is not open in this time has a long poll tried beside it; a ticket that takes longer is done without.
const PROBE_MS: u64 = 4_000;
/// A person may skip a wait this often.
const NUDGE_MS: u64 = 10_000;

impl Session {
    pub(in crate::session) fn look_at_clock(&mut self, now: Elapsed, unit: f64) {
        if self.forgotten_at().is_some_and(|at| at <= now) {
            self.leave(Phase::Parked, now);
            return;
        }
        if let Phase::Backoff { until } = self.phase
            && until <= now
        {
            self.seek(now);
        }
        self.look_at_live(now, unit);
        if let Some(Asking { since, .. }) = self.ladder.asking
            && now.since(since) >= PROBE_MS
        {
            self.asked(Asked::Unreachable, now, unit);
        }
        match self.ladder.attempt {
            Some(Attempt { carrier, since, .. }) if now.since(since) >= OPEN_MS => {
                self.out(Output::Disconnect(carrier));
                self.closed(carrier, 1006, None, now, unit);
            }
            Some(attempt) if self.is_doubtful(attempt) && now.since(attempt.since) >= PROBE_MS => {
                self.ladder.attempt = Some(Attempt { stage: Stage::Doubted, ..attempt });
                self.ask(Why::Probe, now);
            }
            _ => {}
        }
        if let Some(Poll { carrier, until, .. }) = self.ladder.poll
            && until <= now
        {
            self.out(Output::Disconnect(carrier));
            self.polled(carrier, Err(PostFailure::Unreachable), now, unit);
        }
        if let Some(Live { via: Via::Poll(carrier), .. }) = self.live
            && self.ladder.poll.is_none()
            && self.ladder.poll_from <= now
        {
            self.poll(carrier, Some(limits::WAIT_MS), now);
        }
        self.sending_overdue(now, unit);
    }

    pub(super) fn look_at_live(&mut self, now: Elapsed, unit: f64) {
        let Some(Live { via, since, heard }) = self.live else { return };
        let silent = now.since(heard) >= SILENCE_MS;
        match via {
            Via::Socket(carrier) if silent => {
                self.out(Output::Disconnect(carrier));
                self.closed(carrier, 1006, None, now, unit);
                return;
            }
            // The tab that leads says nothing: fail open, with a connection of one's own.
            Via::Relay if silent && self.follows() => {
                self.connect_alone(now);
                return;
            }
            // … and until that stands, look by oneself.
            Via::Relay if silent => {
                self.lost(self.own_delay(now, unit), now);
                return;
            }
            _ => {}
        }
        if now.since(since) >= STABLE_MS {
            self.ladder.attempts = 0;
        }
        if self.ladder.climb_at.is_some_and(|at| at <= now) {
            self.climb(now);
        }
        self.pull_overdue(now);
    }

    /// A socket that should be open by now, while nothing else carries.
    pub(super) fn is_doubtful(&self, attempt: Attempt) -> bool {
        let carried = self.live.is_some_and(|live| live.via != Via::Relay);
        attempt.stage == Stage::Opening
            && !carried
            && self.ladder.poll.is_none()
            && self.ladder.asking.is_none()
            && self.ladder.transports != Transports::Socket
    }

    pub(in crate::session) fn ladder_timeout(&self) -> Option<Elapsed> {
        let Ladder { asking, attempt, poll, poll_from, climb_at, .. } = &self.ladder;
        let attempt =
            attempt.map(|attempt| attempt.since.plus(if self.is_doubtful(attempt) { PROBE_MS } else { OPEN_MS }));
        let next_poll = self.live.filter(|live| matches!(live.via, Via::Poll(_)) && poll.is_none()).map(|_| *poll_from);
        let asking = asking.map(|asking| asking.since.plus(PROBE_MS));
        let climb_at = climb_at.filter(|_| self.live.is_some());
        [asking, attempt, poll.map(|poll| poll.until), next_poll, climb_at].into_iter().flatten().min()
    }

    /// The browser has a network again: what was tried without one says nothing. What the server told holds.
    pub(in crate::session) fn online(&mut self, now: Elapsed, unit: f64) {
        if let Phase::Backoff { .. } | Phase::Offline = self.phase {
            let soon = backoff::delay_ms(Trouble::default(), 1_000, unit);
            self.sending.post_now(now);
            self.back_off(soon.max(self.ladder.told_until.since(now)), now);
        }
    }

    pub(in crate::session) fn nudge(&mut self, now: Elapsed) {
        let rested = self.ladder.nudged.is_none_or(|at| now.since(at) >= NUDGE_MS);
        if rested && matches!(self.phase, Phase::Backoff { .. } | Phase::Offline) {
            self.ladder.nudged = Some(now);
            self.sending.post_now(now);
            self.seek(now);
        }
    }
}
