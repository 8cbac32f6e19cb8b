//! What went wrong, and the way out.

use yew::{AttrValue, Callback, Html, MouseEvent, Properties, function_component, html};

use super::icon::{Icon, icon};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub words: AttrValue,
    /// Absent: nothing to try again.
    #[prop_or_default]
    pub retry: Option<Callback<()>>,
}

/// A message with a button.
#[function_component]
pub(crate) fn Trouble(props: &Props) -> Html {
    let retry = props.retry.clone().map(|retry| {
        let click = Callback::from(move |_: MouseEvent| retry.emit(()));
        html! { <button type="button" class="quiet" onclick={click}>{ "Try again" }</button> }
    });
    html! {
        <div class="trouble" role="alert">
            { icon(Icon::Warning) }
            <p>{ &props.words }</p>
            { for retry }
        </div>
    }
}
