//! A few read-only connections, apart from the writer: a slow list never holds up a commit.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::broken;
use crate::store::StoreError;

const CONNECTIONS: usize = 4;
/// Reads that may wait. Beyond: [`StoreError::Busy`], at once.
pub(super) const QUEUE: usize = 1_024;

pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Counts a read that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let db = Connection::open_with_flags(path, flags).map_err(broken)?;
            db.busy_timeout(super::BUSY).map_err(broken)?;
            db.set_prepared_statement_cache_capacity(64);
            Ok(db)
        };
        let idle = (0..CONNECTIONS).map(|_| open()).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Self {
            idle: Arc::new(Mutex::new(idle)),
            free: Arc::new(Semaphore::new(CONNECTIONS)),
            waiting: AtomicUsize::new(0),
        })
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// A turn, when not too many wait for theirs.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= QUEUE {
            return Err(StoreError::Busy);
        }
        Arc::clone(&self.free).acquire_owned().await.map_err(|_| StoreError::Busy)
    }

    /// Runs `work` on a connection of its own, off the async threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.turn().await?;
        let idle = Arc::clone(&self.idle);
        let task = tokio::task::spawn_blocking(move || {
            // As many connections as permits: there is one unless a panic lost it.
            let _permit = permit;
            let db = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let db = db.ok_or_else(|| StoreError::Broken("no reader left".into()))?;
            let lent = Lent { db: Some(db), idle };
            lent.db.as_ref().map_or(Err(StoreError::Busy), work)
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
