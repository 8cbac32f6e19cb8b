//! One message.

use chinwag_conversation::{AuthorKind, MessageId};
use yew::{Html, MouseEvent, Properties, function_component, html};

use super::{
    Act,
    icon::{Icon, icon},
    markup::markup,
    when,
};
use crate::model::{Action, Receipt, Words};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub words: Words,
    pub act: Act,
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
    let failed = matches!(words.receipt, Some(Receipt::Failed(_)));
    html! {
        <li class="message" data-author={author} data-failed={failed.then_some("yes")}>
            { for words.heading.iter().map(|name| html! { <span class="speaker">{ name }</span> }) }
            <div class="bubble">{ markup(&words.text) }</div>
            <span class="stamp">
                { for words.at.map(|at| html! { <time datetime={when::iso(at)} title={when::full(at)}>{ when::time(at) }</time> }) }
                { for words.receipt.map(receipt) }
            </span>
            if failed { { ways_out(words.id, &props.act) } }
        </li>
    }
}

fn receipt(receipt: Receipt) -> Html {
    let (image, state) = match receipt {
        Receipt::Waiting | Receipt::Sending => (Icon::Clock, "pending"),
        Receipt::Sent => (Icon::Check, "sent"),
        Receipt::Delivered => (Icon::CheckTwice, "delivered"),
        Receipt::Read => (Icon::CheckTwice, "read"),
        Receipt::Failed(_) => (Icon::Warning, "failed"),
    };
    html! {
        <span class="receipt" data-state={state} title={receipt.words()}>
            { icon(image) }<span>{ receipt.words() }</span>
        </span>
    }
}

fn ways_out(id: MessageId, act: &Act) -> Html {
    let retry = act.reform(move |_: MouseEvent| Action::Retry(id));
    let discard = act.reform(move |_: MouseEvent| Action::Discard(id));
    html! {
        <span class="ways">
            <button type="button" class="quiet" onclick={retry}>{ "Send again" }</button>
            <button type="button" class="quiet" onclick={discard}>{ "Discard" }</button>
        </span>
    }
}
