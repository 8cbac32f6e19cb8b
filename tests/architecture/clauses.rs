//! `docs/protocol.md` in step with the tests: each clause is named by one (`P3.2`), and no test names a clause that is gone.

use std::collections::BTreeSet;

use crate::{root, sources};

/// `P3.2` and its like, wherever they stand in `text`.
fn named(text: &str) -> BTreeSet<String> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    text.match_indices('P')
        .filter_map(|(at, _)| {
            let word_before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let section = digits(&text[at + 1..]);
            let rest = text[at + 1 + section.len()..].strip_prefix('.')?;
            let clause = digits(rest);
            (!word_before && !section.is_empty() && !clause.is_empty()).then(|| format!("P{section}.{clause}"))
        })
        .collect()
}

/// Names of the journeys that a file lists in a macro.
fn journeys(text: &str) -> BTreeSet<&str> {
    let lists = text.split("_browsers!(").chain(text.split("_browser!(")).filter_map(|rest| rest.split_once(')'));
    lists
        .flat_map(|(names, _)| names.split(','))
        .map(str::trim)
        .filter(|name| !name.contains(char::is_whitespace))
        .collect()
}

/// The tests of a file, each with its body and with the comments and attributes right above it.
fn tests(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let journeys = journeys(text);
    let mut found = String::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((_, rest)) = line.split_once("fn ") else { continue };
        let name = rest.split('(').next().unwrap_or_default();
        let is_above = |line: &&&str| ["//", "#["].iter().any(|mark| line.trim_start().starts_with(mark));
        let above: Vec<&str> = lines[..at].iter().rev().take_while(is_above).copied().collect();
        let marked = |line: &&str| line.trim_start().starts_with("#[") && line.contains("test");
        if above.iter().any(marked) || journeys.contains(name) {
            let indent = &line[..line.len() - line.trim_start().len()];
            let end = format!("{indent}}}");
            let body = lines[at..].iter().take_while(|line| !line.starts_with(&end)).copied();
            found.extend(above.into_iter().chain(body).flat_map(|line| [line, "\n"]));
        }
    }
    found
}

#[test]
fn every_clause_is_named_by_a_test_and_every_name_is_a_clause() {
    let document = std::fs::read_to_string(root().join("docs/protocol.md")).expect("the document");
    let clauses: BTreeSet<String> = document.split("- **").skip(1).flat_map(|clause| named(&clause[..8])).collect();
    assert!(clauses.len() > 30, "{clauses:?}");
    let mut in_tests = BTreeSet::new();
    for (place, text) in ["crates", "src", "tests"].iter().flat_map(|folder| sources(folder, &[".rs"])) {
        if !place.starts_with("tests/architecture") {
            in_tests.extend(named(&tests(&text)));
        }
    }
    let without: Vec<_> = clauses.difference(&in_tests).collect();
    assert!(without.is_empty(), "clauses that no test names: {without:?}");
    let gone: Vec<_> = in_tests.difference(&clauses).collect();
    assert!(gone.is_empty(), "tests name clauses that are not in docs/protocol.md: {gone:?}");
}

#[test]
fn only_what_a_test_says_counts() {
    let text = "//! P1.1\n\n/// P1.2: what the product does.\nfn product() {\n    // P1.3\n}\n\nsuper::in_browsers!(\n    journey,\n);\n\n\
        // P1.4\n#[test]\nfn works() {\n    // P1.5\n}\n\n/// P1.6\nasync fn journey() {\n    let p = \"P1.7\";\n}\n\n// P1.8\nfn helper() {}\n";
    let expected = ["P1.4", "P1.5", "P1.6", "P1.7"].map(String::from);
    assert_eq!(named(&tests(text)), expected.into());
}
