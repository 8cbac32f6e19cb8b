//! Random secrets and their hashes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::store::Hash;

/// Characters of a visitor's token: 32 bytes in base64url without padding.
const TOKEN_CHARS: usize = 43;

/// Bytes from the system's generator.
///
/// # Panics
/// When the system has no randomness: nothing that follows would be safe.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// A new secret of 256 bits, in the form that browsers make too.
pub(crate) fn token() -> String {
    base64url(&bytes::<32>())
}

/// Whether a text has the form of a visitor's token.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// What is stored instead of a secret.
pub(crate) fn hash(secret: &str) -> Hash {
    Hash(Sha256::digest(secret.as_bytes()).into())
}

/// A short name of some content, for `ETag`.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    base64url(&digest[..15])
}

/// Bytes as text that can stand in URLs and headers.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text, when there are exactly `N`.
pub(crate) fn from_base64url<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(length) if length == N => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (token(), token());
        assert!(is_token(&one) && is_token(&other));
        assert_ne!(one, other);
        assert!(!is_token("short"));
        assert!(!is_token(&"é".repeat(22)));
    }
}
