//! Files in the thread: pictures as pictures, everything else to be saved.

use chinwag_conversation::{FileRef, entry::FILES};
use yew::{Html, html};

use super::icon::{Icon, icon};
use crate::model::{Receipt, size_of};

pub(crate) fn file(file: &FileRef) -> Html {
    // The server's own word; but nothing else may ever become a link here.
    let href = file.path.starts_with(FILES).then(|| file.path.clone());
    let label = html! {
        <>
            { icon(Icon::File) }
            <span class="file-name">{ &file.name }</span>
            <span class="file-size">{ size_of(file.size) }</span>
        </>
    };
    let sides = file.width.zip(file.height);
    let picture = href.clone().zip(sides).map(|(src, (width, height))| {
        html! { <img {src} alt={file.name.clone()} width={width.to_string()} height={height.to_string()} loading="lazy" /> }
    });
    match picture {
        Some(picture) => html! {
            <a class="picture" {href} target="_blank" rel="noopener" title={[&file.name, ", ", &size_of(file.size)].concat()}>{ picture }</a>
        },
        None => html! { <a class="file" {href} download={file.name.clone()}>{ label }</a> },
    }
}

pub(crate) fn upload(name: &str, size: u64, receipt: Option<&Receipt>) -> Html {
    let progress = match receipt {
        Some(Receipt::Uploading(percent)) => {
            html! { <progress max="100" value={percent.to_string()} aria-label={["Uploading ", name].concat()} /> }
        }
        _ => Html::default(),
    };
    html! {
        <div class="file">
            { icon(Icon::File) }
            <span class="file-name">{ name.to_owned() }</span>
            <span class="file-size">{ size_of(size) }</span>
            { progress }
        </div>
    }
}
