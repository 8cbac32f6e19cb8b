//! From JSON to the tree.

use super::tree::{Element, Leaf, Members, Node, Order, Paths, Regex, Test};
use super::{View, version};
use crate::host::Host;
use crate::problem::{At, Code, Expected, Problems, Severity};
use crate::text::position;
use crate::value::Value;

/// Every operator, as users write it.
pub(crate) const OPERATORS: &[&str] = &[
    "$eq",
    "$ne",
    "$lt",
    "$lte",
    "$gt",
    "$gte",
    "$exists",
    "$in",
    "$nin",
    "$ini",
    "$nini",
    "$all",
    "$alli",
    "$regex",
    "$regexi",
    "$notRegex",
    "$notRegexi",
    "$size",
    "$elemMatch",
    "$type",
    "$veq",
    "$vne",
    "$vgt",
    "$vgte",
    "$vlt",
    "$vlte",
    "$inGroup",
    "$notInGroup",
    "$not",
];

/// The keys of a condition that join other conditions.
const JUNCTIONS: &[&str] = &["$and", "$or", "$nor", "$not"];

/// Longest regular expression, in characters.
const MAX_PATTERN: usize = 256;
/// Deepest nesting of the tree.
const MAX_DEPTH: u16 = 24;

pub(crate) struct Compiler<'a> {
    pub(crate) paths: &'a mut Paths,
    /// Names of the lists, in the order of their numbers.
    pub(crate) lists: &'a [&'a str],
    pub(crate) host: &'a dyn Host,
    pub(crate) problems: &'a mut Problems,
    /// Leaves numbered so far.
    pub(crate) leaves: u16,
}

