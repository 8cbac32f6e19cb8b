//! Ids that the client makes before anything is sent.

use core::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::WallTime;

/// A UUIDv7 from a wall time and ten random bytes, both given by the caller.
fn uuid_v7(at: WallTime, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(at.0, &random).into_uuid()
}

const LENGTH: usize = 36;

fn is_hyphen(place: usize) -> bool {
    matches!(place, 8 | 13 | 18 | 23)
}

/// The library's way knows four forms and weighs a kilobyte more in every visitor's browser; so does its way of writing.
fn parse(text: &str) -> Option<Uuid> {
    let mut number: u128 = 0;
    for (place, c) in text.chars().enumerate() {
        if is_hyphen(place) {
            (c == '-').then_some(())?;
        } else {
            number = (number << 4) | u128::from(c.to_digit(16)?);
        }
    }
    (text.len() == LENGTH).then(|| Uuid::from_u128(number))
}

fn hyphenated(id: Uuid) -> String {
    let mut text = String::with_capacity(LENGTH);
    for byte in id.as_bytes() {
        for digit in [byte >> 4, byte & 15] {
            if is_hyphen(text.len()) {
                text.push('-');
            }
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text
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

            /// The time that it was made with.
            #[must_use]
            pub fn made_at(self) -> WallTime {
                WallTime((self.0.as_u128() >> 80) as u64)
            }

            /// Reads the hyphenated form; `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                parse(text).map(Self)
            }

            /// The hyphenated form, without the weight of `core::fmt` for the Wasm modules.
            #[must_use]
            pub fn text(self) -> String {
                hyphenated(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text())
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
        assert_eq!(early.to_string(), early.0.to_string(), "as everybody writes them");
        assert_eq!(MessageId::parse(&early.to_string().to_uppercase()), Some(early));
        let text = late.to_string();
        for odd in ["not an id", "", &text[1..], &format!("{text}0"), &text.replace('-', ""), &text.replace('-', "0")] {
            assert_eq!(MessageId::parse(odd), None, "{odd}");
        }
    }
}
