//! The root: holds the bench, applies actions, and draws.

use std::rc::Rc;

use chinwag_targeting::{Outcome, Signal};
use yew::{Component, Context, Html, html};

use crate::{
    bench::{Bench, recipes::RECIPES},
    machine::Machine,
    rim,
    view::{self, Pane},
};

pub(crate) enum Action {
    Edit(String),
    Recipe(usize),
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
    Copy,
    /// The address of a rule's preview.
    CopyPreview(String),
    Copied(bool),
    CopiedPreview(bool),
    Download,
}

pub(crate) struct App {
    pub(crate) bench: Bench,
    pub(crate) recipe: usize,
    /// How many files were loaded.
    pub(crate) loaded: u32,
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
        let text = RECIPES.first().map_or("", |recipe| recipe.text);
        let bench = Bench::new(Rc::new(Machine), text, rim::now());
        let language = rim::languages().first().map_or("en", |tag| tag.split('-').next().unwrap_or("en")).into();
        Self { bench, recipe: 0, loaded: 0, pane: Pane::File, language, said: "" }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        self.said = "";
        match action {
            Action::Edit(text) => self.bench.edit(&text),
            Action::Recipe(index) => {
                if let Some(recipe) = RECIPES.get(index) {
                    self.recipe = index;
                    self.loaded += 1;
                    self.bench.load(recipe.text);
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
            Action::Copy => {
                if let Some(text) = self.bench.published() {
                    rim::copy(text, ctx.link().callback(Action::Copied));
                }
            }
            Action::CopyPreview(rule) => {
                rim::copy(self.bench.preview_address(&rule), ctx.link().callback(Action::CopiedPreview));
            }
            Action::CopiedPreview(true) => self.said = "Copied; put it behind the address of your site",
            Action::Copied(true) => self.said = "Copied",
            Action::Copied(false) => self.said = "This browser does not let pages copy; use Download",
            Action::CopiedPreview(false) => self.said = "This browser does not let pages copy",
            Action::Download => {
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
}
