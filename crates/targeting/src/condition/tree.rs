//! The compiled form of a condition.

use crate::host::Pattern;
use crate::value::Value;

/// The dotted fact names that conditions mention, each once. A leaf holds its number here.
#[derive(Default)]
pub(crate) struct Paths {
    pub(crate) names: Vec<String>,
}

impl Paths {
    #[inline(never)]
    pub(crate) fn intern(&mut self, name: &str) -> u16 {
        match self.find(name) {
            Some(slot) => slot,
            None => {
                self.names.push(crate::text::own(name));
                (self.names.len() - 1) as u16
            }
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<u16> {
        self.names.iter().position(|known| known == name).map(|slot| slot as u16)
    }

    #[inline(never)]
    pub(crate) fn name(&self, slot: u16) -> &str {
        self.names.get(usize::from(slot)).map_or("", String::as_str)
    }
}

pub(crate) enum Node {
    All(Vec<Node>),
    /// Without alternatives it holds, as in the reference.
    Any(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
}

pub(crate) struct Leaf {
    /// Number within the rule, for traces.
    pub(crate) id: u16,
    pub(crate) slot: u16,
    pub(crate) test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

pub(crate) enum Test {
    /// `"fact": operand`, with JavaScript's conversions.
    Plain(Value),
    /// A plain text within `$alli`, in small letters.
    Folded(String),
    /// `$eq`, `$ne`: no conversions.
    Same(bool, Value),
    /// `$lt` and its kin.
    Order(Order, Value),
    /// `$vgt` and its kin, with the operand in padded form.
    Version(Order, String),
    Exists(bool),
    /// `$in`, `$nin`, `$ini`, `$nini`.
    Member {
        negate: bool,
        fold: bool,
        members: Members,
    },
    /// `$inGroup`, `$notInGroup`; `None` for a list that does not exist.
    Group {
        negate: bool,
        list: Option<u16>,
        name: String,
    },
    /// Several operators on one fact: all must hold.
    Every(Vec<Test>),
    Not(Box<Test>),
    Size(Box<Test>),
    Element(Element),
    /// `$all`, `$alli`: each test holds for some element.
    Contains(Vec<Test>),
    /// `$regex` and its kin.
    Match {
        negate: bool,
        regex: Regex,
    },
    Type(String),
    /// What cannot be understood: an unknown operator, an operand of the wrong shape.
    Never,
}

/// What `$elemMatch` asks of an element.
pub(crate) enum Element {
    Test(Box<Test>),
    /// Fact names within are paths into the element.
    Node(Box<Node>, Paths),
}

pub(crate) struct Regex {
    pub(crate) source: String,
    pub(crate) ignore_case: bool,
    /// `None` when the syntax is wrong.
    pub(crate) compiled: Option<Box<dyn Pattern>>,
}

/// A list that is searched often: the texts are sorted.
#[derive(Default)]
pub(crate) struct Members {
    pub(crate) texts: Vec<String>,
    /// Numbers, booleans and null; lists and maps are never a member of anything.
    pub(crate) others: Vec<Value>,
}

impl Members {
    pub(crate) fn new(items: &[Value]) -> Members {
        let mut members = Members::default();
        for item in items {
            match item {
                Value::String(text) => members.add(crate::text::own(text)),
                Value::List(_) | Value::Map(_) => {}
                other => members.others.push(other.clone()),
            }
        }
        members
    }

    /// Keeps the texts sorted by inserting. The standard library's sort would weigh more than all of this module.
    pub(crate) fn add(&mut self, text: String) {
        if let Err(at) = self.texts.binary_search(&text) {
            self.texts.insert(at, text);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.others.is_empty()
    }
}
