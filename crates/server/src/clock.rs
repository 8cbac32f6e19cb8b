//! The two clocks of the server. Everything else takes time as an argument.

use std::{
    sync::LazyLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use chinwag_conversation::{MessageId, WallTime, time::Elapsed};

use crate::secret;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since 1970, for display.
pub(crate) fn wall() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Milliseconds since the start, for behaviour.
pub(crate) fn elapsed() -> Elapsed {
    Elapsed(u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX))
}

/// An id for an entry that the server makes.
pub(crate) fn message_id() -> MessageId {
    MessageId::new(wall(), secret::bytes())
}
