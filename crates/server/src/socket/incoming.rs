//! From bytes to frames. What is broken is counted and forgiven three times.

use std::sync::Arc;

use axum::extract::ws::{Message, Utf8Bytes};
use chinwag_conversation::{ClientFrame, Nack, limits};

use super::{End, OFFENCES, close};
use crate::{
    metrics::{Ignored, Metrics},
    wire::{self, Parsed},
};

const TOO_LARGE: u16 = 1009;
const INVALID: u16 = 1007;

/// What came in so far.
pub(super) struct Incoming {
    offences: u32,
    metrics: Arc<Metrics>,
}

/// One message.
#[derive(Debug)]
pub(super) enum Read {
    Frame(Box<ClientFrame>),
    /// A `send` that cannot be understood, but can be answered.
    Refused(Nack),
    /// A broken or unknown frame.
    Ignored,
    /// Ping or pong.
    Sign,
}

impl Read {
    pub(super) fn frame(self) -> Option<ClientFrame> {
        match self {
            Self::Frame(frame) => Some(*frame),
            _ => None,
        }
    }

    pub(super) fn nack(&self) -> Option<Nack> {
        match self {
            Self::Refused(nack) => Some(nack.clone()),
            _ => None,
        }
    }

    /// Whether it counts against the rate of frames.
    pub(super) fn costs(&self) -> bool {
        !matches!(self, Self::Sign)
    }
}

impl Incoming {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { offences: 0, metrics }
    }

    /// A frame that means nothing to us: a newer client's, or a second greeting.
    pub(super) fn pass_over(&self) {
        self.metrics.ignored(Ignored::Unknown);
    }

    pub(super) fn read(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<Read, End> {
        match message {
            Some(Ok(Message::Text(text))) => self.text(&text),
            Some(Ok(Message::Binary(_))) => self.offence("frames are JSON texts, not binary"),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Read::Sign),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Err(error)) => Err(ended(&error)),
        }
    }

    fn text(&mut self, text: &Utf8Bytes) -> Result<Read, End> {
        if text.len() > limits::FRAME_BYTES {
            return Err(close(TOO_LARGE, "a frame has at most 64 KiB"));
        }
        match wire::parse(text) {
            Parsed::Frame(frame) => Ok(Read::Frame(frame)),
            Parsed::Refused(nack) => Ok(Read::Refused(nack)),
            Parsed::Unknown => {
                self.pass_over();
                Ok(Read::Ignored)
            }
            Parsed::Broken(why) => self.offence(why),
        }
    }

    fn offence(&mut self, why: &'static str) -> Result<Read, End> {
        self.offences += 1;
        self.metrics.ignored(Ignored::Broken);
        tracing::debug!(why, offences = self.offences, "ignored a broken frame");
        if self.offences >= OFFENCES { Err(close(INVALID, why)) } else { Ok(Read::Ignored) }
    }
}

/// The library names its limits in words only.
fn ended(error: &axum::Error) -> End {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too big") || text.contains("Space limit") {
        close(TOO_LARGE, "a frame has at most 64 KiB")
    } else if text.to_ascii_lowercase().contains("utf-8") {
        close(INVALID, "a text frame is not UTF-8")
    } else {
        End::Gone
    }
}
