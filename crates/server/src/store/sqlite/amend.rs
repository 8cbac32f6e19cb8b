//! Edits and deletions. Both are entries of their own; a deletion also empties what it means, for good.

use chinwag_conversation::{AuthorKind, Kind, MessageId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{broken, found, log};
use crate::store::{
    Append, Scope, StoreError,
    model::{Written, may_amend, preview},
};

/// The entry that `append` edits or deletes, when `scope` may do that. `None` for other kinds.
pub(super) fn check(db: &Connection, scope: &Scope, append: &Append) -> Result<(), StoreError> {
    let (Kind::Edited { of, .. } | Kind::Deleted { of }) = &append.kind else { return Ok(()) };
    let sql = "SELECT kind, author, agent, at FROM entry WHERE conversation = ?1 AND client_id = ?2";
    let written = found(db.prepare_cached(sql).and_then(|mut q| {
        q.query_row(params![append.conversation.0.as_bytes(), of.0.as_bytes()], |row| {
            let author: String = row.get("author")?;
            Ok(Written {
                kind: log::from_json(row, "kind")?,
                author: log::author_kind(&author),
                agent: row.get::<_, Option<i64>>("agent")?.map(crate::store::AgentId),
                at: chinwag_conversation::WallTime(row.get("at")?),
            })
        })
    }))?;
    if may_amend(scope, &written, &append.kind, append.at) { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Does what the written entry says.
pub(super) fn apply(db: &Connection, append: &Append) -> Result<(), StoreError> {
    match &append.kind {
        Kind::Edited { .. } => relist(db, append),
        Kind::Deleted { of } => {
            empty(db, append, *of)?;
            relist(db, append)
        }
        _ => Ok(()),
    }
}

/// Nothing of the text, of its later forms or of the file stays in the log.
fn empty(db: &Connection, append: &Append, of: MessageId) -> Result<(), StoreError> {
    let conversation = append.conversation.0.as_bytes();
    let json = |kind: &Kind| serde_json::to_string(kind).unwrap_or_default();
    let blank = json(&Kind::Message { text: String::new() });
    db.prepare_cached(
        "UPDATE file SET state = 'deleted' WHERE (conversation, id) IN (SELECT conversation, file FROM (
           SELECT conversation, unhex(replace(json_extract(kind, '$.file.file.id'), '-', '')) AS file FROM entry
           WHERE conversation = ?1 AND client_id = ?2) WHERE file IS NOT NULL)",
    )
    .and_then(|mut q| q.execute(params![conversation, of.0.as_bytes()]))
    .map_err(broken)?;
    db.prepare_cached("UPDATE entry SET kind = ?3, message = 0 WHERE conversation = ?1 AND client_id = ?2")
        .and_then(|mut q| q.execute(params![conversation, of.0.as_bytes(), blank]))
        .map_err(broken)?;
    let edited = json(&Kind::Edited { of, text: String::new() });
    db.prepare_cached(
        "UPDATE entry SET kind = ?3 WHERE conversation = ?1 AND of = ?2 AND json_type(kind, '$.edited') IS NOT NULL",
    )
    .and_then(|mut q| q.execute(params![conversation, of.0.as_bytes(), edited]))
    .map_err(broken)?;
    Ok(())
}

/// The conversation's line in lists, as its newest message reads now.
fn relist(db: &Connection, append: &Append) -> Result<(), StoreError> {
    let conversation = append.conversation.0.as_bytes();
    let newest = db
        .prepare_cached(
            "SELECT author, client_id, kind FROM entry WHERE conversation = ?1 AND message = 1 ORDER BY seq DESC LIMIT 1",
        )
        .and_then(|mut q| {
            q.query_row([conversation], |row| {
                let author: String = row.get("author")?;
                Ok((author, row.get::<_, [u8; 16]>("client_id")?, log::from_json::<Kind>(row, "kind")?))
            })
            .optional()
        })
        .map_err(broken)?;
    let (by, text) = match newest {
        None => (log::word(AuthorKind::Visitor).to_owned(), String::new()),
        Some((author, id, kind)) => {
            (author, latest(db, conversation, &id)?.map_or_else(|| preview(&kind), |k| preview(&k)))
        }
    };
    db.prepare_cached(
        "UPDATE conversation SET preview = ?2, preview_by = ?3,
         unread = (SELECT count(*) FROM entry WHERE conversation = ?1 AND seq > agent_read
                   AND author = 'visitor' AND message = 1) WHERE id = ?1",
    )
    .and_then(|mut q| q.execute(params![conversation, text, by]))
    .map_err(broken)?;
    Ok(())
}

/// The newest edit of an entry.
fn latest(db: &Connection, conversation: &[u8; 16], of: &[u8; 16]) -> Result<Option<Kind>, StoreError> {
    db.prepare_cached("SELECT kind FROM entry WHERE conversation = ?1 AND of = ?2 ORDER BY seq DESC LIMIT 1")
        .and_then(|mut q| q.query_row(params![conversation, of], |row| log::from_json(row, "kind")).optional())
        .map_err(broken)
}
