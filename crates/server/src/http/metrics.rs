//! `GET /metrics`: for this machine's own tools, and for admins.

use std::net::SocketAddr;

use axum::{
    extract::{Extension, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::address;
use crate::{app::Shared, error::Error, store::Role};

pub(super) async fn text(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !address::is_local(peer, &headers) && app.auth.signed(&headers).await?.me.role != Role::Admin {
        return Err(Error::Forbidden { code: "role", message: "Only admins may see this." });
    }
    let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    Ok((kind, app.metrics.text(app.store.figures())).into_response())
}
