//! `load`: thousands of clients against a real server. Each is the session machine that the widget and the console run.

mod archive;
mod audit;
mod client;
mod clock;
mod consoles;
mod crowd;
mod drills;
mod http;
mod latency;
mod office;
mod peers;
mod proxy;
mod record;
mod report;
mod server;
mod talk;
mod wire;

use std::{fmt::Display, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::{drills::Finding, server::Server};

#[derive(Parser)]
#[command(about = "Load and drills for a Chinwag server")]
struct Line {
    /// The server's program.
    #[arg(long, global = true, env = "CHINWAG_BIN", default_value = "dist/bin/chinwag", value_name = "FILE")]
    server: PathBuf,
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Verb {
    /// Everybody writes for a while: latencies, and the proof that nothing is lost, doubled or out of order.
    Talk(talk::Load),
    /// The server is killed again and again while everybody writes.
    Crash(drills::crash::Crash),
    /// The server goes away and comes back, with thousands of live clients.
    Restart(drills::restart::Restart),
    /// All drills, or those named, one after the other.
    Drill(drills::Drills),
    /// The same load on a bare echo and on Socket.IO, in turns.
    Peers(peers::Peers),
    /// The bare echo.
    #[command(hide = true)]
    Echo,
}

fn main() -> ExitCode {
    // A socket is a file, and there are thousands.
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let line = Line::parse();
    let done = runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(run(line)));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("load: {error} (at most {files} files may be open)");
            ExitCode::from(2)
        }
    }
}

/// Whether all bounds hold.
async fn run(line: Line) -> Result<bool, String> {
    let Line { server: program, format, verb } = line;
    match verb {
        Verb::Talk(load) => {
            let mut server = Server::start(&program, load.handshakes).await?;
            let report = talk::talk(&mut server, load).await.map_err(|error| server.told(&error))?;
            show(format, &report)?;
            Ok(report.audit.is_clean())
        }
        Verb::Crash(crash) => found(format, &drills::crash(&program, crash).await?),
        Verb::Restart(restart) => found(format, &drills::restart(&program, restart).await?),
        Verb::Peers(peers) => found(format, &peers::compare(&program, &peers).await?),
        Verb::Drill(drills) => {
            let table = drills::run(&program, drills).await?;
            show(format, &table)?;
            Ok(table.holds())
        }
        Verb::Echo => peers::echo::serve().await.map(|()| true),
    }
}

fn found(format: Format, finding: &Finding) -> Result<bool, String> {
    show(format, finding)?;
    Ok(finding.holds())
}

fn show<T: Serialize + Display>(format: Format, what: &T) -> Result<(), String> {
    match format {
        Format::Text => println!("{what}"),
        Format::Json => println!("{}", serde_json::to_string_pretty(what).map_err(|error| error.to_string())?),
    }
    Ok(())
}
