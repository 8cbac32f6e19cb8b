//! Agents, their sessions and the one-time codes that make them.

use chinwag_conversation::WallTime;
use rusqlite::{Connection, Row, params};

use super::{broken, found};
use crate::store::{AgentId, AgentRow, Credential, Hash, Intent, Invitation, Me, NewAgent, Redeemed, Role, StoreError};

fn role(row: &Row<'_>, column: &str) -> rusqlite::Result<Role> {
    let word: String = row.get(column)?;
    Ok(Role::from_word(&word).unwrap_or(Role::Agent))
}

fn intent(row: &Row<'_>) -> rusqlite::Result<Intent> {
    let word: String = row.get("intent")?;
    Ok(Intent::from_word(&word).unwrap_or_default())
}

pub(super) fn set_intent(db: &Connection, agent: AgentId, to: Intent) -> Result<(), StoreError> {
    let changed = db
        .prepare_cached("UPDATE agent SET intent = ?2 WHERE id = ?1")
        .and_then(|mut q| q.execute(params![agent.0, to.word()]))
        .map_err(broken)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

pub(super) fn credential(db: &Connection, email: &str) -> Result<Credential, StoreError> {
    found(db.prepare_cached("SELECT id, password FROM agent WHERE email = ?1").and_then(|mut q| {
        q.query_row([email], |row| Ok(Credential { agent: AgentId(row.get(0)?), password: row.get(1)? }))
    }))
}

pub(super) fn open_session(
    db: &Connection,
    agent: AgentId,
    hash: Hash,
    expires_at: WallTime,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO agent_session (hash, agent, expires_at) VALUES (?1, ?2, ?3)",
        params![hash.0, agent.0, expires_at.0],
    )
    .map_err(broken)?;
    Ok(())
}

pub(super) fn session(db: &Connection, hash: Hash, now: WallTime) -> Result<(Me, WallTime), StoreError> {
    let sql = "SELECT a.id, a.name, a.email, a.role, a.intent, s.expires_at
               FROM agent_session s JOIN agent a ON a.id = s.agent
               WHERE s.hash = ?1 AND s.expires_at > ?2";
    found(db.prepare_cached(sql).and_then(|mut q| {
        q.query_row(params![hash.0, now.0], |row| {
            let me = Me {
                agent: AgentId(row.get("id")?),
                name: row.get("name")?,
                email: row.get("email")?,
                role: role(row, "role")?,
                intent: intent(row)?,
            };
            Ok((me, WallTime(row.get("expires_at")?)))
        })
    }))
}

pub(super) fn extend_session(db: &Connection, hash: Hash, expires_at: WallTime) -> Result<(), StoreError> {
    db.execute("UPDATE agent_session SET expires_at = ?2 WHERE hash = ?1", params![hash.0, expires_at.0])
        .map_err(broken)?;
    Ok(())
}

pub(super) fn close_session(db: &Connection, hash: Hash) -> Result<(), StoreError> {
    db.execute("DELETE FROM agent_session WHERE hash = ?1", [hash.0]).map_err(broken)?;
    Ok(())
}

pub(super) fn invite(db: &Connection, code: Hash, invitation: &Invitation) -> Result<(), StoreError> {
    let (name, email, role) = match invitation {
        Invitation::FirstAdmin => (None, None, Role::Admin),
        Invitation::Agent { name, email, role } => (Some(name), Some(email), *role),
    };
    db.execute(
        "INSERT INTO invitation (hash, name, email, role) VALUES (?1, ?2, ?3, ?4)",
        params![code.0, name, email, role.word()],
    )
    .map_err(broken)?;
    Ok(())
}

pub(super) fn invitation(db: &Connection, code: Hash) -> Result<Invitation, StoreError> {
    found(db.prepare_cached("SELECT name, email, role FROM invitation WHERE hash = ?1").and_then(|mut q| {
        q.query_row([code.0], |row| {
            let (name, email): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
            Ok(match email {
                None => Invitation::FirstAdmin,
                Some(email) => Invitation::Agent { name: name.unwrap_or_default(), email, role: role(row, "role")? },
            })
        })
    }))
}

pub(super) fn redeem(db: &Connection, code: Hash, new: &NewAgent) -> Result<Redeemed, StoreError> {
    let invitation = invitation(db, code)?;
    let known = match credential(db, &new.email) {
        Ok(credential) => Some(credential.agent),
        Err(StoreError::NotFound) => None,
        Err(other) => return Err(other),
    };
    let agent = match (&invitation, known) {
        (Invitation::FirstAdmin, Some(_)) => return Ok(Redeemed::EmailTaken),
        (Invitation::FirstAdmin, None) => create(db, new, Role::Admin)?,
        (Invitation::Agent { role, .. }, None) => create(db, new, *role)?,
        (Invitation::Agent { .. }, Some(agent)) => renew(db, agent, new)?,
    };
    // A used code is gone, and with the first admin every code for one.
    db.execute(
        "DELETE FROM invitation WHERE hash = ?1 OR email = ?2
         OR (email IS NULL AND EXISTS (SELECT 1 FROM agent WHERE role = 'admin'))",
        params![code.0, new.email],
    )
    .map_err(broken)?;
    Ok(Redeemed::Created(agent))
}

fn create(db: &Connection, new: &NewAgent, role: Role) -> Result<AgentId, StoreError> {
    db.execute(
        "INSERT INTO agent (name, email, password, role, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![new.name, new.email, new.password, role.word(), new.at.0],
    )
    .map_err(broken)?;
    Ok(AgentId(db.last_insert_rowid()))
}

/// A second link for a known address: a new password, and every old session ends.
fn renew(db: &Connection, agent: AgentId, new: &NewAgent) -> Result<AgentId, StoreError> {
    db.execute("UPDATE agent SET name = ?2, password = ?3 WHERE id = ?1", params![agent.0, new.name, new.password])
        .map_err(broken)?;
    db.execute("DELETE FROM agent_session WHERE agent = ?1", [agent.0]).map_err(broken)?;
    Ok(agent)
}

pub(super) fn agents(db: &Connection) -> Result<Vec<AgentRow>, StoreError> {
    let mut query = db.prepare_cached("SELECT name, email, role, intent FROM agent ORDER BY id").map_err(broken)?;
    let rows = query
        .query_map([], |row| {
            Ok(AgentRow {
                name: row.get("name")?,
                email: row.get("email")?,
                role: role(row, "role")?,
                intent: intent(row)?,
            })
        })
        .map_err(broken)?;
    rows.collect::<Result<_, _>>().map_err(broken)
}
