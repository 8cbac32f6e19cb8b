//! Read-only connections, apart from the writer and in two pools, so that nothing slow holds up what is quick: commits have
//! a connection of their own, and messages never wait for lists.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use super::broken;
use crate::store::{Reads, StoreError};

/// Reads of one pool that may wait. Beyond: [`StoreError::Busy`], at once.
const QUEUE: usize = 1_024;
/// How long a read waits for its turn. Later it is not done at all: soon nobody would wait for it any more.
const TURN: Duration = Duration::from_secs(4);
/// How long it may take then. Both together stay below what a request may take.
const RUN: Duration = Duration::from_secs(5);
/// Steps of SQLite's machine between two looks at the clock: well below a millisecond.
const STEPS: i32 = 10_000;

/// All reading connections.
pub(super) struct Readers {
    /// What is found by its key, whatever else there is: logs, the feed, who is signed in.
    pub(super) messages: Pool,
    /// What may grow with all that there ever was: lists, reports, sweeps.
    pub(super) lists: Pool,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { messages: Pool::open(path, 4)?, lists: Pool::open(path, 2)? })
    }
}

/// Some connections, and those who wait for one, first come, first served.
pub(super) struct Pool {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    done: AtomicU64,
    given_up: AtomicU64,
    longest_wait_ms: AtomicU64,
}

/// Counts a read that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    fn open(path: &Path, connections: usize) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let db = Connection::open_with_flags(path, flags).map_err(broken)?;
            db.busy_timeout(super::BUSY).map_err(broken)?;
            db.set_prepared_statement_cache_capacity(64);
            Ok(db)
        };
        let idle = (0..connections).map(|_| open()).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Self {
            idle: Arc::new(Mutex::new(idle)),
            free: Arc::new(Semaphore::new(connections)),
            waiting: AtomicUsize::new(0),
            done: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            longest_wait_ms: AtomicU64::new(0),
        })
    }

    pub(super) fn figures(&self) -> Reads {
        Reads {
            waiting: self.waiting.load(Ordering::Relaxed),
            most: QUEUE,
            done: self.done.load(Ordering::Relaxed),
            given_up: self.given_up.load(Ordering::Relaxed),
            longest_wait_ms: self.longest_wait_ms.load(Ordering::Relaxed),
        }
    }

    /// Runs `work` on a connection of its own, off the async threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.read_within(TURN, RUN, work).await
    }

    /// The same, unless its turn does not come within `turn`, or `run` is over before it is.
    async fn read_within<T: Send + 'static>(
        &self,
        turn: Duration,
        run: Duration,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let read = match self.turn(turn).await {
            Ok(permit) => self.run(permit, run, work).await,
            Err(late) => Err(late),
        };
        let count = if matches!(read, Err(StoreError::Busy)) { &self.given_up } else { &self.done };
        count.fetch_add(1, Ordering::Relaxed);
        read
    }

    /// A turn, when not too many wait for theirs.
    async fn turn(&self, within: Duration) -> Result<OwnedSemaphorePermit, StoreError> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= QUEUE {
            return Err(StoreError::Busy);
        }
        let asked = Instant::now();
        let turn = timeout_at(asked + within, Arc::clone(&self.free).acquire_owned()).await;
        let waited = asked.elapsed();
        match turn {
            Ok(Ok(permit)) if waited <= within => {
                self.longest_wait_ms.fetch_max(waited.as_millis() as u64, Ordering::Relaxed);
                Ok(permit)
            }
            _ => Err(StoreError::Busy),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        permit: OwnedSemaphorePermit,
        within: Duration,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let idle = Arc::clone(&self.idle);
        let task = tokio::task::spawn_blocking(move || {
            // As many connections as permits: there is one unless a panic lost it.
            let _permit = permit;
            let db = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let db = db.ok_or_else(|| StoreError::Broken("no reader left".into()))?;
            let mut lent = Lent { db: Some(db), idle };
            lent.db.as_mut().map_or(Err(StoreError::Busy), |db| {
                let until = Instant::now() + within;
                // What goes on for too long ends as interrupted.
                db.progress_handler(STEPS, Some(move || Instant::now() >= until)).map_err(broken)?;
                work(db)
            })
        });
        task.await.map_err(|_| StoreError::Broken("a read panicked".into()))?
    }
}

