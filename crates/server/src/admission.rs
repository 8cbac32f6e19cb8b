//! Who may connect now. Asked before anything is known of a client and before the store is touched, so that saying no
//! costs next to nothing.

mod pace;
mod ticket;

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use chinwag_conversation::{Ticket, Transports, admission::Refused, limits, time::Elapsed};

use self::{
    pace::Pace,
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
    pace: Mutex<Pace>,
    tickets: Tickets,
    /// Questions, and handshakes without a ticket.
    asking: Rates<IpAddr>,
    /// Connections that did not greet yet.
    opening: Rates<IpAddr>,
    under_way: AtomicUsize,
    transports: Transports,
    metrics: Arc<Metrics>,
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
        Arc::new(Self {
            per_second: per_second.max(1),
            pace: Mutex::new(Pace::new(per_second, now)),
            tickets: Tickets::new(key),
            asking: Rates::new(rate),
            opening: Rates::new(rate),
            under_way: AtomicUsize::new(0),
            transports,
            metrics,
        })
    }

    /// A ticket for `site`, or when to ask again.
    pub(crate) fn ticket(&self, site: &str, address: IpAddr, now: Elapsed) -> Result<Ticket, Refused> {
        self.take(address, now)?;
        let ticket = self.tickets.issue(site, now);
        Ok(Ticket { ticket, expires_ms: limits::TICKET_MS, transport: self.transports })
    }

    /// Whether a connection from there may be opened, to say `hello` on it.
    pub(crate) fn opens(&self, address: IpAddr, now: Elapsed) -> Result<(), Refused> {
        self.opening.take(&address, now).map_err(|after_ms| self.refused(after_ms))
    }

    /// Whether a `hello` is answered. The handshake is under way as long as the answer is kept.
    pub(crate) fn greet(
        self: &Arc<Self>,
        site: &str,
        ticket: Option<&str>,
        address: IpAddr,
        now: Elapsed,
    ) -> Result<UnderWay, Refused> {
        if self.under_way.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            return Err(self.refused(SHORTEST_MS));
        }
        let under_way = UnderWay(Arc::clone(self));
        match ticket.map_or(Worth::Nothing, |ticket| self.tickets.redeem(site, ticket, now)) {
            Worth::Fresh => {}
            Worth::Nothing => self.take(address, now)?,
        }
        self.metrics.admitted.inc();
        Ok(under_way)
    }

    /// Over how long `clients` should spread their return: N / (0.7 R), at least a second.
    pub(crate) fn window_ms(&self, clients: usize) -> u64 {
        let seconds = clients as f64 / (WINDOW_SHARE * f64::from(self.per_second));
        ((seconds * 1_000.0) as u64).max(SHORTEST_WINDOW_MS)
    }

    /// An address over its own share is told so without moving anybody else's place.
    fn take(&self, address: IpAddr, now: Elapsed) -> Result<(), Refused> {
        self.asking.take(&address, now).map_err(|after_ms| self.refused(after_ms))?;
        let taken = self.pace.lock().unwrap_or_else(PoisonError::into_inner).take(now);
        taken.map_err(|wait| self.refused((wait.seconds * 1_000.0) as u64))
    }

    fn refused(&self, after_ms: u64) -> Refused {
        self.metrics.refused.inc();
        let after_ms = after_ms.max(SHORTEST_MS);
        Refused { after_ms, spread_ms: (after_ms / 8).max(SHORTEST_MS) }
    }
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
        let mut tickets = Vec::new();
        for n in 0..=255 {
            tickets.extend(admission.ticket("demo", address(n), Elapsed(60_000)).map(|ticket| ticket.ticket));
        }
        assert_eq!(tickets.len(), 10, "one burst");
        let old = Tickets::new([8; 64]).issue("demo", Elapsed(60_000));
        let mut greeted = 0;
        for ticket in tickets.iter().chain(&tickets).chain([&old]) {
            greeted += usize::from(admission.greet("demo", Some(ticket), address(1), Elapsed(60_000)).is_ok());
        }
        assert_eq!(greeted, 10, "each ticket once, and nothing left for those without");
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
        assert_eq!(admission.window_ms(5_000), 14_285);
    }
}
