//! Lints of conditions.

use super::Lints;
use super::patterns::is_slow;
use crate::condition::{Element, Leaf, Members, Node, Order, Regex, Test, View, numeric};
use crate::host::Host;
use crate::problem::{At, Code};
use crate::rules::Source;
use crate::value::Value;
use crate::vocabulary::{Supplier, fact_at};

/// What all conditions on one fact allow together.
struct Bounds<'a> {
    slot: u16,
    low: (f64, bool),
    high: (f64, bool),
    /// The only values possible; `None`: no restriction yet.
    values: Option<Vec<Value>>,
    /// Values that it must not be.
    not: Vec<&'a Value>,
    /// Must it be absent; must it be there?
    absent: bool,
    present: bool,
}

impl<'a> Lints<'a> {
    pub(super) fn condition(&mut self, node: &'a Node, source: &Value, at: &At<'_>) {
        // Points at the fact where it stands at the top, else at the whole condition.
        let place = |name: &'a str| source.get(name).map(|_| name);
        self.alternatives(node, at);
        let mut leaves = Vec::new();
        collect(node, &mut leaves);
        let mut guarded: Vec<u16> = leaves.iter().filter(|leaf| guards(&leaf.test)).map(|leaf| leaf.slot).collect();
        for leaf in &leaves {
            let name = self.rules.paths.name(leaf.slot);
            let inner = place(name).map(|name| at.key(name));
            let at = inner.as_ref().unwrap_or(at);
            self.slow(&leaf.test, at);
            self.empty_list(&leaf.test, at);
            if negative(&leaf.test) && self.may_be_absent(leaf.slot) && !guarded.contains(&leaf.slot) {
                self.warn(at, Code::UnguardedAbsence, name);
                guarded.push(leaf.slot);
            }
        }
        self.contradictions(node, source, at);
    }

    fn may_be_absent(&self, slot: u16) -> bool {
        let open = self.rules.slots.get(usize::from(slot));
        let open = open.is_some_and(|slot| slot.source == Source::Facts && slot.default.is_none());
        let name = self.rules.paths.name(slot);
        // How long ago something was that never was, and who answers, are asked by people who mean just that.
        let meant = name.starts_with("visit.hours") || name.starts_with("agents.");
        open && !meant && fact_at(name).is_none_or(|fact| fact.by != Supplier::Widget)
    }

    fn alternatives(&mut self, node: &Node, at: &At<'_>) {
        match node {
            Node::Any(nodes) if nodes.is_empty() => self.warn(at, Code::EmptyAlternatives, ""),
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| self.alternatives(node, at)),
            Node::Not(node) => self.alternatives(node, at),
            Node::Leaf(_) => {}
        }
    }

    /// A list without members has everybody outside.
    fn empty_list(&mut self, test: &Test, at: &At<'_>) {
        match test {
            Test::Group { list: Some(list), name, .. }
                if self.rules.lists.get(usize::from(*list)).is_some_and(Members::is_empty) =>
            {
                self.warn(at, Code::EmptyList, name);
            }
            Test::Every(tests) => tests.iter().for_each(|test| self.empty_list(test, at)),
            Test::Not(test) => self.empty_list(test, at),
            _ => {}
        }
    }

    fn slow(&mut self, test: &Test, at: &At<'_>) {
        match test {
            Test::Match { regex, .. } => self.pattern(regex, at),
            Test::Every(tests) | Test::Contains(tests) => tests.iter().for_each(|test| self.slow(test, at)),
            Test::Not(test) | Test::Size(test) | Test::Element(Element::Test(test)) => self.slow(test, at),
            _ => {}
        }
    }

    pub(super) fn pattern(&mut self, regex: &Regex, at: &At<'_>) {
        if is_slow(&regex.source) {
            self.warn(at, Code::SlowPattern, &regex.source);
        }
    }

    /// Finds facts that nothing can satisfy. Only what must hold together counts: each alternative for itself.
    fn contradictions(&mut self, node: &'a Node, source: &Value, at: &At<'_>) {
        let mut branches = Vec::new();
        alternatives(node, &mut branches);
        for branch in branches {
            self.contradictions(branch, source, at);
        }
        let host = &*self.rules.host;
        let mut all: Vec<Bounds<'a>> = Vec::new();
        conjuncts(node, &mut |leaf| {
            let index = all.iter().position(|bounds| bounds.slot == leaf.slot).unwrap_or_else(|| {
                let (low, high) = ((f64::NEG_INFINITY, false), (f64::INFINITY, false));
                let (values, not) = (None, Vec::new());
                all.push(Bounds { slot: leaf.slot, low, high, values, not, absent: false, present: false });
                all.len() - 1
            });
            if let Some(bounds) = all.get_mut(index) {
                bounds.narrow(&leaf.test, host);
            }
        });
        for bounds in all.iter().filter(|bounds| bounds.is_empty(host)) {
            let name = self.rules.paths.name(bounds.slot);
            let inner = source.get(name).map(|_| at.key(name));
            self.warn(inner.as_ref().unwrap_or(at), Code::Contradiction, name);
        }
    }
}

