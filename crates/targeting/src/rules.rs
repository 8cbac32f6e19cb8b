//! The compiled engagement file.

pub(crate) mod calendar;
pub(crate) mod interest;
pub(crate) mod page;
pub(crate) mod schedule;

use crate::action::Action;
use crate::condition::{Members, Node, Paths, Semantics};
use crate::host::Host;
#[cfg(feature = "tools")]
use crate::problem::Code;
use crate::signal::{ConversationPhase, Exit, FormPhase};
use crate::value::Value;
use calendar::Moment;
use interest::Interest;
use page::Place;
use schedule::Schedule;
use std::rc::Rc;

/// Compiled rules, ready for [`crate::decide`]. Immutable.
pub struct Rules {
    pub(crate) revision: f64,
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) semantics: Semantics,
    pub(crate) disabled: bool,
    /// Tells one file from another, for the engine's page memory.
    pub(crate) stamp: u32,
    pub(crate) paths: Paths,
    /// The place of the depth that was seen; beyond all paths where nobody reads it.
    pub(crate) scroll: u16,
    /// One for each path.
    pub(crate) slots: Vec<Slot>,
    pub(crate) lists: Vec<Members>,
    pub(crate) audiences: Vec<Audience>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) limits: Limits,
    pub(crate) holdout: Option<Holdout>,
    pub(crate) quiet: Place,
    pub(crate) groups: Vec<String>,
    /// In the order of evaluation: by priority, then as in the file.
    pub(crate) rules: Vec<Rule>,
    pub(crate) interest: Interest,
    pub(crate) host: Rc<dyn Host>,
}

/// How the value of a path is found.
pub(crate) struct Slot {
    pub(crate) source: Source,
    pub(crate) declared: Option<Declared>,
    pub(crate) default: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The host's facts.
    Facts,
    /// `audience.<name>`.
    Audience(u16),
    /// `time.site.*`, `time.local.*`.
    Time { site: bool, part: Part },
    /// `signal.*`: the data of the signal of this pass.
    Signal,
    /// `notice.*`, `chat.hoursSinceLast`: our own history.
    Notice(Notice),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    Minute,
    Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    ShownCount,
    SecondsSinceShown,
    SecondsSinceDismissed,
    HoursSinceConversation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    Number,
    Text,
    Bool,
    List,
    Date,
}

/// Slots that the engine reads by itself: they come first in every file, in this order.
pub(crate) mod known {
    #[cfg(feature = "tools")]
    pub(crate) const NAMES: [&str; 11] = [
        "page.path",
        "page.host",
        "page.hash",
        "page.url",
        "visitor.id",
        "chat.state",
        "device.bot",
        "page.prerendering",
        "page.hidden",
        "page.typing",
        "page.modal",
    ];
    pub(crate) const PATH: u16 = 0;
    pub(crate) const HOST: u16 = 1;
    pub(crate) const HASH: u16 = 2;
    pub(crate) const URL: u16 = 3;
    pub(crate) const VISITOR: u16 = 4;
    pub(crate) const CHAT: u16 = 5;
    pub(crate) const BOT: u16 = 6;
    pub(crate) const PRERENDERING: u16 = 7;
    pub(crate) const HIDDEN: u16 = 8;
    pub(crate) const TYPING: u16 = 9;
    pub(crate) const MODAL: u16 = 10;
    /// Not among them: where nobody asks, nobody listens to scrolling.
    pub(crate) const SCROLL: &str = "page.scroll";
}

pub(crate) struct Audience {
    pub(crate) name: String,
    /// `None` when it could not be compiled.
    pub(crate) node: Option<Node>,
}

/// Can a rule run at all?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes.
    Ready,
    /// Switched off in the file.
    Disabled,
    /// Uses something that this version does not have.
    Unsupported,
    /// Has an error.
    Invalid,
}

#[cfg(feature = "tools")]
impl Status {
    /// The status of a rule with this error.
    pub(crate) fn of(code: Code) -> Status {
        match code {
            Code::UnknownKey
            | Code::UnknownOperator
            | Code::UnknownSignal
            | Code::UnknownAction
            | Code::UnknownRequirement => Status::Unsupported,
            _ => Status::Invalid,
        }
    }

