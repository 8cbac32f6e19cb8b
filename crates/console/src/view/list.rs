//! The list of conversations.

use std::rc::Rc;

use chinwag_conversation::{AuthorKind, ConversationId, Summary, WallTime};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::{
    AttrValue, Callback, Event, Html, MouseEvent, Properties, TargetCast, function_component, html, use_node_ref,
};

use super::{Act, mark::Mark, problem::Trouble, when};
use crate::model::{Action, Listing, Load, Route, Tab, ago, has, host, visitor_name, waits};

/// Pixels before the end at which the next page is fetched.
const AHEAD: i32 = 400;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub tab: Tab,
    pub listing: Listing,
    /// Only conversations with this team or tag.
    pub only: Option<Rc<str>>,
    pub current: Option<ConversationId>,
    pub typing: Rc<Vec<ConversationId>>,
    pub me: AttrValue,
    pub now: WallTime,
    pub act: Act,
}

#[function_component]
pub(crate) fn List(props: &Props) -> Html {
    let node = use_node_ref();
    let more = props.act.reform({
        let tab = props.tab;
        move |()| Action::More(tab)
    });
    let scrolled = {
        let more = more.clone();
        let waiting = matches!(props.listing.load, Load::More(_));
        Callback::from(move |event: Event| {
            let near = event
                .target_dyn_into::<Element>()
                .is_some_and(|list| list.scroll_top() + list.client_height() + AHEAD > list.scroll_height());
            if near && waiting {
                more.emit(());
            }
        })
    };
    let keys = {
        let node = node.clone();
        Callback::from(move |event: KeyboardEvent| walk(&event, node.cast::<Element>().as_ref()))
    };
    html! {
        <section class="list" aria-label="Conversations">
            <nav class="tabs" aria-label="Lists">
                { tab(props, Tab::Open, "Open") }
                { tab(props, Tab::Closed, "Closed") }
                <a class="elsewhere" href={Route::Results.fragment()}>{ "Results" }</a>
            </nav>
            { for props.only.iter().map(|only| narrowed(props, only)) }
            <div class="scroll" ref={node} onscroll={scrolled} onkeydown={keys}>
                if !props.listing.rows.is_empty() {
                    <ul>{ for props.listing.rows.iter().filter(|row| has(row, props.only.as_deref())).map(|row| html! {
                        <Row key={row.conversation.to_string()} summary={row.clone()} current={props.current == Some(row.conversation)}
                            typing={props.typing.contains(&row.conversation)} me={&props.me} age={ago(row.updated_at, props.now)} />
                    }) }</ul>
                }
                { foot(props, more) }
            </div>
        </section>
    }
}

fn narrowed(props: &Props, only: &str) -> Html {
    let all = props.act.reform(|_: MouseEvent| Action::Only(None));
    let loaded = !matches!(props.listing.load, Load::Complete);
    html! {
        <p class="narrowed">
            <span>{ "Only " }<strong>{ only.to_owned() }</strong>{ if loaded { ", of those loaded so far" } else { "" } }</span>
            <button type="button" class="quiet" onclick={all}>{ "Show all" }</button>
        </p>
    }
}

fn tab(props: &Props, tab: Tab, words: &'static str) -> Html {
    let current = (props.tab == tab).then_some("page");
    html! { <a href={Route::List(tab).fragment()} aria-current={current}>{ words }</a> }
}

fn foot(props: &Props, more: Callback<()>) -> Html {
    match &props.listing.load {
        Load::Failed { problem, .. } => {
            html! { <Trouble words={AttrValue::from(problem.words().to_owned())} retry={more} /> }
        }
        Load::More(_) if props.only.is_some() => {
            let click = more.reform(|_: MouseEvent| ());
            html! { <p class="foot"><button type="button" class="quiet" onclick={click}>{ "Look further" }</button></p> }
        }
        Load::Untouched | Load::Loading { .. } if props.listing.rows.is_empty() => skeleton(),
        Load::Untouched | Load::Loading { .. } => html! { <p class="foot">{ "Loading…" }</p> },
        Load::More(_) => {
            let click = more.reform(|_: MouseEvent| ());
            html! { <p class="foot"><button type="button" class="quiet" onclick={click}>{ "Load more" }</button></p> }
        }
        Load::Complete if props.listing.rows.is_empty() => empty(props.tab),
        Load::Complete => Html::default(),
    }
}

