//! The default engine: SQLite in one file, WAL, flushed to stable storage at every commit.

mod amend;
mod checkpoint;
mod copy;
mod feed;
mod files;
mod log;
mod people;
mod readers;
mod results;
mod writer;

use std::{path::Path, time::Duration};

use chinwag_conversation::{
    ConversationId, CursorReport, Entry, Event, FileId, Kind, Range, StreamState, Summary, WallTime,
};
use rusqlite::{Connection, OptionalExtension};

use self::{
    checkpoint::{Checkpoints, Eraser, SIZES},
    feed::Feed,
    readers::Readers,
    writer::Writer,
};
use super::{
    AgentId, AgentRow, AgentScope, Answer, Append, Appended, Counted, Counts, Credential, Day, Figures, Hash,
    InboxQuery, Intent, Invitation, Me, Moved, NewAgent, NewFile, Operator, Redeemed, Scope, Slice, Store, StoreError,
    Upload, VisitorScope,
};

/// How long a connection waits for another process (`chinwag agent add` beside a running server).
const BUSY: Duration = Duration::from_secs(5);
/// Every step from one `user_version` to the next.
const MIGRATIONS: [&str; 4] = [
    include_str!("sqlite/schema/1.sql"),
    include_str!("sqlite/schema/2.sql"),
    include_str!("sqlite/schema/3.sql"),
    include_str!("sqlite/schema/4.sql"),
];

pub(crate) struct Sqlite {
    epoch: u64,
    // Readers end first: the writer then has the log to itself.
    readers: Readers,
    writer: Writer,
    feed: Feed,
    eraser: Eraser,
}

/// The engine's error, for the log; what was ended because it took too long may work later.
fn broken(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => StoreError::Busy,
        _ => StoreError::Broken(error.to_string()),
    }
}

impl Sqlite {
    /// Opens the file at `path`, or makes it. `now` names the epoch of a new file.
    pub(crate) fn open(path: &Path, now: WallTime) -> Result<Self, StoreError> {
        let mut db = Connection::open(path).map_err(broken)?;
        db.busy_timeout(BUSY).map_err(broken)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(broken)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(broken)?;
        db.pragma_update(None, "foreign_keys", "ON").map_err(broken)?;
        // What was deleted is overwritten, not only forgotten.
        db.pragma_update(None, "secure_delete", "ON").map_err(broken)?;
        // No file has to be opened in the middle of a commit.
        db.pragma_update(None, "temp_store", "MEMORY").map_err(broken)?;
        db.set_prepared_statement_cache_capacity(64);
        migrate(&mut db)?;
        let epoch = epoch(&db, now)?;
        let readers = Readers::open(path)?;
        let checkpoints = Checkpoints::start(path, &mut db, SIZES)?;
        let eraser = checkpoints.eraser();
        let writer = Writer::start(db, checkpoints).map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(Self { epoch, readers, writer, feed: Feed::default(), eraser })
    }

    fn write<'a, T: Send + 'static>(
        &'a self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(self.writer.write(work))
    }

    /// A write after which nothing of what it deleted is to stay in the database's files.
    fn erasing<'a, T: Send + 'static>(&'a self, written: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(async {
            let written = written.await;
            if written.is_ok() {
                self.eraser.erase_soon();
            }
            written
        })
    }

    fn read<'a, T: Send + 'static>(
        &'a self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(self.readers.messages.read(work))
    }

    /// A read whose cost may grow with all that there ever was.
    fn list<'a, T: Send + 'static>(
        &'a self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        Box::pin(self.readers.lists.read(work))
    }
}

fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(broken)?;
    let have: usize = tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(broken)?;
    if have > MIGRATIONS.len() {
        let text = format!("the data were written by a newer version of chinwag (schema {have})");
        return Err(StoreError::Broken(text));
    }
    for step in &MIGRATIONS[have..] {
        tx.execute_batch(step).map_err(broken)?;
    }
    tx.pragma_update(None, "user_version", MIGRATIONS.len()).map_err(broken)?;
    tx.commit().map_err(broken)
}

fn epoch(db: &Connection, now: WallTime) -> Result<u64, StoreError> {
    db.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('epoch', ?1)", [now.0.max(1)]).map_err(broken)?;
    db.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0)).map_err(broken)
}

