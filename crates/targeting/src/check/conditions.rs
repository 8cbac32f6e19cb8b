//! Lints of conditions.

use super::Lints;
use crate::condition::{Element, Leaf, Node, Order, Regex, Test, View, numeric};
use crate::host::Host;
use crate::problem::{At, Code};
use crate::rules::Source;
use crate::value::Value;

/// Facts under these names come from us, or are known to be there.
const SUPPLIED: &[&str] =
    &["page", "visit", "device", "user", "time", "notice", "audience", "signal", "agents", "queue", "chat"];

/// What all conditions on one fact allow together.
struct Bounds<'a> {
    slot: u16,
    low: (f64, bool),
    high: (f64, bool),
    /// The only values possible; `None`: no restriction yet.
    values: Option<Vec<&'a Value>>,
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
            if negative(&leaf.test) && self.may_be_absent(leaf.slot) && !guarded.contains(&leaf.slot) {
                self.warn(at, Code::UnguardedAbsence, name);
                guarded.push(leaf.slot);
            }
        }
        self.contradictions(node, source, at);
    }

    fn may_be_absent(&self, slot: u16) -> bool {
        let head = self.rules.paths.name(slot).split('.').next().unwrap_or("");
        let known = self.rules.slots.get(usize::from(slot));
        known.is_some_and(|slot| slot.source == Source::Facts && slot.default.is_none()) && !SUPPLIED.contains(&head)
    }

    fn alternatives(&mut self, node: &Node, at: &At<'_>) {
        match node {
            Node::Any(nodes) if nodes.is_empty() => self.warn(at, Code::EmptyAlternatives, ""),
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| self.alternatives(node, at)),
            Node::Not(node) => self.alternatives(node, at),
            Node::Leaf(_) => {}
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
        if repeats_a_repetition(&regex.source) {
            self.warn(at, Code::SlowPattern, &regex.source);
        }
    }

    /// Finds facts that nothing can satisfy. Only what must hold together counts: `$or` and `$not` are left alone.
    fn contradictions(&mut self, node: &'a Node, source: &Value, at: &At<'_>) {
        let host = &*self.rules.host;
        let mut all: Vec<Bounds<'a>> = Vec::new();
        conjuncts(node, &mut |leaf| {
            let index = all.iter().position(|bounds| bounds.slot == leaf.slot).unwrap_or_else(|| {
                let (low, high) = ((f64::NEG_INFINITY, false), (f64::INFINITY, false));
                all.push(Bounds { slot: leaf.slot, low, high, values: None });
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
                self.only(vec![value]);
            }
            Test::Order(order, operand) => {
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

    fn only(&mut self, values: Vec<&'a Value>) {
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
        match &self.values {
            Some(values) => !values.iter().any(|value| numeric(View::of(value), host).is_none_or(within)),
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

/// `(a+)+` and the like: a repeated group that ends in, or consists of, a repetition.
fn repeats_a_repetition(source: &str) -> bool {
    // For each open group: was there a repetition in it?
    let mut groups = vec![false];
    let mut characters = source.chars().peekable();
    let mut class = false;
    let mut closed = false;
    while let Some(c) = characters.next() {
        let repetition = matches!(c, '*' | '+') || c == '{' && characters.peek().is_some_and(char::is_ascii_digit);
        match c {
            '\\' => {
                characters.next();
            }
            ']' => class = false,
            _ if class => {}
            '[' => class = true,
            '(' => groups.push(false),
            ')' => {
                closed = groups.pop().unwrap_or(false);
                if let (Some(outer), true) = (groups.last_mut(), closed) {
                    *outer = true;
                }
                continue;
            }
            _ if repetition && closed => return true,
            _ if repetition => {
                if let Some(group) = groups.last_mut() {
                    *group = true;
                }
            }
            _ => {}
        }
        closed = false;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::repeats_a_repetition;

    #[test]
    fn finds_nested_repetitions() {
        for (source, expected) in [
            ("(a+)+$", true),
            ("(a*)*", true),
            ("((ab)+c)+", true),
            ("(a{2,})+", true),
            ("(a+)?", false),
            ("(abc)+", false),
            (r"(a\+)+", false),
            ("([+*])+", false),
            ("a+b+c*", false),
            ("^/checkout/(step|done)$", false),
        ] {
            assert_eq!(repeats_a_repetition(source), expected, "{source}");
        }
    }
}