impl<'a> Bounds<'a> {
    fn narrow(&mut self, test: &'a Test, host: &dyn Host) {
        match test {
            Test::Every(tests) => tests.iter().for_each(|test| self.narrow(test, host)),
            Test::Plain(value) | Test::Same(true, value) if !matches!(value, Value::List(_) | Value::Map(_)) => {
                self.present |= *value != Value::Null;
                self.absent |= *value == Value::Null;
                self.only(vec![(*value).clone()]);
            }
            Test::Exists(wanted) => {
                self.present |= wanted;
                self.absent |= !wanted;
            }
            Test::Same(false, value) => self.not.push(value),
            Test::Member { negate: true, fold: false, members } => self.not.extend(&members.others),
            Test::Member { negate: false, fold: false, members } => {
                let texts = members.texts.iter().map(|text| Value::String(text.clone()));
                self.present = true;
                self.only(texts.chain(members.others.iter().cloned()).collect());
            }
            Test::Order(order, operand) => {
                self.present = true;
                let Some(edge) = numeric(View::of(operand), host) else { return };
                match order {
                    Order::Greater | Order::GreaterOrEqual if edge >= self.low.0 => {
                        self.low = (edge, *order == Order::Greater);
                    }
                    Order::Less | Order::LessOrEqual if edge <= self.high.0 => {
                        self.high = (edge, *order == Order::Less);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn only(&mut self, values: Vec<Value>) {
        self.values = Some(match self.values.take() {
            Some(before) => before.into_iter().filter(|value| values.contains(value)).collect(),
            None => values,
        });
    }

    fn is_empty(&self, host: &dyn Host) -> bool {
        let within = |number: f64| {
            (number > self.low.0 || number == self.low.0 && !self.low.1)
                && (number < self.high.0 || number == self.high.0 && !self.high.1)
        };
        let possible = |value: &Value| !self.not.contains(&value) && numeric(View::of(value), host).is_none_or(within);
        match &self.values {
            _ if self.absent && self.present => true,
            Some(values) => !values.iter().any(possible),
            None => self.low.0 > self.high.0 || self.low.0 == self.high.0 && (self.low.1 || self.high.1),
        }
    }
}

fn conjuncts<'a>(node: &'a Node, visit: &mut impl FnMut(&'a Leaf)) {
    match node {
        Node::All(nodes) => nodes.iter().for_each(|node| conjuncts(node, visit)),
        Node::Leaf(leaf) => visit(leaf),
        Node::Any(_) | Node::Not(_) => {}
    }
}

/// The alternatives that stand among conjuncts.
fn alternatives<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    match node {
        Node::All(nodes) => nodes.iter().for_each(|node| alternatives(node, found)),
        Node::Any(nodes) => found.extend(nodes),
        Node::Not(_) | Node::Leaf(_) => {}
    }
}

fn collect<'a>(node: &'a Node, leaves: &mut Vec<&'a Leaf>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect(node, leaves)),
        Node::Not(node) => collect(node, leaves),
        Node::Leaf(leaf) => leaves.push(leaf),
    }
}

/// Does this test say what is to happen when the fact is absent?
fn guards(test: &Test) -> bool {
    match test {
        Test::Exists(_) | Test::Type(_) | Test::Plain(Value::Null) | Test::Same(_, Value::Null) => true,
        Test::Every(tests) => tests.iter().any(guards),
        Test::Not(test) => guards(test),
        _ => false,
    }
}

/// Tests that people expect to hold for an absent fact too.
fn negative(test: &Test) -> bool {
    match test {
        Test::Same(false, _) | Test::Order(Order::Less | Order::LessOrEqual, _) | Test::Not(_) => true,
        Test::Member { negate, .. } | Test::Group { negate, .. } | Test::Match { negate, .. } => *negate,
        Test::Every(tests) => tests.iter().any(negative),
        _ => false,
    }
}
