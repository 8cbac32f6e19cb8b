//! When to try again. The server's hint wins over everything here.

use crate::frame::Side;

/// A first retry waits U(0, 1 s): never zero, or a fleet comes back in one instant.
const FIRST_MS: u64 = 1_000;
const BASE_MS: u64 = 1_000;

/// Longest wait between two attempts, in milliseconds.
#[must_use]
pub fn cap_ms(side: Side) -> u64 {
    match side {
        Side::Agent => 30_000,
        Side::Visitor => 120_000,
    }
}

/// Full jitter: `attempt` 0 waits U(0, 1 s), attempt n waits U(0, min(cap, 1 s * 2^n)). `unit` is in [0, 1).
#[must_use]
pub fn delay_ms(attempt: u32, cap_ms: u64, unit: f64) -> u64 {
    let ceiling = match attempt {
        0 => FIRST_MS,
        n => BASE_MS.saturating_mul(1 << n.min(20)).min(cap_ms),
    };
    spread_ms(ceiling, unit)
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
        assert_eq!(delay_ms(0, 30_000, 0.5), 500);
        assert_eq!(delay_ms(3, 30_000, 0.5), 4_000);
        assert_eq!(delay_ms(400, 30_000, 1.0), 30_000);
        assert_eq!(delay_ms(400, 30_000, 0.0), 0);
        assert_eq!(spread_ms(10_000, 0.25), 2_500);
    }
}
