//! The open conversation.

use std::rc::Rc;

use chinwag_conversation::{ConversationId, ConversationState, Kind, MessageId, Outgoing, Summary, WallTime};
use web_sys::Element;
use yew::{
    AttrValue, Callback, Event, Html, MouseEvent, Properties, TargetCast, classes, function_component, html,
    use_effect_with, use_node_ref,
};

use super::{
    Act,
    attach::{Attach, drops},
    composer::Composer,
    icon::{Icon, icon},
    problem::Trouble,
    when,
    words::Bubble,
};
use crate::model::{
    Action, Earlier, Line, Reader, Role, Route, Tab, Thread as Log, ThreadLoad, Upload, host, lines, visitor_name,
};

/// Pixels from an end of the log that still count as being there.
const NEAR: i32 = 80;
/// Pixels before the oldest line at which the page before it is fetched.
const AHEAD: i32 = 300;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub conversation: ConversationId,
    pub thread: Rc<Log>,
    pub summary: Option<Rc<Summary>>,
    pub outgoing: Rc<Vec<Outgoing>>,
    /// What was asked for and is not committed yet: to take it, to close it.
    pub asked: Rc<Vec<Kind>>,
    pub uploads: Rc<Vec<(MessageId, Upload)>>,
    pub typing: bool,
    pub at_latest: bool,
    pub me: AttrValue,
    pub role: Role,
    pub draft: AttrValue,
    pub tab: Tab,
    pub now: WallTime,
    pub details: Callback<()>,
    pub attach: Attach,
    pub act: Act,
}

#[function_component]
pub(crate) fn Thread(props: &Props) -> Html {
    let log = use_node_ref();
    let latest = {
        let log = log.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(log) = log.cast::<Element>() {
                log.set_scroll_top(0);
            }
        })
    };
    // Whoever answers further up is taken to the answer.
    {
        let log = log.clone();
        use_effect_with(props.at_latest, move |at_latest| {
            if let Some(log) = log.cast::<Element>().filter(|log| *at_latest && -log.scroll_top() >= NEAR) {
                log.set_scroll_top(0);
            }
        });
    }
    let name = props.summary.as_deref().map_or("Visitor", visitor_name);
    let body = match &props.thread.load {
        ThreadLoad::Loading => html! { <p class="foot" role="status">{ "Loading the conversation…" }</p> },
        ThreadLoad::Failed(problem) => {
            let retry = earlier(props);
            html! { <Trouble words={AttrValue::from(problem.words().to_owned())} {retry} /> }
        }
        ThreadLoad::Ready => entries(props, name),
    };
    let [ondragover, ondragleave, ondrop] = drops(&props.attach);
    html! {
        <section class="thread" aria-label="Conversation" {ondragover} {ondragleave} {ondrop}>
            { head(props, name) }
            // Reversed column: the browser itself keeps the newest line in view, and the view in place when older lines come.
            <div class={classes!("log", props.at_latest.then_some("at-latest"))} ref={log} tabindex="0" role="group" aria-label="Messages" onscroll={scrolled(props)}>
                <div class="lines">{ body }</div>
            </div>
            <div class="below">
                if props.typing { <p class="typing"><span class="dots" aria-hidden="true"><i /><i /><i /></span>{ name }{ " is writing…" }</p> }
                if !props.at_latest {
                    <button type="button" class="latest" onclick={latest}>{ icon(Icon::Down) }{ "Newest" }</button>
                }
            </div>
            <Composer key={props.conversation.to_string()} conversation={props.conversation} draft={&props.draft}
                closed={closed(props)} attach={props.attach.clone()} act={&props.act} />
        </section>
    }
}

fn closed(props: &Props) -> bool {
    props.summary.as_ref().is_some_and(|summary| summary.state == ConversationState::Closed)
}

fn earlier(props: &Props) -> Callback<()> {
    let conversation = props.conversation;
    props.act.reform(move |()| Action::Earlier(conversation))
}

