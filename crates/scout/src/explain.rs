//! Why rules did or did not fire.

use crate::js::put;
use crate::state::{State, now};
use crate::value::{array, object, push};
use chinwag_targeting::{Signal, decide};
use wasm_bindgen::JsValue;

/// `{revision, page, rules: [{id, name, reason, because?, unmet?, clauses?, winner?, now, signal, wakeIn?}]}`: `reason` is that
/// of the last signal, `now` what time alone would bring, `signal` what would come of the signal that the rule waits for; all
/// from the closed list of reasons. When a condition was the
/// reason, `because` is the fact that decided it, and `unmet` of its `clauses` do not hold now. `page` is the path as the
/// rules see it, `wakeIn` is in milliseconds.
pub(crate) fn explain(state: &mut State, only: Option<&str>) -> JsValue {
    state.look();
    let told = object();
    let Some(rules) = state.rules else { return told };
    let pass = decide(rules, &state.facts, &state.history, &Signal::Wake, now());
    let list = array();
    for (trace, rule) in pass.trace.iter().zip(rules.rules()) {
        if only.is_some_and(|only| only != rule.id()) {
            continue;
        }
        let entry = object();
        let last = state.last.iter().find(|last| last.rule == trace.rule).unwrap_or(trace);
        let winner = last.winner.and_then(|winner| rules.rules().get(usize::from(winner)));
        put(&entry, "id", rule.id().into());
        put(&entry, "name", rule.name().into());
        put(&entry, "reason", last.reason.as_str().into());
        put(&entry, "now", trace.reason.as_str().into());
        let tried = decide(rules, &state.facts, &state.history, &Signal::Tried(trace.rule), now());
        let tried = tried.trace.get(usize::from(trace.rule)).unwrap_or(trace);
        put(&entry, "signal", tried.reason.as_str().into());
        if let Some(fact) = last.fact {
            let (unmet, clauses) = rules.near(&state.facts, &state.history, now(), rule);
            put(&entry, "because", rules.paths().nth(fact.into()).into());
            put(&entry, "unmet", unmet.into());
            put(&entry, "clauses", clauses.into());
        }
        if let Some(winner) = winner {
            put(&entry, "winner", winner.id().into());
        }
        if let Some(wake) = trace.wake_in {
            put(&entry, "wakeIn", wake.into());
        }
        push(&list, entry);
    }
    put(&told, "revision", state.revision.into());
    put(&told, "page", state.facts.text("page.path", now()).into());
    put(&told, "rules", list);
    told
}