fn skeleton() -> Html {
    html! {
        <div class="skeleton" role="status" aria-label="Loading conversations">
            { for (0..6).map(|_| html! { <div><span /><span /><span /></div> }) }
        </div>
    }
}

fn empty(tab: Tab) -> Html {
    match tab {
        Tab::Open => html! {
            <div class="empty">
                <h2>{ "No open conversations" }</h2>
                <p>{ "Visitors appear here when they write." }</p>
                <p><a href="/demo/" target="_blank" rel="noopener">{ "Try the demo shop" }</a></p>
            </div>
        },
        Tab::Closed => html! {
            <div class="empty">
                <h2>{ "Nothing closed yet" }</h2>
                <p>{ "Closed conversations stay here. A visitor's new message opens them again." }</p>
            </div>
        },
    }
}

/// Moves the focus along the rows. Single keys work only while a row has the focus.
fn walk(event: &KeyboardEvent, list: Option<&Element>) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let step: i64 = match event.key().as_str() {
        "j" | "ArrowDown" => 1,
        "k" | "ArrowUp" => -1,
        _ => return,
    };
    let rows = list.and_then(|list| list.query_selector_all("a.row").ok());
    let focused = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let (Some(rows), Some(focused)) = (rows, focused) else { return };
    let at = (0..rows.length()).find(|at| rows.item(*at).is_some_and(|row| row == *focused));
    let next = at.and_then(|at| u32::try_from(i64::from(at) + step).ok());
    let next = next.and_then(|next| rows.item(next)).and_then(|row| row.dyn_into::<HtmlElement>().ok());
    if let Some(row) = next {
        event.prevent_default();
        // A row that refuses the focus leaves it where it is.
        let _ = row.focus();
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    summary: Rc<Summary>,
    current: bool,
    typing: bool,
    me: AttrValue,
    age: String,
}

#[function_component]
fn Row(props: &RowProps) -> Html {
    let row = &*props.summary;
    let unread = (row.unread > 0).then(|| row.unread.min(99).to_string());
    let by = match row.preview_by {
        AuthorKind::Visitor => "",
        AuthorKind::Agent if row.agent.as_deref() == Some(&*props.me) => "You: ",
        AuthorKind::Agent => "Agent: ",
        AuthorKind::Bot => "Bot: ",
        AuthorKind::System => "",
    };
    html! {
        <li>
            <a class="row" href={Route::Conversation(row.conversation).fragment()} aria-current={props.current.then_some("true")}
                data-unread={unread.is_some().then_some("yes")}>
                <Mark name={row.visitor.clone().map(AttrValue::from)} seed={row.conversation.0.as_u128()} />
                <span class="name">{ visitor_name(row) }</span>
                <time datetime={when::iso(row.updated_at)} title={when::full(row.updated_at)}>{ &props.age }</time>
                <span class="preview">
                    if props.typing { <em>{ "is writing…" }</em> } else { { by }{ &row.preview } }
                </span>
                { for unread.map(|count| html! {
                    <span class="count"><span aria-hidden="true">{ &count }</span><span class="only-read">{ &count }{ " unread" }</span></span>
                }) }
                <span class="meta">
                    if waits(row) { <span class="waits">{ "Waiting" }</span> }
                    <span>{ row.context.url.as_deref().map_or(row.site.as_str(), |url| host(url).split('/').next().unwrap_or_default()) }</span>
                    { for row.agent.iter().map(|agent| {
                        html! { <span class="agent">{ if **agent == *props.me { "You" } else { agent } }</span> }
                    }) }
                </span>
            </a>
        </li>
    }
}
