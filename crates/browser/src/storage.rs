//! Text kept on the device under `chinwag:<scope>:<key>`. Every call has a scope, none throws, and where a browser refuses
//! storage there is a plain object in its place, as long as the page.

use wasm_bindgen::JsValue;

use crate::{js, number::digits};

/// A scope in one of the browser's storages.
#[derive(Clone)]
pub struct Storage {
    /// Its properties are what it keeps.
    place: JsValue,
    prefix: String,
}

impl Storage {
    /// Kept until the visitor or the browser clears it; memory where that is refused.
    #[must_use]
    pub fn local(scope: &str) -> Self {
        Self::in_browser("localStorage", scope)
    }

    /// Kept as long as the tab; memory where that is refused.
    #[must_use]
    pub fn session(scope: &str) -> Self {
        Self::in_browser("sessionStorage", scope)
    }

    fn in_browser(name: &str, scope: &str) -> Self {
        let storage = js::global(name);
        let place = if storage.is_object() { storage } else { js::object(&[]) };
        Self { place, prefix: ["chinwag:", scope, ":"].concat() }
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        js::text(&self.place, &self.full(key))
    }

    /// False when it could not be kept (full, or refused).
    pub fn set(&self, key: &str, value: &str) -> bool {
        js::set(&self.place, &self.full(key), &JsValue::from_str(value))
    }

    pub fn remove(&self, key: &str) {
        let key = JsValue::from_str(&self.full(key));
        drop(js::call(&js::global("Reflect"), "deleteProperty", &[&self.place, &key]));
    }

    /// The keys of this scope that start with `start`, without the scope, in no order.
    #[must_use]
    pub fn keys(&self, start: &str) -> Vec<String> {
        let all = js::call(&js::global("Object"), "keys", &[&self.place]).unwrap_or_default();
        let mut keys = Vec::new();
        for at in 0..js::number(&all, "length") as u64 {
            let key = js::text(&all, &digits(at)).unwrap_or_default();
            if let Some(key) = key.strip_prefix(&self.prefix).filter(|key| key.starts_with(start)) {
                keys.push(key.to_owned());
            }
        }
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
