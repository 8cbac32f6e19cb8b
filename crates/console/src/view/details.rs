//! What is known of the visitor and of how they came here.

use std::rc::Rc;

use chinwag_conversation::{ConversationId, Summary};
use yew::{AttrValue, Callback, Html, KeyboardEvent, MouseEvent, Properties, function_component, html};

use super::{
    Act,
    icon::{Icon, icon},
    mark::Mark,
    when,
};
use crate::model::{Action, Thread, host, visitor_name, web_url};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub conversation: ConversationId,
    pub summary: Option<Rc<Summary>>,
    pub thread: Rc<Thread>,
    /// Opened by its button.
    pub shown: bool,
    /// Close the pane (where it covers the thread).
    pub close: Callback<()>,
    /// Put a text on the clipboard.
    pub copy: Callback<String>,
    pub act: Act,
}

#[function_component]
pub(crate) fn Details(props: &Props) -> Html {
    let close = props.close.reform(|_: MouseEvent| ());
    html! {
        <aside class="details" aria-label="Details" onkeydown={escape(props)}>
            <header>
                <h2>{ "Details" }</h2>
                <button type="button" class="bare shut" aria-label="Close the details" onclick={close}>{ icon(Icon::Close) }</button>
            </header>
            { for props.summary.as_deref().map(|summary| facts(props, summary)) }
        </aside>
    }
}

/// Where the pane covers the thread, Escape closes it.
fn escape(props: &Props) -> Option<Callback<KeyboardEvent>> {
    let close = props.close.clone();
    props.shown.then(|| {
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close.emit(());
            }
        })
    })
}

fn facts(props: &Props, summary: &Summary) -> Html {
    let contact = props.thread.contact();
    let context = &summary.context;
    let email = contact.email.or(summary.visitor.as_deref().filter(|name| name.contains('@')));
    let mail = email.map(|email| {
        let href = ["mailto:", email].concat();
        html! { <a {href}>{ email.to_owned() }</a> }
    });
    html! {
        <>
            <div class="person">
                <Mark name={summary.visitor.clone().map(AttrValue::from)} seed={summary.conversation.0.as_u128()} />
                <strong>{ visitor_name(summary).to_owned() }</strong>
            </div>
            <dl>
                { fact("E-mail", mail) }
                { fact("Language", plain(context.language.as_ref())) }
                { fact("First seen", Some(html! { <time datetime={when::iso(summary.started_at)}>{ when::full(summary.started_at) }</time> })) }
                { fact("Last heard", props.thread.heard().map(|at| html! { <time datetime={when::iso(at)}>{ when::full(at) }</time> })) }
                { fact("Answered by", plain(summary.agent.as_ref())) }
            </dl>
            <h3>{ "How they came" }</h3>
            <dl>
                { fact("Page", page(context.url.as_deref(), context.title.as_deref())) }
                { fact("Came from", context.referrer.as_deref().map(|url| link(url, host(url)))) }
                { fact("Team", context.team.as_ref().map(|team| chip(props, team))) }
                { fact("Tags", (!context.tags.is_empty()).then(|| context.tags.iter().map(|tag| chip(props, tag)).collect())) }
                { fact("Rule", plain(context.rule.as_ref())) }
                { fact("Variant", plain(context.variant.as_ref())) }
                { fact("Site", plain(Some(&summary.site))) }
            </dl>
            <h3>{ "Conversation" }</h3>
            { id(props) }
        </>
    }
}

fn plain(text: Option<&String>) -> Option<Html> {
    text.map(|text| html! { {text} })
}

/// A team or tag; pressed, the list shows what else has it.
fn chip(props: &Props, mark: &str) -> Html {
    let (only, title) = (mark.to_owned(), ["Show only ", mark].concat());
    let click = props.act.reform(move |_: MouseEvent| Action::Only(Some(only.as_str().into())));
    html! { <button type="button" class="chip" {title} onclick={click}>{ mark.to_owned() }</button> }
}

fn fact(name: &'static str, value: Option<Html>) -> Html {
    value.map_or_else(Html::default, |value| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> })
}

fn page(url: Option<&str>, title: Option<&str>) -> Option<Html> {
    match (url, title) {
        (Some(url), Some(title)) => {
            Some(html! { <>{ link(url, title) }<span class="under-link">{ host(url).to_owned() }</span></> })
        }
        (Some(url), None) => Some(link(url, host(url))),
        (None, Some(title)) => Some(html! { {title.to_owned()} }),
        (None, None) => None,
    }
}

/// Untrusted: only an address of the web becomes a link.
fn link(url: &str, label: &str) -> Html {
    match web_url(url) {
        Some(url) => html! {
            <a href={url.to_owned()} target="_blank" rel="noopener noreferrer nofollow">{ label.to_owned() }{ icon(Icon::Open) }</a>
        },
        None => html! { {label.to_owned()} },
    }
}

fn id(props: &Props) -> Html {
    let id = props.conversation.to_string();
    let copy = {
        let id = id.clone();
        props.copy.reform(move |_: MouseEvent| id.clone())
    };
    html! {
        <p class="id">
            <code>{ id }</code>
            <button type="button" class="bare" aria-label="Copy the id" title="Copy the id" onclick={copy}>{ icon(Icon::Copy) }</button>
        </p>
    }
}
