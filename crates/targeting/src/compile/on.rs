//! The `on` slot: what a rule waits for.

use super::Builder;
use super::fields::Map;
use crate::host::{Host, LocalTime, Pattern};
use crate::problem::{At, Code, Expected, Problems, Severity};
use crate::rules::{Trigger, known};
use crate::signal::{ConversationPhase, Exit, FormPhase};
use crate::talk::WAITING;
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
    "no-reply",
];
pub(crate) const EXITS: &[&str] = &["pointer", "tab-return"];
pub(crate) const FORM_PHASES: &[&str] = &["start", "submit", "error", "abandon"];
pub(crate) const CONVERSATION_PHASES: &[&str] = &["opened", "sent", "received", "ended"];

/// What the slot `agents` of a rule may need.
pub(crate) const NEEDS: &[&str] = &["available", "online", "closed", "any"];

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

/// What a signal that takes no value must be, when it has one: it would be dropped, and the rule fire more often than meant.
/// `true`, `null` and `{}` say nothing, and so nothing is lost.
fn lonely(name: &str, value: &Value, in_test: bool) -> Option<String> {
    if matches!(value, Value::Null | Value::Bool(true)) || value.as_map().is_some_and(<[_]>::is_empty) {
        return None;
    }
    let text = value.as_str().unwrap_or("");
    let (what, before, meant, after) = match (name, in_test) {
        ("page", false) => (
            "`page` alone; on which pages is a question for `where`",
            r#""on": "page", "where": ""#,
            if text.is_empty() { "/pricing" } else { text },
            r#"""#,
        ),
        ("page", true) => (
            "`page` alone; which page it is stands under `given`",
            r#""given": { "page.path": ""#,
            if text.is_empty() { "/pricing" } else { text },
            r#"" }"#,
        ),
        ("agents", false) => (
            "`agents` alone; who has to be there is a question for the setting `agents`",
            r#""on": "agents", "agents": { "need": ""#,
            if NEEDS.contains(&text) { text } else { "available" },
            r#"" }"#,
        ),
        ("agents", true) => (
            "`agents` alone; who is there stands under `given`",
            r#""given": { "agents.status": ""#,
            if NEEDS.contains(&text) { text } else { "available" },
            r#"" }"#,
        ),
        ("rage", _) => (
            "`rage` alone, anywhere on the page; clicks on one element are `click`",
            r#"{ "click": ""#,
            if text.is_empty() { "#buy" } else { text },
            r#"" }"#,
        ),
        _ => return None,
    };
    Some(format!("{what} such as `{before}{meant}{after}`"))
}

/// How a signal is written that says nothing as a mere word.
fn form_with_value(name: &str) -> Option<&'static str> {
    let (.., forms, _) = FORMS.iter().find(|(known, ..)| *known == name)?;
    forms.first().copied().filter(|form| form.starts_with('{'))
}

/// Signals ask nothing of the machine around us.
struct Nowhere;

impl Host for Nowhere {
    fn pattern(&self, _: &str, _: bool) -> Option<Box<dyn Pattern>> {
        None
    }

    fn local_time(&self, _: &str, _: f64) -> Option<LocalTime> {
        None
    }
}

/// What an entry of `on` waits for, where it stands by itself.
pub(crate) fn alone(value: &Value, at: &At<'_>, problems: &mut Problems) -> Option<Trigger> {
    let mut b = Builder::new(&Nowhere);
    let trigger = b.trigger(value, at);
    problems.found.append(&mut b.problems.found);
    trigger
}

/// How a timer is written; `None` for other triggers.
pub(crate) fn written(trigger: &Trigger) -> Option<String> {
    let Trigger::Timer { fact, seconds, .. } = trigger else { return None };
    if fact == WAITING {
        return Some(format!("{{ \"no-reply\": \"{}s\" }}", crate::number::print(*seconds)));
    }
    let (scope, clock) = fact.split_once(".seconds")?;
    let clock = if clock.is_empty() { String::new() } else { format!(", \"clock\": \"{}\"", clock.to_lowercase()) };
    let scope = if scope == "visit" { ", \"scope\": \"visit\"" } else { "" };
    Some(format!("{{ \"timer\": \"{}s\"{clock}{scope} }}", crate::number::print(*seconds)))
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
            Value::Map(entries) if !entries.is_empty() => {
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
        if let Some(expected) = value.get(name).and_then(|value| lonely(name, value, at.is_below("tests"))) {
            self.problems.add(Severity::Error, &at.key(name), Code::WrongType, "", Expected::Names(vec![expected]));
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
            14 => {
                let (fact, slot) = (crate::text::own(WAITING), map.b.paths.intern(WAITING));
                Trigger::Timer { fact, slot, seconds: map.seconds(name)? }
            }
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
