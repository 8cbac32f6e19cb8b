//! Which signals any rule cares about: the others cost nothing.

use super::{Rules, Status, Trigger, known};
use crate::signal::{Kind, Signal};

/// Facts whose change can lift what keeps a rule without `on` from showing.
const STATES: &[&str] = &["chat", "agents", "page.hidden", "page.prerendering", "page.typing", "page.modal", "visitor"];

#[derive(Default)]
pub(crate) struct Interest {
    /// Bits of `Kind`.
    kinds: u16,
    /// Is there a rule without `on`?
    pub(crate) level: bool,
}

/// Is one path the other, or above or below it?
pub(crate) fn overlaps(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Trigger {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Trigger::Page => Kind::Page,
            Trigger::Timer { .. } => Kind::Timer,
            Trigger::Scroll(_) => Kind::Scroll,
            Trigger::Exit(_) => Kind::Exit,
            Trigger::Idle { .. } => Kind::Idle,
            // Whoever comes back had left.
            Trigger::Return(_) => Kind::Exit,
            Trigger::Visible(_) => Kind::Visible,
            Trigger::Click(_) => Kind::Click,
            Trigger::Form(..) => Kind::Form,
            Trigger::Rage => Kind::Rage,
            Trigger::Custom(_) => Kind::Custom,
            Trigger::Fact(_) => Kind::Fact,
            Trigger::Conversation(_) => Kind::Conversation,
            Trigger::Agents => Kind::Agents,
        }
    }
}

impl Interest {
    pub(crate) fn of(rules: &[super::Rule]) -> Interest {
        // A page view and a wake-up are always looked at: they start and keep the timers.
        let mut interest = Interest { kinds: Kind::Page.bit() | Kind::Wake.bit(), level: false };
        for rule in rules.iter().filter(|rule| rule.status == Status::Ready) {
            rule.on.iter().for_each(|trigger| interest.kinds |= trigger.kind().bit());
            if rule.on.is_empty() {
                interest.level = true;
            }
        }
        interest
    }
}

impl Rules {
    /// Does any rule that can run react to this signal?
    pub fn listens(&self, signal: &Signal) -> bool {
        let kind = signal.kind();
        match signal {
            Signal::Fact(path) => {
                let mut wanted =
                    self.interest.level && (self.mentions(path) || STATES.iter().any(|state| overlaps(state, path)));
                self.each_trigger(&mut |trigger| {
                    wanted |= matches!(trigger, Trigger::Fact(fact) if overlaps(fact, path));
                });
                wanted
            }
            Signal::Custom(name, _) => {
                let mut wanted = false;
                self.each_trigger(&mut |trigger| {
                    wanted |= matches!(trigger, Trigger::Custom(custom) if custom == name)
                });
                wanted
            }
            // Rules without `on` are told of a new depth by its own signal only.
            Signal::Scroll(_) => self.mentions(known::SCROLL),
            // What is said starts and stops a clock.
            Signal::Conversation(_) => {
                self.interest.level || self.interest.kinds & (kind.bit() | Kind::Timer.bit()) != 0
            }
            Signal::Agents => self.interest.level || self.interest.kinds & kind.bit() != 0,
            _ => self.interest.kinds & kind.bit() != 0,
        }
    }
}