/// In a reversed column the newest line is at 0 and the oldest at minus the length.
fn scrolled(props: &Props) -> Callback<Event> {
    let (act, at_latest, earlier) = (props.act.clone(), props.at_latest, earlier(props));
    let more = props.thread.earlier == Earlier::Some;
    Callback::from(move |event: Event| {
        let Some(log) = event.target_dyn_into::<Element>() else { return };
        let from_latest = -log.scroll_top();
        let from_oldest = log.scroll_height() - log.client_height() - from_latest;
        if (from_latest < NEAR) != at_latest {
            act.emit(Action::AtLatest(from_latest < NEAR));
        }
        if more && from_oldest < AHEAD {
            earlier.emit(());
        }
    })
}

fn head(props: &Props, name: &str) -> Html {
    let conversation = props.conversation;
    let asked = |kind: &Kind| props.asked.contains(kind);
    let send = |kind: fn() -> Kind| props.act.reform(move |_: MouseEvent| Action::Send(conversation, kind()));
    let details = props.details.reform(|_: MouseEvent| ());
    let summary = props.summary.as_deref();
    let agent = summary.and_then(|summary| summary.agent.as_deref());
    let place = summary.map(|summary| {
        summary
            .context
            .title
            .clone()
            .unwrap_or_else(|| host(summary.context.url.as_deref().unwrap_or(&summary.site)).to_owned())
    });
    html! {
        <header class="head">
            <a class="bare back" href={Route::List(props.tab).fragment()} aria-label="Back to the list">{ icon(Icon::Back) }</a>
            <div class="title">
                <h1>{ name.to_owned() }</h1>
                <p>{ for place }{ match agent {
                    Some(agent) if agent == &*props.me => html! { <span class="agent">{ "You" }</span> },
                    Some(agent) => html! { <span class="agent">{ agent.to_owned() }</span> },
                    None => Html::default(),
                } }</p>
            </div>
            if !closed(props) && summary.is_some() {
                if agent != Some(&*props.me) {
                    <button type="button" class="quiet" disabled={asked(&Kind::Joined)} onclick={send(|| Kind::Joined)}>
                        { if asked(&Kind::Joined) { "Taking…" } else if agent.is_some() { "Take over" } else { "Take" } }
                    </button>
                }
                <button type="button" class="quiet" disabled={asked(&Kind::Closed)} onclick={send(|| Kind::Closed)}>
                    { if asked(&Kind::Closed) { "Closing…" } else { "Close" } }
                </button>
            }
            <button type="button" class="bare more" aria-label="Details" title="Details" onclick={details}>{ icon(Icon::Info) }</button>
        </header>
    }
}

fn entries(props: &Props, name: &str) -> Html {
    let uploads = props.uploads.iter().map(|(id, upload)| (id, upload));
    let reader = Reader { name: &props.me, role: props.role };
    let all = lines(&props.thread, props.outgoing.iter(), uploads, reader, name, when::day);
    html! {
        <>
            { before(props) }
            <ol>{ for all.into_iter().map(|entry| line(entry, props)) }</ol>
        </>
    }
}

fn before(props: &Props) -> Html {
    match &props.thread.earlier {
        Earlier::Loading => html! { <p class="foot" role="status">{ "Loading older messages…" }</p> },
        Earlier::Some => {
            let click = earlier(props).reform(|_: MouseEvent| ());
            html! { <p class="foot"><button type="button" class="quiet" onclick={click}>{ "Older messages" }</button></p> }
        }
        Earlier::Failed(problem) => {
            let words = AttrValue::from(problem.words().to_owned());
            html! { <Trouble {words} retry={earlier(props)} /> }
        }
        Earlier::Nothing => html! { <p class="foot">{ "The conversation starts here" }</p> },
        Earlier::Unknown => Html::default(),
    }
}

fn line(entry: Line, props: &Props) -> Html {
    match entry {
        Line::Day(at) => html! {
            <li key={when::iso(at)} class="day"><time datetime={when::iso(at)}>{ when::day_name(at, props.now) }</time></li>
        },
        Line::Note { id, at, text } => html! {
            <li key={id.to_string()} class="note">{ text }<time datetime={when::iso(at)} title={when::full(at)}>{ when::time(at) }</time></li>
        },
        Line::Message(words) => {
            let key = words.id.to_string();
            html! { <Bubble {key} conversation={props.conversation} {words} act={&props.act} /> }
        }
    }
}
