//! The `do` slot.

use super::{between, choice, described, list, object, plain, reference, shape, texts};
use crate::value::Value;
use crate::vocabulary::ACTIONS;

/// One action: its name alone, or an object of one entry.
pub(super) fn action() -> Value {
    let bare = described("An action without settings.", choice(&["open", "hide", "show", "suggest"]));
    let mut shapes = vec![bare];
    for word in ACTIONS {
        let schema = described(word.about, shape(&[(word.name, operand(word.name))], &[word.name]));
        shapes.push(schema);
    }
    object! { "anyOf": shapes }
}

fn operand(action: &str) -> Value {
    match action {
        "notify" => shape(
            &[
                ("variant", described("The experiment's variation that gets this card.", plain("string"))),
                ("from", described("Who speaks.", reference("text"))),
                ("title", described("A short line above it.", reference("text"))),
                ("text", described("What the card says.", reference("text"))),
                (
                    "replies",
                    described(
                        "Ready-made answers. A card has room for three answers and buttons together.",
                        list(reference("text")),
                    ),
                ),
                (
                    "buttons",
                    described(
                        "Buttons below it, each with a `label` and what it does: `open` the panel (without `do`), `dismiss` the card, `{ \"form\": \"contact\" }` for the panel with the form, or `{ \"navigate\": \"/help\" }`.",
                        list(button()),
                    ),
                ),
            ],
            &["text"],
        ),
        "badge" => between(0.0, 99.0),
        "score" => between(-1e6, 1e6),
        "suggest" => list(reference("text")),
        "teaser" | "prefill" => reference("text"),
        "message" => shape(
            &[
                ("from", described("Who writes. Default bot.", choice(&["bot", "agent"]))),
                ("text", described("What it says.", reference("text"))),
            ],
            &["text"],
        ),
        "route" => named_or(shape(&[("team", plain("string"))], &["team"])),
        "track" => named_or(shape(&[("name", plain("string")), ("data", Value::Map(Vec::new()))], &["name"])),
        "navigate" => link(),
        "form" | "tag" => plain("string"),
        _ => Value::Map(Vec::new()),
    }
}

fn named_or(whole: Value) -> Value {
    object! { "anyOf": vec![plain("string"), whole] }
}

fn link() -> Value {
    object! {
        "type": "string", "pattern": r"^(/([^/\\]|$)|https://)", "examples": texts(&["/help"]),
        "description": "A path on this site, or an https address of a host in `links`.",
    }
}

fn button() -> Value {
    let press = object! { "anyOf": vec![
        described("Open the panel (the default), or close the card.", choice(&["open", "dismiss"])),
        shape(&[("form", plain("string"))], &["form"]),
        shape(&[("navigate", link())], &["navigate"]),
    ] };
    shape(&[("label", reference("text")), ("do", press)], &["label"])
}
