//! The editor: a plain field for text over the same text in colours. What is wrong stands at the end of its line.

use chinwag_targeting::{
    Severity, Value,
    editing::{Completion, Finding, complete},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement, KeyboardEvent};
use yew::{AttrValue, Callback, Component, Context, Html, InputEvent, NodeRef, Properties, classes, html};

use super::{
    Act,
    icon::{Icon, icon},
    line::Line,
};
use crate::{
    app::Action,
    bench::{
        paint,
        typing::{self, Stroke},
    },
};

/// Beside a word that was jumped to, in CSS pixels; the numbers of lines take twice as much.
const MARGIN: i32 = 40;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub text: AttrValue,
    pub findings: Vec<Finding>,
    pub file: Option<Value>,
    /// How many files were loaded; another one replaces what is in the field.
    pub loaded: u32,
    /// How many places were asked for, and the last of them: line and column, from 1.
    pub found: (u32, usize, usize),
    pub act: Act,
}

pub(super) enum Input {
    Typed,
    Key(KeyboardEvent),
    Accept(usize),
    Jump(usize, usize),
    /// The caret may be on another line.
    Moved,
    Left,
}

/// Suggestions that are open.
struct Offer {
    completion: Completion,
    chosen: usize,
    /// Line and column of the caret, from 0.
    place: (usize, usize),
}

pub(super) struct Editor {
    field: NodeRef,
    list: NodeRef,
    /// Stands behind the word that a problem leads to, to be measured.
    spot: NodeRef,
    offer: Option<Offer>,
    /// Line of the caret, from 0, while the field has the focus: nothing is put upon what is being written.
    line: Option<usize>,
    /// The text at the last look.
    seen: String,
}

