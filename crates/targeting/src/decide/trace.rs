//! Why each rule fired or did not: the closed list of reasons.

/// Why a rule did or did not fire. The names printed by [`Reason::as_str`] are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)] // explained one by one in `explain`
pub enum Reason {
    Fired,
    Disabled,
    Unsupported,
    Invalid,
    NoEvent,
    PageExcluded,
    PageNotIncluded,
    ConditionFalse,
    ConditionUnknown,
    Audience,
    OutsideSchedule,
    BeforeStart,
    AfterEnd,
    AgentsUnavailable,
    AgentsUnknown,
    NotInRollout,
    Holdout,
    NoIdentity,
    VariationControl,
    GroupTaken,
    Outranked,
    CapPage,
    CapVisit,
    CapDay,
    CapEver,
    CapGlobal,
    Cooldown,
    Dismissed,
    Converted,
    InConversation,
    Quiet,
    Bot,
    Prerender,
    Hidden,
    PendingDelay,
}

impl Reason {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        // In the order of the enum; a list of texts would take a place for each besides.
        const NAMES: &str = "\
            fired disabled unsupported invalid no-event page-excluded page-not-included \
            condition-false condition-unknown audience outside-schedule before-start after-end \
            agents-unavailable agents-unknown not-in-rollout holdout no-identity variation-control \
            group-taken outranked cap-page cap-visit cap-day cap-ever cap-global cooldown dismissed \
            converted in-conversation quiet bot prerender hidden pending-delay";
        let mut names = NAMES;
        for _ in 0..self as usize {
            names = crate::text::cut(names, b' ').1.unwrap_or("");
        }
        crate::text::cut(names, b' ').0
    }
}

/// One rule's result in one pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trace {
    /// Index into [`crate::Rules::rules`].
    pub rule: u16,
    /// Why it fired or did not.
    pub reason: Reason,
    /// With `condition-false` and `condition-unknown`: the fact of the leaf that decided, by its place in
    /// [`crate::Rules::paths`].
    pub fact: Option<u16>,
    /// With `group-taken` and `outranked`: the rule that won.
    pub winner: Option<u16>,
    /// Milliseconds after which time alone may change this result.
    pub wake_in: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn names_stand_in_the_order_of_the_enum() {
        for (reason, name) in [
            (Reason::Fired, "fired"),
            (Reason::ConditionUnknown, "condition-unknown"),
            (Reason::VariationControl, "variation-control"),
            (Reason::CapGlobal, "cap-global"),
            (Reason::PendingDelay, "pending-delay"),
        ] {
            assert_eq!(reason.as_str(), name);
        }
    }
}
