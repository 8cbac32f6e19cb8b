//! The command line.

/// A line on standard output. When nobody reads it any more (`| head`), that is no reason to fail.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod archive;
mod people;
mod rules;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, DataArgs, ServeArgs};

#[derive(Parser)]
#[command(name = "chinwag", version, about = "Live chat that you run yourself.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server until it is told to stop.
    Serve(ServeArgs),
    /// Writes everything of a data folder into one file, also while its server runs.
    Backup(archive::BackupArgs),
    /// Puts a backup into a data folder whose server is stopped. What was there is kept beside it.
    Restore(archive::RestoreArgs),
    /// Checks and explains engagement files.
    #[command(subcommand)]
    Rules(rules::Command),
    /// Sites that embed the widget.
    #[command(subcommand)]
    Site(people::SiteCommand),
    /// People who answer.
    #[command(subcommand)]
    Agent(people::AgentCommand),
}

/// What a command ends with: `Ok(false)` when it found what it looks for (mistakes), `Err` when it could not do its work.
type Outcome = Result<bool, String>;

pub(crate) fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(args) => serve(args),
        Command::Backup(args) => archive::backup(args),
        Command::Restore(args) => archive::restore(args),
        Command::Rules(command) => rules::run(command),
        Command::Site(command) => people::site(command),
        Command::Agent(command) => people::agent(command),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("chinwag: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn serve(args: ServeArgs) -> Outcome {
    let config = Config::load(args)?;
    log_to_stderr();
    runtime()?.block_on(crate::serve::run(config))?;
    Ok(true)
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().map_err(|error| format!("the async runtime: {error}"))
}

/// `CHINWAG_LOG` takes filters like `debug` or `chinwag=debug`. No colours: logs are read by machines, and text from
/// outside must not move a terminal's cursor.
fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("CHINWAG_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .init();
}
