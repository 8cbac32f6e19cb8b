//! The real binary in a process of its own, spoken to like browsers do.

mod agents;
mod client;
mod conversation;
mod durability;
mod engagement;
mod pages;
mod refusals;
mod server;
