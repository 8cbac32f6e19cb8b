//! Latencies: percentiles of what was measured, nothing interpolated.

use std::{fmt, ops::Range};

use serde::Serialize;

/// Samples in microseconds, in any order, each with the time at which it began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<(u64, u64)>);

/// In milliseconds; all 0 when nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Latency {
    pub(crate) count: usize,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Samples {
    /// Something took from `began` to `ended`.
    pub(crate) fn push(&mut self, began: u64, ended: u64) {
        self.0.push((began, ended.saturating_sub(began)));
    }

    /// Those that began in this time.
    pub(crate) fn during(&self, time: &Range<u64>) -> Self {
        Self(self.0.iter().filter(|(began, _)| time.contains(began)).copied().collect())
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    pub(crate) fn latency(&self) -> Latency {
        let mut sorted: Vec<u64> = self.0.iter().map(|(_, took)| *took).collect();
        sorted.sort_unstable();
        let at = |share: f64| {
            let place = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(place.saturating_sub(1)).map_or(0.0, |micros| *micros as f64 / 1_000.0)
        };
        Latency { count: sorted.len(), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1.0) }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p95, p99, max } = self;
        write!(f, "p50 {p50:.1}  p95 {p95:.1}  p99 {p99:.1}  max {max:.1} ms  ({count})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Would catch: a percentile that leaves the slowest samples out.
    #[test]
    fn a_percentile_is_the_smallest_sample_that_so_many_do_not_exceed() {
        let mut samples = Samples::default();
        (1..=200).rev().for_each(|ms| samples.push(5, 5 + ms * 1_000));
        let Latency { count, p50, p95, p99, max } = samples.latency();
        assert_eq!((count, p50, p95, p99, max), (200, 100.0, 190.0, 198.0, 200.0));
        assert_eq!(Samples::default().latency(), Latency::default());
        samples = Samples::default();
        samples.push(0, 7_000);
        assert!((samples.latency().p50 - 7.0).abs() < 1e-9);
    }
}
