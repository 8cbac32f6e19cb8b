//! `docs/targeting-reference.md`: written from the vocabulary, so that it cannot say anything else.

use crate::golden::golden;
use crate::host::Native;
use crate::json;
use chinwag_targeting::vocabulary::settings::{CARD, Example, OF_FILE, OF_RULE};
use chinwag_targeting::vocabulary::{
    ACTIONS, FACTS, FILE, FORMS, Kind, OPERATORS, REASONS, RULE, SIGNALS, Supplier, Told, Word,
};
use chinwag_targeting::{Compiled, Reason, Value, compile, schema};
use std::fmt::Write;
use std::rc::Rc;

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn words(text: &mut String, words: &[Word]) {
    for word in words {
        writeln!(text, "| `{}` | {} |", word.name, cell(word.about)).unwrap();
    }
}

fn facts(text: &mut String, by: &[Supplier]) {
    text.push_str("\n| fact | is | tells |\n| --- | --- | --- |\n");
    for fact in FACTS.iter().filter(|fact| by.contains(&fact.by)) {
        let kind = match fact.kind {
            Kind::Number => "number",
            Kind::Text => "text",
            Kind::Bool => "true, false",
            Kind::List => "list",
        };
        writeln!(text, "| `{}` | {kind} | {} |", fact.name, cell(fact.about)).unwrap();
    }
}

/// The settings that the schema allows below one, with what it says of each.
fn fields(setting: &Value) -> &[(String, Value)] {
    let alternatives = setting.get("anyOf").and_then(Value::as_list).unwrap_or(&[]);
    let inside = ["additionalProperties", "items"].into_iter().filter_map(|kind| setting.get(kind));
    let mut shapes = std::iter::once(setting).chain(alternatives).chain(inside);
    shapes.find_map(|shape| shape.get("properties")).and_then(Value::as_map).unwrap_or(&[])
}

/// What one setting may be, when that is one of a few words that are not told `already`.
fn choices(setting: &Value, already: &str) -> String {
    let words = setting.get("enum").and_then(Value::as_list).unwrap_or(&[]).iter().filter_map(Value::as_str);
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    if words.iter().all(|word| already.contains(word)) {
        String::new()
    } else {
        format!(" One of {}.", words.join(", "))
    }
}

/// A row for each setting, and one for each setting below it.
fn settings(text: &mut String, all: &[Word], examples: &[Example], schema: &Value) {
    text.push_str("\n| setting | such as | what it is |\n| --- | --- | --- |\n");
    for word in all {
        let written = examples.iter().find(|(name, _)| *name == word.name).map_or(&[][..], |(_, written)| written);
        let written: Vec<String> = written.iter().map(|value| format!("`{}`", cell(value))).collect();
        writeln!(text, "| `{}` | {} | {} |", word.name, written.join("<br>"), cell(word.about)).unwrap();
        let setting = schema.get("properties").and_then(|all| all.get(word.name)).unwrap();
        for (name, field) in fields(setting) {
            let about = field.get("description").and_then(Value::as_str).unwrap_or("");
            writeln!(text, "| `{}.{name}` | | {}{} |", word.name, cell(about), choices(field, about)).unwrap();
            for (part, field) in fields(field).iter().filter(|_| name == "expect") {
                let about = field.get("description").and_then(Value::as_str).unwrap_or("");
                writeln!(text, "| `{}.{name}.{part}` | | {} |", word.name, cell(about)).unwrap();
            }
        }
    }
}

fn card(schema: &Value) -> &Value {
    let actions = schema.get("$defs").and_then(|all| all.get("action")).and_then(|all| all.get("anyOf"));
    let notify =
        actions.and_then(Value::as_list).unwrap().iter().find_map(|action| action.get("properties")?.get("notify"));
    notify.unwrap()
}

fn of_rule(schema: &Value) -> &Value {
    schema.get("$defs").and_then(|all| all.get("rule")).unwrap()
}

