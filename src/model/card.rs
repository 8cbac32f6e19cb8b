//! The notification card: shown, answered, dismissed, expired.

use chinwag_conversation::Availability;

use super::{
    Effect, Form, Model, Opener, Panel,
    decision::{Action, ButtonDoes, CHOICES, Card, CardSource, Decision, Notification, Opening, Origin},
    input::{Outcome, Said, Timer},
};

impl Model {
    pub(super) fn decided(&mut self, decision: Decision) {
        let Decision { origin, actions, expires_ms, away } = decision;
        if away {
            self.availability.get_or_insert(Availability::Away);
        }
        for action in actions {
            match action {
                Action::Notify(notification) => {
                    self.notify(notification, origin.clone(), expires_ms);
                }
                Action::Open => {
                    self.lead(origin.clone());
                    self.open(Opener::Page);
                }
                Action::Prefill(text) => self.write(text),
                Action::Suggest(texts) => {
                    self.suggested = texts.into_iter().map(|text| (text, origin.clone())).collect()
                }
                Action::Message { text, bot } => self.begin(text, bot, origin.clone(), expires_ms),
                Action::Form => {
                    if self.begin_form() {
                        self.lead(origin.clone());
                        self.open(Opener::Page);
                    }
                }
                Action::Tag(tag) => self.effects.push(Effect::Tag(tag)),
                Action::Route(team) => self.effects.push(Effect::Route(team)),
            }
        }
    }

    /// False: who has written is known already.
    fn begin_form(&mut self) -> bool {
        let begins = !self.thread.has_written();
        if begins {
            self.form = Form::Begun;
        }
        begins
    }

    /// This rule is seen, and led to what the visitor writes next.
    fn lead(&mut self, origin: Origin) {
        self.effects.push(Effect::Answer(origin.rule.clone(), Outcome::Displayed));
        self.origin = Some(origin);
    }

    /// In the thread where that is open; else also on a card.
    fn begin(&mut self, text: String, bot: bool, origin: Origin, expires_ms: Option<u32>) {
        self.opening = Some(Opening { text: text.clone(), bot, after: self.thread.top() });
        if self.panel == Panel::Closed {
            self.notify(Notification { text, bot, ..Notification::default() }, origin, expires_ms);
        } else {
            self.say(Said::Message { name: None, text });
            self.lead(origin);
        }
    }

    /// One of the suggested messages.
    pub(super) fn suggestion(&mut self, index: usize) {
        if let Some((text, origin)) = self.suggested.get(index).cloned() {
            self.effects.push(Effect::Answer(origin.rule.clone(), Outcome::Replied));
            self.origin = Some(origin);
            self.suggested.clear();
            self.send_text(text);
        }
    }

    fn notify(&mut self, mut notification: Notification, origin: Origin, expires_ms: Option<u32>) {
        // An answer goes before, and so does what was decided first and nobody has seen yet.
        let taken = |card: &Card| card.source == CardSource::Answer || !card.painted;
        if self.panel != Panel::Closed || self.card.as_ref().is_some_and(taken) {
            return;
        }
        notification.replies.truncate(CHOICES);
        notification.buttons.truncate(CHOICES - notification.replies.len());
        self.show(notification, CardSource::Rule(origin));
        self.effects.push(match expires_ms {
            Some(ms) => Effect::After(ms, Timer::CardEnds),
            None => Effect::Stop(Timer::CardEnds),
        });
    }

    fn show(&mut self, notification: Notification, source: CardSource) {
        let rule = match &source {
            CardSource::Rule(origin) => Some(origin.rule.clone()),
            CardSource::Answer => None,
        };
        self.effects.push(Effect::Notification(rule));
        self.card = Some(Card { notification, source, painted: false });
    }

    /// An answer that came while the panel is closed.
    pub(super) fn show_answer(&mut self, from: Option<String>, text: String, bot: bool) {
        let notification = Notification { from, text, bot, ..Notification::default() };
        self.show(notification, CardSource::Answer);
        self.effects.push(Effect::Stop(Timer::CardEnds));
    }

    /// The card stands on the screen: only now it counts.
    pub(super) fn card_shown(&mut self) {
        let Some(card) = &mut self.card else { return };
        card.painted = true;
        let Notification { from, title, text, .. } = &card.notification;
        let text = title.iter().chain([text]).cloned().collect::<Vec<_>>().join(". ");
        let said = Said::Message { name: from.clone(), text };
        self.say(said);
        self.answer(Outcome::Displayed);
    }

    fn answer(&mut self, outcome: Outcome) {
        if let Some(Card { source: CardSource::Rule(origin), .. }) = &self.card {
            self.effects.push(Effect::Answer(origin.rule.clone(), outcome));
        }
    }

    pub(super) fn card_opened(&mut self) {
        self.open(Opener::Visitor);
    }

    /// Opening the panel, however it was done, answers the card.
    pub(super) fn settle_card_on_open(&mut self) {
        self.answer(Outcome::Opened);
        if let Some(Card { source: CardSource::Rule(origin), .. }) = self.card.take() {
            self.origin = Some(origin);
        }
    }

    pub(super) fn card_replied(&mut self, index: usize) {
        let reply = self.card.as_ref().and_then(|card| card.notification.replies.get(index));
        let Some(text) = reply.cloned() else { return };
        self.open(Opener::Visitor);
        if let Some(origin) = &self.origin {
            self.effects.push(Effect::Answer(origin.rule.clone(), Outcome::Replied));
        }
        self.send_text(text);
    }

    pub(super) fn card_pressed(&mut self, index: usize) {
        let button = self.card.as_ref().and_then(|card| card.notification.buttons.get(index));
        match button.map(|button| button.does.clone()) {
            Some(ButtonDoes::Open) => self.card_opened(),
            Some(ButtonDoes::Dismiss) => self.card_dismissed(),
            Some(ButtonDoes::Form) => {
                self.begin_form();
                self.card_opened();
            }
            Some(ButtonDoes::Navigate(url)) => {
                self.answer(Outcome::Opened);
                self.card = None;
                self.effects.push(Effect::Navigate(url));
            }
            None => {}
        }
    }

    pub(super) fn card_dismissed(&mut self) {
        self.answer(Outcome::Dismissed);
        self.card = None;
    }
}
