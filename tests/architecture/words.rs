//! What no source may say.

use crate::sources;

/// This file names what it looks for.
const OWN: &str = "tests/architecture/words.rs";

/// Lines of code that hold one of `words`; comments are free to name them.
fn said(files: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, text) in files {
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && !code.starts_with('*') && words.iter().any(|word| code.contains(word)) {
                found.push(format!("{place}:{}: {code}", number + 1));
            }
        }
    }
    found
}

fn of(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let files: Vec<_> = folders.iter().flat_map(|folder| sources(folder, endings)).collect();
    assert!(!files.is_empty(), "{folders:?}");
    files
}

/// Without what only tests say.
fn product(files: Vec<(String, String)>) -> Vec<(String, String)> {
    files.into_iter().filter(|(place, _)| !place.contains("/tests/")).collect()
}

/// Pages that forbid inline styles and demand trusted types are promised a guest that needs neither.
#[test]
fn nothing_that_ships_has_html_strings_style_attributes_or_eval() {
    let files = product(of(&["src", "crates", "www"], &[".rs", ".js", ".html"]));
    let words = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "inner_html",
        "from_html_unchecked",
        "document.write",
        "DOMParser",
        " style=",
        "setAttribute('style'",
        "set_attribute(\"style\"",
        "cssText",
    ];
    assert_eq!(said(&files, &words), [""; 0]);
    assert_eq!(said(&of(&["www"], &[".js"]), &["eval(", "new Function"]), [""; 0]);
}

/// What the loader leaves alone on a page that is not ours.
#[test]
fn the_loader_touches_no_prototype_handler_cookie_or_unload() {
    let loader = of(&["www"], &["loader.js"]);
    let words = [
        "prototype",
        "cookie",
        "unload",
        "window.on",
        "document.on",
        "doc.on",
        "top.on",
        "pushState",
        "replaceState",
        "<style",
        "doc.body",
        "document.body",
        "XMLHttpRequest",
    ];
    assert_eq!(said(&loader, &words), [""; 0]);
    let (_, text) = &loader[0];
    let globals: Vec<&str> = text
        .split("window.")
        .filter_map(|rest| rest.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .collect();
    assert_eq!(globals, ["Chinwag"], "the one name that it gives to the page");
}

/// Time and chance are arguments.
#[test]
fn pure_crates_do_not_ask_the_machine() {
    let files = product(of(&["crates/targeting/src", "crates/conversation/src"], &[".rs"]));
    let words = ["std::time", "std::fs", "std::net", "std::io", "std::env", "std::thread", "SystemTime", "println!"];
    assert_eq!(said(&files, &words), [""; 0]);
    for (own, other) in [("crates/targeting", "chinwag_conversation"), ("crates/conversation", "chinwag_targeting")] {
        assert_eq!(said(&of(&[own], &[".rs"]), &[other]), [""; 0]);
    }
}

#[test]
fn no_test_is_ignored_and_no_journey_waits_for_a_duration() {
    let ignored = said(&of(&["src", "crates", "tests"], &[".rs"]), &["#[ignore"]);
    assert!(ignored.iter().all(|line| line.starts_with(OWN)), "{ignored:?}");
    assert_eq!(said(&of(&["tests/e2e/journeys"], &[".rs"]), &["sleep("]), [""; 0]);
}

#[test]
fn what_is_left_to_do_has_an_owner() {
    let files = of(&["src", "crates", "tests", "www", "docs"], &[".rs", ".js", ".md", ".css"]);
    let open = said(&files, &["TODO", "FIXME"]);
    let without: Vec<_> = open.iter().filter(|line| !line.contains("TODO(") && !line.starts_with(OWN)).collect();
    assert!(without.is_empty(), "{without:?}");
}
