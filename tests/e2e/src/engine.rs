//! The three engines: how each one's driver is started, and what it is asked for.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    /// WebKitGTK, which needs a display: `./build.sh e2e` brings one.
    WebKit,
}

/// A driver with a session of its own. Dropping it ends both.
pub(crate) struct Driver {
    process: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    /// # Panics
    /// When the driver does not start.
    pub(crate) fn start(engine: Engine) -> Self {
        match engine {
            Engine::Chromium => {
                let program = path("CHROMEDRIVER", &["/usr/bin/chromedriver"]);
                Self::that_tells(&program, &["--port=0", "--log-level=SEVERE"], "on port ")
            }
            Engine::Firefox => {
                Self::that_tells(&path("GECKODRIVER", &["geckodriver"]), &["--port=0", "--log=info"], "127.0.0.1:")
            }
            Engine::WebKit => Self::that_is_told(&path("WEBKITDRIVER", &["/usr/bin/WebKitWebDriver"])),
        }
    }

    /// One that takes a port from the kernel, and says which after `mark`.
    fn that_tells(program: &str, arguments: &[&str], mark: &'static str) -> Self {
        let mut process = spawn(program, arguments);
        let stdout = process.stdout.take().expect("its output");
        let (said, ports) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let number = line
                    .rsplit_once(mark)
                    .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
                if let Some(port) = number.and_then(|number| number.parse::<u16>().ok()).filter(|port| *port != 0) {
                    let _ = said.send(port);
                }
            }
        });
        let port = ports.recv_timeout(Duration::from_secs(30)).expect("the driver says its port");
        Self { process, port, session: None }
    }

    /// One that wants to be told a port: one that the kernel gave a moment ago.
    fn that_is_told(program: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port").port();
        let driver = Self { process: spawn(program, &[&format!("--port={port}")]), port, session: None };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "{program} does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        driver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The session that ends with the driver.
    pub(crate) fn holds(&mut self, session: String) {
        self.session = Some(session);
    }

    /// The address of the session's commands.
    pub(crate) fn session_url(&self) -> String {
        format!("{}/session/{}", self.url(), self.session.as_deref().unwrap_or_default())
    }

    /// Ends the browser. A driver that is killed would leave it behind.
    fn quit(&self) -> std::io::Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        let mut line = TcpStream::connect(("127.0.0.1", self.port))?;
        line.set_read_timeout(Some(Duration::from_secs(10)))?;
        let host = format!("host: 127.0.0.1:{}", self.port);
        line.write_all(
            format!("DELETE /session/{session} HTTP/1.1\r\n{host}\r\nconnection: close\r\n\r\n").as_bytes(),
        )?;
        line.read(&mut [0; 64]).map(|_| ())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.quit();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(program: &str, arguments: &[&str]) -> Child {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|problem| panic!("{program}: {problem}"))
}

fn path(variable: &str, candidates: &[&str]) -> String {
    std::env::var(variable).ok().filter(|path| !path.is_empty()).unwrap_or_else(|| {
        let exists = |path: &&&str| std::path::Path::new(path).exists();
        (*candidates.iter().find(exists).unwrap_or(&candidates[0])).to_owned()
    })
}

pub(crate) fn capabilities(engine: Engine) -> Value {
    match engine {
        Engine::Chromium => json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": path("CHROMIUM", &["/usr/bin/chromium", "/usr/bin/google-chrome"]),
                "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,900"],
            },
        }),
        Engine::Firefox => json!({
            "browserName": "firefox",
            "moz:firefoxOptions": {
                "binary": path("FIREFOX", &["/usr/bin/firefox-esr", "/usr/bin/firefox"]),
                "args": ["-headless", "-width", "1280", "-height", "900"],
            },
        }),
        Engine::WebKit => json!({
            "browserName": "MiniBrowser",
            "webkitgtk:browserOptions": {
                "binary": path("WEBKIT", &["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"]),
                "args": ["--automation", "--geometry=1280x900"],
            },
        }),
    }
}
