//! Conditions: facts, and what may be asked of them.

use super::{described, list, object, plain, reference};
use crate::value::Value;
use crate::vocabulary::{FACTS, JUNCTIONS, OPERATORS};

/// Facts and junctions. Any fact may be named; the known ones are described, so that editors offer them.
pub(super) fn condition() -> Value {
    let junctions = JUNCTIONS.iter().map(|word| {
        let schema = if word.name == "$not" { reference("condition") } else { list(reference("condition")) };
        (word.name.into(), described(word.about, schema))
    });
    let known = FACTS.iter().filter(|fact| !fact.name.ends_with('*'));
    let facts = known.map(|fact| (fact.name.into(), described(fact.about, reference("operand"))));
    object! {
        "type": "object", "additionalProperties": false,
        "properties": Value::Map(junctions.chain(facts).collect()),
        "patternProperties": object! { "^[^$]": reference("operand") },
    }
}

/// Operators, or a plain value that the fact must be.
pub(super) fn operand() -> Value {
    let value = object! { "not": plain("object") };
    let whole = object! { "type": "object", "propertyNames": object! { "pattern": r"^(?!\$)" } };
    object! { "anyOf": vec![reference("operators"), value, whole] }
}

pub(super) fn operators() -> Value {
    let properties = OPERATORS.iter().map(|word| (word.name.into(), described(word.about, asked(word.name)))).collect();
    object! { "type": "object", "minProperties": 1.0, "additionalProperties": false, "properties": Value::Map(properties) }
}

fn asked(operator: &str) -> Value {
    match operator {
        "$in" | "$nin" | "$ini" | "$nini" => plain("array"),
        "$all" | "$alli" => list(reference("operand")),
        "$exists" => plain("boolean"),
        "$regex" | "$regexi" | "$notRegex" | "$notRegexi" => object! { "type": "string", "maxLength": 256.0 },
        "$size" | "$not" => reference("operand"),
        "$elemMatch" => object! { "anyOf": vec![reference("operators"), reference("condition")] },
        "$type" | "$inGroup" | "$notInGroup" => plain("string"),
        _ => Value::Map(Vec::new()),
    }
}
