//! `chinwag rules publish`: what a server would publish, for files that are inlined or hosted elsewhere.

use std::{io, path::Path};

use super::{Format, Outcome, print, read, report};
use crate::{
    engagement::{self, Published, Severity},
    sites,
};

/// Refuses what `check` finds errors in and what fails its own tests: here nobody keeps the edition before, and nobody
/// reads a log. The revision goes on from what `out` holds.
pub(super) fn run(file: &Path, out: Option<&Path>, format: Format) -> Outcome {
    let checked = engagement::check(&read(file)?);
    let refused = checked.findings.iter().any(|finding| finding.severity == Severity::Error);
    let Some(usable) = checked.usable.filter(|_| !refused) else {
        report(file, &checked.findings, format)?;
        return Ok(false);
    };
    let failing = engagement::failing_tests(&usable);
    if !failing.is_empty() {
        failing.iter().for_each(|sentence| eprintln!("{}: its own test fails: {sentence}", file.display()));
        return Ok(false);
    }
    if matches!(format, Format::Text) {
        checked.findings.iter().for_each(|finding| eprintln!("{}", print(file, finding)));
    }
    let last = match out {
        Some(out) => last(file, out)?,
        None => None,
    };
    let published = engagement::publish(&usable, last.as_ref());
    match out {
        Some(out) => {
            sites::write_whole(out, &published.json).map_err(|error| format!("{}: {error}", out.display()))?;
            eprintln!("{}: revision {}", out.display(), published.revision);
        }
        None => say!("{}", published.json),
    }
    Ok(true)
}

/// What was published before, if the place is not new. What is no published file is not overwritten.
fn last(file: &Path, out: &Path) -> Result<Option<Published>, String> {
    if file.canonicalize().is_ok_and(|file| out.canonicalize().is_ok_and(|out| file == out)) {
        return Err(format!("{}: is the file itself", out.display()));
    }
    match std::fs::read_to_string(out) {
        Ok(json) => match engagement::published(&json) {
            Some(published) => Ok(Some(published)),
            None => Err(format!("{}: is there already, and is no published file", out.display())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", out.display())),
    }
}
