//! Messages that come and go.

use chinwag_conversation::{AuthorKind, Delivery, Entry, Kind, Outgoing, markup::plain};

use super::{
    Amending, Bottom, Effect, Model, Panel,
    decision::{Card, CardSource},
    input::{Outcome, Said, Timer},
    rows::Reach,
    thread::{Progress, Start, is_their_message},
};

/// "Is writing" is forgotten after this without another sign.
const TYPING_MS: u32 = 6_000;
/// A message that was read in another tab by then needs no tone in this one.
const CHIME_MS: u32 = 500;

impl Model {
    pub(super) fn submitted(&mut self) {
        if self.can_submit() {
            let text = self.draft.trim().to_owned();
            self.typed_at = None;
            if let Some(Amending::Edit(of, _)) = self.amending {
                let same = |entry: &Entry| {
                    entry.id == of && matches!(&entry.kind, Kind::Message { text: old } if *old == text)
                };
                if !self.thread.entries().iter().any(same) {
                    self.send(Kind::Edited { of, text });
                }
                self.stop_amending();
                return;
            }
            self.draft.clear();
            self.effects.push(Effect::KeepDraft(String::new()));
            self.send_text(text);
        }
    }

    pub(super) fn send_text(&mut self, text: String) {
        self.touched();
        self.bottom = Bottom::Seen;
        self.send(Kind::Message { text });
        self.effects.push(Effect::Message { theirs: false });
    }

    pub(super) fn send(&mut self, kind: Kind) {
        let origin = self.origin.take();
        if let Some(origin) = &origin {
            self.effects.push(Effect::Answer(origin.rule.clone(), Outcome::Conversation));
        }
        self.effects.push(Effect::Send(kind, origin, None));
    }

    pub(super) fn rated(&mut self, score: u8) {
        self.send(Kind::Rated { score });
        self.say(Said::Thanks);
    }

    pub(super) fn welcome(&mut self, top: u64, agent: Progress) {
        self.thread.told = top;
        self.thread.history.get_or_insert(top);
        if self.thread.start == Start::Unknown {
            self.thread.start = if top == 0 { Start::Reached } else { Start::Before };
        }
        self.awaited &= top > self.thread.top();
        self.thread.came_to(agent);
    }

    pub(super) fn entry(&mut self, entry: Entry) {
        let theirs = is_their_message(&entry);
        let fresh = self.thread.history.is_some_and(|top| entry.seq > top);
        let unseen = entry.seq > self.thread.read;
        if theirs {
            self.typing = None;
        }
        if !self.thread.insert(entry.clone()) {
            return;
        }
        self.awaited &= self.thread.history.is_none_or(|top| self.thread.top() < top);
        if fresh {
            self.tell(&entry, theirs);
        }
        let previewed = matches!(self.card, Some(Card { source: CardSource::Answer, .. }));
        let changes = previewed && entry.kind.amends().is_some();
        if (theirs && unseen || changes) && self.panel == Panel::Closed && !self.awaited {
            self.preview();
        }
        self.report();
    }

    /// History is silent; what comes now is said once.
    fn tell(&mut self, entry: &Entry, theirs: bool) {
        let name = entry.author.name.clone();
        if theirs {
            self.effects.push(Effect::Message { theirs });
            if !self.muted && !self.looks() {
                self.effects.push(Effect::After(CHIME_MS, Timer::Chimes));
            }
        }
        if entry.kind == Kind::Closed {
            self.effects.push(Effect::Ended);
        }
        if self.panel != Panel::Closed {
            self.say(match &entry.kind {
                Kind::Joined => Said::Joined(name),
                Kind::Closed => Said::Ended,
                _ if entry.author.kind == AuthorKind::Visitor => return,
                Kind::Deleted { .. } => Said::Deleted,
                kind => match words_of(kind) {
                    Some(text) => Said::Message { name, text },
                    None => return,
                },
            });
        }
    }

