//! What is kept on the device for one agent: drafts and the outbox.

use chinwag_browser::{keep, storage::Storage};
use chinwag_conversation::ConversationId;

const DRAFT: &str = "draft:";

/// The agent's own scope: another one on the same machine never sees or sends it.
pub(super) struct Store {
    storage: Storage,
    scope: String,
}

impl Store {
    pub(super) fn of(email: &str) -> Self {
        let scope = ["console:", email].concat();
        Self { storage: Storage::local(&scope), scope }
    }

    /// Where the link keeps what is not yet known to be stored.
    pub(super) fn scope(&self) -> String {
        self.scope.clone()
    }

    pub(super) fn drafts(&self) -> Vec<(ConversationId, String)> {
        let draft = |key: String| {
            let id = ConversationId::parse(key.strip_prefix(DRAFT)?)?;
            Some((id, self.storage.get(&key)?))
        };
        self.storage.keys(DRAFT).into_iter().filter_map(draft).collect()
    }

    pub(super) fn keep_draft(&self, conversation: ConversationId, text: &str) {
        let key = [DRAFT, &conversation.to_string()].concat();
        if text.is_empty() {
            self.storage.remove(&key);
        } else {
            // Where storage is refused or full, the draft lives as long as the page.
            let _ = self.storage.set(&key, text);
        }
    }

    /// The agent signed out: nothing stays on a shared machine.
    pub(super) fn forget(self) {
        self.storage.clear();
        keep::forget(&self.scope);
    }
}
