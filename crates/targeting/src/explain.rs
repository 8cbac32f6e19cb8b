//! "Why did it not fire?": a pass as text. The text is stable and kept as golden files.

mod detail;

use crate::condition::{Eval, Leaf, Node, Truth, View, Why};
use crate::decide::{Pass, Reason, Snapshot, Trace, decide};
use crate::facts::{Facts, Now};
use crate::history::History;
use crate::rules::{Rule, Rules, Status};
use crate::signal::{Exit, Signal};
use crate::talk::WAITING;
use crate::vocabulary::{Fact, fact_at};
use crate::words;

/// Decides and explains: a few lines for each rule, in the order of evaluation. Because deciding is pure, this tells
/// exactly what [`decide`] did with the same arguments.
pub fn explain(rules: &Rules, facts: &Facts, history: &History, signal: &Signal, now: Now) -> String {
    let pass = decide(rules, facts, history, signal, now);
    let mut text = format!("signal: {}\n", signal_name(signal));
    let snapshot = Snapshot::new(rules, facts, history, signal, now);
    if pass.skipped {
        text.push_str("No rule listens to this signal.\n");
        // One that would, if it had no mistake, is what somebody asks about.
        for (index, rule) in rules.rules.iter().enumerate().filter(|(_, rule)| rule.status != Status::Ready) {
            text.push_str(&one(rules, rule, &unheard(rule, index), &pass, &snapshot));
        }
        return text;
    }
    for trace in &pass.trace {
        if let Some(rule) = rules.rules.get(usize::from(trace.rule)) {
            text.push_str(&one(rules, rule, trace, &pass, &snapshot));
        }
    }
    if let Some(at) = pass.next_wakeup {
        text.push_str(&format!("next look in {}\n", words::span(at - now.page)));
    }
    text
}

/// What a pass did with one rule, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Index into [`Rules::rules`], and why it fired or did not.
    pub trace: Trace,
    /// What the reason means for this rule.
    pub sentence: String,
    /// Its condition leaf by leaf, and when time alone may change the result. A leaf begins with `[yes]`, `[no ]` or
    /// `[ ? ]`; four blanks before it for each level.
    pub detail: Vec<String>,
}

/// The same as [`explain`], rule by rule and with the pass itself: for views that draw it.
pub fn explain_each(
    rules: &Rules,
    facts: &Facts,
    history: &History,
    signal: &Signal,
    now: Now,
) -> (Pass, Vec<Explained>) {
    let pass = decide(rules, facts, history, signal, now);
    let snapshot = Snapshot::new(rules, facts, history, signal, now);
    let explained = (0..rules.rules.len()).filter_map(|index| told(rules, index, &pass, &snapshot)).collect();
    (pass, explained)
}

/// One rule's part in a `pass` that [`decide`] made with these arguments. `None` for an index that no rule has.
pub fn explain_rule(
    rules: &Rules,
    facts: &Facts,
    history: &History,
    signal: &Signal,
    now: Now,
    pass: &Pass,
    rule: usize,
) -> Option<Explained> {
    told(rules, rule, pass, &Snapshot::new(rules, facts, history, signal, now))
}

/// Everything that the rules of a file read, by name, and what they find there, in words. `None`: nothing is there.
pub fn readings<'a>(
    rules: &'a Rules,
    facts: &Facts,
    history: &History,
    signal: &Signal,
    now: Now,
) -> Vec<(&'a str, Option<String>)> {
    let snapshot = Snapshot::new(rules, facts, history, signal, now);
    let found = |slot: usize| match snapshot.get(slot as u16) {
        View::Null | View::Unknown(Why::Missing) => None,
        view => Some(words::value(view)),
    };
    rules.paths().enumerate().map(|(slot, name)| (name, found(slot))).collect()
}

fn told<'a>(rules: &'a Rules, index: usize, pass: &Pass, snapshot: &'a Snapshot<'a>) -> Option<Explained> {
    let rule = rules.rules.get(index)?;
    let trace = pass.trace.get(index).copied().unwrap_or_else(|| unheard(rule, index));
    let text = one(rules, rule, &trace, pass, snapshot);
    let mut lines = text.lines().skip(1).map(|line| line.strip_prefix("    ").unwrap_or(line).to_string());
    Some(Explained { trace, sentence: lines.next().unwrap_or_default(), detail: lines.collect() })
}

/// A pass over a signal that nobody listens to has no traces.
fn unheard(rule: &Rule, index: usize) -> Trace {
    let reason = match rule.status {
        Status::Disabled => Reason::Disabled,
        Status::Unsupported => Reason::Unsupported,
        Status::Invalid => Reason::Invalid,
        Status::Ready => Reason::NoEvent,
    };
    Trace { rule: index as u16, reason, fact: None, winner: None, wake_in: None }
}

