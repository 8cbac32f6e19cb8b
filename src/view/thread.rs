//! The messages. Not a live region: what comes is announced elsewhere, once.
//!
//! The scroller is upside down (`column-reverse`): its origin is the newest message, so it stays there by itself when
//! something is added, when older messages are put above, and when the keyboard takes half of the screen.

use std::rc::Rc;

use chinwag_conversation::WallTime;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::{
    AttrValue, Callback, Component, Context, Html, NodeRef, Properties,
    html::{onkeydown, onscroll},
    virtual_dom::Listener,
};

use super::{
    element::{El, el},
    message::message,
};
use crate::{
    model::{Bottom, Input, rows::Row, thread::Start},
    words::{Word, Words},
};

#[derive(Clone, Properties)]
pub(super) struct Props {
    pub(super) rows: Rc<Vec<Row>>,
    pub(super) words: Rc<Words>,
    pub(super) team: AttrValue,
    pub(super) start: Start,
    pub(super) awaited: bool,
    pub(super) bottom: Bottom,
    pub(super) now: WallTime,
    pub(super) act: Callback<Input>,
}

impl PartialEq for Props {
    /// The clock and the callback do not make another thread.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.rows, &other.rows)
            && Rc::ptr_eq(&self.words, &other.words)
            && self.team == other.team
            && self.start == other.start
            && self.awaited == other.awaited
            && self.bottom == other.bottom
    }
}

/// From the newest message, in CSS pixels: nearer than this is "there".
const NEAR: i32 = 24;
/// From the oldest message: nearer than this, older ones are asked for.
const OLDER: i32 = 160;

#[derive(Default)]
pub(super) struct Thread {
    scroller: NodeRef,
    /// Height of the content, and the newest row, before the last change.
    before: Option<(i32, Option<Row>)>,
}

impl Component for Thread {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self::default()
    }

    fn changed(&mut self, _: &Context<Self>, old: &Props) -> bool {
        let height = self.element().map(|scroller| scroller.scroll_height());
        self.before = height.map(|height| (height, old.rows.last().cloned()));
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let loading = (props.awaited || props.start == Start::Loading)
            .then(|| el("li", "loading").key("loading".into()).say(props.words.get(Word::Loading)));
        let list = el("ol", "thread")
            .fix("role", "list")
            .fix("tabindex", "0")
            .set("aria-label", props.words.get(Word::Messages))
            .hear(move_focus())
            .with_all(loading.into_iter())
            .with_all(props.rows.iter().map(|row| self::row(row, props)));
        el("div", "scroller").node(&self.scroller).hear(self.scrolled(props)).with(list).into()
    }

    /// Who reads further up keeps the place when something is added below.
    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        let Props { rows, bottom, start, act, .. } = ctx.props();
        let Some(scroller) = self.element() else { return };
        let (height, last) = self.before.take().unwrap_or_default();
        if *bottom == Bottom::Seen {
            if scroller.scroll_top() != 0 {
                scroller.set_scroll_top(0);
            }
        } else if height > 0 && last.as_ref() != rows.last() {
            scroller.set_scroll_top(scroller.scroll_top() - (scroller.scroll_height() - height));
        }
        if *start != Start::Loading {
            tell(&scroller, *bottom, act);
        }
    }
}

impl Thread {
    fn scrolled(&self, props: &Props) -> Rc<dyn Listener> {
        let (scroller, act, bottom) = (self.scroller.clone(), props.act.clone(), props.bottom);
        Rc::new(onscroll::Wrapper::new(Callback::from(move |_| {
            if let Some(scroller) = scroller.cast::<Element>() {
                tell(&scroller, bottom, &act);
            }
        })))
    }

    fn element(&self) -> Option<Element> {
        self.scroller.cast()
    }
}

/// `scroll_top` is 0 at the newest message and negative above it.
fn tell(scroller: &Element, bottom: Bottom, act: &Callback<Input>) {
    let from_newest = -scroller.scroll_top();
    let from_oldest = scroller.scroll_height() - scroller.client_height() - from_newest;
    let now = if from_newest < NEAR { Bottom::Seen } else { Bottom::Scrolled };
    if now != bottom {
        act.emit(Input::AtBottom(now == Bottom::Seen));
    }
    if from_oldest < OLDER {
        act.emit(Input::WantsOlder);
    }
}

fn row(row: &Row, props: &Props) -> El {
    let Props { words, team, now, act, .. } = props;
    match row {
        Row::Day(at) => {
            el("li", "day").key(["d", &at.0.to_string()].concat()).with(el("span", "").say(&words.day(*at, *now)))
        }
        Row::Joined { seq, name: Some(name) } => note(*seq, &words.with(Word::Joined, "name", name)),
        Row::Joined { seq, name: None } => note(*seq, words.get(Word::JoinedSomeone)),
        Row::Ended { seq } => note(*seq, words.get(Word::Ended)),
        Row::Bubble(bubble) => message(bubble, team, words, act),
    }
}

fn note(seq: u64, said: &str) -> El {
    el("li", "note").key(["n", &seq.to_string()].concat()).fix("dir", "auto").say(said)
}

/// Up, Down, Home and End go from message to message; Tab leaves.
fn move_focus() -> Rc<dyn Listener> {
    Rc::new(onkeydown::Wrapper::new(Callback::from(|event: KeyboardEvent| {
        let here = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(list) = here.as_ref().and_then(|here| here.closest(".thread").ok().flatten()) else {
            return;
        };
        let row = here.and_then(|here| here.closest(".row").ok().flatten());
        let next = match event.key().as_str() {
            "ArrowUp" => match row {
                Some(row) => neighbour(row, Element::previous_element_sibling),
                None => last(&list),
            },
            "ArrowDown" => match row {
                Some(row) => neighbour(row, Element::next_element_sibling),
                None => last(&list),
            },
            "Home" => list.query_selector(".row").ok().flatten(),
            "End" => last(&list),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    })))
}

fn last(list: &Element) -> Option<Element> {
    let last = list.last_element_child()?;
    if is_row(&last) { Some(last) } else { neighbour(last, Element::previous_element_sibling) }
}

fn is_row(element: &Element) -> bool {
    element.class_list().contains("row")
}

fn neighbour(from: Element, step: impl Fn(&Element) -> Option<Element>) -> Option<Element> {
    let mut next = step(&from);
    while let Some(element) = next {
        if is_row(&element) {
            return Some(element);
        }
        next = step(&element);
    }
    None
}
