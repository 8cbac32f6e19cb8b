//! One action after the other, each followed by what the new state calls for.

use std::rc::Rc;

use chinwag_conversation::{ConversationId, Delivery, Kind, Outgoing};

use super::{
    Account, Action, Attention, Bell, Console, Effect, Ended, Following, Form, Fragment, Load, Now, Presence, Problem,
    Progress, RELOAD_MS, ReportLoad, Route, TYPING_EVERY_MS, TYPING_MS, Tab, Thread, ThreadLoad, Toast, answer::Me,
};

/// How long a toast stays.
const TOAST_MS: u64 = 6_000;

impl Console {
    /// Applies `action`, which happened at `now`. The caller carries out the effects in order.
    pub fn apply(&mut self, action: Action, now: Now) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        self.step(action, &mut effects);
        if self.me().is_some() {
            self.settle(&mut effects);
        }
        effects
    }

    fn step(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Tick => self.tick(effects),
            Action::Address(fragment) => self.address(fragment),
            Action::Attention(attention) => self.attention = attention,
            Action::AskMe => {
                if let Account::Unknown(_) = self.account {
                    self.account = Account::Checking;
                }
                effects.push(Effect::AskMe);
            }
            Action::Me(answer) => self.recognised(answer, effects),
            Action::SetUp(form) => self.submit(Effect::SetUp(form), effects),
            Action::SignIn(form) => self.submit(Effect::SignIn(form), effects),
            Action::Entered(answer) => self.entered(answer, effects),
            Action::ToSignIn => self.account = Account::ended(Ended::Never),
            Action::SignOut => effects.push(Effect::SignOut),
            Action::SignedOut(answer) => self.signed_out(answer, effects),
            Action::Intend(intent) => {
                if self.presence.ask(intent) {
                    effects.push(Effect::PutIntent(intent));
                }
            }
            Action::Intended(answer) => self.intended(answer, effects),
            Action::Only(only) => self.only = only,
            Action::More(tab) => self.more(tab, effects),
            Action::List { tab, after, answer } => self.list(tab, after, answer, effects),
            Action::Earlier(conversation) => self.earlier(conversation, effects),
            Action::Entries { conversation, before, answer } => {
                self.entries(conversation, before, answer, effects);
            }
            Action::AskReport(ask) => {
                self.results.ask = ask;
                self.results.load = ReportLoad::Untouched;
            }
            Action::Report { ask, answer } => self.report_arrived(ask, answer, effects),
            Action::Notice(notice) => self.notice(notice, effects),
            Action::Nudge => effects.push(Effect::Nudge),
            Action::Draft(conversation, text) => self.draft(conversation, text, effects),
            Action::Restored(drafts) => {
                for (conversation, text) in drafts {
                    self.drafts.entry(conversation).or_insert_with(|| text.into());
                }
            }
            Action::Send(conversation, kind) => self.send(conversation, kind, effects),
            Action::Unsent(conversation, kind) => self.unsent(conversation, kind, effects),
            Action::Attach(conversation, files) => self.attach(conversation, files, effects),
            Action::Uploaded(id, news) => self.uploaded(id, news, effects),
            Action::Retry(id) => self.retry(id, effects),
            Action::Discard(id) => self.discard(id, effects),
            Action::AtLatest(at) => self.at_latest = at,
            Action::Ring => self.ring(effects),
            Action::Bell(bell) => self.bell = bell,
            Action::Copied(true) => self.toast("Copied"),
            Action::Copied(false) => self.toast("The browser did not allow copying"),
        }
    }

    /// What the state calls for, whatever led to it: lists and threads in view are loaded, what is seen is reported.
    fn settle(&mut self, effects: &mut Vec<Effect>) {
        // The open list carries the feed position, so it is fetched even when another one is in view.
        for tab in [Tab::Open, self.tab] {
            if self.inbox.listing(tab).load == Load::Untouched {
                self.more(tab, effects);
            }
        }
        self.settle_results(effects);
        let Some(conversation) = self.current() else { return };
        let Some(thread) = self.threads.get(&conversation) else {
            self.threads.insert(conversation, Rc::new(Thread::default()));
            effects.push(Effect::LoadEntries { conversation, before: None });
            return;
        };
        let seen = self.attention == Attention::Here && self.at_latest;
        if seen && thread.load == ThreadLoad::Ready && thread.top() > 0 {
            let top = thread.top();
            self.report(conversation, Progress { delivered: top, read: top }, effects);
            self.inbox.read(conversation);
        }
    }

    pub(super) fn report(&mut self, conversation: ConversationId, progress: Progress, effects: &mut Vec<Effect>) {
        let known = match self.threads.get_mut(&conversation) {
            Some(thread) => Rc::make_mut(thread).report(progress),
            None => Some(progress),
        };
        match known {
            Some(progress) if self.connection.is_live() => effects.push(Effect::Report(conversation, progress)),
            // Reports are not kept by the link: what is read while it is down is told when it is back.
            Some(progress) => {
                let owed = self.owed.entry(conversation).or_default();
                *owed = owed.furthest(progress);
            }
            None => {}
        }
    }

    pub(super) fn toast(&mut self, text: &str) {
        self.toast = Some(Toast { text: text.to_owned(), until: self.now.elapsed.plus(TOAST_MS) });
    }

    fn tick(&mut self, effects: &mut Vec<Effect>) {
        let elapsed = self.now.elapsed;
        self.typing.retain(|_, heard| elapsed.since(*heard) < TYPING_MS);
        self.toast = self.toast.take().filter(|toast| toast.until > elapsed);
        let due = |at| elapsed.since(at) >= RELOAD_MS;
        match (&self.account, self.asked) {
            (Account::Unknown(problem), Some(at)) if problem.may_pass() && due(at) => {
                self.asked = Some(elapsed);
                effects.push(Effect::AskMe);
            }
            (Account::SignedIn(_), _) => {
                for tab in [Tab::Open, Tab::Closed] {
                    match &self.inbox.listing(tab).load {
                        Load::Failed { problem, at, .. } if problem.may_pass() && due(*at) => {
                            self.more(tab, effects);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn address(&mut self, fragment: Fragment) {
        match fragment {
            Fragment::SetUp(code) => self.account = Account::SettingUp { code, form: Form::Ready },
            Fragment::Route(route) => {
                if let Route::List(tab) = route {
                    self.tab = tab;
                }
                if route != self.route {
                    // Figures of this moment, whenever somebody comes to look at them.
                    self.results.load = ReportLoad::Untouched;
                    self.at_latest = true;
                    self.announcement = Rc::default();
                }
                self.route = route;
            }
        }
    }

    fn recognised(&mut self, answer: Result<Me, Problem>, effects: &mut Vec<Effect>) {
        self.asked = Some(self.now.elapsed);
        match (answer, &self.account) {
            // Somebody came with a one-time code: whoever was signed in here, that form stays.
            (_, Account::SettingUp { .. }) => {}
            (Ok(me), _) => self.enter(me, effects),
            (Err(problem), Account::SignedIn(_)) => self.check(&problem, effects),
            (Err(Problem::SignedOut), Account::SignedOut { .. }) => {}
            (Err(Problem::SignedOut), _) => self.account = Account::ended(Ended::Never),
            (Err(problem), _) => self.account = Account::Unknown(problem),
        }
    }

    fn submit(&mut self, effect: Effect, effects: &mut Vec<Effect>) {
        if let Some(form) = self.account.form_mut()
            && *form != Form::Sending
        {
            *form = Form::Sending;
            effects.push(effect);
        }
    }

    fn entered(&mut self, answer: Result<Me, Problem>, effects: &mut Vec<Effect>) {
        match answer {
            Ok(me) => self.enter(me, effects),
            Err(problem) => {
                if let Some(form) = self.account.form_mut() {
                    *form = Form::Refused(problem);
                }
            }
        }
    }

    fn enter(&mut self, me: Me, effects: &mut Vec<Effect>) {
        if !matches!(self.presence, Presence::Changing { .. }) {
            self.presence = Presence::Settled(me.intent);
        }
        if *self.owner != *me.email {
            self.drafts.clear();
            self.owner = me.email.as_str().into();
        }
        if self.me().is_none() {
            effects.push(Effect::Restore { email: me.email.clone() });
        }
        self.account = Account::SignedIn(me);
    }

    /// A request was answered with a problem: the end of the session is everybody's business.
    pub(super) fn check(&mut self, problem: &Problem, effects: &mut Vec<Effect>) {
        if *problem == Problem::SignedOut && self.me().is_some() {
            self.leave(Ended::Expired, effects);
        }
    }

    /// No session any more. After an expiry, what was written stays.
    fn leave(&mut self, ended: Ended, effects: &mut Vec<Effect>) {
        effects.push(Effect::Unfollow);
        let kept = match ended {
            Ended::Expired => core::mem::take(&mut self.drafts),
            Ended::Never | Ended::Asked => {
                effects.push(Effect::Forget);
                Default::default()
            }
        };
        *self = Self {
            now: self.now,
            account: Account::ended(ended),
            route: self.route,
            tab: self.tab,
            drafts: kept,
            owner: self.owner.clone(),
            attention: self.attention,
            bell: self.bell,
            at_latest: true,
            ..Self::default()
        };
    }

    fn signed_out(&mut self, answer: Result<(), Problem>, effects: &mut Vec<Effect>) {
        match answer {
            Ok(()) | Err(Problem::SignedOut) => self.leave(Ended::Asked, effects),
            Err(problem) => {
                let mut text = String::from("You are still signed in. ");
                text.push_str(problem.words());
                self.toast(&text);
            }
        }
    }

    fn intended(&mut self, answer: Result<Me, Problem>, effects: &mut Vec<Effect>) {
        if let Err(problem) = &answer {
            self.check(problem, effects);
        }
        if self.me().is_some() {
            self.presence.answered(answer.map(|me| me.intent));
        }
    }

    fn more(&mut self, tab: Tab, effects: &mut Vec<Effect>) {
        if let Some(after) = self.inbox.begin(tab) {
            effects.push(Effect::LoadList { tab, after });
        }
    }

    fn list(
        &mut self,
        tab: Tab,
        after: Option<String>,
        answer: Result<super::ListPage, Problem>,
        effects: &mut Vec<Effect>,
    ) {
        let asked = matches!(&self.inbox.listing(tab).load, Load::Loading { after: a } if *a == after);
        if self.me().is_none() || !asked {
            return;
        }
        match answer {
            Ok(page) => {
                if self.following == Following::No {
                    self.following = Following::Yes;
                    effects.push(Effect::Follow(page.feed));
                }
                self.inbox.loaded(tab, page);
            }
            Err(problem) => {
                self.check(&problem, effects);
                self.inbox.failed(tab, problem, self.now.elapsed);
            }
        }
    }

    fn earlier(&mut self, conversation: ConversationId, effects: &mut Vec<Effect>) {
        let Some(thread) = self.threads.get_mut(&conversation) else { return };
        let thread = Rc::make_mut(thread);
        if matches!(thread.load, ThreadLoad::Failed(_)) {
            thread.load = ThreadLoad::Loading;
            effects.push(Effect::LoadEntries { conversation, before: None });
        } else if let Some(before) = thread.begin_earlier() {
            effects.push(Effect::LoadEntries { conversation, before: Some(before) });
        }
    }

    fn entries(
        &mut self,
        conversation: ConversationId,
        before: Option<u64>,
        answer: Result<Box<super::EntriesPage>, Problem>,
        effects: &mut Vec<Effect>,
    ) {
        if let Err(problem) = &answer {
            self.check(problem, effects);
        }
        let Some(thread) = self.threads.get_mut(&conversation) else { return };
        let thread = Rc::make_mut(thread);
        match answer {
            Ok(answer) => {
                let oldest = thread.bottom();
                let summary = answer.summary.clone();
                let empty = answer.page.events.is_empty();
                thread.loaded(*answer, before, oldest);
                if let (Some(before), false) = (thread.hole(), empty) {
                    effects.push(Effect::LoadEntries { conversation, before: Some(before) });
                }
                self.inbox.changed(summary);
            }
            Err(problem) => thread.failed(problem),
        }
    }

    fn draft(&mut self, conversation: ConversationId, text: String, effects: &mut Vec<Effect>) {
        let elapsed = self.now.elapsed;
        let quiet = match self.typed {
            Some((c, at)) => c != conversation || elapsed.since(at) >= TYPING_EVERY_MS,
            None => true,
        };
        if quiet && !text.trim().is_empty() {
            self.typed = Some((conversation, elapsed));
            effects.push(Effect::Typing(conversation));
        }
        if text.is_empty() {
            self.drafts.remove(&conversation);
        } else {
            self.drafts.insert(conversation, text.as_str().into());
        }
        effects.push(Effect::KeepDraft(conversation, text));
    }

    /// Was this asked for, and is it neither committed nor refused yet?
    pub fn is_asked(&self, conversation: ConversationId, kind: &Kind) -> bool {
        let waits = |item: &Outgoing| !matches!(item.delivery, Delivery::Failed(_));
        self.outgoing.values().any(|item| item.conversation == conversation && item.kind == *kind && waits(item))
    }

    fn send(&mut self, conversation: ConversationId, kind: Kind, effects: &mut Vec<Effect>) {
        // Pressed twice during an outage, it would be told to the visitor twice.
        if matches!(kind, Kind::Joined | Kind::Closed) && self.is_asked(conversation, &kind) {
            return;
        }
        if let Kind::Message { .. } = kind {
            self.at_latest = true;
            self.typed = None;
            self.drafts.remove(&conversation);
            effects.push(Effect::KeepDraft(conversation, String::new()));
        }
        let known = || self.threads.get(&conversation).map_or(0, |thread| thread.top());
        let as_of = (kind == Kind::Closed).then(known);
        effects.push(Effect::Send { conversation, kind, as_of });
    }

    fn unsent(&mut self, conversation: ConversationId, kind: Kind, effects: &mut Vec<Effect>) {
        if let Kind::Message { text } = kind {
            self.drafts.insert(conversation, text.as_str().into());
            effects.push(Effect::KeepDraft(conversation, text));
        }
        self.toast("Not connected yet. Your text is kept; send it again in a moment.");
    }

    fn ring(&mut self, effects: &mut Vec<Effect>) {
        match self.bell {
            Bell::Off => effects.push(Effect::AskBell),
            Bell::On => {
                self.bell = Bell::Off;
                effects.push(Effect::SilenceBell);
            }
            Bell::Blocked => {
                self.toast("The browser blocks notifications of this page. Its site settings can allow them.");
            }
        }
    }
}
