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

/// Full jitter: `attempt` 0 waits U(0, 1 s), attempt n waits U(0, min(cap, 1 s * 2^n)); and all of them U(0, `window_ms`) at
/// least, which the server needs to take everybody back. `unit` is in [0, 1).
#[must_use]
pub fn delay_ms(attempt: u32, window_ms: u64, cap_ms: u64, unit: f64) -> u64 {
    let ceiling = match attempt {
        0 => FIRST_MS,
        n => BASE_MS.saturating_mul(1 << n.min(20)).min(cap_ms),
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
        assert_eq!(delay_ms(0, 0, 30_000, 0.5), 500);
        assert_eq!(delay_ms(3, 0, 30_000, 0.5), 4_000);
        assert_eq!(delay_ms(400, 0, 30_000, 1.0), 30_000);
        assert_eq!(delay_ms(400, 0, 30_000, 0.0), 0);
        assert_eq!(delay_ms(1, 14_000, 30_000, 0.5), 7_000, "never all of them at once");
        assert_eq!(delay_ms(5, 14_000, 30_000, 0.5), 15_000);
        assert_eq!((after_ms(800, 0.0), after_ms(800, 1.0), after_ms(8_000, 1.0)), (800, 1_050, 9_000));
        assert_eq!(spread_ms(10_000, 0.25), 2_500);
    }
}
