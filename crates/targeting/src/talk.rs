//! What the moments of a conversation leave behind: how long the visitor waits for an answer, and when something was said.

use crate::facts::{Facts, Now};
use crate::history::{History, Outcome};
use crate::signal::ConversationPhase;
use crate::value::Value;

/// Runs from the first message that nobody has answered; absent while nobody waits. The signal `no-reply` reads it.
pub const WAITING: &str = "chat.secondsWaiting";

/// Takes a moment into account, before the rules are told of it. True: the history is another one now.
pub fn talk(facts: &mut Facts, history: &mut History, phase: ConversationPhase, now: Now) -> bool {
    match phase {
        ConversationPhase::Opened => return false,
        ConversationPhase::Sent => {
            if facts.number(WAITING, now).is_none() {
                facts.set_running(WAITING, 0.0, now.page);
            }
        }
        _ => facts.set(WAITING, Value::Null),
    }
    let said = phase != ConversationPhase::Ended;
    if said {
        // Of no rule: whatever it came of.
        history.record(Outcome::Conversation, "", now);
    }
    said
}
