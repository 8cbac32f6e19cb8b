//! The evaluator: one tree, two semantics.

use super::tree::{Element, Leaf, Members, Node, Order, Paths, Regex, Test};
use super::{Semantics, Truth, Verdict, View, Why, compare, version};
use crate::decide::{Pace, Snapshot};
use crate::host::Host;
use crate::value::Value;

/// Longest text that a regular expression is tried on in strict semantics, in bytes (cut at a character).
const MAX_SUBJECT: usize = 2_048;

/// Where facts come from.
#[derive(Clone, Copy)]
pub(crate) enum Root<'a> {
    /// A nested map, or an element of a list.
    Value(View<'a>, &'a Paths),
    /// The facts of one pass.
    Facts(&'a Snapshot<'a>),
}

#[derive(Clone, Copy)]
pub(crate) struct Eval<'a> {
    pub(crate) root: Root<'a>,
    pub(crate) semantics: Semantics,
    pub(crate) lists: &'a [Members],
    pub(crate) host: &'a dyn Host,
}

impl<'a> Eval<'a> {
    pub(crate) fn node(&self, node: &'a Node) -> Verdict<'a> {
        match node {
            // False wins over unknown, so that what is certain is not held up by what is missing.
            Node::All(nodes) => self.junction(nodes, Truth::False, Truth::True),
            Node::Any(nodes) if nodes.is_empty() => Verdict { truth: Truth::True, leaf: None },
            Node::Any(nodes) => self.junction(nodes, Truth::True, Truth::False),
            Node::Not(node) => {
                let verdict = self.node(node);
                Verdict { truth: verdict.truth.not(), ..verdict }
            }
            Node::Leaf(leaf) => Verdict { truth: self.leaf(leaf), leaf: Some(leaf) },
        }
    }

    fn junction(&self, nodes: &'a [Node], winner: Truth, otherwise: Truth) -> Verdict<'a> {
        let mut found: Option<Verdict<'a>> = None;
        for node in nodes {
            let verdict = self.node(node);
            if verdict.truth == winner {
                return verdict;
            }
            let unknown = |v: &Verdict<'a>| matches!(v.truth, Truth::Unknown(_));
            if found.is_none() || (unknown(&verdict) && !found.as_ref().is_some_and(unknown)) {
                found = Some(verdict);
            }
        }
        found.unwrap_or(Verdict { truth: otherwise, leaf: None })
    }

    pub(crate) fn leaf(&self, leaf: &'a Leaf) -> Truth {
        let facts = match self.root {
            Root::Value(view, paths) => return self.test(&leaf.test, view.walk(paths.name(leaf.slot))),
            Root::Facts(facts) => facts,
        };
        let reading = facts.read(leaf.slot, self);
        match (reading.pace, reading.view) {
            (Pace::Still, _) => {}
            (Pace::Running, View::Number(now)) => self.note_wake(facts, &leaf.test, now),
            (Pace::Running, _) => {}
            (Pace::Calendar, _) => facts.wake_for(leaf.slot),
        }
        self.test(&leaf.test, reading.view)
    }

    pub(crate) fn read(&self, slot: u16) -> View<'a> {
        match self.root {
            Root::Value(view, paths) => view.walk(paths.name(slot)),
            Root::Facts(facts) => facts.read(slot, self).view,
        }
    }

    /// When will the answer change by the passing of time alone?
    fn note_wake(&self, facts: &Snapshot<'_>, test: &Test, now: f64) {
        match test {
            Test::Order(order, operand) => {
                let Some(edge) = compare::numeric(View::of(operand), self.host) else { return };
                // `>` and `<=` change just after the edge.
                let after = matches!(order, Order::Greater | Order::LessOrEqual);
                if edge > now || after && edge == now {
                    facts.wake_in((edge - now) * 1000.0 + f64::from(u8::from(after)));
                }
            }
            Test::Every(tests) => tests.iter().for_each(|test| self.note_wake(facts, test, now)),
            Test::Not(test) => self.note_wake(facts, test, now),
            _ => {}
        }
    }

    pub(crate) fn test(&self, test: &'a Test, view: View<'a>) -> Truth {
        if self.semantics == Semantics::Strict
            && let Some(truth) = self.without_answer(test, view)
        {
            return truth;
        }
        match test {
            Test::Plain(operand) => Truth::of(self.plain(view, operand)),
            Test::Folded(operand) => Truth::of(self.host.lowercase(&view.text(self.host)) == *operand),
            Test::Same(equal, operand) => Truth::of(compare::identical(view, View::of(operand)) == *equal),
            Test::Order(order, operand) => self.order(*order, view, View::of(operand)),
            Test::Version(order, operand) => {
                Truth::of(order.holds(compare::texts(&version::padded(view, self.host), operand)))
            }
            Test::Exists(wanted) => Truth::of(view.is_absent() != *wanted),
            Test::Member { negate, fold, members } => Truth::of(self.any_member(view, members, *fold) != *negate),
            Test::Group { negate, list, .. } => self.group(view, *list, *negate),
            Test::Every(tests) => self.every(tests, view),
            Test::Not(test) => self.test(test, view).not(),
            Test::Size(test) => match view {
                View::List(items) => self.test(test, View::Number(items.len() as f64)),
                _ => Truth::False,
            },
            Test::Element(element) => self.element(view, element),
            Test::Contains(tests) => self.contains(view, tests),
            Test::Match { negate, regex } => self.regex(view, regex, *negate),
            Test::Type(name) => Truth::of(self.type_name(view) == name.as_str()),
            Test::Never => Truth::False,
        }
    }

    /// The strict half: the tests that this fact cannot answer.
    fn without_answer(&self, test: &Test, view: View<'a>) -> Option<Truth> {
        let unknown = |why| Some(Truth::Unknown(why));
        if matches!(test, Test::Every(_) | Test::Not(_)) {
            return None;
        }
        if matches!(test, Test::Never) {
            return unknown(Why::WrongType);
        }
        if let View::Unknown(Why::Pending | Why::WrongType | Why::UnknownList) = view {
            let View::Unknown(why) = view else { return None };
            return unknown(why);
        }
        if matches!(test, Test::Exists(_) | Test::Type(_)) {
            return None;
        }
        if let Test::Group { list: None, .. } = test {
            return unknown(Why::UnknownList);
        }
        if view.is_absent() {
            let definite = match test {
                Test::Plain(operand) | Test::Same(_, operand) => *operand == Value::Null,
                Test::Member { members, .. } => members.others.contains(&Value::Null),
                _ => false,
            };
            return if definite { None } else { unknown(Why::Missing) };
        }
        let comparable = match test {
            Test::Plain(Value::Null) | Test::Same(_, Value::Null) => true,
            Test::Plain(Value::String(_) | Value::Number(_)) => match test {
                Test::Plain(Value::Number(_)) => compare::numeric(view, self.host).is_some(),
                _ => matches!(view, View::Text(_) | View::Number(_)),
            },
            Test::Plain(operand) | Test::Same(_, operand) => compare::same_type(view, View::of(operand)),
            Test::Folded(_) => matches!(view, View::Text(_)),
            Test::Member { members, .. } => comparable_member(view, members),
            Test::Group { list, .. } => self.list(*list).is_none_or(|members| comparable_member(view, members)),
            Test::Version(..) => matches!(view, View::Text(_) | View::Number(_)),
            Test::Match { regex, .. } => matches!(view, View::Text(_)) && regex.compiled.is_some(),
            Test::Size(_) | Test::Element(_) | Test::Contains(_) => matches!(view, View::List(_)),
            _ => true,
        };
        if comparable { None } else { unknown(Why::WrongType) }
    }

    fn plain(&self, view: View<'_>, operand: &Value) -> bool {
        match operand {
            Value::String(text) => match view {
                View::Text(given) => given == text,
                _ => view.text(self.host) == *text,
            },
            Value::Number(number) => view.number(self.host) == *number,
            Value::Bool(flag) => !view.is_absent() && view.is_truthy() == *flag,
            Value::Null => view.is_absent(),
            Value::List(items) => matches!(view, View::List(given) if given == items.as_slice()),
            Value::Map(entries) => matches!(view, View::Map(given) if given == entries.as_slice()),
        }
    }

    fn order(&self, order: Order, view: View<'_>, operand: View<'_>) -> Truth {
        match self.semantics {
            Semantics::Reference => {
                Truth::of(compare::converting(view, operand, self.host).is_some_and(|o| order.holds(o)))
            }
            Semantics::Strict => match compare::typed(view, operand, self.host) {
                Ok(ordering) => Truth::of(order.holds(ordering)),
                Err(why) => Truth::Unknown(why),
            },
        }
    }

    fn any_member(&self, view: View<'_>, members: &Members, fold: bool) -> bool {
        match view {
            View::List(items) => items.iter().any(|item| self.is_member(View::of(item), members, fold)),
            _ => self.is_member(view, members, fold),
        }
    }

    fn is_member(&self, view: View<'_>, members: &Members, fold: bool) -> bool {
        match view {
            View::Text(text) if fold => {
                let folded = self.host.lowercase(text);
                members.texts.binary_search(&folded).is_ok()
            }
            View::Text(text) => members.texts.binary_search_by(|member| member.as_str().cmp(text)).is_ok(),
            _ => members.others.iter().any(|member| compare::identical(view, View::of(member))),
        }
    }

    fn list(&self, list: Option<u16>) -> Option<&'a Members> {
        self.lists.get(usize::from(list?))
    }

