//! Drills with the fault between client and server.

use std::{ops::Range, time::Duration};

use tokio::time::{Instant, sleep};

use super::Finding;
use crate::{
    audit,
    client::{Order, Script},
    clock,
    crowd::{Crowd, Size},
    latency::{Latency, Samples},
    office,
    proxy::{Fault, Proxy},
    record::Record,
    server::Server,
    talk::{self, PATIENCE},
};

/// Who takes part.
pub(super) const AGENTS: usize = 3;

/// A crowd that writes `rate` messages a second in all.
pub(super) fn size(visitors: usize, agents: usize, rate: f64) -> Size {
    let script =
        Script { per_second: rate / visitors as f64, answered: 0.1, think_ms: 500.0, breaks_per_minute: 0.0, agents };
    Size { visitors, ramp: Duration::from_secs(2), script }
}

/// From writing to the other side, over the messages written in this time.
pub(super) fn arrivals(records: &[Record], time: Range<u64>) -> Latency {
    let mut all = Samples::default();
    records.iter().for_each(|record| all.extend(&record.arrivals.during(&time)));
    all.latency()
}

/// From writing to `Sent`.
pub(super) fn acks(records: &[Record], time: Range<u64>) -> Latency {
    let mut all = Samples::default();
    records.iter().for_each(|record| all.extend(&record.acks.during(&time)));
    all.latency()
}

/// Wake-ups are lost for a while: `top` heals it.
pub(super) async fn delay(server: &mut Server, seconds: f64) -> Result<Finding, String> {
    let (visitors, rate) = (50, 20.0);
    let mut finding =
        Finding::new("delay", format!("{visitors} visitors, {rate} messages/s, no events for {seconds} s"));
    let (cookies, proxy, crowd) = gathered(server, visitors, rate).await?;
    crowd.order(Order::Talk);
    sleep(Duration::from_secs(3)).await;
    proxy.set(Fault::NoEvents);
    sleep(Duration::from_secs_f64(seconds)).await;
    let dropped = proxy.counted();
    proxy.set(Fault::Nothing);
    sleep(Duration::from_secs(3)).await;
    let (records, logs) = talk::account(crowd, server, &cookies).await?;
    finding.at_least("events dropped", rate * seconds, dropped as f64, "");
    finding.at_most("delivery, p99", 20_000.0, arrivals(&records, 0..u64::MAX).p99, " ms");
    finding.audited(&audit::audit(&records, &logs));
    Ok(finding)
}

/// The control: without `top` too, nothing heals while the fault lasts.
pub(super) async fn delay_control(server: &mut Server, seconds: f64) -> Result<Finding, String> {
    let (visitors, rate) = (20, 5.0);
    let mut finding = Finding::new("delay, control", format!("no events and no tops for {seconds} s"));
    let (cookies, proxy, crowd) = gathered(server, visitors, rate).await?;
    crowd.order(Order::Talk);
    proxy.set(Fault::NoEventsNoTops);
    sleep(Duration::from_secs_f64(seconds)).await;
    proxy.set(Fault::Nothing);
    let (records, _) = talk::account(crowd, server, &cookies).await?;
    finding.at_least("delivery, p99", 20_000.0_f64.min(seconds * 500.0), arrivals(&records, 0..u64::MAX).p99, " ms");
    Ok(finding)
}

/// Visitors and agents behind a proxy that breaks nothing yet, all of them live.
pub(super) async fn gathered(
    server: &mut Server,
    visitors: usize,
    rate: f64,
) -> Result<(Vec<String>, Proxy, Crowd), String> {
    let cookies = office::agents(server, AGENTS).await?;
    let proxy = Proxy::start(server.address()).await?;
    let crowd = Crowd::gather(proxy.address, &cookies, size(visitors, AGENTS, rate));
    crowd.all_live(PATIENCE).await?;
    Ok((cookies, proxy, crowd))
}

/// Connections that the server counts as live; a transport that nobody used yet has no figure.
async fn connections(server: &Server) -> Result<f64, String> {
    let sockets = server.metric("chinwag_connections_live{transport=\"socket\"}").await?;
    let polls = server.metric("chinwag_connections_live{transport=\"poll\"}").await.unwrap_or(0.0);
    Ok(sockets + polls)
}

/// Visitors and agents vanish without a goodbye: nobody counts them for long.
pub(super) async fn ghosts(server: &mut Server, visitors: usize) -> Result<Finding, String> {
    const LONGEST: f64 = 60.0;
    const PATIENCE_S: f64 = 120.0;
    let mut finding = Finding::new("ghosts", format!("{visitors} visitors and {AGENTS} agents vanish"));
    let (_, proxy, crowd) = gathered(server, visitors, 1.0).await?;
    let all = crowd.size as f64;
    let before = connections(server).await?;
    // A few are between two held POSTs.
    finding.at_least("counted before", all * 0.95, before, "");
    proxy.set(Fault::Silence);
    let vanished = Instant::now();
    crowd.end().await;
    finding.at_least("counted just after: nobody told", all * 0.95, connections(server).await?, "");
    let (mut away, mut gone) = (None, None);
    while gone.is_none() && vanished.elapsed().as_secs_f64() < PATIENCE_S {
        let now = vanished.elapsed().as_secs_f64();
        if away.is_none() && office::availability(server.address()).await? == "away" {
            away = Some(now);
        }
        if connections(server).await? < 1.0 {
            gone = Some(now);
        }
        sleep(Duration::from_millis(200)).await;
    }
    finding.at_most("until nobody is available", LONGEST, away.unwrap_or(f64::INFINITY), " s");
    finding.at_most("until no connection is counted", LONGEST, gone.unwrap_or(f64::INFINITY), " s");
    Ok(finding)
}

/// Only plain `POST`s pass for a while.
pub(super) async fn dark(server: &mut Server, seconds: f64) -> Result<Finding, String> {
    let (visitors, rate) = (50, 10.0);
    let setting = format!("{visitors} visitors, {rate} messages/s, only POSTs for {seconds} s");
    let mut finding = Finding::new("dark", setting);
    let (cookies, proxy, crowd) = gathered(server, visitors, rate).await?;
    crowd.order(Order::Talk);
    sleep(Duration::from_secs(3)).await;
    proxy.set(Fault::PostsOnly);
    let began = clock::micros();
    sleep(Duration::from_secs_f64(seconds)).await;
    let (ended, live, hit) = (clock::micros(), crowd.live(), proxy.counted());
    crowd.order(Order::Live);
    proxy.set(Fault::Nothing);
    let settled = crowd.settled(PATIENCE).await.map_or(f64::INFINITY, |took| took.as_secs_f64());
    let (records, logs) = talk::account(crowd, server, &cookies).await?;
    let during = |at: u64| (began..ended).contains(&at);
    let written: Vec<_> = records.iter().flat_map(|record| &record.written).filter(|one| during(one.micros)).collect();
    finding.at_least("connections cut or refused", (visitors + AGENTS) as f64, hit as f64, "");
    finding.at_most("live while it lasts", 0.0, live as f64, "");
    finding.at_least("written while it lasts", 1.0, written.len() as f64, "");
    finding.at_most("all stored after the end", 10.0, settled, " s");
    finding.audited(&audit::audit(&records, &logs));
    Ok(finding)
}
