//! What rules do besides showing a card.

use super::{
    super::{decision::Shape, rows::From},
    *,
};

fn decided(actions: Vec<Action>) -> Input {
    let origin = Origin { rule: "help".into(), variant: None };
    Input::Decided(Decision { origin, actions, expires_ms: None, away: false })
}

fn opening(bot: bool) -> Action {
    Action::Message { text: "Shall I look for your parcel?".into(), bot }
}

/// What stands in the thread: who, and what.
fn shown(story: &Story) -> Vec<(From, Content)> {
    let rows = rows(&story.model.thread, None, story.model.opening.as_ref(), Reach::Live, &|_| 0);
    let bubbles = rows.into_iter().filter_map(|row| match row {
        Row::Bubble(bubble) => Some((bubble.from, bubble.content)),
        _ => None,
    });
    bubbles.collect()
}

fn said(text: &str) -> Content {
    Content::Text(text.into())
}

#[test]
fn a_teaser_is_a_card_of_few_words_that_opens_the_panel() {
    let mut story = Story::new();
    let teaser = Notification { text: "Questions?".into(), shape: Shape::Teaser, ..Notification::default() };
    story.on(decided(vec![Action::Notify(teaser)]));
    assert_eq!(answers(&story.on(Input::CardShown)), [Outcome::Displayed]);
    assert_eq!(answers(&story.on(Input::Press(Press::CardOpened))), [Outcome::Opened]);
    assert_eq!(story.model.panel, Panel::Open);
}

/// Would catch: a message of a rule that passes for a person, that is sent by nobody, or that the agent cannot explain.
#[test]
fn a_rule_that_writes_first_is_labelled_local_and_named_to_the_agent() {
    for (bot, from) in [(true, From::Bot), (false, From::Team)] {
        let mut story = Story::new();
        let effects = story.on(decided(vec![opening(bot)]));
        assert!(!effects.iter().any(uses_device), "nothing is sent for it: {effects:?}");
        assert_eq!(story.model.card.as_ref().map(|card| card.notification.bot), Some(bot));
        story.on(Input::Press(Press::CardOpened));
        let line = (from, said("Shall I look for your parcel?"));
        assert_eq!(shown(&story), std::slice::from_ref(&line));
        story.on(Input::Written("yes".into()));
        let effects = story.on(Input::Press(Press::Submitted));
        let origin = Some(Origin { rule: "help".into(), variant: None });
        assert!(effects.contains(&Effect::Send(text("yes"), origin, None)));
        story.on(Input::Outgoing(outgoing(1, "yes", Delivery::Sent { seq: 1, at: WallTime(1) })));
        story.on(agent_says(2, "Here it is"));
        let expected = [line, (From::Visitor, said("yes")), (From::Team, said("Here it is"))];
        assert_eq!(shown(&story), expected, "it keeps its place");
        story.on(Input::Press(Press::StartedNew));
        assert_eq!(shown(&story), []);
    }
}

#[test]
fn a_rule_that_writes_into_an_open_panel_is_announced() {
    let mut story = Story::live();
    let effects = story.on(decided(vec![opening(true)]));
    assert_eq!(answers(&effects), [Outcome::Displayed]);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Say(Said::Message { .. }))));
    assert_eq!(story.model.card, None);
}

#[test]
fn a_suggested_message_is_sent_once_and_for_its_rule() {
    let mut story = Story::live();
    story.on(decided(vec![Action::Suggest(vec!["Delivery?".into(), "Returns?".into()])]));
    let effects = story.on(Input::Press(Press::Suggested(1)));
    assert_eq!(answers(&effects), [Outcome::Replied, Outcome::Conversation]);
    let origin = Some(Origin { rule: "help".into(), variant: None });
    assert!(effects.contains(&Effect::Send(text("Returns?"), origin, None)));
    assert_eq!(story.on(Input::Press(Press::Suggested(0))), []);
}

#[test]
fn a_rule_brings_the_form_to_who_has_not_written() {
    let mut story = Story::new();
    assert_eq!(answers(&story.on(decided(vec![Action::Form]))), [Outcome::Displayed]);
    assert_eq!((story.model.panel, story.model.foot()), (Panel::Offered, Foot::AwayForm));
    let left = Input::LeftMessage { name: String::new(), email: "ada@example.com".into(), text: "Call me".into() };
    story.on(left);
    assert_eq!(story.model.foot(), Foot::Composer);

    let mut story = Story::live();
    story.on(Input::Outgoing(outgoing(1, "hi", Delivery::Sent { seq: 1, at: WallTime(1) })));
    story.on(decided(vec![Action::Form]));
    assert_eq!(story.model.foot(), Foot::Composer);
}

#[test]
fn notes_for_agents_show_nothing() {
    let mut story = Story::new();
    let effects = story.on(decided(vec![Action::Tag("vip".into()), Action::Route("sales".into())]));
    assert_eq!(effects, [Effect::Tag("vip".into()), Effect::Route("sales".into())]);
    assert_eq!((story.model.panel, story.model.card.is_none()), (Panel::Closed, true));
}
