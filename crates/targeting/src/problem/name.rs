//! The stable names of severities and codes.

use super::{Code, Severity};

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl Code {
    /// The stable name, for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotAnObject => "not-an-object",
            Code::OneRule => "one-rule",
            Code::WrongVersion => "wrong-version",
            Code::TooLarge => "too-large",
            Code::TooMany => "too-many",
            Code::TooDeep => "too-deep",
            Code::WrongType => "wrong-type",
            Code::Missing => "missing",
            Code::UnknownKey => "unknown-key",
            Code::UnknownOperator => "unknown-operator",
            Code::UnknownSignal => "unknown-signal",
            Code::UnknownAction => "unknown-action",
            Code::UnknownRequirement => "unknown-requirement",
            Code::UnknownChoice => "unknown-choice",
            Code::UnknownList => "unknown-list",
            Code::UnknownAudience => "unknown-audience",
            Code::UnknownSchedule => "unknown-schedule",
            Code::UnknownZone => "unknown-zone",
            Code::UnknownRule => "unknown-rule",
            Code::UnknownFact => "unknown-fact",
            Code::DollarAttribute => "dollar-attribute",
            Code::BadPattern => "bad-pattern",
            Code::BadDuration => "bad-duration",
            Code::BadDate => "bad-date",
            Code::BadWindow => "bad-window",
            Code::BadNumber => "bad-number",
            Code::BadLink => "bad-link",
            Code::CyclicAudience => "cyclic-audience",
            Code::DuplicateId => "duplicate-id",
            Code::UnguardedAbsence => "unguarded-absence",
            Code::EmptyAlternatives => "empty-alternatives",
            Code::Unreachable => "unreachable",
            Code::Contradiction => "contradiction",
            Code::DeadSchedule => "dead-schedule",
            Code::Expired => "expired",
            Code::UnreachableLimit => "unreachable-limit",
            Code::SlowPattern => "slow-pattern",
            Code::NonAsciiSeed => "non-ascii-seed",
            Code::AgentsInCondition => "agents-in-condition",
            Code::BadWeights => "bad-weights",
            Code::TwoSignals => "two-signals",
            Code::EmptyCondition => "empty-condition",
            Code::EmptyList => "empty-list",
            Code::TeamUnknown => "team-unknown",
            Code::BadColor => "bad-color",
            Code::MissingLanguage => "missing-language",
            Code::ReferrerPath => "referrer-path",
            Code::NotAComparison => "not-a-comparison",
            Code::PathWithoutSlash => "path-without-slash",
            Code::EmptySetting => "empty-setting",
            Code::LiteralStar => "literal-star",
            Code::OneVariation => "one-variation",
            Code::SameForAll => "same-for-all",
            Code::OddSelector => "odd-selector",
            Code::OddAddress => "odd-address",
            Code::NoTimeZone => "no-time-zone",
            Code::NegatedPattern => "negated-pattern",
            Code::Placeholder => "placeholder",
            Code::SmallShare => "small-share",
            Code::EmptyText => "empty-text",
            Code::UnknownLanguage => "unknown-language",
            Code::TwoCards => "two-cards",
            Code::UndeclaredFact => "undeclared-fact",
            Code::NestedFact => "nested-fact",
            Code::FactFamily => "fact-family",
            Code::ValueIgnored => "value-ignored",
            Code::DelimitedPattern => "delimited-pattern",
            Code::ExactClock => "exact-clock",
            Code::LiteralMarkup => "literal-markup",
            Code::OtherClock => "other-clock",
        }
    }
}
