//! Conversations, their entries and the feed.

use std::sync::Arc;

use chinwag_conversation::{
    Author, AuthorKind, ConversationId, CursorReport, Entry, Event, Kind, MessageId, Range, Side, Stream, StreamState,
    Summary, WallTime, frame::ConversationState,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{amend, broken, files, found};
use crate::store::{
    AgentId, Append, Appended, Hash, InboxQuery, Moved, Place, Scope, Slice, StoreError, VisitorScope,
    model::{is_message, preview},
};

/// What an append needs to know of its conversation.
pub(super) struct Standing {
    visitor: i64,
    owner: VisitorScope,
    visitor_name: Option<String>,
    taken: bool,
    top: u64,
}

pub(super) fn word(author: AuthorKind) -> &'static str {
    match author {
        AuthorKind::Visitor => "visitor",
        AuthorKind::Agent => "agent",
        AuthorKind::Bot => "bot",
        AuthorKind::System => "system",
    }
}

pub(super) fn author_kind(word: &str) -> AuthorKind {
    match word {
        "visitor" => AuthorKind::Visitor,
        "agent" => AuthorKind::Agent,
        "bot" => AuthorKind::Bot,
        _ => AuthorKind::System,
    }
}

fn state_word(state: ConversationState) -> &'static str {
    match state {
        ConversationState::Open => "open",
        ConversationState::Closed => "closed",
    }
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error)))
}

fn owner_of(row: &Row<'_>) -> rusqlite::Result<VisitorScope> {
    let site: String = row.get("site")?;
    Ok(VisitorScope { site: Arc::from(site), visitor: Hash(row.get("hash")?) })
}

/// The conversation as `scope` may see it: a foreign one does not exist.
pub(super) fn find(db: &Connection, scope: &Scope, conversation: ConversationId) -> Result<Standing, StoreError> {
    let sql = "SELECT c.visitor, c.top, c.agent IS NOT NULL AS taken, v.site, v.hash, v.name
               FROM conversation c JOIN visitor v ON v.id = c.visitor WHERE c.id = ?1";
    let standing = found(db.prepare_cached(sql).and_then(|mut q| {
        q.query_row([conversation.0.as_bytes()], |row| {
            Ok(Standing {
                visitor: row.get("visitor")?,
                owner: owner_of(row)?,
                visitor_name: row.get("name")?,
                taken: row.get("taken")?,
                top: row.get("top")?,
            })
        })
    }))?;
    match scope {
        Scope::Visitor(visitor) if *visitor != standing.owner => Err(StoreError::NotFound),
        _ => Ok(standing),
    }
}

pub(super) fn append(db: &Connection, scope: &Scope, mut append: Append) -> Result<Appended, StoreError> {
    let found = match (find_any(db, append.conversation)?, scope) {
        (false, Scope::Visitor(visitor)) => start(db, visitor, &append)?,
        _ => find(db, scope, append.conversation)?,
    };
    if let Some((seq, at)) = known(db, append.conversation, append.id)? {
        return Ok(Appended { seq, at, owner: found.owner, place: Place::Known });
    }
    amend::check(db, scope, &append)?;
    if append.kind == Kind::Closed {
        was_known(db, &append)?;
    }
    if let Kind::File { file } = &mut append.kind {
        // What the client says of the file does not count.
        *file = files::claim(db, scope, append.conversation, file.id)?;
    }
    let mut seq = found.top;
    let author = match scope {
        Scope::Visitor(_) => {
            let name = match &append.kind {
                Kind::Contact { name, email } => {
                    contact(db, found.visitor, name.as_deref(), email.as_deref())?;
                    name.clone().or(found.visitor_name)
                }
                _ => found.visitor_name,
            };
            Author { kind: AuthorKind::Visitor, name }
        }
        Scope::Agent(agent) => Author { kind: AuthorKind::Agent, name: Some(agent.name.to_string()) },
    };
    if let Scope::Agent(agent) = scope {
        let joins = matches!(append.kind, Kind::Joined);
        let first = !found.taken && is_message(&append.kind);
        if joins || first {
            take(db, append.conversation, agent.agent.0, &agent.name)?;
        }
        if first {
            seq += 1;
            write(db, scope, &append, append.join_id, seq, &author, &Kind::Joined)?;
        }
    }
    seq += 1;
    write(db, scope, &append, append.id, seq, &author, &append.kind)?;
    after(db, &append, seq, author.kind)?;
    amend::apply(db, &append)?;
    Ok(Appended { seq, at: append.at, owner: found.owner, place: Place::New })
}

