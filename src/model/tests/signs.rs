//! Sound, title and what other tabs have read.

use super::*;

fn away() -> Story {
    let mut story = Story::live();
    story.on(agent_says(1, "seen"));
    story.on(Input::Visible(false));
    story
}

/// Would catch: a tone for what the visitor reads, for history, or for their own words; one that cannot be switched off.
#[test]
fn a_tone_is_for_what_comes_while_nobody_looks() {
    let mut story = Story::live();
    assert!(!story.on(agent_says(1, "before their eyes")).contains(&Effect::Chime));
    story.on(Input::Close);
    assert!(story.on(agent_says(2, "to a closed panel")).contains(&Effect::Chime));
    let mine = Input::Entry(entry(3, AuthorKind::Visitor, text("from another tab")));
    assert!(!story.on(mine).contains(&Effect::Chime));
    assert!(story.on(Input::Press(Press::Muted)).contains(&Effect::KeepMuted(true)));
    assert!(!story.on(agent_says(4, "unheard")).contains(&Effect::Chime));
    assert!(story.on(Input::Press(Press::Muted)).contains(&Effect::KeepMuted(false)));
    assert!(story.on(agent_says(5, "heard")).contains(&Effect::Chime));

    let mut story = Story::new();
    story.on(Input::Returned { read: 0 });
    story.on(welcome(1));
    assert!(!story.on(agent_says(1, "history")).contains(&Effect::Chime));
}

#[test]
fn the_title_counts_only_while_the_tab_is_hidden() {
    let mut story = away();
    let badges = |effects: Vec<Effect>| {
        effects.into_iter().filter(|effect| matches!(effect, Effect::Badge(_))).collect::<Vec<_>>()
    };
    assert_eq!(badges(story.on(agent_says(2, "one"))), [Effect::Badge(1)]);
    assert_eq!(badges(story.on(agent_says(3, "two"))), [Effect::Badge(2)]);
    assert_eq!(badges(story.on(Input::Visible(true))), [Effect::Badge(0)]);
    assert_eq!(badges(story.on(Input::Visible(false))), []);

    let mut story = Story::live();
    story.on(Input::Close);
    assert_eq!(badges(story.on(agent_says(1, "one"))), [], "the badge of the launcher is enough");
}

/// Would catch: a second tab that goes on counting, or whose older word takes back what was read here.
#[test]
fn what_another_tab_showed_waits_nowhere() {
    let mut story = Story::live();
    story.on(Input::Close);
    story.on(agent_says(1, "one"));
    story.on(agent_says(2, "two"));
    let effects = story.on(Input::ReadElsewhere(1));
    assert!(effects.contains(&Effect::Unread(1)) && story.model.card.is_some());
    let effects = story.on(Input::ReadElsewhere(2));
    assert!(effects.contains(&Effect::Unread(0)) && story.model.card.is_none());
    assert_eq!(story.on(Input::ReadElsewhere(1)), []);
    assert_eq!(story.model.thread.read, 2);
}
