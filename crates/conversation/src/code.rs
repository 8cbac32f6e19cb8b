//! Codes that say why: of a closed connection, and of a refused frame.

use serde::{Deserialize, Serialize};

/// What a client does after a connection closed with a given WebSocket code. No code is final for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// 4000-4049: the credentials are not accepted. Re-check every 5-10 min.
    Credentials,
    /// 4050-4099: protocol too old, or the site is off. Away form; re-check every 10 min.
    Unsupported,
    /// 4100-4199: over capacity, quota, rate, or a dependency is down. Back off, the hint wins.
    Busy,
    /// 4200-4299: resume at U(0, 2 s).
    Resume,
    /// 4300: the server drains. Resume at U(0, window).
    Drain,
    /// Anything else: back-off.
    Abnormal,
}

/// The protocol version or the site is not served here.
pub const UNSUPPORTED: u16 = 4050;
/// The site is switched off.
pub const SITE_OFF: u16 = 4051;
/// No credentials, or not accepted.
pub const CREDENTIALS: u16 = 4000;
/// Over capacity.
pub const CAPACITY: u16 = 4100;
/// More connections than were ordered. Other transports may still be open.
pub const QUOTA: u16 = 4101;
/// Too many frames.
pub const RATE: u16 = 4102;
/// The store does not answer.
pub const DEPENDENCY: u16 = 4103;
/// The client did not read fast enough, or did not greet in time.
pub const SLOW: u16 = 4202;
/// A newer connection of the same owner took over.
pub const SUPERSEDED: u16 = 4203;
/// The server is about to stop.
pub const DRAIN: u16 = 4300;

impl CloseCode {
    /// The band of a WebSocket close code.
    #[must_use]
    pub fn of(code: u16) -> Self {
        match code {
            4000..=4049 => Self::Credentials,
            4050..=4099 => Self::Unsupported,
            4100..=4199 => Self::Busy,
            4200..=4299 => Self::Resume,
            4300 => Self::Drain,
            _ => Self::Abnormal,
        }
    }
}

/// The hint `w=<ms>` in a close reason.
#[must_use]
pub fn hint(reason: &str) -> Option<u64> {
    reason.split([' ', ';']).find_map(|word| word.strip_prefix("w=")?.parse().ok())
}

/// Why a send was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NackCode {
    /// Nothing in it. Final.
    Empty,
    /// Over a limit. Final.
    TooLong,
    /// Not what the protocol says. Final.
    Malformed,
    /// Not allowed, or not this sender's conversation (which is the same answer). Final.
    Forbidden,
    /// Too many in a short time. Try again later.
    Rate,
    /// The server cannot store it now. Try again later.
    Unavailable,
}

impl NackCode {
    /// Whether trying again with the same content is pointless.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Rate | Self::Unavailable)
    }
}

impl From<crate::entry::Invalid> for NackCode {
    fn from(invalid: crate::entry::Invalid) -> Self {
        use crate::entry::Invalid;
        match invalid {
            Invalid::Empty => Self::Empty,
            Invalid::TooLong => Self::TooLong,
            Invalid::Malformed => Self::Malformed,
            Invalid::Forbidden => Self::Forbidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_is_a_back_off_not_the_end() {
        assert_eq!(CloseCode::of(4101), CloseCode::Busy);
        assert_eq!(CloseCode::of(4000), CloseCode::Credentials);
        assert_eq!(CloseCode::of(1006), CloseCode::Abnormal);
        assert_eq!(hint("busy w=1500"), Some(1500));
        assert_eq!(hint("w=oops"), None);
    }
}
