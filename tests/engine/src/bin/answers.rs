//! Answers in reference semantics, for `peers/differential.js`, which holds them against GrowthBook's.
//!
//! One line of JSON in, one line out; an empty line asks for all answers so far.
//! - `{"condition": …, "attributes": …, "groups": …}`: `true`, `false`, or `null` for unknown;
//! - `{"feature": …, "context": …}`: the result in the form of GrowthBook's SDKs.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::io::Result<()> {
    use chinwag_engine_tests::{json, machine};
    use chinwag_targeting::experiment::{Context, Mode, feature};
    use chinwag_targeting::{Condition, Host, Semantics, Value};
    use std::io::{BufRead, BufWriter, Write};

    const NOTHING: &Value = &Value::Null;

    fn truth(case: &Value, machine: &impl Host) -> String {
        let part = |name| case.get(name).unwrap_or(NOTHING);
        let (condition, _) = Condition::compile(part("condition"), part("groups"), machine);
        let truth = condition.eval(part("attributes"), Semantics::Reference, machine).as_str();
        if truth == "unknown" { "null".into() } else { truth.into() }
    }

    fn result(key: &str, given: &Value, machine: &impl Host) -> String {
        let part = |name| given.get(name).unwrap_or(NOTHING);
        let context = Context {
            attributes: part("attributes"),
            features: part("features"),
            saved_groups: part("savedGroups"),
            contextual_bandits: part("contextualBandits"),
            forced_variations: part("forcedVariations"),
            url: part("url").as_str().unwrap_or(""),
            mode: Mode::Live,
            semantics: Semantics::Reference,
            host: machine,
        };
        serde_json::to_string(&feature(&context, key, None).to_value()).unwrap_or_default()
    }

    let machine = machine();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.is_empty() {
            out.flush()?;
            continue;
        }
        let case = json(&line);
        let answer = match (case.get("feature").and_then(Value::as_str), case.get("context")) {
            (Some(key), Some(context)) => result(key, context, &machine),
            _ => truth(&case, &machine),
        };
        writeln!(out, "{answer}")?;
    }
    out.flush()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
