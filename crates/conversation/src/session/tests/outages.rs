//! Whatever happens to network, server and tabs: when it ends, everything is there once and in order.

use proptest::prelude::*;

use super::world::{Sockets, World};
use crate::{MessageId, Side};

fn cases() -> u32 {
    std::env::var("CHINWAG_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

fn check(world: &World) -> Result<(), TestCaseError> {
    let log = world.server.ids();
    let mut once = log.clone();
    once.sort();
    once.dedup();
    prop_assert_eq!(once.len(), log.len(), "stored once");
    for tab in 0..world.tabs.len() {
        for conversation in &world.conversations {
            let mine = world.written.iter().filter(|(by, place, _)| (by, place) == (&tab, conversation));
            let due = |id: &MessageId| log.contains(id) || !world.unsaved.contains(id);
            let written: Vec<MessageId> = mine.map(|(.., id)| *id).filter(due).collect();
            let stored: Vec<_> = log.iter().filter(|id| written.contains(id)).copied().collect();
            prop_assert_eq!(&stored, &written, "what tab {} wrote is stored, in order", tab);
        }
    }
    for tab in world.living() {
        let left: Vec<_> = tab.session.outbox().outgoing().map(|outgoing| outgoing.id).collect();
        prop_assert!(left.iter().all(|id| world.refused.contains(id)), "left: {:?}", tab.session.outbox());
        prop_assert_eq!(&tab.seen, &log, "what is stored is seen once, in order");
    }
    prop_assert!(world.device.keys().all(|id| world.refused.contains(id)), "on the device: {:?}", world.device);
    prop_assert!(world.is_shown_as_it_is(), "what is stored is shown as sent, what is refused as refused");
    prop_assert!(world.server.knows_what_arrived(), "the server knows what has arrived");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// P4.1, P4.3, P4.6, P4.9, P5.1, P6.2, P6.6.
    #[test]
    fn every_message_once_in_order_after_any_outage_that_ends(seed: u64) {
        let mut world = World::new(seed);
        world.open_tab(Some(0));
        world.run(240_000, 40);
        world.settle();
        check(&world)?;
    }

    /// P4.10. Would catch: an agent who misses a conversation, or whose answers change places within one.
    #[test]
    fn an_agent_has_every_conversation_after_any_outage_that_ends(seed: u64) {
        let mut world = World::of(Side::Agent, seed);
        world.open_tab(Some(0));
        world.run(120_000, 30);
        // The console is opened again; what a dead one left goes out from here.
        if seed & 4 == 0 {
            world.kill(0);
        }
        world.open_tab(Some(0));
        world.run(120_000, 30);
        world.open_tab(Some(0));
        world.settle();
        check(&world)?;
    }

    /// P6.7, P6.8. Would catch: tabs that send each other's messages twice, or wait for a tab that is gone.
    #[test]
    fn two_tabs_agree_after_any_outage_that_ends(seed: u64) {
        let mut world = World::new(seed);
        world.open_tab(Some(0));
        world.run(5_000, 3);
        world.open_tab(Some(0));
        world.run(240_000, 60);
        // A page that is opened later finds what a dead tab left.
        world.open_tab(Some(0));
        world.settle();
        check(&world)?;
        if world.sockets == Sockets::Pass {
            prop_assert!(world.calm_sockets <= 1, "{} sockets", world.calm_sockets);
        }
    }

    /// P4.8. Would catch: a page that shows what the restored log has not, waits for a number that comes much later, or
    /// believes that what nobody acked is stored.
    #[test]
    fn everybody_sees_the_restored_log_and_sends_what_was_not_acked(seed: u64) {
        let mut world = World::new(seed);
        world.open_tab(Some(0));
        world.run(60_000, 20);
        world.open_tab(Some(0));
        world.run(60_000, 20);
        world.crash();
        world.restore((seed % 7) as usize);
        world.run(120_000, 40);
        world.settle();
        let log = world.server.ids();
        for (.., id) in &world.written {
            let told = world.server.lost.contains(id) && world.is_shown_as_sent(*id);
            prop_assert!(world.unsaved.contains(id) || log.contains(id) || told, "{id:?} is gone, and nobody was told that it was stored");
        }
        let mut once = log.clone();
        once.sort();
        once.dedup();
        // What was acked, lost by the restore and not heard of by another tab comes back through that tab: late, but once.
        prop_assert_eq!(once.len(), log.len(), "stored once");
        for tab in world.living() {
            let mut left = tab.session.outbox().outgoing();
            prop_assert!(left.all(|outgoing| world.refused.contains(&outgoing.id)));
            prop_assert!(log.ends_with(&tab.seen), "{:?} is no end of {log:?}", tab.seen);
            prop_assert!(tab.seen.len() >= log.len().min(3));
        }
        prop_assert!(world.server.knows_what_arrived());
    }

    /// P1.8, P6.6. Would catch: a conversation that stops where WebSockets are blocked.
    #[test]
    fn a_conversation_without_any_socket(seed: u64) {
        let mut world = World::new(seed);
        world.sockets = if seed & 2 == 0 { Sockets::Refused } else { Sockets::Swallowed };
        world.hostile = false;
        world.open_tab(Some(0));
        // The way to the long poll: ticket, socket, probe, greeting.
        world.run(10_000, 0);
        prop_assert!(world.tabs[0].session.is_live());
        for _ in 0..5 {
            world.write(0);
            world.answer();
            world.run(2_000, 0);
            prop_assert_eq!(world.tabs[0].seen.len(), world.server.log.len(), "both ways in 2 s");
        }
        check(&world)?;
    }

    /// P4.7.
    #[test]
    fn a_reader_who_joins_late_gets_the_tail_and_everything_after(seed: u64) {
        let mut world = World::new(seed);
        (0..10).for_each(|_| world.answer());
        world.open_tab(None);
        world.run(120_000, 20);
        world.settle();
        let log = world.server.ids();
        let seen = &world.tabs[0].seen;
        prop_assert!(seen.len() >= 3);
        prop_assert_eq!(&seen[..], &log[log.len() - seen.len()..]);
    }

    /// P6.5. Would catch: a drain that leaves a gap, or a connection that is closed before the next one greeted.
    #[test]
    fn a_drain_hands_over_without_a_gap(seed: u64) {
        let mut world = World::new(seed);
        world.hostile = false;
        world.open_tab(Some(0));
        world.run(20_000, 0);
        let socket = world.server.sockets.len();
        if socket == 1 {
            world.announce_drain();
            for _ in 0..40 {
                world.run(100, 0);
                prop_assert!(world.tabs[0].session.is_live(), "live at all times");
            }
            prop_assert_eq!(world.tabs[0].connects, 2);
            prop_assert_eq!(world.server.sockets.len(), 1);
        }
    }
}
