//! GrowthBook's published suite.

use crate::host::Native;
use crate::{case, json};
use chinwag_targeting::Semantics;
use chinwag_targeting::suite::{SECTIONS, Section, run};

fn sections(semantics: Semantics) -> Vec<Section> {
    run(&json(&case("growthbook/cases.json")), semantics, &Native)
}

#[test]
fn reference_semantics_pass_all_327_cases() {
    let sections: Vec<Section> = sections(Semantics::Reference).into_iter().filter(|s| s.claimed).collect();
    for section in &sections {
        assert_eq!(section.passed, section.total, "{}: {:?}", section.name, section.failures);
    }
    let totals: Vec<(&str, usize)> = sections.iter().map(|s| (s.name.as_str(), s.total)).collect();
    let mut expected: Vec<(&str, usize)> = SECTIONS.into_iter().zip([248, 15, 13, 13, 6, 16, 16]).collect();
    expected.sort_by_key(|(name, _)| totals.iter().position(|(other, _)| other == name));
    assert_eq!(totals, expected);
    assert_eq!(sections.iter().map(|s| s.passed).sum::<usize>(), 327);
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
