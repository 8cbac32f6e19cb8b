//! From rules to text; [`super::read`] takes the parts in the same order.

use super::FORMAT;
use crate::action::{ACTIONS, Action};
use crate::condition::{Element, Members, Node, Order, Regex, Semantics, Test};
use crate::rules::calendar::Moment;
use crate::rules::page::{PagePattern, PageTest, Place};
use crate::rules::schedule::{Schedule, Window};
use crate::rules::{Agents, InConversation, Rule, Rules, Slot, Source, Status, Trigger};
use crate::value::Value;

impl Rules {
    /// The program that [`Rules::read`] reads.
    pub fn write(&self) -> String {
        let mut w = Writer { text: String::new() };
        w.count(FORMAT);
        w.number(f64::from(self.stamp));
        w.text(&self.name);
        w.text(&self.zone);
        w.flag(self.semantics == Semantics::Reference);
        w.flag(self.disabled);
        w.texts(&self.paths.names);
        w.list(&self.slots, Writer::slot);
        w.list(&self.lists, Writer::members);
        w.list(&self.audiences, |w, audience| {
            w.text(&audience.name);
            w.some(audience.node.as_ref(), Writer::node);
        });
        w.list(&self.schedules, Writer::schedule);
        let limits = &self.limits;
        w.most(&[limits.per_page, limits.per_visit, limits.per_day]);
        w.number(limits.gap);
        w.number(limits.after_dismiss);
        w.flag(limits.in_conversation == InConversation::Allow);
        w.some(self.holdout.as_ref(), |w, holdout| {
            w.number(holdout.share);
            w.text(&holdout.seed);
        });
        w.place(&self.quiet);
        w.texts(&self.groups);
        w.list(&self.rules, Writer::rule);
        w.text
    }
}

struct Writer {
    text: String,
}

impl Writer {
    fn count(&mut self, mut count: usize) {
        while count > 15 {
            self.text.push(char::from(b'@' + (count & 15) as u8));
            count >>= 4;
        }
        self.text.push(char::from(b'0' + count as u8));
    }

    fn flag(&mut self, flag: bool) {
        self.count(usize::from(flag));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.text.push_str(text);
    }

    fn texts(&mut self, texts: &[String]) {
        self.list(texts, |w, text| w.text(text));
    }

    fn number(&mut self, number: f64) {
        if number >= 0.0 && number < f64::from(1 << 30) && number.fract() == 0.0 && number.is_sign_positive() {
            return self.count(number as usize * 2);
        }
        // JavaScript prints -0 as "0", and conditions tell the two apart.
        let text = if number == 0.0 { "-0".into() } else { crate::number::print(number) };
        self.count(text.len() * 2 + 1);
        self.text.push_str(&text);
    }

    fn some<T>(&mut self, item: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(item.is_some());
        if let Some(item) = item {
            write(self, item);
        }
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    fn place_of(&mut self, place: u16) {
        self.count(usize::from(place));
    }

    fn places(&mut self, places: &[u16]) {
        self.list(places, |w, place| w.place_of(*place));
    }

    fn most(&mut self, numbers: &[Option<f64>]) {
        numbers.iter().for_each(|number| self.some(*number, Self::number));
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.count(0),
            Value::Bool(flag) => {
                self.count(1);
                self.flag(*flag);
            }
            Value::Number(number) => {
                self.count(2);
                self.number(*number);
            }
            Value::String(text) => {
                self.count(3);
                self.text(text);
            }
            Value::List(items) => {
                self.count(4);
                self.list(items, Self::value);
            }
            Value::Map(entries) => {
                self.count(5);
                self.list(entries, |w, (key, value)| {
                    w.text(key);
                    w.value(value);
                });
            }
        }
    }

    fn members(&mut self, members: &Members) {
        self.texts(&members.texts);
        self.list(&members.others, Self::value);
    }

