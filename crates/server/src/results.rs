//! What rules brought: counts on their way from browsers to the store, and what they say.

pub(crate) mod lift;
pub(crate) mod report;

use std::{
    collections::{BTreeMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chinwag_conversation::limits;

use crate::{
    rate::{Rate, Rates},
    sites::Site,
    store::{Counted, Counts, Day, SharedStore},
};

/// What a browser says: rule, variation if any, and the word of what happened.
pub(crate) type Line = (String, Option<String>, String);

type Waiting = BTreeMap<(Arc<str>, Day), BTreeMap<Counted, Counts>>;

/// Counts that are not in the store yet. There are never more than published rules and variations.
pub(crate) struct Results {
    waiting: Mutex<Waiting>,
    /// By address.
    pub(crate) posts: Rates<IpAddr>,
}

impl Results {
    pub(crate) fn new() -> Self {
        let rate = Rate::of(limits::RESULT_POSTS_PER_MINUTE);
        Self { waiting: Mutex::default(), posts: Rates::new(rate) }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what one page says of the site's published rules; the rest is left out. A page is one visitor, so no
    /// count of a body grows by more than one.
    pub(crate) fn add(&self, site: &Site, day: Day, lines: Vec<Line>) {
        let Some(served) = &site.engagement else { return };
        let known = |rule: &str, variation: &str| {
            let rule = served.rules.iter().find(|known| known.id == rule);
            rule.is_some_and(|rule| variation.is_empty() || rule.variations.iter().any(|known| known == variation))
        };
        let mut counts = BTreeMap::<Counted, Counts>::new();
        let unique: HashSet<Line> = lines.into_iter().take(limits::RESULT_LINES).collect();
        for (rule, variation, word) in unique {
            let variation = variation.unwrap_or_default();
            let mut one = Counts::default();
            if let (Some(count), true) = (one.of(&word), known(&rule, &variation)) {
                *count = 1;
                *counts.entry(Counted { rule, variation }).or_default() += one;
            }
        }
        self.keep((site.name.clone(), day), counts);
    }

    fn keep(&self, place: (Arc<str>, Day), counts: BTreeMap<Counted, Counts>) {
        if counts.is_empty() {
            return;
        }
        let mut waiting = self.lock();
        let kept = waiting.entry(place).or_default();
        for (counted, more) in counts {
            *kept.entry(counted).or_default() += more;
        }
    }

    /// Writes what waits: one operation a site and day, however many pages spoke. What could not be written waits on.
    pub(crate) async fn flush(&self, store: &SharedStore) {
        let waiting = std::mem::take(&mut *self.lock());
        for ((site, day), counts) in waiting {
            let rows = counts.iter().map(|(counted, counts)| (counted.clone(), *counts)).collect();
            if let Err(error) = store.add_results(&site, day, rows).await {
                tracing::warn!(?error, "counts of rules wait on");
                self.keep((site, day), counts);
            }
        }
    }
}