pub(super) fn find_any(db: &Connection, conversation: ConversationId) -> Result<bool, StoreError> {
    db.prepare_cached("SELECT 1 FROM conversation WHERE id = ?1")
        .and_then(|mut q| q.exists([conversation.0.as_bytes()]))
        .map_err(broken)
}

fn start(db: &Connection, visitor: &VisitorScope, append: &Append) -> Result<Standing, StoreError> {
    let at = append.at.0;
    db.prepare_cached("INSERT OR IGNORE INTO site (name, created_at) VALUES (?1, ?2)")
        .and_then(|mut q| q.execute(params![visitor.site, at]))
        .map_err(broken)?;
    db.prepare_cached("INSERT INTO visitor (site, hash, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .and_then(|mut q| q.execute(params![visitor.site, visitor.visitor.0, at]))
        .map_err(broken)?;
    let (id, name): (i64, Option<String>) = db
        .prepare_cached("SELECT id, name FROM visitor WHERE site = ?1 AND hash = ?2")
        .and_then(|mut q| q.query_row(params![visitor.site, visitor.visitor.0], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(broken)?;
    db.prepare_cached(
        "INSERT INTO conversation (id, visitor, state, top, preview_by, context, started_at, updated_at)
         VALUES (?1, ?2, 'open', 0, 'visitor', ?3, ?4, ?4)",
    )
    .and_then(|mut q| {
        let context = serde_json::to_string(&append.context).unwrap_or_else(|_| "{}".into());
        q.execute(params![append.conversation.0.as_bytes(), id, context, at])
    })
    .map_err(broken)?;
    Ok(Standing { visitor: id, owner: visitor.clone(), visitor_name: name, taken: false, top: 0 })
}

fn known(db: &Connection, conversation: ConversationId, id: MessageId) -> Result<Option<(u64, WallTime)>, StoreError> {
    db.prepare_cached("SELECT seq, at FROM entry WHERE conversation = ?1 AND client_id = ?2")
        .and_then(|mut q| {
            q.query_row(params![conversation.0.as_bytes(), id.0.as_bytes()], |row| {
                Ok((row.get(0)?, WallTime(row.get(1)?)))
            })
            .optional()
        })
        .map_err(broken)
}

/// Nothing that waits for an answer came after what the writer knew.
fn was_known(db: &Connection, append: &Append) -> Result<(), StoreError> {
    let Some(as_of) = append.as_of.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX)) else { return Ok(()) };
    let sql = "SELECT 1 FROM entry WHERE conversation = ?1 AND seq > ?2 AND author = 'visitor' AND message";
    let news = db
        .prepare_cached(sql)
        .and_then(|mut q| q.exists(params![append.conversation.0.as_bytes(), as_of]))
        .map_err(broken)?;
    if news { Err(StoreError::NotFound) } else { Ok(()) }
}

fn contact(db: &Connection, visitor: i64, name: Option<&str>, email: Option<&str>) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE visitor SET name = coalesce(?2, name), email = coalesce(?3, email) WHERE id = ?1")
        .and_then(|mut q| q.execute(params![visitor, name, email]))
        .map_err(broken)?;
    Ok(())
}

fn take(db: &Connection, conversation: ConversationId, agent: i64, name: &str) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE conversation SET agent = ?2, agent_name = ?3 WHERE id = ?1")
        .and_then(|mut q| q.execute(params![conversation.0.as_bytes(), agent, name]))
        .map_err(broken)?;
    Ok(())
}

