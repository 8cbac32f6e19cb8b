//! Uploads, and the way back. What comes in is looked at and written anew; what goes out cannot do anything in a browser.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Extension, FromRequest, Multipart, Path, Request, State, multipart::Field, rejection::PathRejection},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use chinwag_conversation::{ConversationId, FileId, FileRef, limits};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    address, agent,
    visitor::{SitePath, allow, site},
};
use crate::{
    app::{App, Shared},
    clock,
    error::Error,
    files::{self, Content, Crowded, FileKind, Unfit},
    secret,
    store::{NewFile, Scope, StoreError, Upload, VisitorScope},
};

/// For a whole upload: 10 MiB over a slow line.
pub(super) const DEADLINE: Duration = Duration::from_secs(120);
/// Without a byte of it for so long, nothing more is expected.
const PAUSE: Duration = Duration::from_secs(10);
/// When to try again while the same address sends as many files as it may, in milliseconds.
const ANOTHER_MS: u64 = 2_000;
/// Longest of the small fields, in bytes.
const FIELD_BYTES: usize = 256;
/// The whole form: the file, the small fields, what is between them.
pub(super) const FORM_BYTES: usize = limits::FILE_BYTES as usize + 16 * 1024;
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Nothing in a file can run, load anything or stand in a frame.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// `POST /v1/sites/{site}/files`
pub(super) async fn visitor(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    path: SitePath,
    request: Request,
) -> Result<Response, Error> {
    let site = site(&app, path)?;
    let origin = app.site_origin(&site, request.headers())?.to_owned();
    let who = |token: Option<String>| {
        let token = token.filter(|token| secret::is_token(token));
        let token = token.ok_or(Error::Unauthenticated("Send the visitor's token: 43 characters of base64url."))?;
        Ok(Scope::Visitor(VisitorScope { site: site.name.clone(), visitor: secret::hash(&token) }))
    };
    // From here on the page may read what went wrong.
    let mut response = match receive(&app, peer, request, who).await {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(),
    };
    allow(response.headers_mut(), &origin);
    Ok(response)
}

/// `POST /v1/agent/files`
pub(super) async fn from_agent(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    request: Request,
) -> Result<Json<Value>, Error> {
    agent::guard(&app, request.headers())?;
    let who = Scope::Agent(app.auth.signed(request.headers()).await?.me.scope());
    receive(&app, peer, request, |_| Ok(who)).await
}

async fn receive(
    app: &App,
    peer: SocketAddr,
    request: Request,
    who: impl FnOnce(Option<String>) -> Result<Scope, Error>,
) -> Result<Json<Value>, Error> {
    let address = address::of(app, peer, request.headers());
    app.uploads.take(&address, clock::elapsed()).map_err(|after_ms| Error::TooMany { after_ms })?;
    let _place = app.files.arrive(address).map_err(|crowded| match crowded {
        Crowded::Address => Error::TooMany { after_ms: ANOTHER_MS },
        Crowded::Server => Error::Unavailable,
    })?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Error::MediaType("multipart/form-data"))?;
    let (mut token, mut conversation, mut id, mut left) = (None, None, None, 8_u8);
    // The file comes last, so that nothing is kept for somebody who may not send it.
    let file = loop {
        left = left.checked_sub(1).ok_or_else(incomplete)?;
        let field = timeout(PAUSE, form.next_field()).await.map_err(|_| Error::Slow)?;
        let field = field.map_err(|_| incomplete())?.ok_or_else(incomplete)?;
        match field.name().unwrap_or_default() {
            "file" => break field,
            "token" => token = Some(small(field).await?),
            "conversation" => conversation = ConversationId::parse(&small(field).await?),
            "id" => id = FileId::parse(&small(field).await?),
            _ => drop(small(field).await?),
        }
    };
    let who = who(token)?;
    let (Some(conversation), Some(id)) = (conversation, id) else { return Err(incomplete()) };
    match app.store.upload(&who, conversation, id, clock::wall()).await? {
        Upload::Known(file) => return Ok(answer(&file)),
        Upload::TooMany { after_ms } => return Err(Error::TooMany { after_ms }),
        Upload::New => {}
    }
    let name = file.file_name().unwrap_or_default().to_owned();
    let content = app.files.prepare(bytes(file).await?).await.map_err(unfit)?;
    let file = keep(app, id, &name, content).await?;
    let noted = app.store.add_file(&who, NewFile { conversation, file: file.clone(), at: clock::wall() }).await;
    if !matches!(noted, Ok(Upload::New)) {
        // Somebody was faster, or it may not be: these bytes belong to nobody.
        let _ = app.files.delete(files::key_of(&file.path).unwrap_or_default()).await;
    }
    let noted = noted.map_err(|error| match error {
        // Mostly the same full disk; whatever it is, the same upload may work later.
        StoreError::Broken(cause) => {
            tracing::error!(cause, "an upload was not noted");
            Error::Unavailable
        }
        other => other.into(),
    });
    match noted? {
        Upload::New => Ok(answer(&file)),
        Upload::Known(earlier) => Ok(answer(&earlier)),
        Upload::TooMany { after_ms } => Err(Error::TooMany { after_ms }),
    }
}

