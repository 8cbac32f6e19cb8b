//! What the journeys are told with: a real server process, real browsers, host pages on an origin of their own, and the people.
//!
//! Everything waits on a condition with [`until`]; nothing waits for a duration.

pub mod address;
pub mod agent;
pub mod browser;
mod engine;
pub mod host;
pub mod proxy;
pub mod server;
pub mod visitor;

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// How long a condition may take to come true before the journey fails. Generous: a shared machine may be slow, never wrong.
const PATIENCE: Duration = Duration::from_secs(45);

/// Looks again and again until `look` finds something.
///
/// # Panics
/// With `what`, when nothing was found in time.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let start = Instant::now();
    loop {
        // A browser that hangs must not hang the rest.
        let found = tokio::time::timeout(PATIENCE, look()).await;
        if let Ok(Some(found)) = found {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "in vain waited until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