    /// Unsupported before invalid: the same file may be fine for a newer version.
    pub(crate) fn worse(self, other: Status) -> Status {
        if other == Status::Unsupported { other } else { self }
    }
}

/// One compiled rule.
pub struct Rule {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Place in the file.
    pub(crate) index: usize,
    pub(crate) status: Status,
    pub(crate) priority: f64,
    pub(crate) group: Option<u16>,
    pub(crate) from: Option<Moment>,
    pub(crate) until: Option<Moment>,
    /// Empty: evaluated on page views and changes of facts.
    pub(crate) on: Vec<Trigger>,
    pub(crate) place: Place,
    pub(crate) when: Option<Node>,
    pub(crate) audience: Crowd,
    pub(crate) schedule: Option<u16>,
    pub(crate) agents: Option<Agents>,
    /// Share of visitors, 0 to 1.
    pub(crate) rollout: f64,
    pub(crate) experiment: Option<Experiment>,
    pub(crate) limits: RuleLimits,
    pub(crate) delay: f64,
    pub(crate) expires: Option<f64>,
    pub(crate) actions: Vec<Action>,
    pub(crate) goal: Option<Goal>,
}

/// Which audiences must hold.
#[derive(Default)]
pub(crate) struct Crowd {
    pub(crate) any: Vec<u16>,
    pub(crate) all: Vec<u16>,
    pub(crate) none: Vec<u16>,
}

/// One entry of `on`: what a host has to watch for.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// A page view.
    Page,
    /// A clock (a fact in seconds) has reached this many seconds.
    Timer {
        /// The fact, for example `page.secondsVisible`.
        fact: String,
        /// Its number.
        #[doc(hidden)]
        slot: u16,
        /// In seconds.
        seconds: f64,
    },
    /// The content was seen down to this percent.
    Scroll(f64),
    /// A sign of leaving; `None` for any.
    Exit(Option<Exit>),
    /// No input for this many seconds.
    Idle {
        #[doc(hidden)]
        slot: u16,
        /// In seconds.
        seconds: f64,
    },
    /// Back after at least this many seconds in another tab.
    Return(f64),
    /// The element with this selector is on screen.
    Visible(String),
    /// The element with this selector is clicked.
    Click(String),
    /// A form does something; an empty selector means any form.
    Form(FormPhase, String),
    /// Several quick clicks on one spot.
    Rage,
    /// The site says so by this name.
    Custom(String),
    /// The fact at this path changes.
    Fact(String),
    /// Something happens in the conversation.
    Conversation(ConversationPhase),
    /// Availability of agents changes.
    Agents,
}

