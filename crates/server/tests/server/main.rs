//! The real binary in a process of its own, spoken to like browsers do.

mod admission;
mod agents;
mod backup;
mod client;
mod conversation;
mod drill;
mod durability;
mod engagement;
mod files;
mod history;
mod openapi;
mod outages;
mod overload;
mod pages;
mod poll;
mod refusals;
mod results;
mod rules;
mod server;
