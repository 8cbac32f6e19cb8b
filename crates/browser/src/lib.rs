//! Browser APIs as owned values: dropping one takes back what it put into the page.
//!
//! Used by the interface and the console. No Yew in here.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod clock;
pub mod frames;
pub mod js;
pub mod json;
pub mod keep;
pub mod link;
pub mod number;
pub mod random;
pub mod storage;
pub mod upload;

mod post;
mod socket;
