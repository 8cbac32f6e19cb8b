//! Messages that come and go.

use chinwag_conversation::{AuthorKind, Delivery, Entry, Kind, Outgoing, markup::plain};

use super::{
    Bottom, Effect, Model, Panel,
    input::{Outcome, Said, Timer},
    rows::Reach,
    thread::{Progress, Start, is_their_message},
};

/// "Is writing" is forgotten after this without another sign.
const TYPING_MS: u32 = 6_000;

impl Model {
    pub(super) fn submitted(&mut self) {
        if self.can_submit() {
            let text = core::mem::take(&mut self.draft);
            self.typed_at = None;
            self.effects.push(Effect::KeepDraft(String::new()));
            self.send_text(text.trim().to_owned());
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
        self.effects.push(Effect::Send(kind, origin));
    }

    pub(super) fn rated(&mut self, score: u8) {
        self.send(Kind::Rated { score });
        self.say(Said::Thanks);
    }

    pub(super) fn welcome(&mut self, top: u64, agent: Progress, text_chars: u32) {
        self.thread.history.get_or_insert(top);
        if self.thread.start == Start::Unknown {
            self.thread.start = if top == 0 { Start::Reached } else { Start::Before };
        }
        self.awaited &= top > self.thread.top();
        self.thread.agent = agent;
        self.text_chars = text_chars;
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
        if theirs && unseen && self.panel == Panel::Closed && !self.awaited {
            self.preview();
        }
        self.report();
    }

    /// History is silent; what comes now is said once.
    fn tell(&mut self, entry: &Entry, theirs: bool) {
        let name = entry.author.name.clone();
        match &entry.kind {
            Kind::Message { text } if theirs => {
                if self.panel != Panel::Closed {
                    self.say(Said::Message { name, text: plain(text) });
                }
                self.effects.push(Effect::Message { theirs: true });
            }
            Kind::Joined if self.panel != Panel::Closed => self.say(Said::Joined(name)),
            Kind::Closed if self.panel != Panel::Closed => self.say(Said::Ended),
            _ => {}
        }
    }

    /// The newest message that waits for the visitor, on a card.
    fn preview(&mut self) {
        let newest = self.thread.entries().iter().rev().find(|entry| is_their_message(entry));
        if let Some(Entry { author, kind: Kind::Message { text }, .. }) = newest {
            let bot = author.kind != AuthorKind::Agent;
            self.show_answer(author.name.clone(), plain(text), bot);
        }
    }

    pub(super) fn reset(&mut self) {
        self.thread.history = self.thread.history.max(Some(self.thread.top()));
        self.thread.reset();
    }

    pub(super) fn outgoing(&mut self, outgoing: Outgoing) {
        let is_message = matches!(outgoing.kind, Kind::Message { .. });
        match outgoing.delivery {
            Delivery::Sent { .. } if is_message => self.say(Said::Sent),
            Delivery::Failed(_) => self.say(Said::Failed),
            _ => {}
        }
        self.thread.came(outgoing);
        self.report();
    }

    /// The text goes back to where it was written.
    pub(super) fn full(&mut self, text: String) {
        self.draft = text;
        self.full = true;
        self.say(Said::Full);
        self.effects.push(Effect::KeepDraft(self.draft.clone()));
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

    /// Received is what is here; read is what stood before the visitor's eyes.
    pub(super) fn report(&mut self) {
        let top = self.thread.top();
        let looks = self.panel == Panel::Open && !self.page_hidden && self.bottom == Bottom::Seen;
        if looks && top > self.thread.read {
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
        }
    }
}
