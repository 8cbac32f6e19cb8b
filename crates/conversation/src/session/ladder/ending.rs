//! What carried is gone, or did not come: what next.

use super::{
    super::{Live, Output, Phase, Session, Via},
    *,
};

/// Credentials or protocol refused: asked again after U(0.5, 1) of this.
const REFUSED_MS: u64 = 600_000;

impl Session {
    pub(super) fn poll_failed(&mut self, carried: bool, failure: PostFailure, now: Elapsed, unit: f64) {
        let wait = match failure {
            PostFailure::Refused => {
                self.notice(Notice::Refused(CloseCode::Credentials));
                refused_ms(unit)
            }
            PostFailure::Unreachable | PostFailure::Busy => self.own_delay(now, unit),
        };
        self.failed(now);
        if carried {
            self.lost(wait, now);
        } else if self.live.is_none() && self.ladder.attempt.is_none() {
            self.wait(wait, now);
        }
    }

    pub(in crate::session) fn closed(
        &mut self,
        carrier: Carrier,
        code: u16,
        hint_ms: Option<u64>,
        now: Elapsed,
        unit: f64,
    ) {
        let lived = self.socket() == Some(carrier);
        let attempt = self.ladder.attempt.take_if(|attempt| attempt.carrier == carrier);
        if !lived && attempt.is_none() {
            return;
        }
        let band = CloseCode::of(code);
        let told = hint_ms.is_some() || matches!(band, CloseCode::Credentials | CloseCode::Unsupported);
        let wait = match (band, hint_ms) {
            (CloseCode::Credentials | CloseCode::Unsupported, _) => {
                self.ladder.ticket = None;
                self.notice(Notice::Refused(band));
                refused_ms(unit)
            }
            (CloseCode::Busy, Some(told)) => backoff::after_ms(told, unit),
            (_, Some(window)) => backoff::spread_ms(window, unit),
            (CloseCode::Resume, None) => backoff::spread_ms(2_000, unit),
            (CloseCode::Busy | CloseCode::Drain | CloseCode::Abnormal, None) => self.own_delay(now, unit),
        };
        if told {
            self.ladder.told_until = now.plus(wait);
        }
        self.failed(now);
        let opened = attempt.is_none_or(|attempt| attempt.stage == Stage::Greeting);
        // The socket was refused, not the client: other transports may be open.
        let blocked = code == code::QUOTA || (!opened && band == CloseCode::Abnormal);
        let doubted = attempt.is_some_and(|attempt| attempt.stage == Stage::Doubted);
        let blind = attempt.is_some_and(|attempt| attempt.blind);
        if lived && code != code::QUOTA {
            self.lost(wait, now);
            return;
        }
        if lived {
            self.live = None;
            self.disconnected(now);
        }
        match self.live {
            Some(Live { via: Via::Socket(_), .. }) => self.ladder.climb_at = Some(now.plus(wait)),
            Some(Live { via: Via::Poll(_), .. }) => {
                self.ladder.climb_at = Some(now.plus(CLIMB_MS + backoff::spread_ms(CLIMB_MS * 3 / 2, unit)));
            }
            _ if self.ladder.poll.is_some() || self.ladder.asking.is_some() => {}
            _ if blocked && !doubted && !blind && self.ladder.transports != Transports::Socket => {
                self.ask(Why::Probe, now)
            }
            _ => self.wait(wait, now),
        }
    }

    /// What carried is gone. If something else is already on its way, it is not waited for longer.
    pub(super) fn lost(&mut self, wait_ms: u64, now: Elapsed) {
        self.live = None;
        let left = self.ladder.climb_at.take().map(|at| at.since(now));
        let Ladder { asking, attempt, poll, .. } = &self.ladder;
        if asking.is_some() || attempt.is_some() || poll.is_some() {
            self.disconnected(now);
            self.phase = Phase::Up { since: now };
            self.link(Link::Connecting);
        } else {
            self.back_off(left.map_or(wait_ms, |left| left.min(wait_ms)), now);
        }
    }

    pub(in crate::session) fn back_off(&mut self, wait_ms: u64, now: Elapsed) {
        self.stop(now);
        self.phase = Phase::Backoff { until: now.plus(wait_ms) };
        self.link(Link::Waiting { retry_in_ms: wait_ms });
    }

    pub(in crate::session) fn leave(&mut self, phase: Phase, now: Elapsed) {
        // A page that is shown again looks for itself.
        if matches!(self.phase, Phase::Dormant | Phase::Parked) || self.phase == phase {
            return;
        }
        self.stop(now);
        self.sending.forget_post();
        self.phase = phase;
        if phase == Phase::Parked {
            self.out(Output::Parked);
            self.link(Link::Parked);
        } else {
            self.link(Link::Offline);
        }
    }

    /// Closes whatever is open.
    pub(super) fn stop(&mut self, now: Elapsed) {
        self.give_up_attempt();
        if let Some(poll) = self.ladder.poll.take() {
            self.out(Output::Disconnect(poll.carrier));
        }
        if let Some(Live { via: Via::Socket(carrier), .. }) = self.live.take() {
            self.out(Output::Disconnect(carrier));
        }
        self.ladder.climb_at = None;
        self.disconnected(now);
    }

    pub(super) fn give_up_attempt(&mut self) {
        self.ladder.asking = None;
        if let Some(attempt) = self.ladder.attempt.take() {
            self.out(Output::Disconnect(attempt.carrier));
        }
    }

    /// Not now, and the next server after that, if there are several.
    pub(super) fn wait(&mut self, wait_ms: u64, now: Elapsed) {
        if self.live.is_none() && self.config.servers > 1 {
            self.config.server = (self.config.server + 1) % self.config.servers;
            self.ladder.ticket = None;
        }
        self.stay(wait_ms, now);
    }

    /// Not now: what lives goes on and tries later for something better; what does not backs off.
    pub(super) fn stay(&mut self, wait_ms: u64, now: Elapsed) {
        if self.live.is_some() {
            self.give_up_attempt();
            self.ladder.climb_at = Some(now.plus(wait_ms));
        } else {
            self.back_off(wait_ms, now);
        }
    }

    /// Nothing is under way and nothing carries: wait.
    pub(super) fn idle_check(&mut self, now: Elapsed, unit: f64) {
        let Ladder { asking, attempt, poll, .. } = &self.ladder;
        if self.live.is_none() && asking.is_none() && attempt.is_none() && poll.is_none() {
            self.wait(self.own_delay(now, unit), now);
        }
    }
}

/// Credentials or protocol refused: U(5, 10) min.
fn refused_ms(unit: f64) -> u64 {
    REFUSED_MS / 2 + backoff::spread_ms(REFUSED_MS / 2, unit)
}
