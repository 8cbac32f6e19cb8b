//! Forgotten pages, on one browser with a calm network.

use super::{
    super::{Input, parking::FORGOTTEN_MS},
    tabs::Life,
    world::World,
};
use crate::Side;

/// A calm browser with this many tabs; the first one leads.
fn browser(tabs: usize) -> World {
    let mut world = World::new(7);
    world.hostile = false;
    for _ in 0..tabs {
        world.open_tab(Some(0));
    }
    world.run(1_000, 0);
    assert_eq!(sockets(&world), [0]);
    world
}

/// Which tabs hold a socket.
fn sockets(world: &World) -> Vec<usize> {
    world.server.sockets.iter().map(|(tab, ..)| *tab).collect()
}

fn hide(world: &mut World) {
    for tab in 0..world.tabs.len() {
        world.input(tab, Input::Hidden);
    }
}

/// P6.9. Would catch: a forgotten tab that holds a socket for days, and one that is deaf while somebody waits for an answer.
#[test]
fn a_page_that_nobody_looks_at_is_parked_half_an_hour_after_the_last_word() {
    let mut world = browser(1);
    hide(&mut world);
    world.run(FORGOTTEN_MS - 60_000, 0);
    assert_eq!(sockets(&world), [0]);
    world.answer();
    world.run(FORGOTTEN_MS - 60_000, 0);
    assert_eq!(world.tabs[0].seen.len(), 1, "it heard the answer, so the tone came");
    assert_eq!(sockets(&world), [0], "and the half hour begins anew");
    world.run(120_000, 0);
    assert!(sockets(&world).is_empty());
    assert_eq!(world.tabs[0].next_timeout(), None, "nothing is due any more");

    world.answer();
    world.input(0, Input::Shown);
    world.run(1_000, 0);
    assert_eq!(sockets(&world), [0]);
    assert_eq!(world.tabs[0].seen.len(), 2, "what was said meanwhile is there at once");
    world.run(2 * FORGOTTEN_MS, 0);
    assert_eq!(sockets(&world), [0], "while somebody looks");
}

/// P6.9. Would catch: a visible tab without a connection, because the hidden one that led was forgotten.
#[test]
fn a_tab_that_is_looked_at_takes_over_from_one_that_is_forgotten() {
    let mut world = browser(3);
    hide(&mut world);
    world.input(2, Input::Shown);
    world.run(FORGOTTEN_MS + 60_000, 0);
    assert_eq!(sockets(&world), [2]);
    world.answer();
    world.run(1_000, 0);
    assert_eq!(world.tabs[2].seen.len(), 1);
}

/// P6.9. Would catch: a browser in which one forgotten tab wakes the next, for ever; and tabs that stay asleep when the
/// conversation goes on in one of them, and that are then deaf when that one is closed.
#[test]
fn forgotten_tabs_rest_together_and_what_is_written_in_one_wakes_all() {
    let mut world = browser(3);
    hide(&mut world);
    world.run(FORGOTTEN_MS + 60_000, 0);
    assert!(sockets(&world).is_empty());
    assert!(world.tabs.iter().all(|tab| tab.life == Life::Parked && tab.next_timeout().is_none()));

    world.write(1);
    world.run(5_000, 0);
    assert_eq!(sockets(&world).len(), 1);
    assert_eq!(world.server.log.len(), 1);
    assert!(world.tabs.iter().all(|tab| tab.life == Life::Shown && tab.seen.len() == 1));
    world.kill(1);
    world.answer();
    world.run(5_000, 0);
    assert!(world.living().all(|tab| tab.seen.len() == 2), "the others hear the answer");
}

/// P6.8, P6.9. Would catch: a message that waits for a server that is away, and is forgotten with its page.
#[test]
fn what_is_not_yet_sent_keeps_a_page_awake() {
    let mut world = browser(1);
    hide(&mut world);
    world.crash();
    world.write(0);
    world.run(2 * FORGOTTEN_MS, 0);
    assert_eq!(world.tabs[0].life, Life::Shown);
    world.server.down = false;
    world.run(300_000, 0);
    assert_eq!(world.server.log.len(), 1);
}

/// Would catch: an agent who looks at something else, and for whom no visitor comes any more.
#[test]
fn an_agents_page_is_never_forgotten() {
    let mut world = World::of(Side::Agent, 7);
    world.hostile = false;
    world.open_tab(Some(0));
    hide(&mut world);
    world.run(3 * FORGOTTEN_MS, 0);
    assert_eq!(sockets(&world), [0]);
}
