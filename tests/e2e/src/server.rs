//! The server as an operator runs it: one process, one data folder, killed without a warning when a journey wants it.

use std::{
    io::{BufRead, BufReader},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use tempfile::TempDir;

use crate::{address, until};

/// For journeys that count sockets: of all visitors, one in a hundred has a long poll instead.
pub const SOCKETS_ONLY: &str = "transport = \"socket\"\n";

/// A running server with a data folder of its own. Dropping it kills it.
pub struct Server {
    data: TempDir,
    host: Ipv4Addr,
    port: u16,
    child: Option<Child>,
    /// The one-time link of the first admin, as printed on the first start.
    pub setup_link: Option<String>,
}

impl Server {
    /// Starts on a port that the kernel chooses. `origins` may embed the site `demo`.
    ///
    /// # Panics
    /// When the binary does not start.
    #[must_use]
    pub fn start(origins: &[String]) -> Self {
        Self::start_with(origins, "")
    }

    /// The same with an operator's settings, as they stand in `chinwag.toml`.
    ///
    /// # Panics
    /// When the binary does not start.
    #[must_use]
    pub fn start_with(origins: &[String], settings: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder for the data");
        let mut server = Self { data, host: address::fresh(), port: 0, child: None, setup_link: None };
        // The first start makes the folder; the origins are read at the second.
        server.boot();
        server.kill();
        let list: Vec<String> = origins.iter().map(|origin| format!("{origin:?}")).collect();
        let site = server.data.path().join("sites/demo/site.toml");
        std::fs::write(site, format!("origins = [{}]\n", list.join(", "))).expect("site.toml is written");
        std::fs::write(server.data.path().join("chinwag.toml"), settings).expect("chinwag.toml is written");
        server.boot();
        server
    }

    /// Starts the process again on the same port and data, after [`Server::kill`].
    pub fn boot(&mut self) {
        assert!(self.child.is_none(), "it still runs");
        let mut child = Command::new(binary())
            .args(["serve", "--listen", &format!("{}:{}", self.host, self.port), "--data"])
            .arg(self.data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let (said, lines) = mpsc::channel();
        let stdout = child.stdout.take().expect("its output");
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = said.send(line);
            }
        });
        let stderr = child.stderr.take().expect("its log");
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                println!("server: {line}");
            }
        });
        self.child = Some(child);
        loop {
            let line = lines.recv_timeout(Duration::from_secs(30)).expect("the server says where it listens");
            if let Some(address) = line.strip_prefix("listening on http://") {
                self.port = address.rsplit(':').next().and_then(|port| port.trim().parse().ok()).expect("a port");
                break;
            }
        }
        // The link follows the address, when there is no admin yet.
        if self.setup_link.is_none()
            && let Ok(line) = lines.recv_timeout(Duration::from_secs(5))
        {
            self.setup_link = line.split_once("first admin: ").map(|(_, link)| link.trim().to_owned());
        }
    }

    /// Saves the site's rules as a person would, and waits until they are in force.
    pub async fn publishes(&self, rules: &str) {
        let before = self.revision().await;
        std::fs::write(self.data.path().join("sites/demo/engagement.jsonc"), rules).expect("the rules are saved");
        until("the rules are in force", || async { (self.revision().await > before).then_some(()) }).await;
    }

    /// The site's rules as browsers get them.
    pub async fn published(&self) -> String {
        let answer = reqwest::get(format!("{}/sites/demo/engagement.json", self.origin())).await.expect("an answer");
        answer.text().await.expect("the published file")
    }

    async fn revision(&self) -> u64 {
        let file: serde_json::Value = serde_json::from_str(&self.published().await).expect("JSON");
        file["revision"].as_u64().expect("a revision")
    }

    /// `kill -9`: no goodbye, no flush.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Writes a backup, as an operator does while the server runs.
    #[must_use]
    pub fn backs_up(&self) -> PathBuf {
        let file = self.data.path().join("before.backup");
        self.operates("backup", &file);
        file
    }

    /// Puts a backup in place; the server must not run.
    pub fn restores(&self, backup: &Path) {
        assert!(self.child.is_none(), "it still runs");
        self.operates("restore", backup);
    }

    fn operates(&self, verb: &str, file: &Path) {
        let done = Command::new(binary()).arg(verb).arg(file).arg("--data").arg(self.data.path()).output();
        let done = done.expect("the command runs");
        assert!(done.status.success(), "{verb}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// SIGSTOP: connections are accepted, and nobody ever answers.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// The end of [`Server::freeze`].
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let child = self.child.as_ref().expect("it runs");
        let asked = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// SIGTERM: the server says goodbye and ends by itself. The answer is the process, to be waited for.
    ///
    /// # Panics
    /// When it does not run.
    pub fn stop(&mut self) -> Child {
        self.signal("-TERM");
        self.child.take().expect("it runs")
    }

    /// Such as `http://127.1.0.2:43211`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn binary() -> PathBuf {
    let named = std::env::var_os("CHINWAG_BIN").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist/bin/chinwag")))
}
