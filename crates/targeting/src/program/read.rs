//! From text to rules. Total: whatever the text, it answers, and takes no more memory than the text is long.

use super::{FORMAT, MAX_DEPTH};
use crate::action::{ACTIONS, Action, Deed};
use crate::condition::{Element, Leaf, Members, Node, Order, Paths, Regex, Semantics, Test};
use crate::host::Host;
use crate::rules::calendar::Moment;
use crate::rules::interest::Interest;
use crate::rules::page::{PagePattern, PageTest, Place};
use crate::rules::schedule::{Schedule, Window};
use crate::rules::{
    Agents, Audience, Crowd, Declared, Experiment, Goal, Holdout, IfUnknown, InConversation, Limits, Need, Notice,
    Part, Rule, RuleLimits, Rules, Slot, Source, Status, Trigger, known,
};
use crate::signal::{ConversationPhase, Exit, FormPhase};
use crate::value::Value;
use std::rc::Rc;

impl Rules {
    /// Reads a program; the revision stands beside it in the published file. `None` when it is damaged or of another format: the caller keeps the rules that it has.
    pub fn read(program: &str, host: Rc<dyn Host>) -> Option<Rules> {
        let mut reader = Reader { rest: program, host: &*host, depth: MAX_DEPTH, failed: false };
        if reader.count() != FORMAT {
            return None;
        }
        let r = &mut reader;
        let stamp = r.number() as u32;
        let (name, zone) = (r.text(), r.text());
        let semantics = if r.flag() { Semantics::Reference } else { Semantics::Strict };
        let disabled = r.flag();
        let paths = r.paths();
        let slots = r.list(Reader::slot);
        let lists = r.list(Reader::members);
        let audiences = r.list(|r| Audience { name: r.text(), node: r.some(Reader::node) });
        let schedules = r.list(Reader::schedule);
        let limits = r.limits();
        let holdout = r.some(|r| Holdout { share: r.number(), seed: r.text() });
        let quiet = r.place();
        let groups = r.texts();
        let rules = r.list(Reader::rule);
        let usable = !reader.failed && reader.rest.is_empty();
        let interest = Interest::of(&rules);
        let scroll = paths.find(known::SCROLL).unwrap_or(u16::MAX);
        let rules = Rules {
            revision: 0.0,
            name,
            zone,
            semantics,
            disabled,
            stamp,
            paths,
            scroll,
            slots,
            lists,
            audiences,
            schedules,
            limits,
            holdout,
            quiet,
            groups,
            rules,
            interest,
            host,
        };
        if usable {
            return Some(rules);
        }
        // A damaged program is a rare thing, and the code that would free it is paid for by every page.
        std::mem::forget(rules);
        None
    }
}

struct Reader<'a> {
    rest: &'a str,
    host: &'a dyn Host,
    /// How much deeper it may go.
    depth: usize,
    failed: bool,
}

impl<'a> Reader<'a> {
    /// Everything that follows is empty.
    fn fail(&mut self) {
        self.failed = true;
        self.rest = "";
    }

    #[inline(never)]
    fn count(&mut self) -> usize {
        let (mut count, mut shift) = (0, 0);
        while let (Some(&digit), true) = (self.rest.as_bytes().first(), shift < 32) {
            self.rest = self.rest.get(1..).unwrap_or("");
            count |= usize::from(digit & 15) << shift;
            if digit & 16 == 16 {
                return count;
            }
            shift += 4;
        }
        self.fail();
        0
    }

    fn place_of(&mut self) -> u16 {
        self.count() as u16
    }

    fn flag(&mut self) -> bool {
        self.count() != 0
    }

