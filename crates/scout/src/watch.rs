//! Listeners, all on one closure and only those that the rules need.

use chinwag_targeting::{Exit, Rules, Trigger};
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Document, EventTarget, IntersectionObserver, IntersectionObserverInit, Window};

/// Whatever the browser calls back with: an event, a time (animation frame), entries (intersections), nothing (timer).
pub(crate) type Ear = Closure<dyn FnMut(JsValue)>;

/// What is being listened to; dropping it stops that.
pub(crate) struct Watch {
    ear: JsValue,
    heard: Vec<(EventTarget, &'static str, bool)>,
    observer: Option<IntersectionObserver>,
    /// Does anybody ask for idle or active seconds?
    pub(crate) input: bool,
    pub(crate) scroll: bool,
    pub(crate) rage: bool,
}

impl Watch {
    pub(crate) fn new(ear: &Ear, window: &Window, document: &Document, rules: &Rules) -> Watch {
        let mut watch = Watch {
            ear: ear.as_ref().clone(),
            heard: Vec::new(),
            observer: None,
            input: rules.mentions("page.secondsIdle")
                || rules.mentions("page.secondsActive")
                || rules.mentions("visit.secondsActive"),
            scroll: rules.mentions("page.scroll"),
            rage: false,
        };
        let (mut exit, mut click, mut form) = (false, false, false);
        for trigger in rules.triggers() {
            match trigger {
                Trigger::Scroll(_) => watch.scroll = true,
                Trigger::Idle { .. } => watch.input = true,
                Trigger::Exit(None | Some(Exit::Pointer)) => exit = true,
                Trigger::Click(_) => click = true,
                Trigger::Rage => watch.rage = true,
                Trigger::Form(..) => form = true,
                Trigger::Visible(selector) => watch.observe(document, selector),
                _ => {}
            }
        }
        watch.listen(window, "visibilitychange", true);
        if watch.scroll || watch.input || exit {
            watch.listen(window, "scroll", false);
        }
        if watch.input || exit {
            watch.listen(window, "pointerdown", true);
            watch.listen(window, "keydown", true);
        }
        if watch.input {
            watch.listen(window, "pointermove", true);
        }
        if click || watch.rage {
            watch.listen(window, "click", true);
        }
        if form {
            for name in ["focusin", "focusout", "submit", "invalid"] {
                watch.listen(window, name, true);
            }
        }
        if let Some(root) = document.document_element().filter(|_| exit) {
            watch.listen(&root, "mouseleave", false);
            watch.listen(&root, "mouseenter", false);
        }
        watch
    }

    fn listen(&mut self, target: &EventTarget, name: &'static str, capture: bool) {
        let options = AddEventListenerOptions::new();
        options.set_passive(true);
        options.set_capture(capture);
        let ear = self.ear.unchecked_ref();
        if target.add_event_listener_with_callback_and_add_event_listener_options(name, ear, &options).is_ok() {
            self.heard.push((target.clone(), name, capture));
        }
    }

    /// Elements that are there now; a new page view looks again.
    fn observe(&mut self, document: &Document, selector: &str) {
        if self.observer.is_none() {
            let options = IntersectionObserverInit::new();
            options.set_threshold(&0.5.into());
            self.observer = IntersectionObserver::new_with_options(self.ear.unchecked_ref(), &options).ok();
        }
        let Some(observer) = &self.observer else { return };
        let Ok(found) = document.query_selector_all(selector) else { return };
        for element in (0..found.length()).filter_map(|index| found.get(index)) {
            observer.observe(element.unchecked_ref());
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for (target, name, capture) in &self.heard {
            let _ = target.remove_event_listener_with_callback_and_bool(name, self.ear.unchecked_ref(), *capture);
        }
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
