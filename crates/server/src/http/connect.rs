//! `GET …/connect`: whether to come now. Answered before anything is known of the client, and without the store.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{Extension, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chinwag_conversation::admission::Refused;

use super::{
    address,
    visitor::{SitePath, allow, site},
};
use crate::{
    app::{AGENTS, App, Shared},
    clock,
    error::Error,
    origin,
};

pub(super) async fn visitor(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    path: SitePath,
    request: HeaderMap,
) -> Result<Response, Error> {
    let site = site(&app, path)?;
    // A browser leaves the origin out of a `GET` only where page and server are of one origin. The connection itself
    // always brings it.
    let origin = request.contains_key(header::ORIGIN).then(|| app.site_origin(&site, &request)).transpose()?;
    let mut response = answer(&app, &site.name, peer, &request);
    if let Some(origin) = origin {
        allow(response.headers_mut(), origin);
    }
    Ok(response)
}

pub(super) async fn agent(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    request: HeaderMap,
) -> Result<Response, Error> {
    origin::not_foreign(&request, &app.own)?;
    Ok(answer(&app, AGENTS, peer, &request))
}

fn answer(app: &App, site: &str, peer: SocketAddr, request: &HeaderMap) -> Response {
    let decided = match app.open_for_new() {
        Ok(()) => app.admission.ticket(site, address::of(app, peer, request), clock::elapsed()),
        Err(refused) => Err(refused),
    };
    let mut response = match decided {
        Ok(ticket) => Json(ticket).into_response(),
        Err(refused) => wait(refused),
    };
    // A ticket is for one connection.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn wait(refused: Refused) -> Response {
    let seconds = HeaderValue::from(refused.after_ms.div_ceil(1_000));
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(refused)).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}
