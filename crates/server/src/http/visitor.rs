//! Routes of the embedding pages.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Extension, Path, State, WebSocketUpgrade, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chinwag_conversation::Availability;
use serde_json::json;

use super::{address, body, frames as posted, headers};
use crate::{
    app::Shared,
    clock,
    error::Error,
    secret,
    sites::Site,
    socket::{self, Door},
    store::{Scope, VisitorScope},
};

pub(super) type SitePath = Result<Path<String>, PathRejection>;

pub(super) fn site(app: &Shared, path: SitePath) -> Result<Arc<Site>, Error> {
    let Path(name) = path.map_err(|_| Error::NotFound("There is no such site on this server."))?;
    app.site(&name)
}

/// The published engagement file.
pub(super) async fn engagement(State(app): State<Shared>, path: SitePath, request: HeaderMap) -> Response {
    let served = site(&app, path)
        .and_then(|site| site.engagement.clone().ok_or(Error::NotFound("This site has no engagement file yet.")));
    let mut response = match served {
        Ok(served) => {
            let mut response = if headers::unchanged(&request, &served.etag) {
                StatusCode::NOT_MODIFIED.into_response()
            } else {
                let kind = [(header::CONTENT_TYPE, "application/json")];
                (kind, served.published.json).into_response()
            };
            let fresh = "public, max-age=30, stale-while-revalidate=600, stale-if-error=604800";
            let out = response.headers_mut();
            out.insert(header::CACHE_CONTROL, HeaderValue::from_static(fresh));
            if let Ok(etag) = HeaderValue::from_str(&served.etag) {
                out.insert(header::ETAG, etag);
            }
            response
        }
        Err(error) => error.into_response(),
    };
    headers::public(response.headers_mut());
    response
}

/// Whether somebody can answer.
pub(super) async fn availability(State(app): State<Shared>, path: SitePath) -> Response {
    let mut response = match site(&app, path) {
        Ok(_) => {
            let state: Availability = app.presence.now();
            let mut response = axum::Json(json!({ "state": state, "at": clock::wall() })).into_response();
            let fresh = HeaderValue::from_static("public, max-age=5");
            response.headers_mut().insert(header::CACHE_CONTROL, fresh);
            response
        }
        Err(error) => error.into_response(),
    };
    headers::public(response.headers_mut());
    response
}

/// The visitor's WebSocket.
pub(super) async fn socket(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    path: SitePath,
    request: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    let site = site(&app, path)?;
    app.site_origin(&site, &request)?;
    open(&app, upgrade, Door::Visitor(site), address::of(&app, peer, &request))
}

/// Turns a checked handshake into a socket task.
pub(super) fn open(
    app: &Shared,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    door: Door,
    address: IpAddr,
) -> Result<Response, Error> {
    app.open_for_new().map_err(|_| Error::Unavailable)?;
    let opens = app.admission.opens(address, clock::elapsed());
    opens.map_err(|refused| Error::TooMany { after_ms: refused.after_ms })?;
    let upgrade = upgrade.map_err(|_| Error::bad("websocket", "Open a WebSocket here, version 13."))?;
    let upgrade = socket::bounded(upgrade);
    let app = Arc::clone(app);
    Ok(upgrade.on_upgrade(move |socket| {
        let sockets = app.sockets.clone();
        sockets.track_future(socket::serve(socket, door, address, app))
    }))
}

/// Frames without a connection.
pub(super) async fn frames(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    path: SitePath,
    request: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let site = site(&app, path)?;
    let origin = app.site_origin(&site, &request)?.to_owned();
    // From here on the page may read what went wrong.
    let mut response = match post(&app, &site, peer, &request, body).await {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(),
    };
    allow(response.headers_mut(), &origin);
    Ok(response)
}

async fn post(
    app: &Shared,
    site: &Site,
    peer: SocketAddr,
    request: &HeaderMap,
    body: Body,
) -> Result<axum::Json<chinwag_conversation::PostAnswer>, Error> {
    let post: posted::Body = body::json(request, body).await?;
    let token = post.token.as_deref().filter(|token| secret::is_token(token));
    let token = token.ok_or(Error::Unauthenticated("Send the visitor's token: 43 characters of base64url."))?;
    let visitor = VisitorScope { site: site.name.clone(), visitor: secret::hash(token) };
    posted::answer(app, &Scope::Visitor(visitor), post, address::of(app, peer, request)).await
}

/// Says that JSON from this origin is welcome.
pub(super) async fn preflight(
    State(app): State<Shared>,
    path: SitePath,
    request: HeaderMap,
) -> Result<Response, Error> {
    let site = site(&app, path)?;
    let origin = app.site_origin(&site, &request)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let out = response.headers_mut();
    allow(out, origin);
    out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Ok(response)
}

pub(super) fn allow(headers: &mut HeaderMap, origin: &str) {
    if let Ok(origin) = HeaderValue::from_str(origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
}
