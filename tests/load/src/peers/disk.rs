//! What the disk takes to make something durable, in the same run and on the same file system: nobody can ack faster.

use std::{fs::File, io::Write, time::Duration};

use crate::{
    clock,
    latency::{Latency, Samples},
};

/// A page of a database's log.
const PAGE: usize = 4096;
const APART: Duration = Duration::from_millis(5);

/// `count` appends of one page, each made durable.
pub(crate) async fn commits(count: usize) -> Result<Latency, String> {
    let measured = tokio::task::spawn_blocking(move || measure(count)).await;
    let samples = measured.map_err(|error| error.to_string())?;
    samples.map(|samples| samples.latency()).map_err(|error| format!("the disk: {error}"))
}

fn measure(count: usize) -> std::io::Result<Samples> {
    let mut file: File = tempfile::tempfile()?;
    let mut samples = Samples::default();
    for _ in 0..count {
        let start = clock::micros();
        file.write_all(&[7; PAGE])?;
        file.sync_data()?;
        samples.push(start, clock::micros());
        std::thread::sleep(APART);
    }
    Ok(samples)
}
