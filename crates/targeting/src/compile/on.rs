//! The `on` slot: what a rule waits for.

use super::Builder;
use super::fields::Map;
use crate::problem::{At, Code, Expected, Severity};
use crate::rules::{Trigger, known};
use crate::signal::{ConversationPhase, Exit, FormPhase};
use crate::text::position;
use crate::value::Value;
use crate::vocabulary::FORMS;

pub(crate) const SIGNALS: &[&str] = &[
    "page",
    "timer",
    "scroll",
    "exit",
    "idle",
    "return",
    "visible",
    "click",
    "form",
    "rage",
    "custom",
    "fact",
    "conversation",
    "agents",
];
pub(crate) const EXITS: &[&str] = &["pointer", "tab-return"];
pub(crate) const FORM_PHASES: &[&str] = &["start", "submit", "error", "abandon"];
pub(crate) const CONVERSATION_PHASES: &[&str] = &["opened", "sent", "received", "ended"];

/// Seconds in the background after which the word `return` alone counts.
pub(crate) const AWAY: f64 = 10.0;

pub(crate) fn exit(index: usize) -> Exit {
    if index == 0 { Exit::Pointer } else { Exit::TabReturn }
}

pub(crate) fn form_phase(index: usize) -> FormPhase {
    match index {
        0 => FormPhase::Start,
        1 => FormPhase::Submit,
        2 => FormPhase::Error,
        _ => FormPhase::Abandon,
    }
}

pub(crate) fn conversation_phase(index: usize) -> ConversationPhase {
    match index {
        0 => ConversationPhase::Opened,
        1 => ConversationPhase::Sent,
        2 => ConversationPhase::Received,
        _ => ConversationPhase::Ended,
    }
}

/// How a signal is written that says nothing as a mere word.
fn form_with_value(name: &str) -> Option<&'static str> {
    let (.., forms, _) = FORMS.iter().find(|(known, ..)| *known == name)?;
    forms.first().copied().filter(|form| form.starts_with('{'))
}

impl<'a> Map<'a, '_, '_> {
    /// One entry of `on`, or a list of them.
    pub(super) fn on(&mut self) -> Vec<Trigger> {
        let at = self.at.key("on");
        match self.get("on") {
            None => Vec::new(),
            Some(Value::List(items)) => {
                items.iter().enumerate().filter_map(|(i, item)| self.b.trigger(item, &at.index(i))).collect()
            }
            Some(single) => self.b.trigger(single, &at).into_iter().collect(),
        }
    }

    fn seconds(&mut self, key: &str) -> Option<f64> {
        self.duration(key).map(|ms| ms / 1000.0)
    }

    /// A timer reads one of the clocks that the host keeps.
    fn timer(&mut self) -> Option<Trigger> {
        let seconds = self.seconds("timer")?;
        let scope = self.pick("scope", &["page", "visit"]);
        let clock = self.pick("clock", &["wall", "visible", "active"]);
        let fact = match (scope, clock) {
            (0, 0) => "page.seconds",
            (0, 1) => "page.secondsVisible",
            (0, _) => "page.secondsActive",
            (_, 0) => "visit.seconds",
            (_, 1) => "visit.secondsVisible",
            _ => "visit.secondsActive",
        };
        Some(Trigger::Timer { fact: crate::text::own(fact), slot: self.b.paths.intern(fact), seconds })
    }
}

impl<'a> Builder<'a> {
    fn trigger(&mut self, value: &'a Value, at: &At<'_>) -> Option<Trigger> {
        // A signal without parameters may be just its name.
        let name = match value {
            Value::String(name) => name.as_str(),
            Value::Map(entries) => {
                let known = entries.iter().find(|(key, _)| position(SIGNALS, key).is_some());
                known.or(entries.first()).map_or("", |(key, _)| key)
            }
            _ => {
                self.problems.wrong_type(at, &["a signal such as `{ \"timer\": \"20s\" }`"]);
                return None;
            }
        };
        let Some(signal) = position(SIGNALS, name) else {
            let expected = Expected::one_of(SIGNALS);
            self.problems.add(Severity::Error, &at.key(name), Code::UnknownSignal, name, expected);
            return None;
        };
        let bare = value.as_map().is_none();
        if let Some(form) = form_with_value(name).filter(|_| bare) {
            let expected = Expected::Names(vec![format!("`{name}` with its value such as `{form}`")]);
            self.problems.add(Severity::Error, at, Code::WrongType, "", expected);
            return None;
        }
        let entries = value.as_map().unwrap_or(&[]);
        let known: &'static [&'static str] = match name {
            "timer" => &["timer", "clock", "scope"],
            "form" => &["form", "target"],
            _ => SIGNALS.get(signal..=signal).unwrap_or(SIGNALS),
        };
        // Never half of what was meant: the first signal alone would fire more often.
        if let Some((second, _)) = entries.iter().find(|(key, _)| key != name && position(SIGNALS, key).is_some()) {
            self.problems.error(&at.key(second), Code::TwoSignals, second);
            return None;
        }
        let mut map = self.map(entries, at, known);
        // By the place in `SIGNALS`.
        let trigger = match signal {
            0 => Trigger::Page,
            1 => map.timer()?,
            2 => {
                // The depth that was seen is a fact as well; who reads it is told of it.
                map.b.paths.intern(known::SCROLL);
                Trigger::Scroll(map.between(name, 0.0, 100.0)?)
            }
            3 if bare => Trigger::Exit(None),
            3 => Trigger::Exit(Some(exit(map.choice(name, EXITS)?))),
            4 => {
                let seconds = map.seconds(name)?;
                Trigger::Idle { slot: map.b.paths.intern("page.secondsIdle"), seconds }
            }
            5 if bare => Trigger::Return(AWAY),
            5 => Trigger::Return(map.seconds(name)?),
            8 => {
                let phase = form_phase(map.choice(name, FORM_PHASES)?);
                Trigger::Form(phase, map.text("target").unwrap_or_default())
            }
            9 => Trigger::Rage,
            // A moment that we do not know of is one that a newer version may: the rule waits for it, and says so.
            12 => {
                let given = map.str(name)?;
                let place = map.b.choice(given, &at.key(name), Code::UnknownSignal, CONVERSATION_PHASES)?;
                Trigger::Conversation(conversation_phase(place))
            }
            13 => Trigger::Agents,
            _ => {
                let wanted = map.needed(name)?;
                match signal {
                    6 => Trigger::Visible(wanted),
                    7 => Trigger::Click(wanted),
                    10 => Trigger::Custom(wanted),
                    _ => Trigger::Fact(wanted),
                }
            }
        };
        Some(trigger)
    }
}
