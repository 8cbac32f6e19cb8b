//! One server process with a data folder of its own.

use std::{path::Path, process::Stdio, time::Duration};

use reqwest::{Method, RequestBuilder, Response, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Long enough for a machine that builds beside; no test waits for it unless something is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Waits for something that must come.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// A client that follows nothing and gives up when something is broken.
pub(crate) fn http() -> reqwest::Client {
    // The first call counts.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Nothing here speaks TLS, and the system's certificates take long to read.
    let builder = reqwest::Client::builder().tls_certs_only([]).redirect(reqwest::redirect::Policy::none());
    builder.timeout(PATIENCE).build().unwrap()
}

pub(crate) struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
    data: tempfile::TempDir,
}

/// A signed-in agent.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) cookie: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    pub(crate) async fn start_in(data: tempfile::TempDir) -> Self {
        Self::start_with(data, |_| {}).await
    }

    pub(crate) async fn start_with(data: tempfile::TempDir, set: impl FnOnce(&mut Command)) -> Self {
        let mut command = chinwag();
        command.args(["serve"]);
        Self::spawn(data, command, set).await
    }

    /// Started by a shell that first does what `script` says; the server's command line is its arguments.
    pub(crate) async fn start_through(data: tempfile::TempDir, script: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_chinwag"), "serve"]);
        Self::spawn(data, command, |_| {}).await
    }

    async fn spawn(data: tempfile::TempDir, mut command: Command, set: impl FnOnce(&mut Command)) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(data.path().join("log")).unwrap();
        command.env("CHINWAG_LOG", "debug").args(["--listen", "127.0.0.1:0", "--data"]).arg(data.path());
        set(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(log).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = soon("the first line", lines.next_line()).await.unwrap().expect("a first line");
        let url = first.strip_prefix("listening on ").expect("the address comes first").to_owned();
        Self { child, lines, url, data }
    }

    /// `kill -9`, and the same data again.
    pub(crate) async fn crash(self) -> Self {
        Self::start_in(self.stop().await).await
    }

    /// `kill -9`; the data stay.
    pub(crate) async fn stop(self) -> tempfile::TempDir {
        let Self { mut child, data, .. } = self;
        child.start_kill().unwrap();
        soon("the end", child.wait()).await.unwrap();
        data
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("log")).unwrap()
    }

    pub(crate) async fn next_line(&mut self) -> Option<String> {
        soon("a line", self.lines.next_line()).await.unwrap()
    }

    /// The code of the first admin's link.
    pub(crate) async fn setup_code(&mut self) -> String {
        let line = self.next_line().await.expect("the link");
        let start = format!("first admin: {}/console/#setup=", self.url);
        line.strip_prefix(&start).unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    /// Id of the process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id().expect("a running process")
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.process().to_string();
        let sent = std::process::Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) async fn exit_code(&mut self) -> Option<i32> {
        soon("the end", self.child.wait()).await.unwrap().code()
    }

    /// A request from a page of this server.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        http().request(method, format!("{}{path}", self.url)).header("origin", &self.url)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// A call of the console.
    pub(crate) fn console(&self, method: Method, path: &str, who: Option<&Signed>) -> RequestBuilder {
        let request = self.request(method, path).header("x-chinwag", "1");
        match who {
            Some(who) => request.header("cookie", &who.cookie),
            None => request,
        }
    }

    /// The first admin, signed in.
    pub(crate) async fn admin(&mut self) -> Signed {
        let code = self.setup_code().await;
        let body = json!({ "code": code, "name": "Mia", "email": "mia@example.com", "password": PASSWORD });
        let response = self.console(Method::POST, "/v1/agent/setup", None).json(&body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Signed { cookie: cookie(response.headers()) }
    }

    pub(crate) async fn set_intent(&self, who: &Signed, intent: &str) {
        let request = self.console(Method::PUT, "/v1/agent/intent", Some(who));
        let response = request.json(&json!({ "intent": intent })).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// Looks until `seen` says that it is there.
    pub(crate) async fn eventually<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        soon(what, async {
            loop {
                if let Some(seen) = look().await {
                    return seen;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
    }
}

/// The name and value of the session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> String {
    let cookie = headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// The binary without this machine's settings.
pub(crate) fn chinwag() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chinwag"));
    for name in ["CHINWAG_LISTEN", "CHINWAG_DATA", "CHINWAG_PUBLIC_URL", "CHINWAG_WEB_DIR", "CHINWAG_LOG"] {
        command.env_remove(name);
    }
    command
}