/// Gives the connection back, whatever happens.
struct Lent {
    db: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(db) = self.db.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use tokio::task::JoinHandle;

    use super::*;

    const PLENTY: Duration = Duration::from_secs(60);

    fn readers() -> (tempfile::TempDir, Arc<Readers>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE line (text TEXT)").unwrap();
        (folder, Arc::new(Readers::open(&path).unwrap()))
    }

    /// Two reads that have the lists' connections until the senders are dropped.
    async fn slow_lists(readers: &Arc<Readers>) -> Vec<(Sender<()>, JoinHandle<Result<(), StoreError>>)> {
        let mut slow = Vec::new();
        for _ in 0..2 {
            let (go_on, wait) = channel();
            let (began, begun) = tokio::sync::oneshot::channel();
            let readers = Arc::clone(readers);
            let read = tokio::spawn(async move {
                let work = move |_: &Connection| {
                    let _ = began.send(());
                    let _ = wait.recv();
                    Ok(())
                };
                readers.lists.read(work).await
            });
            begun.await.unwrap();
            slow.push((go_on, read));
        }
        slow
    }

    /// Would catch: one pool for both, in which whoever asks for a list stands before everybody's messages.
    #[tokio::test]
    async fn messages_do_not_wait_for_lists() {
        let (_folder, readers) = readers();
        let slow = slow_lists(&readers).await;
        tokio::time::timeout(PLENTY, readers.messages.read(|_| Ok(()))).await.expect("no turn").unwrap();
        for (go_on, read) in slow {
            drop(go_on);
            read.await.unwrap().unwrap();
        }
    }

    /// Would catch: lists that are read although whoever asked has gone, or was told to come again.
    #[tokio::test]
    async fn what_waited_for_too_long_or_was_left_is_not_done() {
        let (_folder, readers) = readers();
        let slow = slow_lists(&readers).await;
        let done = Arc::new(AtomicUsize::new(0));
        let count = |done: &Arc<AtomicUsize>| {
            let done = Arc::clone(done);
            move |_: &Connection| Ok(done.fetch_add(1, Ordering::Relaxed))
        };
        let late = readers.lists.read_within(Duration::from_millis(5), PLENTY, count(&done)).await;
        assert!(matches!(late, Err(StoreError::Busy)), "{late:?}");
        let left = tokio::time::timeout(Duration::from_millis(5), readers.lists.read(count(&done))).await;
        assert!(left.is_err());
        let patient = tokio::spawn({
            let (readers, count) = (Arc::clone(&readers), count(&done));
            async move { readers.lists.read(count).await }
        });
        for (go_on, read) in slow {
            drop(go_on);
            read.await.unwrap().unwrap();
        }
        assert_eq!(patient.await.unwrap().unwrap(), 0, "the first that was done");
        let Reads { waiting, done, given_up, longest_wait_ms, .. } = readers.lists.figures();
        assert_eq!((waiting, done, given_up), (0, 3, 1));
        assert!(longest_wait_ms < TURN.as_millis() as u64, "{longest_wait_ms} ms");
    }

    /// Would catch: a connection that is lost to a query that does not end, and a limit that the next read inherits.
    #[tokio::test]
    async fn what_takes_too_long_is_ended_and_the_next_one_has_its_own_time() {
        let (_folder, readers) = readers();
        let endless = |db: &Connection| {
            let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
            db.query_row(sql, [], |row| row.get::<_, u64>(0)).map_err(broken)
        };
        for _ in 0..2 {
            let read = readers.lists.read_within(PLENTY, Duration::from_millis(20), endless);
            let ended = tokio::time::timeout(PLENTY, read).await.expect("it goes on");
            assert!(matches!(ended, Err(StoreError::Busy)), "{ended:?}");
        }
        let sql =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n";
        let fine = readers.lists.read(|db| db.query_row(sql, [], |row| row.get::<_, u64>(0)).map_err(broken)).await;
        assert_eq!(fine.unwrap(), 100_000);
    }
}
