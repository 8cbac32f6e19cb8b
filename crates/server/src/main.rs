//! One binary: the server, and the tools of whoever runs it or writes its rules.

mod app;
mod auth;
mod clock;
mod commands;
mod config;
mod desk;
mod engagement;
mod error;
mod http;
mod hub;
mod origin;
mod phase;
mod presence;
mod rate;
mod secret;
mod serve;
mod sites;
mod socket;
mod store;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
