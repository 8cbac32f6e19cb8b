//! The bar of a preview: the mark that what is seen is not for visitors.

use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, TargetCast, html};

use super::icon::{Icon, icon};
use crate::app::{Ask, Bar};

pub(crate) fn bar(bar: &Bar, ask: &Callback<Ask>) -> Html {
    let choose = ask.reform(|event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        Ask::Choose(select.map(|select| select.value()).unwrap_or_default())
    });
    let wanted = bar.wanted.text();
    // The first variation is taken where the address names none.
    let taken = bar.shown.as_ref().ok().and_then(|shown| shown.variation.clone());
    let chosen = |rule: &str, variation: Option<&str>| bar.wanted.rule == rule && taken.as_deref() == variation;
    let is_known = bar.shown.is_ok();
    html! {
        <section class="preview" aria-label="Chinwag: preview of a rule">
            <div class="mark">{ icon(Icon::Mark) }<strong>{ "Preview" }</strong></div>
            <div class="about" role="status">
                { match &bar.shown {
                    Ok(shown) => html! { <>
                        <p><b>{ &shown.name }</b>{ for shown.remarks.iter().map(|remark| html! { <span class="remark">{ " " }{ remark }</span> }) }</p>
                        <p class="hint">{ "Past limits and conditions. Nothing is counted, and visitors see none of this." }
                            { for (!shown.left_out.is_empty()).then(|| format!(" Left out: {}.", shown.left_out.join("; "))) }</p>
                    </> },
                    Err(problem) => html! { <p class="problem">{ problem }</p> },
                } }
            </div>
            <div class="ask">
                if !bar.choices.is_empty() {
                    <select aria-label="Rule" onchange={choose}>
                        if !is_known { <option selected=true value={wanted.clone()}>{ "Choose a rule" }</option> }
                        { for bar.choices.iter().map(|(choice, name)| html! {
                            <option value={choice.text()} selected={is_known && chosen(&choice.rule, choice.variation.as_deref())}>{ name }</option>
                        }) }
                    </select>
                    <button type="button" class="main" disabled={!is_known} onclick={ask.reform(|_| Ask::Again)}>{ "Show again" }</button>
                }
                <a href={bar.leave.clone()}>{ "Leave" }</a>
            </div>
        </section>
    }
}
