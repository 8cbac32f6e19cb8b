//! The life of the server: serving, then draining, then closing.

use chinwag_conversation::time::Elapsed;
use tokio::sync::watch;

/// Where the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Serving,
    /// Clients were asked to come back within this window; everything is closed at the end of it.
    Draining {
        window_ms: u64,
        until: Elapsed,
    },
    /// Sockets close now. Everybody comes back over the same window.
    Closing {
        window_ms: u64,
    },
}

/// Everybody's view of the phase.
#[derive(Clone, Debug)]
pub(crate) struct Phases(watch::Receiver<Phase>);

impl Phases {
    pub(crate) fn new() -> (watch::Sender<Phase>, Self) {
        let (to, from) = watch::channel(Phase::Serving);
        (to, Self(from))
    }

    pub(crate) fn now(&self) -> Phase {
        *self.0.borrow()
    }

    /// The next phase. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Phase {
        if self.0.changed().await.is_err() {
            return std::future::pending().await;
        }
        *self.0.borrow_and_update()
    }

    /// Waits until everything closes; the window of the return.
    pub(crate) async fn closing(&mut self) -> u64 {
        loop {
            if let Phase::Closing { window_ms } = *self.0.borrow_and_update() {
                return window_ms;
            }
            if self.0.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}
