//! Why a request failed, in words for the person in front of it.

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No answer at all: no network, or the server is down.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// 401: there is no session; in answer to a sign-in: the password is wrong.
    SignedOut,
    /// The server said no, and why.
    Refused { status: u16, code: String, message: String },
    /// An answer that this version cannot read.
    Unreadable,
}

impl Problem {
    /// What happened and what to do, in plain words.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Unreachable => "The server cannot be reached. Check the network, then try again.",
            Self::TimedOut => "The server took too long to answer. Try again.",
            Self::SignedOut => "You are signed out. Sign in to go on.",
            Self::Refused { message, .. } if !message.is_empty() => message,
            Self::Refused { .. } => "The server could not do that just now. Try again.",
            Self::Unreadable => "The answer could not be read. Reload the page; the console may have been updated.",
        }
    }

    /// Whether the same request may succeed later without anybody changing it.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            Self::SignedOut | Self::Unreadable => false,
        }
    }
}
