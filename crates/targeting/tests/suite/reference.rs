//! `docs/targeting-reference.md`: written from the vocabulary, so that it cannot say anything else.

use crate::golden::golden;
use crate::host::Native;
use crate::json;
use chinwag_targeting::vocabulary::{ACTIONS, FACTS, FORMS, Kind, OPERATORS, REASONS, SIGNALS, Supplier, Told, Word};
use chinwag_targeting::{Compiled, Reason, compile};
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

fn reference() -> String {
    let mut text = String::from(
        "# Reference of rules\n\nWritten from the words that the program itself knows (`BLESS=1 cargo test -p chinwag-targeting reference`). The guide is [targeting.md](targeting.md).\n",
    );
    text.push_str("\n## Reasons\n\nIn the order in which a rule meets them: the first that holds it back is told.\n\n| reason | means | what to do |\n| --- | --- | --- |\n");
    for Told { reason, means, remedy } in REASONS {
        writeln!(text, "| `{}` | {means} | {} |", reason.as_str(), cell(remedy)).unwrap();
    }
    text.push_str("\n## Signals\n\nWhat `on` may wait for. An entry holds one signal; a rule waits for any one of its entries.\n\n| signal | written | when |\n| --- | --- | --- |\n");
    for (name, forms, when) in FORMS {
        let forms: Vec<String> = forms.iter().map(|form| format!("`{}`", cell(form))).collect();
        writeln!(text, "| `{name}` | {} | {} |", forms.join("<br>"), cell(when)).unwrap();
    }
    text.push_str(
        "\n## Facts that the widget supplies\n\nThey are always there, unless the visitor's browser keeps one back.\n",
    );
    facts(&mut text, &[Supplier::Widget]);
    text.push_str("\n## Facts that the widget supplies when there is something to tell\n\nWhile there is not, a comparison with them is unknown, and the rule does not fire.\n");
    facts(&mut text, &[Supplier::WidgetAtTimes]);
    text.push_str("\n## Facts that your site supplies, and those of the file\n\nBy `Chinwag('set', …)`, or with a signal of your own. Names beside these are as good.\n");
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
