//! One clock for the driver: what a client measures and what a message carries are comparable.

use std::{sync::OnceLock, time::Duration};

use chinwag_conversation::{Elapsed, WallTime};
use tokio::time::Instant;

fn start() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now)
}

/// Microseconds since the driver started.
pub(crate) fn micros() -> u64 {
    start().elapsed().as_micros() as u64
}

/// The session machine's time. Never 0, so that the machine's beginning lies in the past.
pub(crate) fn elapsed() -> Elapsed {
    Elapsed(micros() / 1_000 + 1)
}

/// When `at` is reached, not before.
pub(crate) fn instant(at: Elapsed) -> Instant {
    start() + Duration::from_millis(at.0)
}

pub(crate) fn instant_of_micros(at: u64) -> Instant {
    start() + Duration::from_micros(at)
}

/// For ids.
pub(crate) fn wall() -> WallTime {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    WallTime(now.map_or(0, |now| now.as_millis() as u64))
}
