//! Encrypted payloads: AES-128 in CBC mode with PKCS #7 padding, as GrowthBook publishes them.

use aes::Aes128;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use core::fmt;

/// Padding may be left out, as for the browsers' `atob`.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why an encrypted text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecryptError {
    /// The key is not 16 bytes in base64.
    Key,
    /// The text is not `iv.body`, both in base64, the first of 16 bytes.
    Form,
    /// Another key, or a damaged text.
    Mismatch,
}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecryptError::Key => "the key must be 16 bytes in base64: copy it again from GrowthBook's SDK connection",
            DecryptError::Form => "the text must be two base64 parts with a dot between them: copy it again, whole",
            DecryptError::Mismatch => "the text was encrypted with another key, or is damaged",
        })
    }
}

impl core::error::Error for DecryptError {}

/// Decrypts `text` (`iv.body`) with `key`, all in base64. What comes out is a text, not necessarily JSON.
pub fn decrypt(text: &str, key: &str) -> Result<String, DecryptError> {
    let key = BASE64.decode(key).map_err(|_| DecryptError::Key)?;
    let (iv, body) = text.split_once('.').ok_or(DecryptError::Form)?;
    let iv = BASE64.decode(iv).map_err(|_| DecryptError::Form)?;
    let body = BASE64.decode(body).map_err(|_| DecryptError::Form)?;
    let key: [u8; 16] = key.try_into().map_err(|_| DecryptError::Key)?;
    let iv: [u8; 16] = iv.try_into().map_err(|_| DecryptError::Form)?;
    let cipher = Decryptor::<Aes128>::new(&key.into(), &iv.into());
    let plain = cipher.decrypt_padded_vec::<Pkcs7>(&body).map_err(|_| DecryptError::Mismatch)?;
    String::from_utf8(plain).map_err(|_| DecryptError::Mismatch)
}
