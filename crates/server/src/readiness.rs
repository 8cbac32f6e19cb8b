//! Whether the store takes work, asked at most once a second however many ask us.

use chinwag_conversation::time::Elapsed;
use tokio::sync::Mutex;

use crate::store::{Operator, SharedStore};

/// How long an answer counts, in milliseconds: a probe is a commit, and anybody may ask.
const FRESH_MS: u64 = 1_000;

/// What the store last said, and when.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Elapsed, bool)>>);

impl Readiness {
    /// Whether the store reads and writes.
    pub(crate) async fn is_ready(&self, store: &SharedStore, now: Elapsed) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, said)) = *last
            && now.since(at) < FRESH_MS
        {
            return said;
        }
        let probed = store.probe(&Operator).await;
        if let Err(error) = &probed {
            tracing::warn!(?error, "not ready");
        }
        *last = Some((now, probed.is_ok()));
        probed.is_ok()
    }
}
