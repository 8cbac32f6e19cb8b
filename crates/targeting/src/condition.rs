//! GrowthBook conditions: compiled once, evaluated in three values, in one of two semantics.

mod compare;
#[cfg(feature = "tools")]
mod compile;
mod eval;
mod tree;
mod version;
mod view;

use crate::host::Host;
#[cfg(feature = "tools")]
use crate::problem::{At, Problem, Problems};
use crate::value::Value;
pub(crate) use compare::{identical, numeric};
#[cfg(feature = "tools")]
pub(crate) use compile::{Compiler, regex};
pub(crate) use eval::{Eval, Root};
pub(crate) use tree::{Element, Leaf, Members, Node, Order, Paths, Regex, Test};
pub(crate) use view::View;

/// How absent and wrong-typed facts count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Semantics {
    /// As the published GrowthBook suite: everything has an answer, by JavaScript's conversions.
    Reference,
    /// A comparison on an absent or wrong-typed fact is unknown, never true.
    #[default]
    Strict,
}

/// Why a test has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The fact is absent or null.
    Missing,
    /// The fact is of a type that cannot be compared so.
    WrongType,
    /// The fact is announced but not there yet.
    Pending,
    /// The list that it is looked up in does not exist.
    UnknownList,
}

impl Why {
    /// `missing`, `wrong-type`, `pending` or `unknown-list`.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Missing => "missing",
            Why::WrongType => "wrong-type",
            Why::Pending => "pending",
            Why::UnknownList => "unknown-list",
        }
    }
}

/// The outcome of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Holds.
    True,
    /// Does not hold.
    False,
    /// Cannot be answered.
    Unknown(Why),
}

impl Truth {
    pub(crate) fn of(flag: bool) -> Truth {
        if flag { Truth::True } else { Truth::False }
    }

    pub(crate) fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            unknown => unknown,
        }
    }

    /// `true`, `false` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown(_) => "unknown",
        }
    }
}

/// A truth and the leaf that decided it; none did where there is none.
#[derive(Clone, Copy)]
pub(crate) struct Verdict<'a> {
    pub(crate) truth: Truth,
    pub(crate) leaf: Option<&'a Leaf>,
}

#[cfg(feature = "tools")]
/// A condition on its own, outside a rules file: for `chinwag rules eval`, suites and tests.
pub struct Condition {
    node: Node,
    paths: Paths,
    lists: Vec<Members>,
}

#[cfg(feature = "tools")]
impl Condition {
    /// Compiles `condition` with the saved groups in `groups` (a map from name to list). Problems do not stop it:
    /// what cannot be understood is false (reference) or unknown (strict).
    pub fn compile(condition: &Value, groups: &Value, host: &dyn Host) -> (Condition, Vec<Problem>) {
        let mut paths = Paths::default();
        let mut problems = Problems::default();
        let groups = groups.as_map().unwrap_or(&[]);
        let lists = groups.iter().map(|(_, items)| Members::new(items.as_list().unwrap_or(&[]))).collect();
        let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
        let mut compiler = Compiler { paths: &mut paths, lists: &names, host, problems: &mut problems, leaves: 0 };
        let node = compiler.condition(condition, &At::ROOT);
        (Condition { node, paths, lists }, problems.found)
    }

    /// Evaluates against attributes given as one nested map.
    pub fn eval(&self, attributes: &Value, semantics: Semantics, host: &dyn Host) -> Truth {
        let root = Root::Value(View::of(attributes), &self.paths);
        Eval { root, semantics, lists: &self.lists, host }.node(&self.node).truth
    }
}
