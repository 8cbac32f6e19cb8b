//! Rules, what they wait for, and the tests of a file.

use super::{
    between, choice, closed, described, entries, limits, list, object, one_or_list, plain, reference, shape, texts,
    values,
};
use crate::compile::on::{CONVERSATION_PHASES, EXITS, FORM_PHASES, NEEDS};
use crate::value::Value;
use crate::vocabulary::{REASONS, RULE, SIGNALS};

pub(super) fn rule() -> Value {
    Value::Map(closed(RULE, &["id", "do"], slot))
}

fn slot(name: &str) -> Value {
    let names = || list(plain("string"));
    match name {
        "id" => object! { "type": "string", "minLength": 1.0 },
        "enabled" => plain("boolean"),
        "priority" => plain("number"),
        "from" | "until" => reference("moment"),
        "on" => one_or_list(reference("signal")),
        "where" => object! { "anyOf": vec![
            reference("patterns"),
            shape(&[
                ("include", described("The rule fires on these pages.", reference("patterns"))),
                ("exclude", described("But not on these.", reference("patterns"))),
            ], &[]),
        ] },
        "when" => reference("condition"),
        "audience" => object! { "anyOf": vec![
            plain("string"),
            shape(&[
                ("any", described("At least one of these.", names())),
                ("all", described("All of these.", names())),
                ("none", described("None of these.", names())),
            ], &[]),
        ] },
        "schedule" => object! { "anyOf": vec![
            plain("string"),
            shape(&[("outside", described("While this schedule is closed.", plain("string")))], &["outside"]),
        ] },
        "agents" => shape(
            &[
                (
                    "team",
                    described(
                        "Name of a team. Pages are not told who is there, only whether anybody is: leave it out, for that of all decides.",
                        plain("string"),
                    ),
                ),
                (
                    "need",
                    described(
                        "What has to be: somebody is `available`, at least `online` (perhaps busy), nobody is there (`closed`), or no matter (`any`). Default available.",
                        choice(NEEDS),
                    ),
                ),
                (
                    "ifUnknown",
                    described(
                        "What to do during an outage. Default schedule.",
                        choice(&["schedule", "show", "hide", "away-form"]),
                    ),
                ),
            ],
            &[],
        ),
        "rollout" => {
            shape(&[("percent", described("Share of visitors, 0 to 100.", between(0.0, 100.0)))], &["percent"])
        }
        "experiment" => shape(
            &[
                ("key", described("A word that decides who gets what; keep it while you measure.", plain("string"))),
                ("weights", described("Variations and their shares, which add up to 1.", weights())),
                ("coverage", described("Share of visitors who take part, 0 to 1.", between(0.0, 1.0))),
            ],
            &["key", "weights"],
        ),
        "limits" => limits(
            &[
                ("perPage", "Times a page."),
                ("perVisit", "Times a visit."),
                ("perDay", "Times in 24 hours."),
                ("ever", "Times ever."),
            ],
            &[
                ("afterDismiss", "Pause after it was closed. Default 24h."),
                ("afterConversation", "Pause after it led to a conversation. Default 7d."),
            ],
            &[],
        ),
        "delay" | "expires" => reference("duration"),
        "do" => one_or_list(reference("action")),
        "goal" => shape(
            &[
                ("signal", described("Name of the custom signal that counts.", plain("string"))),
                ("within", described("How long after the display it counts. Default 24h.", reference("duration"))),
            ],
            &["signal"],
        ),
        "requires" => reference("features"),
        _ => plain("string"),
    }
}

fn weights() -> Value {
    let mut schema = entries(values(between(0.0, 1.0)));
    schema.push(("minProperties".into(), Value::Number(1.0)));
    Value::Map(schema)
}

pub(super) fn pattern() -> Value {
    object! { "anyOf": vec![
        object! {
            "type": "string", "minLength": 1.0, "examples": texts(&["/checkout/*", "/pricing", "shop.example/**?plan=pro"]),
            "description": "A page pattern: a path or host and path, `*` for any part, `?name=value` for parameters.",
        },
        shape(&[("regex", object! { "type": "string", "maxLength": 256.0 })], &["regex"]),
    ] }
}

/// One entry of `on`: a name alone, or an object.
pub(super) fn signal() -> Value {
    let bare = described("A signal without settings.", choice(&["page", "exit", "return", "rage", "agents"]));
    let mut shapes = vec![bare];
    for word in SIGNALS {
        let mut settings = vec![(word.name, operand(word.name))];
        match word.name {
            "timer" => settings.extend([
                (
                    "clock",
                    described(
                        "`visible` counts while the page is looked at, `active` while something is done.",
                        choice(&["wall", "visible", "active"]),
                    ),
                ),
                ("scope", described("Since the page or the visit began.", choice(&["page", "visit"]))),
            ]),
            "form" => {
                settings.push(("target", described("CSS selector of the form; any form without it.", plain("string"))))
            }
            _ => {}
        }
        shapes.push(described(word.about, shape(&settings, &[word.name])));
    }
    object! { "anyOf": shapes }
}

fn operand(signal: &str) -> Value {
    match signal {
        "timer" | "idle" | "return" | "no-reply" => reference("duration"),
        "scroll" => between(0.0, 100.0),
        "exit" => choice(EXITS),
        "form" => choice(FORM_PHASES),
        "conversation" => choice(CONVERSATION_PHASES),
        "visible" | "click" | "custom" | "fact" => plain("string"),
        // They take no value; these say nothing, and do no harm.
        _ => object! { "enum": vec![Value::Bool(true), Value::Null, Value::Map(Vec::new())] },
    }
}

pub(super) fn test() -> Value {
    let reasons: Vec<&str> = REASONS.iter().map(|told| told.reason.as_str()).collect();
    let expect = shape(
        &[
            (
                "rule",
                described(
                    "Id of the rule that fires; null when none may.",
                    object! { "type": texts(&["string", "null"]) },
                ),
            ),
            ("none", described("Nothing fires.", object! { "enum": vec![Value::Bool(true)] })),
            ("why", described("Rules, and the reason of each: `fired`, or why it does not.", values(choice(&reasons)))),
        ],
        &[],
    );
    let signal = object! { "description": "What happens, written as in `on`, with the same `clock` and `scope`; a custom one may have `data`. Without it the page is opened.", "anyOf": vec![
        reference("signal"),
        described(
            "A signal of the site, with its data.",
            shape(&[("custom", plain("string")), ("data", plain("object"))], &["custom"]),
        ),
    ] };
    shape(
        &[
            ("name", described("What it is called where it fails; its number without one.", plain("string"))),
            (
                "given",
                described(
                    "Facts, and `now` as a date and time with an offset. A fact that is not given is absent; only an id, a score of 0 and no conversation are taken for granted.",
                    plain("object"),
                ),
            ),
            ("signal", signal),
            ("expect", described("At least one of these.", expect)),
            ("note", described("A remark for colleagues.", plain("string"))),
        ],
        &["expect"],
    )
}
