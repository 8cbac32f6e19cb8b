//! Files on their way to the server, by `XMLHttpRequest`: `fetch` does not tell how far an upload is.

use chinwag_conversation::FileRef;
use js_sys::Array;
use wasm_bindgen::{JsValue, closure::Closure};

use crate::{frames, js};

/// Longer than the server waits for a whole upload, in ms.
const PATIENCE_MS: u32 = 150_000;

/// A file that somebody chose, dropped or pasted.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub file: JsValue,
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// How an upload goes.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Percent of the bytes have left.
    Progress(u8),
    Done(FileRef),
    /// HTTP status and body; 0: no answer.
    Failed(u16, String),
}

/// A running upload. Dropping it aborts.
pub struct Upload {
    request: JsValue,
    _heard: Closure<dyn FnMut(JsValue)>,
}

/// The files of a `change`, `drop` or `paste` event.
#[must_use]
pub fn given(event: &JsValue) -> Vec<Given> {
    let files = |from| Some(js::get(&js::get(event, from), "files")).filter(JsValue::is_object);
    let list = ["dataTransfer", "clipboardData", "target"].into_iter().find_map(files);
    let list = list.map(|list| Array::from(&list).to_vec()).unwrap_or_default();
    let given = |file: JsValue| Given {
        name: js::text(&file, "name").unwrap_or_default(),
        size: js::number(&file, "size") as u64,
        file,
    };
    list.into_iter().map(given).collect()
}

impl Upload {
    /// Posts `file` behind the small `fields`. `told` is called asynchronously; nothing follows `Done` and `Failed`.
    #[must_use]
    pub fn start(url: &str, fields: &[(&str, &str)], file: &JsValue, told: impl Fn(News) + 'static) -> Self {
        let request = js::construct("XMLHttpRequest", &[]).unwrap_or_default();
        let asked = request.clone();
        let heard = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if js::text(&event, "type").as_deref() == Some("progress") {
                told(News::Progress((js::number(&event, "loaded") * 100.0 / js::number(&event, "total")) as u8));
                return;
            }
            let text = js::text(&asked, "responseText").unwrap_or_default();
            told(
                frames::uploaded(&text)
                    .map_or_else(|| News::Failed(js::number(&asked, "status") as u16, text), News::Done),
            );
        });
        js::set(&js::get(&request, "upload"), "onprogress", heard.as_ref());
        js::set(&request, "onloadend", heard.as_ref());
        drop(send(&request, url, fields, file));
        Self { request, _heard: heard }
    }
}

fn send(request: &JsValue, url: &str, fields: &[(&str, &str)], file: &JsValue) -> Result<JsValue, JsValue> {
    let form = js::construct("FormData", &[])?;
    for (name, value) in fields {
        js::call(&form, "append", &[&JsValue::from_str(name), &JsValue::from_str(value)])?;
    }
    js::call(&form, "append", &[&JsValue::from_str("file"), file])?;
    js::call(request, "open", &[&JsValue::from_str("POST"), &JsValue::from_str(url)])?;
    #[cfg(feature = "agents")]
    js::call(request, "setRequestHeader", &[&JsValue::from_str("x-chinwag"), &JsValue::from_str("1")])?;
    js::set(request, "timeout", &PATIENCE_MS.into());
    js::call(request, "send", &[&form])
}

impl Drop for Upload {
    fn drop(&mut self) {
        // An abort would be told, and nobody listens any more.
        js::set(&self.request, "onloadend", &JsValue::NULL);
        js::set(&js::get(&self.request, "upload"), "onprogress", &JsValue::NULL);
        drop(js::call(&self.request, "abort", &[]));
    }
}
