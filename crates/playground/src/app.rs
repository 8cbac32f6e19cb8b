//! The root: holds the bench, applies actions, and draws.

use std::rc::Rc;

use chinwag_targeting::{Outcome, Signal};
use web_sys::HtmlSelectElement;
use yew::{Component, Context, Html, NodeRef, html};

use crate::{
    bench::{
        Bench,
        shelf::{Open, Shelf},
    },
    keep,
    machine::Machine,
    rim,
    view::{self, Pane},
};

pub(crate) enum Action {
    Edit(String),
    /// Another file.
    Open(Open),
    /// The open file is removed, once that is confirmed.
    Remove,
    Page(String),
    Give(String, String),
    Seconds(f64),
    Opened(String),
    Language(String),
    Happens(Signal),
    /// In another visit, so many seconds later.
    ComeBack(f64),
    Answer(String, Outcome),
    StartOver,
    Show(Pane),
    /// A place in the file, as line and column from 1.
    Find(usize, usize),
    Copy,
    /// The address of a rule's preview.
    CopyPreview(String),
    Copied(bool),
    CopiedPreview(bool),
    Download,
    /// What browsers would get of it.
    DownloadPublished,
}

pub(crate) struct App {
    pub(crate) bench: Bench,
    pub(crate) shelf: Shelf,
    /// This browser does not keep what was written.
    pub(crate) unkept: bool,
    /// The box with the files.
    pub(crate) files: NodeRef,
    /// How many files were loaded.
    pub(crate) loaded: u32,
    /// How many places were asked for, and the last of them: line and column, from 1.
    pub(crate) found: (u32, usize, usize),
    /// On narrow screens one pane is shown at a time.
    pub(crate) pane: Pane,
    /// Of the texts that are shown.
    pub(crate) language: String,
    /// What the last button did.
    pub(crate) said: &'static str,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(_: &Context<Self>) -> Self {
        let shelf = keep::shelf();
        let bench = Bench::new(Rc::new(Machine), shelf.text(), rim::now());
        let language = rim::languages().first().map_or("en", |tag| tag.split('-').next().unwrap_or("en")).into();
        Self {
            bench,
            shelf,
            unkept: false,
            files: NodeRef::default(),
            loaded: 0,
            found: (0, 1, 1),
            pane: Pane::File,
            language,
            said: "",
        }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        self.said = "";
        match action {
            Action::Edit(text) => self.edit(&text),
            Action::Open(open) => self.open(open),
            Action::Remove => {
                if let Open::Own(id) = self.shelf.open
                    && rim::confirms("Remove this file? It is kept nowhere but in this browser.")
                {
                    self.shelf.remove(id);
                    keep::remove(id);
                    self.open(self.shelf.open);
                }
            }
            Action::Page(path) => self.bench.set_page(&path),
            Action::Give(name, text) => self.bench.give(&name, &text),
            Action::Seconds(seconds) => self.bench.wait(seconds),
            Action::ComeBack(seconds) => self.bench.come_back(seconds),
            Action::Opened(local) => self.bench.opened = rim::instant(&local).unwrap_or(self.bench.opened),
            Action::Language(language) => self.language = language,
            Action::Happens(signal) => self.bench.happens(signal),
            Action::Answer(rule, outcome) => self.bench.answer(&rule, outcome),
            Action::StartOver => self.bench.start_over(),
            Action::Show(pane) => self.pane = pane,
            Action::Find(line, column) => {
                self.found = (self.found.0 + 1, line, column);
                self.pane = Pane::File;
            }
            Action::Copy => rim::copy(self.bench.text().into(), ctx.link().callback(Action::Copied)),
            Action::CopyPreview(rule) => {
                rim::copy(self.bench.preview_address(&rule), ctx.link().callback(Action::CopiedPreview));
            }
            Action::CopiedPreview(true) => self.said = "Copied; put it behind the address of your site",
            Action::Copied(true) => self.said = "Copied",
            Action::Copied(false) => self.said = "This browser does not let pages copy; use Download",
            Action::CopiedPreview(false) => self.said = "This browser does not let pages copy",
            Action::Download => {
                rim::download("engagement.jsonc", self.bench.text());
            }
            Action::DownloadPublished => {
                if let Some(text) = self.bench.published() {
                    rim::download("engagement.json", &text);
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let act = ctx.link().callback(|action| action);
        html! { <>{ view::page(self, &act) }</> }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        // Its options come and go; what is chosen follows what is open.
        if let Some(files) = self.files.cast::<HtmlSelectElement>() {
            files.set_value(&view::file_key(self.shelf.open));
        }
    }
}

impl App {
    fn edit(&mut self, text: &str) {
        self.bench.edit(text);
        let before = self.shelf.open;
        let id = self.shelf.write(text, rim::clock());
        self.guard(!keep::keep(id, text));
        if self.shelf.open != before {
            keep::open(self.shelf.open);
        }
    }

    fn open(&mut self, open: Open) {
        self.shelf.choose(open).into_iter().for_each(keep::remove);
        keep::open(self.shelf.open);
        self.loaded += 1;
        self.bench.load(self.shelf.text());
    }

    fn guard(&mut self, unkept: bool) {
        if self.unkept != unkept {
            self.unkept = unkept;
            keep::guard(unkept);
        }
    }
}
