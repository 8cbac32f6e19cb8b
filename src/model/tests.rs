//! Whole stories told to the model, and what it asks for.

use chinwag_conversation::{
    Author, AuthorKind, ConversationId, Delivery, Entry, Kind, Link, MessageId, NackCode, Outgoing, WallTime,
};

use super::{
    decision::{Action, Button, ButtonDoes, CardSource, Decision, Notification},
    input::{Line, Outcome, Said, Timer},
    rows::{Content, Reach, Row, rows},
    thread::Progress,
    *,
};

mod actions;
mod amend;
mod cards;
mod signs;

struct Story {
    model: Model,
    now: Elapsed,
}

impl Story {
    fn new() -> Self {
        Self { model: Model::new(String::new(), false), now: Elapsed(0) }
    }

    fn on(&mut self, input: Input) -> Vec<Effect> {
        self.model.update(input, self.now)
    }

    /// A panel that the visitor opened, connected to an empty conversation.
    fn live() -> Self {
        let mut story = Self::new();
        story.on(Input::Open(Opener::Visitor));
        story.on(Input::Link(Link::Live));
        story.on(welcome(0));
        story
    }
}

fn welcome(top: u64) -> Input {
    let limits = Limits { text_chars: 100, file_bytes: 1_000, ..Limits::default() };
    Input::Welcome { top, agent: Progress::default(), availability: Availability::Available, limits }
}

fn id(number: u128) -> MessageId {
    MessageId::parse(&uuid_text(number)).unwrap()
}

fn uuid_text(number: u128) -> String {
    let hex = format!("{number:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

pub(super) fn entry(seq: u64, author: AuthorKind, kind: Kind) -> Entry {
    let name = (author == AuthorKind::Agent).then(|| "Mia".to_owned());
    Entry { seq, id: id(seq.into()), at: WallTime(seq * 1_000), author: Author { kind: author, name }, kind }
}

pub(super) fn text(text: &str) -> Kind {
    Kind::Message { text: text.into() }
}

fn agent_says(seq: u64, said: &str) -> Input {
    Input::Entry(entry(seq, AuthorKind::Agent, text(said)))
}

pub(super) fn outgoing(number: u128, said: &str, delivery: Delivery) -> Outgoing {
    let conversation = ConversationId::parse(&uuid_text(1)).unwrap();
    Outgoing { id: id(number), conversation, kind: text(said), delivery }
}

fn decision(expires_ms: Option<u32>) -> Input {
    let notification = Notification {
        from: Some("Mia".into()),
        text: "Questions?".into(),
        replies: vec!["Delivery".into(), "Returns".into()],
        buttons: vec![
            Button { label: "Chat".into(), does: ButtonDoes::Open },
            Button { label: "No".into(), does: ButtonDoes::Dismiss },
        ],
        ..Notification::default()
    };
    let origin = Origin { rule: "help".into(), variant: Some("calm".into()) };
    Input::Decided(Decision { origin, actions: vec![Action::Notify(notification)], expires_ms, away: false })
}

fn answers(effects: &[Effect]) -> Vec<Outcome> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Answer(rule, outcome) if rule == "help" => Some(*outcome),
            _ => None,
        })
        .collect()
}

fn uses_device(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Connect
            | Effect::ConnectAnew
            | Effect::Send(..)
            | Effect::KeepDraft(_)
            | Effect::KeepRead(_)
            | Effect::Report(_)
            | Effect::Typing
    )
}

#[test]
fn nothing_is_kept_or_connected_before_the_visitor_acts() {
    let mut story = Story::new();
    let mut effects = story.on(decision(None));
    effects.extend(story.on(Input::CardShown));
    effects.extend(story.on(Input::Prefill("Hi".into())));
    effects.extend(story.on(Input::Availability(Availability::Away)));
    effects.extend(story.on(Input::Open(Opener::Page)));
    effects.extend(story.on(Input::AtBottom(true)));
    effects.extend(story.on(Input::Visible(true)));
    assert!(!effects.iter().any(uses_device), "{effects:?}");
    assert!(story.on(Input::Touched).contains(&Effect::Connect));
}

