//! Who may connect now. Asked before anything is known of a client and before the store is touched, so that saying no
//! costs next to nothing.

mod pace;
mod ticket;

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chinwag_conversation::{Ticket, Transports, admission::Refused, limits, time::Elapsed};

use self::{
    pace::{LONGEST_S, Pace},
    ticket::{Tickets, Worth},
};
use crate::{
    metrics::Metrics,
    rate::{Rate, Rates},
};

/// Handshakes under way at the same time.
const AT_ONCE: usize = 256;
/// What a client waits at least, in milliseconds.
const SHORTEST_MS: u64 = 250;
/// A handshake that comes a little before its turn waits for it, up to so many seconds: sending it away costs more.
const HELD_S: f64 = 2.0;
/// What of the rate a window of return uses.
const WINDOW_SHARE: f64 = 0.7;
/// Shortest window of a return, in milliseconds.
const SHORTEST_WINDOW_MS: u64 = 1_000;
/// One address gets at most this part of the rate.
const ADDRESS_SHARE: u32 = 4;
/// ... but that many a second at least: a small office behind one address.
const LEAST_SHARE: u32 = 16;

/// Decides about handshakes.
pub(crate) struct Admission {
    per_second: u32,
    paces: Mutex<Paces>,
    tickets: Tickets,
    /// Questions, and handshakes without a ticket.
    asking: Rates<IpAddr>,
    /// Connections that did not greet yet.
    opening: Rates<IpAddr>,
    under_way: AtomicUsize,
    transports: Transports,
    metrics: Arc<Metrics>,
}

struct Paces {
    /// Places that are promised to those who ask.
    line: Pace,
    /// Handshakes that take place: whatever was promised, never more than the rate.
    door: Pace,
}

/// A handshake under way, until dropped.
pub(crate) struct UnderWay(Arc<Admission>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    /// `per_second` handshakes, a tenth of it at `now`. `key` signs the tickets.
    pub(crate) fn new(
        per_second: u32,
        transports: Transports,
        key: [u8; 64],
        metrics: Arc<Metrics>,
        now: Elapsed,
    ) -> Arc<Self> {
        let share = (per_second / ADDRESS_SHARE).max(LEAST_SHARE);
        let rate = Rate { per_minute: share.saturating_mul(60), burst: share };
        let pace = || Pace::new(per_second, now);
        Arc::new(Self {
            per_second: per_second.max(1),
            paces: Mutex::new(Paces { line: pace(), door: pace() }),
            tickets: Tickets::new(key),
            asking: Rates::new(rate),
            opening: Rates::new(rate),
            under_way: AtomicUsize::new(0),
            transports,
            metrics,
        })
    }

    /// A ticket for `site`: for now, or for the place in the line that the refusal tells.
    pub(crate) fn ticket(&self, site: &str, address: IpAddr, now: Elapsed) -> Result<Ticket, Refused> {
        self.asking.take(&address, now).map_err(|after_ms| self.refused(after_ms))?;
        let Some(wait) = self.paces().line.take(now, LONGEST_S) else {
            return Err(self.refused((LONGEST_S * 1_000.0) as u64));
        };
        let after_ms = millis(wait);
        let ticket = Ticket {
            ticket: self.tickets.issue(site, now, after_ms),
            expires_ms: after_ms + limits::TICKET_MS,
            transport: self.transports,
        };
        if after_ms == 0 {
            return Ok(ticket);
        }
        self.metrics.refused.inc();
        Err(Refused { after_ms, spread_ms: SHORTEST_MS, place: Some(ticket) })
    }

    /// Whether a connection from there may be opened, to say `hello` on it.
    pub(crate) fn opens(&self, address: IpAddr, now: Elapsed) -> Result<(), Refused> {
        self.opening.take(&address, now).map_err(|after_ms| self.refused(after_ms))
    }

    /// Whether a `hello` is answered, and how long that is to be held back until its turn comes. The handshake is under way
    /// as long as the answer is kept.
    pub(crate) fn greet(
        self: &Arc<Self>,
        site: &str,
        ticket: Option<&str>,
        address: IpAddr,
        now: Elapsed,
    ) -> Result<(UnderWay, Duration), Refused> {
        if self.under_way.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            return Err(self.refused(SHORTEST_MS));
        }
        let under_way = UnderWay(Arc::clone(self));
        let worth = ticket.map_or(Worth::Nothing, |ticket| self.tickets.redeem(site, ticket, now));
        match worth {
            Worth::Fresh => {}
            Worth::Early { by_ms } => return Err(self.refused(by_ms)),
            Worth::Nothing => {
                self.asking.take(&address, now).map_err(|after_ms| self.refused(after_ms))?;
                let mut paces = self.paces();
                // Only where nobody waits: a close cannot carry a place.
                if paces.line.take(now, 0.0).is_none() {
                    let wait = paces.line.wait(now).min(LONGEST_S);
                    return Err(self.refused(millis(wait)));
                }
            }
        }
        let mut paces = self.paces();
        let Some(held) = paces.door.take(now, HELD_S) else {
            let wait = paces.door.wait(now);
            return Err(self.refused(millis(wait)));
        };
        self.metrics.admitted.inc();
        Ok((under_way, Duration::from_secs_f64(held)))
    }

    /// Over how long `clients` should spread their return: N / (0.7 R), at least a second.
    pub(crate) fn window_ms(&self, clients: usize) -> u64 {
        let seconds = clients as f64 / (WINDOW_SHARE * f64::from(self.per_second));
        millis(seconds).max(SHORTEST_WINDOW_MS)
    }

    fn paces(&self) -> MutexGuard<'_, Paces> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, after_ms: u64) -> Refused {
        self.metrics.refused.inc();
        let after_ms = after_ms.max(SHORTEST_MS);
        Refused { after_ms, spread_ms: (after_ms / 8).max(SHORTEST_MS), place: None }
    }
}

