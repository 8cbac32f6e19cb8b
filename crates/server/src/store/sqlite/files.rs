//! What is known of uploaded files.

use chinwag_conversation::{ConversationId, FileId, FileRef, WallTime, entry::FILES, limits};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{broken, found, log};
use crate::store::{FILES_WITHIN_MS, NewFile, Scope, StoreError, Upload};

/// Who uploaded: the columns `visitor` and `agent`, one of which is absent.
fn owner(scope: &Scope) -> (Option<Vec<u8>>, Option<i64>) {
    match scope {
        Scope::Visitor(visitor) => (Some([visitor.site.as_bytes(), b"\0", &visitor.visitor.0].concat()), None),
        Scope::Agent(agent) => (None, Some(agent.agent.0)),
    }
}

fn file(row: &Row<'_>) -> rusqlite::Result<FileRef> {
    Ok(FileRef {
        id: FileId(Uuid::from_bytes(row.get("id")?)),
        name: row.get("name")?,
        media: row.get("media")?,
        size: row.get("size")?,
        width: row.get("width")?,
        height: row.get("height")?,
        path: row.get("path")?,
    })
}

/// Whether `scope` may bring files into a conversation: a visitor into a new one, too.
fn check(db: &Connection, scope: &Scope, conversation: ConversationId) -> Result<(), StoreError> {
    match scope {
        Scope::Visitor(_) if !log::find_any(db, conversation)? => Ok(()),
        _ => log::find(db, scope, conversation).map(|_| ()),
    }
}

pub(super) fn upload(
    db: &Connection,
    scope: &Scope,
    conversation: ConversationId,
    id: FileId,
    now: WallTime,
) -> Result<Upload, StoreError> {
    check(db, scope, conversation)?;
    let (visitor, agent) = owner(scope);
    let known = db
        .prepare_cached("SELECT *, visitor IS ?3 AND agent IS ?4 AS own FROM file WHERE conversation = ?1 AND id = ?2")
        .and_then(|mut q| {
            q.query_row(params![conversation.0.as_bytes(), id.0.as_bytes(), visitor, agent], |row| {
                Ok((row.get::<_, bool>("own")?, file(row)?))
            })
            .optional()
        })
        .map_err(broken)?;
    match known {
        Some((true, file)) => return Ok(Upload::Known(file)),
        Some((false, _)) => return Err(StoreError::NotFound),
        None => {}
    }
    let since = now.0.saturating_sub(FILES_WITHIN_MS);
    let (count, oldest): (u32, Option<u64>) = db
        .prepare_cached("SELECT count(*), min(at) FROM file WHERE conversation = ?1 AND at > ?2")
        .and_then(|mut q| q.query_row(params![conversation.0.as_bytes(), since], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(broken)?;
    match oldest {
        Some(oldest) if count >= limits::FILES_PER_HOUR => {
            Ok(Upload::TooMany { after_ms: (oldest + FILES_WITHIN_MS).saturating_sub(now.0) })
        }
        _ => Ok(Upload::New),
    }
}

pub(super) fn add(db: &Connection, scope: &Scope, new: &NewFile) -> Result<Upload, StoreError> {
    let before = upload(db, scope, new.conversation, new.file.id, new.at)?;
    if before != Upload::New {
        return Ok(before);
    }
    let (visitor, agent) = owner(scope);
    let NewFile { conversation, file, at } = new;
    db.prepare_cached(
        "INSERT INTO file (conversation, id, visitor, agent, name, media, size, width, height, path, at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'uploaded')",
    )
    .and_then(|mut q| {
        q.execute(params![
            conversation.0.as_bytes(),
            file.id.0.as_bytes(),
            visitor,
            agent,
            file.name,
            file.media,
            file.size,
            file.width,
            file.height,
            file.path,
            at.0
        ])
    })
    .map_err(broken)?;
    Ok(Upload::New)
}

/// The upload that an entry names, which can be in one entry only.
pub(super) fn claim(
    db: &Connection,
    scope: &Scope,
    conversation: ConversationId,
    id: FileId,
) -> Result<FileRef, StoreError> {
    let (visitor, agent) = owner(scope);
    let sql = "UPDATE file SET state = 'sent'
               WHERE conversation = ?1 AND id = ?2 AND visitor IS ?3 AND agent IS ?4 AND state = 'uploaded' RETURNING *";
    found(
        db.prepare_cached(sql)
            .and_then(|mut q| q.query_row(params![conversation.0.as_bytes(), id.0.as_bytes(), visitor, agent], file)),
    )
}

pub(super) fn waste(db: &Connection, unsent_before: WallTime) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT path FROM file WHERE state <> 'sent' AND (state = 'deleted' OR at < ?1) LIMIT 100";
    let mut query = db.prepare_cached(sql).map_err(broken)?;
    let rows = query.query_map([unsent_before.0], |row| row.get(0)).map_err(broken)?;
    rows.collect::<Result<_, _>>().map_err(broken)
}

pub(super) fn unknown(db: &Connection, mut keys: Vec<String>) -> Result<Vec<String>, StoreError> {
    // Paths that begin with the key and a slash; '0' is the character after it.
    let mut query =
        db.prepare_cached("SELECT 1 FROM file WHERE path >= ?1 || '/' AND path < ?1 || '0'").map_err(broken)?;
    let mut failed = None;
    keys.retain(|key| match query.exists([format!("{FILES}{key}")]) {
        Ok(known) => !known,
        Err(error) => {
            failed = Some(error);
            false
        }
    });
    failed.map_or(Ok(keys), |error| Err(broken(error)))
}

pub(super) fn forget(db: &Connection, paths: &[String]) -> Result<(), StoreError> {
    let mut delete = db.prepare_cached("DELETE FROM file WHERE path = ?1 AND state <> 'sent'").map_err(broken)?;
    for path in paths {
        delete.execute([path]).map_err(broken)?;
    }
    Ok(())
}
