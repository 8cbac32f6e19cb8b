//! The one thread that writes. It commits in groups: one flush to stable storage answers everybody who waited for it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{broken, checkpoint::Checkpoints};
use crate::store::StoreError;

/// Most operations in one commit.
const GROUP: usize = 64;
/// Longest that a group waits for company, when the last one had company. It waits no longer than that one took to commit: what
/// comes during a commit is company enough for a quick disk.
const GATHER: Duration = Duration::from_millis(2);
/// Operations that may wait. Beyond: [`StoreError::Busy`], at once.
pub(super) const QUEUE: usize = 1_024;
/// Longest that an operation waits for its turn. Later nobody waits for it any more, so it is not done at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// One operation of a group, with its type forgotten.
trait Job: Send {
    fn run(&mut self, db: &Connection) -> Outcome;
    /// Tells the caller; `Err` replaces the result when the group could not be committed.
    fn answer(self: Box<Self>, commit: Result<(), &str>);
}

/// Whether the operation's writes are kept.
#[derive(PartialEq, Eq)]
enum Outcome {
    Keep,
    Undo,
}

struct Typed<T, F> {
    work: Option<F>,
    result: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
    until: Instant,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T, StoreError> + Send> Job for Typed<T, F> {
    fn run(&mut self, db: &Connection) -> Outcome {
        if Instant::now() < self.until
            && let Some(work) = self.work.take()
        {
            self.result = catch_unwind(AssertUnwindSafe(|| work(db)))
                .unwrap_or_else(|_| Err(StoreError::Broken("a write panicked".into())));
        }
        if self.result.is_ok() { Outcome::Keep } else { Outcome::Undo }
    }

    fn answer(self: Box<Self>, commit: Result<(), &str>) {
        let result = match commit {
            Ok(()) => self.result,
            Err(why) => Err(StoreError::Broken(why.into())),
        };
        // Nobody waits any more: the caller gave up, the commit stands.
        let _ = self.reply.send(result);
    }
}

/// The way to the writer thread. Dropping it commits what was accepted and ends the thread.
pub(super) struct Writer {
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicUsize,
    commits: AtomicU64,
    writes: AtomicU64,
}

impl Writer {
    /// `checkpoints` are those of `db`.
    pub(super) fn start(db: Connection, checkpoints: Checkpoints) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let counts = Arc::new(Counts::default());
        let theirs = Arc::clone(&counts);
        let thread = std::thread::Builder::new()
            .name("chinwag-writer".into())
            .spawn(move || write_groups(db, checkpoints, &jobs, &theirs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), counts })
    }

    /// Transactions and operations since the start.
    pub(super) fn done(&self) -> (u64, u64) {
        (self.counts.commits.load(Ordering::Relaxed), self.counts.writes.load(Ordering::Relaxed))
    }

    /// Operations whose transaction did not begin.
    pub(super) fn waiting(&self) -> usize {
        self.counts.waiting.load(Ordering::Relaxed)
    }

    /// Runs `work` in the next group; answers after the commit.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_until(Instant::now() + PATIENCE, work).await
    }

    /// The same, unless its turn comes later than `until`.
    async fn write_until<T: Send + 'static>(
        &self,
        until: Instant,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Typed { work: Some(work), result: Err(StoreError::Busy), reply, until };
        let queue = self.queue.as_ref().ok_or(StoreError::Busy)?;
        self.counts.waiting.fetch_add(1, Ordering::Relaxed);
        queue.try_send(Box::new(job)).map_err(|refused| {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Broken("the writer is gone".into()),
            }
        })?;
        answer.await.map_err(|_| StoreError::Broken("the writer gave no answer".into()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_groups(mut db: Connection, checkpoints: Checkpoints, jobs: &Receiver<Box<dyn Job>>, counts: &Counts) {
    let mut wait = Duration::ZERO;
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        gather(&mut group, jobs, wait);
        counts.waiting.fetch_sub(group.len(), Ordering::Relaxed);
        let began = Instant::now();
        let commit = commit(&mut db, &mut group).map_err(|error| match error {
            StoreError::Broken(text) => text,
            other => format!("{other:?}"),
        });
        wait = if group.len() > 1 { began.elapsed().min(GATHER) } else { Duration::ZERO };
        counts.commits.fetch_add(u64::from(commit.is_ok()), Ordering::Relaxed);
        counts.writes.fetch_add(group.len() as u64, Ordering::Relaxed);
        if let Err(why) = &commit {
            tracing::error!(operations = group.len(), why, "a group could not be committed");
        }
        for job in group {
            job.answer(commit.as_ref().copied().map_err(String::as_str));
        }
        checkpoints.committed(&db);
    }
    checkpoints.end(&db);
}

fn gather(group: &mut Vec<Box<dyn Job>>, jobs: &Receiver<Box<dyn Job>>, wait: Duration) {
    let until = Instant::now() + wait;
    while group.len() < GROUP {
        match jobs.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(job) => group.push(job),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
}

fn commit(db: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let mut tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
    for job in group.iter_mut() {
        let mut part = tx.savepoint().map_err(broken)?;
        if job.run(&part) == Outcome::Undo {
            part.rollback().map_err(broken)?;
        }
        part.commit().map_err(broken)?;
    }
    tx.commit().map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(folder: &std::path::Path) -> Writer {
        let path = folder.join("db");
        let mut db = Connection::open(&path).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        db.execute_batch("CREATE TABLE line (text TEXT)").unwrap();
        let checkpoints = Checkpoints::start(&path, &mut db, super::super::checkpoint::SIZES).unwrap();
        Writer::start(db, checkpoints).unwrap()
    }

    fn add(db: &Connection, text: &str) -> Result<usize, StoreError> {
        db.execute("INSERT INTO line VALUES (?1)", [text]).map_err(broken)
    }

    /// Would catch: work that is done long after its sender was told to try again.
    #[tokio::test]
    async fn what_waited_for_too_long_is_not_done() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let late = writer.write_until(Instant::now(), |db| add(db, "late")).await;
        assert!(matches!(late, Err(StoreError::Busy)), "{late:?}");
        writer.write(|db| add(db, "in time")).await.unwrap();
        let count =
            |db: &Connection| db.query_row("SELECT count(*) FROM line", [], |row| row.get::<_, u32>(0)).map_err(broken);
        assert_eq!(writer.write(count).await.unwrap(), 1_u32);
    }

    #[tokio::test]
    async fn one_that_panics_costs_its_neighbours_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let panics = writer.write::<()>(|_| panic!("on purpose"));
        let (broken, fine) = tokio::join!(panics, writer.write(|db| add(db, "fine")));
        assert!(matches!(broken, Err(StoreError::Broken(_))));
        assert_eq!(fine.unwrap(), 1);
    }
}
