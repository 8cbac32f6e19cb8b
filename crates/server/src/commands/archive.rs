//! `chinwag backup` and `chinwag restore`.

use std::path::PathBuf;

use clap::Args;

use super::{DataArgs, Outcome};
use crate::{backup, clock};

#[derive(Args)]
pub(super) struct BackupArgs {
    /// File to write, which must not exist; in a folder the file gets a name with the time.
    #[arg(value_name = "DIR|FILE")]
    to: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Args)]
pub(super) struct RestoreArgs {
    /// A file that `chinwag backup` wrote.
    #[arg(value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn backup(args: BackupArgs) -> Outcome {
    let made = backup::make(&args.data.data, &args.to, clock::wall())?;
    say!("{}", made.display());
    Ok(true)
}

pub(super) fn restore(args: RestoreArgs) -> Outcome {
    if let Some(aside) = backup::restore(&args.from, &args.data.data, clock::wall())? {
        say!("what was there before is in {}", aside.display());
    }
    say!("restored; agents sign in again");
    Ok(true)
}
