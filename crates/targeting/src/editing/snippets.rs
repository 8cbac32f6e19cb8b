//! What is offered ready-made: label, text and what it is for.

pub(super) type Snippet = (&'static str, &'static str, &'static str);

pub(super) const SIGNALS: &[Snippet] = &[
    ("timer", r#"{ "timer": "20s", "clock": "visible" }"#, "Time that this page was looked at."),
    ("exit", r#"{ "exit": "pointer" }"#, "The pointer leaves through the top."),
    ("scroll", r#"{ "scroll": 70 }"#, "This much of the page was seen."),
    ("idle", r#"{ "idle": "30s" }"#, "Nothing was done for this long."),
    ("return", r#"{ "return": "10s" }"#, "Back from another tab after this long."),
    ("custom", r#"{ "custom": "name" }"#, "The site says so: Chinwag('track', 'name')."),
    ("fact", r#"{ "fact": "cart.value" }"#, "This fact changes."),
    ("form", r#"{ "form": "error" }"#, "A form is refused."),
    ("click", r##"{ "click": "#selector" }"##, "This element is clicked."),
    ("visible", r##"{ "visible": "#selector" }"##, "This element is on screen."),
    ("conversation", r#"{ "conversation": "opened" }"#, "The panel is opened."),
    ("no-reply", r#"{ "no-reply": "1m" }"#, "Nobody has answered for this long."),
];
pub(super) const ACTIONS: &[Snippet] = &[
    ("notify", r#"{ "notify": { "from": "Mia", "text": "Can I help?" } }"#, "Show a notification card."),
    ("teaser", r#"{ "teaser": "Questions?" }"#, "A few words beside the launcher."),
    ("badge", r#"{ "badge": 1 }"#, "A number on the launcher."),
    ("route", r#"{ "route": { "team": "sales" } }"#, "Send the conversation to a team."),
    ("track", r#"{ "track": { "name": "help_offered" } }"#, "Report an event to the page."),
    ("score", r#"{ "score": 1 }"#, "Add to the fact `score`."),
    ("tag", r#"{ "tag": "name" }"#, "Tag the visitor for agents."),
    ("suggest", r#"{ "suggest": ["First question", "Second question"] }"#, "Offer ready-made first messages."),
];
pub(super) const RULES: &[Snippet] = &[(
    "rule",
    "{\n      \"id\": \"new-rule\",\n      \"on\": [{ \"timer\": \"20s\", \"clock\": \"visible\" }],\n      \"where\": { \"include\": [\"/\"] },\n      \"do\": { \"notify\": { \"text\": \"Can I help?\" } }\n    }",
    "A new rule.",
)];
pub(super) const AGENTS: &[Snippet] = &[
    ("available", r#"{ "need": "available" }"#, "Somebody is there and free to answer."),
    ("online", r#"{ "need": "online" }"#, "Somebody is there, perhaps busy."),
    ("closed", r#"{ "need": "closed" }"#, "Nobody is there: for away forms."),
    ("any", r#"{ "need": "any" }"#, "Whether or not somebody is there."),
];
pub(super) const HOURS: &[Snippet] = &[
    ("hours", r#"["09:00-17:00"]"#, "Open without a break."),
    ("two parts", r#"["09:00-12:30", "13:30-18:00"]"#, "Closed at noon."),
];
/// Days of a schedule.
pub(super) const DAYS: &[(&str, &str)] = &[
    ("mon-fri", "Monday to Friday; any two days make such a range."),
    ("sat-sun", "The weekend."),
    ("daily", "Every day."),
    ("mon", "Monday."),
    ("tue", "Tuesday."),
    ("wed", "Wednesday."),
    ("thu", "Thursday."),
    ("fri", "Friday."),
    ("sat", "Saturday."),
    ("sun", "Sunday."),
];

/// What one of the values of `need` asks for.
pub(super) fn about_need(need: &str) -> Option<&'static str> {
    AGENTS.iter().find(|(name, ..)| *name == need).map(|(_, _, about)| *about)
}

/// Keys that the schema does not describe.
pub(super) fn about_key(key: &str) -> Option<&'static str> {
    match key {
        "title" => Some("A heading above the text."),
        "buttons" => {
            Some("Buttons below the text: each opens the panel or a form, leads to a page, or closes the card.")
        }
        _ => None,
    }
}