impl Compiler<'_> {
    pub(crate) fn condition(&mut self, value: &Value, at: &At<'_>) -> Node {
        self.all(value, at, 0)
    }

    fn all(&mut self, value: &Value, at: &At<'_>, depth: u16) -> Node {
        let Some(entries) = value.as_map() else {
            self.problems.wrong_type(at, &["a condition: an object of facts and what they must be"]);
            return Node::All(Vec::new());
        };
        if depth > MAX_DEPTH {
            self.problems.error(at, Code::TooDeep, "");
            return Node::Any(vec![Node::Not(Box::new(Node::All(Vec::new())))]);
        }
        let mut nodes: Vec<Node> =
            entries.iter().map(|(key, operand)| self.entry(key, operand, &at.key(key), depth)).collect();
        match (nodes.len(), nodes.pop()) {
            (1, Some(only)) => only,
            (_, Some(last)) => {
                nodes.push(last);
                Node::All(nodes)
            }
            (_, None) => Node::All(Vec::new()),
        }
    }

    fn entry(&mut self, key: &str, operand: &Value, at: &At<'_>, depth: u16) -> Node {
        match key {
            "$and" => Node::All(self.each(operand, at, depth)),
            "$or" => Node::Any(self.each(operand, at, depth)),
            "$nor" => Node::Not(Box::new(Node::Any(self.each(operand, at, depth)))),
            "$not" => Node::Not(Box::new(self.all(operand, at, depth + 1))),
            _ => {
                if key.starts_with('$') {
                    let expected = Expected::one_of(JUNCTIONS);
                    self.problems.add(Severity::Warning, at, Code::DollarAttribute, key, expected);
                }
                let slot = self.paths.intern(key);
                let id = self.leaves;
                self.leaves = self.leaves.saturating_add(1);
                let test = self.operand(operand, at, depth + 1);
                Node::Leaf(Leaf { id, slot, test })
            }
        }
    }

    fn each(&mut self, operand: &Value, at: &At<'_>, depth: u16) -> Vec<Node> {
        match operand.as_list() {
            Some(items) => items.iter().enumerate().map(|(i, item)| self.all(item, &at.index(i), depth + 1)).collect(),
            None => {
                self.problems.wrong_type(at, &["a list of conditions"]);
                Vec::new()
            }
        }
    }

    /// What a fact is compared with: operators, or a plain value.
    fn operand(&mut self, operand: &Value, at: &At<'_>, depth: u16) -> Test {
        if depth > MAX_DEPTH {
            self.problems.error(at, Code::TooDeep, "");
            return Test::Never;
        }
        let Some(entries) = operators(operand) else {
            return Test::Plain(operand.clone());
        };
        let mut tests: Vec<Test> =
            entries.iter().map(|(key, operand)| self.operator(key, operand, &at.key(key), depth)).collect();
        if tests.len() == 1 { tests.pop().unwrap_or(Test::Never) } else { Test::Every(tests) }
    }

    fn operator(&mut self, name: &str, operand: &Value, at: &At<'_>, depth: u16) -> Test {
        use Order::*;
        // By the place in `OPERATORS`.
        match position(OPERATORS, name).unwrap_or(usize::MAX) {
            0 => Test::Same(true, operand.clone()),
            1 => Test::Same(false, operand.clone()),
            2 => Test::Order(Less, operand.clone()),
            3 => Test::Order(LessOrEqual, operand.clone()),
            4 => Test::Order(Greater, operand.clone()),
            5 => Test::Order(GreaterOrEqual, operand.clone()),
            6 => Test::Exists(View::of(operand).is_truthy()),
            place @ 7..=10 => self.member(place % 2 == 0, place >= 9, operand, at),
            place @ 11..=12 => self.contains(place == 12, operand, at, depth),
            place @ 13..=16 => self.regex(place >= 15, place % 2 == 0, operand, at),
            17 => Test::Size(Box::new(self.operand(operand, at, depth + 1))),
            18 => Test::Element(self.element(operand, at, depth + 1)),
            19 => match operand.as_str() {
                Some(name) => Test::Type(crate::text::own(name)),
                None => self.never(at, &["the name of a type"]),
            },
            20 => self.version(Equal, operand),
            21 => self.version(NotEqual, operand),
            22 => self.version(Greater, operand),
            23 => self.version(GreaterOrEqual, operand),
            24 => self.version(Less, operand),
            25 => self.version(LessOrEqual, operand),
            place @ 26..=27 => self.group(place == 27, operand, at),
            28 => Test::Not(Box::new(self.operand(operand, at, depth + 1))),
            _ => {
                let expected = Expected::one_of(OPERATORS);
                self.problems.add(Severity::Error, at, Code::UnknownOperator, name, expected);
                Test::Never
            }
        }
    }

    fn never(&mut self, at: &At<'_>, expected: &'static [&'static str]) -> Test {
        self.problems.wrong_type(at, expected);
        Test::Never
    }

    fn member(&mut self, negate: bool, fold: bool, operand: &Value, at: &At<'_>) -> Test {
        let Some(items) = operand.as_list() else {
            return self.never(at, &["a list"]);
        };
        let mut members = Members::new(items);
        if fold {
            for text in std::mem::take(&mut members.texts) {
                members.add(self.host.lowercase(&text));
            }
        }
        Test::Member { negate, fold, members }
    }

    fn version(&self, order: Order, operand: &Value) -> Test {
        Test::Version(order, version::padded(View::of(operand), self.host))
    }

    fn group(&mut self, negate: bool, operand: &Value, at: &At<'_>) -> Test {
        let name = View::of(operand).text(self.host);
        let list = position(self.lists, &name).map(|i| i as u16);
        if list.is_none() {
            let known = Expected::names(self.lists);
            self.problems.add(Severity::Error, at, Code::UnknownList, &name, known);
        }
        Test::Group { negate, list, name }
    }

    fn contains(&mut self, fold: bool, operand: &Value, at: &At<'_>, depth: u16) -> Test {
        let Some(items) = operand.as_list() else {
            return self.never(at, &["a list"]);
        };
        let test = |(i, item): (usize, &Value)| match item.as_str() {
            Some(text) if fold => Test::Folded(self.host.lowercase(text)),
            _ => self.operand(item, &at.index(i), depth + 1),
        };
        Test::Contains(items.iter().enumerate().map(test).collect())
    }

    fn regex(&mut self, negate: bool, ignore_case: bool, operand: &Value, at: &At<'_>) -> Test {
        let Some(source) = operand.as_str() else {
            return self.never(at, &["a regular expression"]);
        };
        Test::Match { negate, regex: regex(source, ignore_case, self.host, self.problems, at) }
    }

    fn element(&mut self, operand: &Value, at: &At<'_>, depth: u16) -> Element {
        if operators(operand).is_some() {
            return Element::Test(Box::new(self.operand(operand, at, depth)));
        }
        let mut paths = Paths::default();
        let mut inner =
            Compiler { paths: &mut paths, lists: self.lists, host: self.host, problems: self.problems, leaves: 0 };
        let node = inner.all(operand, at, depth);
        Element::Node(Box::new(node), paths)
    }
}

pub(crate) fn regex(source: &str, ignore_case: bool, host: &dyn Host, problems: &mut Problems, at: &At<'_>) -> Regex {
    let short = source.chars().take(MAX_PATTERN + 1).count() <= MAX_PATTERN;
    let compiled = if short { host.pattern(source, ignore_case) } else { None };
    if compiled.is_none() {
        problems.error(at, Code::BadPattern, source);
    }
    Regex { source: crate::text::own(source), ignore_case, compiled }
}

/// The entries, when all keys are operators; an empty object is a plain value.
fn operators(operand: &Value) -> Option<&[(String, Value)]> {
    operand.as_map().filter(|entries| !entries.is_empty() && entries.iter().all(|(key, _)| key.starts_with('$')))
}