    fn group(&self, view: View<'_>, list: Option<u16>, negate: bool) -> Truth {
        let found = self.list(list).is_some_and(|members| self.any_member(view, members, false));
        Truth::of(found != negate)
    }

    fn every(&self, tests: &'a [Test], view: View<'a>) -> Truth {
        let mut all = Truth::True;
        for test in tests {
            match self.test(test, view) {
                Truth::True => {}
                Truth::False => return Truth::False,
                unknown => {
                    if all == Truth::True {
                        all = unknown;
                    }
                }
            }
        }
        all
    }

    /// Does `test` hold for some element?
    fn some(&self, items: &'a [Value], test: impl Fn(View<'a>) -> Truth) -> Truth {
        let mut any = Truth::False;
        for item in items {
            let view = View::of(item);
            if view.is_absent() {
                continue;
            }
            match test(view) {
                Truth::True => return Truth::True,
                Truth::False => {}
                unknown => any = unknown,
            }
        }
        any
    }

    fn element(&self, view: View<'a>, element: &'a Element) -> Truth {
        let View::List(items) = view else { return Truth::False };
        match element {
            Element::Test(test) => self.some(items, |view| self.test(test, view)),
            Element::Node(node, paths) => {
                self.some(items, |view| Eval { root: Root::Value(view, paths), ..*self }.node(node).truth)
            }
        }
    }

    fn contains(&self, view: View<'a>, tests: &'a [Test]) -> Truth {
        let View::List(items) = view else { return Truth::False };
        for test in tests {
            if !items.iter().any(|item| self.test(test, View::of(item)) == Truth::True) {
                return Truth::False;
            }
        }
        Truth::True
    }

    fn regex(&self, view: View<'_>, regex: &Regex, negate: bool) -> Truth {
        let Some(pattern) = &regex.compiled else { return Truth::False };
        let found = match (view, self.semantics) {
            (View::Text(text), Semantics::Strict) => pattern.is_match(clip(text)),
            (View::Text(text), Semantics::Reference) => pattern.is_match(text),
            _ => pattern.is_match(&view.text(self.host)),
        };
        Truth::of(found != negate)
    }

    fn type_name(&self, view: View<'_>) -> &'static str {
        match (view, self.semantics) {
            // The reference reads an absent fact as null.
            (View::Unknown(_), Semantics::Reference) => "null",
            _ => view.type_name(),
        }
    }
}

/// Is there a member that `view` could be?
fn comparable_member(view: View<'_>, members: &Members) -> bool {
    match view {
        View::List(_) => true,
        View::Text(_) => members.is_empty() || !members.texts.is_empty(),
        _ => members.is_empty() || members.others.iter().any(|member| compare::same_type(view, View::of(member))),
    }
}

fn clip(text: &str) -> &str {
    if text.len() <= MAX_SUBJECT {
        return text;
    }
    let end = (0..=MAX_SUBJECT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}
