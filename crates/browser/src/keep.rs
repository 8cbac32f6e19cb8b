//! The outbox on the device, in `IndexedDB`: one entry under one key, and beside them a word on whose they are. A browser
//! that refuses it leaves the outbox in memory, and [`refused`] says so.

use std::cell::Cell;

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::js;

const DATABASE: &str = "chinwag";
const STORE: &str = "outbox";

/// Whether the browser refused something that was to be kept, or had no room for it: that lives no longer than the page.
#[must_use]
pub fn refused() -> bool {
    REFUSED.get()
}

/// Keeps a text under a name, on stable storage within moments. The empty name comes before all others.
pub fn put(scope: &str, name: &str, text: &str) {
    change("put", vec![JsValue::from_str(text), key(scope, name)]);
}

pub fn remove(scope: &str, name: &str) {
    change("delete", vec![key(scope, name)]);
}

/// Removes everything of a scope.
pub fn forget(scope: &str) {
    change("delete", vec![range(scope)]);
}

/// Tells every text of a scope, in the order of the names; ids begin with the time, so entries come in the order of
/// writing. Looking makes nothing.
pub fn read(scope: &str, tell: Box<dyn Fn(String)>) {
    let scope = scope.to_owned();
    spawn_local(async move {
        if let Ok(found) = found(&scope).await {
            found.unchecked_into::<Array>().iter().filter_map(|text| text.as_string()).for_each(tell);
        }
    });
}

async fn found(scope: &str) -> Result<JsValue, JsValue> {
    // One that is not there would be made; but this page may be making it.
    if !MADE.get() {
        let all = js::settled(js::call(&js::global("indexedDB"), "databases", &[])?).await?;
        all.unchecked_into::<Array>()
            .iter()
            .find(|one| js::text(one, "name").as_deref() == Some(DATABASE))
            .ok_or(JsValue::UNDEFINED)?;
    }
    let asked = js::call(&store("readonly").await?, "getAll", &[&range(scope)])?;
    JsFuture::from(settled(&asked, "onsuccess", "onerror")).await?;
    Ok(js::get(&asked, "result"))
}

fn key(scope: &str, name: &str) -> JsValue {
    JsValue::from_str(&[scope, ":", name].concat())
}

/// All keys of a scope.
fn range(scope: &str) -> JsValue {
    let ranges = js::global("IDBKeyRange");
    js::call(&ranges, "bound", &[&key(scope, ""), &key(scope, "\u{ffff}")]).unwrap_or_default()
}

fn change(how: &'static str, with: Vec<JsValue>) {
    spawn_local(async move {
        let changed = async {
            let store = store("readwrite").await?;
            js::call(&store, how, &with.iter().collect::<Vec<_>>())?;
            // A request may succeed and the disk be full in the end.
            JsFuture::from(settled(&js::get(&store, "transaction"), "oncomplete", "onabort")).await
        };
        if changed.await.is_err() {
            REFUSED.set(true);
        }
    });
}

thread_local! {
    static REFUSED: Cell<bool> = const { Cell::new(false) };
    static MADE: Cell<bool> = const { Cell::new(false) };
    /// The database, or that there is none. One for the page, opened when it is first needed.
    static OPENED: Promise = opened().map_or_else(|error| Promise::reject(&error), |asked| settled(&asked, "onsuccess", "onerror"));
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
    MADE.set(true);
    let event = JsFuture::from(OPENED.with(Promise::clone)).await?;
    let database = js::get(&js::get(&event, "target"), "result");
    let name = JsValue::from_str(STORE);
    // Written through to the disk: a power cut loses nothing that was shown as kept.
    let options = js::object(&[("durability", &JsValue::from_str("strict"))]);
    let transaction = js::call(&database, "transaction", &[&name, &JsValue::from_str(mode), &options])?;
    js::call(&transaction, "objectStore", &[&name])
}

/// Settles when the request or the transaction does.
fn settled(asked: &JsValue, done: &str, failed: &str) -> Promise {
    Promise::new(&mut |resolve, reject| {
        js::set(asked, done, &resolve);
        js::set(asked, failed, &reject);
    })
}