    #[inline(never)]
    fn str(&mut self, length: usize) -> &'a str {
        let rest = self.rest;
        match (rest.get(..length), rest.get(length..)) {
            (Some(text), Some(rest)) => {
                self.rest = rest;
                text
            }
            _ => {
                self.fail();
                ""
            }
        }
    }

    #[inline(never)]
    fn text(&mut self) -> String {
        let length = self.count();
        self.str(length).into()
    }

    #[inline(never)]
    fn number(&mut self) -> f64 {
        let count = self.count();
        if count & 1 == 0 { (count / 2) as f64 } else { self.host.number(self.str(count / 2)) }
    }

    fn some<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(read(self)) } else { None }
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        let count = self.count();
        while items.len() < count && !self.failed {
            items.push(read(self));
        }
        items
    }

    /// What is nested: conditions, tests, values.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth == 0 {
            self.fail();
        } else {
            self.depth -= 1;
        }
        let inner = read(self);
        self.depth += 1;
        inner
    }

    /// An enum by its place: `first` is 0.
    fn one_of<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        match self.count().checked_sub(1) {
            None => first,
            Some(place) => others.get(place).copied().unwrap_or_else(|| {
                self.fail();
                first
            }),
        }
    }

    #[inline(never)]
    fn texts(&mut self) -> Vec<String> {
        self.list(Self::text)
    }

    fn numbered(&mut self) -> Option<u16> {
        self.some(Self::place_of)
    }

    fn paths(&mut self) -> Paths {
        Paths { names: self.texts() }
    }

    fn value(&mut self) -> Value {
        self.deeper(|r| match r.count() {
            0 => Value::Null,
            1 => Value::Bool(r.flag()),
            2 => Value::Number(r.number()),
            3 => Value::String(r.text()),
            4 => Value::List(r.list(Self::value)),
            _ => Value::Map(r.list(|r| (r.text(), r.value()))),
        })
    }

    fn values(&mut self) -> Vec<Value> {
        self.list(Self::value)
    }

    fn members(&mut self) -> Members {
        Members { texts: self.texts(), others: self.values() }
    }

    fn slot(&mut self) -> Slot {
        use Part::{Date, Day, Hour, Minute, Month, Weekday, Year};
        let source = match self.count() {
            0 => Source::Facts,
            1 => Source::Audience(self.place_of()),
            2 => {
                Source::Time { site: self.flag(), part: self.one_of(Year, &[Month, Day, Weekday, Hour, Minute, Date]) }
            }
            3 => Source::Signal,
            _ => {
                use Notice::{HoursSinceConversation, SecondsSinceDismissed, SecondsSinceShown, ShownCount};
                let others = [SecondsSinceShown, SecondsSinceDismissed, HoursSinceConversation];
                Source::Notice(self.one_of(ShownCount, &others))
            }
        };
        let types = [Declared::Text, Declared::Bool, Declared::List, Declared::Date];
        Slot { source, declared: self.some(|r| r.one_of(Declared::Number, &types)), default: self.some(Self::value) }
    }

    fn nodes(&mut self) -> Vec<Node> {
        self.list(Self::node)
    }

    fn node(&mut self) -> Node {
        self.deeper(|r| match r.count() {
            0 => Node::All(r.nodes()),
            1 => Node::Any(r.nodes()),
            2 => Node::Not(Box::new(r.node())),
            _ => Node::Leaf(Leaf { id: r.place_of(), slot: r.place_of(), test: r.test() }),
        })
    }

    fn order(&mut self) -> Order {
        use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        self.one_of(Less, &[LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual])
    }

    fn tests(&mut self) -> Vec<Test> {
        self.list(Self::test)
    }

    fn test(&mut self) -> Test {
        self.deeper(|r| match r.count() {
            0 => Test::Never,
            1 => Test::Plain(r.value()),
            2 => Test::Folded(r.text()),
            3 => Test::Same(r.flag(), r.value()),
            4 => Test::Order(r.order(), r.value()),
            5 => Test::Version(r.order(), r.text()),
            6 => Test::Exists(r.flag()),
            7 => Test::Member { negate: r.flag(), fold: r.flag(), members: r.members() },
            8 => Test::Group { negate: r.flag(), list: r.numbered(), name: r.text() },
            9 => Test::Every(r.tests()),
            10 => Test::Not(Box::new(r.test())),
            11 => Test::Size(Box::new(r.test())),
            12 => Test::Element(Element::Test(Box::new(r.test()))),
            13 => Test::Element(Element::Node(Box::new(r.node()), r.paths())),
            14 => Test::Contains(r.tests()),
            15 => Test::Match { negate: r.flag(), regex: r.regex() },
            _ => Test::Type(r.text()),
        })
    }

    fn regex(&mut self) -> Regex {
        let (source, ignore_case) = (self.text(), self.flag());
        let compiled = self.host.pattern(&source, ignore_case);
        Regex { source, ignore_case, compiled }
    }

    fn patterns(&mut self) -> Vec<PagePattern> {
        self.list(|r| PagePattern {
            source: r.text(),
            test: if r.flag() {
                PageTest::Regex(r.regex())
            } else {
                PageTest::Glob {
                    host: r.some(Self::text),
                    path: r.some(Self::text),
                    query: r.list(|r| (r.place_of(), r.text())),
                    hash: r.some(Self::text),
                }
            },
        })
    }

    fn place(&mut self) -> Place {
        Place { include: self.patterns(), exclude: self.patterns() }
    }

    fn day(&mut self) -> i32 {
        self.number() as i32
    }

    fn windows(&mut self) -> Vec<Window> {
        self.list(|r| Window { start: r.place_of(), end: r.place_of() })
    }

    fn schedule(&mut self) -> Schedule {
        Schedule {
            name: self.text(),
            zone: self.text(),
            week: core::array::from_fn(|_| self.windows()),
            closed: self.list(Self::day),
            open: self.list(|r| (r.day(), r.windows())),
            broken: self.flag(),
        }
    }

    fn most(&mut self) -> Option<f64> {
        self.some(Self::number)
    }

    fn limits(&mut self) -> Limits {
        Limits {
            per_page: self.most(),
            per_visit: self.most(),
            per_day: self.most(),
            gap: self.number(),
            after_dismiss: self.number(),
            in_conversation: if self.flag() { InConversation::Allow } else { InConversation::Never },
        }
    }

    fn moment(&mut self) -> Option<Moment> {
        self.some(|r| if r.flag() { Moment::Instant(r.number()) } else { Moment::Local(r.number()) })
    }

    fn rule(&mut self) -> Rule {
        let status = self.one_of(Status::Ready, &[Status::Disabled, Status::Unsupported, Status::Invalid]);
        Rule {
            status,
            id: self.text(),
            name: self.text(),
            index: self.count(),
            priority: self.number(),
            group: self.numbered(),
            from: self.moment(),
            until: self.moment(),
            on: self.list(Self::trigger),
            place: self.place(),
            when: self.some(Self::node),
            audience: Crowd { any: self.places(), all: self.places(), none: self.places() },
            schedule: self.numbered(),
            agents: self.some(Self::agents),
            rollout: self.number(),
            experiment: self.some(|r| Experiment {
                key: r.text(),
                variations: r.texts(),
                ranges: r.list(|r| (r.number(), r.number())),
            }),
            limits: RuleLimits {
                per_page: self.most(),
                per_visit: self.most(),
                per_day: self.most(),
                ever: self.most(),
                after_dismiss: self.number(),
                after_conversation: self.number(),
            },
            delay: self.number(),
            expires: self.most(),
            actions: self.list(Self::action),
            goal: self.some(|r| Goal { signal: r.text(), within: r.number() }),
        }
    }

    fn places(&mut self) -> Vec<u16> {
        self.list(Self::place_of)
    }

    fn agents(&mut self) -> Agents {
        Agents {
            team: self.some(Self::text),
            slot: self.place_of(),
            all: self.place_of(),
            need: self.one_of(Need::Available, &[Need::Online, Need::Closed, Need::Any]),
            if_unknown: self.one_of(IfUnknown::Schedule, &[IfUnknown::Show, IfUnknown::Hide, IfUnknown::AwayForm]),
        }
    }

    fn trigger(&mut self) -> Trigger {
        use ConversationPhase::{Ended, Opened, Received, Sent};
        match self.count() {
            0 => Trigger::Page,
            1 => Trigger::Timer { slot: self.place_of(), seconds: self.number(), fact: self.text() },
            2 => Trigger::Scroll(self.number()),
            3 => Trigger::Exit(self.some(|r| r.one_of(Exit::Pointer, &[Exit::TabReturn]))),
            4 => Trigger::Idle { slot: self.place_of(), seconds: self.number() },
            5 => Trigger::Return(self.number()),
            6 => Trigger::Visible(self.text()),
            7 => Trigger::Click(self.text()),
            8 => {
                let phases = [FormPhase::Submit, FormPhase::Error, FormPhase::Abandon];
                Trigger::Form(self.one_of(FormPhase::Start, &phases), self.text())
            }
            9 => Trigger::Rage,
            10 => Trigger::Custom(self.text()),
            11 => Trigger::Fact(self.text()),
            12 => Trigger::Conversation(self.one_of(Opened, &[Sent, Received, Ended])),
            _ => Trigger::Agents,
        }
    }

    fn action(&mut self) -> Action {
        // The place in `ACTIONS`; one beyond is `score`.
        let place = self.count();
        match ACTIONS.get(place) {
            Some(name) => Action::Deed(Deed { name, operand: self.value(), visible: self.flag() }),
            None => Action::Score(self.number()),
        }
    }
}
