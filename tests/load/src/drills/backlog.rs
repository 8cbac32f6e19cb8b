//! Lists become slow while more of them are asked for than can be read, and then the server is started again: messages do
//! not wait for lists, and what piled up is no second blow.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    Finding,
    broken::{self, acks},
};
use crate::{
    archive::Archive,
    audit::{self, Audit},
    client::Order,
    clock,
    consoles::{self, Consoles, Looks, Manner},
    crowd::Crowd,
    latency::Latency,
    office,
    server::Server,
    talk::{self, PATIENCE},
};

const AGENTS: usize = 4;
const VISITORS: usize = 100;
/// Messages a second.
const RATE: f64 = 20.0;
/// Before lists are slow.
const STEADY: Duration = Duration::from_secs(3);
/// What shows that lists are slow: one alone takes so many times longer than before.
const SLOWER: f64 = 20.0;
/// What shows that more are asked for than can be read: so many seconds some of them wait.
const OVERLOAD_S: f64 = 2.0;
/// How long a message may take meanwhile, in milliseconds.
const ACK_MS: f64 = 300.0;
/// The server's deadline for a read to get its turn, in seconds.
const TURN_S: f64 = 4.0;
/// From the return to full service, in seconds.
const SERVICE_S: f64 = 45.0;
/// No second peak: how long a list may wait for its turn after the return, in seconds. Nobody would notice it.
const SECOND_PEAK_S: f64 = 0.1;
/// Between two looks at everything.
const LOOK: Duration = Duration::from_millis(100);

/// How large.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backlog {
    /// Of the past.
    pub(super) conversations: u32,
    pub(super) consoles: usize,
    /// How long lists are slow, in seconds.
    pub(super) seconds: f64,
}

/// What the server's process says of reading lists, since its start.
#[derive(Clone, Copy, Debug)]
struct Reads {
    given_up: f64,
    /// Of those that were done, in seconds.
    longest_wait: f64,
}

impl Reads {
    async fn of(server: &Server) -> Result<Self, String> {
        let figure = async |name: &str| server.metric(&format!("chinwag_{name}{{pool=\"lists\"}}")).await;
        Ok(Self {
            given_up: figure("reads_given_up_total").await?,
            longest_wait: figure("read_longest_wait_seconds").await?,
        })
    }
}

/// What happened.
struct Story {
    /// A list alone, before and while lists are slow, in milliseconds.
    quick: f64,
    slow: f64,
    /// Of messages while lists were slow.
    acks: Latency,
    /// Who was live at the end of that.
    live: usize,
    before: Reads,
    seen_before: Looks,
    /// Requests for lists that the consoles kept when the server went away.
    kept: usize,
    after: Reads,
    seen_after: Looks,
    /// Lists asked for in the busiest second after the return.
    rush: usize,
    /// From the return to everybody live and every list quick, for good; in seconds.
    service: f64,
    audit: Audit,
}

pub(super) async fn drill(server: &mut Server, size: Backlog) -> Result<Finding, String> {
    let Story { quick, slow, acks, live, before, after, seen_before, seen_after, rush, service, audit, .. } =
        tell(server, size, Manner::Patient).await?;
    let mut finding = Finding::new("backlog", size.setting());
    finding.at_least("slow: a list alone, beside before", SLOWER, slow / quick, " x");
    finding.at_least("overload: longest wait of a list", OVERLOAD_S, before.longest_wait, " s");
    let shown = format!("{} shown, {} not, {}", seen_before.shown.count, seen_before.failed, seen_before.shown);
    finding.note("... lists meanwhile", "-".into(), shown, true);
    finding.at_most("ack meanwhile, p99", ACK_MS, acks.p99, " ms");
    finding.at_least("live at the end of it", (VISITORS + AGENTS) as f64, live as f64, "");
    let oldest = before.longest_wait.max(after.longest_wait);
    finding.at_most("oldest list that was read", TURN_S, oldest, " s");
    finding.at_most("full service after the return", SERVICE_S, service, " s");
    finding.at_most("longest wait after it", SECOND_PEAK_S, after.longest_wait, " s");
    finding.at_most("lists given up after it", 0.0, after.given_up, "");
    finding.note("... most asked for in a second", "-".into(), rush.to_string(), true);
    finding.note("... lists after it", "-".into(), format!("{}", seen_after.shown), true);
    finding.audited(&audit);
    Ok(finding)
}

