//! The root: holds the state, applies actions, carries out effects, and draws.

use std::rc::Rc;

use gloo::{events::EventListener, timers::callback::Interval};
use web_sys::VisibilityState;
use yew::{AttrValue, Component, Context, Html, html};

use crate::{
    model::{Account, Action, Attention, Console},
    rim::{self, Rim},
    view::{Checking, SetUpPage, Shell, SignInPage, Snapshot, UnknownPage},
};

/// Between two looks at the clock.
const TICK_MS: u32 = 1_000;

pub(crate) struct App {
    state: Rc<Console>,
    rim: Rim,
    _address: Option<rim::Address>,
    _tick: Interval,
    _attention: Vec<EventListener>,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let act = ctx.link().callback(|action| action);
        let tick = act.clone();
        act.emit(Action::Bell(rim::bell()));
        act.emit(Action::Address(rim::fragment()));
        act.emit(Action::AskMe);
        Self {
            state: Rc::new(Console::new(rim::now())),
            _address: rim::watch_address(act.reform(Action::Address)),
            _tick: Interval::new(TICK_MS, move || tick.emit(Action::Tick)),
            _attention: attend(&act.reform(Action::Attention)),
            rim: Rim::new(act),
        }
    }

    fn update(&mut self, _: &Context<Self>, action: Action) -> bool {
        let effects = Rc::make_mut(&mut self.state).apply(action, rim::now());
        for effect in effects {
            self.rim.run(effect);
        }
        rim::set_title(&self.state.title());
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let act = ctx.link().callback(|action| action);
        match &self.state.account {
            Account::Checking => html! { <Checking /> },
            Account::Unknown(problem) => html! { <UnknownPage problem={problem.clone()} {act} /> },
            Account::SettingUp { code, form } => {
                html! { <SetUpPage code={AttrValue::from(code.clone())} form={form.clone()} {act} /> }
            }
            Account::SignedOut { ended, form } => {
                html! { <SignInPage ended={*ended} form={form.clone()} {act} /> }
            }
            Account::SignedIn(me) => {
                let copied = act.reform(Action::Copied);
                let copy = yew::Callback::from(move |text| rim::copy(text, copied.clone()));
                let files = self.rim.files.clone();
                let attach = yew::Callback::from(move |(conversation, given)| files.take(conversation, given));
                html! { <Shell state={Snapshot(self.state.clone())} me={me.clone()} {act} {copy} {attach} /> }
            }
        }
    }
}

/// Tells whether the agent can see the page, now and whenever it changes.
fn attend(changed: &yew::Callback<Attention>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let Some(document) = window.document() else { return Vec::new() };
    let look = {
        let (changed, document) = (changed.clone(), document.clone());
        move || {
            let seen = document.visibility_state() == VisibilityState::Visible;
            changed.emit(if seen { Attention::Here } else { Attention::Elsewhere });
        }
    };
    look();
    vec![EventListener::new(&document, "visibilitychange", move |_| look())]
}
