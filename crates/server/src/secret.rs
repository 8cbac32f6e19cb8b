//! Random secrets and their hashes.

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

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, &b| word << 8 | u32::from(b));
        let word = word << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_that_of_rfc_4648() {
        let vectors = [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{ff}", "w78")];
        for (plain, expected) in vectors {
            assert_eq!(base64url(plain.as_bytes()), expected);
        }
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (token(), token());
        assert!(is_token(&one) && is_token(&other));
        assert_ne!(one, other);
        assert!(!is_token("short"));
        assert!(!is_token(&"é".repeat(22)));
    }
}
