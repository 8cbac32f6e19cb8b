//! One message.

use chinwag_conversation::{AuthorKind, ConversationId, Kind, MessageId};
use yew::{Callback, Html, MouseEvent, Properties, UseStateHandle, function_component, html, use_state};

use super::{
    Act,
    amend::{Confirm, Rewrite},
    file::{file, upload},
    icon::{Icon, icon},
    markup::markup,
    when,
};
use crate::model::{Action, Content, Receipt, Rights, Words};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub conversation: ConversationId,
    pub words: Words,
    pub act: Act,
}

/// What the agent is doing to a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Editing,
    Deleting,
}

/// A bubble with its heading, time and receipt.
#[function_component]
pub(crate) fn Bubble(props: &Props) -> Html {
    let words = &props.words;
    let author = match words.author {
        AuthorKind::Visitor => "visitor",
        AuthorKind::Agent => "agent",
        AuthorKind::Bot => "bot",
        AuthorKind::System => "system",
    };
    let doing = use_state(|| Doing::Nothing);
    let failed = words.receipt.as_ref().is_some_and(Receipt::is_failure);
    let shown = match *doing {
        Doing::Editing => editing(props, &doing),
        _ => content(&words.content, words.receipt.as_ref()),
    };
    html! {
        <li class="message" data-author={author} data-failed={failed.then_some("yes")}>
            { for words.heading.iter().map(|name| html! { <span class="speaker">{ name }</span> }) }
            { shown }
            <span class="stamp">
                if let Content::Edited(_) = words.content { <span>{ "Edited" }</span> }
                { for words.at.map(|at| html! { <time datetime={when::iso(at)} title={when::full(at)}>{ when::time(at) }</time> }) }
                { for words.receipt.as_ref().map(receipt) }
                { tools(words.rights, &doing) }
            </span>
            if *doing == Doing::Deleting { { deleting(props, &doing) } }
            { ways_out(words, &props.act) }
        </li>
    }
}

fn content(content: &Content, receipt: Option<&Receipt>) -> Html {
    match content {
        Content::Text(text) | Content::Edited(text) => html! { <div class="bubble">{ markup(text) }</div> },
        Content::Deleted => html! { <div class="bubble gone">{ "This message was deleted" }</div> },
        Content::File(sent) => file(sent),
        Content::Upload(name, size) => upload(name, *size, receipt),
    }
}

/// The node is kept after an edit, so what was done to it is over by itself when the words change.
fn editing(props: &Props, doing: &UseStateHandle<Doing>) -> Html {
    let (act, conversation, of) = (props.act.clone(), props.conversation, props.words.id);
    let done = rest(doing).reform(move |text: Option<String>| {
        if let Some(text) = text {
            act.emit(Action::Send(conversation, Kind::Edited { of, text }));
        }
    });
    match &props.words.content {
        Content::Text(text) | Content::Edited(text) => html! { <Rewrite text={text.to_string()} {done} /> },
        other => content(other, None),
    }
}

fn deleting(props: &Props, doing: &UseStateHandle<Doing>) -> Html {
    let (act, conversation, of) = (props.act.clone(), props.conversation, props.words.id);
    let done = rest(doing).reform(move |delete: bool| {
        if delete {
            act.emit(Action::Send(conversation, Kind::Deleted { of }));
        }
    });
    html! { <Confirm {done} /> }
}

fn rest(doing: &UseStateHandle<Doing>) -> Callback<()> {
    let doing = doing.clone();
    Callback::from(move |()| doing.set(Doing::Nothing))
}

fn tools(rights: Rights, doing: &UseStateHandle<Doing>) -> Html {
    let tool = |name: &'static str, image, next| {
        let doing = doing.clone();
        let click = Callback::from(move |_: MouseEvent| doing.set(next));
        html! { <button type="button" class="tool" aria-label={name} title={name} onclick={click}>{ icon(image) }</button> }
    };
    if rights == Rights::Read || **doing != Doing::Nothing {
        return Html::default();
    }
    html! {
        <span class="tools">
            if rights == Rights::Edit { { tool("Edit this message", Icon::Edit, Doing::Editing) } }
            { tool("Delete this message", Icon::Trash, Doing::Deleting) }
        </span>
    }
}

fn receipt(receipt: &Receipt) -> Html {
    let (image, state) = match receipt {
        Receipt::Uploading(_) | Receipt::Waiting | Receipt::Sending => (Icon::Clock, "pending"),
        Receipt::Sent => (Icon::Check, "sent"),
        Receipt::Delivered => (Icon::CheckTwice, "delivered"),
        Receipt::Read => (Icon::CheckTwice, "read"),
        Receipt::Failed(_) | Receipt::NotUploaded(_) => (Icon::Warning, "failed"),
    };
    let words = receipt.words().to_owned();
    html! {
        <span class="receipt" data-state={state} title={words.clone()}>
            { icon(image) }<span>{ words }</span>
        </span>
    }
}

/// Out of a failure, and of an upload that takes too long.
fn ways_out(words: &Words, act: &Act) -> Html {
    let button = |name: &'static str, id: MessageId, action: fn(MessageId) -> Action| {
        let click = act.reform(move |_: MouseEvent| action(id));
        html! { <button type="button" class="quiet" onclick={click}>{ name }</button> }
    };
    match &words.receipt {
        Some(Receipt::Uploading(_) | Receipt::Waiting) if matches!(words.content, Content::Upload(..)) => {
            html! { <span class="ways">{ button("Cancel", words.id, Action::Discard) }</span> }
        }
        Some(receipt) if receipt.is_failure() => html! {
            <span class="ways">
                if receipt.may_retry() { { button("Send again", words.id, Action::Retry) } }
                { button("Discard", words.id, Action::Discard) }
            </span>
        },
        _ => Html::default(),
    }
}