impl Component for Editor {
    type Message = Input;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let seen = ctx.props().text.to_string();
        Self {
            field: NodeRef::default(),
            list: NodeRef::default(),
            spot: NodeRef::default(),
            offer: None,
            line: None,
            seen,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, input: Input) -> bool {
        match input {
            Input::Typed => {
                let Some(field) = self.field.cast::<HtmlTextAreaElement>() else { return false };
                let text = field.value();
                // Keys come faster than this is called: the second call may find what the first one saw already.
                if text == self.seen {
                    return false;
                }
                let longer = text.len() > self.seen.len();
                self.seen.clone_from(&text);
                self.offer = None;
                self.line = self.caret_line();
                if longer {
                    self.ask(ctx, &text, false);
                }
                ctx.props().act.emit(Action::Edit(text));
                true
            }
            Input::Key(event) => self.key(ctx, &event),
            Input::Accept(index) => self.accept(ctx, index),
            Input::Jump(line, column) => {
                self.jump(&ctx.props().findings, line, column);
                self.line = self.caret_line();
                true
            }
            Input::Moved => {
                let before = self.line;
                self.line = self.caret_line();
                self.line != before
            }
            Input::Left => {
                self.line = None;
                self.offer = None;
                true
            }
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &Props) -> bool {
        let props = ctx.props();
        // What is typed comes back later than the next key: only another file is put into the field.
        if props.loaded != before.loaded
            && let Some(field) = self.field.cast::<HtmlTextAreaElement>()
        {
            field.set_value(&props.text);
            if let Ok(Some(code)) = field.closest(".code") {
                code.set_scroll_top(0);
                code.set_scroll_left(0);
            }
            self.seen = props.text.to_string();
            self.offer = None;
        }
        if props.found.0 != before.found.0 {
            // After the pane is shown: what is hidden cannot be measured.
            ctx.link().send_message(Input::Jump(props.found.1, props.found.2));
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let typed = ctx.link().callback(|_: InputEvent| Input::Typed);
        let (field, link, offers) = (self.field.clone(), ctx.link().clone(), self.offer.is_some());
        // At once: the next key may come before this component hears of this one.
        let key = Callback::from(move |event: KeyboardEvent| {
            if offers || !strike(&field, &event) {
                link.send_message(Input::Key(event));
            }
        });
        let moved = ctx.link().callback(|()| Input::Moved);
        let lines = paint::lines(&props.text, &props.findings).into_iter().enumerate();
        let active = self.offer.as_ref().map(|offer| format!("offer-{}", offer.chosen));
        html! {
            <>
                <div class="code">
                    <div class="sheet">
                        <div class="paint" aria-hidden="true">
                            { for lines.map(|(index, line)| html! { <Line {line} written={self.line == Some(index)} /> }) }
                        </div>
                        <textarea id="file" ref={self.field.clone()} aria-label="Engagement file" aria-describedby="problems" spellcheck="false" autocomplete="off"
                            autocapitalize="off" wrap="off" aria-autocomplete="list" aria-controls={active.is_some().then_some("offers")} aria-activedescendant={active}
                            oninput={typed} onkeydown={key} onkeyup={moved.reform(|_| ())}
                            onclick={moved.reform(|_| ())} onblur={ctx.link().callback(|_| Input::Left)} />
                        <i class="spot" aria-hidden="true" ref={self.spot.clone()} />
                        { self.offers(ctx) }
                    </div>
                </div>
                { self.problems(ctx) }
            </>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first && let Some(field) = self.field.cast::<HtmlTextAreaElement>() {
            field.set_value(&ctx.props().text);
        }
        let (Some(list), Some(offer)) = (self.list.cast::<HtmlElement>(), &self.offer) else { return };
        let (line, column) = offer.place;
        let style = list.style();
        let _ = style.set_property("--line", &line.to_string());
        let _ = style.set_property("--column", &column.to_string());
        if let Ok(Some(chosen)) = list.query_selector("[aria-selected=true]") {
            // Within the list only: the page must not move.
            let chosen = chosen.unchecked_into::<HtmlElement>();
            let (top, height) = (chosen.offset_top(), chosen.offset_height());
            if top < list.scroll_top() {
                list.set_scroll_top(top);
            } else if top + height > list.scroll_top() + list.client_height() {
                list.set_scroll_top(top + height - list.client_height());
            }
        }
    }
}

impl Editor {
    fn caret_line(&self) -> Option<usize> {
        let field = self.field.cast::<HtmlTextAreaElement>()?;
        let caret = field.selection_start().ok()??;
        let text = field.value();
        Some(text.get(..bytes(&text, caret as usize))?.matches('\n').count())
    }

    /// Opens suggestions when there are any. Without being asked, only where a word is being written.
    fn ask(&mut self, ctx: &Context<Self>, text: &str, wanted: bool) {
        let Some(field) = self.field.cast::<HtmlTextAreaElement>() else { return };
        let caret = field.selection_start().ok().flatten().unwrap_or(0);
        let at = bytes(text, caret as usize);
        let before = text.get(..at).unwrap_or("");
        let writing = before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '$' | '.'));
        if !writing && !wanted {
            return;
        }
        let found = complete(text, at, ctx.props().file.as_ref());
        // A word that stands there in full, and a closing quote, ask for nothing.
        let found = found
            .filter(|found| wanted || found.to - found.from > usize::from(!before.ends_with('"')) || found.from < at);
        self.offer = found.map(|completion| {
            let start = text.get(..completion.from).unwrap_or("");
            let line = start.rsplit('\n').next().unwrap_or("");
            let place = (start.matches('\n').count(), line.chars().count());
            Offer { completion, chosen: 0, place }
        });
    }

    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        if event.is_composing() {
            return false;
        }
        let key = event.key();
        if key == " " && event.ctrl_key() {
            event.prevent_default();
            let text = self.field.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default();
            self.ask(ctx, &text, true);
            return true;
        }
        let Some(offer) = &mut self.offer else { return false };
        let count = offer.completion.items.len();
        match key.as_str() {
            "ArrowDown" => offer.chosen = (offer.chosen + 1) % count,
            "ArrowUp" => offer.chosen = (offer.chosen + count - 1) % count,
            "Enter" | "Tab" => {
                event.prevent_default();
                let chosen = offer.chosen;
                return self.accept(ctx, chosen);
            }
            "Escape" | "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.offer = None;
                return true;
            }
            _ => return false,
        }
        event.prevent_default();
        true
    }

    fn accept(&mut self, ctx: &Context<Self>, index: usize) -> bool {
        let (Some(offer), Some(field)) = (self.offer.take(), self.field.cast::<HtmlTextAreaElement>()) else {
            return false;
        };
        let Completion { from, to, items } = offer.completion;
        let Some(item) = items.get(index) else { return true };
        let text = field.value();
        let units = |at: usize| text.get(..at).map_or(0, |before| before.encode_utf16().count() as u32);
        let _ = field.focus();
        let _ = field.set_selection_range(units(from), units(to));
        write(&item.insert);
        // It arrives as typed, and asks for nothing more by itself.
        self.seen = field.value();
        ctx.props().act.emit(Action::Edit(self.seen.clone()));
        true
    }

    /// Selects the word at a place, or as much as a problem there is about, in the middle of what is seen.
    fn jump(&self, findings: &[Finding], line: usize, column: usize) {
        let Some(field) = self.field.cast::<HtmlTextAreaElement>() else { return };
        let text = field.value();
        let word = paint::word(&text, findings, line, column);
        let units = |text: &str| text.encode_utf16().count();
        let before: usize = text.split('\n').take(line - 1).map(|line| units(line) + 1).sum();
        let row: Vec<char> = text.split('\n').nth(line - 1).unwrap_or("").chars().collect();
        let within = |to: usize| row.iter().take(to).map(|c| c.len_utf16()).sum::<usize>();
        let (from, to) = (before + within(word.start), before + within(word.end));
        let _ = field.focus();
        let _ = field.set_selection_range(from as u32, to as u32);
        let (Some(spot), Ok(Some(code))) = (self.spot.cast::<HtmlElement>(), field.closest(".code")) else { return };
        for (name, value) in [("--line", line - 1), ("--column", word.start), ("--length", word.len())] {
            let _ = spot.style().set_property(name, &value.to_string());
        }
        code.set_scroll_top(spot.offset_top() - code.client_height() / 2);
        // As far to the left as the word allows: its line begins there.
        let (left, right) = (spot.offset_left(), spot.offset_left() + spot.offset_width());
        let far = right + MARGIN > code.client_width();
        code.set_scroll_left(if far {
            (right + MARGIN - code.client_width()).min(left - 2 * MARGIN).max(0)
        } else {
            0
        });
    }

    fn offers(&self, ctx: &Context<Self>) -> Html {
        let Some(Offer { completion, chosen, .. }) = &self.offer else { return Html::default() };
        let item = |(index, item): (usize, &chinwag_targeting::editing::Item)| {
            let accept = ctx.link().callback(move |event: web_sys::MouseEvent| {
                event.prevent_default();
                Input::Accept(index)
            });
            html! {
                <li id={format!("offer-{index}")} role="option" aria-selected={(index == *chosen).to_string()} onmousedown={accept}>
                    <code>{ &item.label }</code><span>{ &item.about }</span>
                </li>
            }
        };
        html! { <ul id="offers" class="offers" role="listbox" aria-label="Suggestions" ref={self.list.clone()}>{ for completion.items.iter().enumerate().map(item) }</ul> }
    }

    fn problems(&self, ctx: &Context<Self>) -> Html {
        let findings = &ctx.props().findings;
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let some = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let summary = match (errors, warnings) {
            (0, 0) => "No mistakes".into(),
            (errors, 0) => some(errors, "error"),
            (0, warnings) => some(warnings, "warning"),
            (errors, warnings) => format!("{}, {}", some(errors, "error"), some(warnings, "warning")),
        };
        let mood = if errors > 0 {
            "bad"
        } else if warnings > 0 {
            "odd"
        } else {
            "good"
        };
        let sign = if findings.is_empty() { Icon::Check } else { Icon::Warning };
        let item = |finding: &Finding| {
            let (line, column) = (finding.line, finding.column);
            let class = if finding.severity == Severity::Error { "bad" } else { "odd" };
            html! {
                <li>
                    <button type="button" class={classes!("problem", class)} onclick={ctx.link().callback(move |_| Input::Jump(line, column))}>
                        <span class="where">{ "Line " }{ line }</span>
                        <span>{ &finding.message }{ for finding.hint.iter().map(|hint| html! { <em>{ hint }</em> }) }</span>
                    </button>
                </li>
            }
        };
        html! {
            <div class="problems" id="problems">
                <p class={classes!("summary", mood)} role="status">{ icon(sign) }{ summary }<span class="keys"><kbd>{ "Ctrl" }</kbd>{ " " }<kbd>{ "Space" }</kbd>{ " completes" }</span></p>
                if !findings.is_empty() { <ul>{ for findings.iter().map(item) }</ul> }
            </div>
        }
    }
}

