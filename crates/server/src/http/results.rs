//! What rules brought: counts from the embedding pages, and the console's report.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::{Extension, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chinwag_conversation::limits::RESULT_DAYS;
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{address, agent, body, visitor};
use crate::{
    app::{App, Shared},
    clock,
    error::Error,
    metrics::Class,
    results::{
        Line,
        report::{RuleResults, report},
    },
    sites::Site,
    store::Day,
};

/// Days that are looked at when nobody says which: four weeks.
const USUAL_DAYS: u32 = 28;
const EPOCH: Date = Date::constant(1970, 1, 1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// The first one when it is not said.
    site: Option<String>,
    /// Days of UTC, both included.
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Report {
    site: String,
    sites: Vec<String>,
    from: String,
    to: String,
    rules: Vec<RuleResults>,
}

/// Counts of one page. The browser does not wait for the answer.
pub(super) async fn add(
    State(app): State<Shared>,
    Extension(peer): Extension<SocketAddr>,
    path: visitor::SitePath,
    request: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let site = visitor::site(&app, path)?;
    let origin = app.site_origin(&site, &request)?.to_owned();
    let mut response = match take(&app, peer, &site, &request, body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.into_response(),
    };
    visitor::allow(response.headers_mut(), &origin);
    Ok(response)
}

async fn take(app: &App, peer: SocketAddr, site: &Site, request: &HeaderMap, body: Body) -> Result<(), Error> {
    let posts = app.results.posts.take(&address::of(app, peer, request), clock::elapsed());
    posts.map_err(|after_ms| Error::TooMany { after_ms })?;
    if !app.desk.has_room(Class::Result) {
        return Err(Error::Unavailable);
    }
    let lines: Vec<Line> = body::json(request, body).await?;
    app.results.add(site, Day::of(clock::wall()), lines);
    Ok(())
}

/// The report on a site.
pub(super) async fn read(
    State(app): State<Shared>,
    headers: HeaderMap,
    params: Result<Query<Params>, QueryRejection>,
) -> Result<Json<Report>, Error> {
    let agent = app.auth.signed(&headers).await?.me.scope();
    let Params { site, from, to } = agent::query(params)?;
    let sites = app.sites.names();
    let name = site.as_deref().or(sites.first().map(String::as_str)).unwrap_or_default();
    let site = app.site(name)?;
    let today = Day::of(clock::wall());
    let to = to.map_or(Ok(today), |text| day(&text))?.min(today);
    let from = from.map_or(Ok(to.before(USUAL_DAYS - 1)), |text| day(&text))?.max(today.before(RESULT_DAYS));
    let counts = app.store.results(&agent, &site.name, from, to).await?;
    let shown = site.engagement.as_ref().map(|served| Arc::clone(&served.rules));
    let rules = report(shown.as_deref().unwrap_or_default(), counts);
    Ok(Json(Report { site: site.name.to_string(), sites, from: date(from), to: date(to), rules }))
}

fn day(text: &str) -> Result<Day, Error> {
    let date: Date = text.parse().map_err(|_| Error::bad("query", "A day is written like 2026-11-20."))?;
    Ok(Day(EPOCH.until(date).ok().and_then(|span| u32::try_from(span.get_days()).ok()).unwrap_or(0)))
}

fn date(Day(day): Day) -> String {
    EPOCH.saturating_add(i64::from(day).days()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_they_are_read() {
        for text in ["1970-01-01", "2026-11-21", "2028-02-29"] {
            assert_eq!(date(day(text).unwrap()), text);
        }
        assert_eq!(day("1969-12-31").unwrap(), Day(0), "nothing was counted before there were computers to count");
        assert!(day("21.11.2026").is_err() && day("").is_err());
    }
}
