//! The tables of `www/lang` against the list of words.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::*;

/// Categories that Unicode's plural rules know per language (CLDR 48, cardinal).
const LANGUAGES: &[(&str, &[&str])] = &[
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
    ("de", &["one", "other"]),
    ("en", &["one", "other"]),
    ("es", &["one", "many", "other"]),
    ("fr", &["one", "many", "other"]),
    ("he", &["one", "two", "other"]),
    ("it", &["one", "many", "other"]),
    ("ja", &["other"]),
    ("nl", &["one", "other"]),
    ("pl", &["one", "few", "many", "other"]),
    ("pt", &["one", "many", "other"]),
    ("zh", &["other"]),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/lang")
}

/// A table is one `"key": "text"` a line, without escapes: what translators' tools write, and what a diff shows best.
fn table(language: &str) -> BTreeMap<String, String> {
    let file = fs::read_to_string(folder().join(language).with_extension("json")).unwrap();
    let inner = file.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap();
    let entry = |line: &str| {
        let (key, text) = line.trim().strip_prefix('"')?.strip_suffix('"')?.split_once("\": \"")?;
        let plain = ![key, text].iter().any(|part| part.contains(['"', '\\']));
        plain.then(|| (key.to_owned(), text.to_owned()))
    };
    inner.trim().split(",\n").map(|line| entry(line).unwrap_or_else(|| panic!("{language}.json: {line}"))).collect()
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_table_has_every_text_with_its_placeholders_and_no_other() {
    for (language, categories) in LANGUAGES {
        let mut table = table(language);
        for (key, english) in WORDS {
            let text = table.remove(*key).unwrap_or_else(|| panic!("{language}: no {key}"));
            assert!(!text.trim().is_empty(), "{language}: {key} is empty");
            assert_eq!(placeholders(&text), placeholders(english), "{language}: {key}");
        }
        for (key, _, english) in COUNTED {
            for category in *categories {
                let key = format!("{key}.{category}");
                let text = table.remove(&key).unwrap_or_else(|| panic!("{language}: no {key}"));
                let bare = ["zero", "one", "two"].contains(category);
                assert!(bare || placeholders(&text) == placeholders(english), "{language}: {key} has no number");
            }
        }
        assert!(table.is_empty(), "{language}: unknown {:?}", table.keys());
    }
}

#[test]
fn every_file_is_a_known_language() {
    let mut found: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let known: Vec<&str> = LANGUAGES.iter().map(|(language, _)| *language).collect();
    assert_eq!(found, known);
}

/// Would catch: a text under another's name, because the build tells words by their place in this table.
#[test]
fn the_english_table_has_the_order_of_the_words() {
    let file = fs::read_to_string(folder().join("en.json")).unwrap();
    let keys = file.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once('"').map(|(key, _)| key));
    let counted = |key: &&str| key.ends_with(".one") || key.ends_with(".other");
    let plain: Vec<&str> = keys.filter(|key| !counted(key)).collect();
    assert_eq!(plain, WORDS.iter().map(|(key, _)| *key).collect::<Vec<_>>());
    assert!(WORDS.iter().all(|(_, english)| !english.contains('\n')));
}

#[test]
fn the_english_table_is_what_is_compiled_in() {
    let table = table("en");
    for (key, english) in WORDS {
        assert_eq!(table.get(*key).map(String::as_str), Some(*english), "{key}");
    }
    for (key, one, other) in COUNTED {
        assert_eq!(table.get(&format!("{key}.one")).map(String::as_str), Some(*one));
        assert_eq!(table.get(&format!("{key}.other")).map(String::as_str), Some(*other));
    }
}

#[test]
fn a_placeholder_is_filled_once_and_text_of_strangers_is_not_filled_again() {
    assert_eq!(fill("{name} is writing…", "name", "Mia"), "Mia is writing…");
    assert_eq!(fill("{name}: {text}", "text", "hi {name}"), "{name}: hi {name}");
    assert_eq!(fill("a {b c", "b", "x"), "a {b c");
    assert_eq!(fill("{names} {name}", "name", "x"), "{names} x");
}
