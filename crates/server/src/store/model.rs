//! Who asks, and the rows that are not part of the protocol.

use std::{fmt, sync::Arc};

use chinwag_conversation::WallTime;
use serde::{Deserialize, Serialize};

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
word!(Intent { Available = "available", Paused = "paused" });

impl Scope {
    pub(crate) fn author(&self) -> chinwag_conversation::AuthorKind {
        match self {
            Self::Visitor(_) => chinwag_conversation::AuthorKind::Visitor,
            Self::Agent(_) => chinwag_conversation::AuthorKind::Agent,
        }
    }

    pub(crate) fn side(&self) -> chinwag_conversation::Side {
        match self {
            Self::Visitor(_) => chinwag_conversation::Side::Visitor,
            Self::Agent(_) => chinwag_conversation::Side::Agent,
        }
    }
}

/// Start of a message as lists show it: one line without markup, 120 characters.
pub(super) fn preview(text: &str) -> String {
    let line = chinwag_conversation::markup::plain(text);
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(120).collect()
}
