//! Listeners, all on one function and only those that the rules need.

use crate::js::{NONE, ask, call, get, make, parse, window};
use crate::value::items;
use chinwag_targeting::{Exit, Rules, Trigger};
use wasm_bindgen::JsValue;

/// `event` on the window, or `event` on the root element where the pointer can leave it.
const INPUT: &[&str] = &["pointerdown", "keydown"];
const FORM: &[&str] = &["focusin", "focusout", "submit", "invalid"];
const POINTER: &[&str] = &["mouseleave", "mouseenter"];

/// What is being listened to.
pub(crate) struct Watch {
    /// Whatever the browser calls back with: an event, a time (animation frame), entries (intersections), nothing
    /// (timer).
    ear: JsValue,
    heard: Vec<(JsValue, &'static str)>,
    /// Of intersections; `undefined` when no rule asks.
    observer: JsValue,
    /// Does anybody ask for idle or active seconds?
    pub(crate) input: bool,
    /// Or for what is on screen? Elements may come late, so that is asked again whenever the page moved.
    pub(crate) scroll: bool,
}

/// Caught on the way down, because pages stop events; but of leaving and scrolling (which nobody can prevent) only the
/// root's own.
fn options(name: &str) -> JsValue {
    match name {
        "scroll" | "mouseleave" | "mouseenter" => NONE,
        _ => parse(r#"{"passive":true,"capture":true}"#),
    }
}

impl Watch {
    pub(crate) fn new(ear: JsValue) -> Watch {
        Watch { ear, heard: Vec::new(), observer: NONE, input: false, scroll: false }
    }

    /// Listens for what the rules need, and for nothing else any more.
    pub(crate) fn begin(&mut self, rules: &Rules) {
        self.end();
        let mentions = |facts: &[&str]| facts.iter().any(|fact| rules.mentions(fact));
        self.input = mentions(&["page.secondsIdle", "page.secondsActive", "visit.secondsActive"]);
        self.scroll = mentions(&["page.scroll"]);
        let (mut exit, mut click, mut form) = (false, false, false);
        let mut visible = false;
        rules.each_trigger(&mut |trigger| match trigger {
            Trigger::Exit(None | Some(Exit::Pointer)) => exit = true,
            Trigger::Click(_) | Trigger::Rage => click = true,
            Trigger::Form(..) => form = true,
            Trigger::Visible(_) => visible = true,
            _ => {}
        });
        if visible {
            self.scroll = true;
            self.observer = make("IntersectionObserver", self.ear.clone(), parse(r#"{"threshold":0.5}"#));
        }
        let window = window();
        self.listen(&window, &["visibilitychange", "pagehide"], true);
        self.listen(&window, &["scroll"], self.scroll || self.input || exit);
        self.listen(&window, INPUT, self.input || exit);
        self.listen(&window, &["pointermove"], self.input);
        self.listen(&window, &["click"], click);
        self.listen(&window, FORM, form);
        let root = crate::js::walk(&window, "document.documentElement");
        self.listen(&root, POINTER, exit);
        self.observe(rules);
    }

    fn listen(&mut self, target: &JsValue, names: &[&'static str], wanted: bool) {
        for name in names.iter().filter(|_| wanted) {
            call(target, "addEventListener", (*name).into(), self.ear.clone(), options(name));
            self.heard.push((target.clone(), name));
        }
    }

    /// Looks at the elements that are there now. One that is looked at already is no news to the browser.
    pub(crate) fn observe(&self, rules: &Rules) {
        let document = get(&window(), "document");
        rules.each_trigger(&mut |trigger| {
            if let Trigger::Visible(selector) = trigger {
                for element in items(&ask(&document, "querySelectorAll", selector)) {
                    call(&self.observer, "observe", element, NONE, NONE);
                }
            }
        });
    }

    /// One frame later the page is looked at, however often it moved until then.
    pub(crate) fn ask_frame(&self) {
        call(&window(), "requestAnimationFrame", self.ear.clone(), NONE, NONE);
    }

    /// Sets a timer; to be cleared by the answer.
    pub(crate) fn set_timeout(&self, ms: f64) -> JsValue {
        call(&window(), "setTimeout", self.ear.clone(), ms.into(), NONE)
    }

    pub(crate) fn end(&mut self) {
        while let Some((target, name)) = self.heard.pop() {
            call(&target, "removeEventListener", name.into(), self.ear.clone(), options(name));
        }
        call(&self.observer, "disconnect", NONE, NONE, NONE);
        self.observer = NONE;
    }
}
