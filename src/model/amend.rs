//! Own messages, written anew or taken back.

use chinwag_conversation::{Kind, MessageId};

use super::{Effect, Focus, Model};

/// What the composer is about, when it is not about a new message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Amending {
    /// The text of this message stands in the composer; the draft waits here.
    Edit(MessageId, String),
    /// Asked once more: what is deleted is gone for everybody.
    Delete(MessageId),
}

impl Model {
    pub(super) fn edit(&mut self, of: MessageId) {
        self.stop_amending();
        let message = self.thread.entries().iter().find(|entry| entry.id == of);
        if let Some(Kind::Message { text }) = message.map(|entry| &entry.kind) {
            let draft = core::mem::replace(&mut self.draft, text.clone());
            self.amending = Some(Amending::Edit(of, draft));
        }
    }

    pub(super) fn delete(&mut self, of: MessageId) {
        self.stop_amending();
        self.amending = Some(Amending::Delete(of));
        self.effects.push(Effect::Focus(Focus::Confirm));
    }

    pub(super) fn confirmed(&mut self) {
        if let Some(Amending::Delete(of)) = self.amending {
            self.send(Kind::Deleted { of });
        }
        self.stop_amending();
    }

    /// The draft comes back.
    pub(super) fn stop_amending(&mut self) {
        if let Some(Amending::Edit(_, draft)) = self.amending.take() {
            self.draft = draft;
        }
        self.effects.push(Effect::Focus(Focus::Composer));
    }

    /// Out of the innermost thing.
    pub(super) fn escape(&mut self) {
        if self.amending.is_some() { self.stop_amending() } else { self.close() }
    }
}