    /// The newest message that waits for the visitor, on a card.
    fn preview(&mut self) {
        let mut unseen = self.thread.entries().iter().rev().take_while(|entry| entry.seq > self.thread.read);
        match unseen.find(|entry| is_their_message(entry)) {
            Some(Entry { author, kind, .. }) => {
                let bot = author.kind != AuthorKind::Agent;
                let text = words_of(kind).unwrap_or_default();
                self.show_answer(author.name.clone(), text, bot);
            }
            None => self.card = None,
        }
    }

    /// A restored log has other entries where some were read, and may have lost what was written here. That was shown as sent,
    /// so it goes once more: to a server that has it, the same id is the same entry.
    pub(super) fn reset(&mut self) {
        self.effects.push(Effect::KeepRead(0));
        for Entry { author, kind, id, .. } in self.thread.reset() {
            if author.kind == AuthorKind::Visitor && !kind.is_deleted() {
                self.effects.push(Effect::Send(kind, None, Some(id)));
            }
        }
    }

    pub(super) fn outgoing(&mut self, outgoing: Outgoing) {
        match (outgoing.delivery, &outgoing.kind) {
            (Delivery::Failed(_), _) => self.say(Said::Failed),
            (Delivery::Sent { .. }, Kind::Deleted { .. }) => self.say(Said::Deleted),
            (Delivery::Sent { .. }, kind) if words_of(kind).is_some() => self.say(Said::Sent),
            _ => {}
        }
        self.thread.came(outgoing);
        self.report();
    }

    /// The text goes back to where it was written. What is no message was not written there, and comes without a text.
    pub(super) fn full(&mut self, text: String) {
        self.full = true;
        self.say(Said::Full);
        if !text.is_empty() {
            self.draft = text;
            self.effects.push(Effect::KeepDraft(self.draft.clone()));
        }
    }

    pub(super) fn wants_older(&mut self) {
        if self.connection.reach() == Reach::Away {
            return;
        }
        if let Some(before) = self.thread.older_before() {
            self.thread.start = Start::Loading;
            self.effects.push(Effect::Older(before));
        }
    }

    pub(super) fn types(&mut self, name: Option<String>) {
        if self.typing.is_none() && self.panel != Panel::Closed {
            self.say(Said::Typing(name.clone()));
        }
        self.typing = Some(name);
        self.effects.push(Effect::After(TYPING_MS, Timer::TypingEnds));
    }

    fn looks(&self) -> bool {
        self.panel == Panel::Open && !self.page_hidden && self.bottom == Bottom::Seen
    }

    /// One browser, one visitor: what was read in one tab waits in none.
    pub(super) fn read_elsewhere(&mut self, seq: u64) {
        self.thread.read = self.thread.read.max(seq);
        if self.thread.unread() == 0 && matches!(self.card, Some(Card { source: CardSource::Answer, .. })) {
            self.card = None;
        }
        self.report();
    }

    /// Received is what is here; read is what stood before the visitor's eyes.
    pub(super) fn report(&mut self) {
        let top = self.thread.top();
        if self.looks() && top > self.thread.read {
            self.thread.read = top;
            self.effects.push(Effect::KeepRead(top));
        }
        let progress = Progress { delivered: top, read: self.thread.read.min(top) };
        if top > 0 && self.thread.reported != progress {
            self.thread.reported = progress;
            self.effects.push(Effect::Report(progress));
        }
        self.count_unread();
    }

    pub(super) fn count_unread(&mut self) {
        let unread = self.thread.unread();
        if self.unread != unread {
            self.unread = unread;
            self.effects.push(Effect::Unread(unread));
            self.badge();
        }
    }

    pub(super) fn badge(&mut self) {
        let badge = if self.page_hidden { self.unread } else { 0 };
        if core::mem::replace(&mut self.badge, badge) != badge {
            self.effects.push(Effect::Badge(badge));
        }
    }
}

/// What an entry says, without markup.
fn words_of(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Message { text } | Kind::Edited { text, .. } => Some(plain(text)),
        Kind::File { file } => Some(file.name.clone()),
        _ => None,
    }
}
