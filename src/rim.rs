//! Where the model meets the world: link, storage, timers, the loader, focus. No decisions are taken here.

mod device;
pub(crate) mod files;
mod hear;
mod host;
pub(crate) mod intl;
pub(crate) mod place;
pub(crate) mod read;
pub(crate) mod screen;
pub(crate) mod sheet;
mod sign;
pub(crate) mod site;
pub(crate) mod speech;

pub(crate) use chinwag_browser::clock;
use chinwag_browser::{
    js,
    link::{Endpoint, Link, LinkConfig},
    random,
    upload::News,
};
use chinwag_conversation::{Availability, Context, Draft, Kind, MessageId, NackCode, Notice};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::Callback;

use crate::model::{
    Input,
    decision::Origin,
    input::{Effect, Focus, Timer},
};
use device::{Device, Elsewhere, Identity, Stage};
use files::Files;
use host::Host;
use sign::Signs;
use speech::Speech;

/// What comes back to the application later.
#[derive(Clone)]
pub(crate) struct Later {
    pub(crate) heard: Callback<Notice>,
    pub(crate) input: Callback<Input>,
    pub(crate) upload: Callback<(MessageId, News)>,
    /// The device keeps something else than before.
    pub(crate) changed: Callback<JsValue>,
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
    files: Files,
    /// What rules noted for the agents.
    tags: Vec<String>,
    team: Option<String>,
    signs: Signs,
    timers: Vec<(Timer, Timeout)>,
    focus: Option<Focus>,
    later: Later,
}

impl Rim {
    pub(crate) fn new(root: Element, options: &JsValue, host: JsValue, speech: Speech, later: Later) -> Self {
        let site = read::text(options, "site").unwrap_or_default();
        let device = Device::new(&site);
        let identity = device.identity();
        let changed = later.changed.clone();
        device.recall(move || changed.emit(JsValue::UNDEFINED));
        Self {
            host: Host(host),
            speech,
            root,
            servers: read::list(options, "servers").iter().filter_map(JsValue::as_string).collect(),
            page: read::get(options, "page"),
            lang: read::text(options, "lang").unwrap_or_default(),
            identity,
            device,
            site,
            link: None,
            files: Files::default(),
            tags: Vec::new(),
            team: None,
            signs: Signs::default(),
            timers: Vec::new(),
            focus: None,
            later,
        }
    }

    /// A conversation of an earlier page.
    pub(crate) fn returned(&self) -> Option<Input> {
        let begun = self.identity.as_ref().is_some_and(|identity| identity.stage == Stage::Begun);
        begun.then(|| Input::Returned { read: self.device.read() })
    }

    pub(crate) fn draft(&self) -> String {
        self.device.draft()
    }

    pub(crate) fn is_muted(&self) -> bool {
        self.device.is_muted()
    }

    /// Another tab changed what the device keeps, or an older place gave it back.
    pub(crate) fn changed_elsewhere(&mut self, event: &JsValue) -> Option<Input> {
        match self.device.elsewhere(event) {
            Elsewhere::Read(seq) => Some(Input::ReadElsewhere(seq)),
            Elsewhere::LoggedOut => {
                self.forget();
                Some(Input::Forget)
            }
            Elsewhere::Other => self.follow_device(event.is_undefined()),
        }
    }

    /// All tabs show one conversation: the one that the device names. One that was begun gives way only to another such.
    /// `recalled`: the same one may have been begun without this page's knowledge, and hold an outbox.
    fn follow_device(&mut self, recalled: bool) -> Option<Input> {
        let named = self.device.identity()?;
        let own = self.identity.as_ref().map(|own| (own.conversation, own.stage));
        let news = match own {
            Some((conversation, stage)) => (recalled || named.conversation != conversation) && named.stage >= stage,
            None => named.stage == Stage::Begun,
        };
        if !news {
            return None;
        }
        self.link = None;
        self.files = Files::default();
        self.identity = Some(named);
        self.returned()
    }

    /// One tab of the browser gives signs.
    fn leads(&self) -> bool {
        self.link.as_ref().is_some_and(Link::leads)
    }

