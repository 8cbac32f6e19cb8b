//! The words of the language and what each is for: what the schema describes, editors complete and typos are compared with.
//!
//! The compiler has lists of its own; a test asks it for them and holds the two to the same words.

mod reasons;
pub mod settings;

pub use reasons::{REASONS, Told, remedy};

/// A word of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub about: &'static str,
}

/// What a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// A text.
    Text,
    /// True or false.
    Bool,
    /// A list of texts.
    List,
}

/// Who supplies a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supplier {
    /// The widget, on every page.
    Widget,
    /// The widget, where there is something to tell: the fact may be absent.
    WidgetAtTimes,
    /// The site, if it does: `Chinwag('set', …)`, or the data of a signal.
    Site,
    /// The engagement file itself.
    File,
}

/// A fact that rules can ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// Dotted path; a trailing `*` stands for any name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it tells, in one sentence.
    pub about: &'static str,
    /// All the texts that it can be; empty when there is no end of them.
    pub values: &'static [&'static str],
    /// Smallest and largest number that it can be.
    pub range: Option<(f64, f64)>,
    /// Who supplies it.
    pub by: Supplier,
}

impl Fact {
    /// When it is not there, of a fact that the widget supplies at times: `: absent until something was shown`.
    pub(crate) fn absent(&self) -> Option<String> {
        let (_, when) = self.about.split_once("; absent ")?;
        Some(format!(": absent {}", when.split('.').next().unwrap_or("")))
    }

    const fn of(self, values: &'static [&'static str]) -> Fact {
        Fact { values, ..self }
    }

    const fn within(self, low: f64, high: f64) -> Fact {
        Fact { range: Some((low, high)), ..self }
    }

    const fn at_times(self) -> Fact {
        Fact { by: Supplier::WidgetAtTimes, ..self }
    }

    const fn by_site(self) -> Fact {
        Fact { by: Supplier::Site, ..self }
    }

    const fn by_file(self) -> Fact {
        Fact { by: Supplier::File, ..self }
    }
}

/// The fact at a path, also as one of a family such as `page.query.*`.
pub fn fact_at(path: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| match fact.name.strip_suffix('*') {
        Some(family) => path.strip_prefix(family).is_some_and(|rest| !rest.is_empty()),
        None => fact.name == path,
    })
}

const fn word(name: &'static str, about: &'static str) -> Word {
    Word { name, about }
}

const fn fact(name: &'static str, kind: Kind, about: &'static str) -> Fact {
    Fact { name, kind, about, values: &[], range: None, by: Supplier::Widget }
}

/// The settings at the top of a file.
pub const FILE: &[Word] = &[
    word("$schema", "Where editors find this description: `chinwag://engagement.v1.schema.json`."),
    word("version", "Version of the file format. Always 1."),
    word(
        "revision",
        "Number of this edition. The highest wins, whatever arrived last; the server raises it when needed.",
    ),
    word("name", "Name of the site, for people."),
    word("note", "A remark for colleagues. Never sent to browsers."),
    word("timeZone", "IANA time zone of the site, such as `Europe/Paris`. Schedules and dates are read in it."),
    word("requires", "Features without which this file must not be used."),
    word("semantics", "How absent facts count: `strict` (never true) or `reference` (as in GrowthBook)."),
    word("disabled", "The kill switch: `true` takes the widget off all pages within a minute."),
    word("attributes", "Facts that the site itself supplies, with their types and defaults."),
    word("lists", "Named lists for `$inGroup` and `$notInGroup`, at most 1000 members each."),
    word("audiences", "Named conditions that rules can share."),
    word("schedules", "Named opening hours."),
    word("limits", "How often anything may be shown, all rules together."),
    word("holdout", "A share of visitors who are shown nothing, to measure against."),
    word(
        "quiet",
        "Pages on which nothing is shown, as under `where`: `/careers` is that page alone, `/careers/*` it and all below it.",
    ),
    word("links", "Other hosts that `navigate` may lead to."),
    word("rules", "When to show what. At most 500."),
    word(
        "tests",
        "Situations and what must happen in them; run before a new edition takes over. Never sent to browsers.",
    ),
    word("publishedAt", "When this edition was published. Written by the server."),
    word("appearance", "Colour, corner and theme of the widget."),
    word("team", "Name of the team and a sentence about it."),
    word("greeting", "First words in an empty conversation."),
    word("away", "What visitors read while nobody is there."),
    word("contact", "Other ways to reach the team, for when the chat cannot be reached."),
    word("texts", "Words of the interface in the site's own wording."),
];

