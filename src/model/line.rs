//! How the connection stands, and what is said about it. It never blocks writing.

use chinwag_conversation::Link;

use super::{
    Effect, Model,
    input::{Line, Said, Timer},
    rows::Reach,
    thread::Progress,
};

/// Shorter gaps are nobody's business.
const UNLINKED_MS: u32 = 2_000;
/// After this, other ways to reach the team are offered.
const UNREACHABLE_MS: u32 = 12_000;

/// How long the connection has been away, in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    Short,
    Noticed,
    Long,
}

#[derive(Debug, Default)]
pub(crate) struct Connection {
    link: Option<Link>,
    gap: Gap,
    was_live: bool,
    refused: bool,
}

impl Connection {
    pub(crate) fn reach(&self) -> Reach {
        if self.link == Some(Link::Live) { Reach::Live } else { Reach::Away }
    }

    /// What is waiting says so only when the gap was noticed: a message of the first second is simply being sent.
    pub(crate) fn shown_reach(&self) -> Reach {
        match self.line() {
            Some(Line::Offline | Line::Unreachable | Line::Reconnecting) => Reach::Away,
            _ => Reach::Live,
        }
    }

    pub(crate) fn line(&self) -> Option<Line> {
        match (self.link?, self.gap) {
            (Link::Live | Link::Idle | Link::Parked, _) => None,
            (Link::Offline, _) => Some(Line::Offline),
            (_, _) if self.refused => Some(Line::Unreachable),
            (_, Gap::Short) => None,
            (_, Gap::Long) => Some(Line::Unreachable),
            (_, Gap::Noticed) if self.was_live => Some(Line::Reconnecting),
            (_, Gap::Noticed) => Some(Line::Connecting),
        }
    }
}

impl Model {
    pub(super) fn link(&mut self, link: Link) {
        let before = self.connection.line();
        let waits = |link| !matches!(link, None | Some(Link::Live | Link::Parked));
        let waited = waits(self.connection.link.replace(link));
        match link {
            Link::Live => {
                self.connection = Connection { link: Some(link), was_live: true, ..Connection::default() };
                self.stop_waiting();
                if before.is_some() {
                    self.say(Said::Back);
                }
                // What was told of the visitor's progress meanwhile was lost.
                self.thread.reported = Progress::default();
                self.report();
                self.upload_again();
            }
            // Nobody looks, so nobody waits; who comes back begins to wait then.
            Link::Parked => {
                self.connection.gap = Gap::Short;
                self.stop_waiting();
            }
            _ if !waited => self.effects.extend([
                Effect::After(UNLINKED_MS, Timer::Unlinked),
                Effect::After(UNREACHABLE_MS, Timer::Unreachable),
            ]),
            _ => {}
        }
        if link != Link::Live {
            self.typing = None;
            self.thread.stop_loading();
            self.say_line(before);
        }
    }

    fn stop_waiting(&mut self) {
        self.effects.extend([Effect::Stop(Timer::Unlinked), Effect::Stop(Timer::Unreachable)]);
    }

    pub(super) fn refused(&mut self) {
        let before = self.connection.line();
        self.connection.refused = true;
        self.say_line(before);
    }

    pub(super) fn timer(&mut self, timer: Timer) {
        let before = self.connection.line();
        match timer {
            Timer::Unlinked => self.connection.gap = Gap::Noticed,
            Timer::Unreachable => self.connection.gap = Gap::Long,
            Timer::TypingEnds => self.typing = None,
            Timer::Chimes if self.unread > 0 => self.effects.push(Effect::Chime),
            Timer::Chimes => {}
            Timer::CardEnds => self.card = None,
        }
        self.say_line(before);
    }

    fn say_line(&mut self, before: Option<Line>) {
        if let Some(line) = self.connection.line().filter(|line| Some(*line) != before) {
            self.say(Said::Line(line));
        }
    }
}
