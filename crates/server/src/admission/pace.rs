//! How many handshakes there may be until some moment. A value: time is an argument.
//!
//! Everything is counted in handshakes since the start: `capacity` is how many there could have been until now, and a
//! promise to a refused client is a place on the same line.

use chinwag_conversation::time::Elapsed;

/// From the first tenth of the rate to all of it, in seconds: caches are cold and everybody comes at once.
const RAMP_S: f64 = 30.0;
const RAMP_FROM: f64 = 0.1;
/// What of the rate is promised to those who were refused; the rest is for newcomers.
const PROMISED: f64 = 0.9;
/// Longest wait that a client is told, in seconds.
const LONGEST_S: f64 = 600.0;

/// Not now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wait {
    pub(super) seconds: f64,
}

#[derive(Debug)]
pub(super) struct Pace {
    per_second: f64,
    began: Elapsed,
    /// Handshakes that took place, at least the capacity less the burst.
    spent: f64,
    /// Up to where places were promised, in the promised share of the capacity.
    promised: f64,
}

impl Pace {
    pub(super) fn new(per_second: u32, began: Elapsed) -> Self {
        let mut pace = Self { per_second: f64::from(per_second.max(1)), began, spent: 0.0, promised: 0.0 };
        pace.spent = -pace.burst();
        pace
    }

    /// A tenth of a second's worth at the same instant.
    fn burst(&self) -> f64 {
        (self.per_second / 10.0).max(1.0)
    }

    fn capacity(&self, now: Elapsed) -> f64 {
        let t = now.since(self.began) as f64 / 1_000.0;
        let ramp = t.min(RAMP_S);
        self.per_second * (ramp * RAMP_FROM + (1.0 - RAMP_FROM) * ramp * ramp / (2.0 * RAMP_S) + (t - ramp))
    }

    /// After how many seconds since the start the capacity is reached.
    fn when(&self, capacity: f64) -> f64 {
        let c = capacity / self.per_second;
        let at_full = RAMP_S * (1.0 + RAMP_FROM) / 2.0;
        if c >= at_full {
            return RAMP_S + c - at_full;
        }
        let a = (1.0 - RAMP_FROM) / (2.0 * RAMP_S);
        ((RAMP_FROM * RAMP_FROM + 4.0 * a * c).sqrt() - RAMP_FROM) / (2.0 * a)
    }

    /// Takes one handshake, or promises a place.
    pub(super) fn take(&mut self, now: Elapsed) -> Result<(), Wait> {
        let capacity = self.capacity(now);
        self.spent = self.spent.max(capacity - self.burst());
        if self.spent + 1.0 <= capacity + 1e-9 {
            self.spent += 1.0;
            return Ok(());
        }
        let floor = capacity * PROMISED;
        self.promised = self.promised.max(floor) + 1.0;
        let t = now.since(self.began) as f64 / 1_000.0;
        let seconds = self.when(self.promised / PROMISED) - t;
        if seconds > LONGEST_S {
            // Who is told the longest wait takes nobody's place.
            self.promised -= 1.0;
        }
        Err(Wait { seconds: seconds.clamp(0.0, LONGEST_S) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Elapsed {
        Elapsed(1_000 + (seconds * 1_000.0) as u64)
    }

    fn admitted(pace: &mut Pace, from: f64, to: f64) -> u32 {
        let mut count = 0;
        let mut t = from;
        while t < to {
            while pace.take(at(t)).is_ok() {
                count += 1;
            }
            t += 0.005;
        }
        count
    }

    #[test]
    fn a_start_takes_a_tenth_and_is_whole_after_thirty_seconds() {
        let mut pace = Pace::new(100, at(0.0));
        let first = admitted(&mut pace, 0.0, 1.0);
        assert!((10..=10 + 12).contains(&first), "the burst and a tenth: {first}");
        admitted(&mut pace, 1.0, 30.0);
        let full = admitted(&mut pace, 30.0, 31.0);
        assert!((99..=101).contains(&full), "{full}");
        admitted(&mut pace, 31.0, 40.0);
        assert_eq!(admitted(&mut pace, 1_000.0, 1_000.001), 10, "quiet times save up one burst and no more");
    }

    /// How 5,000 clients get in who begin at `begin(n)` seconds and come back when they are told to, a random share of an
    /// eighth later: attempts in all, and when the last one is in.
    fn storm(pace: &mut Pace, begin: impl Fn(f64) -> f64) -> (u32, f64) {
        let mut seed = 1_u64;
        let mut random = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut coming: std::collections::BinaryHeap<_> =
            (0..5_000).map(|n| std::cmp::Reverse((begin(f64::from(n) / 5_000.0) * 1_000.0) as u64)).collect();
        let (mut attempts, mut last) = (0, 0);
        while let Some(std::cmp::Reverse(t)) = coming.pop() {
            attempts += 1;
            match pace.take(at(t as f64 / 1_000.0)) {
                Ok(()) => last = last.max(t),
                Err(wait) => {
                    let told = wait.seconds.max(0.25);
                    coming
                        .push(std::cmp::Reverse(t + ((told + random() * (told / 8.0).max(0.25)) * 1_000.0) as u64 + 1));
                }
            }
        }
        (attempts, last as f64 / 1_000.0)
    }

    /// Would catch: a promise that brings everybody back at the same time, or a wait that grows with every question.
    #[test]
    fn a_storm_is_told_places_one_after_the_other_and_few_attempts_are_enough() {
        let window = 5_000.0 / (0.7 * 500.0);
        // A restart: everybody comes within the window that was announced, while the rate grows.
        let (attempts, last) = storm(&mut Pace::new(500, at(0.0)), |share| share * window);
        println!(
            "5,000 clients after a restart: {attempts} attempts, all in after {last:.1} s; the window is {window:.1} s"
        );
        assert!(attempts <= 12_500, "{attempts} attempts of 5,000 clients");
        assert!(last <= window + 10.0, "the last one after {last:.1} s, the window is {window:.1} s");
        // Everybody at the same instant, without a window.
        for started in [0.0, 100.0] {
            let (attempts, last) = storm(&mut Pace::new(100, at(0.0)), |_| started);
            assert!(attempts <= 12_500, "{attempts} attempts of 5,000 clients");
            assert!(last - started <= 5_000.0 / (100.0 * PROMISED) * 1.25 + 14.0, "{:.1} s", last - started);
        }
    }

    #[test]
    fn a_wait_ends_when_its_place_comes() {
        let mut pace = Pace::new(10, at(0.0));
        while pace.take(at(60.0)).is_ok() {}
        let Err(wait) = pace.take(at(60.0)) else { panic!("full") };
        assert!(pace.take(at(60.0 + wait.seconds)).is_ok());
        for _ in 0..100_000 {
            assert!(pace.take(at(60.3)).err().is_none_or(|wait| wait.seconds <= LONGEST_S));
        }
    }
}
