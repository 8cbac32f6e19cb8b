//! What the server's agent routes answer.

use chinwag_conversation::{Page, Summary};
use serde::{Deserialize, Serialize};

/// The signed-in agent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Me {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub intent: Intent,
}

/// What an agent may do beyond answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Agent,
}

/// Whether the agent accepts conversations: a durable fact, not a state of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    Available,
    /// Goes on with the conversations at hand and takes no more.
    Finishing,
    Paused,
}

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ListPage {
    pub items: Vec<Summary>,
    /// Opaque; absent at the end.
    #[serde(default)]
    pub next: Option<String>,
    pub feed: FeedPosition,
}

/// Where the feed stood before the items were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct FeedPosition {
    pub epoch: u64,
    pub seq: u64,
}

/// One page of a conversation, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EntriesPage {
    pub summary: Summary,
    pub page: Page,
    pub visitor: Progress,
}

/// How far the visitor has received and read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Progress {
    #[serde(default)]
    pub delivered: u64,
    #[serde(default)]
    pub read: u64,
}

impl Progress {
    /// Progress never goes back.
    #[must_use]
    pub fn furthest(self, other: Self) -> Self {
        Self { delivered: self.delivered.max(other.delivered), read: self.read.max(other.read) }
    }
}
