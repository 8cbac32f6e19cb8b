//! `chinwag rules`: what marketers run before they save.

mod eval;
mod publish;
mod simulate;

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use chinwag_targeting::{self as targeting, Facts, Now, Semantics, Signal, Value, describe, explain, selftest, suite};
use clap::{Subcommand, ValueEnum};

use super::Outcome;
use crate::engagement::{self, Finding, Native, Severity, Usable};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Finds mistakes, with line and column. Ends with 1 when there are errors.
    Check {
        /// The file; `-` reads standard input.
        file: PathBuf,
        /// Ends with 1 when there are warnings, too: for builds that are to stop at a rule that can never fire.
        #[arg(long)]
        strict: bool,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Writes what a server would publish, for files that are inlined or hosted elsewhere. Ends with 1, and writes nothing,
    /// when there are errors or a test of the file fails.
    Publish {
        file: PathBuf,
        /// Where to; default standard output. What is there gives the number that the revision goes on from.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Of the mistakes.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Runs the tests that the file carries. Ends with 1 when one fails.
    Test { file: PathBuf },
    /// Says each rule as a sentence.
    Describe {
        file: PathBuf,
        /// Languages of the texts that are quoted, best first.
        #[arg(long, default_value = "en")]
        lang: Vec<String>,
    },
    /// Says why each rule would or would not fire in a situation.
    Explain {
        file: PathBuf,
        /// JSON file with what is known: {"page.path": "/checkout", "cart.value": 120}
        #[arg(long)]
        facts: Option<PathBuf>,
        /// What happened, as files write it: page, or '{"timer": "20s"}'
        #[arg(long, default_value = "page")]
        signal: String,
        /// When, like 2026-11-20T10:00:00+01:00; default now.
        #[arg(long, value_parser = moment)]
        at: Option<jiff::Timestamp>,
    },
    /// Replays recorded visits: how often each rule would have fired, and why not.
    Simulate {
        file: PathBuf,
        /// One visit a line, as docs/targeting.md says; `-` reads standard input.
        #[arg(long)]
        visits: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Reads {"condition":…,"attributes":…,"groups":…} lines and prints true, false or unknown for each, in order. A line that
    /// cannot be read is unknown; it is named on standard error, and the command ends with 1.
    Eval {
        #[arg(long, value_enum, default_value_t = Mode::Strict)]
        semantics: Mode,
    },
    /// Prints the JSON Schema of engagement files, for editors.
    Schema,
    /// Runs a suite in the form of GrowthBook's cases.json. Ends with 1 when a section that we claim falls short.
    Conformance { file: PathBuf },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Mode {
    Strict,
    Reference,
}

pub(super) fn run(command: Command) -> Outcome {
    match command {
        Command::Check { file, strict, format } => check(&file, strict, format),
        Command::Publish { file, out, format } => publish::run(&file, out.as_deref(), format),
        Command::Test { file } => test(&file),
        Command::Describe { file, lang } => {
            let languages: Vec<&str> = lang.iter().map(String::as_str).collect();
            say!("{}", describe(&usable(&file)?.rules, &languages).trim_end());
            Ok(true)
        }
        Command::Explain { file, facts, signal, at } => why(&file, facts.as_deref(), &signal, at),
        Command::Simulate { file, visits, format } => simulate::run(&file, &visits, format),
        Command::Eval { semantics } => eval::run(semantics),
        Command::Schema => schema(),
        Command::Conformance { file } => conformance(&file),
    }
}

fn read(file: &Path) -> Result<String, String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The file, when it can be used at all.
fn usable(file: &Path) -> Result<Usable, String> {
    let checked = engagement::check(&read(file)?);
    checked.usable.ok_or_else(|| {
        let first = checked.findings.first();
        first.map_or_else(String::new, |f| format!("{}:{}:{}: {f}", file.display(), f.line, f.column))
    })
}

fn test(file: &Path) -> Outcome {
    let Usable { file: document, rules } = usable(file)?;
    let results = selftest::run_tests(&rules, &document, engagement::now());
    for result in &results {
        let mark = if result.failures.is_empty() { "passed" } else { "FAILED" };
        say!("{mark}: {}", engagement::title(result));
        result.failures.iter().for_each(|failure| say!("    {failure}"));
    }
    let passed = results.iter().filter(|result| result.failures.is_empty()).count();
    say!("{}: {passed} of {} tests pass", file.display(), results.len());
    Ok(passed == results.len())
}

fn schema() -> Outcome {
    let text = serde_json::to_string_pretty(&targeting::schema()).map_err(|error| error.to_string())?;
    say!("{text}");
    Ok(true)
}

fn json(text: &str, what: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{what}: not JSON: {error}"))
}

/// A point in time, which needs an offset: the clock of this machine is hardly that of the site.
fn moment(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|_| match text.parse::<jiff::civil::DateTime>() {
        Ok(local) => format!("its offset is missing: write {local}+01:00 with that of the place, or {local}Z for UTC"),
        Err(_) => "write it like 2026-11-20T10:00:00+01:00, or 2026-11-20T09:00:00Z for UTC".into(),
    })
}

fn why(file: &Path, facts: Option<&Path>, signal: &str, at: Option<jiff::Timestamp>) -> Outcome {
    let Usable { mut rules, .. } = usable(file)?;
    let mut known = Facts::new();
    known.set("visitor.id", "somebody");
    if let Some(path) = facts {
        let given = json(&read(path)?, &path.display().to_string())?;
        for (name, value) in given.as_map().ok_or("facts are one JSON object")? {
            known.set(name, value.clone());
        }
    }
    let written = serde_json::from_str(signal).unwrap_or_else(|_| Value::String(signal.into()));
    let signal: Signal = selftest::parse(&written).map_err(|hint| format!("{signal}: no such signal; {hint}"))?;
    let mut now: Now = engagement::now();
    if let Some(at) = at {
        now.wall = at.as_millisecond() as f64;
    }
    selftest::suppose(&mut rules, &known, now);
    say!("{}", explain(&rules, &known, &selftest::past(&known, now), &signal, now).trim_end());
    Ok(true)
}

fn check(file: &Path, strict: bool, format: Format) -> Outcome {
    let findings = engagement::check(&read(file)?).findings;
    report(file, &findings, format)?;
    Ok(!findings.iter().any(|finding| strict || finding.severity == Severity::Error))
}

/// What was found, on standard output.
fn report(file: &Path, findings: &[Finding], format: Format) -> Result<(), String> {
    match format {
        Format::Json => {
            let json = serde_json::to_string_pretty(findings).map_err(|error| error.to_string())?;
            say!("{json}");
        }
        Format::Text => {
            let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            findings.iter().for_each(|finding| say!("{}", print(file, finding)));
            let some = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
            say!("{}: {}, {}", file.display(), some(errors, "error"), some(warnings, "warning"));
        }
    }
    Ok(())
}

/// Place and sentence, and on a line of its own what to do.
fn print(file: &Path, finding: &Finding) -> String {
    let Finding { line, column, severity, message, hint, .. } = finding;
    let hint = hint.as_ref().map(|hint| format!("\n    {hint}")).unwrap_or_default();
    format!("{}:{line}:{column}: {}: {message}{hint}", file.display(), severity.as_str())
}

fn conformance(file: &Path) -> Outcome {
    let cases = json(&read(file)?, &file.display().to_string())?;
    let sections = suite::run(&cases, Semantics::Reference, &Native);
    if sections.is_empty() {
        return Err(format!("{}: has no section of cases", file.display()));
    }
    let mut complete = true;
    for section in sections {
        let claim = if section.claimed { "" } else { " (not claimed)" };
        say!("{}: {}/{}{claim}", section.name, section.passed, section.total);
        for failure in &section.failures {
            say!("    failed: {failure}");
        }
        complete &= !section.claimed || section.passed == section.total;
    }
    Ok(complete)
}
