//! The one Yew component with state: it feeds the model, hands its effects to the rim, and draws.

use std::rc::Rc;

use chinwag_browser::{
    js,
    number::digits,
    upload::{Given, News},
};
use chinwag_conversation::{Elapsed, MessageId, Notice};
use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;
use yew::{Callback, Component, Context, Html, Properties};

use crate::{
    model::{Effect, Input, Model, Panel, input::Timer, rows},
    rim::{
        Later, Rim, clock, files,
        intl::day_of,
        place::Place,
        read,
        screen::{Change, Screen},
        sheet::Sheet,
        site::{self, Site},
        speech::{Breath, Speech},
    },
    view::{self, Ui},
    words::Words,
};

/// What the loader gave to `mount`.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) root: Element,
    pub(crate) options: JsValue,
    pub(crate) host: JsValue,
}

pub(crate) enum Msg {
    Input(Input),
    Heard(Notice),
    Given(Vec<Given>),
    Uploading((MessageId, News)),
    Breath(Breath),
    Screen(Change),
    /// Another tab changed what the device keeps.
    Changed(JsValue),
    /// The card was painted.
    CardPainted,
    Page(JsValue),
    Locale(String, JsValue),
    Theme(JsValue),
    Wipe,
}

pub(crate) struct App {
    model: Model,
    rim: Rim,
    screen: Screen,
    sheet: Option<Sheet>,
    engagement: JsValue,
    site: Rc<Site>,
    words: Rc<Words>,
    theme: &'static str,
    rows: Rc<Vec<rows::Row>>,
    place: Place,
    paint: Paint,
    _files: [EventListener; 4],
    _changed: EventListener,
}

/// A card counts as shown only after a frame with it in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paint {
    Idle,
    Due,
}

impl Component for App {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let Props { root, options, host } = ctx.props();
        let scope = ctx.link();
        let later = Later {
            heard: scope.callback(Msg::Heard),
            input: scope.callback(Msg::Input),
            upload: scope.callback(Msg::Uploading),
            changed: scope.callback(Msg::Changed),
        };
        let speech = Speech::new(scope.callback(Msg::Breath));
        let rim = Rim::new(root.clone(), options, host.clone(), speech, later);
        let lang = read::text(options, "lang").unwrap_or_else(|| "en".into());
        let engagement = read::get(options, "engagement");
        let words = Words::new(&lang, &read::get(options, "strings"));
        let mut app = Self {
            model: Model::new(rim.draft(), rim.is_muted()),
            rim,
            screen: Screen::watch(scope.callback(Msg::Screen)),
            sheet: Sheet::adopt(root.get_root_node().into()),
            site: Rc::new(Site::read(&engagement, &lang)),
            words: Rc::new(words),
            theme: "auto",
            rows: Rc::default(),
            place: Place::default(),
            paint: Paint::Idle,
            _changed: changed(scope.callback(Msg::Changed)),
            _files: files::watch(root, scope.callback(Msg::Given)),
            engagement,
        };
        app.wear(&read::get(&app.engagement, "appearance"));
        app.shape();
        app.feed(Input::Visible(app.screen.is_visible()));
        if let Some(input) = app.rim.returned() {
            app.feed(input);
        }
        app.lay_out();
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        let foot = self.model.foot();
        match msg {
            Msg::Input(Input::Timer(Timer::CardEnds)) if self.rim.card_is_held() => {
                self.perform(Effect::After(CARD_HELD_MS, Timer::CardEnds));
                return false;
            }
            Msg::Input(Input::Written(text)) => {
                let before = self.composer();
                self.feed(Input::Written(text));
                if before == self.composer() {
                    // A long thread must not slow writing down.
                    self.rim.copy(&self.model.draft);
                    return false;
                }
            }
            Msg::Input(input) => self.feed(input),
            Msg::Heard(notice) => match self.rim.hear(notice) {
                Some(input) => self.feed(input),
                None => return false,
            },
            Msg::Given(given) => {
                for given in given {
                    let taken = if self.model.takes_files() { self.rim.take(given) } else { None };
                    if let Some(input) = taken {
                        self.feed(input);
                    }
                }
            }
            Msg::Uploading((id, news)) => match self.rim.hear_upload(id, news) {
                Some(input) => self.feed(input),
                None => return false,
            },
            Msg::Breath(breath) => {
                self.rim.speech.breathe(breath, &self.words);
                return true;
            }
            Msg::Screen(Change::Height) => {
                self.fit();
                return false;
            }
            Msg::Screen(Change::Shape) => self.shape(),
            Msg::Screen(Change::Visibility) => {
                self.feed(Input::Visible(self.screen.is_visible()));
            }
            Msg::Changed(event) => match self.rim.changed_elsewhere(&event) {
                Some(input) => self.feed(input),
                None => return false,
            },
            Msg::CardPainted => self.feed(Input::CardShown),
            Msg::Page(page) => {
                self.rim.turn_page(page);
                return false;
            }
            Msg::Locale(lang, strings) => {
                self.rim.speak(&lang);
                self.words = Rc::new(Words::new(&lang, &strings));
                self.site = Rc::new(Site::read(&self.engagement, &lang));
            }
            Msg::Theme(appearance) => self.wear(&appearance),
            Msg::Wipe => {
                self.feed(Input::Forget);
                self.rim.wipe();
            }
        }
        // A judgement must not be given by a key that was meant for a sentence.
        if self.model.foot() != foot && !self.model.thread.is_closed() {
            self.rim.keep_focus();
        }
        self.lay_out();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let act = ctx.link().callback(Msg::Input);
        let server = self.rim.server();
        let ui = Ui {
            act: &act,
            words: &self.words,
            site: &self.site,
            model: &self.model,
            rows: &self.rows,
            server: &server,
            now: clock::wall(),
        };
        view::interface(&ui, self.theme, &self.rim.speech.spoken)
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if self.paint == Paint::Due {
            self.paint = Paint::Idle;
            let scope = ctx.link().clone();
            view::next_frame(move || scope.send_message(Msg::CardPainted));
        }
        self.rim.copy(&self.model.draft);
        let act = ctx.link().callback(Msg::Input);
        self.place.settle(self.rim.scroller().as_ref(), &self.model, &self.rows, &act);
        self.raise_dialog();
        self.rim.settle_focus();
    }
}

