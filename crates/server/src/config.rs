//! What an operator can set: flags and environment first, then `chinwag.toml` in the data folder, then the defaults.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use chinwag_conversation::Transports;
use clap::Args;
use serde::Deserialize;

const LISTEN: &str = "127.0.0.1:8080";
const HANDSHAKES_PER_SECOND: u32 = 500;

/// `chinwag serve`.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one. Default 127.0.0.1:8080.
    #[arg(long, env = "CHINWAG_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    data: DataArgs,
    /// Address under which browsers reach this server, like https://chat.example.com
    #[arg(long, env = "CHINWAG_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Handshakes that this server takes in a second; clients spread their return accordingly. Default 500.
    #[arg(long, env = "CHINWAG_HANDSHAKES_PER_SECOND", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    handshakes_per_second: Option<u32>,
}

/// The data folder, for every command that touches it.
#[derive(Args, Debug)]
pub(crate) struct DataArgs {
    /// Data folder; made on first use.
    #[arg(long, env = "CHINWAG_DATA", value_name = "DIR", default_value = "data")]
    pub(crate) data: PathBuf,
    /// Serves the web files from this folder instead of the built-in ones (for development).
    #[arg(skip = std::env::var_os("CHINWAG_WEB_DIR").map(PathBuf::from))]
    web_dir: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    trusted_proxies: Vec<IpAddr>,
    handshakes_per_second: Option<u32>,
    transport: Transports,
    agent_capacity: Option<u32>,
    files: FilesConfig,
}

/// Where uploaded files are kept: the data folder, or a bucket.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FilesConfig {
    /// Like `s3://bucket/prefix`.
    pub(crate) url: Option<String>,
    region: Option<String>,
    /// Of a service that is not Amazon's.
    endpoint: Option<String>,
    allow_http: bool,
}

impl FilesConfig {
    /// As the storage library names them. Keys come from the environment only: `AWS_ACCESS_KEY_ID` and its companion.
    pub(crate) fn options(&self) -> Vec<(String, String)> {
        let named = [("aws_region", &self.region), ("aws_endpoint", &self.endpoint)];
        let mut options: Vec<_> =
            named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
        options.push(("allow_http".to_owned(), self.allow_http.to_string()));
        options
    }
}

/// The settings of one run.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    /// Origin under which browsers reach this server; absent: the address listened on.
    pub(crate) public_url: Option<String>,
    /// Whose `X-Forwarded-For` is believed, besides this machine's own.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) handshakes_per_second: u32,
    /// What clients are told to use: `socket`, `poll` or `any`.
    pub(crate) transport: Transports,
    /// Open conversations with which an agent takes no more; absent: as many as come.
    pub(crate) agent_capacity: Option<u32>,
    pub(crate) files: FilesConfig,
    pub(crate) web_dir: Option<PathBuf>,
}

#[cfg(test)]
impl Config {
    /// A server on this machine's own address, with a data folder of the test's.
    pub(crate) fn of_a_test(data: &Path) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: data.to_owned(),
            public_url: None,
            trusted_proxies: Vec::new(),
            handshakes_per_second: 1_000_000,
            transport: Transports::Any,
            agent_capacity: None,
            files: FilesConfig::default(),
            web_dir: None,
        }
    }
}

impl Config {
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn load(args: ServeArgs) -> Result<Self, String> {
        let file = read(&args.data.data)?;
        let public_url = args.public_url.or(file.public_url);
        let listen = match args.listen.or(file.listen) {
            Some(listen) => listen,
            None => LISTEN.parse().map_err(|_| "no address to listen on".to_owned())?,
        };
        Ok(Self {
            listen,
            public_url: public_url.map(|url| public_origin(&url)).transpose()?,
            trusted_proxies: file.trusted_proxies,
            handshakes_per_second: args
                .handshakes_per_second
                .or(file.handshakes_per_second)
                .unwrap_or(HANDSHAKES_PER_SECOND)
                .max(1),
            transport: file.transport,
            agent_capacity: file.agent_capacity,
            files: file.files,
            web_dir: args.data.web_dir,
            data: args.data.data,
        })
    }
}

/// The public URL that links of the command line start with, without a running server.
pub(crate) fn public_url(data: &Path) -> Result<String, String> {
    if let Ok(url) = std::env::var("CHINWAG_PUBLIC_URL") {
        return public_origin(&url);
    }
    let file = read(data)?;
    match file.public_url {
        Some(url) => public_origin(&url),
        None => Ok(format!("http://{}", file.listen.map_or_else(|| LISTEN.to_owned(), |listen| listen.to_string()))),
    }
}

fn read(data: &Path) -> Result<File, String> {
    let path = data.join("chinwag.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

fn public_origin(url: &str) -> Result<String, String> {
    let origin = url.strip_suffix('/').unwrap_or(url);
    if crate::origin::is_origin(origin) {
        Ok(origin.to_owned())
    } else {
        Err(format!("the public URL {url:?} must look like https://chat.example.com, without a path"))
    }
}
