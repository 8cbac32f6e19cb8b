//! The interface's state: inputs go in, effects come out. No clock, no browser, no words.

mod amend;
mod card;
mod conversation;
pub(crate) mod decision;
mod files;
mod form;
pub(crate) mod input;
mod line;
mod panel;
pub(crate) mod rows;
pub(crate) mod thread;

use chinwag_conversation::{Availability, Elapsed, limits::Limits};

pub(crate) use amend::Amending;
use decision::{Card, Opening, Origin};
pub(crate) use form::{Problem, Problems};
pub(crate) use input::{Effect, Input, Press};
use input::{Focus, Opener};
pub(crate) use line::Connection;
use thread::Thread;

/// Whether the panel is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Panel {
    #[default]
    Closed,
    /// The page opened it; nothing leaves or is kept until the visitor does something in it.
    Offered,
    Open,
}

/// What stands below the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foot {
    Composer,
    AwayForm,
    Ended,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) panel: Panel,
    pub(crate) card: Option<Card>,
    pub(crate) thread: Thread,
    pub(crate) draft: String,
    /// What the page or a rule put there.
    prefilled: String,
    pub(crate) amending: Option<Amending>,
    pub(crate) connection: Connection,
    /// `None`: not known.
    pub(crate) availability: Option<Availability>,
    /// Someone writes; the name, if known.
    pub(crate) typing: Option<Option<String>>,
    /// As the server told them.
    pub(crate) limits: Limits,
    pub(crate) unread: u32,
    /// The visitor looks at the newest message.
    pub(crate) bottom: Bottom,
    form: Form,
    pub(crate) problems: Problems,
    /// What was written last did not fit into the outbox.
    pub(crate) full: bool,
    /// The notification that led here; goes with the first message.
    origin: Option<Origin>,
    /// First messages that rules suggest.
    pub(crate) suggested: Vec<(String, Origin)>,
    pub(crate) opening: Option<Opening>,
    /// Messages of an earlier page are on their way.
    pub(crate) awaited: bool,
    page_hidden: bool,
    /// The panel is the whole screen.
    pub(crate) phone: bool,
    /// No sound for what comes.
    pub(crate) muted: bool,
    badge: u32,
    typed_at: Option<Elapsed>,
    effects: Vec<Effect>,
}

/// How the away form stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Offered,
    /// Stays until it is sent, whatever happens to the availability.
    Begun,
    Sent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bottom {
    #[default]
    Seen,
    Scrolled,
}

impl Model {
    /// `draft` is what an earlier page of this tab left in the composer, `muted` what the visitor chose before.
    pub(crate) fn new(draft: String, muted: bool) -> Self {
        Self { draft, muted, ..Self::default() }
    }

    /// One input, then all that follows from it.
    pub(crate) fn update(&mut self, input: Input, now: Elapsed) -> Vec<Effect> {
        match input {
            Input::Open(opener) => self.open(opener),
            Input::Close => self.close(),
            Input::Escape => self.escape(),
            Input::Touched => self.touched(),
            Input::Decided(decision) => self.decided(decision),
            Input::Prefill(text) => self.write(text),
            Input::Returned { read } => self.returned(read),
            Input::Visible(visible) => {
                self.page_hidden = !visible;
                self.report();
                self.badge();
            }
            Input::ReadElsewhere(seq) => self.read_elsewhere(seq),
            Input::Forget => self.forget(),
            Input::CardShown => self.card_shown(),
            Input::Press(press) => self.pressed(press),
            Input::Written(text) => self.written(text, now),
            Input::Picked(upload) => self.picked(upload),
            Input::Uploaded(id, answer) => self.uploaded(id, answer),
            Input::LeftMessage { name, email, text } => self.left_message(&name, &email, &text),
            Input::AtBottom(at_bottom) => {
                self.look(if at_bottom { Bottom::Seen } else { Bottom::Scrolled });
            }
            Input::WantsOlder => self.wants_older(),
            Input::Link(link) => self.link(link),
            Input::Welcome { top, agent, availability, limits } => {
                self.limits = limits;
                self.welcome(top, agent);
                self.available(availability);
            }
            Input::Entry(entry) => self.entry(entry),
            Input::Older { entries, start_reached } => self.thread.older(entries, start_reached),
            Input::Reset => self.reset(),
            Input::Outgoing(outgoing) => self.outgoing(outgoing),
            Input::Full(text) => self.full(text),
            Input::Discarded(id) => self.thread.discard(id),
            Input::Progress(progress) => self.thread.came_to(progress),
            Input::Typing(name) => self.types(name),
            Input::Availability(availability) => self.available(availability),
            Input::Refused => self.refused(),
            Input::Timer(timer) => self.timer(timer),
        }
        core::mem::take(&mut self.effects)
    }

    fn pressed(&mut self, press: Press) {
        match press {
            Press::CardOpened => self.card_opened(),
            Press::CardReplied(index) => self.card_replied(index),
            Press::CardPressed(index) => self.card_pressed(index),
            Press::CardDismissed => self.card_dismissed(),
            Press::Suggested(index) => self.suggestion(index),
            Press::Muted => {
                self.muted = !self.muted;
                self.effects.push(Effect::KeepMuted(self.muted));
            }
            Press::Closed => self.close(),
            Press::Newest => self.look(Bottom::Seen),
            Press::Submitted => self.submitted(),
            Press::Rated(score) => self.rated(score),
            Press::StartedNew => self.started_new(),
            Press::Retried(id) => self.retried(id),
            Press::Removed(id) => {
                self.thread.discard(id);
                self.effects.push(Effect::Discard(id));
            }
            Press::Edit(id) => self.edit(id),
            Press::Delete(id) => self.delete(id),
            Press::Confirmed => self.confirmed(),
            Press::Cancelled => self.stop_amending(),
            Press::TriedNow => self.effects.push(Effect::Nudge),
        }
    }

    fn look(&mut self, bottom: Bottom) {
        self.bottom = bottom;
        self.report();
    }

    /// The away form only greets somebody who has not written yet.
    pub(crate) fn foot(&self) -> Foot {
        if self.thread.is_closed() {
            Foot::Ended
        } else if self.availability == Some(Availability::Away)
            && self.form == Form::Offered
            && self.thread.is_empty()
            && !self.awaited
            || self.form == Form::Begun
        {
            Foot::AwayForm
        } else {
            Foot::Composer
        }
    }

    fn available(&mut self, availability: Availability) {
        // Nobody's half-written form is taken away.
        if self.foot() == Foot::AwayForm && !self.draft.is_empty() {
            self.form = Form::Begun;
        }
        if self.availability.replace(availability) != Some(availability) {
            self.effects.push(Effect::Availability(availability));
        }
    }

    fn say(&mut self, said: input::Said) {
        self.effects.push(Effect::Say(said));
    }
}

#[cfg(test)]
mod tests;
