//! Why rules did or did not fire.

use crate::state::{State, now};
use crate::value::put;
use chinwag_targeting::{Rules, Signal, Trace, decide};
use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

/// `{revision, page, rules: [{id, name, reason, now, winner?, wakeIn?}]}`: `reason` is that of the last signal, `now`
/// what time alone would bring; both from the closed list of reasons. `wakeIn` is in milliseconds.
pub(crate) fn explain(state: &mut State, only: Option<&str>) -> JsValue {
    state.look();
    let told = JsValue::from(Object::new());
    let Some(rules) = &state.rules else { return told };
    let pass = decide(rules, &state.facts, &state.history, &Signal::Wake, now());
    let list = Array::new();
    for trace in &pass.trace {
        let Some(rule) = rules.rules().get(usize::from(trace.rule)) else { continue };
        if only.is_some_and(|only| only != rule.id()) {
            continue;
        }
        let entry = JsValue::from(Object::new());
        put(&entry, "id", &rule.id().into());
        put(&entry, "name", &rule.name().into());
        let last = state.last.iter().find(|last| last.rule == trace.rule).unwrap_or(trace);
        detail(&entry, rules, last);
        put(&entry, "now", &trace.reason.as_str().into());
        if let Some(wake) = trace.wake_in {
            put(&entry, "wakeIn", &wake.into());
        }
        list.push(&entry);
    }
    put(&told, "revision", &rules.revision().into());
    if let Some(path) = state.facts.get("page.path", now()) {
        put(&told, "page", &crate::value::write(&path));
    }
    put(&told, "rules", &list);
    told
}

fn detail(entry: &JsValue, rules: &Rules, trace: &Trace) {
    put(entry, "reason", &trace.reason.as_str().into());
    let winner = trace.winner.and_then(|winner| rules.rules().get(usize::from(winner)));
    if let Some(winner) = winner {
        put(entry, "winner", &winner.id().into());
    }
}
