//! From SQLite's log (`chinwag.db-wal`) into the database file, away from the thread that commits.
//!
//! SQLite by itself does this inside of a commit, every thousand pages: thousands of writes and two more flushes, for which
//! that commit's senders wait. Here a thread of its own moves the pages while commits go on. It can never move the very last
//! ones while more come, and only a log of which everything was moved begins anew: so when the log is large, the writer itself
//! moves what little is left. And what was deleted stands in the log until that is cut off, which a deletion therefore asks for.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, wal::CheckpointMode};

use super::{BUSY, broken};
use crate::store::StoreError;

/// How long the log gets, in pages of 4 KiB.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Worth a pass.
    worth: usize,
    /// With so many it is to begin anew. Beyond twice as many the writer does not wait for the other thread any more.
    large: usize,
}

/// 32 MiB, and 64 at most: a start after a crash reads all of it.
pub(super) const SIZES: Sizes = Sizes { worth: 1_000, large: 8_000 };

/// How long the writer waits for readers, who are through in less, before the log begins anew.
const READERS: Duration = Duration::from_millis(20);
/// From a deletion to the end of the log that has the text: several deletions are one.
const ERASE: Duration = Duration::from_secs(1);
/// How long commits may have to wait for readers while the log is cut off. Then it is tried again after [`ERASE`].
const CUT: Duration = Duration::from_millis(100);

/// What the two threads know of the log.
#[derive(Debug, Default)]
struct Log {
    /// Pages in it after the last commit.
    pages: AtomicUsize,
    /// Pages that were in the database file after the last pass.
    moved: AtomicUsize,
    /// A pass left little: the writer is to move the rest.
    finish: AtomicBool,
    /// Something was deleted.
    erase: AtomicBool,
    /// Whoever moves pages has it: the log cannot begin anew while somebody else is at it.
    turn: Mutex<()>,
}

impl Log {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks for the log to be cut off.
#[derive(Clone, Debug)]
pub(super) struct Eraser {
    log: Arc<Log>,
    bell: SyncSender<()>,
}

impl Eraser {
    /// To be called after the commit of a deletion.
    pub(super) fn erase_soon(&self) {
        self.log.erase.store(true, Ordering::Relaxed);
        // Full: it is about to look.
        let _ = self.bell.try_send(());
    }
}

/// The writer's side.
pub(super) struct Checkpoints {
    sizes: Sizes,
    /// Pages at the last attempt to begin anew.
    tried: AtomicUsize,
    log: Arc<Log>,
    bell: SyncSender<()>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// `writer` is the connection that commits to the database at `path`.
    pub(super) fn start(path: &Path, writer: &mut Connection, sizes: Sizes) -> Result<Self, StoreError> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(broken)?;
        db.busy_timeout(CUT).map_err(broken)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(broken)?;
        let log = Arc::new(Log::default());
        let theirs = Arc::clone(&log);
        // The hook takes the place of SQLite's own, which would move pages inside of a commit.
        let hook = move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            theirs.pages.store(usize::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(broken)?;
        let (bell, rung) = sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let (theirs, stopped) = (Arc::clone(&log), Arc::clone(&stop));
        let thread = std::thread::Builder::new()
            .name("chinwag-log".into())
            .spawn(move || keep_short(&db, sizes, &theirs, &rung, &stopped))
            .map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(Self { sizes, tried: AtomicUsize::new(0), log, bell, stop, thread })
    }

    pub(super) fn eraser(&self) -> Eraser {
        Eraser { log: Arc::clone(&self.log), bell: self.bell.clone() }
    }

    /// After a commit of `writer`.
    pub(super) fn committed(&self, writer: &Connection) {
        let (pages, moved) = (self.log.pages.load(Ordering::Relaxed), self.log.moved.load(Ordering::Relaxed));
        // Fewer than before: it began anew.
        let moved = if pages < moved { 0 } else { moved };
        let tried = self.tried.load(Ordering::Relaxed);
        let tried = if pages < tried { 0 } else { tried };
        // A reader that stays keeps the log as it is, however often that is asked.
        let late = pages >= 2 * self.sizes.large && pages - tried >= self.sizes.worth;
        // Whoever is at it is waited for only when it must be.
        let finish = self.log.finish.load(Ordering::Relaxed);
        let turn = if late {
            Some(self.log.turn())
        } else if finish {
            self.log.turn.try_lock().ok()
        } else {
            None
        };
        if turn.is_some() {
            self.tried.store(pages, Ordering::Relaxed);
            self.begin_anew(writer);
        } else if pages - moved >= self.sizes.worth {
            // Full: it is about to look.
            let _ = self.bell.try_send(());
        }
    }

