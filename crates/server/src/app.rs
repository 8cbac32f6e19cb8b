//! What every request can reach.

use std::{net::IpAddr, sync::Arc};

use axum::http::HeaderMap;
use chinwag_conversation::admission::Refused;
use tokio_util::task::TaskTracker;

use crate::{
    admission::Admission,
    auth::Auth,
    clock,
    config::Config,
    descriptors::Descriptors,
    desk::Desk,
    error::Error,
    files::Files,
    hub::Hub,
    metrics::Metrics,
    origin::OwnOrigins,
    phase::{Phase, Phases},
    presence::Presence,
    rate::Rates,
    readiness::Readiness,
    results::Results,
    sites::{Site, Sites},
    store::{Hash, SharedStore},
};

/// When to ask again: a full server, and one that is about to be another one, in milliseconds.
const FULL_MS: u64 = 30_000;
const STOPPING_MS: u64 = 1_000;
/// What agents' tickets are bound to; no site has this name.
pub(crate) const AGENTS: &str = "/agents";

pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) descriptors: Descriptors,
    pub(crate) store: SharedStore,
    pub(crate) readiness: Readiness,
    pub(crate) admission: Arc<Admission>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) files: Arc<Files>,
    /// Uploads by address: each may be 10 MiB.
    pub(crate) uploads: Rates<IpAddr>,
    pub(crate) results: Results,
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
    pub(crate) fn open_for_new(&self) -> Result<(), Refused> {
        let refuse = |after_ms, spread_ms| Err(Refused { after_ms, spread_ms, place: None });
        match self.phases.now() {
            Phase::Serving if self.desk.clients() < self.descriptors.sockets() => Ok(()),
            Phase::Serving => refuse(FULL_MS, FULL_MS),
            // There is nothing to be had here before we are gone.
            Phase::Draining { window_ms, until } => {
                refuse(until.since(clock::elapsed()).saturating_add(STOPPING_MS), window_ms)
            }
            Phase::Closing { window_ms } => refuse(STOPPING_MS, window_ms),
        }
    }

    pub(crate) async fn session_ended(&self, session: Hash) -> bool {
        self.auth.ended(session).await
    }
}
