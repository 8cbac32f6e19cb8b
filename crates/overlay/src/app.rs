//! The two components with state: the overlay that watches, and the bar of a preview.

use std::rc::Rc;

use chinwag_scout::{machine::Machine, watched};
use chinwag_targeting::Rules;
use gloo::timers::callback::Interval;
use yew::{Component, Context, Html, PointerEvent, Properties};

use crate::{
    corner::Corner,
    preview::{Shown, Wanted, choices, show},
    rim,
    sight::{Sight, Tab},
    view,
};

pub(crate) enum Msg {
    /// Something was heard, or time has passed.
    Look,
    Tick,
    Tab(Tab),
    Fold,
    Stand(Corner),
    Grabbed(PointerEvent),
    Dragged(PointerEvent),
    Dropped(PointerEvent),
    Name(String),
    Data(String),
    /// The signal of the form.
    Send,
    /// A signal without data.
    Say(String),
    Close,
}

pub(crate) struct App {
    pub(crate) tab: Tab,
    pub(crate) folded: bool,
    pub(crate) corner: Corner,
    /// Where the pointer took hold.
    grip: Option<(i32, i32)>,
    pub(crate) name: String,
    pub(crate) data: String,
    /// What came of the last attempt to send.
    pub(crate) said: String,
    pub(crate) closed: bool,
    pub(crate) sight: Sight,
    clock: Option<Interval>,
}

impl App {
    fn look(&mut self) -> bool {
        let tab = self.tab;
        let Some(sight) = watched::look(|seen| Sight::of(&seen, tab)) else { return false };
        let is_news = self.sight != sight;
        self.sight = sight;
        is_news
    }

    fn send(&mut self, name: &str, data: &str) {
        self.said = if name.is_empty() {
            "Give it a name first.".into()
        } else if rim::send(name, data) {
            format!("Sent {name}.")
        } else {
            "The data are no JSON.".into()
        };
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let tick = ctx.link().callback(|()| Msg::Tick);
        let clock = Some(Interval::new(1000, move || tick.emit(())));
        let mut app = Self {
            tab: Tab::Rules,
            folded: false,
            corner: rim::free_corner(),
            grip: None,
            name: String::new(),
            data: String::new(),
            said: String::new(),
            closed: false,
            sight: Sight::nothing(),
            clock,
        };
        app.look();
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Look => return self.look(),
            Msg::Tick => return !rim::is_hidden() && self.look(),
            Msg::Tab(tab) => {
                self.tab = tab;
                self.said.clear();
                self.look();
            }
            Msg::Fold => self.folded = !self.folded,
            Msg::Stand(corner) => self.corner = corner,
            Msg::Grabbed(event) => {
                self.grip = Some((event.client_x(), event.client_y()));
                return false;
            }
            Msg::Dragged(event) => {
                if let Some((x, y)) = self.grip {
                    rim::shift(event.client_x() - x, event.client_y() - y);
                }
                return false;
            }
            Msg::Dropped(event) => {
                rim::shift(0, 0);
                let Some((x, y)) = self.grip.take() else { return false };
                let (to_x, to_y) = (event.client_x(), event.client_y());
                // A trembling finger drags nothing.
                if (to_x - x).abs() + (to_y - y).abs() > 12 {
                    self.corner = rim::corner_at(to_x, to_y);
                }
            }
            Msg::Name(name) => self.name = name,
            Msg::Data(data) => self.data = data,
            Msg::Send => {
                let (name, data) = (self.name.trim().to_owned(), self.data.clone());
                self.send(&name, &data);
            }
            Msg::Say(name) => self.send(&name, ""),
            Msg::Close => {
                self.closed = true;
                self.clock = None;
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        view::overlay(self, &ctx.link().callback(|msg| msg))
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct BarProps {
    pub(crate) program: String,
    /// As it stands in the address.
    pub(crate) wanted: String,
    pub(crate) decision: rim::Decision,
}

pub(crate) enum Ask {
    /// Another rule, as it would stand in an address.
    Choose(String),
    Again,
}

pub(crate) struct Bar {
    /// `None`: the file has no rules that can run, or none for this version.
    pub(crate) rules: Option<Rules>,
    pub(crate) wanted: Wanted,
    pub(crate) choices: Vec<(Wanted, String)>,
    pub(crate) shown: Result<Shown, String>,
    pub(crate) leave: String,
}

impl Bar {
    fn choose(&mut self, text: &str, decision: &rim::Decision) {
        let Some(rules) = &self.rules else { return };
        self.wanted = Wanted::parse(text, rules);
        let languages = rim::languages();
        let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
        self.shown = show(rules, &self.wanted, &languages);
        if let Ok(shown) = &self.shown
            && !shown.actions.is_empty()
        {
            decision.make(&self.wanted.rule, shown.variation.as_deref(), &shown.actions);
        }
    }
}

impl Component for Bar {
    type Message = Ask;
    type Properties = BarProps;

    fn create(ctx: &Context<Self>) -> Self {
        let BarProps { program, wanted, decision } = ctx.props();
        let rules = Rules::read(program, Rc::new(Machine::default()));
        let choices = rules.as_ref().map(choices).unwrap_or_default();
        let shown = Err("The published file has no rules that can run.".into());
        let mut bar = Self { rules, wanted: Wanted::default(), choices, shown, leave: rim::plain_address() };
        bar.choose(wanted, decision);
        bar
    }

    fn update(&mut self, ctx: &Context<Self>, ask: Ask) -> bool {
        let text = match ask {
            Ask::Choose(text) => text,
            Ask::Again => self.wanted.text(),
        };
        self.choose(&text, &ctx.props().decision);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        view::preview::bar(self, &ctx.link().callback(|ask| ask))
    }
}
