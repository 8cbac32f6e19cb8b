//! Which card stands there, what its buttons do, and what a panel that nobody asked for may do.

use super::*;

fn rule(id: &str, text: &str, buttons: Vec<Button>) -> Input {
    let notification = Notification { text: text.into(), buttons, ..Notification::default() };
    let origin = Origin { rule: id.into(), variant: None };
    Input::Decided(Decision { origin, actions: vec![Action::Notify(notification)], expires_ms: None, away: false })
}

fn button(does: ButtonDoes) -> Vec<Button> {
    vec![Button { label: "Go".into(), does }]
}

fn card(story: &Story) -> &str {
    story.model.card.as_ref().map_or("", |card| &card.notification.text)
}

#[test]
fn a_button_goes_to_a_page_and_is_an_answer_to_its_rule() {
    let mut story = Story::new();
    story.on(rule("help", "Ready?", button(ButtonDoes::Navigate("/checkout".into()))));
    story.on(Input::CardShown);
    let effects = story.on(Input::Press(Press::CardPressed(0)));
    let told = Effect::Answer("help".into(), Outcome::Opened);
    assert_eq!(effects, [told, Effect::Navigate("/checkout".into())]);
    assert_eq!((card(&story), story.model.panel), ("", Panel::Closed));
}

#[test]
fn a_button_opens_the_form() {
    let mut story = Story::new();
    story.on(rule("help", "Leave your address", button(ButtonDoes::Form)));
    story.on(Input::Press(Press::CardPressed(0)));
    story.on(welcome(0));
    assert_eq!((story.model.panel, story.model.foot()), (Panel::Open, Foot::AwayForm));
}

#[test]
fn what_an_agent_answered_is_not_replaced_by_a_rule() {
    let mut story = Story::live();
    story.on(Input::Close);
    story.on(agent_says(1, "Here it is"));
    let effects = story.on(rule("help", "Questions?", Vec::new()));
    assert_eq!((card(&story), effects), ("Here it is", Vec::new()));
    story.on(agent_says(2, "And here"));
    assert_eq!(card(&story), "And here");
}

/// Would catch: a rule whose card is gone before anybody saw it, because two fired while the interface was on its way.
#[test]
fn of_two_cards_at_once_the_first_is_shown() {
    let mut story = Story::new();
    story.on(rule("help", "first", Vec::new()));
    story.on(rule("other", "second", Vec::new()));
    assert_eq!(answers(&story.on(Input::CardShown)), [Outcome::Displayed]);
    assert_eq!(card(&story), "first");
    story.on(rule("other", "later", Vec::new()));
    assert_eq!(card(&story), "later", "what was seen gives way to what is newer");
}

#[test]
fn where_nobody_is_known_to_be_there_a_rule_leads_to_the_form_until_somebody_is() {
    let away = || {
        let notification = Notification { text: "We are away".into(), ..Notification::default() };
        let origin = Origin { rule: "help".into(), variant: None };
        Input::Decided(Decision { origin, actions: vec![Action::Notify(notification)], expires_ms: None, away: true })
    };
    let mut story = Story::new();
    story.on(away());
    story.on(Input::Press(Press::CardOpened));
    assert_eq!(story.model.foot(), Foot::AwayForm);
    story.on(Input::Link(Link::Live));
    story.on(welcome(0));
    assert_eq!(story.model.foot(), Foot::Composer, "the server knows better");
    story.on(Input::Close);
    story.on(away());
    assert_eq!(story.model.availability, Some(Availability::Available));
}

#[test]
fn on_a_phone_nothing_opens_the_panel_but_the_visitor() {
    let origin = || Origin { rule: "help".into(), variant: None };
    let decided =
        |action| Input::Decided(Decision { origin: origin(), actions: vec![action], expires_ms: None, away: false });
    for input in [Input::Open(Opener::Page), decided(Action::Open), decided(Action::Form)] {
        let mut story = Story::new();
        story.model.phone = true;
        let effects = story.on(input);
        assert!(effects.contains(&Effect::Unread(1)) && !effects.contains(&Effect::Opened), "{effects:?}");
        assert_eq!(story.model.panel, Panel::Closed);
        story.on(Input::Open(Opener::Visitor));
        assert_eq!(story.model.panel, Panel::Open);
    }
}

#[test]
fn what_the_visitor_writes_is_not_replaced() {
    let mut story = Story::new();
    let mut drafts = |input: Input| {
        story.on(input);
        story.model.draft.clone()
    };
    assert_eq!(drafts(Input::Prefill("About plan A".into())), "About plan A");
    assert_eq!(drafts(Input::Prefill("About plan B".into())), "About plan B", "nobody touched it");
    assert_eq!(drafts(Input::Written("About my parcel".into())), "About my parcel");
    assert_eq!(drafts(Input::Prefill("About plan C".into())), "About my parcel");
    assert_eq!(drafts(Input::Written(String::new())), "");
    assert_eq!(drafts(Input::Prefill("About plan C".into())), "About plan C");
}

#[test]
fn the_title_of_a_card_is_read_out_before_its_text() {
    let mut story = Story::new();
    let title = Some("Free delivery".into());
    let notification = Notification { title, text: "Until Friday.".into(), ..Notification::default() };
    let origin = Origin { rule: "help".into(), variant: None };
    let actions = vec![Action::Notify(notification)];
    story.on(Input::Decided(Decision { origin, actions, expires_ms: None, away: false }));
    let said = Said::Message { name: None, text: "Free delivery. Until Friday.".into() };
    assert!(story.on(Input::CardShown).contains(&Effect::Say(said)));
}

#[test]
fn what_was_read_is_never_only_sent_again() {
    let mut story = Story::live();
    story.on(Input::Progress(Progress { delivered: 4, read: 3 }));
    story.on(Input::Progress(Progress { delivered: 3, read: 1 }));
    assert_eq!(story.model.thread.agent, Progress { delivered: 4, read: 3 });
    story.on(welcome(0));
    assert_eq!(story.model.thread.agent, Progress { delivered: 4, read: 3 });
}

#[test]
fn the_end_of_a_conversation_is_told_once() {
    let mut story = Story::live();
    let end = || Input::Entry(entry(1, AuthorKind::Agent, Kind::Closed));
    assert!(story.on(end()).contains(&Effect::Ended));
    assert!(!story.on(end()).contains(&Effect::Ended));
}
