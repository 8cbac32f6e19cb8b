//! Settings as they are written: for the reference, and for hints.

/// A setting, and its values as JSON.
pub type Example = (&'static str, &'static [&'static str]);

/// Settings at the top of a file that are more than a word.
pub const OF_FILE: &[Example] = &[
    ("timeZone", &[r#""Europe/Paris""#]),
    (
        "attributes",
        &[
            r#"{ "cart.value": { "type": "number", "default": 0, "unit": "EUR" }, "customer.tier": { "type": "string", "values": ["gold", "silver"], "note": "from the shop" } }"#,
        ],
    ),
    ("lists", &[r#"{ "bulky": ["SKU-1", "SKU-7"] }"#]),
    ("audiences", &[r#"{ "loyal": { "visit.number": { "$gte": 5 } }, "phones": { "device.type": "phone" } }"#]),
    (
        "schedules",
        &[
            r#"{ "office": { "week": { "mon-fri": ["09:00-12:30", "13:30-18:00"], "sat": ["10:00-14:00"] }, "zone": "site", "closed": ["2026-12-25"], "open": { "2026-12-24": ["09:00-12:00"] }, "note": "as on the door" } }"#,
        ],
    ),
    (
        "limits",
        &[
            r#"{ "perPage": 1, "perVisit": 2, "perDay": "unlimited", "gap": "60s", "afterDismiss": "30m", "inConversation": "never" }"#,
        ],
    ),
    ("holdout", &[r#"{ "percent": 10, "seed": "autumn" }"#]),
    ("quiet", &[r#"["/checkout/*", "/account/*"]"#]),
    ("links", &[r#"["help.example"]"#]),
    (
        "tests",
        &[
            r#"[{ "name": "on the prices", "given": { "page.path": "/pricing", "now": "2026-11-20T10:00:00+01:00" }, "signal": { "timer": "20s" }, "expect": { "rule": "pricing-help", "why": { "exit-help": "no-event" } }, "note": "the usual case" }]"#,
        ],
    ),
    ("appearance", &[r##"{ "color": "#1f5c45", "position": "end", "theme": "auto" }"##]),
    ("team", &[r#"{ "name": "The plant doctors", "about": "We answer within minutes" }"#]),
    ("contact", &[r#"{ "email": "help@shop.example", "phone": "+33 1 23 45 67 89" }"#]),
];

/// All settings of a rule, in the order of [`super::RULE`].
pub const OF_RULE: &[Example] = &[
    ("id", &[r#""pricing-help""#]),
    ("name", &[r#""Help on the prices""#]),
    ("note", &[r#""agreed with sales""#]),
    ("enabled", &["false"]),
    ("priority", &["10"]),
    ("group", &[r#""offers""#]),
    ("from", &[r#""2026-11-20""#]),
    ("until", &[r#""2026-12-24""#]),
    ("on", &[r#"[{ "timer": "20s" }, "exit"]"#]),
    ("where", &[r#"["/pricing", "/shop/*"]"#, r#"{ "include": ["/shop/*"], "exclude": ["/shop/sale"] }"#]),
    ("when", &[r#"{ "cart.value": { "$gte": 80 } }"#]),
    (
        "audience",
        &[
            r#""loyal""#,
            r#"{ "any": ["loyal", "new"] }"#,
            r#"{ "all": ["loyal"], "any": ["phones", "tablets"], "none": ["staff"] }"#,
        ],
    ),
    ("schedule", &[r#""office""#, r#"{ "outside": "office" }"#]),
    ("agents", &[r#"{ "need": "available", "ifUnknown": "hide" }"#]),
    ("rollout", &[r#"{ "percent": 20 }"#]),
    ("experiment", &[r#"{ "key": "prices-autumn", "weights": { "calm": 0.5, "offer": 0.5 }, "coverage": 1 }"#]),
    (
        "limits",
        &[
            r#"{ "perPage": 1, "perVisit": 1, "perDay": 2, "ever": 3, "afterDismiss": "7d", "afterConversation": "30d" }"#,
        ],
    ),
    ("delay", &[r#""300ms""#]),
    ("expires", &[r#""30s""#]),
    ("do", &[r#"{ "notify": { "text": "Which plan suits you?" } }"#]),
    ("goal", &[r#"{ "signal": "purchase", "within": "24h" }"#]),
    ("requires", &[r#"["rage"]"#]),
];

/// A card with everything that it can have.
pub const CARD: &str = r#"{ "from": "Mia", "title": "Prices", "text": "Which plan suits you?", "replies": ["The small one"], "buttons": [{ "label": "Write to us", "do": { "form": "contact" } }, { "label": "Compare", "do": { "navigate": "/compare" } }], "variant": "calm" }"#;

/// How the setting at a JSON pointer may be written, when it should be `is` (such as `an object`): its name and a value.
pub(crate) fn example(path: &str, is: &str) -> Option<(&'static str, &'static str)> {
    let steps: Vec<&str> = path.split('/').skip(1).collect();
    let (table, name) = match steps.as_slice() {
        ["rules", _, name] => (OF_RULE, name),
        [name] => (OF_FILE, name),
        _ => return None,
    };
    let (name, values) = table.iter().find(|(known, _)| known == name)?;
    let start = match is {
        "an object" => "{",
        "a list" => "[",
        _ => "",
    };
    values.iter().find(|value| value.starts_with(start)).map(|value| (*name, *value))
}
