//! Text kept on the device under `chinwag:<scope>:<key>`. Every call has a scope, none throws, and a browser that refuses
//! storage gets memory.

use std::{cell::RefCell, rc::Rc};

#[derive(Clone)]
enum Place {
    Browser(web_sys::Storage),
    /// Pairs in no order: a few dozen at most, and a list is the smallest code.
    Memory(Rc<RefCell<Vec<(String, String)>>>),
}

/// A scope in one of the browser's storages.
#[derive(Clone)]
pub struct Storage {
    place: Place,
    prefix: String,
}

impl Storage {
    /// Kept until the visitor or the browser clears it; memory where that is refused.
    #[must_use]
    pub fn local(scope: &str) -> Self {
        Self::in_browser(web_sys::window().and_then(|w| w.local_storage().ok().flatten()), scope)
    }

    /// Kept as long as the tab; memory where that is refused.
    #[must_use]
    pub fn session(scope: &str) -> Self {
        Self::in_browser(web_sys::window().and_then(|w| w.session_storage().ok().flatten()), scope)
    }

    /// Kept as long as the page.
    #[must_use]
    pub fn memory(scope: &str) -> Self {
        Self::in_browser(None, scope)
    }

    fn in_browser(storage: Option<web_sys::Storage>, scope: &str) -> Self {
        let place = storage.map_or_else(|| Place::Memory(Rc::default()), Place::Browser);
        Self { place, prefix: ["chinwag:", scope, ":"].concat() }
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        let key = self.full(key);
        match &self.place {
            Place::Browser(storage) => storage.get_item(&key).ok().flatten(),
            Place::Memory(pairs) => {
                pairs.borrow().iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
            }
        }
    }

    /// False when it could not be kept (full, or refused).
    pub fn set(&self, key: &str, value: &str) -> bool {
        let key = self.full(key);
        match &self.place {
            Place::Browser(storage) => storage.set_item(&key, value).is_ok(),
            Place::Memory(pairs) => {
                let mut pairs = pairs.borrow_mut();
                pairs.retain(|(name, _)| *name != key);
                pairs.push((key, value.into()));
                true
            }
        }
    }

    pub fn remove(&self, key: &str) {
        let key = self.full(key);
        match &self.place {
            Place::Browser(storage) => drop(storage.remove_item(&key)),
            Place::Memory(pairs) => pairs.borrow_mut().retain(|(name, _)| *name != key),
        }
    }

    /// The keys of this scope that start with `start`, without the scope, sorted.
    #[must_use]
    pub fn keys(&self, start: &str) -> Vec<String> {
        let all: Vec<String> = match &self.place {
            Place::Browser(storage) => {
                (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten()).collect()
            }
            Place::Memory(pairs) => pairs.borrow().iter().map(|(name, _)| name.clone()).collect(),
        };
        let ours = |key: String| Some(key.strip_prefix(&self.prefix)?.to_owned()).filter(|key| key.starts_with(start));
        let mut keys: Vec<String> = all.into_iter().filter_map(ours).collect();
        keys.sort_unstable();
        keys
    }

    /// Removes everything of this scope.
    pub fn clear(&self) {
        for key in self.keys("") {
            self.remove(&key);
        }
    }

    fn full(&self, key: &str) -> String {
        [self.prefix.as_str(), key].concat()
    }
}
