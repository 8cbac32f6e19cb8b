//! When to try again. The server's hint wins over everything here.

use crate::frame::Side;

/// A first retry waits U(0, 1 s): never zero, or a fleet comes back in one instant.
const FIRST_MS: u64 = 1_000;
const BASE_MS: u64 = 1_000;
const LEAST_SPREAD_MS: u64 = 250;

/// Longest wait between two attempts, in milliseconds.
#[must_use]
pub fn cap_ms(side: Side) -> u64 {
    match side {
        Side::Agent => 30_000,
        Side::Visitor => 120_000,
    }
}

/// What came before an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// How often it failed since the last stable connection.
    pub attempts: u32,
    /// For how long it has been failing.
    pub for_ms: u64,
    /// Over how long the server wants its clients to spread their return.
    pub window_ms: u64,
}

/// Full jitter: the first attempt waits U(0, 1 s), attempt n U(0, min(cap, 1 s * 2^n)), though not more than about twice as
/// long as the trouble has lasted: who was unlucky several times in a short outage must not stay away long after it. And all
/// of them U(0, window) at least. `unit` is in [0, 1).
#[must_use]
pub fn delay_ms(trouble: Trouble, cap_ms: u64, unit: f64) -> u64 {
    let Trouble { attempts, for_ms, window_ms } = trouble;
    let ceiling = match attempts {
        0 => FIRST_MS,
        n => BASE_MS.saturating_mul(1 << n.min(20)).min(BASE_MS + 2 * for_ms).min(cap_ms),
    };
    spread_ms(ceiling.max(window_ms), unit)
}

/// A wait that the server gave as "not before": a little later, so that those who were told the same do not come together.
#[must_use]
pub fn after_ms(told_ms: u64, unit: f64) -> u64 {
    told_ms.saturating_add(spread_ms((told_ms / 8).max(LEAST_SPREAD_MS), unit))
}

/// U(0, window): the server says within which window its clients may come back. `unit` is in [0, 1).
#[must_use]
pub fn spread_ms(window_ms: u64, unit: f64) -> u64 {
    (window_ms as f64 * unit.clamp(0.0, 1.0)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_are_jittered_to_zero() {
        let delay = |attempts, for_ms, window_ms, unit| delay_ms(Trouble { attempts, for_ms, window_ms }, 30_000, unit);
        assert_eq!(delay(0, 0, 0, 0.5), 500);
        assert_eq!(delay(3, 60_000, 0, 0.5), 4_000);
        assert_eq!(delay(400, 600_000, 0, 1.0), 30_000);
        assert_eq!(delay(400, 600_000, 0, 0.0), 0);
        assert_eq!(delay(5, 4_000, 0, 1.0), 9_000, "many failures in a short time");
        assert_eq!(delay(1, 0, 14_000, 0.5), 7_000, "never all of them at once");
        assert_eq!(delay(5, 60_000, 14_000, 0.5), 15_000);
        assert_eq!((after_ms(800, 0.0), after_ms(800, 1.0), after_ms(8_000, 1.0)), (800, 1_050, 9_000));
        assert_eq!(spread_ms(10_000, 0.25), 2_500);
    }
}
