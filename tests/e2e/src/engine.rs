//! The three engines: how each one's driver is started, and what it is asked for.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError, mpsc},
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
    engine: Engine,
    process: Child,
    port: u16,
    session: Option<String>,
}

/// Browsers that a journey has left, and that the next one takes: to start one costs more than most journeys do.
static LEFT: Mutex<Vec<Driver>> = Mutex::new(Vec::new());
/// Of each engine.
const LEFT_AT_MOST: usize = 3;

impl Driver {
    /// One that an earlier journey left, with its session.
    pub(crate) fn left(engine: Engine) -> Option<Self> {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        let place = left.iter().position(|driver| driver.engine == engine)?;
        Some(left.remove(place))
    }

    /// For the next journey.
    pub(crate) fn leave(self) {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        if left.iter().filter(|driver| driver.engine == self.engine).count() < LEFT_AT_MOST {
            left.push(self);
        }
    }

    /// # Panics
    /// When the driver does not start.
    pub(crate) fn start(engine: Engine) -> Self {
        match engine {
            Engine::Chromium => {
                let program = path("CHROMEDRIVER", &["/usr/bin/chromedriver"]);
                Self::that_tells(engine, &program, &["--port=0", "--log-level=SEVERE"], "on port ")
            }
            Engine::Firefox => {
                let program = path("GECKODRIVER", &["geckodriver"]);
                Self::that_tells(engine, &program, &["--port=0", "--log=info"], "127.0.0.1:")
            }
            Engine::WebKit => Self::that_is_told(engine, &path("WEBKITDRIVER", &["/usr/bin/WebKitWebDriver"])),
        }
    }

    /// One that takes a port from the kernel, and says which after `mark`.
    fn that_tells(engine: Engine, program: &str, arguments: &[&str], mark: &'static str) -> Self {
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
        Self { engine, process, port, session: None }
    }

    /// One that wants to be told a port: one that the kernel gave a moment ago.
    fn that_is_told(engine: Engine, program: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port").port();
        let process = spawn(program, &[&format!("--port={port}")]);
        let driver = Self { engine, process, port, session: None };
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

    pub(crate) fn session(&self) -> Option<&str> {
        self.session.as_deref()
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
        // That closes its input.
        let _ = self.process.wait();
    }
}

/// A driver, its browser and their files go when their input ends: with [`Driver`], and with the whole run, however that ends.
const GUARD: &str = r#"TMPDIR=$(mktemp -d) && export TMPDIR || exit
"$@" &
cat >/dev/null
trap '' TERM
kill -TERM 0
wait
rm -rf "$TMPDIR"
kill -KILL 0"#;

fn spawn(program: &str, arguments: &[&str]) -> Child {
    Command::new("sh")
        .args(["-c", GUARD, "sh", program])
        .args(arguments)
        .process_group(0)
        .stdin(Stdio::piped())
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
