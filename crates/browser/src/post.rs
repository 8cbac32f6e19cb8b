//! Requests.

use chinwag_conversation::PostFailure;
use wasm_bindgen::JsValue;

use crate::js;

/// Sends frames and waits for the answer. A visitor's body is `text/plain`: no preflight, which an outage could break.
pub(crate) async fn post(url: &str, body: &str, agent: bool, signal: &JsValue) -> Result<String, PostFailure> {
    let headers = js::object(&[]);
    let kind = if agent { "application/json" } else { "text/plain" };
    js::set(&headers, "content-type", &JsValue::from_str(kind));
    if agent {
        js::set(&headers, "x-chinwag", &JsValue::from_str("1"));
    }
    let init = init(agent);
    for (name, value) in [
        ("method", &JsValue::from_str("POST")),
        ("body", &JsValue::from_str(body)),
        ("signal", signal),
        ("headers", &headers),
    ] {
        js::set(&init, name, value);
    }
    let (status, text) = request(url, &init).await.ok_or(PostFailure::Unreachable)?;
    match status {
        200 => Ok(text),
        401 | 403 | 404 => Err(PostFailure::Refused),
        _ => Err(PostFailure::Busy),
    }
}

/// The answer, whatever its status; `None`: there is no way to the server, or it may not be read.
pub(crate) async fn get(url: &str, agent: bool) -> Option<String> {
    request(url, &init(agent)).await.map(|(_, text)| text)
}

fn init(agent: bool) -> JsValue {
    let credentials = if agent { "same-origin" } else { "omit" };
    js::object(&[("credentials", &JsValue::from_str(credentials))])
}

async fn request(url: &str, init: &JsValue) -> Option<(u16, String)> {
    let asked = js::call(&js_sys::global(), "fetch", &[&JsValue::from_str(url), init]).ok()?;
    let response = js::settled(asked).await.ok()?;
    let text = js::settled(js::call(&response, "text", &[]).ok()?).await.ok()?;
    Some((js::number(&response, "status") as u16, text.as_string()?))
}
