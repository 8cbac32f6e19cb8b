//! One line of the painted text. It is drawn again only when something of it changed.

use chinwag_targeting::Severity;
use yew::{Html, Properties, classes, function_component, html};

use crate::bench::paint::{self, Ink};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub line: paint::Line,
    /// Is the caret on it?
    pub written: bool,
}

#[function_component]
pub(super) fn Line(props: &Props) -> Html {
    let paint::Line { text, in_comment, marks } = &props.line;
    let (pieces, _) = paint::pieces(text, *in_comment);
    // Pieces are cut where marks begin and end.
    let mut at = 0;
    let mut spans: Vec<Html> = Vec::new();
    for (ink, piece) in pieces {
        let mut run = String::new();
        let mut under = severity(marks, at);
        for c in piece.chars() {
            let here = severity(marks, at);
            if here != under {
                spans.push(span(ink, under, &std::mem::take(&mut run)));
                under = here;
            }
            run.push(c);
            at += 1;
        }
        spans.push(span(ink, under, &run));
    }
    let worst = marks.iter().map(|mark| mark.severity).max();
    // What points behind the last character still needs something to be seen on.
    let behind =
        marks.iter().any(|mark| mark.from >= at).then(|| html! { <span class={worst.map(class)}>{ " " }</span> });
    html! {
        <div class={classes!("line", worst.map(class), props.written.then_some("written"))}>
            { for spans }
            { for behind }
            { for marks.iter().take(1).map(|mark| html! {
                <span class="lens">{ &mark.message }{ for mark.hint.iter().map(|hint| html! { <b>{ hint }</b> }) }</span>
            }) }
            { "\n" }
        </div>
    }
}

fn severity(marks: &[paint::Mark], at: usize) -> Option<Severity> {
    marks.iter().filter(|mark| (mark.from..mark.to).contains(&at)).map(|mark| mark.severity).max()
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "odd",
    }
}

fn span(ink: Ink, under: Option<Severity>, text: &str) -> Html {
    match (ink.class(), under) {
        _ if text.is_empty() => Html::default(),
        (None, None) => html! { { text } },
        (ink, under) => html! { <span class={classes!(ink, under.map(class), under.map(|_| "mark"))}>{ text }</span> },
    }
}
