//! The line that says whether the console is live.

use chinwag_conversation::{Elapsed, Link};

use super::Now;

/// The link to the server, as the agent is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// First attempt.
    #[default]
    Starting,
    Live,
    /// Was live; an attempt is under way.
    Reconnecting,
    /// The next attempt is made at `at`.
    Waiting {
        at: Elapsed,
    },
    /// The browser says that there is no network.
    Offline,
    /// Not connected on purpose (page in the background for long).
    Resting,
    /// The server refuses the connection though the sign-in is good.
    Refused,
}

impl Connection {
    /// After a notice of the link.
    #[must_use]
    pub fn after(self, link: Link, now: Now) -> Self {
        match link {
            Link::Live => Self::Live,
            Link::Waiting { retry_in_ms } => Self::Waiting { at: now.elapsed.plus(retry_in_ms) },
            Link::Offline => Self::Offline,
            Link::Parked => Self::Resting,
            Link::Idle | Link::Connecting if self == Self::Starting => Self::Starting,
            Link::Idle | Link::Connecting => Self::Reconnecting,
        }
    }

    /// Whether events arrive as they happen.
    #[must_use]
    pub fn is_live(self) -> bool {
        self == Self::Live
    }
}

/// Whole seconds until `at`, at least 1: "in 0 s" helps nobody.
#[must_use]
pub fn countdown(at: Elapsed, now: Elapsed) -> u64 {
    at.since(now).div_ceil(1_000).max(1)
}
