//! Where the reader stands in the thread, before and after it is drawn anew.

use std::rc::Rc;

use chinwag_browser::js;
use wasm_bindgen::JsValue;
use yew::Callback;

use crate::model::{Bottom, Input, Model, rows::Row, thread::Start};

/// From the newest message, in CSS pixels: nearer than this is "there".
const NEAR: i32 = 24;
/// From the oldest message: nearer than this, older ones are asked for.
const OLDER: i32 = 160;

#[derive(Default)]
pub(crate) struct Place {
    /// Height of the content before the rows changed.
    before: Option<i32>,
    drawn: Option<Drawn>,
}

/// What the thread was drawn from.
struct Drawn {
    rows: Rc<Vec<Row>>,
    start: Start,
    awaited: bool,
    bottom: Bottom,
}

impl Place {
    /// Other rows are about to be drawn.
    pub(crate) fn note(&mut self, scroller: Option<&JsValue>) {
        self.before = scroller.map(|scroller| pixels(scroller, "scrollHeight"));
    }

    /// Everything is drawn. Who reads further up keeps the place when something was added below.
    pub(crate) fn settle(
        &mut self,
        scroller: Option<&JsValue>,
        model: &Model,
        rows: &Rc<Vec<Row>>,
        act: &Callback<Input>,
    ) {
        let Some(scroller) = scroller else {
            self.drawn = None;
            return;
        };
        let now =
            Drawn { rows: Rc::clone(rows), start: model.thread.start, awaited: model.awaited, bottom: model.bottom };
        let before = self.before.take();
        let old = self.drawn.replace(now);
        if old.as_ref().is_some_and(|old| {
            Rc::ptr_eq(&old.rows, rows)
                && (old.start, old.awaited, old.bottom) == (model.thread.start, model.awaited, model.bottom)
        }) {
            return;
        }
        if model.bottom == Bottom::Seen {
            scroll(scroller, 0);
        } else if let Some(height) = before
            && old.is_some_and(|old| old.rows.last() != rows.last())
        {
            let added = pixels(scroller, "scrollHeight") - height;
            scroll(scroller, pixels(scroller, "scrollTop") - added);
        }
        if model.thread.start != Start::Loading {
            tell(scroller, model.bottom, act);
        }
    }
}

/// `scroll_top` is 0 at the newest message and negative above it.
pub(crate) fn tell(scroller: &JsValue, bottom: Bottom, act: &Callback<Input>) {
    let from_newest = -pixels(scroller, "scrollTop");
    let from_oldest = pixels(scroller, "scrollHeight") - pixels(scroller, "clientHeight") - from_newest;
    let now = if from_newest < NEAR { Bottom::Seen } else { Bottom::Scrolled };
    if now != bottom {
        act.emit(Input::AtBottom(now == Bottom::Seen));
    }
    if from_oldest < OLDER {
        act.emit(Input::WantsOlder);
    }
}

fn pixels(element: &JsValue, name: &str) -> i32 {
    js::number(element, name) as i32
}

fn scroll(element: &JsValue, top: i32) {
    if pixels(element, "scrollTop") != top {
        js::set(element, "scrollTop", &top.into());
    }
}
