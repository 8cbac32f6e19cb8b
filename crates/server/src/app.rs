//! What every request can reach.

use std::sync::Arc;

use axum::http::HeaderMap;
use tokio_util::task::TaskTracker;

use crate::{
    auth::Auth,
    config::Config,
    desk::Desk,
    error::Error,
    hub::Hub,
    origin::OwnOrigins,
    phase::Phases,
    presence::Presence,
    sites::{Site, Sites},
    store::{Hash, SharedStore},
};

/// Sockets at the same time. Beyond: 503, before anything is spent on the newcomer.
const MAX_SOCKETS: usize = 20_000;

pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: SharedStore,
    pub(crate) desk: Arc<Desk>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) presence: Arc<Presence>,
    pub(crate) sites: Arc<Sites>,
    pub(crate) auth: Auth,
    pub(crate) own: OwnOrigins,
    pub(crate) phases: Phases,
    /// Held as long as this server runs.
    #[expect(dead_code, reason = "it does its work by being there")]
    pub(crate) lock: std::fs::File,
    /// Socket tasks, so that stopping can wait for them.
    pub(crate) sockets: TaskTracker,
    pub(crate) connections: TaskTracker,
}

pub(crate) type Shared = Arc<App>;

impl App {
    /// The site, or the 404 that says so.
    pub(crate) fn site(&self, name: &str) -> Result<Arc<Site>, Error> {
        self.sites.get(name).ok_or(Error::NotFound("There is no such site on this server."))
    }

    /// The request's origin when pages of `site` or our own may call from there.
    pub(crate) fn site_origin<'a>(&self, site: &Site, headers: &'a HeaderMap) -> Result<&'a str, Error> {
        let allowed = |origin: &str| self.own.allows(origin) || site.origins.iter().any(|known| known == origin);
        crate::origin::require(headers, allowed)
    }

    /// Refuses new sockets when there are enough, or when the server is about to stop.
    pub(crate) fn admit(&self) -> Result<(), Error> {
        let serving = self.phases.now() == crate::phase::Phase::Serving;
        if serving && self.desk.sockets() < MAX_SOCKETS { Ok(()) } else { Err(Error::Unavailable) }
    }

    pub(crate) async fn session_ended(&self, session: Hash) -> bool {
        self.auth.ended(session).await
    }
}
