//! GrowthBook's published suite.

use crate::host::Native;
use crate::{case, json};
use chinwag_targeting::suite::{SECTIONS, Section, run};
use chinwag_targeting::{Semantics, Value};

fn sections(semantics: Semantics) -> Vec<Section> {
    run(&json(&case("growthbook/cases.json")), semantics, &Native)
}

#[test]
fn reference_semantics_pass_all_513_claimed_cases() {
    let sections: Vec<Section> = sections(Semantics::Reference).into_iter().filter(|s| s.claimed).collect();
    for section in &sections {
        assert_eq!(section.passed, section.total, "{}: {:?}", section.name, section.failures);
    }
    let totals: Vec<(&str, usize)> = sections.iter().map(|s| (s.name.as_str(), s.total)).collect();
    let mut expected: Vec<(&str, usize)> =
        SECTIONS.into_iter().zip([248, 15, 13, 13, 6, 16, 16, 55, 35, 73, 13, 10]).collect();
    expected.sort_by_key(|(name, _)| totals.iter().position(|(other, _)| other == name));
    assert_eq!(totals, expected);
    assert_eq!(sections.iter().map(|s| s.passed).sum::<usize>(), 513);
}

#[test]
fn strict_semantics_differ_on_two_named_cases() {
    let sections = sections(Semantics::Strict);
    let conditions = sections.iter().find(|s| s.name == "evalCondition").unwrap();
    assert_eq!((conditions.passed, conditions.total), (246, 248));
    let expected = ["missing attribute with comparison operators", "$notInGroup passes for unknown group id"];
    let mut failures = conditions.failures.clone();
    failures.sort_by_key(|name| expected.iter().position(|e| e == name));
    assert_eq!(failures, expected);
}

#[test]
fn what_is_not_claimed_is_named_and_not_run() {
    let sections = sections(Semantics::Reference);
    let others: Vec<(&str, usize, usize)> =
        sections.iter().filter(|s| !s.claimed).map(|s| (s.name.as_str(), s.passed, s.total)).collect();
    assert_eq!(others, [("urlRedirect", 0, 4)]);
}

/// Would catch: a section whose cases pass whatever they expect.
#[test]
fn a_case_that_expects_something_else_fails_in_every_section() {
    let mut suite = json(&case("growthbook/cases.json"));
    let Value::Map(sections) = &mut suite else { panic!("not an object") };
    for (name, cases) in sections {
        let Value::List(cases) = cases else { continue };
        for case in cases {
            let Value::List(fields) = case else { panic!("not a list") };
            // Conditions may be followed by saved groups.
            let expectation = if name == "evalCondition" { 3 } else { fields.len() - 1 };
            fields[expectation] = Value::List(vec![12_345.0.into()]);
        }
    }
    let sections = run(&suite, Semantics::Reference, &Native);
    let passed: Vec<&str> = sections.iter().filter(|s| s.passed > 0).map(|s| s.name.as_str()).collect();
    assert_eq!(sections.iter().filter(|s| s.claimed).count(), SECTIONS.len());
    assert_eq!(passed, Vec::<&str>::new());
}
