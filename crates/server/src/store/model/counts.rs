//! What is counted of rules.

use std::ops::AddAssign;

use chinwag_conversation::WallTime;
use serde::Serialize;

/// A day of UTC: days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) u32);

impl Day {
    /// The day of an instant.
    pub(crate) fn of(at: WallTime) -> Self {
        Self(u32::try_from(at.0 / 86_400_000).unwrap_or(u32::MAX))
    }

    /// `days` before this one; 1970 has nothing before it.
    pub(crate) fn before(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }
}

/// Whose counts: a rule, and a variation of its experiment or an empty text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Counted {
    pub(crate) rule: String,
    pub(crate) variation: String,
}

/// In how many visits something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) displayed: u64,
    pub(crate) opened: u64,
    pub(crate) dismissed: u64,
    pub(crate) replied: u64,
    pub(crate) goal: u64,
    /// It would have been displayed, but the visitor is one of those who are shown nothing, to compare with.
    pub(crate) held: u64,
    /// The goal was reached all the same.
    pub(crate) held_goal: u64,
}

impl Counts {
    /// The count of this word of the protocol; `None` for a word that this version does not know.
    pub(crate) fn of(&mut self, word: &str) -> Option<&mut u64> {
        Some(match word {
            "displayed" => &mut self.displayed,
            "opened" => &mut self.opened,
            "dismissed" => &mut self.dismissed,
            "replied" => &mut self.replied,
            "goal" => &mut self.goal,
            "held" => &mut self.held,
            "held-goal" => &mut self.held_goal,
            _ => return None,
        })
    }

    /// In the order of the fields.
    pub(crate) fn to_array(self) -> [u64; 7] {
        [self.displayed, self.opened, self.dismissed, self.replied, self.goal, self.held, self.held_goal]
    }

    /// The reverse.
    pub(crate) fn from_array([displayed, opened, dismissed, replied, goal, held, held_goal]: [u64; 7]) -> Self {
        Self { displayed, opened, dismissed, replied, goal, held, held_goal }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        let (mine, others) = (self.to_array(), other.to_array());
        *self = Self::from_array(std::array::from_fn(|n| mine[n].saturating_add(others[n])));
    }
}
