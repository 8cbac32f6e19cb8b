//! For whoever restarts or balances us.

use axum::extract::State;

use crate::{app::Shared, clock, error::Error, phase::Phase};

/// The process is alive. Never depends on anything else: restarting does not mend a slow disk. That there are too few
/// descriptors is told to whoever still has a connection.
pub(super) async fn live(State(app): State<Shared>) -> &'static str {
    if app.descriptors.are_short(clock::elapsed()) { "ok, but too few files may be open (ulimit -n)" } else { "ok" }
}

/// New clients are welcome.
pub(super) async fn ready(State(app): State<Shared>) -> Result<&'static str, Error> {
    let now = clock::elapsed();
    if app.phases.now() != Phase::Serving
        || app.descriptors.are_short(now)
        || !app.readiness.is_ready(&app.store, now).await
    {
        return Err(Error::Unavailable);
    }
    Ok("ready")
}