fn reference() -> String {
    let schema = schema();
    let mut text = String::from(
        "# Reference of rules\n\nWritten from the words that the program itself knows (`BLESS=1 cargo test -p chinwag-targeting reference`). The guide is [targeting.md](targeting.md).\n",
    );
    text.push_str("\n## Reasons\n\nIn the order in which a rule meets them: the first that holds it back is told.\n\n| reason | means | what to do |\n| --- | --- | --- |\n");
    for Told { reason, means, remedy } in REASONS {
        writeln!(text, "| `{}` | {means} | {} |", reason.as_str(), cell(remedy)).unwrap();
    }
    text.push_str("\n## Settings of a rule\n\nOnly `id` and `do` have to be there. A setting that is not in this list switches the rule off.\n");
    settings(&mut text, RULE, OF_RULE, of_rule(&schema));
    writeln!(text, "\nA card with everything: `\"notify\": {CARD}`.\n\n| of a card | what it is |\n| --- | --- |")
        .unwrap();
    for (name, field) in fields(card(&schema)) {
        writeln!(text, "| `{name}` | {} |", cell(field.get("description").and_then(Value::as_str).unwrap())).unwrap();
    }
    text.push_str("\n## Settings of the file\n\nOnly `version` has to be there.\n");
    settings(&mut text, FILE, OF_FILE, &schema);
    text.push_str("\n## Signals\n\nWhat `on` may wait for. An entry holds one signal; a rule waits for any one of its entries.\n\n| signal | written | when |\n| --- | --- | --- |\n");
    for (name, forms, when) in FORMS {
        let forms: Vec<String> = forms.iter().map(|form| format!("`{}`", cell(form))).collect();
        writeln!(text, "| `{name}` | {} | {} |", forms.join("<br>"), cell(when)).unwrap();
    }
    text.push_str(
        "\n## Facts that the widget supplies\n\nThey are always there, unless the visitor's browser keeps one back; a text may be empty (`page.hash`, `page.lang`).\n",
    );
    facts(&mut text, &[Supplier::Widget]);
    text.push_str("\n## Facts that the widget supplies when there is something to tell\n\nWhile there is not, a comparison with them is unknown, a negative one such as `$ne` too, and the rule does not fire. Ask with `$exists` as well, or give a default under `attributes`: `{ \"source.utm.campaign\": { \"default\": \"none\" } }`.\n");
    facts(&mut text, &[Supplier::WidgetAtTimes]);
    text.push_str("\n## Facts that your site supplies, and those of the file\n\nBy `Chinwag('set', …)`, or with a signal of your own; absent until then, with what the paragraph above says. Names beside these are as good; those under `page`, `cart`, `customer` and `geo` belong into `attributes`, so that `rules check` can tell them from misspelt ones.\n");
    facts(&mut text, &[Supplier::Site, Supplier::File]);
    text.push_str("\n## What may be asked of a fact\n\n| operator | the fact |\n| --- | --- |\n");
    words(&mut text, OPERATORS);
    text.push_str("\n`\"fact\": value` alone is equality as JavaScript's `==` has it: `3` and `\"3\"` are the same. `$eq` wants the same type.\n");
    text.push_str("\n## Actions\n\n| action | what happens |\n| --- | --- |\n");
    words(&mut text, ACTIONS);
    text
}

#[test]
fn the_reference_says_what_the_program_knows() {
    let difference = golden("../../../docs/targeting-reference.md", &reference());
    assert!(difference.is_none(), "BLESS=1 cargo test -p chinwag-targeting reference");
}

#[test]
fn every_form_of_a_signal_in_it_can_be_written() {
    let named: Vec<&str> = FORMS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(named, SIGNALS.iter().map(|word| word.name).collect::<Vec<_>>());
    for form in FORMS.iter().flat_map(|(_, forms, _)| *forms) {
        let file = format!(r#"{{"version": 1, "rules": [{{"id": "a", "on": {form}, "do": "open"}}]}}"#);
        let Compiled { problems, .. } = compile(&json(&file), Rc::new(Native)).unwrap();
        assert_eq!(problems, [], "{form}");
    }
}

#[test]
fn each_reason_but_the_good_one_has_a_remedy() {
    for Told { reason, remedy, .. } in REASONS {
        assert_eq!(remedy.is_empty(), *reason == Reason::Fired, "{}", reason.as_str());
    }
}

/// A rule that uses a name which the file must define.
fn file_of(rule: &str) -> Value {
    json(&format!(
        r#"{{"version": 1, "audiences": {{"loyal": {{"a": 1}}, "new": {{"a": 2}}, "phones": {{"a": 3}}, "tablets": {{"a": 4}}, "staff": {{"a": 5}}}},
            "schedules": {{"office": {{"week": {{"daily": ["09:00-17:00"]}}}}}}, "rules": [{{{rule}}}]}}"#
    ))
}

fn has(example: &Value, name: &str) -> bool {
    let inside = example.as_map().unwrap_or(&[]).iter().any(|(_, value)| value.get(name).is_some());
    example.get(name).is_some() || inside || example.as_list().unwrap_or(&[]).iter().any(|item| has(item, name))
}

/// Would catch: an example that cannot be written, and a setting that the loader learns and no example shows.
#[test]
fn the_examples_of_settings_can_be_written_and_show_all_of_them() {
    let schema = schema();
    for (name, written) in OF_RULE {
        for value in *written {
            let rest = [("id", r#""a""#), ("do", r#""open""#)].map(|(key, value)| format!(r#", "{key}": {value}"#));
            let rest: String = rest.into_iter().filter(|entry| !entry.contains(&format!(r#""{name}""#))).collect();
            let file = file_of(&format!(r#""{name}": {value}{rest}"#));
            assert_eq!(compile(&file, Rc::new(Native)).unwrap().problems, [], "{name}: {value}");
        }
    }
    for (name, written) in OF_FILE {
        for value in *written {
            let file = json(&format!(r#"{{"version": 1, "{name}": {value}}}"#));
            assert_eq!(compile(&file, Rc::new(Native)).unwrap().problems, [], "{name}: {value}");
        }
    }
    let rule = format!(r#""id": "a", "do": {{"notify": {CARD}}}"#);
    assert_eq!(compile(&file_of(&rule), Rc::new(Native)).unwrap().problems, []);
    let shown = |examples: &[Example], of: &Value| {
        for (name, setting) in of.get("properties").and_then(Value::as_map).unwrap() {
            for (field, _) in fields(setting) {
                let written = examples.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, written)| written);
                // Of one team it is never known, and `rules check` says so.
                let shown = written.iter().any(|value| has(&json(value), field));
                assert!(shown || field == "team", "no example of {name}.{field}");
            }
        }
    };
    shown(OF_RULE, of_rule(&schema));
    shown(OF_FILE, &schema);
    assert!(fields(card(&schema)).iter().all(|(field, _)| json(CARD).get(field).is_some()));
    assert_eq!(
        OF_RULE.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        RULE.iter().map(|word| word.name).collect::<Vec<_>>()
    );
}
