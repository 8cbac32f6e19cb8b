//! The text of files, from which people learn what is wrong: lines, columns and hints.

use crate::case;
use crate::golden::golden;
use crate::host::Native;
use crate::page::START;
use chinwag_targeting::editing::{Inspected, inspect};
use chinwag_targeting::{MAX_FILE_BYTES, Now, Severity};
use std::fmt::Write;
use std::rc::Rc;

fn look(text: &str) -> Inspected {
    inspect(text, Rc::new(Native), Now { page: 0.0, wall: START })
}

/// What holds for every text: it is answered, errors say where and what to do, and what is unusable says why.
fn sound(text: &str) -> Inspected {
    let found = look(text);
    assert!(found.usable.is_some() || found.findings.iter().any(|finding| finding.severity == Severity::Error));
    let lines: Vec<&str> = text.split('\n').collect();
    for finding in &found.findings {
        if finding.severity == Severity::Error {
            assert!(finding.hint.is_some(), "no hint: {finding:?}");
        }
        let line =
            finding.line.checked_sub(1).and_then(|line| lines.get(line)).unwrap_or_else(|| panic!("{finding:?}"));
        assert!((1..=line.chars().count() + 1).contains(&finding.column), "{finding:?} in {line:?}");
    }
    found
}

fn listed(text: &str) -> String {
    let mut out = String::new();
    for finding in sound(text).findings {
        let severity = finding.severity.as_str();
        writeln!(out, "{}:{}: {severity} {}: {}", finding.line, finding.column, finding.code, finding.message).unwrap();
        if let Some(hint) = finding.hint {
            writeln!(out, "    {hint}").unwrap();
        }
    }
    out
}

#[test]
fn mistakes_are_told_at_their_line_and_column_with_a_hint() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/targeting/source");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".jsonc")?.to_string()))
        .collect();
    names.sort();
    assert!(names.len() >= 13, "{names:?}");
    let differing = names
        .iter()
        .filter_map(|name| golden(&format!("source/{name}.txt"), &listed(&case(&format!("source/{name}.jsonc")))));
    let differing: Vec<String> = differing.collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn a_file_cut_off_anywhere_is_an_error_and_no_panic() {
    let text = case("five-rules.json");
    for (end, _) in text.trim_end().char_indices() {
        assert!(sound(&text[..end]).usable.is_none(), "{end}");
    }
}

#[test]
fn a_file_with_one_character_too_many_is_answered() {
    let text = case("source/many-mistakes.jsonc");
    let odd = ["{", "]", "\"", ",", "\\", "\u{0}", "é", "$"];
    for (nth, (place, _)) in text.char_indices().enumerate() {
        sound(&format!("{}{}{}", &text[..place], odd[nth % odd.len()], &text[place..]));
    }
}

#[test]
fn ten_megabytes_are_refused_before_they_are_read() {
    let text = format!("{{ \"version\": 1, \"name\": \"{}\" }}", "x".repeat(10 * 1024 * 1024));
    let found = sound(&text);
    assert_eq!((found.findings.len(), found.findings[0].code), (1, "too-large"));
    let fits = format!("{{ \"version\": 1, \"name\": \"{}\" }}", "x".repeat(MAX_FILE_BYTES - 60));
    assert!(sound(&fits).usable.is_some());
}

#[test]
fn deep_nesting_is_an_error_and_not_a_stack_overflow() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"$not\":", "}")] {
        for depth in [20, 100, 1_000, 40_000] {
            let inner = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let found = sound(&format!(
                "{{ \"version\": 1, \"rules\": [{{ \"id\": \"a\", \"do\": \"open\", \"when\": {inner} }}] }}"
            ));
            assert!(found.findings.iter().any(|finding| finding.severity == Severity::Error), "{open} {depth}");
            let cut = format!("{{ \"version\": 1, \"rules\": {}", open.repeat(depth));
            assert!(sound(&cut).usable.is_none());
        }
    }
}
