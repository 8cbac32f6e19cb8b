//! The outbox on the device, in `IndexedDB`: one entry under one key. A browser that refuses it leaves the outbox in memory.

use chinwag_conversation::{Kept, MessageId};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{frames, js};

const DATABASE: &str = "chinwag";
const STORE: &str = "outbox";

/// A scope of the outbox.
pub(crate) struct Keep {
    scope: String,
}

impl Keep {
    pub(crate) fn new(scope: &str) -> Self {
        Self { scope: [scope, ":"].concat() }
    }

    pub(crate) fn put(&self, id: MessageId, text: &str) {
        let (key, text) = (self.key(id), JsValue::from_str(text));
        change(move |store| js::call(store, "put", &[&text, &key]));
    }

    pub(crate) fn remove(&self, id: MessageId) {
        let key = self.key(id);
        change(move |store| js::call(store, "delete", &[&key]));
    }

    /// Tells every entry of an earlier page, in the order of writing. Ids begin with the time, so the keys sort.
    pub(crate) fn all(&self, tell: impl Fn(Kept) + 'static) {
        let range = range(&self.scope);
        spawn_local(async move {
            let Ok(store) = store("readonly").await else { return };
            let Ok(asked) = js::call(&store, "getAll", &[&range]) else { return };
            let Ok(found) = done(&asked).await else { return };
            for text in found.unchecked_into::<Array>().iter().filter_map(|text| text.as_string()) {
                if let Some(kept) = frames::kept(&text) {
                    tell(kept);
                }
            }
        });
    }

    fn key(&self, id: MessageId) -> JsValue {
        JsValue::from_str(&[&self.scope, id.to_string().as_str()].concat())
    }
}

/// Removes the outbox of a scope.
pub fn forget(scope: &str) {
    let range = range(&[scope, ":"].concat());
    change(move |store| js::call(store, "delete", &[&range]));
}

/// Keeps a word beside the outbox, on stable storage within moments.
pub fn remember(scope: &str, word: &str) {
    let (key, word) = (beside(scope), JsValue::from_str(word));
    change(move |store| js::call(store, "put", &[&word, &key]));
}

/// Tells that word, if there is one. Looking makes nothing.
pub fn recall(scope: &str, tell: impl FnOnce(String) + 'static) {
    let key = beside(scope);
    spawn_local(async move {
        drop(recalled(&key).await.map(|word| word.as_string().map(tell)));
    });
}

async fn recalled(key: &JsValue) -> Result<JsValue, JsValue> {
    let all = js::settled(js::call(&js::global("indexedDB"), "databases", &[])?).await?;
    // One that is not there would be made.
    if !all.unchecked_into::<Array>().iter().any(|one| js::text(&one, "name").as_deref() == Some(DATABASE)) {
        return Ok(JsValue::UNDEFINED);
    }
    done(&js::call(&store("readonly").await?, "get", &[key])?).await
}

/// Before all entries of a scope, and forgotten with them.
fn beside(scope: &str) -> JsValue {
    JsValue::from_str(&[scope, ":"].concat())
}

/// All keys that begin so.
fn range(start: &str) -> JsValue {
    let end = JsValue::from_str(&[start, "\u{ffff}"].concat());
    let ranges = js::global("IDBKeyRange");
    js::call(&ranges, "bound", &[&JsValue::from_str(start), &end]).unwrap_or_default()
}

fn change(change: impl FnOnce(&JsValue) -> Result<JsValue, JsValue> + 'static) {
    spawn_local(async move {
        if let Ok(store) = store("readwrite").await {
            drop(change(&store));
        }
    });
}

thread_local! {
    /// The database, or that there is none. One for the page, opened when it is first needed.
    static OPENED: Promise = opened().map_or_else(|error| Promise::reject(&error), |asked| settled(&asked));
}

fn opened() -> Result<JsValue, JsValue> {
    let asked = js::ask(&js::global("indexedDB"), "open", DATABASE)?;
    let request = asked.clone();
    let upgrade = Closure::once_into_js(move || {
        drop(js::ask(&js::get(&request, "result"), "createObjectStore", STORE));
    });
    js::set(&asked, "onupgradeneeded", &upgrade);
    Ok(asked)
}

async fn store(mode: &str) -> Result<JsValue, JsValue> {
    let event = JsFuture::from(OPENED.with(Promise::clone)).await?;
    let database = js::get(&js::get(&event, "target"), "result");
    let name = JsValue::from_str(STORE);
    // Written through to the disk: a power cut loses nothing that was shown as kept.
    let options = js::object(&[("durability", &JsValue::from_str("strict"))]);
    let transaction = js::call(&database, "transaction", &[&name, &JsValue::from_str(mode), &options])?;
    js::call(&transaction, "objectStore", &[&name])
}

/// Settles when the request does.
fn settled(request: &JsValue) -> Promise {
    Promise::new(&mut |resolve, reject| {
        js::set(request, "onsuccess", &resolve);
        js::set(request, "onerror", &reject);
    })
}

async fn done(request: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(settled(request)).await?;
    Ok(js::get(request, "result"))
}
