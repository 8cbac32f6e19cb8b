//! Who gets what: GrowthBook's hashing, ranges and namespaces, so that experiments can move between the two.

/// 32-bit FNV-1a over UTF-16 code units, as JavaScript's `charCodeAt` yields them.
///
/// `hash` is that of the text before, or `START`.
#[inline(never)]
pub(crate) fn fnv(hash: u32, text: &str) -> u32 {
    let add = |hash: u32, unit: u32| (hash ^ unit).wrapping_mul(0x0100_0193);
    text.chars().map(u32::from).fold(hash, |hash, c| match c {
        0x1_0000.. => add(add(hash, 0xd7c0 + (c >> 10)), 0xdc00 | (c & 0x3ff)),
        _ => add(hash, c),
    })
}

const START: u32 = 0x811c_9dc5;

/// The bucket of `value`, from 0 to below 1. Version 2 (10,000 buckets, unbiased) is what we write; version 1 (1,000)
/// is read for the sake of old experiments. `None` for any other version.
pub fn hash(seed: &str, value: &str, version: u32) -> Option<f64> {
    match version {
        2 => {
            let first = fnv(fnv(START, seed), value);
            let second = fnv(START, &crate::number::integer(u64::from(first)));
            Some(f64::from(second % 10_000) / 10_000.0)
        }
        1 => Some(f64::from(fnv(fnv(START, value), seed) % 1_000) / 1_000.0),
        _ => None,
    }
}

/// Equal weights for `count` variations; none for zero or less.
pub fn equal_weights(count: i32) -> Vec<f64> {
    (0..count).map(|_| 1.0 / f64::from(count)).collect()
}

/// The half-open range of buckets of each variation. Coverage is brought between 0 and 1; weights that are missing,
/// of the wrong number or do not add up to about 1 become equal.
pub fn bucket_ranges(count: i32, coverage: f64, weights: Option<&[f64]>) -> Vec<(f64, f64)> {
    let coverage = coverage.clamp(0.0, 1.0);
    let fits = |weights: &&[f64]| {
        weights.len() as f64 == f64::from(count) && (0.99..=1.01).contains(&weights.iter().sum::<f64>())
    };
    let weights = weights.filter(fits).map_or_else(|| equal_weights(count), <[f64]>::to_vec);
    let mut start = 0.0;
    let range = |weight: f64| {
        let range = (start, start + coverage * weight);
        start += weight;
        range
    };
    weights.into_iter().map(range).collect()
}

/// The first variation whose range holds `bucket`.
pub fn choose_variation(bucket: f64, ranges: &[(f64, f64)]) -> Option<usize> {
    ranges.iter().position(|(start, end)| bucket >= *start && bucket < *end)
}

/// Is `id` in this part (from `start` to below `end`) of a namespace? Parts that do not overlap exclude one another.
pub fn in_namespace(id: &str, namespace: &str, start: f64, end: f64) -> bool {
    let mut seed = String::from("__");
    seed.push_str(namespace);
    hash(&seed, id, 1).is_some_and(|bucket| bucket >= start && bucket < end)
}

/// The variation that the query string of `url` asks for (`?my-test=1`), when there are that many.
pub fn query_string_override(key: &str, url: &str, count: i32) -> Option<i32> {
    let query = url.split('?').nth(1)?.split('#').next()?;
    let pair = |pair: &str| {
        let mut parts = pair.split('=');
        (parts.next() == Some(key)).then(|| parse_int(parts.next().unwrap_or("")))
    };
    query.split('&').find_map(pair).flatten().filter(|index| (0..count).contains(index))
}

/// JavaScript's `parseInt`: leading digits count, the rest is ignored.
fn parse_int(text: &str) -> Option<i32> {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut number: Option<i32> = None;
    for byte in digits.bytes().take_while(u8::is_ascii_digit) {
        number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(i32::from(byte - b'0')));
    }
    number.map(|number| sign * number)
}
