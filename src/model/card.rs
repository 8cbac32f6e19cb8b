//! The notification card: shown, answered, dismissed, expired.

use super::{
    Effect, Model, Opener, Panel,
    decision::{Action, ButtonDoes, CHOICES, Card, CardSource, Decision, Notification, Origin},
    input::{Outcome, Said, Timer},
};

impl Model {
    pub(super) fn decided(&mut self, decision: Decision) {
        let Decision { origin, actions, expires_ms } = decision;
        for action in actions {
            match action {
                Action::Notify(notification) => {
                    self.notify(notification, origin.clone(), expires_ms);
                }
                Action::Open => {
                    self.origin = Some(origin.clone());
                    self.effects.push(Effect::Answer(origin.rule.clone(), Outcome::Displayed));
                    self.open(Opener::Page);
                }
                Action::Prefill(text) if self.draft.is_empty() => self.write(text),
                Action::Prefill(_) => {}
            }
        }
    }

    fn notify(&mut self, mut notification: Notification, origin: Origin, expires_ms: Option<u32>) {
        if self.panel != Panel::Closed {
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
        self.card = Some(Card { notification, source });
    }

    /// An answer that came while the panel is closed.
    pub(super) fn show_answer(&mut self, from: Option<String>, text: String, bot: bool) {
        let notification = Notification { from, text, replies: Vec::new(), buttons: Vec::new(), bot };
        self.show(notification, CardSource::Answer);
        self.effects.push(Effect::Stop(Timer::CardEnds));
    }

    /// The card stands on the screen: only now it counts.
    pub(super) fn card_shown(&mut self) {
        let Some(card) = &self.card else { return };
        let said = Said::Message { name: card.notification.from.clone(), text: card.notification.text.clone() };
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
        match button.map(|button| button.does) {
            Some(ButtonDoes::Open) => self.card_opened(),
            Some(ButtonDoes::Dismiss) => self.card_dismissed(),
            None => {}
        }
    }

    pub(super) fn card_dismissed(&mut self) {
        self.answer(Outcome::Dismissed);
        self.card = None;
    }
}
