//! The tools for people who write rules.

mod recipes;
mod schema;
mod simulate;
