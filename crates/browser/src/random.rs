//! Randomness for ids and secrets, from the browser's cryptographic source.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use chinwag_conversation::{ConversationId, MessageId, WallTime};

use crate::clock;

/// `N` random bytes.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let filled = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // A page can only take `crypto` away on purpose; ids stay unique enough, and nothing else is lost.
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
}

/// A random number in [0, 1), for jitter.
#[must_use]
pub fn unit() -> f64 {
    js_sys::Math::random()
}

/// A visitor's secret: 32 random bytes as 43 characters of base64url.
#[must_use]
pub fn token() -> String {
    let bytes = bytes::<32>();
    let mut text = String::with_capacity(43);
    let mut buffer = 0_u32;
    let mut bits = 0_u32;
    // A letter of base64url.
    let mut push = |bits: u32| {
        let six = (bits & 63) as u8;
        text.push(char::from(match six {
            0..26 => b'A' + six,
            26..52 => b'a' + (six - 26),
            52..62 => b'0' + (six - 52),
            62 => b'-',
            _ => b'_',
        }));
    };
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            push(buffer >> bits);
        }
    }
    push(buffer << (6 - bits));
    text
}

/// A new conversation's id.
#[must_use]
pub fn conversation_id() -> ConversationId {
    ConversationId::new(clock::wall(), bytes())
}

/// When the newest id was made, as far as ids tell.
static LAST: AtomicU64 = AtomicU64::new(0);

/// A new message's id. Ids of one page sort in the order of their making, even within one millisecond or when the clock is set back.
#[must_use]
pub fn message_id() -> MessageId {
    let at = clock::wall().0.max(LAST.load(Relaxed) + 1);
    LAST.store(at, Relaxed);
    MessageId::new(WallTime(at), bytes())
}

/// Ids that are made from now on sort behind this one, which an earlier page or another tab made; whatever became of the clock.
pub(crate) fn go_on_from(id: MessageId) {
    LAST.fetch_max(id.made_at().0, Relaxed);
}
