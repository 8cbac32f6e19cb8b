//! One binary: the server, and the tools of whoever runs it or writes its rules.

mod admission;
mod app;
mod auth;
mod backup;
mod clock;
mod commands;
mod config;
mod descriptors;
mod desk;
mod engagement;
mod error;
mod files;
mod http;
mod hub;
mod metrics;
mod origin;
mod phase;
mod presence;
mod rate;
mod readiness;
mod results;
mod secret;
mod serve;
mod sites;
mod socket;
mod stall;
mod store;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
