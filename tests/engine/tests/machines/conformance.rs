//! GrowthBook's published suite.

use chinwag_engine_tests::{json, machine};
use chinwag_targeting::Semantics;
use chinwag_targeting::suite::run;
use wasm_bindgen_test::wasm_bindgen_test;

const CASES: &str = include_str!("../../../cases/targeting/growthbook/cases.json");

/// Would catch: a regular expression, a number or a letter that means another thing on this machine.
#[wasm_bindgen_test(unsupported = test)]
fn the_published_suite_passes_on_this_machine() {
    let sections = run(&json(CASES), Semantics::Reference, &machine());
    let failures: Vec<String> = sections.iter().flat_map(|s| s.failures.clone()).collect();
    let claimed: Vec<_> = sections.iter().filter(|section| section.claimed).collect();
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!((claimed.len(), claimed.iter().map(|section| section.passed).sum::<usize>()), (12, 513));
}

/// Would catch: strictness that differs between the server's check and the visitor's browser.
#[wasm_bindgen_test(unsupported = test)]
fn strict_semantics_differ_on_the_same_two_cases_on_this_machine() {
    let sections = run(&json(CASES), Semantics::Strict, &machine());
    let conditions = sections.iter().find(|section| section.name == "evalCondition").expect("section");
    let mut failures = conditions.failures.clone();
    failures.sort();
    assert_eq!(failures, ["$notInGroup passes for unknown group id", "missing attribute with comparison operators"]);
}
