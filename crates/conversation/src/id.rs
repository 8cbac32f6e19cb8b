//! Ids that the client makes before anything is sent.

use core::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::WallTime;

/// A UUIDv7 from a wall time and ten random bytes, both given by the caller.
fn uuid_v7(at: WallTime, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(at.0, &random).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id. The time only helps sorting; uniqueness comes from the random bytes.
            #[must_use]
            pub fn new(at: WallTime, random: [u8; 10]) -> Self {
                Self(uuid_v7(at, random))
            }

            /// Reads the hyphenated form; `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Names one entry of a log for ever: retry, confirmation and de-duplication are one lookup of it.
    MessageId
}

id! {
    /// Names a conversation; made by the visitor's browser with the first message.
    ConversationId
}

id! {
    /// Names an uploaded file; made by the uploader, so that an upload can be tried again.
    FileId
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P4.2.
    #[test]
    fn ids_sort_by_time_and_read_back() {
        let early = MessageId::new(WallTime(1_000), [0xff; 10]);
        let late = MessageId::new(WallTime(2_000), [0; 10]);
        assert!(early < late);
        assert_eq!(MessageId::parse(&early.to_string()), Some(early));
        assert_eq!(early.0.get_version_num(), 7);
        assert_eq!(MessageId::parse("not an id"), None);
    }
}