/// The settings of a rule.
pub const RULE: &[Word] = &[
    word("id", "Short stable name. Statistics, limits and rollouts go by it: do not change it lightly."),
    word("name", "Name for people."),
    word("note", "A remark for colleagues. Never sent to browsers."),
    word("enabled", "`false` switches the rule off."),
    word("priority", "Higher goes first; equal ones in the order of the file. Default 0."),
    word("group", "Of the rules of one group only the first that matches fires."),
    word("from", "First day or moment, such as `2026-11-20` or `2026-11-20T10:00:00+01:00`."),
    word("until", "Last day or moment."),
    word(
        "on",
        "What the rule waits for; any one is enough. Without it the rule is looked at on every page and whenever a fact changes.",
    ),
    word(
        "where",
        "Pages: patterns such as `/checkout/*` (that page and all below it) and `/checkout` (that page alone), or `include` and `exclude`.",
    ),
    word("when", "The condition: facts and what they must be (GrowthBook condition)."),
    word("audience", "Audiences that the visitor must or must not belong to."),
    word("schedule", "Name of the opening hours during which the rule may fire, or outside of which."),
    word("agents", "Whether somebody has to be there to answer."),
    word("rollout", "Share of visitors who get the rule."),
    word("experiment", "Shows different visitors different variations."),
    word("limits", "How often this rule may be shown."),
    word("delay", "How long to wait before looking again and showing, such as `300ms`."),
    word("expires", "After how long the notification goes away by itself."),
    word("do", "What happens."),
    word("goal", "What counts as success in the statistics."),
    word("requires", "Features without which this rule must not be used."),
];

/// What `on` may wait for.
pub const SIGNALS: &[Word] = &[
    word("page", "A page is opened, also by a route change inside an application."),
    word("timer", "A time on the page or in the visit has passed, such as `20s`."),
    word("scroll", "This percentage of the page was seen, 0 to 100."),
    word("exit", "The visitor seems to leave: `pointer` (through the top) or `tab-return`."),
    word("idle", "Nothing was done for this long."),
    word("return", "The tab is looked at again after being hidden for at least this long."),
    word("visible", "The element with this CSS selector is on screen."),
    word("click", "The element with this CSS selector is clicked."),
    word("form", "A form is begun (`start`), sent (`submit`), refused (`error`) or left (`abandon`)."),
    word("rage", "Several quick clicks on one spot."),
    word("custom", "The site says so: `Chinwag('track', 'coupon_failed')`."),
    word("fact", "The fact at this path changes."),
    word(
        "conversation",
        "The panel is opened (`opened`), the visitor writes (`sent`), the team answers (`received`), or it is closed by the team (`ended`).",
    ),
    word("agents", "Somebody comes or goes."),
    word("no-reply", "The visitor wrote, and nobody has answered for this long."),
];

