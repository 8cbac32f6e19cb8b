//! Where the model meets the world: link, storage, timers, the loader, focus. No decisions are taken here.

mod device;
mod hear;
mod host;
pub(crate) mod intl;
pub(crate) mod place;
pub(crate) mod read;
pub(crate) mod screen;
pub(crate) mod sheet;
pub(crate) mod site;
pub(crate) mod speech;

pub(crate) use chinwag_browser::clock;
use chinwag_browser::link::{Endpoint, Link, LinkConfig, Past};
use chinwag_conversation::{Availability, Context, Kind, Notice};
use gloo::timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDialogElement, HtmlElement};
use yew::Callback;

use crate::model::{
    Input,
    decision::Origin,
    input::{Effect, Focus, Timer},
};
use device::{Device, Identity, Kept};
use host::Host;
use speech::Speech;

/// What comes back to the application later.
#[derive(Clone)]
pub(crate) struct Later {
    pub(crate) heard: Callback<Notice>,
    pub(crate) input: Callback<Input>,
}

pub(crate) struct Rim {
    pub(crate) host: Host,
    pub(crate) speech: Speech,
    root: Element,
    site: String,
    servers: Vec<String>,
    page: JsValue,
    lang: String,
    device: Device,
    identity: Option<Identity>,
    link: Option<Link>,
    timers: Vec<(Timer, Timeout)>,
    focus: Option<Focus>,
    later: Later,
}

impl Rim {
    pub(crate) fn new(root: Element, options: &JsValue, host: JsValue, speech: Speech, later: Later) -> Self {
        let site = read::text(options, "site").unwrap_or_default();
        let device = Device::new(&site);
        Self {
            host: Host(host),
            speech,
            root,
            servers: read::list(options, "servers").iter().filter_map(JsValue::as_string).collect(),
            page: read::get(options, "page"),
            lang: read::text(options, "lang").unwrap_or_default(),
            identity: device.identity(),
            device,
            site,
            link: None,
            timers: Vec::new(),
            focus: None,
            later,
        }
    }

    /// A conversation of an earlier page: the last sequence number that the visitor read.
    pub(crate) fn returned(&self) -> Option<u64> {
        let kept = self.identity.as_ref()?.kept;
        (kept == Kept::Lasting).then(|| self.device.read(kept))
    }

    pub(crate) fn draft(&self) -> String {
        self.device.draft()
    }

    pub(crate) fn turn_page(&mut self, page: JsValue) {
        self.page = page;
    }

    pub(crate) fn speak(&mut self, lang: &str) {
        self.lang = lang.to_owned();
    }

    pub(crate) fn hear(&self, notice: Notice) -> Option<Input> {
        hear::hear(notice, self.identity.as_ref()?.conversation)
    }

    pub(crate) fn park(&self, park: bool) {
        if let Some(link) = &self.link {
            if park { link.park() } else { link.resume() }
        }
    }

    /// The device forgets the visitor, and the connection goes.
    pub(crate) fn wipe(&mut self) {
        self.link = None;
        self.identity = None;
        self.timers.clear();
        self.device.wipe();
    }

