//! A server with thousands of live clients goes away and comes back, while some write: everybody is back in time, nobody
//! hammers, and no more handshakes are let in than the server said it takes.

use std::{sync::atomic::Ordering, time::Duration};

use clap::{Args, ValueEnum};
use tokio::time::{Instant, sleep};

use super::Finding;
use crate::{
    audit,
    client::{Order, Script},
    clock,
    crowd::{Crowd, Size, until},
    office,
    record::{Record, Step},
    report::Attempts,
    server::Server,
    talk,
};

/// From the return of the server, beyond the window.
pub(super) const BEYOND: Duration = Duration::from_secs(10);
pub(super) const ATTEMPTS: f64 = 2.5;
/// A handshake's burst, as a part of a second's worth.
const BURST: f64 = 0.1;
const GROWTH: f64 = 1.5;
const BEAT: Duration = Duration::from_secs(26);
const LOOK: Duration = Duration::from_millis(100);
/// For a start with everybody connecting.
const GATHER: Duration = Duration::from_secs(180);

/// How the server goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stop {
    /// SIGTERM: clients are told to leave.
    Drain,
    /// `kill -9`, and 10 s of nothing.
    Kill,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Restart {
    #[arg(long, default_value_t = 5_000)]
    pub(crate) visitors: usize,
    /// Handshakes a second that the server takes.
    #[arg(long, default_value_t = 500, value_name = "N")]
    pub(crate) handshakes: u32,
    /// Messages a second.
    #[arg(long, default_value_t = 50.0)]
    pub(crate) rate: f64,
    #[arg(long, value_enum, default_value_t = Stop::Kill)]
    pub(crate) stop: Stop,
    /// How long the server is away, in seconds.
    #[arg(long, default_value_t = 10.0, value_name = "S")]
    pub(crate) away: f64,
}

/// Admitted handshakes over time: none of the intervals may hold more than the rate allows.
#[derive(Default)]
struct Admissions(Vec<(f64, f64, f64)>);

impl Admissions {
    /// A look that began and ended at these seconds.
    fn add(&mut self, began: f64, ended: f64, admitted: f64) {
        self.0.push((began, ended, admitted));
    }

    /// The busiest second or longer: handshakes a second, the burst taken off. A figure was right at some moment of its look,
    /// so the interval is taken as long as it may have been.
    fn fastest(&self, per_second: f64) -> f64 {
        let mut fastest = 0.0_f64;
        for (place, first) in self.0.iter().enumerate() {
            for last in &self.0[place..] {
                let longest = last.1 - first.0;
                if longest >= 1.0 {
                    fastest = fastest.max((last.2 - first.2 - per_second * BURST) / longest);
                }
            }
        }
        fastest
    }
}

