//! A conversation of many: everybody connects, writes for a while, and everything is accounted for.

use std::time::Duration;

use chinwag_conversation::limits;
use clap::Args;
use tokio::time::sleep;

use crate::{
    audit::{self, Logs},
    client::{Order, Script},
    crowd::{Crowd, Size},
    office,
    record::Record,
    report::Report,
    server::Server,
};

/// The end of a run: for connecting, for the last ack and for the last entry shown.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// How many, how fast, how long.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Load {
    #[arg(long, default_value_t = 1_000)]
    pub(crate) visitors: usize,
    #[arg(long, default_value_t = 8)]
    pub(crate) agents: usize,
    /// Messages a second, of visitors and agents together.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) rate: f64,
    /// Which part of the visitors' messages is answered.
    #[arg(long, default_value_t = 0.05)]
    pub(crate) answered: f64,
    /// How long an agent thinks, on average.
    #[arg(long, default_value_t = 500.0, value_name = "MS")]
    pub(crate) think: f64,
    /// How long everybody writes, in seconds.
    #[arg(long, default_value_t = 20.0, value_name = "S")]
    pub(crate) seconds: f64,
    /// Over how long the visitors come, in seconds.
    #[arg(long, default_value_t = 5.0, value_name = "S")]
    pub(crate) ramp: f64,
    /// How often a minute each client's connection breaks without a goodbye.
    #[arg(long, default_value_t = 0.0, value_name = "N")]
    pub(crate) breaks: f64,
    /// Handshakes a second that the server takes.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    pub(crate) handshakes: u32,
}

impl Load {
    /// # Errors
    /// When the server's own limits on one person would be measured instead of the server.
    pub(crate) fn size(&self) -> Result<Size, String> {
        let visitors = self.rate / (1.0 + self.answered);
        let (each, most) = (visitors / self.visitors as f64, f64::from(limits::VISITOR_SENDS_PER_MINUTE) / 60.0);
        if each > most * 0.9 {
            return Err(format!("a visitor may send {most} a second: take more of --visitors or less of --rate"));
        }
        let (each, most) =
            (visitors * self.answered / self.agents as f64, f64::from(limits::AGENT_SENDS_PER_MINUTE) / 60.0);
        if each > most * 0.9 {
            return Err(format!("an agent may send {most} a second: take more of --agents or less of --answered"));
        }
        let script = Script {
            per_second: visitors / self.visitors as f64,
            answered: self.answered,
            think_ms: self.think,
            breaks_per_minute: self.breaks,
            agents: self.agents,
        };
        Ok(Size { visitors: self.visitors, ramp: Duration::from_secs_f64(self.ramp), script })
    }
}

/// Everything of one run on `server`, which is new.
pub(crate) async fn talk(server: &mut Server, load: Load) -> Result<Report, String> {
    let size = load.size()?;
    let cookies = office::agents(server, load.agents).await?;
    let crowd = Crowd::gather(server.address(), &cookies, size);
    crowd.all_live(PATIENCE).await?;
    crowd.order(Order::Talk);
    sleep(Duration::from_secs_f64(load.seconds)).await;
    let (records, logs) = account(crowd, server, &cookies).await?;
    Ok(Report::new(&records, load.agents, load.seconds, audit::audit(&records, &logs)))
}

/// Lets the crowd finish what it began, and reads everything back.
pub(crate) async fn account(crowd: Crowd, server: &Server, cookies: &[String]) -> Result<(Vec<Record>, Logs), String> {
    crowd.order(Order::Live);
    if let Err(late) = crowd.settled(PATIENCE).await {
        eprintln!("load: {late}");
    }
    let admin = cookies.first().ok_or("no agent to read the logs")?;
    let logs = office::logs(server.address(), admin).await?;
    let entries: usize = logs.values().map(Vec::len).sum();
    // Each entry is shown to its visitor and to every agent; if not, the audit tells which.
    crowd.shown(entries * (1 + cookies.len()), PATIENCE).await;
    Ok((crowd.end().await, logs))
}