#[test]
fn a_panel_opened_by_the_page_does_not_take_focus() {
    let mut story = Story::new();
    assert!(!story.on(Input::Open(Opener::Page)).contains(&Effect::Focus(Focus::Composer)));
    assert!(story.on(Input::Open(Opener::Visitor)).contains(&Effect::Focus(Focus::Composer)));
}

#[test]
fn a_card_counts_as_displayed_only_once_it_is_painted() {
    let mut story = Story::new();
    assert_eq!(answers(&story.on(decision(None))), []);
    assert_eq!(answers(&story.on(Input::CardShown)), [Outcome::Displayed]);
}

#[test]
fn a_dismissed_card_is_gone_and_told() {
    let mut story = Story::new();
    story.on(decision(None));
    assert_eq!(answers(&story.on(Input::Press(Press::CardDismissed))), [Outcome::Dismissed]);
    assert_eq!(story.model.card, None);
    assert_eq!(story.model.panel, Panel::Closed);
}

#[test]
fn a_reply_opens_the_panel_and_is_sent_with_the_rule_that_led_here() {
    let mut story = Story::new();
    story.on(decision(None));
    let effects = story.on(Input::Press(Press::CardReplied(1)));
    assert_eq!(answers(&effects), [Outcome::Opened, Outcome::Replied, Outcome::Conversation]);
    let origin = Origin { rule: "help".into(), variant: Some("calm".into()) };
    assert!(effects.contains(&Effect::Send(text("Returns"), Some(origin), None)));
    assert!(effects.contains(&Effect::Opened));
    // Only the first message carries it.
    story.on(Input::Written("More".into()));
    assert!(story.on(Input::Press(Press::Submitted)).contains(&Effect::Send(text("More"), None, None)));
}

#[test]
fn a_card_has_three_choices_at_most() {
    let mut story = Story::new();
    story.on(decision(None));
    let card = story.model.card.unwrap();
    assert_eq!(card.notification.replies.len() + card.notification.buttons.len(), 3);
}

#[test]
fn a_card_never_covers_an_open_panel() {
    let mut story = Story::live();
    story.on(decision(None));
    assert_eq!(story.model.card, None);
}

#[test]
fn a_card_without_an_expiry_stays() {
    let mut story = Story::new();
    assert!(story.on(decision(None)).contains(&Effect::Stop(Timer::CardEnds)));
    story.on(Input::CardShown);
    let effects = story.on(decision(Some(9)));
    assert!(effects.contains(&Effect::After(9, Timer::CardEnds)));
    assert_eq!(answers(&story.on(Input::Timer(Timer::CardEnds))), []);
    assert_eq!(story.model.card, None);
}

#[test]
fn history_is_silent_and_news_is_said_once() {
    let mut story = Story::new();
    story.on(Input::Returned { read: 0 });
    story.on(Input::Open(Opener::Visitor));
    story.on(Input::Link(Link::Live));
    story.on(welcome(2));
    let mut effects = story.on(agent_says(1, "old"));
    effects.extend(story.on(agent_says(2, "old too")));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Say(_))), "{effects:?}");
    let said = Said::Message { name: Some("Mia".into()), text: "new one".into() };
    assert!(story.on(agent_says(3, "**new** one")).contains(&Effect::Say(said.clone())));
    assert!(!story.on(agent_says(3, "**new** one")).contains(&Effect::Say(said)));
}

#[test]
fn what_was_missed_during_an_outage_is_news() {
    let mut story = Story::live();
    story.on(agent_says(1, "one"));
    story.on(Input::Link(Link::Waiting { retry_in_ms: 9 }));
    story.on(Input::Link(Link::Live));
    story.on(welcome(2));
    let effects = story.on(agent_says(2, "two"));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Say(Said::Message { .. }))));
}

/// Would catch: an answer in a restored log that nobody has seen and that the agent is told was read, because another entry had
/// its number before.
#[test]
fn in_a_restored_log_nothing_is_read_that_was_not_seen() {
    let mut story = Story::live();
    (1..=6).for_each(|seq| drop(story.on(agent_says(seq, "of the log that is gone"))));
    assert_eq!(story.model.thread.read, 6);
    story.on(Input::Close);
    story.on(welcome(4));
    assert!(story.on(Input::Reset).contains(&Effect::KeepRead(0)));
    let effects = story.on(agent_says(5, "after the restore"));
    assert!(effects.contains(&Effect::Report(Progress { delivered: 5, read: 0 })), "{effects:?}");
    assert!(story.model.card.is_some() && story.model.unread > 0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Message { theirs: true })), "it is news: {effects:?}");
}

