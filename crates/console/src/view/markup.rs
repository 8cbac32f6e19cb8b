//! Message markup as elements.

use chinwag_conversation::markup::{Block, Inline, parse};
use yew::{Html, html};

/// The elements of a message.
pub(crate) fn markup(text: &str) -> Html {
    parse(text).into_iter().map(block).collect()
}

fn block(block: Block) -> Html {
    match block {
        Block::Paragraph(parts) => html! { <p>{ inlines(parts) }</p> },
        Block::Code(code) => html! { <pre tabindex="0"><code>{ code }</code></pre> },
        Block::List { ordered: true, items } => html! { <ol>{ for items.into_iter().map(item) }</ol> },
        Block::List { ordered: false, items } => html! { <ul>{ for items.into_iter().map(item) }</ul> },
    }
}

fn item(parts: Vec<Inline>) -> Html {
    html! { <li>{ inlines(parts) }</li> }
}

fn inlines(parts: Vec<Inline>) -> Html {
    parts.into_iter().map(inline).collect()
}

fn inline(part: Inline) -> Html {
    match part {
        Inline::Text(text) => html! { {text} },
        Inline::Bold(parts) => html! { <strong>{ inlines(parts) }</strong> },
        Inline::Italic(parts) => html! { <em>{ inlines(parts) }</em> },
        Inline::Code(code) => html! { <code>{ code }</code> },
        Inline::Link { url, label } => html! {
            <a href={url} target="_blank" rel="noopener noreferrer nofollow">{ label }</a>
        },
        Inline::Break => html! { <br /> },
    }
}
