//! Who asks, and the rows that are not part of the protocol.

mod counts;

use std::{fmt, sync::Arc};

use chinwag_conversation::{AuthorKind, Kind, WallTime, limits};
use serde::{Deserialize, Serialize};

pub(crate) use counts::{Counted, Counts, Day};

/// SHA-256 of a secret. The secret itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Hash(pub(crate) [u8; 32]);

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(…)")
    }
}

/// A visitor of one site, named by the hash of the token that the browser made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct VisitorScope {
    pub(crate) site: Arc<str>,
    pub(crate) visitor: Hash,
}

/// Row number of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AgentId(pub(crate) i64);

/// A signed-in agent: sees every conversation of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgentScope {
    pub(crate) agent: AgentId,
    pub(crate) name: Arc<str>,
    pub(crate) role: Role,
}

/// Who sends frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Visitor(VisitorScope),
    Agent(AgentScope),
}

/// The person at the machine: the command line, and the server's own start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator;

/// What an agent may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Admin,
    Agent,
}

/// Whether an agent accepts conversations. A durable fact, whatever the connection does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Intent {
    #[default]
    Available,
    /// Goes on with the conversations that they have, and takes no more.
    Finishing,
    Paused,
}

/// The signed-in agent as `/v1/agent/me` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) agent: AgentId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    pub(crate) intent: Intent,
}

impl Me {
    pub(crate) fn scope(&self) -> AgentScope {
        AgentScope { agent: self.agent, name: self.name.as_str().into(), role: self.role }
    }
}

/// What a sign-in compares with.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    pub(crate) agent: AgentId,
    /// PHC string.
    pub(crate) password: String,
}

/// What a one-time code is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Invitation {
    /// Makes the first admin; void as soon as there is one.
    FirstAdmin,
    /// Made by the operator for one mail address.
    Agent { name: String, email: String, role: Role },
}

/// The agent that a code turns into.
#[derive(Clone, Debug)]
pub(crate) struct NewAgent {
    pub(crate) name: String,
    pub(crate) email: String,
    /// PHC string.
    pub(crate) password: String,
    pub(crate) at: WallTime,
}

/// What became of a one-time code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redeemed {
    Created(AgentId),
    /// Somebody has this mail address; the code is still good.
    EmailTaken,
}

/// One line of `chinwag agent list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgentRow {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    pub(crate) intent: Intent,
}

macro_rules! word {
    ($type:ident { $($variant:ident = $word:literal),+ }) => {
        impl $type {
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub(crate) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

word!(Role { Admin = "admin", Agent = "agent" });
word!(Intent { Available = "available", Finishing = "finishing", Paused = "paused" });

impl Scope {
    pub(crate) fn author(&self) -> AuthorKind {
        match self {
            Self::Visitor(_) => AuthorKind::Visitor,
            Self::Agent(_) => AuthorKind::Agent,
        }
    }

    pub(crate) fn side(&self) -> chinwag_conversation::Side {
        match self {
            Self::Visitor(_) => chinwag_conversation::Side::Visitor,
            Self::Agent(_) => chinwag_conversation::Side::Agent,
        }
    }
}

/// An entry that somebody wants to edit or delete.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) author: AuthorKind,
    pub(super) agent: Option<AgentId>,
    pub(super) at: WallTime,
}

/// Whether `scope` may do `change` to what was written. Visitors change what they wrote, for a day; agents what they wrote
/// themselves; admins every agent's words, and they take back anything: but nobody puts words into a visitor's mouth.
pub(super) fn may_amend(scope: &Scope, written: &Written, change: &Kind, now: WallTime) -> bool {
    let fits = match (change, &written.kind) {
        (Kind::Edited { .. }, Kind::Message { text }) => !text.is_empty(),
        (Kind::Deleted { .. }, Kind::Message { .. } | Kind::File { .. }) => true,
        _ => false,
    };
    let deletes = matches!(change, Kind::Deleted { .. });
    fits && match (scope, written.author) {
        (Scope::Visitor(_), AuthorKind::Visitor) => now.0.saturating_sub(written.at.0) <= limits::EDIT_MS,
        (Scope::Agent(agent), AuthorKind::Agent) => agent.role == Role::Admin || written.agent == Some(agent.agent),
        (Scope::Agent(agent), _) => deletes && agent.role == Role::Admin,
        _ => false,
    }
}

/// Whether an entry is something to read and answer.
pub(super) fn is_message(kind: &Kind) -> bool {
    matches!(kind, Kind::Message { .. } | Kind::File { .. })
}

/// What lists show of a message: one line without markup, 120 characters.
pub(super) fn preview(kind: &Kind) -> String {
    let text = match kind {
        Kind::Message { text } | Kind::Edited { text, .. } => text,
        Kind::File { file } => &file.name,
        _ => return String::new(),
    };
    let line = chinwag_conversation::markup::plain(text);
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(120).collect()
}
