//! Files in the thread: pictures as pictures, where the page's policy lets them; each a link to be saved by.

use std::rc::Rc;

use chinwag_browser::{js, number::digits};
use chinwag_conversation::{FileRef, entry::FILES};
use web_sys::Event;
use yew::{Callback, html::onerror};

use super::{
    Ui,
    element::{El, el, isolated},
};

pub(super) fn file(file: &FileRef, ui: &Ui) -> El {
    let label = |shell: El| {
        shell.with(isolated("file-name", &file.name)).with(el("span", "file-size").say(&ui.words.size(file.size)))
    };
    // The server's own word; but nothing else may ever become an address here.
    if !file.path.starts_with(FILES) {
        return label(el("div", "bubble file"));
    }
    let url = [ui.server, &file.path].concat();
    let picture = file.width.zip(file.height).map(|(width, height)| {
        let hide = |event: Event| {
            js::set(&js::get(&event, "target"), "hidden", &true.into());
        };
        el("img", "")
            .set("src", &url)
            .fix("alt", "")
            .fix("loading", "lazy")
            .set("width", &digits(width.into()))
            .set("height", &digits(height.into()))
            .hear(Rc::new(onerror::Wrapper::new(Callback::from(hide))))
    });
    let link =
        el("a", "bubble file").set("href", &url).fix("target", "_blank").fix("rel", "noopener").fix("download", "");
    label(link.with_some(picture))
}