/// Would catch: what was shown as sent and vanishes because the server was put back to before it; and what the agent wrote, or
/// the visitor took back, sent in the visitor's name.
#[test]
fn what_a_restored_log_may_have_lost_is_sent_once_more() {
    let mut story = Story::live();
    let taken_back = Kind::Deleted { of: id(3) };
    for (seq, kind) in [(1, text("one")), (3, text("three")), (4, taken_back.clone())] {
        story.on(Input::Entry(entry(seq, AuthorKind::Visitor, kind)));
    }
    story.on(agent_says(2, "two"));
    let effects = story.on(Input::Reset);
    let sent: Vec<_> = effects.into_iter().filter(|effect| matches!(effect, Effect::Send(..))).collect();
    let again = |number, kind| Effect::Send(kind, None, Some(id(number)));
    assert_eq!(sent, [again(1, text("one")), again(4, taken_back)]);
}

#[test]
fn an_answer_while_the_panel_is_closed_shows_a_card_and_a_count() {
    let mut story = Story::live();
    story.on(Input::Close);
    let effects = story.on(agent_says(1, "Here I am"));
    assert!(effects.contains(&Effect::Unread(1)));
    let card = story.model.card.clone().unwrap();
    assert_eq!((card.source, card.notification.text.as_str()), (CardSource::Answer, "Here I am"));
    let effects = story.on(Input::Open(Opener::Visitor));
    assert!(effects.contains(&Effect::Unread(0)));
    assert!(effects.contains(&Effect::KeepRead(1)));
    assert!(effects.contains(&Effect::Report(Progress { delivered: 1, read: 1 })));
}

#[test]
fn what_a_returning_visitor_has_read_before_is_not_unread() {
    let mut story = Story::new();
    story.on(Input::Returned { read: 1 });
    story.on(welcome(2));
    story.on(agent_says(1, "read before"));
    assert_eq!(story.model.card, None);
    let effects = story.on(agent_says(2, "while you were away"));
    assert!(effects.contains(&Effect::Unread(1)));
    assert_eq!(story.model.card.as_ref().unwrap().notification.text, "while you were away");
}

#[test]
fn a_message_in_a_hidden_tab_or_above_is_delivered_but_not_read() {
    for unseen in [Input::Visible(false), Input::AtBottom(false)] {
        let mut story = Story::live();
        story.on(unseen);
        let effects = story.on(agent_says(1, "hello"));
        assert!(effects.contains(&Effect::Report(Progress { delivered: 1, read: 0 })));
        assert_eq!(story.model.unread, 1);
    }
}

#[test]
fn progress_is_told_again_after_a_reconnect() {
    let mut story = Story::live();
    story.on(agent_says(1, "hello"));
    story.on(Input::Link(Link::Waiting { retry_in_ms: 9 }));
    let effects = story.on(Input::Link(Link::Live));
    assert!(effects.contains(&Effect::Report(Progress { delivered: 1, read: 1 })));
}

#[test]
fn a_short_gap_is_not_mentioned_and_a_long_one_is_told_honestly() {
    let mut story = Story::live();
    let effects = story.on(Input::Link(Link::Waiting { retry_in_ms: 500 }));
    assert_eq!(story.model.connection.line(), None);
    assert!(effects.contains(&Effect::After(2_000, Timer::Unlinked)));
    let effects = story.on(Input::Timer(Timer::Unlinked));
    assert_eq!(effects, [Effect::Say(Said::Line(Line::Reconnecting))]);
    // Another attempt does not start the waiting again.
    assert_eq!(story.on(Input::Link(Link::Connecting)), []);
    story.on(Input::Timer(Timer::Unreachable));
    assert_eq!(story.model.connection.line(), Some(Line::Unreachable));
    assert!(story.on(Input::Link(Link::Live)).contains(&Effect::Say(Said::Back)));
    assert_eq!(story.model.connection.line(), None);
}

