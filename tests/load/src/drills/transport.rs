//! Sockets do not come through: the conversation goes on by held `POST`s, and comes back to sockets.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    Finding,
    broken::{AGENTS, acks, arrivals, gathered},
};
use crate::{
    audit,
    client::Order,
    clock,
    crowd::{Crowd, until},
    office,
    proxy::{Fault, Proxy},
    server::Server,
    talk,
};

/// Until everybody is on long polls.
const MOVE: Duration = Duration::from_secs(10);
/// Until the others are back on sockets, and which part of them: clients try again every 2 to 5 minutes.
const RETURN: Duration = Duration::from_secs(300);
const RETURNED: f64 = 0.95;
/// Until a pause is in force, and new pages know it.
const PAUSED: f64 = 1.0;

/// Sockets refused with 403 for a while, then accepted and closed with 4101, each for `seconds`. With `returns` the drill
/// stays until sockets carry again.
pub(super) async fn drill(server: &mut Server, seconds: f64, returns: bool) -> Result<Finding, String> {
    let (visitors, rate) = (50, 10.0);
    let setting = format!("{visitors} visitors, {rate} messages/s, no sockets for twice {seconds} s");
    let mut finding = Finding::new("transport", setting);
    let (cookies, proxy, crowd) = gathered(server, visitors, rate).await?;
    crowd.order(Order::Talk);
    sleep(Duration::from_secs(3)).await;
    proxy.set(Fault::NoSockets);
    let cut = until(MOVE, || crowd.live() < crowd.size).await;
    let began = Instant::now();
    // Those that were not cut yet count as live for a moment.
    sleep(Duration::from_secs(1)).await;
    let moved = crowd.all_live(Duration::from_secs_f64(seconds)).await.is_ok();
    let took = if moved { began.elapsed().as_secs_f64() } else { f64::INFINITY };
    let from = clock::micros();
    sleep(Duration::from_secs_f64(seconds)).await;
    let refused = proxy.counted();
    // Whoever tries again meets the other refusal, and new clients meet it first.
    proxy.set(Fault::Quota);
    let quota = meets_quota(&proxy, &crowd).await?;
    let paused = pause(&proxy, server, &cookies).await?;
    sleep(Duration::from_secs_f64(seconds)).await;
    let (to, live) = (clock::micros(), crowd.live());
    proxy.set(Fault::Nothing);
    if returns {
        let (part, after) = returned(server, crowd.size).await?;
        finding.at_least("back on sockets", RETURNED * 100.0, part * 100.0, " %");
        finding.at_most("... after", RETURN.as_secs_f64(), after, " s");
    }
    let (records, logs) = talk::account(crowd, server, &cookies).await?;
    finding.at_least("sockets cut or refused", (visitors + AGENTS) as f64, if cut { refused as f64 } else { 0.0 }, "");
    finding.at_most("all on another transport", MOVE.as_secs_f64(), took, " s");
    finding.at_most("a newcomer who gets 4101 is live", MOVE.as_secs_f64(), quota, " s");
    finding.at_least("live at the end of it", (visitors + AGENTS) as f64, live as f64, "");
    finding.at_most("agents' pause over HTTP in force", PAUSED, paused, " s");
    finding.at_most("ack, p99", 1_000.0, acks(&records, from..to).p99, " ms");
    finding.at_most("delivery, p99", 2_000.0, arrivals(&records, from..to).p99, " ms");
    finding.audited(&audit::audit(&records, &logs));
    Ok(finding)
}

/// A newcomer whose socket is accepted and closed: after how many seconds they are live.
async fn meets_quota(proxy: &Proxy, crowd: &Crowd) -> Result<f64, String> {
    let before = proxy.counted();
    let newcomers = Crowd::gather(proxy.address, &[], crowd.like(5));
    let took = newcomers.all_live(MOVE).await.map_or(f64::INFINITY, |took| took.as_secs_f64());
    newcomers.end().await;
    if proxy.counted() == before { Err("nobody met the quota".to_owned()) } else { Ok(took) }
}

/// All agents pause, by a request through the proxy: after how many seconds new pages are told so. Then they go on.
async fn pause(proxy: &Proxy, server: &Server, cookies: &[String]) -> Result<f64, String> {
    for cookie in cookies {
        office::intend(proxy.address, cookie, "paused").await?;
    }
    let said = Instant::now();
    while office::availability(server.address()).await? != "away" {
        if said.elapsed() > MOVE {
            return Ok(f64::INFINITY);
        }
        sleep(Duration::from_millis(20)).await;
    }
    let took = said.elapsed().as_secs_f64();
    for cookie in cookies {
        office::intend(proxy.address, cookie, "available").await?;
    }
    Ok(took)
}

/// Which part is on sockets at the end, and after how many seconds enough were.
async fn returned(server: &Server, size: usize) -> Result<(f64, f64), String> {
    let began = Instant::now();
    loop {
        let sockets = server.metric("chinwag_connections_live{transport=\"socket\"}").await?;
        let part = sockets / size as f64;
        if part >= RETURNED || began.elapsed() > RETURN + MOVE {
            return Ok((part, began.elapsed().as_secs_f64()));
        }
        sleep(Duration::from_millis(500)).await;
    }
}