/// The entry and its line in the feed. Both numbers are given here, inside the one writing transaction, so neither has gaps.
fn write(
    db: &Connection,
    scope: &Scope,
    append: &Append,
    id: MessageId,
    seq: u64,
    author: &Author,
    kind: &Kind,
) -> Result<(), StoreError> {
    let conversation = append.conversation.0.as_bytes();
    let agent = match scope {
        Scope::Visitor(_) => None,
        Scope::Agent(agent) => Some(agent.agent.0),
    };
    let of = match kind {
        Kind::Edited { of, .. } | Kind::Deleted { of } => Some(*of.0.as_bytes()),
        _ => None,
    };
    db.prepare_cached(
        "INSERT INTO entry (conversation, seq, client_id, author, name, message, kind, at, agent, of)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .and_then(|mut q| {
        q.execute(params![
            conversation,
            seq,
            id.0.as_bytes(),
            word(author.kind),
            author.name,
            is_message(kind),
            serde_json::to_string(kind).unwrap_or_default(),
            append.at.0,
            agent,
            of
        ])
    })
    .map_err(broken)?;
    db.prepare_cached(
        "INSERT INTO feed (seq, conversation, entry)
         VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM feed), ?1, ?2)",
    )
    .and_then(|mut q| q.execute(params![conversation, seq]))
    .map_err(broken)?;
    Ok(())
}

/// What the entry means for the conversation as lists show it.
fn after(db: &Connection, append: &Append, seq: u64, author: AuthorKind) -> Result<(), StoreError> {
    let from_visitor = author == AuthorKind::Visitor;
    let (text, unread, state) = match &append.kind {
        kind if is_message(kind) && from_visitor => (Some(preview(kind)), 1, Some("open")),
        kind if is_message(kind) => (Some(preview(kind)), 0, None),
        Kind::Closed => (None, 0, Some("closed")),
        _ => (None, 0, None),
    };
    let by = text.as_ref().map(|_| word(author));
    db.prepare_cached(
        "UPDATE conversation SET top = ?2, preview = coalesce(?3, preview), preview_by = coalesce(?4, preview_by),
         unread = unread + ?5, state = coalesce(?6, state), updated_at = max(updated_at, ?7) WHERE id = ?1",
    )
    .and_then(|mut q| q.execute(params![append.conversation.0.as_bytes(), seq, text, by, unread, state, append.at.0]))
    .map_err(broken)?;
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let author: String = row.get("author")?;
    Ok(Entry {
        seq: row.get("seq")?,
        id: MessageId(Uuid::from_bytes(row.get("client_id")?)),
        at: WallTime(row.get("at")?),
        author: Author { kind: author_kind(&author), name: row.get("name")? },
        kind: from_json(row, "kind")?,
    })
}

pub(super) fn entries(
    db: &Connection,
    scope: &Scope,
    conversation: ConversationId,
    range: Range,
    limit: usize,
) -> Result<Slice<Entry>, StoreError> {
    // Position before content: a later position would skip what came between.
    let top = find(db, scope, conversation)?.top;
    let (low, high) = span(range, top, limit);
    let sql = "SELECT seq, client_id, author, name, kind, at FROM entry
               WHERE conversation = ?1 AND seq >= ?2 AND seq < ?3 ORDER BY seq";
    let mut query = db.prepare_cached(sql).map_err(broken)?;
    let rows = query.query_map(params![conversation.0.as_bytes(), low, high], entry).map_err(broken)?;
    Ok(Slice { items: rows.collect::<Result<_, _>>().map_err(broken)?, top })
}

