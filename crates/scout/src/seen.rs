//! Browser events to signals.

use crate::facts::count;
use crate::js::{NONE, ask, call, elapsed, get, is, number, text, walk, window};
use crate::state::{ACTIVE, State};
use crate::value::items;
use chinwag_targeting::{Exit, FormPhase, Signal, Trigger};
use wasm_bindgen::JsValue;

/// The pointer may come back within this time (a slip over the edge), in milliseconds.
const GRACE: f64 = 80.0;
/// A visitor who has just arrived is not leaving yet.
const ARMED_AFTER: f64 = 5_000.0;

/// Notes an event; what it means goes to `signals`.
pub(crate) fn event(state: &mut State, event: &JsValue, signals: &mut Vec<Signal>) {
    let name = text(&get(event, "type"));
    let now = elapsed();
    match name.as_str() {
        "visibilitychange" => visibility(state, now, signals),
        "pagehide" => state.send(),
        "mouseleave" => leave(state, event, now),
        "mouseenter" => state.due.exit = f64::INFINITY,
        "pointermove" => input(state, now),
        "pointerdown" | "keydown" | "scroll" => {
            state.interacted = true;
            input(state, now);
            if state.watch.scroll && !state.framed {
                state.framed = true;
                state.watch.ask_frame();
            }
        }
        "click" => click(state, event, now, signals),
        "focusin" => form(state, event, FormPhase::Start, signals),
        "focusout" => form(state, event, FormPhase::Abandon, signals),
        "submit" => form(state, event, FormPhase::Submit, signals),
        _ => form(state, event, FormPhase::Error, signals),
    }
}

fn visibility(state: &mut State, now: f64, signals: &mut Vec<Signal>) {
    if is(&walk(&window(), "document.hidden")) {
        state.hidden_at = now;
        state.pause();
        state.send();
        return;
    }
    let away = (now - state.hidden_at) / 1000.0;
    state.go_on();
    // Pages that were opened in the background are seen for the first time: that is no return.
    if state.hidden_at > 0.0 {
        signals.extend([Signal::Return(away), Signal::Exit(Exit::TabReturn)]);
    }
    signals.push(Signal::Wake);
}

fn leave(state: &mut State, event: &JsValue, now: f64) {
    let ready = state.interacted && !state.exited && now - state.page_start >= ARMED_AFTER;
    let focused = || is(&call(&get(&window(), "document"), "hasFocus", NONE, NONE, NONE));
    if ready && number(&get(event, "clientY")) <= 8.0 && !is(&get(event, "buttons")) && focused() && state.is_fine() {
        state.due.exit = now + GRACE;
    }
}

/// A sign of life. Twice a second is often enough.
fn input(state: &mut State, now: f64) {
    if now - state.last_input < 500.0 || !state.watch.input {
        return;
    }
    state.last_input = now;
    state.facts.set_running("page.secondsIdle", 0.0, now);
    if state.due.inactive == f64::INFINITY {
        state.run(ACTIVE);
        state.due.inactive = now + crate::state::INACTIVE_AFTER;
    }
}

/// The signals of the rules whose triggers fit.
fn fitting(state: &State, signals: &mut Vec<Signal>, signal: &dyn Fn(&Trigger) -> Option<Signal>) {
    if let Some(rules) = state.rules {
        rules.each_trigger(&mut |trigger| {
            if let Some(signal) = signal(trigger) {
                signals.push(signal);
            }
        });
    }
}

fn click(state: &mut State, event: &JsValue, now: f64, signals: &mut Vec<Signal>) {
    let target = get(event, "target");
    fitting(state, signals, &|trigger| match trigger {
        Trigger::Click(selector) if ask(&target, "closest", selector).is_object() => {
            Some(Signal::Click(selector.clone()))
        }
        _ => None,
    });
    // Three clicks within 30 pixels, each within a second of the one before.
    let (x, y) = (number(&get(event, "clientX")), number(&get(event, "clientY")));
    let (count, px, py, at) = state.clicks;
    let again = now - at < 1000.0 && (x - px).abs() + (y - py).abs() <= 30.0;
    state.clicks = if again { (count + 1, px, py, now) } else { (1, x, y, now) };
    if again && count == 2 {
        signals.push(Signal::Rage);
    }
}

fn form(state: &mut State, event: &JsValue, phase: FormPhase, signals: &mut Vec<Signal>) {
    let form = ask(&get(event, "target"), "closest", "form");
    if !form.is_object() {
        return;
    }
    let started = state.form == form;
    match phase {
        FormPhase::Start if started => return,
        FormPhase::Start => state.form = form.clone(),
        FormPhase::Error => {}
        FormPhase::Abandon if !started => return,
        FormPhase::Abandon if is(&call(&form, "contains", get(event, "relatedTarget"), NONE, NONE)) => return,
        FormPhase::Abandon | FormPhase::Submit => state.form = NONE,
    }
    fitting(state, signals, &|trigger| match trigger {
        Trigger::Form(at, selector)
            if *at == phase && (selector.is_empty() || is(&ask(&form, "matches", selector))) =>
        {
            Some(Signal::Form(phase, selector.clone()))
        }
        _ => None,
    });
}

/// The depth that was seen, in whole percent, when it has grown; and elements that came late.
pub(crate) fn frame(state: &mut State, signals: &mut Vec<Signal>) {
    state.framed = false;
    if let Some(rules) = state.rules {
        state.watch.observe(rules);
    }
    let window = window();
    let of = |path| number(&walk(&window, path));
    let seen = of("scrollY") + of("innerHeight");
    let percent = (seen / of("document.documentElement.scrollHeight").max(1.0) * 100.0).min(100.0).round();
    if percent > state.scroll {
        state.scroll = percent;
        count(&mut state.facts, "page.scroll", percent);
        signals.push(Signal::Scroll(percent));
    }
}

/// Elements that came on screen.
pub(crate) fn entries(state: &mut State, entries: &JsValue, signals: &mut Vec<Signal>) {
    for entry in items(entries).iter().filter(|entry| is(&get(entry, "isIntersecting"))) {
        let target = get(entry, "target");
        fitting(state, signals, &|trigger| match trigger {
            Trigger::Visible(selector) if is(&ask(&target, "matches", selector)) => {
                Some(Signal::Visible(selector.clone()))
            }
            _ => None,
        });
    }
}
