//! Token buckets: how many sends and sign-ins are enough.

use std::{
    collections::HashMap,
    hash::Hash as Key,
    sync::{Mutex, PoisonError},
};

use chinwag_conversation::time::Elapsed;

/// How much of something in a minute, and how much of it at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) per_minute: u32,
    pub(crate) burst: u32,
}

impl Rate {
    /// A third of a minute's worth at once.
    pub(crate) const fn of(per_minute: u32) -> Self {
        Self { per_minute, burst: per_minute / 3 }
    }
}

/// Thousandths of a token, and when they were counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    milli: u64,
    at: Elapsed,
}

impl Bucket {
    pub(crate) fn full(rate: Rate, now: Elapsed) -> Self {
        Self { milli: u64::from(rate.burst) * 1_000, at: now }
    }

    /// Takes one token, or says after how many milliseconds there is one.
    pub(crate) fn take(&mut self, rate: Rate, now: Elapsed) -> Result<(), u64> {
        self.refill(rate, now);
        if self.milli >= 1_000 {
            self.milli -= 1_000;
            return Ok(());
        }
        let missing = (1_000 - self.milli) * 60;
        Err(missing.div_ceil(u64::from(rate.per_minute).max(1)))
    }

    fn refill(&mut self, rate: Rate, now: Elapsed) {
        let full = u64::from(rate.burst) * 1_000;
        let gained = now.since(self.at).saturating_mul(u64::from(rate.per_minute)) / 60;
        if gained > 0 {
            self.milli = self.milli.saturating_add(gained).min(full);
            self.at = now;
        }
    }
}

/// Buckets by key. A full bucket says nothing and is forgotten.
#[derive(Debug)]
pub(crate) struct Rates<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

/// Buckets kept before the full ones are thrown out.
const PRUNE_AT: usize = 10_000;

impl<K: Key + Eq + Clone> Rates<K> {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes one token of `key`, or says after how many milliseconds there is one.
    pub(crate) fn take(&self, key: &K, now: Elapsed) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= PRUNE_AT {
            let full = u64::from(self.rate.burst) * 1_000;
            let rate = self.rate;
            buckets.retain(|_, bucket| {
                bucket.refill(rate, now);
                bucket.milli < full
            });
        }
        let full = Bucket::full(self.rate, now);
        buckets.entry(key.clone()).or_insert(full).take(self.rate, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_one_a_second() {
        let rates = Rates::new(Rate::of(60));
        for _ in 0..20 {
            assert_eq!(rates.take(&"a", Elapsed(0)), Ok(()));
        }
        assert_eq!(rates.take(&"a", Elapsed(0)), Err(1_000));
        assert_eq!(rates.take(&"b", Elapsed(0)), Ok(()), "keys are apart");
        assert_eq!(rates.take(&"a", Elapsed(999)), Err(1));
        assert_eq!(rates.take(&"a", Elapsed(1_000)), Ok(()));
        assert_eq!(rates.take(&"a", Elapsed(1_000)), Err(1_000));
    }

    #[test]
    fn forgetting_a_bucket_does_not_refill_an_empty_one() {
        let rates = Rates::new(Rate { per_minute: 1, burst: 1 });
        assert_eq!(rates.take(&usize::MAX, Elapsed(0)), Ok(()));
        for key in 0..PRUNE_AT {
            assert_eq!(rates.take(&key, Elapsed(0)), Ok(()));
        }
        assert!(rates.take(&usize::MAX, Elapsed(1)).is_err());
    }
}
