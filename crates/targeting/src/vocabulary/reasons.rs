//! What each reason means, and what to do when a rule does not fire because of it.

use crate::decide::Reason;

/// A reason, in general; what it means for one rule is told by [`crate::explain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The reason.
    pub reason: Reason,
    /// What it means.
    pub means: &'static str,
    /// What to do. Empty where there is nothing to do.
    pub remedy: &'static str,
}

/// What to do when a rule does not fire for this reason.
pub fn remedy(reason: Reason) -> &'static str {
    REASONS.iter().find(|told| told.reason == reason).map_or("", |told| told.remedy)
}

const fn told(reason: Reason, means: &'static str, remedy: &'static str) -> Told {
    Told { reason, means, remedy }
}

/// The reasons that a pass gives, in the order in which a rule meets them.
pub const REASONS: &[Told] = &[
    told(Reason::Fired, "It does what stands under `do`.", ""),
    told(
        Reason::Disabled,
        "The rule, or the whole file, is switched off.",
        "Take `\"enabled\": false` out of the rule, or `\"disabled\": true` out of the file.",
    ),
    told(
        Reason::Unsupported,
        "It uses a word that this version does not have.",
        "`rules check` names the word that this version does not know: mend the spelling, or update Chinwag.",
    ),
    told(Reason::Invalid, "It has a mistake.", "`rules check` says where the mistake is, and what to do."),
    told(
        Reason::Bot,
        "The browser is automated.",
        "Automated browsers see nothing; for your own tests set `data-bots=\"allow\"` on the tag.",
    ),
    told(Reason::Prerender, "The browser prepares the page; nobody sees it yet.", "Look at the page itself."),
    told(
        Reason::NoEvent,
        "What it waits for does not happen at this moment. Without `on`: it has fired, and its condition has held ever since.",
        "Let happen what it waits for, while everything else holds: a signal is a moment, and is not kept. Or leave `on` out, and the rule is looked at whenever something changes.",
    ),
    told(Reason::BeforeStart, "`from` is still to come.", "Wait for the day in `from`, or change it."),
    told(Reason::AfterEnd, "`until` is over.", "Change `until`, or remove the rule."),
    told(
        Reason::PageExcluded,
        "`where` excludes this page.",
        "Take the page out of `exclude` under `where`, or make that pattern narrower.",
    ),
    told(
        Reason::PageNotIncluded,
        "This page is not among those in `where`.",
        "Compare the page's path with the patterns under `where`: `*` stands for any characters, and nothing is added by itself.",
    ),
    told(
        Reason::ConditionFalse,
        "`when` does not hold.",
        "Look at the lines marked `no`: what the fact is stands behind each.",
    ),
    told(
        Reason::ConditionUnknown,
        "`when` cannot be answered.",
        "A fact is absent or of another type. One of your site: let the site supply it, give it a default under `attributes`, or ask with `$exists`. One of the widget: it comes when there is something to tell; its line says when.",
    ),
    told(
        Reason::Audience,
        "The visitor is not in an audience that is asked for, or may be in one that is not wanted.",
        "Look at the lines marked `no` or `?` below its audiences: whoever may belong to one under `none` is kept out, too.",
    ),
    told(
        Reason::OutsideSchedule,
        "Its schedule is closed.",
        "Look at the hours of its schedule, and at the time zone of the file.",
    ),
    told(
        Reason::AgentsUnavailable,
        "Nobody is there as `agents` needs.",
        "An agent has to be there (or nobody, if the rule needs `closed`): see the console.",
    ),
    told(
        Reason::AgentsUnknown,
        "Nobody knows whether anybody is there.",
        "The page has not heard of agents for five minutes: `ifUnknown` says what the rule does then.",
    ),
    told(Reason::CapEver, "It was shown as often as it ever may.", "Raise `ever` under its `limits`."),
    told(
        Reason::CapVisit,
        "It was shown as often in this visit as it may.",
        "Raise `perVisit` under its `limits`; a visit ends after 30 minutes without a page.",
    ),
    told(
        Reason::CapPage,
        "It was shown as often on this page as it may.",
        "Raise `perPage` under its `limits`, or open another page.",
    ),
    told(Reason::CapDay, "It was shown as often in the last 24 hours as it may.", "Raise `perDay` under its `limits`."),
    told(
        Reason::Converted,
        "It led to a conversation not long ago.",
        "Make `afterConversation` under its `limits` shorter; 7 days without it.",
    ),
    told(
        Reason::Dismissed,
        "A card was closed not long ago, of this rule or of another.",
        "Make `afterDismiss` shorter: under its `limits` (24 h without it), and under those of the file (30 min).",
    ),
    told(
        Reason::CapGlobal,
        "All rules together have shown enough.",
        "Raise `perPage`, `perVisit` or `perDay` under the `limits` of the file; 1, 2 and 3 without them.",
    ),
    told(
        Reason::Cooldown,
        "Something was shown a moment ago.",
        "Make `gap` under the `limits` of the file shorter; 60 s without it.",
    ),
    told(
        Reason::Hidden,
        "The tab is in the background.",
        "Nothing is shown in a tab that nobody looks at. A signal that comes meanwhile is gone: count with `\"clock\": \"visible\"`, or wait for `return`.",
    ),
    told(
        Reason::InConversation,
        "The panel is open.",
        "Close the panel; or write `\"inConversation\": \"allow\"` under the `limits` of the file.",
    ),
    told(
        Reason::Quiet,
        "A field has the focus, a dialog is open, or the page is under `quiet`.",
        "Nothing is shown while a field has the focus or a dialog is open, nor on the pages under `quiet`. A signal that comes meanwhile is gone: wait for something that comes again, or leave `on` out.",
    ),
    told(
        Reason::GroupTaken,
        "Another rule of its group came first.",
        "Only the first of a group fires: change `priority`, or the `group`.",
    ),
    told(
        Reason::Outranked,
        "Another rule shows something in this moment.",
        "One card at a time: change `priority`, or make the other rule narrower.",
    ),
    told(
        Reason::Holdout,
        "The visitor belongs to the holdout.",
        "This device was drawn to see nothing, to compare with. Another browser will see more.",
    ),
    told(
        Reason::NoIdentity,
        "It is for a share of visitors, and this one has no id.",
        "Draws go by an id that is kept on the device: they need the visitor's consent to storage.",
    ),
    told(
        Reason::NotInRollout,
        "The visitor is outside of its share.",
        "The draw is by the visitor's id, and stays: raise `percent` or `coverage`, or try another browser.",
    ),
    told(
        Reason::VariationControl,
        "The visitor has the variation that shows nothing.",
        "This device was drawn for the variation without a card. Another browser may see one.",
    ),
    told(
        Reason::PendingDelay,
        "It waits for its `delay` to pass.",
        "Wait: after its `delay` everything is looked at once more.",
    ),
];
