//! Open files: each connection is one, and a process gets only so many.

use std::sync::atomic::{AtomicU64, Ordering};

use chinwag_conversation::time::Elapsed;

/// Sockets at the same time, however many files may be open.
const MOST: usize = 20_000;
/// Files that are kept from sockets: requests, uploads, the database.
const KEPT: u64 = 128;
/// For so long after the system refused one, there are too few, in milliseconds.
const SHORT_MS: u64 = 5_000;

/// How many there may be, and whether they suffice.
#[derive(Debug)]
pub(crate) struct Descriptors {
    sockets: usize,
    /// When the system last refused one, in milliseconds since the start; 0: never.
    refused: AtomicU64,
}

impl Descriptors {
    /// Takes all that the system gives this process, and says how many that are.
    pub(crate) fn raise() -> Self {
        let before = rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(0, |(soft, _)| soft);
        let most = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(before);
        let all = Self::of(most);
        tracing::info!(before, most, sockets = all.sockets, "files that may be open");
        all
    }

    fn of(most: u64) -> Self {
        let sockets = most.saturating_sub(KEPT).max(most / 2);
        Self { sockets: usize::try_from(sockets).unwrap_or(MOST).min(MOST), refused: AtomicU64::new(0) }
    }

    /// Sockets at the same time. Beyond: 503, before anything is spent on the newcomer.
    pub(crate) fn sockets(&self) -> usize {
        self.sockets
    }

    /// The system refused one. Whether that is news.
    pub(crate) fn refused(&self, now: Elapsed) -> bool {
        let before = self.refused.swap(now.0.max(1), Ordering::Relaxed);
        before == 0 || now.0.saturating_sub(before) > SHORT_MS
    }

    /// Whether there were too few a moment ago.
    pub(crate) fn are_short(&self, now: Elapsed) -> bool {
        let refused = self.refused.load(Ordering::Relaxed);
        refused != 0 && now.0.saturating_sub(refused) <= SHORT_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_leave_some_for_the_rest() {
        let sockets = [64, 256, 1_024, 1_048_576, u64::MAX].map(|most| Descriptors::of(most).sockets());
        assert_eq!(sockets, [32, 128, 896, MOST, MOST]);
    }

    #[test]
    fn a_shortage_is_news_once_and_over_after_a_while() {
        let descriptors = Descriptors::of(1_024);
        assert!(!descriptors.are_short(Elapsed(0)));
        assert!(descriptors.refused(Elapsed(0)));
        assert!(!descriptors.refused(Elapsed(100)));
        assert!(descriptors.are_short(Elapsed(5_000)));
        assert!(!descriptors.are_short(Elapsed(5_101)));
        assert!(descriptors.refused(Elapsed(9_000)));
    }
}
