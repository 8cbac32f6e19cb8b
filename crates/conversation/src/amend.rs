//! What an edit or a deletion does to what was written. The log keeps both; readers show what came of it.

use crate::{entry::Kind, id::MessageId};

impl Kind {
    /// The entry that this one edits or deletes.
    #[must_use]
    pub fn amends(&self) -> Option<MessageId> {
        match self {
            Self::Edited { of, .. } | Self::Deleted { of } => Some(*of),
            _ => None,
        }
    }

    /// Does what `by`, which [amends](Self::amends) this entry, says. Do it in the order of the log.
    pub fn amend(&mut self, by: &Self) {
        match (by, &mut *self) {
            // What was deleted stays deleted.
            (Self::Edited { text, .. }, Self::Message { text: old }) if !old.is_empty() => old.clone_from(text),
            (Self::Deleted { .. }, Self::Message { .. } | Self::File { .. }) => {
                *self = Self::Message { text: String::new() };
            }
            _ => {}
        }
    }

    /// Whether it was taken back: an empty message cannot be sent (P4.12).
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        matches!(self, Self::Message { text } if text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::WallTime;

    /// P4.12. Would catch: an edit that brings back what was deleted, or a deletion of something else.
    #[test]
    fn edits_follow_one_another_and_nothing_follows_a_deletion() {
        let of = MessageId::new(WallTime(1), [1; 10]);
        let edited = |text: &str| Kind::Edited { of, text: text.into() };
        let mut kind = Kind::Message { text: "a".into() };
        kind.amend(&edited("b"));
        kind.amend(&edited("c"));
        assert_eq!(kind, Kind::Message { text: "c".into() });
        kind.amend(&Kind::Deleted { of });
        assert!(kind.is_deleted());
        kind.amend(&edited("d"));
        assert!(kind.is_deleted());
        assert_eq!(
            [edited("e").amends(), Kind::Deleted { of }.amends(), Kind::Joined.amends()],
            [Some(of), Some(of), None]
        );
        let mut joined = Kind::Joined;
        joined.amend(&Kind::Deleted { of });
        assert_eq!(joined, Kind::Joined);
    }
}
