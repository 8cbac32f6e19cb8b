//! Every maximum of the protocol, once. The server enforces them and reports them in `welcome`; the widget shows them.

use serde::{Deserialize, Serialize};

/// Largest frame or `POST` body, in bytes of JSON.
pub const FRAME_BYTES: usize = 64 * 1024;
/// Longest message text, in Unicode scalar values.
pub const TEXT_CHARS: usize = 4_000;
/// Longest name, in Unicode scalar values.
pub const NAME_CHARS: usize = 120;
/// Longest mail address, in bytes (RFC 5321 path).
pub const EMAIL_BYTES: usize = 254;
/// Longest URL kept in a context, in characters; longer ones are cut.
pub const URL_BYTES: usize = 2_048;
/// Longest title, rule id, variant, team, tag or language kept in a context, in Unicode scalar values.
pub const LABEL_CHARS: usize = 300;
/// Most tags kept in a context.
pub const TAGS: usize = 8;
/// Most entries in one page.
pub const PAGE_ENTRIES: usize = 200;
/// Entries that a tail page brings: about two screens.
pub const TAIL_ENTRIES: usize = 50;
/// Most frames in one `POST` body.
pub const POST_FRAMES: usize = 32;
/// Most messages that a visitor may send in one minute; a burst of a third of it is allowed at once.
pub const VISITOR_SENDS_PER_MINUTE: u32 = 60;
/// The same for an agent, who may hold several conversations.
pub const AGENT_SENDS_PER_MINUTE: u32 = 240;
/// Messages that may wait on the device; the composer says so when it is full.
pub const OUTBOX_MESSAGES: usize = 200;
/// Largest uploaded file, in bytes.
pub const FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Longest name of a file, in Unicode scalar values.
pub const FILE_NAME_CHARS: usize = 200;
/// Most files in one conversation and hour.
pub const FILES_PER_HOUR: u32 = 20;
/// What may be uploaded, as found by looking at the content.
pub const FILE_TYPES: [&str; 6] =
    ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"];
/// How long a visitor may edit or delete what they wrote, in milliseconds.
pub const EDIT_MS: u64 = 24 * 60 * 60 * 1_000;
/// Longest time that a `POST` is held until there is something to answer, in milliseconds.
pub const WAIT_MS: u32 = 25_000;
/// How long a ticket is good, in milliseconds.
pub const TICKET_MS: u64 = 15 * 60 * 1_000;
/// Most lines of one `POST …/results`; what is beyond is not counted.
pub const RESULT_LINES: usize = 64;
/// Such `POST`s from one address in one minute; a burst of a third of it is allowed at once.
pub const RESULT_POSTS_PER_MINUTE: u32 = 180;
/// For how many days results of rules are kept, this one included: a year, and the same weeks of the year before it.
pub const RESULT_DAYS: u32 = 400;
/// Length of `hello.client`, the random id of a browser session, in characters.
pub const CLIENT_CHARS: usize = 16;
/// Longest ticket, in bytes.
pub const TICKET_BYTES: usize = 512;

/// The limits that a client needs to know, as `welcome` reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Longest message text, in Unicode scalar values.
    pub text_chars: u32,
    /// Largest frame, in bytes.
    pub frame_bytes: u32,
    /// Largest file, in bytes; 0, or left out: files are not taken.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub file_bytes: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Limits {
    /// Of a server that takes files.
    #[must_use]
    pub fn with_files() -> Self {
        Self { file_bytes: FILE_BYTES as u32, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { text_chars: TEXT_CHARS as u32, frame_bytes: FRAME_BYTES as u32, file_bytes: 0 }
    }
}