/// A range as numbers: from the first, to before the second. Possible because a log has no gaps.
fn span(range: Range, top: u64, limit: usize) -> (u64, u64) {
    let limit = limit as u64;
    let most = i64::MAX as u64;
    match range {
        Range::After(seq) => {
            let low = seq.min(top).saturating_add(1);
            (low, low.saturating_add(limit).min(top + 1).min(most))
        }
        Range::Before(seq) => {
            let high = seq.min(top + 1).max(1);
            (high.saturating_sub(limit).max(1), high)
        }
        Range::Tail => ((top + 1).saturating_sub(limit).max(1), top + 1),
    }
}

pub(super) fn standing(
    db: &Connection,
    scope: &Scope,
    conversation: ConversationId,
    epoch: u64,
) -> Result<StreamState, StoreError> {
    find(db, scope, conversation)?;
    let sql = match scope {
        Scope::Visitor(_) => "SELECT top, agent_delivered, agent_read FROM conversation WHERE id = ?1",
        Scope::Agent(_) => "SELECT top, visitor_delivered, visitor_read FROM conversation WHERE id = ?1",
    };
    found(db.prepare_cached(sql).and_then(|mut q| {
        q.query_row([conversation.0.as_bytes()], |row| {
            Ok(StreamState {
                stream: Stream::Conversation(conversation),
                epoch,
                top: row.get(0)?,
                delivered: row.get(1)?,
                read: row.get(2)?,
            })
        })
    }))
}

pub(super) fn owner(db: &Connection, scope: &Scope, conversation: ConversationId) -> Result<VisitorScope, StoreError> {
    Ok(find(db, scope, conversation)?.owner)
}

pub(super) fn newest_open(db: &Connection, scope: &VisitorScope) -> Result<Option<ConversationId>, StoreError> {
    let sql = "SELECT c.id FROM conversation c JOIN visitor v ON v.id = c.visitor
               WHERE v.site = ?1 AND v.hash = ?2 AND c.state = 'open'
               ORDER BY c.updated_at DESC LIMIT 1";
    db.prepare_cached(sql)
        .and_then(|mut q| {
            q.query_row(params![scope.site, scope.visitor.0], |row| Ok(ConversationId(Uuid::from_bytes(row.get(0)?))))
                .optional()
        })
        .map_err(broken)
}

pub(super) fn report(db: &Connection, scope: &Scope, report: CursorReport) -> Result<Option<Moved>, StoreError> {
    let standing = find(db, scope, report.conversation)?;
    let read = report.read.min(standing.top);
    let delivered = report.delivered.max(report.read).min(standing.top);
    let id = report.conversation.0;
    let (look, change) = match scope.side() {
        Side::Visitor => (
            "SELECT visitor_delivered, visitor_read FROM conversation WHERE id = ?1",
            "UPDATE conversation SET visitor_delivered = ?2, visitor_read = ?3 WHERE id = ?1",
        ),
        Side::Agent => (
            "SELECT agent_delivered, agent_read FROM conversation WHERE id = ?1",
            "UPDATE conversation SET agent_delivered = ?2, agent_read = ?3,
             unread = (SELECT count(*) FROM entry WHERE conversation = ?1 AND seq > ?3
                       AND author = 'visitor' AND message = 1) WHERE id = ?1",
        ),
    };
    let had: (u64, u64) = found(
        db.prepare_cached(look).and_then(|mut q| q.query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))),
    )?;
    let now = (had.0.max(delivered), had.1.max(read));
    if now == had {
        return Ok(None);
    }
    db.prepare_cached(change).and_then(|mut q| q.execute(params![id.as_bytes(), now.0, now.1])).map_err(broken)?;
    let report = CursorReport { side: scope.side(), delivered: now.0, read: now.1, ..report };
    Ok(Some(Moved { report, owner: standing.owner }))
}

pub(super) fn taken(db: &Connection) -> Result<Vec<(AgentId, u32)>, StoreError> {
    let sql = "SELECT agent, count(*) FROM conversation WHERE state = 'open' AND agent IS NOT NULL GROUP BY agent";
    let mut query = db.prepare_cached(sql).map_err(broken)?;
    let rows = query.query_map([], |row| Ok((AgentId(row.get(0)?), row.get(1)?))).map_err(broken)?;
    rows.collect::<Result<_, _>>().map_err(broken)
}

