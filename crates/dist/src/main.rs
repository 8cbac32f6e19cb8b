//! Names, compresses and weighs what the server serves. `build.sh` prepares a stage folder and calls this tool.
//!
//! | stage | becomes |
//! | --- | --- |
//! | `hashed/NAME.EXT` | `assets/NAME-HASH.EXT`: Wasm, its glue, style sheets; one hash for a piece, and one for all `lang-TAG.json` |
//! | `scripts/NAME.js` | tokens replaced, then `assets/NAME-HASH.js` |
//! | `web/PATH` | the same path; tokens replaced in HTML and JavaScript |
//!
//! Every text or Wasm file gets a `.br` (quality 11, window 24) and a `.gz` beside it where that is smaller.
//!
//! Tokens, written bare or in quotes of their own where the value is not text:
//!
//! | token | value |
//! | --- | --- |
//! | `__CHINWAG_ASSETS__` | the hashes `{"scout":"H","interface":"H","overlay":"H","lang":"H","tags":"^(de|en|…)"}` of files in `/assets/`, and the languages that there are |
//! | `__NAME_EXT__` | URL of `hashed/NAME.EXT`: `__CONSOLE_CSS__`, `__CONSOLE_JS__`, `__CONSOLE_WASM__` |
//! | `__NAME__` | URL of `scripts/NAME.js`: `__CONSOLE_BOOT__` for `scripts/console-boot.js` |
//!
//! A token that names nothing fails the build.

mod glue;
mod pack;
mod shorten;
mod sizes;
mod texts;
mod tokens;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: chinwag-dist shorten WASM GLUE [EVENT...] | pack STAGE WEB MANIFEST SIZES INPUTS STD | sizes MANIFEST SIZES | record MANIFEST SIZES";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["pack", stage, web, manifest, sizes, inputs, std] => pack_all(stage, web, manifest, sizes, inputs, std),
        ["shorten", wasm, glue, events @ ..] => shorten(wasm, glue, events),
        ["sizes", manifest, sizes] => compare(manifest, sizes),
        ["record", manifest, sizes] => record(manifest, sizes),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("chinwag-dist: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Shortens a piece in place. `events`: all that it listens to by Yew; none: whatever they are.
fn shorten(wasm: &str, glue: &str, events: &[&str]) -> Result<(), String> {
    let module = std::fs::read(wasm).map_err(|e| format!("{wasm}: {e}"))?;
    let (mut module, text) = shorten::shorten(&module, &read(glue)?).map_err(|e| format!("{glue}: {e}"))?;
    texts::cut(&mut module);
    if !events.is_empty() {
        texts::keep_events(&mut module, events).map_err(|e| format!("{wasm}: {e}"))?;
    }
    std::fs::write(wasm, module).map_err(|e| format!("{wasm}: {e}"))?;
    write(glue, &text)
}

/// Lays out `web`, writes the manifest, and fails where a piece is over its budget.
fn pack_all(stage: &str, web: &str, manifest: &str, sizes: &str, inputs: &str, std: &str) -> Result<(), String> {
    let table = sizes::Table::parse(&read(sizes)?)?;
    let files = pack::pack(Path::new(stage), Path::new(web))?;
    let pieces = sizes::weigh(&files);
    let json = sizes::manifest(&table, &pieces, inputs, std);
    write(manifest, &format!("{json:#}\n"))?;
    print!("{}", sizes::summary(&table, &pieces));
    table.debts(&pieces).iter().for_each(|line| println!("note: {line}"));
    let over = table.over_budget(&pieces);
    // The library that comes with a toolchain is about a third larger than the one built from source.
    if over.is_empty() || std == "prebuilt" {
        over.iter().for_each(|line| eprintln!("note: {line}"));
        return Ok(());
    }
    Err(over.join("\n"))
}

fn compare(manifest: &str, sizes: &str) -> Result<(), String> {
    let manifest = sizes::Measured::parse(&read(manifest)?)?;
    if manifest.std == "prebuilt" {
        println!("not compared: this machine's standard library for Wasm came prebuilt");
        return Ok(());
    }
    let drift = sizes::Table::parse(&read(sizes)?)?.drift(&manifest);
    if drift.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nif that is meant: ./build.sh sizes", drift.join("\n")))
}

fn record(manifest: &str, sizes: &str) -> Result<(), String> {
    let measured = sizes::Measured::parse(&read(manifest)?)?;
    if measured.std == "prebuilt" {
        return Err(
            "sizes.txt lists builds with the standard library from source; this machine's came prebuilt".to_owned()
        );
    }
    let text = read(sizes)?;
    write(sizes, &sizes::recorded(&text, &measured))
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))
}

fn write(path: &str, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("{path}: {e}"))
}