/// P6.9. Would catch: a tab that greets its visitor with "no connection", because it was parked while nobody looked.
#[test]
fn who_comes_back_to_a_parked_page_waits_from_then_on() {
    let mut story = Story::live();
    let effects = story.on(Input::Link(Link::Parked));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::After(..) | Effect::Say(_))), "{effects:?}");
    let effects = story.on(Input::Link(Link::Connecting));
    assert!(effects.contains(&Effect::After(2_000, Timer::Unlinked)));
    assert_eq!(story.model.connection.line(), None);
    // One that was parked while the server was away.
    story.on(Input::Timer(Timer::Unreachable));
    assert!(story.on(Input::Link(Link::Parked)).contains(&Effect::Stop(Timer::Unreachable)));
    story.on(Input::Link(Link::Connecting));
    assert_eq!(story.model.connection.line(), None);
}

#[test]
fn offline_is_said_at_once() {
    let mut story = Story::live();
    let effects = story.on(Input::Link(Link::Offline));
    assert!(effects.contains(&Effect::Say(Said::Line(Line::Offline))));
}

#[test]
fn the_away_form_greets_only_somebody_who_has_not_written() {
    let mut story = Story::live();
    story.on(Input::Availability(Availability::Away));
    assert_eq!(story.model.foot(), Foot::AwayForm);
    let left = Input::LeftMessage { name: String::new(), email: "ada@example.com".into(), text: "Call me".into() };
    let sent: Vec<Kind> = story
        .on(left)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Send(kind, ..) => Some(kind),
            _ => None,
        })
        .collect();
    let contact = Kind::Contact { name: None, email: Some("ada@example.com".into()) };
    assert_eq!(sent, [contact, text("Call me")]);
    assert_eq!(story.model.foot(), Foot::Composer);
}

#[test]
fn a_form_that_must_be_mended_sends_nothing() {
    let mut story = Story::live();
    story.on(Input::Availability(Availability::Away));
    let left = Input::LeftMessage { name: " ".into(), email: "ada".into(), text: "\n".into() };
    let effects = story.on(left);
    assert_eq!(effects, [Effect::Focus(Focus::Invalid)]);
    let Problems { name, email, text } = story.model.problems;
    assert_eq!((name, email, text), (None, Some(Problem::Wrong), Some(Problem::Missing)));
}

#[test]
fn a_half_written_form_is_not_taken_away_when_somebody_arrives() {
    let mut story = Story::live();
    story.on(Input::Availability(Availability::Away));
    story.on(Input::Written("I would".into()));
    story.on(Input::Availability(Availability::Available));
    assert_eq!(story.model.foot(), Foot::AwayForm);
}

#[test]
fn what_was_written_before_everybody_left_stays() {
    let mut story = Story::live();
    story.on(Input::Written("Question".into()));
    story.on(Input::Availability(Availability::Away));
    assert_eq!(story.model.foot(), Foot::AwayForm);
    assert_eq!(story.model.draft, "Question");
}

#[test]
fn an_ended_conversation_can_be_rated_and_another_one_begun() {
    let mut story = Story::live();
    story.on(agent_says(1, "Bye"));
    story.on(Input::Entry(entry(2, AuthorKind::Agent, Kind::Closed)));
    assert_eq!(story.model.foot(), Foot::Ended);
    assert!(story.on(Input::Press(Press::Rated(4))).contains(&Effect::Send(Kind::Rated { score: 4 }, None, None)));
    let mut rated = outgoing(9, "", Delivery::Queued);
    rated.kind = Kind::Rated { score: 4 };
    story.on(Input::Outgoing(rated));
    assert_eq!(story.model.thread.rating(), Some(4));
    assert_eq!(story.model.foot(), Foot::Ended);
    assert!(story.on(Input::Press(Press::StartedNew)).contains(&Effect::ConnectAnew));
    assert_eq!(story.model.foot(), Foot::Composer);
    assert!(story.model.thread.is_empty());
}