fn one<'a>(rules: &'a Rules, rule: &'a Rule, trace: &Trace, pass: &Pass, snapshot: &'a Snapshot<'a>) -> String {
    let mark = if trace.reason == Reason::Fired { '+' } else { '-' };
    let mut text = format!("{mark} {}: {}\n", rule.id, trace.reason.as_str());
    let sentence = detail::complete(sentence(rules, rule, trace, pass), rules, rule, trace, snapshot);
    text.push_str(&format!("    {sentence}\n"));
    if trace.reason == Reason::Audience {
        text.push_str(&Tree { eval: rules.eval(snapshot), rules, decided: None }.audiences(&rule.audience));
    }
    if matches!(trace.reason, Reason::ConditionFalse | Reason::ConditionUnknown)
        && let Some(node) = &rule.when
    {
        let eval = rules.eval(snapshot);
        let tree = Tree { eval, rules, decided: eval.node(node).leaf };
        text.push_str(&tree.summary(node));
        text.push_str(&tree.node(node, 1));
    }
    if let Some(wait) = trace.wake_in {
        let what = if trace.reason == Reason::Fired { "stays so for" } else { "may change in" };
        let edge = detail::edge(rules, rule, wait, snapshot).unwrap_or_default();
        text.push_str(&format!("    {what} {}{edge}\n", words::span(wait.ceil())));
    }
    text
}

/// Why a rule did not fire, without the conditions one by one.
pub(crate) fn reason(rules: &Rules, rule: &Rule, trace: &Trace) -> String {
    sentence(rules, rule, trace, &Pass::default())
}

/// What the reason means for this rule.
fn sentence(rules: &Rules, rule: &Rule, trace: &Trace, pass: &Pass) -> String {
    let winner = || trace.winner.and_then(|index| rules.rules.get(usize::from(index))).map_or("", |rule| &rule.id);
    match trace.reason {
        Reason::Fired => {
            let decision = pass.decisions.iter().find(|decision| decision.rule == trace.rule);
            let deeds = decision.into_iter().flat_map(|decision| rules.actions(decision));
            let deeds: Vec<String> = deeds.map(|action| words::action(action, &[])).collect();
            format!("It fires: {}.", deeds.join("; "))
        }
        Reason::Disabled if rules.disabled => "The whole file is switched off.".into(),
        Reason::Disabled => "It is switched off in the file.".into(),
        Reason::Unsupported => "It uses something that this version does not have.".into(),
        Reason::Invalid => "It has an error; `chinwag rules check` says which.".into(),
        Reason::NoEvent if rule.on.is_empty() => "It has fired and its condition has held ever since.".into(),
        Reason::NoEvent => {
            let triggers: Vec<String> = rule.on.iter().map(words::trigger).collect();
            format!("It waits until {}.", triggers.join(" or "))
        }
        Reason::PageExcluded => format!("This page is excluded by {}.", words::patterns(&rule.place.exclude)),
        Reason::PageNotIncluded => format!("This page is not among {}.", words::patterns(&rule.place.include)),
        Reason::ConditionFalse => "Its condition does not hold.".into(),
        Reason::ConditionUnknown => "Its condition cannot be answered.".into(),
        Reason::Audience => "The visitor is not in its audience, or may be in one that it excludes.".into(),
        Reason::OutsideSchedule => {
            let name = rules.schedule_name(rule.schedule).unwrap_or("");
            match crate::compile::opposite_of(name) {
                Some(open) => format!("The schedule {open} is open now."),
                None => format!("The schedule {name} is closed now."),
            }
        }
        Reason::BeforeStart => "It has not begun yet.".into(),
        Reason::AfterEnd => "It has ended.".into(),
        Reason::AgentsUnavailable => "Nobody is there to answer as the rule needs.".into(),
        Reason::AgentsUnknown => "It is not known whether anybody is there to answer.".into(),
        Reason::NotInRollout => "This visitor is outside the share that it is rolled out to.".into(),
        Reason::Holdout => "This visitor belongs to the holdout, who are shown nothing.".into(),
        Reason::NoIdentity => "It goes to a share of visitors, and this visitor has no id to draw it by.".into(),
        Reason::VariationControl => "This visitor is in the control group of its experiment.".into(),
        Reason::GroupTaken => format!("`{}` of the same group came first.", winner()),
        Reason::Outranked => format!("`{}` is shown in this moment.", winner()),
        Reason::CapPage => "It was shown on this page as often as it may.".into(),
        Reason::CapVisit => "It was shown in this visit as often as it may.".into(),
        Reason::CapDay => "It was shown in the last 24 hours as often as it may.".into(),
        Reason::CapEver => "It was shown as often as it ever may.".into(),
        Reason::CapGlobal => "Enough was shown already, by this rule and others together.".into(),
        Reason::Cooldown => "Something was shown a moment ago.".into(),
        Reason::Dismissed => "The visitor closed a notification not long ago.".into(),
        Reason::Converted => "It has led to a conversation not long ago.".into(),
        Reason::InConversation => "A conversation is open.".into(),
        Reason::Quiet => "The visitor is typing, something else is open, or this is a quiet page.".into(),
        Reason::Bot => "This is a robot.".into(),
        Reason::Prerender => "The page is being prepared, nobody sees it yet.".into(),
        Reason::Hidden => "The tab is hidden.".into(),
        Reason::PendingDelay => format!("It waits {} and then looks again.", words::span(rule.delay)),
    }
}

