//! GrowthBook's features on bad input, which its suite does not cover.

use crate::host::Native;
use crate::json;
use chinwag_targeting::experiment::{Context, DecryptError, Mode, Source, decrypt, feature};
use chinwag_targeting::{Semantics, Value};

fn source(features: &Value, key: &str) -> Source {
    let context = Context {
        attributes: &Value::Null,
        features,
        saved_groups: &Value::Null,
        contextual_bandits: &Value::Null,
        forced_variations: &Value::Null,
        url: "",
        mode: Mode::Live,
        semantics: Semantics::Reference,
        host: &Native,
    };
    feature(&context, key, None).source
}

/// `count` features; each needs the one after it, `times` times. The last has a value.
fn chain(count: usize, times: usize) -> Value {
    let feature = |i: usize| {
        let next = format!(r#"{{"id": "f{}"}}"#, i + 1);
        let rules = format!(r#"{{"force": 1, "parentConditions": [{}]}}"#, vec![next; times].join(","));
        format!(r#""f{i}": {{"rules": [{}]}}"#, if i + 1 == count { r#"{"force": 1}"# } else { &rules })
    };
    json(&format!("{{{}}}", (0..count).map(feature).collect::<Vec<_>>().join(",")))
}

#[test]
fn a_long_chain_of_prerequisites_ends_instead_of_overflowing_the_stack() {
    assert_eq!(source(&chain(100, 1), "f0"), Source::Force);
    assert_eq!(source(&chain(101, 1), "f0"), Source::CyclicPrerequisite);
    assert_eq!(source(&chain(50_000, 1), "f0"), Source::CyclicPrerequisite);
}

#[test]
fn shared_prerequisites_do_not_double_the_work_at_every_level() {
    assert_eq!(source(&chain(10, 2), "f0"), Source::Force);
    assert_eq!(source(&chain(60, 2), "f0"), Source::CyclicPrerequisite);
}

#[test]
fn every_way_to_garble_an_encrypted_payload_has_its_own_reason() {
    let (key, body) = (
        "Zvwv/+uhpFDznZ6SX28Yjg==",
        "m5ylFM6ndyOJA2OPadubkw==.Uu7ViqgKEt/dWvCyhI46q088PkAEJbnXKf3KPZjf9IEQQ+A8fojNoxw4wIbPX3aj",
    );
    assert_eq!(decrypt(body, key).as_deref(), Ok(r#"{"feature":{"defaultValue":true}}"#));
    assert_eq!(decrypt(body, key.trim_end_matches('=')).as_deref(), Ok(r#"{"feature":{"defaultValue":true}}"#));
    for (body, key, reason) in [
        (body, "", DecryptError::Key),
        (body, "AAAA", DecryptError::Key),
        (body, "no base64", DecryptError::Key),
        ("", key, DecryptError::Form),
        (".", key, DecryptError::Form),
        ("AAAA.AAAA", key, DecryptError::Form),
        ("m5ylFM6ndyOJA2OPadubkw==.", key, DecryptError::Mismatch),
        ("m5ylFM6ndyOJA2OPadubkw==.AAAA", key, DecryptError::Mismatch),
        (body, "Zvwv/+uhpFDznZ6SX39Yjg==", DecryptError::Mismatch),
    ] {
        assert_eq!(decrypt(body, key), Err(reason), "{body} {key}");
    }
}