    fn begin_anew(&self, writer: &Connection) {
        self.log.finish.store(false, Ordering::Relaxed);
        let _ = writer.busy_timeout(READERS);
        if let Some((_, moved)) = move_pages(writer, CheckpointMode::RESTART) {
            self.log.moved.store(moved, Ordering::Relaxed);
        }
        let _ = writer.busy_timeout(BUSY);
    }

    /// Moves everything, when `writer` commits no more.
    pub(super) fn end(self, writer: &Connection) {
        let Self { bell, stop, thread, .. } = self;
        stop.store(true, Ordering::Relaxed);
        let _ = bell.try_send(());
        let _ = thread.join();
        // Another process may use the database: then it is theirs to end.
        let _ = writer.busy_timeout(CUT);
        move_pages(writer, CheckpointMode::TRUNCATE);
    }
}

/// Pages in the log, and of them in the database file.
fn move_pages(db: &Connection, mode: CheckpointMode) -> Option<(usize, usize)> {
    match db.wal_checkpoint_v2(None::<&str>, mode) {
        Ok((pages, moved)) => Some((usize::try_from(pages).unwrap_or(0), usize::try_from(moved).unwrap_or(0))),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => None,
        Err(error) => {
            tracing::warn!(%error, "the database's log could not be shortened; it grows until it can");
            None
        }
    }
}

fn keep_short(db: &Connection, sizes: Sizes, log: &Log, rung: &Receiver<()>, stopped: &AtomicBool) {
    // What a process that was killed had deleted may still stand there.
    let mut erase_at = Some(Instant::now());
    loop {
        let told = match erase_at {
            Some(at) => rung.recv_timeout(at.saturating_duration_since(Instant::now())),
            None => rung.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        if told == Err(RecvTimeoutError::Disconnected) || stopped.load(Ordering::Relaxed) {
            return;
        }
        let turn = log.turn();
        if let Some((pages, moved)) = move_pages(db, CheckpointMode::PASSIVE) {
            log.moved.store(moved, Ordering::Relaxed);
            // Little is left, unless a reader needs it.
            log.finish.store(pages >= sizes.large && pages - moved.min(pages) < sizes.large, Ordering::Relaxed);
        }
        if log.erase.swap(false, Ordering::Relaxed) {
            erase_at.get_or_insert_with(|| Instant::now() + ERASE);
        }
        if erase_at.is_some_and(|at| at <= Instant::now()) {
            let cut = move_pages(db, CheckpointMode::TRUNCATE).is_some();
            erase_at = (!cut).then(|| Instant::now() + ERASE);
        }
        drop(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(path: &Path) -> Connection {
        let db = Connection::open(path).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        db.pragma_update(None, "synchronous", "OFF").unwrap();
        db.execute_batch("CREATE TABLE line (text TEXT)").unwrap();
        db
    }

    fn pages_of(path: &Path) -> u64 {
        std::fs::metadata(path.with_extension("db-wal")).map_or(0, |file| file.len() / 4_096)
    }

    /// Would catch: a log that grows for as long as commits follow each other without a pause.
    #[test]
    fn the_log_stays_short_while_commits_never_pause() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut db = database(&path);
        let checkpoints = Checkpoints::start(&path, &mut db, Sizes { worth: 20, large: 100 }).unwrap();
        let mut longest = 0;
        for _ in 0..3_000 {
            db.execute("INSERT INTO line VALUES (?1)", ["x".repeat(3_000)]).unwrap();
            checkpoints.committed(&db);
            longest = longest.max(pages_of(&path));
        }
        assert!((20..=300).contains(&longest), "{longest} pages");
        checkpoints.end(&db);
        assert_eq!(pages_of(&path), 0, "and it ends empty");
        let count: u32 = db.query_row("SELECT count(*) FROM line", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 3_000);
    }

    /// Would catch: a reader that stays (a backup) and makes commits fail, or pages that are overwritten under it.
    #[test]
    fn a_reader_that_stays_is_waited_for_and_the_log_begins_anew_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut db = database(&path);
        let checkpoints = Checkpoints::start(&path, &mut db, Sizes { worth: 20, large: 100 }).unwrap();
        let reader = Connection::open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM line").unwrap();
        let add = |count| {
            for _ in 0..count {
                db.execute("INSERT INTO line VALUES (?1)", ["x".repeat(3_000)]).unwrap();
                checkpoints.committed(&db);
            }
        };
        add(400);
        assert!(pages_of(&path) > 400, "the reader needs it");
        let seen: u32 = reader.query_row("SELECT count(*) FROM line", [], |row| row.get(0)).unwrap();
        assert_eq!(seen, 0, "as of one moment");
        reader.execute_batch("COMMIT").unwrap();
        add(400);
        let grown = pages_of(&path);
        add(400);
        assert!(pages_of(&path) <= grown + 200, "{grown} pages, then {}", pages_of(&path));
        checkpoints.end(&db);
    }
}
