//! What one socket may take, in bytes. The echo server for the public WebSocket suite is built with the same.

use axum::extract::WebSocketUpgrade;
use chinwag_conversation::limits;

/// What is read at once: most frames are smaller, and a larger one takes several reads.
const READ_BUFFER: usize = 1024;
/// The most that may wait to leave.
const WRITE_BUFFER: usize = 256 * 1024;

/// The handshake with our bounds.
pub(crate) fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(limits::FRAME_BYTES)
        .max_frame_size(limits::FRAME_BYTES)
}
