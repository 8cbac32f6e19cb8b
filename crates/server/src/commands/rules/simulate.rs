//! `chinwag rules simulate`: recorded visits, line by line. A line that cannot be used is named and left out.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use chinwag_targeting::{
    Value,
    simulate::{Simulation, Visit},
};

use super::{Format, Outcome, usable};

/// Longest line, in bytes.
const MAX_LINE: u64 = 1024 * 1024;

/// A line that was left out.
struct Skipped {
    line: usize,
    message: String,
}

/// Ends with 1 when no visit could be used.
pub(super) fn run(file: &Path, visits: &Path, format: Format) -> Outcome {
    let rules = usable(file)?.rules;
    let mut source: Box<dyn BufRead> = if visits.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(visits).map_err(|error| format!("{}: {error}", visits.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut simulation = Simulation::new(&rules);
    let mut skipped = Vec::new();
    let mut line = 0;
    while let Some(text) = next(&mut *source).map_err(|error| format!("{}: {error}", visits.display()))? {
        line += 1;
        match text.and_then(|text| visit(&text)) {
            Ok(Some(visit)) => simulation.replay(&visit),
            Ok(None) => {}
            Err(message) => skipped.push(Skipped { line, message }),
        }
    }
    match format {
        Format::Json => print_json(&simulation, &skipped)?,
        Format::Text => {
            for Skipped { line, message } in &skipped {
                say!("{}:{line}: left out: {message}", visits.display());
            }
            say!("{}", simulation.to_text().trim_end());
        }
    }
    Ok(simulation.visits() > 0)
}

/// The next line; an inner error concerns that line alone.
fn next(source: &mut dyn BufRead) -> std::io::Result<Option<Result<String, String>>> {
    let mut bytes = Vec::new();
    source.take(MAX_LINE).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.len() as u64 == MAX_LINE && !bytes.ends_with(b"\n") {
        source.skip_until(b'\n')?;
        return Ok(Some(Err("the line is longer than 1 MB".into())));
    }
    Ok(Some(String::from_utf8(bytes).map_err(|_| "the line is not UTF-8".into())))
}

fn visit(text: &str) -> Result<Option<Visit>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    Visit::read(&value).map(Some)
}

fn print_json(simulation: &Simulation<'_>, skipped: &[Skipped]) -> Result<(), String> {
    let skipped = skipped.iter().map(|Skipped { line, message }| {
        Value::Map(vec![("line".into(), Value::Number(*line as f64)), ("message".into(), message.as_str().into())])
    });
    let Value::Map(mut report) = simulation.to_value() else { return Ok(()) };
    report.insert(2, ("leftOut".into(), Value::List(skipped.collect())));
    let text = serde_json::to_string_pretty(&Value::Map(report)).map_err(|error| error.to_string())?;
    say!("{text}");
    Ok(())
}
