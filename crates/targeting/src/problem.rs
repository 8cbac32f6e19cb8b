//! What is wrong with a document, as data: where, how bad, and a stable code.

mod advice;
mod full;
mod hint;
mod name;
pub(crate) mod operators;
mod shapes;
pub(crate) mod synonyms;
pub(crate) mod text;
mod times;
pub(crate) mod written;

pub(crate) use full::{At, Problems};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Works, but probably not as meant.
    Warning,
    /// The rule (or, for whole-file codes, the file) is not used.
    Error,
}

/// What a problem is about. The names printed by [`Code::as_str`] are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each is explained in plain language by `Problem::message`
pub enum Code {
    NotAnObject,
    OneRule,
    WrongVersion,
    TooLarge,
    TooMany,
    TooDeep,
    WrongType,
    Missing,
    UnknownKey,
    UnknownOperator,
    UnknownSignal,
    UnknownAction,
    UnknownRequirement,
    UnknownChoice,
    UnknownList,
    UnknownAudience,
    UnknownSchedule,
    UnknownZone,
    UnknownRule,
    UnknownFact,
    DollarAttribute,
    BadPattern,
    BadDuration,
    BadDate,
    BadWindow,
    BadNumber,
    BadLink,
    CyclicAudience,
    DuplicateId,
    UnguardedAbsence,
    EmptyAlternatives,
    Unreachable,
    Contradiction,
    DeadSchedule,
    Expired,
    UnreachableLimit,
    SlowPattern,
    NonAsciiSeed,
    AgentsInCondition,
    BadWeights,
    TwoSignals,
    EmptyCondition,
    EmptyList,
    TeamUnknown,
    BadColor,
    MissingLanguage,
    ReferrerPath,
    NotAComparison,
    PathWithoutSlash,
    EmptySetting,
    LiteralStar,
    OneVariation,
    SameForAll,
    OddSelector,
    OddAddress,
    NoTimeZone,
    NegatedPattern,
    Placeholder,
    SmallShare,
    EmptyText,
    UnknownLanguage,
    TwoCards,
    UndeclaredFact,
    NestedFact,
    FactFamily,
    ValueIgnored,
    DelimitedPattern,
    ExactClock,
    LiteralMarkup,
    OtherClock,
}

/// What would have been accepted at this place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing to say.
    #[default]
    Unsaid,
    /// One of the words of the language.
    OneOf(&'static [&'static str]),
    /// One of the names that the file defines, or a whole sentence's subject.
    Names(Vec<String>),
}

/// One finding in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// JSON pointer (RFC 6901) into the document; tools map it to a line and column.
    pub path: String,
    /// Stable code.
    pub code: Code,
    /// The offending word or text, as written; may be empty.
    pub subject: String,
    /// What was expected instead.
    pub expected: Expected,
}

/// Where a part of the compiler began: what came since then is its doing.
#[derive(Clone, Copy)]
pub(crate) struct Mark(usize);
