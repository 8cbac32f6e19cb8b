//! Build script: the style sheet without what only people need. Every visitor of every site pays for it.

use std::{env, fs, path::Path};

const SHEET: &str = "src/style.css";
/// White space on both sides of these means nothing. Not `+`: sums need theirs.
const TIGHT: [char; 6] = ['{', '}', ';', ',', '>', '~'];

fn main() {
    println!("cargo::rerun-if-changed={SHEET}");
    let sheet = fs::read_to_string(SHEET).expect("the style sheet is there");
    let folder = env::var("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&folder).join("style.css"), small(&sheet)).expect("it can be written");
}

fn small(sheet: &str) -> String {
    let mut out = String::new();
    for part in sheet.split("/*").enumerate().map(|(at, part)| if at == 0 { part } else { after_comment(part) }) {
        for c in part.chars() {
            let last = out.chars().next_back();
            if c.is_whitespace() {
                // In selectors a space before a colon counts, but never one after it.
                if last.is_some_and(|last| !TIGHT.contains(&last) && last != ':' && last != ' ') {
                    out.push(' ');
                }
                continue;
            }
            if TIGHT.contains(&c) && last == Some(' ') {
                out.pop();
            }
            if c == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push(c);
        }
    }
    out
}

fn after_comment(part: &str) -> &str {
    part.split_once("*/").expect("comments end").1
}
