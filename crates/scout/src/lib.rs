//! The scout: watches the page for the signals that the rules mention, and says when one fires. No interface, no
//! network but counts that the visitor has granted, and no storage unless the visitor has granted that. One to a page.
//!
//! The loader calls `start(engagement, context, host)`:
//! - `engagement`: the published engagement file, parsed; its `program` is what the scout runs;
//! - `context`: `{site, storage?, analytics?, results, allowBots?}`: consent is `"granted"`, `"denied"` or `"unknown"`,
//!   `results` the address that counts go to;
//! - `host`: `{decision(d), soon(ruleId), report(text), hear}` where `hear` is this module's own and
//!   `d = {rule, variant?, actions: [...], expires?: ms, agents?: "away-form"}` with actions in the form of the file.
//!
//! Every function takes JavaScript values of any kind, and takes them over: the smallest glue is none.

#![warn(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod explain;
mod facts;
mod js;
#[doc(hidden)] // for the tests that run the engine on it
pub mod machine;
mod seen;
mod state;
mod turns;
mod value;
mod visit;
mod watch;
#[cfg(feature = "watched")]
pub mod watched;

// The allocator.
use chinwag_heap as _;
use chinwag_targeting::{ConversationPhase, Outcome, Signal};
use js::text;
use turns::{notice, with};
#[cfg(feature = "watched")]
use wasm_bindgen::JsValue;
#[cfg(not(feature = "watched"))]
use wasm_bindgen::prelude::*;

/// What is known of agents is good for five minutes; milliseconds.
const AGENTS_KEPT: f64 = 300_000.0;

/// Starts watching. Never throws: a file that cannot be used is reported, and the scout waits for a better one.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn start(engagement: JsValue, context: JsValue, host: JsValue) {
    turns::start(&context, &host);
    turns::adopt(&engagement);
    // The first look waits until the caller has said what it knows (`set`, `track`).
    with(state::State::arm);
}

/// Given to the browser for everything that it calls back with.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn hear(given: JsValue) {
    turns::hear(&given);
}

/// Facts by dotted path, or nested; `null` removes one.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn set(facts: JsValue) {
    for path in with(|state| state.set(&facts)).unwrap_or_default() {
        turns::unless_early(Signal::Fact(path));
    }
}

/// A custom signal.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn track(name: JsValue, data: JsValue) {
    let name = text(&name);
    turns::goal(&name);
    notice(Signal::Custom(name, value::read(&data)));
}

/// A new page view: the address changed, or the page came back from the back/forward cache.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn page(url: JsValue) {
    with(|state| {
        state.page_start = js::elapsed();
        state.open_page(url.as_string());
        // Looked at in a moment: routers tell of a page before they have drawn it.
        state.early.get_or_insert_default();
        state.due.first = state.page_start;
        state.arm();
    });
}

/// What became of a decision: `displayed`, `dismissed`, `opened`, `replied` or `conversation`.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn answer(rule: JsValue, outcome: JsValue) {
    let outcome = match text(&outcome).as_str() {
        "displayed" => Outcome::Displayed,
        "opened" => Outcome::Opened,
        "dismissed" => Outcome::Dismissed,
        "replied" => Outcome::Replied,
        "conversation" => Outcome::Conversation,
        _ => return,
    };
    turns::answer(&text(&rule), outcome);
}

/// A moment of the conversation: `open`, `close`, `sent`, `received` or `ended`; `none`: the visitor has left it for good.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn conversation(moment: JsValue) {
    use ConversationPhase::{Ended, Opened, Received, Sent};
    let (phase, told, condition) = match text(&moment).as_str() {
        "open" => (Opened, true, "open"),
        "sent" => (Sent, true, "active"),
        "received" => (Received, true, "active"),
        "ended" => (Ended, true, "ended"),
        "none" => (Ended, false, "none"),
        _ => (Opened, false, "minimised"),
    };
    with(|state| state.talk(phase));
    let facts = value::object();
    js::put(&facts, "chat.state", condition.into());
    js::put(&facts, "chat.count", with(|state| state.shelf.conversations()).unwrap_or_default());
    set(facts);
    if told {
        notice(Signal::Conversation(phase));
    }
}

/// `{storage, analytics}`, each `granted` or `denied`.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn consent(given: JsValue) {
    turns::consent(&given);
}

/// A newer engagement file. One that cannot be used is reported, and the old one stays in force.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn engagement(engagement: JsValue) {
    if turns::adopt(&engagement) {
        notice(Signal::Wake);
    }
}

/// `available`, `busy`, `away` or `closed`; forgotten after five minutes, and the rules are told of that.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn availability(status: JsValue) {
    let status = text(&status);
    with(|state| {
        state.due.agents = js::elapsed() + AGENTS_KEPT;
        facts::say(&mut state.facts, "agents.status", if status == "away" { "closed" } else { &status });
    });
    notice(Signal::Agents);
}

/// Why rules did or did not fire, as a plain object; of one rule, or of all.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn explain(rule: JsValue) -> JsValue {
    with(|state| explain::explain(state, rule.as_string().as_deref())).unwrap_or_default()
}

/// Removes every listener and timer.
#[cfg_attr(not(feature = "watched"), wasm_bindgen)]
pub fn destroy() {
    turns::destroy();
}
