//! Reading the feed for many agents at once. A commit wakes all of them, and most stand at the same place: the first one
//! reads, the others take the same.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use chinwag_conversation::{Event, Range};
use tokio::sync::OnceCell;

use crate::store::{Slice, StoreError};

/// Places of the feed that are kept: agents who are a little behind read elsewhere.
const PLACES: usize = 8;

/// Which part of the feed: a range, and how many at most.
type Part = (Range, usize);

/// What was read of one part, or is being read.
#[derive(Debug)]
struct Reading {
    part: Part,
    /// Commits before the reading began: after another one it says nothing any more.
    commits: u64,
    slice: Arc<OnceCell<Slice<Event>>>,
}

/// The newest readings, oldest first.
#[derive(Debug, Default)]
pub(super) struct Feed(Mutex<Vec<Reading>>);

impl Feed {
    /// The part as it is after at least `commits` transactions: what somebody else reads or has read, as long as nothing was
    /// committed since that reading began; else what `read` brings.
    pub(super) async fn read<R>(
        &self,
        part: Part,
        commits: u64,
        read: impl FnOnce() -> R + Send,
    ) -> Result<Slice<Event>, StoreError>
    where
        R: Future<Output = Result<Slice<Event>, StoreError>> + Send,
    {
        let slice = self.place(part, commits);
        // Who reads may be cancelled; then the next one does it.
        slice.get_or_try_init(read).await.cloned()
    }

    fn place(&self, part: Part, commits: u64) -> Arc<OnceCell<Slice<Event>>> {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Older than that is of no use to anybody.
        readings.retain(|reading| reading.commits >= commits);
        if let Some(reading) = readings.iter().find(|reading| reading.part == part) {
            return Arc::clone(&reading.slice);
        }
        if readings.len() >= PLACES {
            readings.remove(0);
        }
        let slice = Arc::<OnceCell<_>>::default();
        readings.push(Reading { part, commits, slice: Arc::clone(&slice) });
        slice
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    const PART: Part = (Range::After(3), 200);

    async fn read(feed: &Feed, part: Part, commits: u64, reads: &AtomicU64) -> u64 {
        let read = || async {
            tokio::task::yield_now().await;
            Ok(Slice { items: Vec::new(), top: reads.fetch_add(1, Ordering::Relaxed) })
        };
        feed.read(part, commits, read).await.unwrap().top
    }

    /// Would catch: a read for each agent and wake-up, and one that is served although something was committed since.
    #[tokio::test]
    async fn a_wake_up_is_read_once_and_nothing_older_is_served() {
        let (feed, reads) = (Feed::default(), AtomicU64::new(0));
        let all = [0; 8].map(|_| read(&feed, PART, 7, &reads));
        let tops = futures_util::future::join_all(all).await;
        assert_eq!(tops, [0; 8], "eight agents, one read");
        assert_eq!(read(&feed, PART, 7, &reads).await, 0, "nothing was committed since");
        assert_eq!(read(&feed, PART, 8, &reads).await, 1, "something was");
        assert_eq!(read(&feed, (Range::After(4), 200), 8, &reads).await, 2, "another place");
        assert_eq!(read(&feed, (Range::After(3), 20), 8, &reads).await, 3, "another length");
        assert_eq!(read(&feed, PART, 7, &reads).await, 1, "newer than asked for is as good");
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_few_places_are() {
        let (feed, reads) = (Feed::default(), AtomicU64::new(0));
        let broken = feed.read(PART, 1, || async { Err(StoreError::Busy) }).await;
        assert!(broken.is_err());
        assert_eq!(read(&feed, PART, 1, &reads).await, 0);
        for place in 10..100 {
            read(&feed, (Range::After(place), 200), 1, &reads).await;
        }
        assert_eq!(feed.0.lock().unwrap().len(), PLACES);
    }
}
