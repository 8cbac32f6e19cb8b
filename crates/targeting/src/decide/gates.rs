//! The gates that a rule passes, cheapest first.

use super::draw::Draw;
use super::snapshot::{Pace, Snapshot};
use super::{Availability, Decision, Reason, limits};
use crate::condition::{Eval, Truth, View};
use crate::facts::Now;
use crate::history::{History, Memory};
use crate::host::Host;
use crate::rules::calendar::Moment;
use crate::rules::page::{PagePattern, Place};
use crate::rules::schedule::{Schedule, until};
use crate::rules::{Agents, Crowd, IfUnknown, Need, Rule, Rules, Status, Trigger, known};
use crate::signal::{Exit, Signal};
use std::cell::Cell;

/// What is known about a stop besides its reason.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Detail {
    pub(crate) fact: Option<u16>,
    pub(crate) winner: Option<u16>,
}

/// One pass through the gates.
pub(crate) struct Gates<'a> {
    rules: &'a Rules,
    facts: &'a Snapshot<'a>,
    eval: Eval<'a>,
    history: &'a History,
    before: &'a Memory,
    signal: &'a Signal,
    now: Now,
    /// Keeps every rule from running.
    closed: Option<Reason>,
    /// Keeps visible rules from running, unless something more particular does first.
    unfit: Option<Reason>,
    /// Groups that have a winner, and the visible winner of this pass.
    taken: Vec<(u16, u16)>,
    shown: Option<u16>,
    /// Of the rule at hand.
    pub(crate) detail: Cell<Detail>,
}

