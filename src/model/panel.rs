//! Opening and closing the panel, and what may happen only after the visitor acted.

use chinwag_conversation::Elapsed;

use super::{Bottom, Effect, Focus, Form, Model, Opener, Panel, Problems, input::Said, thread::Thread};

/// The composer announces what is left when it is this or less.
const NEARLY_FULL: i32 = 200;
/// … and then each time one of these is passed.
const STEPS: [i32; 4] = [NEARLY_FULL, 50, 20, 0];
/// "Is writing" leaves at most this often.
const TYPING_MS: u64 = 3_000;

impl Model {
    pub(super) fn open(&mut self, opener: Opener) {
        // Nobody asked for a panel that hides the page: only the launcher hints at it.
        if opener == Opener::Page && self.phone && self.panel == Panel::Closed {
            self.effects.push(Effect::Unread(self.unread.max(1)));
            return;
        }
        if self.panel == Panel::Closed {
            self.effects.push(Effect::Opened);
            self.bottom = Bottom::Seen;
        }
        self.settle_card_on_open();
        match opener {
            Opener::Visitor => {
                self.touched();
                self.effects.push(Effect::Focus(Focus::Composer));
            }
            Opener::Page if self.panel == Panel::Closed => self.panel = Panel::Offered,
            Opener::Page => {}
        }
        self.report();
    }

    /// From here on an identity, storage and a connection serve what the visitor asked for.
    pub(super) fn touched(&mut self) {
        if self.panel != Panel::Open {
            self.panel = Panel::Open;
            self.effects.push(Effect::Connect);
            self.report();
        }
    }

    pub(super) fn close(&mut self) {
        if self.panel != Panel::Closed {
            self.panel = Panel::Closed;
            self.effects.extend([Effect::Closed, Effect::Focus(Focus::Launcher)]);
        }
    }

    pub(super) fn returned(&mut self, read: u64) {
        self.begin_again();
        self.thread.read = read;
        self.awaited = true;
        self.count_unread();
        self.effects.push(Effect::Connect);
    }

    /// The device is wiped by the rim.
    pub(super) fn forget(&mut self) {
        self.close();
        self.card = None;
        self.origin = None;
        self.connection = Default::default();
        self.draft.clear();
        self.begin_again();
        self.count_unread();
        self.effects.push(Effect::Forgotten);
    }

    pub(super) fn started_new(&mut self) {
        self.begin_again();
        self.count_unread();
        self.effects.extend([Effect::ConnectAnew, Effect::KeepRead(0), Effect::Focus(Focus::Composer)]);
    }

    fn begin_again(&mut self) {
        self.thread = Thread::default();
        self.opening = None;
        self.amending = None;
        self.typing = None;
        self.form = Form::Offered;
        self.problems = Problems::default();
        self.full = false;
        self.awaited = false;
        self.bottom = Bottom::Seen;
    }

    /// The page or a rule puts a text into the composer, but never over what the visitor writes.
    pub(super) fn write(&mut self, text: String) {
        if self.amending.is_none() && (self.draft.is_empty() || self.draft == self.prefilled) {
            self.prefilled.clone_from(&text);
            self.draft = text;
            self.keep_draft();
        }
    }

    pub(super) fn written(&mut self, text: String, now: Elapsed) {
        self.touched();
        let before = self.left();
        self.draft = text;
        self.full = false;
        let left = self.left();
        if STEPS.iter().any(|step| before > *step && left <= *step) || (left < 0 && before >= 0) {
            self.say(Said::Left(left));
        }
        self.keep_draft();
        let due = self.typed_at.is_none_or(|at| now.since(at) >= TYPING_MS);
        if due && !self.draft.is_empty() && self.thread.has_written() {
            self.typed_at = Some(now);
            self.effects.push(Effect::Typing);
        }
    }

    fn keep_draft(&mut self) {
        if self.panel == Panel::Open && self.amending.is_none() {
            self.effects.push(Effect::KeepDraft(self.draft.clone()));
        }
    }

    /// Characters that still fit; negative: too many.
    pub(crate) fn left(&self) -> i32 {
        let used = self.draft.trim().chars().count();
        self.limits.text_chars as i32 - i32::try_from(used).unwrap_or(i32::MAX)
    }

    /// `left`, when it is time to mention it.
    pub(crate) fn left_to_show(&self) -> Option<i32> {
        Some(self.left()).filter(|left| *left <= NEARLY_FULL)
    }

    pub(crate) fn can_submit(&self) -> bool {
        !self.draft.trim().is_empty() && self.left() >= 0
    }
}
