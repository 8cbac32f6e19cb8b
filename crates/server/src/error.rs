//! What can go wrong in a request, and what the client is told about it.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::store::StoreError;

/// The one error of this server. 4xx explain what to do; 5xx are logged here, once, and tell the client nothing else.
#[derive(Debug)]
pub(crate) enum Error {
    /// 400: the request does not say what we understand.
    Bad { code: &'static str, message: String },
    /// 401: nobody we know.
    Unauthenticated(&'static str),
    /// 403: not from there.
    Forbidden { code: &'static str, message: &'static str },
    /// 404: nothing here, or nothing for you, which is the same answer.
    NotFound(&'static str),
    /// 405
    Method,
    /// 408: the body did not arrive in time.
    Slow,
    /// 413: over the limit given, in bytes.
    TooLarge(usize),
    /// 415: what is taken instead.
    MediaType(&'static str),
    /// 429: again after so many milliseconds.
    TooMany { after_ms: u64 },
    /// 503: cannot now; the same request may work later.
    Unavailable,
    /// 507: no room for it on the disk. Trying again later may help.
    Full,
    /// 500. The text is for the log.
    Internal(String),
}

impl Error {
    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::Bad { code, message: message.into() }
    }

    fn told(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Bad { code, message } => (StatusCode::BAD_REQUEST, code, message.clone()),
            Self::Unauthenticated(message) => (StatusCode::UNAUTHORIZED, "unauthenticated", (*message).into()),
            Self::Forbidden { code, message } => (StatusCode::FORBIDDEN, code, (*message).into()),
            Self::NotFound(message) => (StatusCode::NOT_FOUND, "not_found", (*message).into()),
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not take that method.".into())
            }
            Self::Slow => {
                (StatusCode::REQUEST_TIMEOUT, "timeout", "The request took too long to arrive. Send it again.".into())
            }
            Self::TooLarge(limit) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("The body is larger than {limit} bytes. Send it in smaller parts."),
            ),
            Self::MediaType(taken) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", format!("This is not taken here. Send {taken}."))
            }
            Self::TooMany { after_ms } => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many",
                format!("Too many attempts. Try again in {} seconds.", after_ms.div_ceil(1_000)),
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The server cannot do this now. Try again in a moment.".into(),
            ),
            Self::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "The server has no room for this now. Try again later, and tell whoever runs it.".into(),
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on the server. Try again later.".into(),
            ),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound("There is nothing here."),
            StoreError::Busy => Self::Unavailable,
            StoreError::Broken(text) => Self::Internal(text),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::Internal(cause) => tracing::error!(cause, "a request failed"),
            Self::Full => tracing::error!("there is no room for files"),
            _ => {}
        }
        let (status, code, message) = self.told();
        let body = json!({ "error": { "code": code, "message": message } });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Self::TooMany { after_ms } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after_ms.div_ceil(1_000)));
        }
        response
    }
}