/// A condition, leaf by leaf.
struct Tree<'a> {
    eval: Eval<'a>,
    rules: &'a Rules,
    decided: Option<&'a Leaf>,
}

impl<'a> Tree<'a> {
    /// The near miss: how much is missing.
    fn summary(&self, node: &'a Node) -> String {
        let Node::All(nodes) = node else { return String::new() };
        let truths: Vec<Truth> = nodes.iter().map(|node| self.eval.node(node).truth).collect();
        let count = |wanted: fn(&Truth) -> bool| truths.iter().filter(|truth| wanted(truth)).count();
        let no = count(|truth| *truth == Truth::False);
        let unknown = count(|truth| matches!(truth, Truth::Unknown(_)));
        format!("    {no} of {} conditions false, {unknown} unknown\n", truths.len())
    }

    fn node(&self, node: &'a Node, depth: usize) -> String {
        let indent = "    ".repeat(depth);
        let (title, nodes) = match node {
            Node::Leaf(leaf) => return format!("{indent}{}\n", self.leaf(leaf)),
            Node::All(nodes) if depth == 1 => return nodes.iter().map(|node| self.node(node, 1)).collect(),
            Node::All(nodes) => ("all of", nodes.as_slice()),
            Node::Any(nodes) => ("any of", nodes.as_slice()),
            Node::Not(node) => ("not", std::slice::from_ref(&**node)),
        };
        let inner: String = nodes.iter().map(|node| self.node(node, depth + 1)).collect();
        format!("{indent}[{}] {title}\n{inner}", mark(self.eval.node(node).truth))
    }

    fn leaf(&self, leaf: &'a Leaf) -> String {
        let truth = self.eval.leaf(leaf);
        let name = self.rules.paths.name(leaf.slot);
        let is = words::value(self.eval.read(leaf.slot));
        let why = match truth {
            Truth::Unknown(Why::Missing) => fact_at(name).and_then(Fact::absent).unwrap_or_default(),
            Truth::Unknown(why) if is != why.as_str() => format!("; {}", why.as_str()),
            _ => String::new(),
        };
        let decided = if self.decided.is_some_and(|decided| std::ptr::eq(decided, leaf)) { "  <- decides" } else { "" };
        format!("[{}] {name} {} (it is {is}{why}){decided}", mark(truth), words::test(&leaf.test))
    }
}

fn mark(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "yes",
        Truth::False => "no ",
        Truth::Unknown(_) => " ? ",
    }
}

/// What a timer goes by, when it is not the wall clock and the page.
fn clock(fact: &str) -> &'static str {
    match fact {
        "page.secondsVisible" => " visible",
        "page.secondsActive" => " active",
        "visit.seconds" => " of the visit",
        "visit.secondsVisible" => " visible of the visit",
        "visit.secondsActive" => " active of the visit",
        _ => "",
    }
}

/// A signal in a few words.
pub fn signal_name(signal: &Signal) -> String {
    match signal {
        Signal::Page => "page".into(),
        Signal::Wake => "time passed".into(),
        Signal::Timer { fact, seconds } if fact == WAITING => format!("no-reply {}", words::span(seconds * 1000.0)),
        Signal::Timer { fact, seconds } => ["timer ", &words::span(seconds * 1000.0), clock(fact)].concat(),
        Signal::Scroll(percent) => format!("scroll {} %", words::figure(*percent)),
        Signal::Exit(Exit::Pointer) => "exit pointer".into(),
        Signal::Exit(Exit::TabReturn) => "exit tab-return".into(),
        Signal::Idle(seconds) => format!("idle {}", words::span(seconds * 1000.0)),
        Signal::Return(seconds) => format!("return after {}", words::span(seconds * 1000.0)),
        Signal::Visible(targets) => format!("visible {}", targets.join(", ")),
        Signal::Click(targets) => format!("click {}", targets.join(", ")),
        Signal::Form(phase, targets) => {
            let phase = format!("form {phase:?}").to_ascii_lowercase();
            let targets = targets.join(", ");
            if targets.is_empty() { phase } else { format!("{phase} {targets}") }
        }
        Signal::Rage => "rage".into(),
        Signal::Custom(name, _) => format!("custom {name}"),
        Signal::Fact(path) => format!("fact {path}"),
        Signal::Conversation(phase) => format!("conversation {phase:?}").to_ascii_lowercase(),
        Signal::Agents => "agents".into(),
        Signal::Tried(_) => "what it waits for".into(),
    }
}
