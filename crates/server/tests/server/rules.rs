//! The tools for people who write rules.

mod answers;
mod check;
mod publish;
mod recipes;
mod schema;
mod simulate;
