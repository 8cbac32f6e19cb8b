//! The tools for people who write rules.

mod publish;
mod recipes;
mod schema;
mod simulate;
