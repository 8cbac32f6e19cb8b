//! The scout: watches the page for the signals that the rules mention, and says when one fires. No interface, no
//! network, and no storage unless the visitor has granted it.
//!
//! The loader calls `start(engagement, context, host)`:
//! - `engagement`: the engagement file, parsed;
//! - `context`: `{site, storage: "granted"|"denied"|"unknown", langs: ["fr", "en"], debug?, allowBots?}`;
//! - `host`: `{decision(d), soon(ruleId), report(problems)}` with
//!   `d = {rule, variant?, actions: [...], expires?: ms, agents?: "away-form"}`, texts in one language.

#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod browser;
mod explain;
mod facts;
mod machine;
mod scene;
mod seen;
mod state;
mod value;
mod visit;
mod watch;

use chinwag_targeting::{ConversationPhase, Outcome, Signal, Value};
use state::{Shared, State};
use wasm_bindgen::prelude::*;

/// A running scout.
#[wasm_bindgen]
pub struct Scout {
    state: Shared,
}

/// Starts watching. Never throws: a file that cannot be used is reported, and the scout waits for a better one.
#[wasm_bindgen]
pub fn start(engagement: &JsValue, context: &JsValue, host: &JsValue) -> Scout {
    let state = State::new(context, host);
    state::adopt(&state, engagement);
    // The first look waits until the caller has said what it knows (`set`, `track`).
    state::begin(&state);
    Scout { state }
}

#[wasm_bindgen]
impl Scout {
    /// Facts by dotted path, or nested; `null` removes one.
    pub fn set(&self, facts: &JsValue) {
        state::set(&self.state, value::read(facts));
    }

    /// A custom signal.
    pub fn track(&self, name: String, data: &JsValue) {
        let data = value::read(data);
        state::goal(&self.state, &name);
        state::notice(&self.state, Signal::Custom(name, data));
    }

    /// A new page view: the address changed, or the page came back from the back/forward cache.
    pub fn page(&self, url: Option<String>) {
        state::page(&self.state, url);
    }

    /// What became of a decision: `displayed`, `dismissed`, `opened`, `replied` or `conversation`.
    pub fn answer(&self, rule: &str, outcome: &str) {
        let outcome = match outcome {
            "displayed" => Outcome::Displayed,
            "dismissed" => Outcome::Dismissed,
            "opened" => Outcome::Opened,
            "replied" => Outcome::Replied,
            "conversation" => Outcome::Conversation,
            _ => return,
        };
        state::answer(&self.state, rule, outcome);
    }

    /// A moment of the conversation: `open`, `close`, `sent`, `received` or `ended`.
    pub fn conversation(&self, moment: &str) {
        let (phase, condition) = match moment {
            "open" => (Some(ConversationPhase::Opened), "open"),
            "sent" => (Some(ConversationPhase::Sent), "active"),
            "received" => (Some(ConversationPhase::Received), "active"),
            "ended" => (Some(ConversationPhase::Ended), "ended"),
            _ => (None, "minimised"),
        };
        state::set(&self.state, Value::Map(vec![("chat.state".into(), condition.into())]));
        if let Some(phase) = phase {
            state::notice(&self.state, Signal::Conversation(phase));
        }
    }

    /// `{storage, analytics}`, each `granted` or `denied`.
    pub fn consent(&self, given: &JsValue) {
        state::consent(&self.state, &value::read(given));
    }

    /// A newer engagement file. One that cannot be used is reported, and the old one stays in force.
    pub fn engagement(&self, engagement: &JsValue) {
        if state::adopt(&self.state, engagement) {
            state::notice(&self.state, Signal::Wake);
        }
    }

    /// `available`, `busy`, `away` or `closed`; forgotten after five minutes.
    pub fn availability(&self, status: &str) {
        state::availability(&self.state, status);
    }

    /// Why rules did or did not fire, as a plain object; of one rule, or of all.
    pub fn explain(&self, rule: Option<String>) -> JsValue {
        self.state.try_borrow_mut().map_or(JsValue::NULL, |mut state| explain::explain(&mut state, rule.as_deref()))
    }

    /// Removes every listener and timer.
    pub fn destroy(&self) {
        state::destroy(&self.state);
    }
}