/// The control: consoles that never give up and keep what they asked for. What they kept must be seen to come at once.
pub(super) async fn control(server: &mut Server, size: Backlog) -> Result<Finding, String> {
    let Story { quick, slow, acks, kept, after, seen_after, rush, .. } = tell(server, size, Manner::Stubborn).await?;
    let mut finding = Finding::new("backlog, control", size.setting());
    finding.at_least("slow: a list alone, beside before", SLOWER, slow / quick, " x");
    finding.at_least("kept over the restart", 2.0 * size.consoles as f64, kept as f64, "");
    finding.at_least("longest wait after it", 2.0 * SECOND_PEAK_S, after.longest_wait, " s");
    finding.note("... ack meanwhile, p99", "-".into(), format!("{:.2} ms", acks.p99), true);
    finding.note("... most asked for in a second", "-".into(), rush.to_string(), true);
    finding.note("... lists after it", "-".into(), format!("{}", seen_after.shown), true);
    Ok(finding)
}

impl Backlog {
    fn setting(self) -> String {
        let Self { conversations, consoles, seconds } = self;
        format!("{conversations} conversations, {consoles} consoles, {RATE} messages/s, slow lists for {seconds} s")
    }
}

async fn tell(server: &mut Server, size: Backlog, manner: Manner) -> Result<Story, String> {
    let cookies = office::agents(server, AGENTS).await?;
    let archive = Archive::fill(server.database(), size.conversations)?;
    let crowd = Crowd::gather(server.address(), &cookies, broken::size(VISITORS, AGENTS, RATE));
    crowd.all_live(PATIENCE).await?;
    crowd.order(Order::Talk);
    sleep(STEADY).await;
    let quick = alone(server, &cookies[0]).await?;
    archive.lose_index()?;
    let slow = alone(server, &cookies[0]).await?;
    let from = clock::micros();
    let consoles = Consoles::open(server.address(), &cookies, size.consoles, manner);
    sleep(Duration::from_secs_f64(size.seconds)).await;
    let (to, live, kept, before) = (clock::micros(), crowd.live(), consoles.pending(), Reads::of(server).await?);

    server.stop().await?;
    archive.make_index()?;
    server.boot().await?;
    let back = clock::micros();
    let service = served(&crowd, &consoles, back).await;
    let after = Reads::of(server).await?;
    let (seen_before, seen_after) = (consoles.looks(from..to), consoles.looks(back..u64::MAX));
    let rush = consoles.busiest(back);
    consoles.close().await;
    let (records, logs) = talk::account(crowd, server, &cookies).await?;
    let audit = audit::audit(&records, &logs);
    let acks = acks(&records, from..to);
    Ok(Story { quick, slow, acks, live, before, seen_before, kept, after, seen_after, rush, service, audit })
}

/// Milliseconds that a list takes when nobody else asks: the shortest of three.
async fn alone(server: &Server, cookie: &str) -> Result<f64, String> {
    let mut shortest = f64::INFINITY;
    for _ in 0..3 {
        let began = Instant::now();
        if !consoles::show(0, server.address(), cookie, "closed").await {
            return Err("a list alone does not come".to_owned());
        }
        shortest = shortest.min(began.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(shortest)
}

/// Looks on for as long as it may take: after how many seconds everything was well and stayed so.
async fn served(crowd: &Crowd, consoles: &Consoles, back: u64) -> f64 {
    let (began, mut since) = (Instant::now(), None);
    while began.elapsed().as_secs_f64() < SERVICE_S {
        let well = crowd.live() == crowd.size && consoles.all_served(back);
        since = if well { since.or(Some(began.elapsed().as_secs_f64())) } else { None };
        sleep(LOOK).await;
    }
    since.unwrap_or(f64::INFINITY)
}
