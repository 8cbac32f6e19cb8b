//! The server under load: one process with a data folder of its own, stopped and started on the same port.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::http::Http;

/// For a process to start, or to stop when it was asked to.
const PATIENCE: Duration = Duration::from_secs(60);

/// See the module. Dropping it kills the process.
pub(crate) struct Server {
    program: PathBuf,
    per_second: u32,
    data: TempDir,
    address: SocketAddr,
    running: Option<Running>,
}

struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts on a port that the kernel chooses, taking `per_second` handshakes a second.
    pub(crate) async fn start(program: &Path, per_second: u32) -> Result<Self, String> {
        Self::start_in(&std::env::temp_dir(), program, per_second).await
    }

    /// The same, with the data somewhere in `folder`.
    pub(crate) async fn start_in(folder: &Path, program: &Path, per_second: u32) -> Result<Self, String> {
        let data = tempfile::tempdir_in(folder).map_err(|error| format!("a data folder: {error}"))?;
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        let mut server = Self { program: program.to_owned(), per_second, data, address, running: None };
        server.boot().await?;
        Ok(server)
    }

    /// Starts the process again after [`Server::kill`] or [`Server::stop`]; returns when it listens.
    pub(crate) async fn boot(&mut self) -> Result<(), String> {
        let log = std::fs::File::options().create(true).append(true).open(self.data.path().join("log"));
        let mut child = Command::new(&self.program)
            .args(["serve", "--listen", &self.address.to_string()])
            .args(["--handshakes-per-second", &self.per_second.to_string(), "--data"])
            .arg(self.data.path())
            .env("CHINWAG_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(log.map_err(|error| format!("its log: {error}"))?)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{}: {error}; ./build.sh dist makes it", self.program.display()))?;
        let stdout = child.stdout.take().ok_or("no output of the server")?;
        let mut running = Running { child, lines: BufReader::new(stdout).lines() };
        let first = running.line().await?;
        let address = first.strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        self.address = address.ok_or_else(|| format!("the server said {first:?} instead of where it listens"))?;
        self.running = Some(running);
        Ok(())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.path().join("chinwag.db")
    }

    /// The code of the first admin's link, which a new data folder's server prints next.
    pub(crate) async fn setup_code(&mut self) -> Result<String, String> {
        let line = self.running.as_mut().ok_or("the server does not run")?.line().await?;
        line.split_once("#setup=").map(|(_, code)| code.to_owned()).ok_or(format!("{line:?} has no code"))
    }

    /// The code of a one-time link for another agent.
    pub(crate) async fn invite(&self, email: &str, name: &str) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(["agent", "add", "--email", email, "--name", name, "--data"]).arg(self.data.path());
        let output = command.output().await.map_err(|error| error.to_string())?;
        let line = String::from_utf8_lossy(&output.stdout);
        let code = line.trim().split_once("#setup=").map(|(_, code)| code.to_owned());
        code.ok_or_else(|| format!("chinwag agent add: {}", String::from_utf8_lossy(&output.stderr)))
    }

    /// `kill -9`: no goodbye, no flush.
    pub(crate) async fn kill(&mut self) -> Result<(), String> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        running.child.kill().await.map_err(|error| error.to_string())
    }

    /// SIGTERM, and its own end.
    pub(crate) async fn stop(&mut self) -> Result<(), String> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        let process = running.child.id().ok_or("it ended by itself")?.to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status().await;
        told.map_err(|error| error.to_string())?;
        let ended = timeout(PATIENCE, running.child.wait()).await;
        let status = ended.map_err(|_| "it does not stop")?.map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}")) }
    }

    /// Bytes of the process in memory now; `None` where the system does not tell.
    pub(crate) fn resident(&self) -> Option<u64> {
        let process = self.running.as_ref()?.child.id()?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
    }

    /// One figure of `/metrics`.
    pub(crate) async fn metric(&self, name: &str) -> Result<f64, String> {
        let mut http = Http::connect(Ipv4Addr::LOCALHOST, self.address).await?;
        let answer = http.ask(crate::http::Ask { path: "/metrics", ..Default::default() }).await?;
        let text = String::from_utf8_lossy(&answer.body);
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok());
        value.ok_or_else(|| format!("/metrics has no {name}"))
    }

    /// What went wrong, with the last lines of its log.
    pub(crate) fn told(&self, error: &str) -> String {
        let log = std::fs::read_to_string(self.data.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(10).collect();
        let lines: Vec<&str> = lines.into_iter().rev().collect();
        format!("{error}\n{}", lines.join("\n"))
    }
}

impl Running {
    async fn line(&mut self) -> Result<String, String> {
        let line = timeout(PATIENCE, self.lines.next_line()).await.map_err(|_| "the server says nothing")?;
        line.map_err(|error| error.to_string())?.ok_or_else(|| "the server ended at its start".to_owned())
    }
}
