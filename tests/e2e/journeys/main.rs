//! Journeys of visitors and agents in real browsers. Each says which defect it would catch.

mod accessible;
mod actions;
mod carriers;
mod console;
mod conversation;
mod embed;
mod files;
mod guest;
mod origins;
mod overlay;
mod playground;
mod recipes;
mod resilience;
mod results;
mod score;
mod signals;
mod strict;
mod tabs;

use chinwag_e2e::browser::Engine;

/// One test per journey and engine.
macro_rules! in_browsers {
    ($($name:ident),* $(,)?) => {
        mod chromium { $(#[tokio::test] async fn $name() { $crate::ends(super::$name(super::Engine::Chromium)).await; })* }
        mod firefox { $(#[tokio::test] async fn $name() { $crate::ends(super::$name(super::Engine::Firefox)).await; })* }
    };
}
use in_browsers;

/// The same for the journeys that are about the browser itself: in WebKit, too.
macro_rules! in_every_browser {
    ($($name:ident),* $(,)?) => {
        $crate::in_browsers!($($name),*);
        mod webkit { $(#[tokio::test] async fn $name() { $crate::ends(super::$name(super::Engine::WebKit)).await; })* }
    };
}
use in_every_browser;

/// A journey comes to an end, whatever its browser does: one that hangs is a failure with a name, not a run without one.
async fn ends(journey: impl Future<Output = ()>) {
    tokio::time::timeout(LONGEST, journey).await.expect("the journey ends");
}

/// Many times what the longest journey takes.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(300);