/// The `agents` slot.
pub(crate) struct Agents {
    pub(crate) team: Option<String>,
    /// `agents.status` or `agents.<team>.status`.
    pub(crate) slot: u16,
    /// `agents.status`: the team's, where nothing is known of the team alone.
    pub(crate) all: u16,
    pub(crate) need: Need,
    pub(crate) if_unknown: IfUnknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Somebody is free.
    Available,
    /// Somebody is there, perhaps busy.
    Online,
    /// Nobody is there.
    Closed,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfUnknown {
    Schedule,
    Show,
    Hide,
    AwayForm,
}

pub(crate) struct Experiment {
    pub(crate) key: String,
    pub(crate) variations: Vec<String>,
    pub(crate) ranges: Vec<(f64, f64)>,
}

pub(crate) struct Holdout {
    pub(crate) share: f64,
    pub(crate) seed: String,
}

/// Limits of the whole file. `None` is no limit; times in milliseconds.
pub(crate) struct Limits {
    pub(crate) per_page: Option<f64>,
    pub(crate) per_visit: Option<f64>,
    pub(crate) per_day: Option<f64>,
    pub(crate) gap: f64,
    pub(crate) after_dismiss: f64,
    pub(crate) in_conversation: InConversation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InConversation {
    Never,
    Allow,
}

/// Limits of one rule.
pub(crate) struct RuleLimits {
    pub(crate) per_page: Option<f64>,
    pub(crate) per_visit: Option<f64>,
    pub(crate) per_day: Option<f64>,
    pub(crate) ever: Option<f64>,
    pub(crate) after_dismiss: f64,
    pub(crate) after_conversation: f64,
}

/// What a rule is meant to bring about.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Name of the custom signal that counts.
    pub signal: String,
    /// How long after the display it counts, in milliseconds.
    pub within: f64,
}

impl Rules {
    /// The file's revision: the newest wins. 0 in rules that were read from a program.
    pub fn revision(&self) -> f64 {
        self.revision
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Is the kill switch on?
    pub fn is_disabled(&self) -> bool {
        self.disabled
    }

    /// All rules in the order of evaluation; `Decision::rule` and `Trace::rule` are indices here.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Does any rule that can run ask whether somebody is there to answer?
    pub fn asks_for_agents(&self) -> bool {
        let asks = |rule: &Rule| rule.agents.is_some() || rule.on.contains(&Trigger::Agents);
        self.rules.iter().any(|rule| rule.status == Status::Ready && asks(rule)) || self.mentions("agents")
    }

    /// The rule of that id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.id == id)
    }

    /// Everything that a host has to watch for, rule by rule: selectors, scroll depths, names.
    pub fn triggers(&self) -> impl Iterator<Item = &Trigger> {
        self.rules.iter().filter(|rule| rule.status == Status::Ready).flat_map(|rule| &rule.on)
    }

    /// [`Rules::triggers`] for callers that count bytes.
    pub fn each_trigger(&self, act: &mut dyn FnMut(&Trigger)) {
        for rule in self.rules.iter().filter(|rule| rule.status == Status::Ready) {
            rule.on.iter().for_each(&mut *act);
        }
    }

    /// Every fact that is read.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.names.iter().map(String::as_str)
    }

    /// Does any rule, audience or pattern read the fact at `path` (or above or below it)?
    pub fn mentions(&self, path: &str) -> bool {
        self.paths.names.iter().any(|name| interest::overlaps(name, path))
    }

    /// What reading the file settled about a language: the actions of a decision.
    pub fn actions<'a>(&'a self, decision: &crate::decide::Decision) -> impl Iterator<Item = &'a Action> + use<'a> {
        let rule = self.rules.get(usize::from(decision.rule));
        let variation = rule
            .and_then(|rule| rule.experiment.as_ref())
            .zip(decision.variation)
            .and_then(|(experiment, index)| experiment.variations.get(usize::from(index)));
        rule.map_or(&[][..], |rule| &rule.actions).iter().filter(move |action| shown_in(action, variation))
    }
}

/// Is `action` part of this variation?
pub(crate) fn shown_in(action: &Action, variation: Option<&String>) -> bool {
    match (action, variation) {
        (Action::Deed(deed), Some(variation)) => deed.variant().is_none_or(|variant| variant == variation),
        _ => true,
    }
}

impl Rule {
    /// Stable id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Name for people; the id when the file gives none.
    pub fn name(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// The conditions of `when` that all have to hold.
    pub(crate) fn clauses(&self) -> &[Node] {
        match &self.when {
            Some(Node::All(nodes)) => nodes,
            Some(node) => std::slice::from_ref(node),
            None => &[],
        }
    }

    /// Can it run?
    pub fn status(&self) -> Status {
        self.status
    }

    /// Does it show something?
    pub fn is_visible(&self) -> bool {
        self.actions.iter().any(Action::is_visible)
    }

    /// What it waits for, any one of them; empty: page views and changes of facts.
    pub fn triggers(&self) -> &[Trigger] {
        &self.on
    }

    /// All its actions, of every variation.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The goal that statistics count.
    pub fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }

    /// The names of the experiment's variations, in order.
    pub fn variations(&self) -> &[String] {
        self.experiment.as_ref().map_or(&[], |experiment| &experiment.variations)
    }
}
