//! The three panes and what stands around them.

use std::rc::Rc;

use chinwag_browser::upload::Given;
use chinwag_conversation::{ConversationId, Delivery, Kind, MessageId, Outgoing, WallTime};
use yew::{AttrValue, Callback, Html, Properties, function_component, html, use_state};

use super::{
    Act,
    bar::{Bar, Strips},
    details::Details,
    list::List,
    results::ResultsPage,
    thread::Thread,
};
use crate::model::{Console, Me, Route, Upload};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub state: Snapshot,
    pub me: Me,
    pub act: Act,
    pub copy: Callback<String>,
    pub attach: Callback<(ConversationId, Vec<Given>)>,
}

/// The state of one moment. Never equal to another one: the panes below compare their own parts.
#[derive(Clone)]
pub(crate) struct Snapshot(pub Rc<Console>);

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[function_component]
pub(crate) fn Shell(props: &Props) -> Html {
    // The conversation whose details were opened, where they cover the thread.
    let details = use_state(|| None);
    let state = &*props.state.0;
    let current = state.current();
    let shown = current.is_some() && *details == current;
    let name = AttrValue::from(props.me.name.clone());
    let toggle = {
        let details = details.clone();
        Callback::from(move |()| details.set(current.filter(|_| !shown)))
    };
    let now = coarse(state.now.wall);
    let typing = Rc::new(state.typing.keys().copied().collect::<Vec<_>>());
    html! {
        <div class="console" data-pane={if current.is_some() { "thread" } else { "list" }} data-details={shown.then_some("shown")}>
            <Bar name={&name} route={state.route} presence={state.presence.clone()} connection={state.connection}
                bell={state.bell} act={&props.act} />
            <Strips presence={state.presence.clone()} connection={state.connection} now={state.now.elapsed} act={&props.act} />
            if state.route == Route::Results {
                <ResultsPage results={state.results.clone()} act={&props.act} />
            } else {
                <main class="panes">
                    <List tab={state.tab} listing={state.inbox.listing(state.tab).clone()} only={state.only.clone()} {current} {typing} me={&name}
                        {now} act={&props.act} />
                    { match current {
                        Some(conversation) => panes(props, conversation, &name, shown, &toggle),
                        None => nothing(),
                    } }
                </main>
            }
            <p class="only-read" role="status" aria-live="polite">{ &*state.announcement }</p>
            <div class="toasts" role="status">{ for state.toast.iter().map(|toast| html! { <p>{ &toast.text }</p> }) }</div>
        </div>
    }
}

/// Ages are shown in minutes: panes that only show ages are drawn again that often.
fn coarse(now: WallTime) -> WallTime {
    WallTime(now.0 - now.0 % 10_000)
}

fn panes(props: &Props, conversation: ConversationId, name: &AttrValue, shown: bool, toggle: &Callback<()>) -> Html {
    let state = &*props.state.0;
    let thread = state.threads.get(&conversation).cloned().unwrap_or_default();
    let summary = state.inbox.summary(conversation).cloned();
    let draft = state.drafts.get(&conversation).cloned().map_or_else(AttrValue::default, AttrValue::from);
    let attach = (state.file_bytes > 0).then(|| props.attach.reform(move |given| (conversation, given)));
    html! {
        <>
            <Thread {conversation} thread={thread.clone()} summary={summary.clone()} outgoing={waiting(state, conversation)} asked={asked(state, conversation)}
                uploads={uploads(state, conversation)} typing={state.typing.contains_key(&conversation)} at_latest={state.at_latest}
                me={name} role={props.me.role} {draft} tab={state.tab} now={coarse(state.now.wall)} details={toggle} {attach}
                act={&props.act} />
            <Details {conversation} {summary} {thread} {shown} close={toggle} copy={&props.copy} act={&props.act} />
        </>
    }
}

fn uploads(state: &Console, conversation: ConversationId) -> Rc<Vec<(MessageId, Upload)>> {
    let here = state.uploads.iter().filter(|(_, upload)| upload.conversation == conversation);
    Rc::new(here.map(|(id, upload)| (*id, upload.clone())).collect())
}

/// Taking and closing show at their buttons; only a failure of theirs is a line.
fn waiting(state: &Console, conversation: ConversationId) -> Rc<Vec<Outgoing>> {
    let shown = state.outgoing.values().filter(|item| {
        item.conversation == conversation
            && (!matches!(item.kind, Kind::Joined | Kind::Closed) || matches!(item.delivery, Delivery::Failed(_)))
    });
    Rc::new(shown.cloned().collect())
}

fn asked(state: &Console, conversation: ConversationId) -> Rc<Vec<Kind>> {
    let kinds = [Kind::Joined, Kind::Closed];
    Rc::new(kinds.into_iter().filter(|kind| state.is_asked(conversation, kind)).collect())
}

fn nothing() -> Html {
    html! {
        <section class="nothing" aria-label="No conversation chosen">
            <h2>{ "Choose a conversation" }</h2>
            <p>{ "In the list, " }<kbd>{ "J" }</kbd>{ " and " }<kbd>{ "K" }</kbd>{ " or the arrow keys move, " }<kbd>{ "Enter" }</kbd>{ " opens." }</p>
        </section>
    }
}
