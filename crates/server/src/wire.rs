//! From JSON to frames, the same for sockets and for `POST`: one broken or newer frame costs the others nothing.

use chinwag_conversation::{ClientFrame, ConversationId, MessageId, Nack, NackCode};
use serde_json::Value;

/// Frames that a client may send.
const NAMES: [&str; 5] = ["hello", "send", "pull", "cursor", "typing"];

/// What a text or a value turned out to be.
#[derive(Debug)]
pub(crate) enum Parsed {
    Frame(Box<ClientFrame>),
    /// A `send` that cannot be understood, but can be answered, so that it is not sent for ever.
    Refused(Nack),
    /// A newer client's frame, to be ignored.
    Unknown,
    Broken(&'static str),
}

/// One message of a socket.
pub(crate) fn parse(text: &str) -> Parsed {
    if let Ok(frame) = serde_json::from_str(text) {
        return Parsed::Frame(Box::new(frame));
    }
    serde_json::from_str(text)
        .map_or(Parsed::Broken("a frame is one JSON object like {\"beat\":{}}"), |value| explain(&value))
}

/// One element of a `POST`'s frames.
pub(crate) fn read(value: Value) -> Parsed {
    match serde_json::from_value(value.clone()) {
        Ok(frame) => Parsed::Frame(Box::new(frame)),
        Err(_) => explain(&value),
    }
}

/// Why a value is no frame that we know.
fn explain(value: &Value) -> Parsed {
    let mut names = value.as_object().into_iter().flatten();
    match (names.next(), names.next()) {
        (Some((name, body)), None) if name == "send" => {
            answerable(body).map_or(Parsed::Broken("a send needs id, conversation and kind"), Parsed::Refused)
        }
        (Some((name, _)), None) if !NAMES.contains(&name.as_str()) => Parsed::Unknown,
        (Some(_), None) => Parsed::Broken("a frame does not have the fields that the protocol says"),
        _ => Parsed::Broken("a frame is one JSON object with one name, like {\"beat\":{}}"),
    }
}

/// The refusal of a `send` whose ids can be read though the rest cannot.
fn answerable(send: &Value) -> Option<Nack> {
    Some(Nack {
        id: MessageId::parse(send.get("id")?.as_str()?)?,
        conversation: ConversationId::parse(send.get("conversation")?.as_str()?)?,
        code: NackCode::Malformed,
        after_ms: 0,
    })
}
