//! A message written anew, or taken back.

use chinwag_conversation::limits;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent, SubmitEvent};
use yew::{
    Callback, Html, InputEvent, MouseEvent, NodeRef, Properties, TargetCast, function_component, html, use_effect_with,
    use_node_ref, use_state,
};

#[derive(PartialEq, Properties)]
pub(crate) struct RewriteProps {
    pub text: String,
    /// The new text; absent: as it was.
    pub done: Callback<Option<String>>,
}

/// The text in a field in the place of its bubble.
#[function_component]
pub(crate) fn Rewrite(props: &RewriteProps) -> Html {
    let node = use_node_ref();
    let text = use_state(|| props.text.clone());
    use_focus(&node);
    let typed = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| {
            let area = event.target_dyn_into::<HtmlTextAreaElement>();
            text.set(area.map(|area| area.value()).unwrap_or_default());
        })
    };
    let fits = fit(&text);
    let save = {
        let (done, old, node) = (props.done.clone(), props.text.clone(), node.clone());
        Callback::from(move |()| {
            // From the field, not from what was drawn: who types fast presses Enter before the last letter is drawn.
            let new = node.cast::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default();
            if fit(&new) {
                done.emit(Some(new.trim().to_owned()).filter(|new| *new != old));
            }
        })
    };
    let key = {
        let (done, save) = (props.done.clone(), save.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => done.emit(None),
            "Enter" if !event.shift_key() && !event.is_composing() => {
                event.prevent_default();
                save.emit(());
            }
            _ => {}
        })
    };
    let submit = save.reform(|event: SubmitEvent| event.prevent_default());
    let cancel = props.done.reform(|_: MouseEvent| None);
    let rows = text.lines().count().clamp(2, 9).to_string();
    html! {
        <form class="rewrite" onsubmit={submit}>
            <textarea ref={node} {rows} aria-label="Edit the message" value={(*text).clone()} oninput={typed} onkeydown={key} />
            <span class="ways">
                <button type="submit" class="main" disabled={!fits}>{ "Save" }</button>
                <button type="button" class="quiet" onclick={cancel}>{ "Cancel" }</button>
            </span>
        </form>
    }
}

fn fit(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= limits::TEXT_CHARS
}

#[derive(PartialEq, Properties)]
pub(crate) struct ConfirmProps {
    pub done: Callback<bool>,
}

/// What is deleted is gone for everybody, so it is asked about once.
#[function_component]
pub(crate) fn Confirm(props: &ConfirmProps) -> Html {
    let node = use_node_ref();
    use_focus(&node);
    let answer = |delete: bool| props.done.reform(move |_: MouseEvent| delete);
    let escape = {
        let done = props.done.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                done.emit(false);
            }
        })
    };
    html! {
        <span class="ways" role="group" aria-label="Delete this message?" onkeydown={escape}>
            <span>{ "Delete for everybody?" }</span>
            <button ref={node} type="button" class="quiet danger" onclick={answer(true)}>{ "Delete" }</button>
            <button type="button" class="quiet" onclick={answer(false)}>{ "Keep" }</button>
        </span>
    }
}

#[yew::hook]
fn use_focus(node: &NodeRef) {
    let node = node.clone();
    use_effect_with((), move |()| {
        if let Some(element) = node.cast::<HtmlElement>() {
            // Where it is refused, the focus stays.
            let _ = element.focus();
        }
    });
}
