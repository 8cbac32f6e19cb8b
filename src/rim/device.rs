//! What is kept on the visitor's device, and when: nothing before the visitor acts, the tab's storage from then on, and
//! lasting storage once something was sent, because the answer must find its way back.

use chinwag_browser::{js, keep, random, storage::Storage};
use chinwag_conversation::{ConversationId, Cursor, Stream, WallTime};
use wasm_bindgen::JsValue;

const TOKEN: &str = "token";
const CONVERSATION: &str = "conversation";
const READ: &str = "read";
const DRAFT: &str = "draft";
const MUTED: &str = "muted";
const SERVER: &str = "server";
/// The server that worked goes first for so long, in ms.
const SERVER_MS: u64 = 30 * 60_000;

/// Who the visitor is to the server, and which conversation this is.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) token: String,
    pub(crate) conversation: ConversationId,
    pub(crate) kept: Kept,
}

/// How long the identity stays on the device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Tab,
    Lasting,
}

pub(crate) struct Device {
    site: String,
    local: Storage,
    session: Storage,
}

impl Device {
    pub(crate) fn new(site: &str) -> Self {
        Self { site: site.to_owned(), local: Storage::local(site), session: Storage::session(site) }
    }

    /// What an earlier page left. Reads only.
    pub(crate) fn identity(&self) -> Option<Identity> {
        let stored = |kept: Kept| {
            let place = self.place(kept);
            let conversation = ConversationId::parse(&place.get(CONVERSATION)?)?;
            Some(Identity { token: place.get(TOKEN)?, conversation, kept })
        };
        stored(Kept::Lasting).or_else(|| stored(Kept::Tab))
    }

    /// A new one, for as long as the tab.
    pub(crate) fn make(&self) -> Identity {
        let identity = Identity { token: random::token(), conversation: random::conversation_id(), kept: Kept::Tab };
        self.keep(&identity);
        identity
    }

    pub(crate) fn keep(&self, identity: &Identity) {
        let place = self.place(identity.kept);
        place.set(TOKEN, &identity.token);
        place.set(CONVERSATION, &identity.conversation.to_string());
    }

    fn place(&self, kept: Kept) -> &Storage {
        match kept {
            Kept::Tab => &self.session,
            Kept::Lasting => &self.local,
        }
    }

    pub(crate) fn read(&self, kept: Kept) -> u64 {
        self.place(kept).get(READ).and_then(|seq| seq.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn keep_read(&self, kept: Kept, seq: u64) {
        self.place(kept).set(READ, &seq.to_string());
    }

    /// The server that worked lately.
    pub(crate) fn server(&self, kept: Kept, now: WallTime) -> Option<String> {
        lately(&self.place(kept).get(SERVER)?, now).map(str::to_owned)
    }

    pub(crate) fn keep_server(&self, kept: Kept, server: &str, now: WallTime) {
        self.place(kept).set(SERVER, &[&now.0.to_string(), " ", server].concat());
    }

    /// A `storage` event: another tab keeps something.
    pub(crate) fn read_elsewhere(&self, event: &JsValue) -> Option<u64> {
        let key = js::text(event, "key")?;
        let ours = key.strip_prefix("chinwag:")?.strip_prefix(&self.site)? == [":", READ].concat();
        js::text(event, "newValue").filter(|_| ours)?.parse().ok()
    }

    pub(crate) fn is_muted(&self) -> bool {
        self.local.get(MUTED).is_some()
    }

    pub(crate) fn keep_muted(&self, muted: bool) {
        if muted {
            self.local.set(MUTED, "1");
        } else {
            self.local.remove(MUTED);
        }
    }

    pub(crate) fn draft(&self) -> String {
        self.session.get(DRAFT).unwrap_or_default()
    }

    pub(crate) fn keep_draft(&self, draft: &str) {
        if draft.is_empty() {
            self.session.remove(DRAFT);
        } else {
            self.session.set(DRAFT, draft);
        }
    }

    /// The next person at this device finds nothing.
    pub(crate) fn wipe(&self) {
        if self.local.get(TOKEN).is_some() {
            keep::forget(&self.site);
        }
        self.local.clear();
        self.session.clear();
    }
}

impl Identity {
    /// A conversation that only this device knows starts at its beginning.
    pub(crate) fn cursor(&self) -> Cursor {
        let seq = match self.kept {
            Kept::Tab => Some(0),
            Kept::Lasting => None,
        };
        Cursor { stream: self.stream(), epoch: 0, seq }
    }

    pub(crate) fn stream(&self) -> Stream {
        Stream::Conversation(self.conversation)
    }
}

fn lately(kept: &str, now: WallTime) -> Option<&str> {
    let (at, server) = kept.split_once(' ')?;
    (now.0.saturating_sub(at.parse().ok()?) < SERVER_MS).then_some(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_worked_is_remembered_for_half_an_hour() {
        let kept = "1000 https://b.example";
        assert_eq!(lately(kept, WallTime(1_000 + SERVER_MS - 1)), Some("https://b.example"));
        assert_eq!(lately(kept, WallTime(1_000 + SERVER_MS)), None);
        assert_eq!(lately(kept, WallTime(0)), Some("https://b.example"), "a clock that was set back");
        assert_eq!(lately("nonsense", WallTime(0)), None);
    }
}