fn changed(told: Callback<JsValue>) -> EventListener {
    EventListener::new(js_sys::global().unchecked_ref(), "storage", move |event| told.emit(event.into()))
}

/// An expired card that the visitor is at stays, and is looked at again after this.
const CARD_HELD_MS: u32 = 3_000;

impl App {
    /// One input, all its effects, and what they lead to.
    fn feed(&mut self, input: Input) {
        let now: Elapsed = clock::elapsed();
        let mut next = Some(input);
        while let Some(input) = next.take() {
            for effect in self.model.update(input, now) {
                next = self.perform(effect).or(next);
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        if matches!(effect, Effect::Notification(_)) {
            self.paint = Paint::Due;
        }
        self.rim.run(effect)
    }

    /// The thread is laid out anew only while somebody can see it, and drawn anew only when it changed.
    fn lay_out(&mut self) {
        if self.model.panel == Panel::Closed {
            return;
        }
        let greeting = self.site.greeting.as_deref().filter(|_| !self.model.awaited);
        let reach = self.model.connection.shown_reach();
        let rows = rows::rows(&self.model.thread, greeting, self.model.opening.as_ref(), reach, &day_of);
        if *self.rows != rows {
            self.place.note(self.rim.scroller().as_ref());
            self.rows = Rc::new(rows);
        }
    }

    fn wear(&mut self, appearance: &JsValue) {
        self.theme = site::theme(appearance);
        if let Some(sheet) = &self.sheet {
            sheet.paint(read::text(appearance, "color").as_deref());
        }
    }

    /// What of the composer is drawn, besides the text itself.
    fn composer(&self) -> (Panel, bool, bool, bool, Option<i32>) {
        let Model { panel, full, draft, .. } = &self.model;
        (*panel, *full, draft.is_empty(), self.model.can_submit(), self.model.left_to_show())
    }

    fn shape(&mut self) {
        self.model.phone = self.screen.is_phone();
        self.fit();
    }

    /// On a phone the panel is as high as the keyboard lets it be.
    fn fit(&self) {
        if let (Some(sheet), Some((top, height))) = (&self.sheet, self.screen.rest()) {
            let px = |value: f64| [&digits(value as u64), "px"].concat();
            sheet.set("--top", &px(top));
            sheet.set("--height", &px(height));
        }
    }

    /// A dialog keeps focus inside and the page behind it quiet only when it is opened as a modal one.
    fn raise_dialog(&self) {
        if let Some(dialog) = self.rim.find("dialog:not([open])") {
            drop(js::call(&dialog, "showModal", &[]));
        }
    }
}
