//! Sound, title and what other tabs have read.

use super::*;

fn away() -> Story {
    let mut story = Story::live();
    story.on(agent_says(1, "seen"));
    story.on(Input::Visible(false));
    story
}

/// Whether a tone sounds for this.
fn chimes(story: &mut Story, input: Input) -> bool {
    let due = story.on(input).iter().any(|effect| matches!(effect, Effect::After(_, Timer::Chimes)));
    due && story.on(Input::Timer(Timer::Chimes)).contains(&Effect::Chime)
}

/// Would catch: a tone in a tab that leads unseen, for what the visitor reads in another one.
#[test]
fn what_is_read_in_another_tab_makes_no_sound_in_this_one() {
    let mut story = away();
    story.on(agent_says(2, "one"));
    story.on(Input::ReadElsewhere(2));
    assert!(!story.on(Input::Timer(Timer::Chimes)).contains(&Effect::Chime));
    assert!(chimes(&mut story, agent_says(3, "two")));
}

/// Would catch: a tab that goes on with a conversation which another one has left, or that shows two as one.
#[test]
fn a_conversation_that_another_tab_began_is_shown_here_too() {
    let mut story = Story::live();
    story.on(agent_says(1, "of the old one"));
    story.on(Input::Written("half a sen".into()));
    let effects = story.on(Input::Returned { read: 0 });
    assert!(effects.contains(&Effect::Connect));
    assert!(story.model.thread.is_empty() && story.model.awaited);
    assert_eq!(story.model.draft, "half a sen", "what is being written stays");
    story.on(welcome(1));
    story.on(agent_says(1, "of the new one"));
    assert_eq!(story.model.thread.entries().len(), 1);
}

/// Would catch: a tone for what the visitor reads, for history, or for their own words; one that cannot be switched off.
#[test]
fn a_tone_is_for_what_comes_while_nobody_looks() {
    let mut story = Story::live();
    assert!(!chimes(&mut story, agent_says(1, "before their eyes")));
    story.on(Input::Close);
    assert!(chimes(&mut story, agent_says(2, "to a closed panel")));
    let mine = Input::Entry(entry(3, AuthorKind::Visitor, text("from another tab")));
    assert!(!chimes(&mut story, mine));
    assert!(story.on(Input::Press(Press::Muted)).contains(&Effect::KeepMuted(true)));
    assert!(!chimes(&mut story, agent_says(4, "unheard")));
    assert!(story.on(Input::Press(Press::Muted)).contains(&Effect::KeepMuted(false)));
    assert!(chimes(&mut story, agent_says(5, "heard")));

    let mut story = Story::new();
    story.on(Input::Returned { read: 0 });
    story.on(welcome(1));
    assert!(!chimes(&mut story, agent_says(1, "history")));
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