/// How each signal is written, and when it comes; in the order of [`SIGNALS`].
pub const FORMS: &[(&str, &[&str], &str)] = &[
    ("page", &[r#""page""#], "With each page, route change, and return by the Back button."),
    (
        "timer",
        &[
            r#"{ "timer": "20s" }"#,
            r#"{ "timer": "20s", "clock": "visible" }"#,
            r#"{ "timer": "5m", "clock": "active", "scope": "visit" }"#,
        ],
        "Once a page. `clock`: `wall` (without it), `visible` counts while the tab is looked at, `active` while something was done in the last 30 s. `scope`: since the `page` (without it) or the `visit` began.",
    ),
    ("scroll", &[r#"{ "scroll": 70 }"#], "Once a page, when the lower edge of the window has come so far."),
    (
        "exit",
        &[r#""exit""#, r#"{ "exit": "pointer" }"#, r#"{ "exit": "tab-return" }"#],
        "`pointer`: the mouse leaves through the top; once a page, after five seconds on it, and after a click, a key or scrolling. Phones and tablets have no pointer: use `return` or `idle` there. `tab-return`: another tab was looked at, however short. The word alone: either.",
    ),
    ("idle", &[r#"{ "idle": "30s" }"#], "Neither mouse, finger nor key for so long; again after the next of them."),
    (
        "return",
        &[r#""return""#, r#"{ "return": "1m" }"#],
        "The tab is looked at again after so long in the background; 10 s for the word alone.",
    ),
    ("visible", &[r##"{ "visible": "#prices" }"##], "Half of the element is in the window."),
    ("click", &[r##"{ "click": "#buy" }"##], "On the element, or on something in it."),
    (
        "form",
        &[
            r#"{ "form": "start" }"#,
            r##"{ "form": "submit", "target": "#order" }"##,
            r#"{ "form": "error" }"#,
            r#"{ "form": "abandon" }"#,
        ],
        "`start`: the first field gets the focus. `submit`: it is sent. `error`: the browser refuses a field; of checks that your page makes itself it must tell by `track`. `abandon`: it was begun and the focus leaves it. `target` is a CSS selector; any form without it.",
    ),
    ("rage", &[r#""rage""#], "Three clicks on one spot, each within a second of the one before."),
    (
        "custom",
        &[r#"{ "custom": "coupon_failed" }"#],
        "Your page calls `Chinwag('track', 'coupon_failed', { code: 'SPRING' })`.",
    ),
    ("fact", &[r#"{ "fact": "cart.value" }"#], "Your page calls `Chinwag('set', …)` with another value than before."),
    (
        "conversation",
        &[
            r#"{ "conversation": "opened" }"#,
            r#"{ "conversation": "sent" }"#,
            r#"{ "conversation": "received" }"#,
            r#"{ "conversation": "ended" }"#,
        ],
        "`opened`: the panel is opened. `sent`, `received`: each message of the visitor, and of the team while the visitor is on the page. `ended`: the team closes the conversation.",
    ),
    ("agents", &[r#""agents""#], "Whether anybody is there to answer is known anew."),
    (
        "no-reply",
        &[r#"{ "no-reply": "1m" }"#],
        "Counted from the first message that has no answer, on the page that is loaded; again after the next answer. What is to be shown then needs `\"inConversation\": \"allow\"` under the `limits` of the file.",
    ),
];

/// What `do` may say.
pub const ACTIONS: &[Word] = &[
    word("notify", "Show a notification card."),
    word("badge", "Show this number on the launcher."),
    word("teaser", "Show a few words beside the launcher."),
    word("open", "Open the panel. Never on phones by itself."),
    word("prefill", "Put a text into the composer, not sent."),
    word("suggest", "Offer ready-made first messages."),
    word("message", "Write into the thread, as a bot or an agent."),
    word(
        "form",
        "Open the panel with a form for name, mail address and message. There is one; its name is not looked at.",
    ),
    word("route", "Send the conversation to a team."),
    word("hide", "Hide the launcher."),
    word("show", "Show the launcher."),
    word("tag", "Tag the visitor for agents."),
    word("score", "Add to (or take from) the fact `score`."),
    word("track", "Report an event to the page."),
    word("navigate", "Go to a page of this site, or of a host in `links`."),
];

/// What may be asked of a fact.
pub const OPERATORS: &[Word] = &[
    word("$eq", "equals, same type"),
    word("$ne", "differs"),
    word("$lt", "is below"),
    word("$lte", "is at most"),
    word("$gt", "is above"),
    word("$gte", "is at least"),
    word("$exists", "is known (`true`) or not (`false`)"),
    word("$in", "is one of a list"),
    word("$nin", "is none of a list"),
    word("$ini", "is one of a list, in any letter case"),
    word("$nini", "is none of a list, in any letter case"),
    word("$all", "a list that has all of these"),
    word("$alli", "a list that has all of these, in any letter case"),
    word("$regex", "matches a regular expression"),
    word("$regexi", "matches a regular expression, in any letter case"),
    word("$notRegex", "does not match a regular expression"),
    word("$notRegexi", "does not match a regular expression, in any letter case"),
    word("$size", "a list of this length"),
    word("$elemMatch", "a list with an element for which this holds"),
    word("$type", "is of this type: string, number, boolean, array, object or null"),
    word("$veq", "is this version"),
    word("$vne", "is another version"),
    word("$vgt", "is a later version"),
    word("$vgte", "is this version or a later one"),
    word("$vlt", "is an earlier version"),
    word("$vlte", "is this version or an earlier one"),
    word("$inGroup", "is in the list of this name (see `lists`)"),
    word("$notInGroup", "is not in the list of this name (see `lists`)"),
    word("$not", "the opposite of this"),
];

/// What joins conditions.
pub const JUNCTIONS: &[Word] = &[
    word("$and", "All of these hold."),
    word("$or", "At least one of these holds."),
    word("$nor", "None of these holds."),
    word("$not", "This does not hold."),
];

/// What `requires` may name.
pub const FEATURES: &[&str] = &[
    "exit.pointer",
    "exit.tab-return",
    "scroll",
    "idle",
    "return",
    "visible",
    "click",
    "form",
    "rage",
    "custom",
    "agents",
    "experiments",
    "holdout",
    "schedules",
    "audiences",
];

/// The facts that the widget itself supplies, and the usual names of those that sites supply.
pub const FACTS: &[Fact] = &[
    fact("page.path", Kind::Text, "Path of the page, such as `/pricing`."),
    fact("page.url", Kind::Text, "Whole address of the page."),
    fact("page.host", Kind::Text, "Host of the page."),
    fact("page.hash", Kind::Text, "What follows `#` in the address."),
    fact("page.query.*", Kind::Text, "A parameter of the address; absent when the address has none of this name.").at_times(),
    fact("page.meta.*", Kind::Text, "Content of the page's `<meta>` of this name, such as `page.meta.author`; absent when the page has none.")
        .at_times(),
    fact("page.canonical", Kind::Text, "Address in the page's `<link rel=\"canonical\">`; absent when the page has none.").at_times(),
    fact("page.title", Kind::Text, "Title of the page."),
    fact("page.lang", Kind::Text, "Language of the page."),
    fact("page.type", Kind::Text, "Kind of page, when the site says it: product, cart, article …").by_site(),
    fact(
        "page.views",
        Kind::Number,
        "Views of this path; needs storage to count those before the page was loaded. Route changes count.",
    ),
    fact("page.seconds", Kind::Number, "Seconds on this page."),
    fact("page.secondsVisible", Kind::Number, "Seconds that this page was looked at."),
    fact("page.secondsActive", Kind::Number, "Seconds on this page with something being done."),
    fact("page.secondsIdle", Kind::Number, "Seconds since anything was done."),
    fact("page.scroll", Kind::Number, "Deepest point seen, in percent of the page.").within(0.0, 100.0),
    fact("page.hidden", Kind::Bool, "The tab is in the background."),
    fact("page.typing", Kind::Bool, "A field has the focus."),
    fact("page.modal", Kind::Bool, "A dialog of the page is open."),
    fact(
        "visit.seconds",
        Kind::Number,
        "Seconds since the visit began; needs storage to go on over pages that are loaded.",
    ),
    fact(
        "visit.secondsVisible",
        Kind::Number,
        "Seconds of the visit that were looked at; needs storage to go on over pages that are loaded.",
    ),
    fact(
        "visit.secondsActive",
        Kind::Number,
        "Seconds of the visit with something being done; needs storage to go on over pages that are loaded.",
    ),
    fact("visit.pages", Kind::Number, "Pages of this visit; needs storage to count those that were loaded before."),
    fact("visit.number", Kind::Number, "How many visits this is; needs storage, else 1."),
    fact("visit.isReturning", Kind::Bool, "Not the first visit; needs storage."),
    fact("visit.landing", Kind::Text, "Path of the first page of the visit; needs storage, else this one."),
    fact("visit.previousPage", Kind::Text, "Path of the page before, on this site; absent when there was none.").at_times(),
    fact("visit.hoursSinceLast", Kind::Number, "Hours since the visit before; absent on the first visit.").at_times(),
    fact("visit.daysSinceFirst", Kind::Number, "Days since the first visit."),
    fact(
        "source.referrer",
        Kind::Text,
        "Address that the visit came from, of another site only its origin, and empty when it came from none; absent on a later page of a visit whose visitor allows no storage.",
    )
    .at_times(),
    fact("source.referrerHost", Kind::Text, "Host that the visit came from, empty when it came from none; absent on a later page of a visit whose visitor allows no storage.")
        .at_times(),
    fact("source.channel", Kind::Text, "direct, search, social, email, paid or referral; absent on a later page of a visit whose visitor allows no storage.")
        .at_times()
        .of(&["direct", "search", "social", "email", "paid", "referral"]),
    fact("source.utm.source", Kind::Text, "`utm_source` of the landing page; absent when the landing page had none.").at_times(),
    fact("source.utm.medium", Kind::Text, "`utm_medium` of the landing page; absent when the landing page had none.").at_times(),
    fact("source.utm.campaign", Kind::Text, "`utm_campaign` of the landing page; absent when the landing page had none.").at_times(),
    fact("source.utm.term", Kind::Text, "`utm_term` of the landing page; absent when the landing page had none.").at_times(),
    fact("source.utm.content", Kind::Text, "`utm_content` of the landing page; absent when the landing page had none.").at_times(),
    fact(
        "source.clickId",
        Kind::Text,
        "`gclid`, `msclkid` or `fbclid` of the landing page: the click on an advertisement; absent when the landing page had none.",
    )
    .at_times(),
    fact("device.type", Kind::Text, "phone, tablet or desktop.").of(&["phone", "tablet", "desktop"]),
    fact("device.os", Kind::Text, "android, ios, windows, macos, chromeos, linux or other.")
        .of(&["android", "ios", "windows", "macos", "chromeos", "linux", "other"]),
    fact("device.browser", Kind::Text, "edge, opera, firefox, chrome, safari or other.")
        .of(&["edge", "opera", "firefox", "chrome", "safari", "other"]),
    fact("device.pointer", Kind::Text, "fine (a mouse) or coarse (a finger).").of(&["fine", "coarse"]),
    fact("device.reducedMotion", Kind::Bool, "The visitor asked for less motion."),
    fact("device.viewport.w", Kind::Number, "Width of the window in CSS pixels."),
    fact("device.viewport.h", Kind::Number, "Height of the window in CSS pixels."),
    fact("device.bot", Kind::Bool, "A robot."),
    fact("user.language", Kind::Text, "Preferred language, such as `fr-CA`."),
    fact("user.languages", Kind::List, "All preferred languages, best first."),
    fact("user.timeZone", Kind::Text, "IANA time zone of the visitor."),
    fact("time.local.hour", Kind::Number, "Hour where the visitor is, 0 to 23.").within(0.0, 23.0),
    fact("time.local.minute", Kind::Number, "Minute where the visitor is.").within(0.0, 59.0),
    fact("time.local.weekday", Kind::Number, "Day of the week where the visitor is, Monday = 1.").within(1.0, 7.0),
    fact("time.local.day", Kind::Number, "Day of the month where the visitor is.").within(1.0, 31.0),
    fact("time.local.month", Kind::Number, "Month where the visitor is, January = 1.").within(1.0, 12.0),
    fact("time.local.year", Kind::Number, "Year where the visitor is."),
    fact("time.local.date", Kind::Text, "Date where the visitor is, such as `2026-11-20`."),
    fact("time.site.hour", Kind::Number, "Hour at the site, 0 to 23.").within(0.0, 23.0),
    fact("time.site.minute", Kind::Number, "Minute at the site.").within(0.0, 59.0),
    fact("time.site.weekday", Kind::Number, "Day of the week at the site, Monday = 1.").within(1.0, 7.0),
    fact("time.site.day", Kind::Number, "Day of the month at the site.").within(1.0, 31.0),
    fact("time.site.month", Kind::Number, "Month at the site, January = 1.").within(1.0, 12.0),
    fact("time.site.year", Kind::Number, "Year at the site."),
    fact("time.site.date", Kind::Text, "Date at the site, such as `2026-11-20`."),
    fact(
        "geo.country",
        Kind::Text,
        "Country code, when the site supplies it: `Chinwag('set', { 'geo.country': 'FR' })`.",
    )
    .by_site(),
    fact("geo.region", Kind::Text, "Region, when the site supplies it.").by_site(),
    fact("geo.city", Kind::Text, "City, when the site supplies it.").by_site(),
    fact("visitor.id", Kind::Text, "Random id of the device; absent until the visitor allows storage.").at_times(),
    fact("customer.id", Kind::Text, "Id of the customer, when the site supplies it.").by_site(),
    fact("customer.email", Kind::Text, "Mail address, when the site supplies it.").by_site(),
    fact("customer.tier", Kind::Text, "Tier of the customer, when the site supplies it.").by_site(),
    fact("customer.tags", Kind::List, "Tags of the customer, when the site supplies them.").by_site(),
    fact("customer.subscriber", Kind::Bool, "Has a subscription, when the site supplies it.").by_site(),
    fact("cart.value", Kind::Number, "Value of the cart, when the site supplies it.").by_site(),
    fact("cart.items", Kind::Number, "Number of things in the cart, when the site supplies it.").by_site(),
    fact("cart.currency", Kind::Text, "Currency of the cart, when the site supplies it.").by_site(),
    fact("cart.skus", Kind::List, "Article numbers in the cart, when the site supplies them.").by_site(),
    fact("custom.*", Kind::Text, "Anything else that the site supplies.").by_site(),
    fact("signal.*", Kind::Text, "What came with the `custom` signal that is being looked at.").by_site(),
    fact(
        "score",
        Kind::Number,
        "Sum of what `score` actions added in this visit; needs storage to go on over pages that are loaded.",
    ),
    fact(
        "chat.state",
        Kind::Text,
        "`none` until the panel is opened or something is said; then `open`, `minimised`, `active` or `ended`.",
    )
    .of(&["none", "open", "minimised", "active", "ended"]),
    fact(
        "chat.count",
        Kind::Number,
        "Conversations that the visitor has begun on this device; absent where the browser gives no storage.",
    )
    .at_times(),
    fact(
        "chat.hoursSinceLast",
        Kind::Number,
        "Hours, with fractions, since the visitor or the team wrote last; absent until one of them did. Needs storage to go on over pages that are loaded.",
    )
    .at_times(),
    fact(
        "chat.secondsWaiting",
        Kind::Number,
        "Seconds since the visitor wrote, on the page that is loaded; absent unless they wait for an answer.",
    )
    .at_times(),
    fact("notice.shownCount", Kind::Number, "Notifications shown on this device, ever."),
    fact("notice.secondsSinceShown", Kind::Number, "Seconds since anything was shown; absent until something was shown.").at_times(),
    fact("notice.secondsSinceDismissed", Kind::Number, "Seconds since a notification was closed; absent until a notification was closed.").at_times(),
    fact("agents.status", Kind::Text, "available, busy or closed; absent during an outage. Better asked by `agents`.")
        .at_times()
        .of(&["available", "busy", "closed"]),
    fact("audience.*", Kind::Bool, "Belongs to the audience of this name.").by_file(),
    fact("consent.storage", Kind::Bool, "The visitor allows storage."),
    fact("consent.analytics", Kind::Bool, "The visitor allows statistics."),
];

/// Families whose names are all in [`FACTS`]: another name in them is a mistake.
pub const CLOSED: &[&str] =
    &["visit", "source", "device", "user", "time", "notice", "consent", "agents", "queue", "chat"];

#[cfg(test)]
mod tests {
    use super::{FACTS, Supplier};

    #[test]
    fn a_fact_of_the_widget_that_may_be_absent_says_when_it_is() {
        for fact in FACTS {
            assert_eq!(fact.absent().is_some(), fact.by == Supplier::WidgetAtTimes, "{}", fact.name);
        }
    }
}