    pub(crate) fn turn_page(&mut self, page: JsValue) {
        self.page = page;
    }

    pub(crate) fn speak(&mut self, lang: &str) {
        self.lang = lang.to_owned();
    }

    pub(crate) fn hear(&self, notice: Notice) -> Option<Input> {
        let identity = self.identity.as_ref()?;
        if notice == Notice::Link(chinwag_conversation::Link::Live) && self.servers.len() > 1 {
            self.device.keep_server(&self.server(), clock::wall());
        }
        hear::hear(notice, identity.conversation)
    }

    /// The device forgets the visitor, and the connection goes.
    pub(crate) fn wipe(&mut self) {
        // The page may have cleared its part already, so what is known here counts.
        self.device.wipe(self.identity.is_some());
        self.forget();
    }

    fn forget(&mut self) {
        self.link = None;
        self.files = Files::default();
        self.identity = None;
        self.tags.clear();
        self.team = None;
        self.timers.clear();
    }

    /// Does what the model decided; what cannot be done now comes back as an input.
    pub(crate) fn run(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Opened => self.host.conversation("open"),
            Effect::Closed => self.host.conversation("close"),
            Effect::Ended => self.host.conversation("ended"),
            Effect::Forgotten => self.host.conversation("none"),
            Effect::Navigate(url) => self.host.navigate(&url),
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
                let (from, moment) = if theirs { ("team", "received") } else { ("visitor", "sent") };
                self.host.emit("message", &[("from", from)]);
                self.host.conversation(moment);
            }
            Effect::Connect => self.connect(false),
            Effect::ConnectAnew => self.connect_anew(),
            Effect::Send(kind, origin, again) => return self.send(kind, origin, again),
            Effect::Focus(Focus::Launcher) => self.focus_launcher(),
            Effect::Focus(focus) => self.focus = Some(focus),
            Effect::KeepDraft(draft) => self.device.keep_draft(&draft),
            Effect::KeepRead(seq) => {
                self.device.keep_read(seq);
            }
            Effect::KeepMuted(muted) => self.device.keep_muted(muted),
            Effect::Badge(count) if count == 0 || self.leads() => self.signs.badge(count),
            Effect::Chime if self.leads() => self.signs.chime(),
            Effect::Badge(_) | Effect::Chime => {}
            Effect::Say(said) => self.speech.say(said),
            Effect::After(ms, timer) => self.after(ms, timer),
            Effect::Stop(timer) => self.timers.retain(|(known, _)| *known != timer),
            Effect::Upload(id) => self.upload(id),
            Effect::Tag(tag) => {
                if !self.tags.contains(&tag) {
                    self.tags.push(tag);
                }
            }
            Effect::Route(team) => self.team = Some(team),
            Effect::Discard(id) => {
                self.files.drop(id);
                self.tell_link(&effect);
            }
            Effect::Retry(_) | Effect::Report(_) | Effect::Typing | Effect::Older(_) | Effect::Nudge => {
                self.tell_link(&effect)
            }
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

    /// `anew`: a conversation that no server knows yet.
    fn connect(&mut self, anew: bool) {
        if self.link.is_some() {
            return;
        }
        // Another tab may have been first.
        let identity = self.device.identity().or(self.identity.take()).unwrap_or_else(|| self.device.make());
        let heard = self.later.heard.clone();
        let worked = self.device.server(clock::wall());
        if let Some(place) = self.servers.iter().position(|server| worked.as_ref() == Some(server)) {
            let first = self.servers.remove(place);
            self.servers.insert(0, first);
        }
        let config = LinkConfig {
            servers: self.servers.clone(),
            endpoint: Endpoint::Visitor { site: self.site.clone(), token: identity.token.clone() },
            follow: vec![identity.cursor(anew)],
            scope: Some(self.site.clone()),
            share: Some([&self.site, ":", &identity.conversation.text()].concat()),
        };
        self.link = Some(Link::start(config, move |notice| heard.emit(notice)));
        self.identity = Some(identity);
    }

