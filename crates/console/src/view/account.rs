//! The pages before the console: checking, setting up, signing in.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::{
    AttrValue, Callback, Html, MouseEvent, NodeRef, Properties, function_component, html, use_effect_with,
    use_node_ref, use_state,
};

use super::{
    Act,
    icon::{Icon, icon},
    problem::Trouble,
};
use crate::model::{Action, Ended, Form, Problem, SetUp, SignIn};

/// Shortest password that the form sends. The server has the last word.
const PASSWORD_CHARS: &str = "10";

#[function_component]
pub(crate) fn Checking() -> Html {
    html! { <main class="gate"><p class="checking" role="status">{ "Connecting…" }</p></main> }
}

#[derive(PartialEq, Properties)]
pub(crate) struct UnknownProps {
    pub problem: Problem,
    pub act: Act,
}

/// The server could not say who this is.
#[function_component]
pub(crate) fn UnknownPage(props: &UnknownProps) -> Html {
    let act = props.act.clone();
    let words = AttrValue::from(props.problem.words().to_owned());
    html! {
        <main class="gate">
            <div class="card">
                { heading("Chinwag is not reachable") }
                <Trouble {words} retry={Callback::from(move |()| act.emit(Action::AskMe))} />
                <p class="hint">{ "This page tries again by itself every few seconds." }</p>
            </div>
        </main>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct SignInProps {
    pub ended: Ended,
    pub form: Form,
    pub act: Act,
}

#[function_component]
pub(crate) fn SignInPage(props: &SignInProps) -> Html {
    let (email, password) = (use_node_ref(), use_node_ref());
    let submit = {
        let (act, email, password) = (props.act.clone(), email.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let form = SignIn { email: value(&email), password: secret(&password) };
            act.emit(Action::SignIn(form));
        })
    };
    let why = match props.ended {
        Ended::Never => None,
        Ended::Asked => Some("You are signed out."),
        Ended::Expired => Some("Your session ended. Sign in to go on; what you wrote is kept."),
    };
    html! {
        <main class="gate">
            <form class="card" method="post" onsubmit={submit}>
                { heading("Sign in to Chinwag") }
                { for why.map(|why| html! { <p class="hint" role="status">{ why }</p> }) }
                { refusal(&props.form) }
                <Field label="E-mail" kind="email" autofill="username" node={email} focus=true />
                <Password autofill="current-password" node={password} />
                { submit_button(&props.form, "Sign in", "Signing in…") }
                <p class="hint">{ "Forgot the password? An administrator of this server can make you a new one-time link." }</p>
            </form>
        </main>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct SetUpProps {
    pub code: AttrValue,
    pub form: Form,
    pub act: Act,
}

#[function_component]
pub(crate) fn SetUpPage(props: &SetUpProps) -> Html {
    let (name, email, password) = (use_node_ref(), use_node_ref(), use_node_ref());
    let submit = {
        let (act, code) = (props.act.clone(), props.code.to_string());
        let (name, email, password) = (name.clone(), email.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let form =
                SetUp { code: code.clone(), name: value(&name), email: value(&email), password: secret(&password) };
            act.emit(Action::SetUp(form));
        })
    };
    let sign_in = props.act.reform(|_: MouseEvent| Action::ToSignIn);
    html! {
        <main class="gate">
            <form class="card" method="post" onsubmit={submit}>
                { heading("Set up your account") }
                <p class="hint">{ "Visitors see your name beside your answers. The e-mail address is only for signing in." }</p>
                { refusal(&props.form) }
                <Field label="Name" kind="text" autofill="name" node={name} focus=true />
                <Field label="E-mail" kind="email" autofill="username" node={email} />
                <Password autofill="new-password" node={password} fresh=true />
                { submit_button(&props.form, "Create account", "Creating account…") }
                <button type="button" class="link" onclick={sign_in}>{ "I have an account: sign in" }</button>
            </form>
        </main>
    }
}

fn heading(text: &str) -> Html {
    html! { <><span class="emblem">{ icon(Icon::Brand) }</span><h1>{ text }</h1></> }
}

fn refusal(form: &Form) -> Html {
    match form {
        Form::Refused(Problem::SignedOut) => {
            html! { <Trouble words="The e-mail address or the password is not right." /> }
        }
        Form::Refused(problem) => {
            html! { <Trouble words={AttrValue::from(problem.words().to_owned())} /> }
        }
        Form::Ready | Form::Sending => Html::default(),
    }
}

fn submit_button(form: &Form, label: &'static str, busy: &'static str) -> Html {
    let sending = *form == Form::Sending;
    html! {
        <button type="submit" class="main wide" aria-busy={sending.then_some("true")}>
            { if sending { busy } else { label } }
        </button>
    }
}

fn value(node: &NodeRef) -> String {
    secret(node).trim().to_owned()
}

/// As typed: a blank at the end of a password is a part of it.
fn secret(node: &NodeRef) -> String {
    node.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

#[derive(PartialEq, Properties)]
struct FieldProps {
    label: AttrValue,
    kind: AttrValue,
    autofill: AttrValue,
    node: NodeRef,
    #[prop_or_default]
    focus: bool,
}

#[function_component]
fn Field(props: &FieldProps) -> Html {
    use_focus(&props.node, props.focus);
    html! {
        <label class="field">
            <span>{ &props.label }</span>
            <input ref={props.node.clone()} type={&props.kind} name={&props.autofill} autocomplete={&props.autofill}
                required=true autocapitalize="off" spellcheck="false" />
        </label>
    }
}

#[yew::hook]
fn use_focus(node: &NodeRef, wanted: bool) {
    use_effect_with(node.clone(), move |node| {
        if let Some(input) = node.cast::<HtmlInputElement>().filter(|_| wanted) {
            // A browser that refuses the focus leaves it to the person.
            let _ = input.focus();
        }
    });
}

#[derive(PartialEq, Properties)]
struct PasswordProps {
    autofill: AttrValue,
    node: NodeRef,
    /// A new one is being chosen.
    #[prop_or_default]
    fresh: bool,
}

#[function_component]
fn Password(props: &PasswordProps) -> Html {
    let shown = use_state(|| false);
    let toggle = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(!*shown))
    };
    let (kind, name, image) =
        if *shown { ("text", "Hide password", Icon::EyeOff) } else { ("password", "Show password", Icon::Eye) };
    html! {
        <div class="field">
            <label for="password">{ "Password" }</label>
            <span class="with-button">
                <input id="password" ref={props.node.clone()} type={kind} name="password" autocomplete={&props.autofill} required=true
                    minlength={props.fresh.then_some(PASSWORD_CHARS)} aria-describedby={props.fresh.then_some("password-hint")}
                    autocapitalize="off" spellcheck="false" />
                <button type="button" class="bare" aria-label={name} title={name} onclick={toggle}>{ icon(image) }</button>
            </span>
            if props.fresh {
                <span id="password-hint" class="hint">{ "At least 10 characters. Several words are fine." }</span>
            }
        </div>
    }
}
