//! The switch between available and paused. It shows what the server has stored, never a hope.

use super::{answer::Intent, problem::Problem};

/// State of the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    Settled(Intent),
    /// Asked for `to`; `from` still holds.
    Changing {
        from: Intent,
        to: Intent,
    },
    /// Asked for `to` and did not get it; `from` still holds.
    Failed {
        from: Intent,
        to: Intent,
        problem: Problem,
    },
}

impl Default for Presence {
    fn default() -> Self {
        Self::Settled(Intent::Paused)
    }
}

impl Presence {
    /// What the server has stored, as far as is known.
    #[must_use]
    pub fn stored(&self) -> Intent {
        match self {
            Self::Settled(intent) => *intent,
            Self::Changing { from, .. } | Self::Failed { from, .. } => *from,
        }
    }

    /// Starts a change; false when there is nothing to ask for.
    pub fn ask(&mut self, to: Intent) -> bool {
        let from = self.stored();
        match self {
            Self::Changing { to: asked, .. } if *asked == to => return false,
            Self::Settled(intent) if *intent == to => return false,
            _ => {}
        }
        *self = Self::Changing { from, to };
        true
    }

    /// The server's answer.
    pub fn answered(&mut self, answer: Result<Intent, Problem>) {
        *self = match (answer, &*self) {
            (Ok(intent), _) => Self::Settled(intent),
            (Err(problem), Self::Changing { from, to }) => Self::Failed { from: *from, to: *to, problem },
            (Err(_), other) => other.clone(),
        };
    }
}