    /// The same visitor, a new conversation. Its tabs share a connection of their own.
    fn connect_anew(&mut self) {
        self.link = None;
        if let Some(identity) = &mut self.identity {
            identity.conversation = random::conversation_id();
            self.device.count_another();
            self.device.keep(identity);
        }
        self.connect(true);
    }

    /// From the first message on, the device keeps what an answer needs to find its way back.
    fn begun(&mut self) {
        if let Some(identity) = self.identity.as_mut().filter(|identity| identity.stage == Stage::Opened) {
            identity.stage = Stage::Begun;
            self.device.keep(identity);
        }
    }

    /// What does not fit into the outbox comes back.
    fn send(&mut self, kind: Kind, origin: Option<Origin>, again: Option<MessageId>) -> Option<Input> {
        self.connect(false);
        let context = Some(self.context(origin));
        let (id, back) = match &kind {
            Kind::Message { text } => (again, Input::Full(text.clone())),
            // The upload turns into the entry.
            Kind::File { file } => {
                let id = MessageId(file.id.0);
                (Some(id), Input::Uploaded(id, Err(NackCode::Unavailable)))
            }
            _ => (again, Input::Full(String::new())),
        };
        let id = id.unwrap_or_else(random::message_id);
        self.begun();
        let (Some(link), Some(identity)) = (&self.link, &self.identity) else { return None };
        if link.send(id, Draft { conversation: identity.conversation, kind, context, as_of: None }) {
            self.files.drop(id);
            None
        } else {
            Some(back)
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
            team: self.team.clone(),
            tags: self.tags.clone(),
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

    pub(crate) fn scroller(&self) -> Option<JsValue> {
        self.find(".scroller")
    }

    /// The copy of the draft that gives the composer its height. Not drawn by Yew: writing changes nothing else.
    pub(crate) fn copy(&self, draft: &str) {
        if let Some(copy) = self.find(".copy") {
            js::set(&copy, "textContent", &[draft, "\u{200b}"].concat().into());
        }
    }

    pub(crate) fn find(&self, selector: &str) -> Option<JsValue> {
        found(&self.root, selector)
    }

    /// What has the focus in here. In a window that is not in front nothing matches `:focus` in WebKit, and this is known all the
    /// same.
    fn focused(&self) -> JsValue {
        js::get(&self.root.get_root_node(), "activeElement")
    }

    /// Focus goes back to what opened the panel, but only if it was in here.
    fn focus_launcher(&self) {
        if self.focused().is_object() {
            // Beside an open modal dialog nothing may take focus.
            if let Some(dialog) = self.find("dialog") {
                drop(js::call(&dialog, "close", &[]));
            }
            if let Some(launcher) = found(&self.root.get_root_node(), "button[aria-expanded]") {
                focus(&launcher);
            }
        }
    }

    /// Composer and away form take each other's place: whoever is in the one goes on in the other.
    pub(crate) fn keep_focus(&mut self) {
        if js::ask(&self.focused(), "closest", ".composer, .form").is_ok_and(|found| found.is_object()) {
            self.focus.get_or_insert(Focus::Composer);
        }
    }

    /// After the panel stands on the screen.
    pub(crate) fn settle_focus(&mut self) {
        let fields: &[&str] = match self.focus {
            Some(Focus::Invalid) => &["[aria-invalid]"],
            Some(Focus::Confirm) => &[".amend button"],
            // A form that was not begun is read from its first field on.
            Some(_) => &[".panel textarea:valid", ".panel .input", ".panel .ended button", ".panel button"],
            None => return,
        };
        if let Some(field) = fields.iter().find_map(|field| self.find(field)) {
            self.focus = None;
            focus(&field);
        }
    }
}

/// `place.querySelector(selector)`
pub(crate) fn found(place: &JsValue, selector: &str) -> Option<JsValue> {
    js::ask(place, "querySelector", selector).ok().filter(JsValue::is_object)
}

/// What refuses the focus leaves it where it is.
pub(crate) fn focus(element: &JsValue) {
    drop(js::call(element, "focus", &[]));
}

fn name_of(availability: Availability) -> &'static str {
    match availability {
        Availability::Available => "available",
        Availability::Busy => "busy",
        Availability::Away => "away",
    }
}