pub(crate) async fn drill(server: &mut Server, restart: Restart) -> Result<Finding, String> {
    let agents = 3;
    let script = Script {
        per_second: restart.rate / restart.visitors as f64,
        answered: 0.02,
        think_ms: 500.0,
        breaks_per_minute: 0.0,
        agents,
    };
    let cookies = office::agents(server, agents).await?;
    let per_second = f64::from(restart.handshakes);
    // As fast as the window of a return allows.
    let ramp = Duration::from_secs_f64(restart.visitors as f64 / (0.7 * per_second));
    let crowd = Crowd::gather(server.address(), &cookies, Size { visitors: restart.visitors, ramp, script });
    let gathered = crowd.all_live(GATHER).await?;
    crowd.order(Order::Talk);
    // With one beat everybody knows over which window so many are to come back.
    sleep(BEAT).await;
    let (steady, told) = (server.resident(), crowd.board.window_ms.load(Ordering::Relaxed));

    let from = clock::micros();
    match restart.stop {
        Stop::Drain => server.stop().await?,
        Stop::Kill => server.kill().await?,
    }
    let dark = until(Duration::from_secs(30), || crowd.live() < crowd.size / 10).await;
    sleep(Duration::from_secs_f64(restart.away)).await;
    server.boot().await?;
    let window = restart.visitors as f64 / (0.7 * per_second);
    let (back, admissions, peak) = watch(server, &crowd).await;
    let live_after = back.unwrap_or(f64::INFINITY);
    let (records, logs) = talk::account(crowd, server, &cookies).await?;

    let attempts = Attempts::since(&records, from);
    let setting = format!(
        "{:?}, {} visitors, {} messages/s, {per_second} handshakes/s, told {told} ms, gathered in {:.1} s",
        restart.stop,
        restart.visitors,
        restart.rate,
        gathered.as_secs_f64()
    );
    let mut finding = Finding::new("restart", setting);
    finding.note("everybody was cut off", "yes".into(), if dark { "yes" } else { "no" }.into(), dark);
    finding.at_most("all live again (W + 10 s)", window + BEYOND.as_secs_f64(), live_after, " s");
    finding.at_most("attempts each, mean", ATTEMPTS, attempts.mean, "");
    let parts = format!("{:.2} questions, {:.2} sockets", attempts.questions, attempts.sockets);
    finding.note("... made of", "-".into(), parts, true);
    finding.at_most("admissions a second", per_second, admissions.fastest(per_second), "");
    if let Some(steady) = steady {
        finding.at_most("memory beside steady", GROWTH, peak as f64 / steady as f64, " x");
    }
    if restart.stop == Stop::Drain {
        finding.at_most("closes without a reason", 0.0, abnormal(&records, from) as f64, "");
        let gap = format!("{:.1} s", longest_gap(&records, from) as f64 / 1e6);
        finding.note("longest without a connection", "-".into(), gap, true);
    }
    finding.audited(&audit::audit(&records, &logs));
    Ok(finding)
}

/// Looks on until everybody is live: after how many seconds, what was admitted, and the most memory.
async fn watch(server: &Server, crowd: &Crowd) -> (Option<f64>, Admissions, u64) {
    let (start, mut admissions, mut peak) = (Instant::now(), Admissions::default(), 0);
    while start.elapsed() < GATHER {
        let began = start.elapsed().as_secs_f64();
        if let Ok(admitted) = server.metric("chinwag_handshakes_admitted_total").await {
            admissions.add(began, start.elapsed().as_secs_f64(), admitted);
        }
        peak = peak.max(server.resident().unwrap_or(0));
        if crowd.live() == crowd.size {
            return (Some(start.elapsed().as_secs_f64()), admissions, peak);
        }
        sleep(LOOK).await;
    }
    (None, admissions, peak)
}

/// Live connections that ended without the server's word.
fn abnormal(records: &[Record], from: u64) -> usize {
    let ends = |record: &Record| {
        let steps = record.steps.iter().filter(|(at, _)| *at >= from);
        steps.take_while(|(_, step)| *step != Step::Connected).filter(|(_, step)| *step == Step::Closed(1006)).count()
    };
    records.iter().map(ends).sum()
}

/// The longest that a client was not live, in microseconds. With one process there is nobody else to go to: this tells how
/// long its restart is felt, and is no bound.
fn longest_gap(records: &[Record], from: u64) -> u64 {
    let gap = |record: &Record| {
        let (mut lost, mut longest) = (None, 0);
        for (at, step) in record.steps.iter().filter(|(at, _)| *at >= from) {
            match step {
                Step::Lost => lost = Some(*at),
                Step::Live => longest = longest.max(lost.take().map_or(0, |lost| at - lost)),
                _ => {}
            }
        }
        longest
    };
    records.iter().map(gap).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Would catch: a measure that averages a storm away, or takes a late look for one.
    #[test]
    fn the_busiest_second_counts_and_a_slow_look_does_not() {
        let mut steady = Admissions::default();
        (0..50).for_each(|n| steady.add(f64::from(n) / 10.0, f64::from(n) / 10.0 + 0.01, f64::from(n) * 10.0));
        assert!(steady.fastest(100.0) <= 100.0);
        let mut storm = Admissions::default();
        (0..50)
            .for_each(|n| storm.add(f64::from(n) / 10.0, f64::from(n) / 10.0 + 0.01, if n < 20 { 0.0 } else { 300.0 }));
        assert!(storm.fastest(100.0) > 100.0);
    }
}
