//! Whether a rule made a difference: shares of two groups, and how sure one can be.

use serde::Serialize;

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) reached: u64,
    pub(crate) of: u64,
}

/// A difference of two shares, from -1 to 1, and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Difference {
    pub(crate) difference: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The rule names no goal.
    NoGoal,
    /// Nobody was held back to compare with.
    NoControl,
    /// Fewer than [`LEAST`] visits in one of the groups.
    TooFew,
    /// The interval holds zero: the difference may be chance.
    Unclear,
    Better,
    Worse,
}

/// Fewer visits than this in a group say nothing.
pub(crate) const LEAST: u64 = 30;
/// Of the normal distribution, for 95 % on two sides.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// 0 to 1; `None` of nothing.
    pub(crate) fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| self.reached as f64 / self.of as f64)
    }

    /// E. B. Wilson's score interval.
    fn interval(self) -> (f64, f64) {
        let (n, p) = (self.of as f64, self.rate().unwrap_or(0.0));
        let z2 = Z * Z;
        let centre = p + z2 / (2.0 * n);
        let spread = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
    }
}

/// The difference between what was tried and the control, with the hybrid score interval: method 10 of R. G. Newcombe,
/// "Interval estimation for the difference between independent proportions: comparison of eleven methods", Statistics in
/// Medicine 17 (1998), 873-890. It keeps its 95 % with few goals, too, where the textbook's interval does not. `None` when
/// one of the groups is empty.
pub(crate) fn difference(tried: Share, control: Share) -> Option<Difference> {
    let (p1, p2) = (tried.rate()?, control.rate()?);
    let ((l1, u1), (l2, u2)) = (tried.interval(), control.interval());
    let difference = p1 - p2;
    let low = difference - (p1 - l1).hypot(u2 - p2);
    let high = difference + (u1 - p1).hypot(p2 - l2);
    Some(Difference { difference, low: low.max(-1.0), high: high.min(1.0) })
}

/// What the comparison says, and with how much certainty, when it says anything.
pub(crate) fn compare(tried: Share, control: Share) -> (Verdict, Option<Difference>) {
    if control.of == 0 {
        return (Verdict::NoControl, None);
    }
    if tried.of < LEAST || control.of < LEAST {
        return (Verdict::TooFew, None);
    }
    let difference = difference(tried, control);
    let verdict = match difference {
        Some(Difference { low, .. }) if low > 0.0 => Verdict::Better,
        Some(Difference { high, .. }) if high < 0.0 => Verdict::Worse,
        _ => Verdict::Unclear,
    };
    (verdict, difference)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(reached: u64, of: u64) -> Share {
        Share { reached, of }
    }

    /// Table II of the paper, column of method 10.
    #[test]
    fn it_is_the_interval_of_the_paper() {
        for ((a, m), (b, n), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let found = difference(share(a, m), share(b, n)).unwrap();
            assert!(
                (found.low - low).abs() < 0.000_06 && (found.high - high).abs() < 0.000_06,
                "{a}/{m} {b}/{n}: {found:?}"
            );
        }
    }

    #[test]
    fn swapping_the_groups_mirrors_the_interval_and_more_visits_narrow_it() {
        for m in [30, 47, 200] {
            for (a, b) in [(0, 3), (5, 5), (29, 1), (12, 30)] {
                let one = difference(share(a, m), share(b, 60)).unwrap();
                let other = difference(share(b, 60), share(a, m)).unwrap();
                assert!((one.low + other.high).abs() < 1e-12 && (one.high + other.low).abs() < 1e-12);
                assert!(one.low <= one.difference && one.difference <= one.high);
                let more = difference(share(a * 4, m * 4), share(b * 4, 240)).unwrap();
                assert!(more.high - more.low < one.high - one.low, "{a}/{m} {b}/60");
            }
        }
    }

    /// The chance of each number of goals among `n` visits.
    fn binomial(n: u64, p: f64) -> Vec<f64> {
        let mut chances = vec![(1.0 - p).powi(n as i32)];
        for k in 0..n {
            let last = chances[k as usize];
            chances.push(last * (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p));
        }
        chances
    }

    /// How often the interval holds the true difference: every outcome that there can be, weighed by its chance.
    fn coverage((m, p): (u64, f64), (n, q): (u64, f64)) -> f64 {
        let (of_p, of_q) = (binomial(m, p), binomial(n, q));
        let mut covered = 0.0;
        for (a, chance) in (0..).zip(&of_p) {
            for (b, other) in (0..).zip(&of_q) {
                let found = difference(share(a, m), share(b, n)).unwrap();
                if (found.low..=found.high).contains(&(p - q)) {
                    covered += chance * other;
                }
            }
        }
        covered
    }

    /// Would catch: an interval that promises 95 % and keeps less, where goals are rare and the control is small.
    #[test]
    fn it_holds_the_truth_as_often_as_it_says() {
        let mut all = Vec::new();
        for (m, n) in [(30, 30), (60, 30), (200, 40), (150, 150)] {
            for p in [0.01, 0.03, 0.1, 0.25, 0.5, 0.8] {
                for q in [0.01, 0.05, 0.2, 0.5] {
                    let held = coverage((m, p), (n, q));
                    assert!(held > 0.91, "{held:.4} of {m} at {p} and {n} at {q}");
                    all.push(held);
                }
            }
        }
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        assert!((0.945..0.975).contains(&mean), "{mean:.4}");
    }

    #[test]
    fn what_is_said_follows_from_the_interval() {
        let verdict = |tried, control| compare(tried, control).0;
        assert_eq!(verdict(share(5, 100), share(0, 0)), Verdict::NoControl);
        assert_eq!(verdict(share(29, 29), share(0, 500)), Verdict::TooFew);
        assert_eq!(verdict(share(9, 500), share(0, 29)), Verdict::TooFew);
        assert_eq!(verdict(share(6, 100), share(4, 100)), Verdict::Unclear);
        assert_eq!(verdict(share(60, 1000), share(20, 1000)), Verdict::Better);
        assert_eq!(verdict(share(20, 1000), share(60, 1000)), Verdict::Worse);
        assert!(compare(share(29, 29), share(0, 500)).1.is_none(), "no figure where there is nothing to say");
    }
}
