//! The same load on other servers in the same run: a bare echo, and Socket.IO without a database. Absolute times on a shared
//! machine say little; ratios within one run say more.

pub(crate) mod disk;
pub(crate) mod echo;
mod plain;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use clap::Args;
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    audit::Audit,
    drills::Finding,
    latency::Latency,
    report::Report,
    server::Server,
    talk::{self, Load},
};

#[derive(Args, Clone, Debug)]
pub(crate) struct Peers {
    #[command(flatten)]
    load: Load,
    /// How often each server takes its turn.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Folder with Socket.IO's server and its packages.
    #[arg(long, default_value = "tests/load/peers", value_name = "DIR")]
    folder: PathBuf,
}

/// What one server did in one round.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Turn {
    /// From the planned time of writing to the server's word.
    pub(crate) acks: Latency,
    pub(crate) to_agents: Latency,
    pub(crate) to_visitors: Latency,
    /// Messages without an answer.
    pub(crate) unanswered: usize,
}

/// Which server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Each text comes back to its sender, and goes to nobody else.
    Echo,
    SocketIo,
}

/// A file system without a disk: what is committed there is durable at once, and gone with the machine.
const MEMORY: &str = "/dev/shm";

/// Rounds of all servers, one after the other, never two at a time. Ours has two turns: one as it ships, and one whose data
/// is in memory, because Socket.IO keeps nothing at all.
pub(crate) async fn compare(program: &Path, peers: &Peers) -> Result<Finding, String> {
    let load = peers.load;
    let (mut echo, mut ours, mut in_memory, mut socket_io, mut commits) = (vec![], vec![], vec![], vec![], vec![]);
    let mut audits = Vec::new();
    for round in 1..=peers.rounds {
        echo.push(turn(Peer::Echo, peers).await?);
        commits.push(disk::commits(200).await?);
        for (folder, turns) in [(std::env::temp_dir().as_path(), &mut ours), (Path::new(MEMORY), &mut in_memory)] {
            let (turn, audit) = our_turn(folder, program, load).await?;
            audits.push(audit);
            turns.push(turn);
        }
        socket_io.push(turn(Peer::SocketIo, peers).await?);
        let all = [("echo", &echo), ("chinwag", &ours), ("in memory", &in_memory), ("socket.io", &socket_io)];
        for (name, turns) in all {
            if let Some(Turn { acks, to_agents, to_visitors, unanswered }) = turns.last() {
                eprintln!("round {round} {name:<10} ack {acks}; {unanswered} unanswered");
                eprintln!("{:18} to agents {to_agents}\n{:18} to visitors {to_visitors}", "", "");
            }
        }
        eprintln!("round {round} commit     {}", commits.last().copied().unwrap_or_default());
    }
    let Load { visitors, agents, rate, seconds, .. } = load;
    let setting =
        format!("{visitors} visitors, {agents} agents, {rate} messages/s, {} rounds of {seconds} s", peers.rounds);
    let mut finding = Finding::new("peers", setting);
    for (what, figures) in [
        ("echo, ack p99", p99(&echo, |turn| turn.acks)),
        ("commit of the disk, p99", commits.iter().map(|commit| commit.p99).collect()),
        ("chinwag, ack p99", p99(&ours, |turn| turn.acks)),
        ("chinwag in memory, ack p99", p99(&in_memory, |turn| turn.acks)),
        ("Socket.IO, ack p99", p99(&socket_io, |turn| turn.acks)),
        ("chinwag, agent to visitor p99", p99(&ours, |turn| turn.to_visitors)),
        ("chinwag in memory, agent to visitor p99", p99(&in_memory, |turn| turn.to_visitors)),
        ("Socket.IO, agent to visitor p99", p99(&socket_io, |turn| turn.to_visitors)),
    ] {
        finding.note(what, "-".into(), format!("{:.1} ms, median of the rounds", median(figures)), true);
    }
    // Within a round the machine is about the same; between rounds it is not.
    let ratios = |of: fn(&Turn) -> Latency| {
        let pairs = p99(&in_memory, of).into_iter().zip(p99(&socket_io, of));
        median(pairs.map(|(ours, theirs)| ours / theirs).collect())
    };
    let bounds = echo.iter().zip(&commits).map(|(echo, commit)| 3.0 * echo.acks.p99 + commit.p99);
    let to_bound = p99(&ours, |turn| turn.acks).into_iter().zip(bounds).map(|(ours, bound)| ours / bound);
    finding.at_most("ack p99 : 3 x echo + commit", 1.0, median(to_bound.collect()), "");
    finding.at_most("in memory, ack p99 : Socket.IO's", 1.0, ratios(|turn| turn.acks), "");
    finding.at_most("in memory, visitor to agent p99 : Socket.IO's", 1.0, ratios(|turn| turn.to_agents), "");
    finding.at_most("in memory, agent to visitor p99 : Socket.IO's", 1.0, ratios(|turn| turn.to_visitors), "");
    audits.iter().for_each(|audit| finding.audited(audit));
    Ok(finding)
}

async fn our_turn(folder: &Path, program: &Path, load: Load) -> Result<(Turn, Audit), String> {
    let mut server = Server::start_in(folder, program, 1_000_000).await?;
    let report = talk::talk(&mut server, load).await.map_err(|error| server.told(&error))?;
    server.stop().await?;
    let Report { acks, to_agents, to_visitors, audit, .. } = report;
    Ok((Turn { acks, to_agents, to_visitors, unanswered: 0 }, audit))
}

fn p99(turns: &[Turn], of: fn(&Turn) -> Latency) -> Vec<f64> {
    turns.iter().map(|turn| of(turn).p99).collect()
}

async fn turn(peer: Peer, peers: &Peers) -> Result<Turn, String> {
    let mut command = match peer {
        Peer::Echo => Command::new(std::env::current_exe().map_err(|error| error.to_string())?),
        Peer::SocketIo => Command::new("node"),
    };
    match peer {
        Peer::Echo => command.arg("echo"),
        Peer::SocketIo => command.arg(peers.folder.join("server.mjs")),
    };
    let (_child, address) = start(command).await?;
    plain::talk(peer, address, peers.load).await
}

/// A program that says on its first line where it listens.
async fn start(mut command: Command) -> Result<(Child, SocketAddr), String> {
    let spawned = command.stdout(Stdio::piped()).kill_on_drop(true).spawn();
    let mut child = spawned.map_err(|error| format!("{command:?}: {error}"))?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let line = BufReader::new(stdout).lines().next_line().await.map_err(|error| error.to_string())?;
    let address = line.as_deref().and_then(|line| line.parse().ok());
    Ok((child, address.ok_or_else(|| format!("{command:?} does not say where it listens: {line:?}"))?))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
