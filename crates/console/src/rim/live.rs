//! The link of the agent.

use chinwag_browser::link::{Endpoint, Link, LinkConfig};
use chinwag_conversation::{Cursor, Stream};
use yew::Callback;

use crate::model::{Action, Effect, FeedPosition};

/// A running link.
pub(super) struct Live {
    pub(super) link: Link,
}

impl Live {
    /// Follows the feed from `position`; what was written before and not stored leaves first.
    pub(super) fn start(position: FeedPosition, scope: Option<String>, act: Callback<Action>) -> Self {
        let origin = web_sys::window().and_then(|window| window.location().origin().ok());
        let config = LinkConfig {
            servers: origin.into_iter().collect(),
            endpoint: Endpoint::Agent,
            follow: vec![Cursor { stream: Stream::Feed, epoch: position.epoch, seq: Some(position.seq) }],
            scope,
            share: None,
        };
        Self { link: Link::start(config, move |notice| act.emit(Action::Notice(notice))) }
    }

    pub(super) fn run(&self, effect: Effect) {
        match effect {
            Effect::KeepFile(entry) => self.link.keep(&entry),
            Effect::Retry(id) => self.link.retry(id),
            Effect::Discard(id) => self.link.discard(id),
            Effect::Report(conversation, progress) => {
                self.link.report(conversation, progress.delivered, progress.read);
            }
            Effect::Typing(conversation) => self.link.typing(conversation),
            Effect::Nudge => self.link.nudge(),
            _ => {}
        }
    }
}
