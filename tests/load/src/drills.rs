//! Drills: something is broken on purpose, and the bounds of ARCHITECTURE's promises must hold all the same.

mod backlog;
mod broken;
pub(crate) mod crash;
mod hammer;
pub(crate) mod restart;
mod transport;

use std::{fmt, path::Path};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::server::Server;

/// Enough that most clients are back on sockets between two crashes.
const CRASH_HANDSHAKES: u32 = 5_000;

/// The drills by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// `kill -9` again and again while everybody writes.
    Crash,
    /// `kill -9` with everybody live, and a return.
    Kill,
    /// … with clients who try again every second: must be seen to fail.
    KillControl,
    /// SIGTERM with everybody live, and a return.
    Drain,
    /// Wake-ups are lost for a while.
    Delay,
    /// … and what heals it, too: must be seen.
    DelayControl,
    /// Sockets are refused for a while, then accepted and closed again.
    Transport,
    /// Only plain `POST`s pass for a while.
    Dark,
    /// Everybody vanishes without a goodbye.
    Ghosts,
    /// Lists are slow for a while, and more are asked for than can be read; then the server is started again.
    Backlog,
    /// … with consoles that never give up: must be seen to fail.
    BacklogControl,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Drills {
    /// Which; all of them by default.
    #[arg(value_enum)]
    names: Vec<Name>,
    /// Small enough for every test run.
    #[arg(long)]
    short: bool,
}

/// Runs one after the other, each on a server of its own.
pub(crate) async fn run(program: &Path, drills: Drills) -> Result<Table, String> {
    let names = if drills.names.is_empty() { Name::value_variants().to_vec() } else { drills.names };
    let mut findings = Vec::new();
    for name in names {
        let finding = one(program, name, drills.short).await?;
        eprintln!("{finding}\n");
        findings.push(finding);
    }
    Ok(Table(findings))
}

async fn one(program: &Path, name: Name, short: bool) -> Result<Finding, String> {
    let pick = |small: f64, full: f64| if short { small } else { full };
    match name {
        Name::Crash => {
            let small = crash::Crash {
                seconds: pick(20.0, 600.0),
                rate: pick(100.0, 200.0),
                visitors: if short { 200 } else { 400 },
            };
            crash(program, small).await
        }
        Name::KillControl => {
            let (clients, handshakes) = if short { (200, 20) } else { (5_000, 500) };
            let mut server = Server::start(program, handshakes).await?;
            hammer::drill(&mut server, clients, handshakes).await.map_err(|error| server.told(&error))
        }
        Name::Kill | Name::Drain => {
            let (stop, away) =
                if name == Name::Kill { (restart::Stop::Kill, 10.0) } else { (restart::Stop::Drain, 1.0) };
            let away = if short { 1.0 } else { away };
            let (visitors, handshakes) = if short { (200, 100) } else { (5_000, 500) };
            let rate = pick(20.0, 50.0);
            restart(program, restart::Restart { visitors, handshakes, rate, stop, away }).await
        }
        Name::Backlog | Name::BacklogControl => {
            let mut server = Server::start(program, CRASH_HANDSHAKES).await?;
            let size = |seconds| backlog::Backlog {
                conversations: if short { 100_000 } else { 200_000 },
                consoles: 200,
                seconds,
            };
            let found = match name {
                Name::Backlog => backlog::drill(&mut server, size(pick(15.0, 300.0))).await,
                _ => backlog::control(&mut server, size(pick(45.0, 60.0))).await,
            };
            found.map_err(|error| server.told(&error))
        }
        Name::Delay | Name::DelayControl | Name::Transport | Name::Dark | Name::Ghosts => {
            let mut server = Server::start(program, CRASH_HANDSHAKES).await?;
            let found = match name {
                Name::Delay => broken::delay(&mut server, pick(20.0, 120.0)).await,
                Name::DelayControl => broken::delay_control(&mut server, pick(20.0, 60.0)).await,
                Name::Transport => transport::drill(&mut server, pick(8.0, 60.0), !short).await,
                Name::Dark => broken::dark(&mut server, pick(15.0, 60.0)).await,
                _ => broken::ghosts(&mut server, if short { 100 } else { 1_000 }).await,
            };
            found.map_err(|error| server.told(&error))
        }
    }
}

pub(crate) async fn crash(program: &Path, crash: crash::Crash) -> Result<Finding, String> {
    let mut server = Server::start(program, CRASH_HANDSHAKES).await?;
    crash::drill(&mut server, crash).await.map_err(|error| server.told(&error))
}

pub(crate) async fn restart(program: &Path, restart: restart::Restart) -> Result<Finding, String> {
    let mut server = Server::start(program, restart.handshakes).await?;
    restart::drill(&mut server, restart).await.map_err(|error| server.told(&error))
}

/// All findings, one under the other.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Table(Vec<Finding>);

impl Table {
    pub(crate) fn holds(&self) -> bool {
        self.0.iter().all(Finding::holds)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{finding}")?;
        }
        let broken = self.0.iter().flat_map(|finding| &finding.bounds).filter(|bound| !bound.holds).count();
        let all: usize = self.0.iter().map(|finding| finding.bounds.len()).sum();
        write!(f, "{} bounds hold, {broken} do not", all - broken)
    }
}

/// One bound, and what was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Bound {
    pub(crate) what: String,
    pub(crate) bound: String,
    pub(crate) measured: String,
    pub(crate) holds: bool,
}

/// What a drill found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) drill: &'static str,
    /// How large it was.
    pub(crate) setting: String,
    pub(crate) bounds: Vec<Bound>,
}

impl Finding {
    pub(crate) fn new(drill: &'static str, setting: String) -> Self {
        Self { drill, setting, bounds: Vec::new() }
    }

    /// `measured` must be at most `most`.
    pub(crate) fn at_most(&mut self, what: &str, most: f64, measured: f64, unit: &str) {
        self.note(what, format!("at most {most:.2}{unit}"), format!("{measured:.2}{unit}"), measured <= most);
    }

    pub(crate) fn at_least(&mut self, what: &str, least: f64, measured: f64, unit: &str) {
        self.note(what, format!("at least {least:.1}{unit}"), format!("{measured:.1}{unit}"), measured >= least);
    }

    pub(crate) fn note(&mut self, what: &str, bound: String, measured: String, holds: bool) {
        self.bounds.push(Bound { what: what.to_owned(), bound, measured, holds });
    }

    /// Nothing lost, nothing doubled, nothing shown wrongly.
    pub(crate) fn audited(&mut self, audit: &crate::audit::Audit) {
        self.note("audit", "clean".into(), format!("{audit}"), audit.is_clean());
    }

    pub(crate) fn holds(&self) -> bool {
        self.bounds.iter().all(|bound| bound.holds)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.drill, self.setting)?;
        for Bound { what, bound, measured, holds } in &self.bounds {
            let verdict = if *holds { "ok    " } else { "FAILED" };
            write!(f, "\n  {verdict} {what:<34} {bound:<22} {measured}")?;
        }
        Ok(())
    }
}