/// What the editor writes of itself; it arrives as typed. Whether that was all of the key.
fn strike(field: &NodeRef, event: &KeyboardEvent) -> bool {
    let plain = !event.is_composing() && !event.ctrl_key() && !event.meta_key();
    let Some(field) = field.cast::<HtmlTextAreaElement>().filter(|_| plain) else { return false };
    let caret = |place: Result<Option<u32>, _>| place.ok().flatten();
    let (Some(start), end) = (caret(field.selection_start()), caret(field.selection_end())) else { return false };
    let text = field.value();
    let (before, after) = text.split_at(bytes(&text, start as usize));
    let stroke = (end == Some(start)).then(|| typing::stroke(before, after, &event.key())).flatten();
    let Some(Stroke { eats, insert, back }) = stroke else { return false };
    event.prevent_default();
    let _ = field.set_selection_range(start - eats as u32, start);
    if !insert.is_empty() {
        write(&insert);
    }
    // All that is inserted is ASCII.
    let to = (i64::from(start) - eats as i64 + insert.len() as i64 - i64::from(back)).max(0) as u32;
    let _ = field.set_selection_range(to, to);
    true
}

/// Byte offset of an offset in UTF-16 units.
fn bytes(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

/// Writes in the place of the selection, as if typed: it can be undone.
fn write(text: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(document) = document.and_then(|document| document.dyn_into::<HtmlDocument>().ok()) {
        let _ = document.exec_command_with_show_ui_and_value("insertText", false, text);
    }
}
