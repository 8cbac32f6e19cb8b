//! `kill -9` in a loop while everybody writes: nothing acked is lost, nothing doubled.

use std::{ops::Range, time::Duration};

use clap::Args;
use tokio::time::{Instant, sleep};

use super::Finding;
use crate::{
    audit,
    client::Order,
    crowd::Crowd,
    office,
    server::Server,
    talk::{self, Load, PATIENCE},
};

/// Between two crashes, in seconds.
const APART: Range<f64> = 1.5..5.0;

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Crash {
    /// For how long the server is killed again and again, in seconds.
    #[arg(long = "for", default_value_t = 600.0, value_name = "S")]
    pub(crate) seconds: f64,
    /// Messages a second.
    #[arg(long, default_value_t = 200.0)]
    pub(crate) rate: f64,
    #[arg(long, default_value_t = 400)]
    pub(crate) visitors: usize,
}

pub(crate) async fn drill(server: &mut Server, crash: Crash) -> Result<Finding, String> {
    let load = Load {
        visitors: crash.visitors,
        agents: 4,
        rate: crash.rate,
        answered: 0.05,
        think: 500.0,
        seconds: crash.seconds,
        ramp: 2.0,
        breaks: 0.0,
        handshakes: 0,
    };
    let size = load.size()?;
    let cookies = office::agents(server, load.agents).await?;
    let crowd = Crowd::gather(server.address(), &cookies, size);
    crowd.all_live(PATIENCE).await?;
    crowd.order(Order::Talk);
    let (start, mut crashes, mut offline) = (Instant::now(), 0_usize, 0_usize);
    while start.elapsed().as_secs_f64() < crash.seconds {
        sleep(Duration::from_secs_f64(APART.start + fastrand::f64() * (APART.end - APART.start))).await;
        server.kill().await?;
        // The fault is there: sockets of a killed process do not live on.
        offline += usize::from(crate::crowd::until(PATIENCE, || crowd.live() < crowd.size / 10).await);
        server.boot().await?;
        crashes += 1;
    }
    let (records, logs) = talk::account(crowd, server, &cookies).await?;
    let audit = audit::audit(&records, &logs);
    let setting = format!("{} visitors, {} messages/s for {} s", crash.visitors, crash.rate, crash.seconds);
    let mut finding = Finding::new("crash", setting);
    finding.at_least("crashes that cut everybody off", crashes.max(1) as f64, offline as f64, "");
    finding.at_least("messages written", crash.rate * crash.seconds * 0.8, audit.written as f64, "");
    finding.audited(&audit);
    Ok(finding)
}
