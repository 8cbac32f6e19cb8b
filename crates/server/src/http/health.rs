//! For whoever restarts or balances us.

use axum::extract::State;

use crate::{app::Shared, error::Error, phase::Phase, store::Operator};

/// The process is alive. Never depends on anything else: restarting does not mend a slow disk.
pub(super) async fn live() -> &'static str {
    "ok"
}

/// New clients are welcome.
pub(super) async fn ready(State(app): State<Shared>) -> Result<&'static str, Error> {
    if app.phases.now() != Phase::Serving {
        return Err(Error::Unavailable);
    }
    app.store.probe(&Operator).await?;
    Ok("ready")
}