const SUMMARY: &str = "c.id, v.site, c.state, v.name AS visitor_name, v.email, c.preview, c.preview_by, c.top,
    c.unread, c.started_at, c.updated_at, c.agent_name, c.context";

fn summary_of(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let (name, email): (Option<String>, Option<String>) = (row.get("visitor_name")?, row.get("email")?);
    let (state, by): (String, String) = (row.get("state")?, row.get("preview_by")?);
    Ok(Summary {
        conversation: ConversationId(Uuid::from_bytes(row.get("id")?)),
        site: row.get("site")?,
        state: if state == "open" { ConversationState::Open } else { ConversationState::Closed },
        visitor: name.or(email),
        preview: row.get("preview")?,
        preview_by: author_kind(&by),
        top: row.get("top")?,
        unread: row.get("unread")?,
        started_at: WallTime(row.get("started_at")?),
        updated_at: WallTime(row.get("updated_at")?),
        agent: row.get("agent_name")?,
        context: from_json(row, "context")?,
    })
}

pub(super) fn feed_top(db: &Connection) -> Result<u64, StoreError> {
    db.prepare_cached("SELECT coalesce(max(seq), 0) FROM feed")
        .and_then(|mut q| q.query_row([], |row| row.get(0)))
        .map_err(broken)
}

pub(super) fn feed(db: &Connection, range: Range, limit: usize, epoch: u64) -> Result<Slice<Event>, StoreError> {
    let top = feed_top(db)?;
    let (low, high) = span(range, top, limit);
    let sql = format!(
        "SELECT f.seq AS feed_seq, e.seq, e.client_id, e.author, e.name, e.kind, e.at, {SUMMARY}
         FROM feed f JOIN entry e ON e.conversation = f.conversation AND e.seq = f.entry
         JOIN conversation c ON c.id = f.conversation JOIN visitor v ON v.id = c.visitor
         WHERE f.seq >= ?1 AND f.seq < ?2 ORDER BY f.seq"
    );
    let mut query = db.prepare_cached(&sql).map_err(broken)?;
    let rows = query
        .query_map(params![low, high], |row| {
            Ok(Event {
                stream: Stream::Feed,
                epoch,
                seq: row.get("feed_seq")?,
                entry: entry(row)?,
                summary: Some(summary_of(row)?),
            })
        })
        .map_err(broken)?;
    Ok(Slice { items: rows.collect::<Result<_, _>>().map_err(broken)?, top })
}

pub(super) fn inbox(db: &Connection, query: InboxQuery) -> Result<Vec<Summary>, StoreError> {
    let sql = format!(
        "SELECT {SUMMARY} FROM conversation c JOIN visitor v ON v.id = c.visitor
         WHERE c.state = ?1 AND (c.updated_at, c.id) < (?2, ?3)
         ORDER BY c.updated_at DESC, c.id DESC LIMIT ?4"
    );
    let (at, id) = query.before.map_or((i64::MAX as u64, [0xff; 16]), |key| {
        (key.updated_at.0.min(i64::MAX as u64), *key.conversation.0.as_bytes())
    });
    let mut statement = db.prepare_cached(&sql).map_err(broken)?;
    let rows =
        statement.query_map(params![state_word(query.state), at, id, query.limit], summary_of).map_err(broken)?;
    rows.collect::<Result<_, _>>().map_err(broken)
}

pub(super) fn summary(db: &Connection, conversation: ConversationId) -> Result<Summary, StoreError> {
    let sql = format!("SELECT {SUMMARY} FROM conversation c JOIN visitor v ON v.id = c.visitor WHERE c.id = ?1");
    found(db.prepare_cached(&sql).and_then(|mut q| q.query_row([conversation.0.as_bytes()], summary_of)))
}
