//! The database as one file, as of one moment, while others write into it.

use std::path::Path;

use chinwag_conversation::WallTime;
use rusqlite::{Connection, OpenFlags};

use super::{BUSY, Sqlite, broken, migrate};
use crate::store::StoreError;

impl Sqlite {
    /// Copies the database `from` into the new file `to`, flushed. Reads in one transaction, so writers do not wait and
    /// the copy is what it was when the call began. Nothing that was deleted is in the copy.
    pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
        let db = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(broken)?;
        db.busy_timeout(BUSY).map_err(broken)?;
        let name = to.to_str().ok_or_else(|| StoreError::Broken("the path is not UTF-8".into()))?;
        db.execute("VACUUM INTO ?1", [name]).map_err(broken)?;
        sound(to)?;
        // SQLite does not flush such a file by itself.
        let flushed = std::fs::File::open(to).and_then(|file| file.sync_all());
        flushed.map_err(|error| StoreError::Broken(error.to_string()))
    }

    /// Gives a restored database a new epoch, and forgets who was signed in and which links were open.
    pub(crate) fn renew(path: &Path, now: WallTime) -> Result<(), StoreError> {
        sound(path)?;
        let mut db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(broken)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(broken)?;
        migrate(&mut db)?;
        let tx = db.transaction().map_err(broken)?;
        tx.execute("UPDATE meta SET value = max(value + 1, ?1) WHERE key = 'epoch'", [now.0]).map_err(broken)?;
        tx.execute_batch("DELETE FROM agent_session; DELETE FROM invitation;").map_err(broken)?;
        tx.commit().map_err(broken)
    }
}

fn sound(path: &Path) -> Result<(), StoreError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(broken)?;
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(broken)?;
    if said == "ok" { Ok(()) } else { Err(StoreError::Broken(format!("the database is damaged: {said}"))) }
}
