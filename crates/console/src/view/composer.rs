//! Where the agent writes.

use chinwag_conversation::{ConversationId, Kind, limits};
use web_sys::{HtmlTextAreaElement, KeyboardEvent, SubmitEvent};
use yew::{
    AttrValue, Callback, Html, InputEvent, Properties, TargetCast, function_component, html, use_effect_with,
    use_node_ref,
};

use super::{
    Act,
    attach::{Attach, pasted, picker},
    icon::{Icon, icon},
};
use crate::model::Action;

/// Most lines before the text scrolls.
const MOST_ROWS: u32 = 9;
/// Height of a line in pixels, as the style sheet has it.
const ROW: i32 = 20;
/// Above and below the text, as the style sheet has it.
const PADDING: i32 = 20;
/// From this many characters before the limit on, they are counted.
const COUNTED: usize = 400;
/// `keyCode` of a key that an input method consumed (where `isComposing` is already false, as in Safari).
const CONSUMED: u32 = 229;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub conversation: ConversationId,
    pub draft: AttrValue,
    pub closed: bool,
    pub attach: Attach,
    pub act: Act,
}

#[function_component]
pub(crate) fn Composer(props: &Props) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.draft.clone(), move |_| {
            if let Some(area) = node.cast::<HtmlTextAreaElement>() {
                grow(&area);
            }
        });
    }
    let conversation = props.conversation;
    let typed = props.act.reform(move |event: InputEvent| {
        let area = event.target_dyn_into::<HtmlTextAreaElement>();
        Action::Draft(conversation, area.map(|area| area.value()).unwrap_or_default())
    });
    let length = props.draft.chars().count();
    let send = {
        let (act, node) = (props.act.clone(), node.clone());
        Callback::from(move |()| {
            // From the field, not from what was drawn: who types fast presses Enter before the last letter is drawn.
            let Some(area) = node.cast::<HtmlTextAreaElement>() else { return };
            let text = area.value();
            if !text.trim().is_empty() && text.chars().count() <= limits::TEXT_CHARS {
                // For the same reason at once: the next letter begins the next message.
                area.set_value("");
                act.emit(Action::Send(conversation, Kind::Message { text: text.trim().to_owned() }));
            }
        })
    };
    let key = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            let composing = event.is_composing() || event.key_code() == CONSUMED;
            if event.key() == "Enter" && !event.shift_key() && !composing {
                event.prevent_default();
                send.emit(());
            }
        })
    };
    let submit = send.reform(|event: SubmitEvent| event.prevent_default());
    let hint = if props.closed {
        "This conversation is closed. It opens again when the visitor answers."
    } else {
        "Enter sends, Shift+Enter starts a new line. Drop or paste files."
    };
    let over = length > limits::TEXT_CHARS;
    html! {
        <form class="composer" onsubmit={submit}>
            <textarea ref={node} rows="1" aria-label="Your answer" aria-describedby="composer-hint" placeholder="Write an answer"
                value={props.draft.clone()} oninput={typed} onkeydown={key} onpaste={pasted(&props.attach)} enterkeyhint="send" />
            <div class="under">
                <span id="composer-hint">{ hint }</span>
                if length + COUNTED > limits::TEXT_CHARS {
                    <span class="length" data-over={over.then_some("yes")} role="status">{ length }{ " of " }{ limits::TEXT_CHARS }</span>
                }
                { for props.attach.iter().map(picker) }
                <button type="submit" class="main" disabled={over}>{ icon(Icon::Send) }{ "Send" }</button>
            </div>
        </form>
    }
}

/// As many rows as the text needs. By the attribute: pages without `style=` keep a strict policy.
fn grow(area: &HtmlTextAreaElement) {
    area.set_rows(1);
    let rows = u32::try_from((area.scroll_height() - PADDING) / ROW).unwrap_or(1);
    area.set_rows(rows.clamp(1, MOST_ROWS));
}