fn answer(file: &FileRef) -> Json<Value> {
    Json(json!({ "file": file }))
}

fn incomplete() -> Error {
    Error::bad("form", "The form needs token (of a visitor), conversation, id and, as the last one, file.")
}

async fn small(field: Field<'_>) -> Result<String, Error> {
    let bytes = collected(field, FIELD_BYTES).await?;
    String::from_utf8(bytes).map_err(|_| incomplete())
}

async fn bytes(field: Field<'_>) -> Result<Vec<u8>, Error> {
    collected(field, limits::FILE_BYTES as usize).await
}

async fn collected(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    loop {
        match timeout(PAUSE, field.chunk()).await.map_err(|_| Error::Slow)? {
            Ok(Some(part)) if all.len() + part.len() > most => return Err(Error::TooLarge(most)),
            Ok(Some(part)) => all.extend_from_slice(&part),
            Ok(None) => return Ok(all),
            Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Error::TooLarge(most));
            }
            Err(_) => return Err(incomplete()),
        }
    }
}

fn unfit(unfit: Unfit) -> Error {
    match unfit {
        Unfit::Empty => Error::bad("empty", "The file is empty."),
        Unfit::Type => Error::MediaType("PNG, JPEG, GIF or WebP images, PDF or plain text"),
        Unfit::Broken => Error::bad("image", "The image cannot be read. Save it anew and send it again."),
        Unfit::TooLarge => Error::TooLarge(limits::FILE_BYTES as usize),
    }
}

async fn keep(app: &App, id: FileId, name: &str, content: Content) -> Result<FileRef, Error> {
    let Content { bytes, kind, dimensions } = content;
    let (size, name) = (bytes.len() as u64, named(name, kind));
    let key = app.files.put(kind, bytes).await.map_err(|error| match files::is_full(&error) {
        true => Error::Full,
        false => Error::Internal(error.to_string()),
    })?;
    Ok(FileRef {
        id,
        path: files::path_of(&key, &name),
        name,
        media: kind.media().to_owned(),
        size,
        width: dimensions.map(|(width, _)| width),
        height: dimensions.map(|(_, height)| height),
    })
}

/// The last part of what the device called it, with the ending of what it is.
fn named(given: &str, kind: FileKind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let clean = stem.chars().filter(|c| !c.is_control() && !is_turning(*c));
    let stem: String = clean.take(limits::FILE_NAME_CHARS - 5).collect();
    let stem = stem.trim().trim_start_matches('.');
    format!("{}.{}", if stem.is_empty() { "file" } else { stem }, kind.ending())
}

/// Characters that make text run the other way: they can make `exe` look like `txt`.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `GET /files/{key}/{name}`
pub(super) async fn serve(
    State(app): State<Shared>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Error> {
    const NOTHING: Error = Error::NotFound("There is no such file.");
    let Path((key, name)) = path.map_err(|_| NOTHING)?;
    let (random, ending) = key.split_once('.').ok_or(NOTHING)?;
    let kind = FileKind::of_ending(ending).filter(|_| secret::is_token(random)).ok_or(NOTHING)?;
    let found = app.files.get(&key).await.map_err(|error| Error::Internal(error.to_string()))?;
    let found = found.ok_or(NOTHING)?;
    let size = found.meta.size;
    let mut response = Body::from_stream(found.into_stream()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    let (way, media) = match kind {
        // Written anew by us: a picture and nothing else.
        FileKind::Png | FileKind::Jpeg | FileKind::Webp => ("inline", kind.media()),
        FileKind::Text => ("attachment", "text/plain; charset=utf-8"),
        FileKind::Gif | FileKind::Pdf => ("attachment", kind.media()),
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let disposition = format!("{way}; filename*=UTF-8''{}", files::escaped(&name));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    // Deleted files should not be seen for long.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_people_read_and_say_what_the_file_is() {
        let cases = [
            ("plan.PNG", "plan.png"),
            ("C:\\photos\\holiday.jpeg", "holiday.png"),
            ("../../etc/passwd", "passwd.png"),
            ("gnp.\u{202e}exe", "gnp.png"),
            (".htaccess", "file.png"),
            ("", "file.png"),
            ("Gr\u{fc}\u{df}e \r\n1", "Gr\u{fc}\u{df}e 1.png"),
        ];
        for (given, expected) in cases {
            assert_eq!(named(given, FileKind::Png), expected);
        }
        assert!(named(&"x".repeat(9_999), FileKind::Webp).chars().count() <= limits::FILE_NAME_CHARS);
    }
}
