//! The tools for people who write rules.

mod answers;
mod publish;
mod recipes;
mod schema;
mod simulate;
