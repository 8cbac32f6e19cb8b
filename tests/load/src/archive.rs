//! A house with a long past, and the operator's hand in its database: a second connection to the running server's file.

use std::path::PathBuf;

use rusqlite::{Connection, params};

/// What the lists are read by.
const INDEX: &str = "conversation_inbox";

/// See the module.
pub(crate) struct Archive {
    file: PathBuf,
    /// How the index is made, as the server made it.
    index: String,
}

fn told(error: rusqlite::Error) -> String {
    format!("the database: {error}")
}

impl Archive {
    /// Fills the database with `conversations` that were closed long ago, each of a visitor of its own. Only what lists show:
    /// they have no entries, so they are no part of the feed either.
    pub(crate) fn fill(file: PathBuf, conversations: u32) -> Result<Self, String> {
        let mut db = Connection::open(&file).map_err(told)?;
        let read = "SELECT sql FROM sqlite_schema WHERE name = ?1";
        let index = db.query_row(read, [INDEX], |row| row.get(0)).map_err(told)?;
        let tx = db.transaction().map_err(told)?;
        tx.execute("INSERT OR IGNORE INTO site (name, created_at) VALUES ('demo', 1)", []).map_err(told)?;
        let visitors = "WITH RECURSIVE past (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < ?1)
            INSERT INTO visitor (id, site, hash, created_at) SELECT n, 'demo', randomblob(32), 1 FROM past";
        let lines = "WITH RECURSIVE past (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < ?1)
            INSERT INTO conversation (id, visitor, state, top, preview, preview_by, context, started_at, updated_at)
            SELECT randomblob(16), n, 'closed', 0, 'How often do I water a fern that stands by a window to the north?',
            'visitor', '{\"title\":\"Ferns that like the shade\"}', n * 1000, n * 1000 FROM past";
        for sql in [visitors, lines] {
            tx.execute(sql, params![conversations]).map_err(told)?;
        }
        tx.commit().map_err(told)?;
        Ok(Self { file, index })
    }

    /// From here on every list is read and sorted as a whole, whatever the server does.
    pub(crate) fn lose_index(&self) -> Result<(), String> {
        self.execute(&format!("DROP INDEX {INDEX}"))
    }

    /// The repair.
    pub(crate) fn make_index(&self) -> Result<(), String> {
        self.execute(&self.index)
    }

    fn execute(&self, sql: &str) -> Result<(), String> {
        let db = Connection::open(&self.file).map_err(told)?;
        db.busy_timeout(std::time::Duration::from_secs(10)).map_err(told)?;
        db.execute_batch(sql).map_err(told)
    }
}
