//! How many handshakes there may be until some moment. A value: time is an argument.
//!
//! Everything is counted in handshakes since the start: the capacity is how many there could have been until now, and a
//! place in the line is a point on the same scale. Each place is given once and comes at a known time, so nobody has to ask
//! twice, and whoever asks later comes later.

use chinwag_conversation::time::Elapsed;

/// From the first tenth of the rate to all of it, in seconds: caches are cold and everybody comes at once.
const RAMP_S: f64 = 30.0;
const RAMP_FROM: f64 = 0.1;
/// Longest wait that a client is told, in seconds.
pub(super) const LONGEST_S: f64 = 600.0;

#[derive(Debug)]
pub(super) struct Pace {
    per_second: f64,
    began: Elapsed,
    /// The last place that was given.
    line: f64,
}

impl Pace {
    pub(super) fn new(per_second: u32, began: Elapsed) -> Self {
        Self { per_second: f64::from(per_second.max(1)), began, line: f64::NEG_INFINITY }
    }

    /// A tenth of a second's worth at the same instant: what quiet times save up.
    fn burst(&self) -> f64 {
        (self.per_second / 10.0).max(1.0)
    }

    fn seconds(&self, now: Elapsed) -> f64 {
        now.since(self.began) as f64 / 1_000.0
    }

    fn capacity(&self, t: f64) -> f64 {
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

    /// The next place, and in how many seconds it comes: 0 when it is there.
    fn next(&self, now: Elapsed) -> (f64, f64) {
        let t = self.seconds(now);
        let capacity = self.capacity(t);
        let place = self.line.max(capacity - self.burst()) + 1.0;
        (place, if place <= capacity + 1e-9 { 0.0 } else { (self.when(place) - t).max(0.0) })
    }

    /// In how many seconds a place would come that was taken now.
    pub(super) fn wait(&self, now: Elapsed) -> f64 {
        self.next(now).1
    }

    /// Takes the next place, which comes in so many seconds; `None`, and nothing taken, when that is too long.
    pub(super) fn take(&mut self, now: Elapsed, longest: f64) -> Option<f64> {
        let (place, wait) = self.next(now);
        (wait <= longest).then(|| {
            self.line = place;
            wait
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: f64) -> Elapsed {
        Elapsed(1_000 + (seconds * 1_000.0) as u64)
    }

    fn admitted(pace: &mut Pace, from: f64, to: f64) -> u32 {
        let mut count = 0;
        let mut t = from;
        while t < to {
            while pace.take(at(t), 0.0).is_some() {
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

    /// Would catch: a line that is longer than the promise to 5,000 clients of a restarted server.
    #[test]
    fn a_restart_has_everybody_in_within_the_window_and_ten_seconds() {
        let window = 5_000.0 / (0.7 * 500.0);
        let mut pace = Pace::new(500, at(0.0));
        let mut last = 0.0_f64;
        for n in 0..5_000 {
            let t = f64::from(n) / 5_000.0 * window;
            last = last.max(t + pace.take(at(t), LONGEST_S).unwrap());
        }
        println!("5,000 clients: the last place comes after {last:.1} s; the window is {window:.1} s");
        assert!(last <= window + 9.0, "{last:.1} s, and connecting takes time, too");
    }

    #[test]
    fn a_place_that_is_too_far_away_is_not_taken() {
        let mut pace = Pace::new(1, at(0.0));
        while pace.take(at(60.0), LONGEST_S).is_some() {}
        let wait = pace.wait(at(60.0));
        assert!(wait > LONGEST_S && wait < LONGEST_S + 2.0);
        assert!((0..1_000).all(|_| pace.take(at(60.0), LONGEST_S).is_none()));
        assert_eq!(pace.wait(at(60.0)), wait);
    }

    proptest! {
        /// Places come in the order of asking, and never more of them in any time than the rate and one burst.
        #[test]
        fn places_keep_the_order_and_the_rate(rate in 1_u32..2_000, gaps in prop::collection::vec(0_u32..400, 1..300)) {
            let mut pace = Pace::new(rate, at(0.0));
            let (mut t, mut places) = (0.0, Vec::new());
            for gap in gaps {
                // Half of them at the same instant.
                t += f64::from(gap.saturating_sub(200)) / 1_000.0;
                // Milliseconds are what the clock has.
                places.extend(pace.take(at(t), LONGEST_S).map(|wait| (at(t).0 - 1_000) as f64 / 1_000.0 + wait));
            }
            for pair in places.windows(2) {
                prop_assert!(pair[0] <= pair[1] + 1e-6, "{pair:?}");
            }
            for (n, first) in places.iter().enumerate() {
                let within = places[n..].iter().filter(|place| **place < first + 1.0).count();
                let most = f64::from(rate) + pace.burst() + 1.0;
                prop_assert!(within as f64 <= most, "{within} within a second at {rate}");
            }
        }
    }
}
