//! What is kept on the visitor's device, and when: nothing before the visitor acts; then who they are, for all tabs; and
//! where they are in a conversation, once something was sent, because the answer must find its way back.

use chinwag_browser::{js, keep, number::digits, random, storage::Storage};
use chinwag_conversation::{ConversationId, Cursor, Stream, WallTime};
use wasm_bindgen::JsValue;

const TOKEN: &str = "token";
const CONVERSATION: &str = "conversation";
/// How many conversations were begun. Rules read it as `chat.count`.
const BEGUN: &str = "begun";
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
    pub(crate) stage: Stage,
}

/// How far a visitor has gone on this site.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) enum Stage {
    /// The panel was opened.
    Opened,
    /// Something was sent: an answer may come at any time.
    Begun,
}

pub(crate) struct Device {
    site: String,
    local: Storage,
    session: Storage,
}

/// What another tab did.
pub(crate) enum Elsewhere {
    /// The visitor has read up to here.
    Read(u64),
    LoggedOut,
    /// Something else, or it was not us.
    Other,
}

impl Device {
    pub(crate) fn new(site: &str) -> Self {
        Self { site: site.to_owned(), local: Storage::local(site), session: Storage::session(site) }
    }

    /// What an earlier page or another tab left. Reads only.
    pub(crate) fn identity(&self) -> Option<Identity> {
        Some(Identity {
            token: self.local.get(TOKEN)?,
            conversation: ConversationId::parse(&self.local.get(CONVERSATION)?)?,
            stage: self.local.get(BEGUN).map_or(Stage::Opened, |_| Stage::Begun),
        })
    }

    /// A new one.
    pub(crate) fn make(&self) -> Identity {
        let identity =
            Identity { token: random::token(), conversation: random::conversation_id(), stage: Stage::Opened };
        self.keep(&identity);
        identity
    }

    pub(crate) fn keep(&self, identity: &Identity) {
        let conversation = identity.conversation.text();
        if identity.stage == Stage::Begun {
            if self.local.get(BEGUN).is_none() {
                self.local.set(BEGUN, "1");
            }
            keep::put(&self.site, "", &[&identity.token, " ", &conversation].concat());
        }
        self.local.set(TOKEN, &identity.token);
        self.local.set(CONVERSATION, &conversation);
    }

    /// The visitor begins another conversation.
    pub(crate) fn count_another(&self) {
        let begun: u64 = self.local.get(BEGUN).and_then(|begun| begun.parse().ok()).unwrap_or(0);
        self.local.set(BEGUN, &digits(begun + 1));
    }

    /// Browsers write this storage some seconds late: one that was killed before has the same beside its outbox. `found` is
    /// called when that is newer, and the device has it again then.
    pub(crate) fn recall(&self, found: impl Fn() + 'static) {
        let local = self.local.clone();
        let tell = move |known: String| {
            let word = known.split_once(' ').filter(|(_, rest)| ConversationId::parse(rest).is_some());
            let Some((token, conversation)) = word else { return };
            // Who began nothing here was made a stranger by this very page. Ids sort by the time of their making.
            let begun = local.get(BEGUN);
            if begun.is_none() || local.get(CONVERSATION).is_none_or(|here| conversation > here.as_str()) {
                local.set(BEGUN, begun.as_deref().unwrap_or("1"));
                local.set(TOKEN, token);
                local.set(CONVERSATION, conversation);
                found();
            }
        };
        keep::read(&self.site, Box::new(tell));
    }

    /// How far the visitor has read.
    pub(crate) fn read(&self) -> u64 {
        self.local.get(READ).and_then(|seq| seq.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn keep_read(&self, seq: u64) {
        self.local.set(READ, &digits(seq));
    }

    /// The server that worked lately.
    pub(crate) fn server(&self, now: WallTime) -> Option<String> {
        lately(&self.local.get(SERVER)?, now).map(str::to_owned)
    }

    pub(crate) fn keep_server(&self, server: &str, now: WallTime) {
        self.local.set(SERVER, &[&digits(now.0), " ", server].concat());
    }

    /// Reads a `storage` event.
    pub(crate) fn elsewhere(&self, event: &JsValue) -> Elsewhere {
        let key = js::text(event, "key").unwrap_or_default();
        let key = key.strip_prefix(&["chinwag:", &self.site, ":"].concat());
        let value = js::text(event, "newValue");
        match (key, value) {
            (Some(READ), Some(seq)) => seq.parse().map_or(Elsewhere::Other, Elsewhere::Read),
            (Some(TOKEN), None) => Elsewhere::LoggedOut,
            _ => Elsewhere::Other,
        }
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

    /// The next person at this device finds nothing. `known`: there was a visitor, so there may be an outbox.
    pub(crate) fn wipe(&self, known: bool) {
        if known {
            keep::forget(&self.site);
        }
        self.local.clear();
        self.session.clear();
    }
}

impl Identity {
    /// A conversation that only this device knows starts at its beginning: one that was not begun, or is begun `anew`.
    pub(crate) fn cursor(&self, anew: bool) -> Cursor {
        let seq = (anew || self.stage == Stage::Opened).then_some(0);
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