    /// Does what the model decided; what cannot be done now comes back as an input.
    pub(crate) fn run(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Opened => self.host.opened(true),
            Effect::Closed => self.host.opened(false),
            Effect::Answer(rule, outcome) if !rule.is_empty() => {
                self.host.answer(&rule, outcome.name());
            }
            Effect::Answer(..) => {}
            Effect::Unread(count) => self.host.unread(count),
            Effect::Availability(state) => self.host.emit("availability", &[("state", name_of(state))]),
            Effect::Notification(rule) => {
                self.host.emit("notification", &[("rule", rule.as_deref().unwrap_or_default())]);
            }
            Effect::Message { theirs } => {
                let from = if theirs { "team" } else { "visitor" };
                self.host.emit("message", &[("from", from)]);
            }
            Effect::Connect => self.connect(),
            Effect::ConnectAnew => self.connect_anew(),
            Effect::Send(kind, origin) => return self.send(kind, origin),
            Effect::Focus(Focus::Launcher) => self.focus_launcher(),
            Effect::Focus(focus) => self.focus = Some(focus),
            Effect::KeepDraft(draft) => self.device.keep_draft(&draft),
            Effect::KeepRead(seq) => {
                if let Some(identity) = &self.identity {
                    self.device.keep_read(identity.kept, seq);
                }
            }
            Effect::Say(said) => self.speech.say(said),
            Effect::After(ms, timer) => self.after(ms, timer),
            Effect::Stop(timer) => self.timers.retain(|(known, _)| *known != timer),
            Effect::Retry(_)
            | Effect::Discard(_)
            | Effect::Report(_)
            | Effect::Typing
            | Effect::Older(_)
            | Effect::Nudge => self.tell_link(&effect),
        }
        None
    }

    fn tell_link(&self, effect: &Effect) {
        let (Some(link), Some(identity)) = (&self.link, &self.identity) else { return };
        match effect {
            Effect::Retry(id) => link.retry(*id),
            Effect::Discard(id) => link.discard(*id),
            Effect::Report(progress) => {
                link.report(identity.conversation, progress.delivered, progress.read);
            }
            Effect::Typing => link.typing(identity.conversation),
            Effect::Older(before) => link.older(identity.stream(), *before),
            Effect::Nudge => link.nudge(),
            _ => {}
        }
    }

    fn connect(&mut self) {
        if self.link.is_some() {
            return;
        }
        let identity = match self.identity.take() {
            Some(identity) => identity,
            None => self.device.make(),
        };
        let heard = self.later.heard.clone();
        let config = LinkConfig {
            servers: self.servers.clone(),
            endpoint: Endpoint::Visitor { site: self.site.clone(), token: identity.token.clone() },
            follow: vec![identity.cursor()],
            scope: Some(self.site.clone()),
            past: match identity.kept {
                Kept::Tab => Past::None,
                Kept::Lasting => Past::Kept,
            },
            share: Some([&self.site, ":", identity.conversation.to_string().as_str()].concat()),
        };
        self.link = Some(Link::start(config, move |notice| heard.emit(notice)));
        self.identity = Some(identity);
    }

    /// The same visitor, a new conversation, the same connection.
    fn connect_anew(&mut self) {
        self.connect();
        if let (Some(link), Some(identity)) = (&self.link, &mut self.identity) {
            identity.conversation = chinwag_browser::random::conversation_id();
            self.device.keep(identity);
            link.follow(chinwag_conversation::Cursor { seq: Some(0), ..identity.cursor() });
        }
    }

    /// From the first message on, the device keeps what an answer needs to find its way back.
    fn send(&mut self, kind: Kind, origin: Option<Origin>) -> Option<Input> {
        self.connect();
        let context = Some(self.context(origin));
        let text = match &kind {
            Kind::Message { text } => Some(text.clone()),
            _ => None,
        };
        let (Some(link), Some(identity)) = (&self.link, &mut self.identity) else { return None };
        if identity.kept == Kept::Tab {
            identity.kept = Kept::Lasting;
            self.device.keep(identity);
        }
        match link.send(identity.conversation, kind, context) {
            Some(_) => None,
            None => text.map(Input::Full),
        }
    }

    /// Queries and fragments of addresses may hold secrets: they stay here.
    fn context(&self, origin: Option<Origin>) -> Context {
        let bare = |key: &str| {
            let url = read::text(&self.page, key)?;
            url.split(['?', '#']).next().map(str::to_owned)
        };
        let (rule, variant) = origin.map_or((None, None), |origin| (Some(origin.rule), origin.variant));
        Context {
            url: bare("url"),
            title: read::text(&self.page, "title"),
            referrer: bare("referrer"),
            language: Some(self.lang.clone()),
            rule,
            variant,
        }
        .clipped()
    }

    fn after(&mut self, ms: u32, timer: Timer) {
        self.timers.retain(|(known, _)| *known != timer);
        let input = self.later.input.clone();
        let timeout = Timeout::new(ms, move || input.emit(Input::Timer(timer)));
        self.timers.push((timer, timeout));
    }

    /// Whether the visitor is at the card, by pointer or keyboard.
    pub(crate) fn card_is_held(&self) -> bool {
        self.find(".card:hover, .card:focus-within").is_some()
    }

    pub(crate) fn root(&self) -> &Element {
        &self.root
    }

    pub(crate) fn scroller(&self) -> Option<HtmlElement> {
        self.find(".scroller")
    }

    /// The copy of the draft that gives the composer its height. Not drawn by Yew: writing changes nothing else.
    pub(crate) fn copy(&self, draft: &str) {
        if let Some(copy) = self.find(".copy") {
            copy.set_text_content(Some(&[draft, "\u{200b}"].concat()));
        }
    }

    fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.root.query_selector(selector).ok().flatten()?.dyn_into().ok()
    }

    fn holds_focus(&self) -> bool {
        self.find(":focus").is_some()
    }

    /// Focus goes back to what opened the panel, but only if it was in here.
    fn focus_launcher(&self) {
        if self.holds_focus() {
            // Beside an open modal dialog nothing may take focus.
            if let Some(dialog) = self.find("dialog").and_then(|found| found.dyn_into::<HtmlDialogElement>().ok()) {
                dialog.close();
            }
            let root: JsValue = self.root.get_root_node().into();
            let launcher = root
                .dyn_ref::<web_sys::DocumentFragment>()
                .and_then(|root| root.query_selector("button[aria-expanded]").ok().flatten());
            if let Some(launcher) = launcher.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
                let _ = launcher.focus();
            }
        }
    }

    /// After the panel stands on the screen.
    pub(crate) fn settle_focus(&mut self) {
        let fields: &[&str] = match self.focus {
            Some(Focus::Invalid) => &["[aria-invalid]"],
            Some(_) => &[".panel textarea", ".panel .ended button", ".panel button"],
            None => return,
        };
        if let Some(field) = fields.iter().find_map(|field| self.find(field)) {
            self.focus = None;
            let _ = field.focus();
        }
    }
}

fn name_of(availability: Availability) -> &'static str {
    match availability {
        Availability::Available => "available",
        Availability::Busy => "busy",
        Availability::Away => "away",
    }
}

/// Whether the page acts for the visitor just now: a click on a button of its own, say.
pub(crate) fn visitor_is_acting() -> bool {
    let navigator = read::get(&js_sys::global(), "navigator");
    let activation = read::get(&navigator, "userActivation");
    !activation.is_object() || read::get(&activation, "isActive").is_truthy()
}
