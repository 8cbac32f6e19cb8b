//! Targeting: when to offer a conversation.
//!
//! [`compile`] turns an engagement file into [`Rules`] and a list of [`Problem`]s; [`decide`] takes the rules, the
//! [`Facts`], the [`History`] and one [`Signal`], and says what to do now and when to look again. Pure: no clock, no
//! storage, no randomness, no I/O. What only the surrounding machine can know comes through [`Host`].

#![warn(missing_docs)]
#![cfg_attr(not(feature = "tools"), allow(dead_code, unused_imports))] // what only tools ask for stands beside the rest
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod action;
pub mod bucketing;
#[cfg(feature = "tools")]
mod check;
#[cfg(feature = "tools")]
mod compile;
mod condition;
mod decide;
#[cfg(feature = "tools")]
mod describe;
#[cfg(feature = "tools")]
pub mod editing;
#[cfg(feature = "tools")]
pub mod experiment;
#[cfg(feature = "tools")]
mod explain;
mod facts;
mod history;
mod host;
mod number;
#[cfg(feature = "tools")]
mod problem;
mod program;
pub mod results;
mod rules;
#[cfg(feature = "tools")]
mod schema;
#[cfg(feature = "tools")]
pub mod selftest;
mod signal;
#[cfg(feature = "tools")]
pub mod simulate;
#[cfg(feature = "tools")]
pub mod suite;
mod talk;
mod text;
mod value;
#[cfg(feature = "tools")]
pub mod vocabulary;
#[cfg(feature = "tools")]
mod words;

pub use action::{Action, Deed};
#[cfg(feature = "tools")]
pub use check::check;
#[cfg(feature = "tools")]
pub use compile::{Compiled, MAX_DEPTH, MAX_FILE_BYTES, MAX_LIST, MAX_RULES, compile};
#[cfg(feature = "tools")]
pub use condition::Condition;
pub use condition::{Semantics, Truth, Why};
pub use decide::{Availability, Decision, Pass, Reason, SCORE_PASSES, Trace, decide};
#[cfg(feature = "tools")]
pub use describe::{describe, describe_action, describe_rule, describe_triggers};
#[cfg(feature = "tools")]
pub use explain::{Explained, explain, explain_each, explain_rule, readings, signal_name};
pub use facts::{Facts, Now};
#[cfg(feature = "tools")]
pub use history::{Count, Usage, usage};
pub use history::{History, Outcome};
pub use host::{Host, LocalTime, Pattern};
#[cfg(feature = "tools")]
pub use problem::{Code, Expected, Problem, Severity};
pub use rules::{Goal, Rule, Rules, Status, Trigger};
#[cfg(feature = "tools")]
pub use schema::{SCHEMA_ID, schema};
pub use signal::{ConversationPhase, Exit, FormPhase, Signal};
pub use talk::{WAITING, talk};
#[doc(hidden)] // the scout's, so that there is one of it
pub use text::cut;
pub use value::Value;
#[cfg(feature = "tools")]
pub use words::{figure, span};
