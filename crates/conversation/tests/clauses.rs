//! `docs/protocol.md` in step with the tests: each clause is named by one (`P3.2`), and no test names a clause that is gone.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

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

/// Sources with tests in them, besides this one.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && name != "node_modules" {
                tests(&path, found);
            }
        } else if path.extension().is_some_and(|ext| ext == "rs") && name != "clauses.rs" {
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("#[test]") || text.contains("test]") || text.contains("in_browsers!") {
                found.extend(named(&text));
            }
        }
    }
}

#[test]
fn every_clause_is_named_by_a_test_and_every_name_is_a_clause() {
    let document = fs::read_to_string(root().join("docs/protocol.md")).unwrap();
    let clauses: BTreeSet<String> = document.split("- **").skip(1).flat_map(|clause| named(&clause[..8])).collect();
    assert!(clauses.len() > 30, "{clauses:?}");
    let mut in_tests = BTreeSet::new();
    for folder in ["crates", "src", "tests"] {
        tests(&root().join(folder), &mut in_tests);
    }
    let without: Vec<_> = clauses.difference(&in_tests).collect();
    assert!(without.is_empty(), "clauses that no test names: {without:?}");
    let gone: Vec<_> = in_tests.difference(&clauses).collect();
    assert!(gone.is_empty(), "tests name clauses that are not in docs/protocol.md: {gone:?}");
}
