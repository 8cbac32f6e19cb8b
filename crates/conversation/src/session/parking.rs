//! A forgotten page costs the server nothing: one that nobody looks at, and in which nothing is said, gives its connection up.
//!
//! Each tab decides for itself. One that leads gives the lock back with it, so that a tab that is looked at, or that was
//! until lately, takes the connection over; only when there is no such tab is there no connection.

use super::{Output, Phase, Session};
use crate::{frame::Side, time::Elapsed};

/// Hidden for this long, with nothing sent or received meanwhile, a visitor's page is parked.
pub(super) const FORGOTTEN_MS: u64 = 30 * 60_000;

#[derive(Debug, Default)]
pub(super) struct Attention {
    /// Since when nobody looks at the page; `None`: somebody does.
    hidden: Option<Elapsed>,
    /// When something was last sent or received, or connecting began.
    said: Elapsed,
}

impl Session {
    pub(super) fn shown(&mut self) {
        self.attention.hidden = None;
        self.wake();
    }

    pub(super) fn hidden(&mut self, now: Elapsed) {
        self.attention.hidden.get_or_insert(now);
    }

    /// Something is said in the conversation, in this tab or in another.
    pub(super) fn said(&mut self, now: Elapsed) {
        self.attention.said = now;
        self.wake();
    }

    fn wake(&mut self) {
        if self.phase == Phase::Parked {
            self.out(Output::Resume);
        }
    }

    /// When this page is forgotten. Agents' pages never are: who looks at something else still waits for visitors.
    pub(super) fn forgotten_at(&self) -> Option<Elapsed> {
        let since = self.attention.hidden?.max(self.attention.said);
        let idle = self.config.side == Side::Visitor && self.outbox.next_due().is_none();
        idle.then(|| since.plus(FORGOTTEN_MS))
    }
}