    fn slot(&mut self, slot: &Slot) {
        match slot.source {
            Source::Facts => self.count(0),
            Source::Audience(place) => {
                self.count(1);
                self.place_of(place);
            }
            Source::Time { site, part } => {
                self.count(2);
                self.flag(site);
                self.count(part as usize);
            }
            Source::Signal => self.count(3),
            Source::Notice(notice) => {
                self.count(4);
                self.count(notice as usize);
            }
        }
        self.some(slot.declared, |w, declared| w.count(declared as usize));
        self.some(slot.default.as_ref(), Self::value);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::All(nodes) => {
                self.count(0);
                self.list(nodes, Self::node);
            }
            Node::Any(nodes) => {
                self.count(1);
                self.list(nodes, Self::node);
            }
            Node::Not(node) => {
                self.count(2);
                self.node(node);
            }
            Node::Leaf(leaf) => {
                self.count(3);
                self.place_of(leaf.id);
                self.place_of(leaf.slot);
                self.test(&leaf.test);
            }
        }
    }

    fn order(&mut self, order: Order) {
        self.count(order as usize);
    }

    fn test(&mut self, test: &Test) {
        let place = match test {
            Test::Never => 0,
            Test::Plain(_) => 1,
            Test::Folded(_) => 2,
            Test::Same(..) => 3,
            Test::Order(..) => 4,
            Test::Version(..) => 5,
            Test::Exists(_) => 6,
            Test::Member { .. } => 7,
            Test::Group { .. } => 8,
            Test::Every(_) => 9,
            Test::Not(_) => 10,
            Test::Size(_) => 11,
            Test::Element(Element::Test(_)) => 12,
            Test::Element(Element::Node(..)) => 13,
            Test::Contains(_) => 14,
            Test::Match { .. } => 15,
            Test::Type(_) => 16,
        };
        self.count(place);
        match test {
            Test::Never => {}
            Test::Plain(operand) => self.value(operand),
            Test::Folded(text) | Test::Type(text) => self.text(text),
            Test::Same(equal, operand) => {
                self.flag(*equal);
                self.value(operand);
            }
            Test::Order(order, operand) => {
                self.order(*order);
                self.value(operand);
            }
            Test::Version(order, operand) => {
                self.order(*order);
                self.text(operand);
            }
            Test::Exists(wanted) => self.flag(*wanted),
            Test::Member { negate, fold, members } => {
                self.flag(*negate);
                self.flag(*fold);
                self.members(members);
            }
            Test::Group { negate, list, name } => {
                self.flag(*negate);
                self.some(*list, Self::place_of);
                self.text(name);
            }
            Test::Every(tests) | Test::Contains(tests) => self.list(tests, Self::test),
            Test::Not(test) | Test::Size(test) | Test::Element(Element::Test(test)) => self.test(test),
            Test::Element(Element::Node(node, paths)) => {
                self.node(node);
                self.texts(&paths.names);
            }
            Test::Match { negate, regex } => {
                self.flag(*negate);
                self.regex(regex);
            }
        }
    }

    fn regex(&mut self, regex: &Regex) {
        self.text(&regex.source);
        self.flag(regex.ignore_case);
    }

    fn pattern(&mut self, pattern: &PagePattern) {
        self.text(&pattern.source);
        match &pattern.test {
            PageTest::Regex(regex) => {
                self.flag(true);
                self.regex(regex);
            }
            PageTest::Glob { host, path, query, hash } => {
                self.flag(false);
                self.some(host.as_deref(), Self::text);
                self.some(path.as_deref(), Self::text);
                self.list(query, |w, (slot, wanted)| {
                    w.place_of(*slot);
                    w.text(wanted);
                });
                self.some(hash.as_deref(), Self::text);
            }
        }
    }

    fn place(&mut self, place: &Place) {
        self.list(&place.include, Self::pattern);
        self.list(&place.exclude, Self::pattern);
    }

    fn windows(&mut self, windows: &[Window]) {
        self.list(windows, |w, window| {
            w.place_of(window.start);
            w.place_of(window.end);
        });
    }

    fn schedule(&mut self, schedule: &Schedule) {
        self.text(&schedule.name);
        self.text(&schedule.zone);
        schedule.week.iter().for_each(|windows| self.windows(windows));
        self.list(&schedule.closed, |w, day| w.number(f64::from(*day)));
        self.list(&schedule.open, |w, (day, windows)| {
            w.number(f64::from(*day));
            w.windows(windows);
        });
        self.flag(schedule.broken);
    }

    fn moment(&mut self, moment: Option<Moment>) {
        self.some(moment, |w, moment| {
            let (instant, number) = match moment {
                Moment::Local(minutes) => (false, minutes),
                Moment::Instant(ms) => (true, ms),
            };
            w.flag(instant);
            w.number(number);
        });
    }

    fn rule(&mut self, rule: &Rule) {
        self.count(match rule.status {
            Status::Ready => 0,
            Status::Disabled => 1,
            Status::Unsupported => 2,
            Status::Invalid => 3,
        });
        self.text(&rule.id);
        self.text(&rule.name);
        self.count(rule.index);
        self.number(rule.priority);
        self.some(rule.group, Self::place_of);
        self.moment(rule.from);
        self.moment(rule.until);
        self.list(&rule.on, Self::trigger);
        self.place(&rule.place);
        self.some(rule.when.as_ref(), Self::node);
        self.places(&rule.audience.any);
        self.places(&rule.audience.all);
        self.places(&rule.audience.none);
        self.some(rule.schedule, Self::place_of);
        self.some(rule.agents.as_ref(), Self::agents);
        self.number(rule.rollout);
        self.some(rule.experiment.as_ref(), |w, experiment| {
            w.text(&experiment.key);
            w.texts(&experiment.variations);
            w.list(&experiment.ranges, |w, (start, end)| {
                w.number(*start);
                w.number(*end);
            });
        });
        let limits = &rule.limits;
        self.most(&[limits.per_page, limits.per_visit, limits.per_day, limits.ever]);
        self.number(limits.after_dismiss);
        self.number(limits.after_conversation);
        self.number(rule.delay);
        self.most(&[rule.expires]);
        self.list(&rule.actions, Self::action);
        self.some(rule.goal.as_ref(), |w, goal| {
            w.text(&goal.signal);
            w.number(goal.within);
        });
    }

    fn agents(&mut self, agents: &Agents) {
        self.some(agents.team.as_deref(), Self::text);
        self.place_of(agents.slot);
        self.place_of(agents.all);
        self.count(agents.need as usize);
        self.count(agents.if_unknown as usize);
    }

    fn trigger(&mut self, trigger: &Trigger) {
        let place = match trigger {
            Trigger::Page => 0,
            Trigger::Timer { .. } => 1,
            Trigger::Scroll(_) => 2,
            Trigger::Exit(_) => 3,
            Trigger::Idle { .. } => 4,
            Trigger::Return(_) => 5,
            Trigger::Visible(_) => 6,
            Trigger::Click(_) => 7,
            Trigger::Form(..) => 8,
            Trigger::Rage => 9,
            Trigger::Custom(_) => 10,
            Trigger::Fact(_) => 11,
            Trigger::Conversation(_) => 12,
            Trigger::Agents => 13,
        };
        self.count(place);
        match trigger {
            Trigger::Page | Trigger::Rage | Trigger::Agents => {}
            Trigger::Timer { fact, slot, seconds } => {
                self.place_of(*slot);
                self.number(*seconds);
                self.text(fact);
            }
            Trigger::Scroll(number) | Trigger::Return(number) => self.number(*number),
            Trigger::Exit(exit) => self.some(*exit, |w, exit| w.count(exit as usize)),
            Trigger::Idle { slot, seconds } => {
                self.place_of(*slot);
                self.number(*seconds);
            }
            Trigger::Visible(text) | Trigger::Click(text) | Trigger::Custom(text) | Trigger::Fact(text) => {
                self.text(text);
            }
            Trigger::Form(phase, selector) => {
                self.count(*phase as usize);
                self.text(selector);
            }
            Trigger::Conversation(phase) => self.count(*phase as usize),
        }
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Score(points) => {
                self.count(ACTIONS.len());
                self.number(*points);
            }
            Action::Deed(deed) => {
                self.count(crate::text::position(ACTIONS, deed.name).unwrap_or(0));
                self.value(&deed.operand);
                self.flag(deed.visible);
            }
        }
    }
}