impl Store for Sqlite {
    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn append(&self, scope: &Scope, append: Append) -> Answer<'_, Appended> {
        let (scope, deletes) = (scope.clone(), matches!(append.kind, Kind::Deleted { .. }));
        let written = self.write(move |db| log::append(db, &scope, append));
        if deletes { self.erasing(written) } else { written }
    }

    fn entries(
        &self,
        scope: &Scope,
        conversation: ConversationId,
        range: Range,
        limit: usize,
    ) -> Answer<'_, Slice<Entry>> {
        let scope = scope.clone();
        self.read(move |db| log::entries(db, &scope, conversation, range, limit))
    }

    fn standing(&self, scope: &Scope, conversation: ConversationId) -> Answer<'_, StreamState> {
        let (scope, epoch) = (scope.clone(), self.epoch);
        self.read(move |db| log::standing(db, &scope, conversation, epoch))
    }

    fn owner(&self, scope: &Scope, conversation: ConversationId) -> Answer<'_, VisitorScope> {
        let scope = scope.clone();
        self.read(move |db| log::owner(db, &scope, conversation))
    }

    fn newest_open(&self, scope: &VisitorScope) -> Answer<'_, Option<ConversationId>> {
        let scope = scope.clone();
        self.read(move |db| log::newest_open(db, &scope))
    }

    fn report(&self, scope: &Scope, report: CursorReport) -> Answer<'_, Option<Moved>> {
        let scope = scope.clone();
        self.write(move |db| log::report(db, &scope, report))
    }

    fn feed(&self, _: &AgentScope, range: Range, limit: usize) -> Answer<'_, Slice<Event>> {
        let epoch = self.epoch;
        let read = move || self.read(move |db| log::feed(db, range, limit, epoch));
        Box::pin(self.feed.read((range, limit), self.writer.done().0, read))
    }

    fn feed_top(&self, _: &AgentScope) -> Answer<'_, u64> {
        self.read(log::feed_top)
    }

    fn inbox(&self, _: &AgentScope, query: InboxQuery) -> Answer<'_, Vec<Summary>> {
        self.list(move |db| log::inbox(db, query))
    }

    fn summary(&self, _: &AgentScope, conversation: ConversationId) -> Answer<'_, Summary> {
        self.read(move |db| log::summary(db, conversation))
    }

    fn set_intent(&self, scope: &AgentScope, intent: Intent) -> Answer<'_, ()> {
        let agent = scope.agent;
        self.write(move |db| people::set_intent(db, agent, intent))
    }

    fn credential(&self, email: &str) -> Answer<'_, Credential> {
        let email = email.to_owned();
        self.read(move |db| people::credential(db, &email))
    }

    fn open_session(&self, agent: AgentId, hash: Hash, expires_at: WallTime) -> Answer<'_, ()> {
        self.write(move |db| people::open_session(db, agent, hash, expires_at))
    }

    fn session(&self, hash: Hash, now: WallTime) -> Answer<'_, (Me, WallTime)> {
        self.read(move |db| people::session(db, hash, now))
    }

    fn extend_session(&self, hash: Hash, expires_at: WallTime) -> Answer<'_, ()> {
        self.write(move |db| people::extend_session(db, hash, expires_at))
    }

    fn close_session(&self, hash: Hash) -> Answer<'_, ()> {
        self.write(move |db| people::close_session(db, hash))
    }

    fn redeem(&self, code: Hash, new: NewAgent) -> Answer<'_, Redeemed> {
        self.write(move |db| people::redeem(db, code, &new))
    }

    fn invitation(&self, code: Hash) -> Answer<'_, Invitation> {
        self.read(move |db| people::invitation(db, code))
    }

    fn invite(&self, _: &Operator, code: Hash, invitation: Invitation) -> Answer<'_, ()> {
        self.write(move |db| people::invite(db, code, &invitation))
    }

    fn agents(&self, _: &Operator) -> Answer<'_, Vec<AgentRow>> {
        self.list(people::agents)
    }

    fn taken(&self, _: &Operator) -> Answer<'_, Vec<(AgentId, u32)>> {
        self.read(log::taken)
    }

    fn upload(&self, scope: &Scope, conversation: ConversationId, id: FileId, now: WallTime) -> Answer<'_, Upload> {
        let scope = scope.clone();
        self.read(move |db| files::upload(db, &scope, conversation, id, now))
    }

    fn add_file(&self, scope: &Scope, file: NewFile) -> Answer<'_, Upload> {
        let scope = scope.clone();
        self.write(move |db| files::add(db, &scope, &file))
    }

    fn waste(&self, _: &Operator, unsent_before: WallTime) -> Answer<'_, Vec<String>> {
        self.list(move |db| files::waste(db, unsent_before))
    }

    fn unknown_files(&self, _: &Operator, keys: Vec<String>) -> Answer<'_, Vec<String>> {
        self.list(move |db| files::unknown(db, keys))
    }

    fn forget_files(&self, _: &Operator, paths: Vec<String>) -> Answer<'_, ()> {
        self.erasing(self.write(move |db| files::forget(db, &paths)))
    }

    fn add_results(&self, site: &str, day: Day, counts: Vec<(Counted, Counts)>) -> Answer<'_, ()> {
        let site = site.to_owned();
        self.write(move |db| results::add(db, &site, day, &counts))
    }

    fn results(&self, _: &AgentScope, site: &str, from: Day, to: Day) -> Answer<'_, Vec<(Counted, Counts)>> {
        let site = site.to_owned();
        self.list(move |db| results::read(db, &site, from, to))
    }

    fn figures(&self) -> Figures {
        let (commits, writes) = self.writer.done();
        Figures {
            commits,
            writes,
            waiting_writes: self.writer.waiting(),
            most_writes: writer::QUEUE,
            messages: self.readers.messages.figures(),
            lists: self.readers.lists.figures(),
        }
    }

    fn probe(&self, _: &Operator) -> Answer<'_, ()> {
        Box::pin(async {
            // A transaction that changes nothing would succeed on a full disk.
            let write = "INSERT INTO meta VALUES ('probe', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1";
            self.writer.write(move |db| db.execute(write, []).map(|_| ()).map_err(broken)).await?;
            self.readers.messages.read(|db| db.query_row("SELECT 1", [], |_| Ok(())).map_err(broken)).await
        })
    }
}

/// `NotFound` for "no row", the engine's error for the rest.
fn found<T>(result: rusqlite::Result<T>) -> Result<T, StoreError> {
    result.optional().map_err(broken)?.ok_or(StoreError::NotFound)
}
