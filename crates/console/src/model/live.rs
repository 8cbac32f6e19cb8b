//! What arrives over the link.

use std::rc::Rc;

use chinwag_conversation::{
    Author, AuthorKind, CloseCode, Delivery, Entry, Event, Kind, NackCode, Notice, Outgoing, Side, Stream,
};

use super::{
    Attention, Bell, Connection, Console, Effect, Inbox, NEWS_MS, Progress, ThreadLoad, excerpt, visitor_name,
};

/// Characters of a message in a desktop notification.
const ALERT_CHARS: usize = 140;

impl Console {
    pub(super) fn notice(&mut self, notice: Notice, effects: &mut Vec<Effect>) {
        if self.me().is_none() {
            return;
        }
        match notice {
            Notice::Link(link) => {
                self.connection = self.connection.after(link, self.now);
                if self.connection.is_live() {
                    let owed = core::mem::take(&mut self.owed);
                    effects.extend(owed.into_iter().map(|(id, progress)| Effect::Report(id, progress)));
                    self.upload_again(effects);
                }
            }
            Notice::Welcome(welcome) => self.file_bytes = welcome.limits.file_bytes,
            // Whether visitors find somebody is told to agents only once, in the welcome: it would grow stale on the screen.
            Notice::Availability(_) => {}
            Notice::Event(event) => self.event(*event, effects),
            // The lists and threads are paged over HTTP.
            Notice::Older { .. } => {}
            // Each of an agent's tabs has an outbox of its own.
            Notice::Discarded(_) => {}
            Notice::Reset(Stream::Feed) => self.start_over(),
            Notice::Reset(Stream::Conversation(id)) => {
                self.threads.remove(&id);
            }
            Notice::Outgoing(item) => self.outgoing(item, effects),
            Notice::Cursor(report) => {
                if let (Side::Visitor, Some(thread)) = (report.side, self.threads.get_mut(&report.conversation)) {
                    let seen = Progress { delivered: report.delivered, read: report.read };
                    let thread = Rc::make_mut(thread);
                    thread.visitor = thread.visitor.furthest(seen);
                }
            }
            Notice::Typing(typing) => {
                if typing.side == Side::Visitor {
                    self.typing.insert(typing.conversation, self.now.elapsed);
                }
            }
            Notice::Refused(code) => self.refused(code, effects),
        }
    }

    /// The server's log was restored: what was shown may never have been.
    fn start_over(&mut self) {
        self.inbox = Inbox::default();
        self.threads.clear();
    }

    fn refused(&mut self, code: CloseCode, effects: &mut Vec<Effect>) {
        self.connection = Connection::Refused;
        if code == CloseCode::Credentials {
            // Whether the session ended is the server's word over HTTP, not a guess from a close code.
            effects.push(Effect::AskMe);
        }
    }

    fn event(&mut self, event: Event, effects: &mut Vec<Effect>) {
        let Some(summary) = event.summary else { return };
        let conversation = summary.conversation;
        let entry = event.entry;
        let visitor = visitor_name(&summary).to_owned();
        self.inbox.changed(summary);
        Rc::make_mut(&mut self.outgoing).remove(&entry.id);
        self.settle_upload(entry.id, effects);
        let (seq, at) = (entry.seq, entry.at);
        let said = match (&entry.kind, entry.author.kind) {
            (Kind::Message { text }, AuthorKind::Visitor) => Some(excerpt(text, ALERT_CHARS)),
            (Kind::File { file }, AuthorKind::Visitor) => Some(excerpt(&file.name, ALERT_CHARS)),
            _ => None,
        };
        if self.current() == Some(conversation) && entry.author.kind == AuthorKind::Visitor {
            match &entry.kind {
                Kind::Edited { text, .. } => {
                    self.announcement = [&visitor, " edited a message: ", &excerpt(text, ALERT_CHARS)].concat().into();
                }
                Kind::Deleted { .. } => self.announcement = [&visitor, " deleted a message"].concat().into(),
                _ => {}
            }
        }
        self.keep_entry(conversation, entry, effects);
        let Some(text) = said else { return };
        self.typing.remove(&conversation);
        self.report(conversation, Progress { delivered: seq, read: 0 }, effects);
        if self.current() == Some(conversation) {
            self.announcement = [visitor.as_str(), ": ", text.as_str()].concat().into();
        }
        let seen = self.attention == Attention::Here && self.current() == Some(conversation);
        let news = self.now.wall.0.saturating_sub(at.0) < NEWS_MS;
        if self.bell == Bell::On && news && !seen {
            effects.push(Effect::Alert { conversation, from: visitor, text });
        }
    }

    fn keep_entry(
        &mut self,
        conversation: chinwag_conversation::ConversationId,
        entry: Entry,
        effects: &mut Vec<Effect>,
    ) {
        let Some(thread) = self.threads.get_mut(&conversation) else { return };
        let thread = Rc::make_mut(thread);
        thread.insert(entry);
        // While the first page is under way, it will close the gap.
        if thread.load == ThreadLoad::Ready
            && let Some(before) = thread.hole()
        {
            effects.push(Effect::LoadEntries { conversation, before: Some(before) });
        }
    }

    fn outgoing(&mut self, item: Outgoing, effects: &mut Vec<Effect>) {
        self.settle_upload(item.id, effects);
        let all = Rc::make_mut(&mut self.outgoing);
        if item.kind == Kind::Closed && item.delivery == Delivery::Failed(NackCode::Forbidden) {
            all.remove(&item.id);
            effects.push(Effect::Discard(item.id));
            self.toast("The visitor wrote meanwhile, so the conversation stays open.");
            return;
        }
        let Delivery::Sent { seq, at } = item.delivery else {
            all.insert(item.id, item);
            return;
        };
        all.remove(&item.id);
        let name = self.me().map(|me| me.name.clone());
        let Some(thread) = self.threads.get_mut(&item.conversation) else { return };
        let author = Author { kind: AuthorKind::Agent, name };
        Rc::make_mut(thread).insert(Entry { seq, id: item.id, at, author, kind: item.kind });
    }
}