impl<'a> Gates<'a> {
    pub(crate) fn new(
        rules: &'a Rules,
        facts: &'a Snapshot<'a>,
        history: &'a History,
        before: &'a Memory,
        signal: &'a Signal,
        now: Now,
    ) -> Gates<'a> {
        let closed = if rules.disabled {
            Some(Reason::Disabled)
        } else if facts.is_true(known::BOT) {
            Some(Reason::Bot)
        } else if facts.is_true(known::PRERENDERING) {
            Some(Reason::Prerender)
        } else {
            None
        };
        let eval = rules.eval(facts);
        let unfit = limits::unfit(rules, facts);
        let (taken, shown) = (Vec::new(), None);
        let detail = Cell::default();
        Gates { rules, facts, eval, history, before, signal, now, closed, unfit, taken, shown, detail }
    }

    pub(crate) fn rule(&mut self, index: u16, rule: &'a Rule, memory: &mut Memory) -> Result<Decision, Reason> {
        match rule.status {
            Status::Ready => {}
            Status::Disabled => return Err(Reason::Disabled),
            Status::Unsupported => return Err(Reason::Unsupported),
            Status::Invalid => return Err(Reason::Invalid),
        }
        if let Some(reason) = self.closed {
            return Err(reason);
        }
        let waiting = self.before.waiting.iter().find(|(rule, _)| *rule == index).map(|(_, due)| *due);
        // Thresholds are noted even while waiting, or they would count as passed anew afterwards.
        let edge = self.edge(index, rule, memory);
        if !edge && waiting.is_none() {
            return Err(Reason::NoEvent);
        }
        let agents = self.level(rule)?;
        if rule.on.is_empty() && self.before.latched.contains(&index) {
            memory.latched.push(index);
            return Err(Reason::NoEvent);
        }
        let visible = rule.is_visible();
        limits::check(self.rules, rule, visible, self.history, self.facts, self.now)?;
        if let Some(reason) = self.unfit.filter(|_| visible) {
            return Err(reason);
        }
        self.rank(rule, visible)?;
        let Draw { variation, kept } = self.draw(rule);
        let held = match kept {
            Some(Reason::Holdout | Reason::VariationControl) => kept,
            Some(reason) => return Err(reason),
            None => None,
        };
        if rule.delay > 0.0 {
            let due = waiting.unwrap_or(self.now.page + rule.delay);
            if due > self.now.page {
                memory.waiting.push((index, due));
                self.facts.wake_in(due - self.now.page);
                return Err(Reason::PendingDelay);
            }
        }
        if let Some(group) = rule.group {
            self.taken.push((group, index));
        }
        if visible {
            self.shown = Some(index);
        }
        if rule.on.is_empty() && held.is_none() {
            memory.latched.push(index);
        }
        // Last of all, and the place stays taken: whoever is drawn to see nothing is counted in the moment in which the
        // others see something, and for that alone.
        held.map_or(Ok(Decision { rule: index, variation, agents, visible, expires: rule.expires }), Err)
    }

    /// What would hold the rule back for longer than a moment if its signal came now. For explanations.
    #[cfg(feature = "tools")]
    pub(crate) fn obstacle(&self, rule: &'a Rule) -> Option<Reason> {
        let limits = |_| limits::check(self.rules, rule, rule.is_visible(), self.history, self.facts, self.now);
        self.level(rule).and_then(limits).err().filter(|reason| *reason != Reason::Cooldown)
    }

    /// Does this pass bring a signal for the rule? A rule without `on` always listens.
    fn edge(&self, index: u16, rule: &'a Rule, memory: &mut Memory) -> bool {
        let mut edge = rule.on.is_empty() || matches!(self.signal, Signal::Tried(tried) if *tried == index);
        for (place, trigger) in rule.on.iter().enumerate() {
            let (slot, threshold) = match trigger {
                Trigger::Timer { slot, seconds, .. } | Trigger::Idle { slot, seconds } => (*slot, *seconds),
                Trigger::Scroll(percent) => (self.rules.scroll, *percent),
                _ => {
                    edge |= self.answers(trigger);
                    continue;
                }
            };
            let timer = self.signal.timer();
            // Below every threshold where the signal is about something else.
            let given = match (trigger, self.signal) {
                (Trigger::Idle { .. }, Signal::Idle(given)) | (Trigger::Scroll(_), Signal::Scroll(given)) => *given,
                (Trigger::Timer { fact, .. }, _) => timer.filter(|(of, _)| of == fact).map_or(-1.0, |(_, given)| given),
                _ => -1.0,
            };
            let reading = self.facts.reading(slot);
            let reached = match reading.view {
                View::Number(number) => number,
                _ => 0.0,
            };
            if reached.max(given) >= threshold {
                let key = u32::from(index) << 8 | (place as u32 & 0xff);
                memory.passed.push(key);
                // A timer of ten seconds does not go off together with one of twenty, nor with one of another clock.
                let other = timer.is_some() && given != threshold;
                edge |= !other && self.before.passed.binary_search(&key).is_err();
            } else if reading.pace == Pace::Running && self.place(&rule.place).is_ok() {
                self.facts.wake_in((threshold - reached) * 1000.0);
            }
        }
        edge
    }

    fn answers(&self, trigger: &Trigger) -> bool {
        match (trigger, self.signal) {
            (Trigger::Page, Signal::Page) | (Trigger::Rage, Signal::Rage) | (Trigger::Agents, Signal::Agents) => true,
            (Trigger::Exit(wanted), Signal::Exit(exit)) => wanted.is_none_or(|wanted| wanted == *exit),
            // One event, and so one signal: whoever comes back had looked at another tab.
            (Trigger::Exit(wanted), Signal::Return(_)) => *wanted != Some(Exit::Pointer),
            (Trigger::Return(seconds), Signal::Return(away)) => away >= seconds,
            (Trigger::Visible(wanted), Signal::Visible(found)) | (Trigger::Click(wanted), Signal::Click(found)) => {
                found.contains(wanted)
            }
            (Trigger::Form(wanted, form), Signal::Form(phase, found)) => {
                wanted == phase && (form.is_empty() || found.contains(form))
            }
            (Trigger::Custom(wanted), Signal::Custom(name, _)) => wanted == name,
            (Trigger::Fact(wanted), Signal::Fact(path)) => crate::rules::interest::overlaps(wanted, path),
            (Trigger::Conversation(wanted), Signal::Conversation(phase)) => wanted == phase,
            _ => false,
        }
    }

    /// Everything that holds or does not hold at this moment, whatever the signal was.
    fn level(&self, rule: &'a Rule) -> Result<Availability, Reason> {
        self.period(rule)?;
        self.place(&rule.place)?;
        if let Some(node) = &rule.when {
            let verdict = self.eval.node(node);
            if verdict.truth != Truth::True {
                self.detail.set(Detail { fact: verdict.leaf.map(|leaf| leaf.slot), winner: None });
                let is_false = verdict.truth == Truth::False;
                return Err(if is_false { Reason::ConditionFalse } else { Reason::ConditionUnknown });
            }
        }
        self.crowd(&rule.audience)?;
        let open = self.schedule(rule)?;
        match &rule.agents {
            Some(agents) => self.agents(agents, rule, open),
            None if open => Ok(Availability::Fine),
            None => Err(Reason::OutsideSchedule),
        }
    }

    fn period(&self, rule: &Rule) -> Result<(), Reason> {
        if let Some(wait) = rule.from.and_then(|from| self.until(from)) {
            self.facts.wake_in(wait);
            return Err(Reason::BeforeStart);
        }
        if let Some(end) = rule.until {
            match self.until(end) {
                Some(wait) => self.facts.wake_in(wait),
                None => return Err(Reason::AfterEnd),
            }
        }
        Ok(())
    }

    /// Milliseconds until a moment; `None` when it has come.
    fn until(&self, moment: Moment) -> Option<f64> {
        match moment {
            Moment::Instant(ms) => Some(ms - self.now.wall),
            Moment::Local(minutes) => {
                let at = self.facts.local(&self.rules.zone)?;
                (at.minutes() < minutes).then(|| until(minutes, at, self.now.wall, &self.rules.zone, self.host()))
            }
        }
        .filter(|wait| *wait > 0.0)
    }

    fn host(&self) -> &'a dyn Host {
        &*self.rules.host
    }

    fn place(&self, place: &Place) -> Result<(), Reason> {
        let any = |patterns: &[PagePattern]| patterns.iter().any(|p| p.matches(&self.facts));
        if any(&place.exclude) {
            return Err(Reason::PageExcluded);
        }
        if !place.include.is_empty() && !any(&place.include) {
            return Err(Reason::PageNotIncluded);
        }
        Ok(())
    }

    fn crowd(&self, crowd: &Crowd) -> Result<(), Reason> {
        let truth = |index: &u16| {
            let node = self.rules.audiences.get(usize::from(*index)).and_then(|audience| audience.node.as_ref());
            node.map_or(Truth::False, |node| self.eval.node(node).truth)
        };
        let any = crowd.any.is_empty() || crowd.any.iter().any(|index| truth(index) == Truth::True);
        let all = crowd.all.iter().all(|index| truth(index) == Truth::True);
        // Whoever may belong to an excluded audience is kept out: unknown is not false.
        let none = crowd.none.iter().all(|index| truth(index) == Truth::False);
        if any && all && none { Ok(()) } else { Err(Reason::Audience) }
    }

    /// Is the rule's schedule open? Without a schedule it always is.
    fn schedule(&self, rule: &Rule) -> Result<bool, Reason> {
        let Some(index) = rule.schedule else { return Ok(true) };
        let Some(schedule) = self.rules.schedules.get(usize::from(index)) else { return Err(Reason::Invalid) };
        Ok(self.is_open(schedule))
    }

    fn is_open(&self, schedule: &'a Schedule) -> bool {
        let Some(at) = self.facts.local(&schedule.zone) else { return false };
        if let Some(wait) = schedule.next_edge(at, self.now.wall, self.host()) {
            self.facts.wake_in(wait);
        }
        schedule.is_open(at)
    }

    fn agents(&self, agents: &Agents, rule: &Rule, open: bool) -> Result<Availability, Reason> {
        let known = |slot: &u16| match self.facts.get(*slot) {
            View::Text(status @ ("available" | "busy" | "closed")) => Some(status),
            _ => None,
        };
        let status = [agents.slot, agents.all].iter().find_map(known);
        let fits = |status: &str| match agents.need {
            Need::Available => status == "available",
            Need::Online => status != "closed",
            Need::Closed => status == "closed",
            Need::Any => true,
        };
        if !open && agents.if_unknown != IfUnknown::Schedule {
            return Err(Reason::OutsideSchedule);
        }
        match (status, agents.if_unknown) {
            _ if agents.need == Need::Any && open => Ok(Availability::Fine),
            (Some(_), _) if !open => Err(Reason::OutsideSchedule),
            (Some(status), _) if fits(status) => Ok(Availability::Fine),
            (Some(_), _) => Err(Reason::AgentsUnavailable),
            (None, IfUnknown::Show) => Ok(Availability::Assumed),
            (None, IfUnknown::Hide) => Err(Reason::AgentsUnknown),
            (None, IfUnknown::AwayForm) => Ok(Availability::AwayForm),
            // The schedule is the best guess at who is there: open means somebody is.
            (None, IfUnknown::Schedule) => match (open, rule.schedule.is_some(), agents.need) {
                (true, _, Need::Closed) => Err(Reason::AgentsUnknown),
                (true, _, _) => Ok(Availability::Assumed),
                (false, ..) => Err(Reason::OutsideSchedule),
            },
        }
    }

    fn draw(&self, rule: &Rule) -> Draw {
        let id = match self.facts.get(known::VISITOR) {
            View::Text(id) => id,
            _ => "",
        };
        self.rules.draw(rule, id)
    }

    /// First match of each group, and one visible rule a pass.
    fn rank(&self, rule: &Rule, visible: bool) -> Result<(), Reason> {
        let lost = |reason, winner| {
            self.detail.set(Detail { fact: None, winner: Some(winner) });
            Err(reason)
        };
        if let Some((_, winner)) = self.taken.iter().find(|(group, _)| Some(*group) == rule.group) {
            return lost(Reason::GroupTaken, *winner);
        }
        match self.shown {
            Some(winner) if visible => lost(Reason::Outranked, winner),
            _ => Ok(()),
        }
    }
}