#[test]
fn a_text_over_the_limit_is_announced_and_not_sent() {
    let mut story = Story::live();
    let left = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Say(Said::Left(left)) => Some(*left),
            _ => None,
        })
    };
    assert_eq!(left(&story.on(Input::Written("x".repeat(70)))), Some(30));
    assert_eq!(left(&story.on(Input::Written("x".repeat(71)))), None);
    assert_eq!(left(&story.on(Input::Written("x".repeat(101)))), Some(-1));
    assert!(!story.model.can_submit());
    assert!(!story.on(Input::Press(Press::Submitted)).iter().any(|effect| matches!(effect, Effect::Send(..))));
    assert_eq!(story.model.draft.len(), 101);
}

#[test]
fn typing_leaves_every_three_seconds_at_most() {
    let mut story = Story::live();
    story.on(Input::Outgoing(outgoing(1, "hi", Delivery::Sent { seq: 1, at: WallTime(1) })));
    let mut signs = 0;
    for now in (0..6_000).step_by(500) {
        story.now = Elapsed(now);
        let effects = story.on(Input::Written(format!("text {now}")));
        signs += effects.iter().filter(|effect| **effect == Effect::Typing).count();
    }
    assert_eq!(signs, 2);
}

#[test]
fn a_full_outbox_gives_the_text_back() {
    let mut story = Story::live();
    story.on(Input::Written("keep me".into()));
    story.on(Input::Press(Press::Submitted));
    assert_eq!(story.model.draft, "");
    assert!(story.on(Input::Full("keep me".into())).contains(&Effect::Say(Said::Full)));
    assert_eq!(story.model.draft, "keep me");
    // What does not fit and was no message, an edit for one, leaves the draft alone.
    assert!(story.on(Input::Full(String::new())).contains(&Effect::Say(Said::Full)));
    assert_eq!(story.model.draft, "keep me");
}

#[test]
fn somebody_writing_is_announced_once_a_burst_and_forgotten() {
    let mut story = Story::live();
    let said = Effect::Say(Said::Typing(Some("Mia".into())));
    assert!(story.on(Input::Typing(Some("Mia".into()))).contains(&said));
    assert!(!story.on(Input::Typing(Some("Mia".into()))).contains(&said));
    story.on(Input::Timer(Timer::TypingEnds));
    assert_eq!(story.model.typing, None);
}

#[test]
fn older_messages_are_asked_for_once_and_again_after_a_broken_connection() {
    let mut story = Story::live();
    story.model.thread = Default::default();
    story.on(welcome(90));
    story.on(agent_says(90, "newest"));
    assert_eq!(story.on(Input::WantsOlder), [Effect::Older(90)]);
    assert_eq!(story.on(Input::WantsOlder), []);
    story.on(Input::Link(Link::Waiting { retry_in_ms: 1 }));
    assert_eq!(story.on(Input::WantsOlder), []);
    story.on(Input::Link(Link::Live));
    assert_eq!(story.on(Input::WantsOlder), [Effect::Older(90)]);
    let page = vec![entry(1, AuthorKind::Visitor, text("first"))];
    story.on(Input::Older { entries: page, start_reached: true });
    assert_eq!(story.on(Input::WantsOlder), []);
}

#[test]
fn forgetting_leaves_nothing_of_the_visitor() {
    let mut story = Story::live();
    story.on(agent_says(1, "secret"));
    story.on(Input::Written("half".into()));
    story.on(Input::Forget);
    assert!(story.model.thread.is_empty());
    assert_eq!(story.model.draft, "");
    assert_eq!(story.model.panel, Panel::Closed);
}

#[test]
fn failures_are_said_and_keep_their_text() {
    let mut story = Story::live();
    let failed = outgoing(5, "please", Delivery::Failed(NackCode::Forbidden));
    assert!(story.on(Input::Outgoing(failed)).contains(&Effect::Say(Said::Failed)));
    let shown = rows(&story.model.thread, None, None, Reach::Live, &|_| 0);
    assert!(matches!(&shown[..], [Row::Bubble(bubble)] if bubble.content == Content::Text("please".into())));
    story.on(Input::Press(Press::Removed(id(5))));
    assert!(story.model.thread.is_empty());
}
