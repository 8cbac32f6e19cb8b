//! The round mark of a person.

use yew::{AttrValue, Html, Properties, function_component, html};

use super::icon::{Icon, icon};
use crate::model::initials;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Absent: anonymous.
    pub name: Option<AttrValue>,
    /// Chooses one of six tints; the same for the same person.
    pub seed: u128,
}

/// Initials on a tint.
#[function_component]
pub(crate) fn Mark(props: &Props) -> Html {
    let tint = AttrValue::from(((props.seed ^ (props.seed >> 64)) % 6).to_string());
    let letters = props.name.as_deref().map(initials).filter(|letters| !letters.is_empty());
    html! {
        <span class="mark" data-tint={tint} aria-hidden="true">
            { letters.map_or_else(|| icon(Icon::Hand), |letters| html! { {letters} }) }
        </span>
    }
}