/// Rounded up: a place that is still a little away is not there.
fn millis(seconds: f64) -> u64 {
    (seconds * 1_000.0).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(per_second: u32) -> Arc<Admission> {
        Admission::new(per_second, Transports::Any, [7; 64], Arc::new(Metrics::new()), Elapsed(0))
    }

    fn address(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    /// Would catch: tickets that make room beyond the rate when they are used again, or kept from before a restart.
    #[test]
    fn handshakes_stay_below_the_rate_whatever_is_shown() {
        let admission = admission(100);
        let now = Elapsed(60_000);
        let mut tickets = Vec::new();
        for n in 0..=255 {
            tickets.extend(admission.ticket("demo", address(n), now).map(|ticket| ticket.ticket));
        }
        assert_eq!(tickets.len(), 10, "one burst");
        let old = Tickets::new([8; 64]).issue("demo", now, 0);
        let mut greeted = 0;
        for ticket in tickets.iter().chain(&tickets).chain([&old]) {
            greeted += usize::from(admission.greet("demo", Some(ticket), address(1), now).is_ok());
        }
        assert_eq!(greeted, 10, "each ticket once, and nothing left for those without");
    }

    /// Would catch: places that are not kept, or that let in more than the rate when all come late and together.
    #[test]
    fn a_place_is_kept_and_does_not_make_room() {
        let admission = admission(100);
        let now = Elapsed(60_000);
        let mut last = 0;
        let places: Vec<_> = (0..200)
            .map(|n| match admission.ticket("demo", address(n), now) {
                Ok(ticket) => (0, ticket),
                Err(refused) => (refused.after_ms, refused.place.unwrap()),
            })
            .inspect(|(after_ms, _)| {
                assert!(*after_ms >= last, "in the order of asking");
                last = *after_ms;
            })
            .collect();
        let (after_ms, ticket) = places.last().unwrap();
        assert!((1_800..=2_000).contains(after_ms), "{after_ms} ms for the last of 200");
        let early = admission.greet("demo", Some(&ticket.ticket), address(1), now).err().unwrap();
        assert_eq!(early.after_ms, *after_ms);
        // All of them long after their time: one burst at once, the others in their turn, and no more than that.
        let late = Elapsed(120_000);
        let (mut at_once, mut held, mut refused) = (0, 0, 0);
        for (_, ticket) in &places {
            match admission.greet("demo", Some(&ticket.ticket), address(1), late) {
                Ok((_, wait)) if wait.is_zero() => at_once += 1,
                Ok((_, wait)) if wait <= Duration::from_secs(2) => held += 1,
                Ok((_, wait)) => panic!("held for {wait:?}"),
                Err(_) => refused += 1,
            }
        }
        assert_eq!((at_once, held, refused), (10, 190, 0));
        let (_, wait) = admission.greet("demo", None, address(2), late).ok().unwrap();
        assert!(wait > Duration::from_millis(1_890), "{wait:?}: behind all the others");
    }

    #[test]
    fn one_address_cannot_take_everybodys_place() {
        let admission = admission(100);
        let now = Elapsed(60_000);
        for _ in 0..100_000 {
            let _ = admission.ticket("demo", address(1), now);
        }
        let later = Elapsed(60_000 + 1_000);
        let wait = admission.ticket("demo", address(2), later).err().map_or(0, |refused| refused.after_ms);
        assert!(wait <= 1_000, "{wait} ms for somebody else");
    }

    #[test]
    fn no_more_than_256_are_under_way() {
        let admission = admission(1_000_000);
        let now = Elapsed(60_000);
        let mut held: Vec<_> =
            (0..AT_ONCE).map(|_| admission.greet("demo", None, address(1), now).ok().unwrap()).collect();
        assert!(admission.greet("demo", None, address(1), now).is_err());
        held.pop();
        assert!(admission.greet("demo", None, address(1), now).is_ok());
    }

    #[test]
    fn the_window_is_n_over_seven_tenths_of_the_rate() {
        let admission = admission(500);
        assert_eq!(admission.window_ms(0), 1_000);
        assert_eq!(admission.window_ms(5_000), 14_286);
    }
}
