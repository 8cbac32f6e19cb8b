//! `chinwag rules eval`: conditions, line by line. For each line one answer, whatever the line is: programs count on it.

use std::io::{BufRead, Write};

use chinwag_targeting::{Condition, Semantics, Value};

use super::{Mode, Outcome};
use crate::engagement::Native;

/// Ends with 1 when a line could not be read.
pub(super) fn run(mode: Mode) -> Outcome {
    let semantics = match mode {
        Mode::Strict => Semantics::Strict,
        Mode::Reference => Semantics::Reference,
    };
    let (mut source, mut to) = (std::io::stdin().lock(), std::io::stdout().lock());
    let (mut bytes, mut number, mut whole) = (Vec::new(), 0_u64, true);
    while source.read_until(b'\n', &mut bytes).map_err(|error| format!("standard input: {error}"))? > 0 {
        number += 1;
        let answer = answer(&bytes, semantics).unwrap_or_else(|problem| {
            eprintln!("line {number}: {problem}");
            whole = false;
            "unknown"
        });
        // Nobody reads on (`| head`): no reason to fail.
        if writeln!(to, "{answer}").is_err() {
            break;
        }
        bytes.clear();
    }
    Ok(whole)
}

fn answer(line: &[u8], semantics: Semantics) -> Result<&'static str, String> {
    let case: Value = serde_json::from_slice(line).map_err(|error| format!("not JSON: {error}"))?;
    let part = |name| case.get(name).cloned().unwrap_or_default();
    let condition = part("condition");
    if condition.as_map().is_none() {
        return Err("`condition` must be an object".into());
    }
    let (condition, _) = Condition::compile(&condition, &part("groups"), &Native);
    Ok(condition.eval(&part("attributes"), semantics, &Native).as_str())
}
