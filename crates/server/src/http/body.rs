//! Bodies: bounded, in time, and explained when they are wrong.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use chinwag_conversation::limits;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// For a body to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The whole body as text, at most 64 KiB.
pub(super) async fn text(body: Body) -> Result<String, Error> {
    let bytes = axum::body::to_bytes(body, limits::FRAME_BYTES);
    let bytes = tokio::time::timeout(PATIENCE, bytes).await.map_err(|_| Error::Slow)?.map_err(|error| {
        if std::error::Error::source(&error).is_some_and(|cause| cause.to_string().contains("limit")) {
            Error::TooLarge(limits::FRAME_BYTES)
        } else {
            Error::Slow
        }
    })?;
    String::from_utf8(bytes.into()).map_err(|_| Error::bad("json", "The body is not UTF-8 text."))
}

/// A JSON body of type `application/json`, or `text/plain` where a page wants no preflight.
pub(super) async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Error> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if kind != "application/json" && kind != "text/plain" {
        return Err(Error::MediaType("JSON, as application/json or text/plain"));
    }
    parse(&text(body).await?)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = match error.classify() {
            serde_json::error::Category::Data => {
                format!(
                    "The body is JSON but not what is expected here, at line {line}, column {column}: {}.",
                    brief(&error)
                )
            }
            _ => format!("The body is not JSON: line {line}, column {column}."),
        };
        Error::bad("json", message)
    })
}

/// The library's words without its own place; never more than a line of it, because it may quote the body.
fn brief(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or("").to_owned();
    text.chars().filter(|c| !c.is_control()).take(160).collect()
}
