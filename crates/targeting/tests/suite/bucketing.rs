//! Bucketing beyond ASCII, which the suite does not cover. Expected values come from @growthbook/growthbook 1.8.0.

use chinwag_targeting::bucketing::hash;

#[test]
fn hashes_utf16_code_units() {
    for (seed, value, expected) in EXPECTED {
        assert_eq!(hash(seed, value, 2), Some(*expected), "{seed} {value}");
    }
}

const EXPECTED: &[(&str, &str, f64)] = &[
    ("été", "léa", 0.4134),
    ("soldes-d’hiver", "visiteur-œuvre", 0.4214),
    ("emoji", "😀-42", 0.1723),
    ("промо", "иван", 0.4589),
    ("夏", "太郎", 0.5944),
];
