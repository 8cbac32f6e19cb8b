//! The tabs: what the browser crate does around the machine, and what can happen to a tab.

use std::collections::BTreeMap;

use super::world::{Sockets, Wire, World};
use crate::{
    Carrier, ClientFrame, Config, CursorReport, Elapsed, Event, Input, Kept, Link, MessageId, Notice, Output,
    ServerFrame, Session, Side, Stream, outbox::Delivery,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Life {
    Shown,
    Parked,
    Gone,
}

pub(super) struct Tab {
    pub(super) session: Session,
    pub(super) life: Life,
    pub(super) leads: bool,
    pub(super) last: Elapsed,
    /// Sockets that are dead in silence.
    pub(super) cut: Vec<Carrier>,
    pub(super) open: Vec<Carrier>,
    pub(super) seen: Vec<MessageId>,
    pub(super) delivery: BTreeMap<MessageId, Delivery>,
    /// What is told of the connection.
    pub(super) link: Option<Link>,
    pub(super) connects: u32,
    /// What it knows to be on the device.
    pub(super) kept: BTreeMap<MessageId, Kept>,
    /// The newest time in an id that it made or heard of: ids sort in the order of writing, whatever the clock does.
    pub(super) newest: u64,
}

impl Tab {
    pub(super) fn new(config: Config, kept: Vec<Kept>) -> Self {
        Self {
            newest: kept.iter().map(|kept| kept.send.id.made_at().0).max().unwrap_or(0),
            kept: kept.iter().map(|kept| (kept.send.id, kept.clone())).collect(),
            session: Session::new(config, kept),
            life: Life::Shown,
            leads: false,
            last: Elapsed(0),
            cut: Vec::new(),
            open: Vec::new(),
            seen: Vec::new(),
            delivery: BTreeMap::new(),
            link: None,
            connects: 0,
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Elapsed> {
        self.session.next_timeout().filter(|_| self.life == Life::Shown)
    }
}

impl World {
    pub(super) fn input(&mut self, tab: usize, input: Input) {
        if self.tabs[tab].life == Life::Gone {
            return;
        }
        let (unit, now) = (self.dice.unit(), self.now);
        self.tabs[tab].session.handle(input, now, unit);
        self.drain(tab);
    }

    pub(super) fn drain(&mut self, tab: usize) {
        while let Some(output) = self.tabs[tab].session.poll_output() {
            match output {
                Output::Ask => self.put(tab, Wire::Ask),
                Output::Connect(carrier) => self.connect(tab, carrier),
                Output::Disconnect(carrier) => self.disconnect(tab, carrier),
                Output::Transmit(carrier, frame) => {
                    assert!(self.tabs[tab].open.contains(&carrier), "sent over a socket that is closed");
                    self.put(tab, Wire::ToServer(carrier, frame));
                }
                Output::Poll { carrier, frames, wait_ms } => {
                    for frame in frames {
                        if let ClientFrame::Hello(hello) = frame {
                            self.put(tab, Wire::PollToServer(carrier, hello.cursors, wait_ms.is_some()));
                        }
                    }
                }
                Output::Post(post, frames) => {
                    if self.hostile && self.dice.chance(20) {
                        self.put(tab, Wire::PostToServer(post, frames.clone()));
                    }
                    self.put(tab, Wire::PostToServer(post, frames));
                }
                Output::Save => self.save(tab),
                Output::Parked => self.rest(tab),
                Output::Resume => self.show(tab),
                Output::Notice(notice) => self.notice(tab, notice),
            }
        }
    }

    fn connect(&mut self, tab: usize, carrier: Carrier) {
        self.tabs[tab].open.push(carrier);
        self.tabs[tab].connects += 1;
        let refused = self.server.down || self.sockets == Sockets::Refused || (self.hostile && self.dice.chance(30));
        match self.sockets {
            Sockets::Swallowed => {}
            _ if refused => self.put(tab, Wire::Broken(carrier, 1006)),
            _ => self.put(tab, Wire::Open(carrier)),
        }
    }

    pub(super) fn disconnect(&mut self, tab: usize, carrier: Carrier) {
        self.tabs[tab].open.retain(|open| *open != carrier);
        self.server.sockets.retain(|(at, which, _)| (*at, *which) != (tab, carrier));
        self.server.holds.retain(|(at, which, ..)| (*at, *which) != (tab, carrier));
    }

    /// Keeps what is new, forgets what is gone, and tells the other tabs what is new. The device takes its time.
    fn save(&mut self, tab: usize) {
        let kept: BTreeMap<_, _> = self.tabs[tab].session.kept().into_iter().map(|kept| (kept.send.id, kept)).collect();
        let before = core::mem::replace(&mut self.tabs[tab].kept, kept.clone());
        for id in before.keys().filter(|id| !kept.contains_key(id)) {
            self.put(tab, Wire::Forget(*id));
        }
        for (id, kept) in kept {
            if before.get(&id) != Some(&kept) {
                self.put(tab, Wire::Keep(kept.clone()));
                for other in self.others(tab) {
                    self.put(other, Wire::Adopted(kept.clone()));
                }
            }
        }
    }

    /// Other tabs that hear of this one: agents' tabs do not.
    fn others(&self, tab: usize) -> Vec<usize> {
        let all = if self.side == Side::Visitor { self.tabs.len() } else { 0 };
        (0..all).filter(|other| *other != tab).collect()
    }

    fn notice(&mut self, tab: usize, notice: Notice) {
        match notice {
            Notice::Event(event) => {
                let Event { stream, entry, summary, .. } = *event;
                self.tabs[tab].seen.push(entry.id);
                let conversation = match (stream, summary) {
                    (Stream::Conversation(conversation), _) => conversation,
                    (Stream::Feed, summary) => summary.expect("the feed tells of conversations").conversation,
                };
                let report = CursorReport { conversation, side: self.side, delivered: entry.seq, read: entry.seq };
                let now = self.now;
                self.tabs[tab].session.report(report, now);
            }
            Notice::Outgoing(outgoing) => {
                if let Delivery::Sent { .. } = outgoing.delivery {
                    let stored = self.server.log.iter().any(|stored| stored.entry.id == outgoing.id);
                    assert!(stored || self.server.lost.contains(&outgoing.id), "shown as sent, but never stored");
                }
                let shown = self.tabs[tab].delivery.insert(outgoing.id, outgoing.delivery);
                let taken_back = matches!((shown, outgoing.delivery), (Some(Delivery::Sent { .. }), now) if !matches!(now, Delivery::Sent { .. }));
                assert!(!taken_back || self.server.restores > 0, "shown as sent, and then not");
            }
            Notice::Link(link) => {
                self.tabs[tab].link = Some(link);
                if matches!(link, Link::Connecting | Link::Waiting { .. } | Link::Offline) {
                    self.tell_others(tab, || Wire::Astray);
                }
            }
            Notice::Reset(_) => {
                assert!(self.server.restores > 0, "nothing was restored here");
                self.tabs[tab].seen.clear();
            }
            _ => {}
        }
    }

    /// The tab that leads passes on what it hears.
    pub(super) fn relay(&mut self, tab: usize, frame: &ServerFrame) {
        self.tell_others(tab, || Wire::Relayed(frame.clone()));
    }

    fn tell_others(&mut self, tab: usize, wire: impl Fn() -> Wire) {
        if !self.tabs[tab].leads {
            return;
        }
        for other in self.others(tab) {
            if !(self.hostile && self.dice.chance(10)) {
                self.put(other, wire());
            }
        }
    }

    pub(super) fn park(&mut self, tab: usize) {
        if self.tabs[tab].life == Life::Shown {
            self.input(tab, Input::Park);
            self.rest(tab);
        }
    }

    fn rest(&mut self, tab: usize) {
        self.tabs[tab].life = Life::Parked;
        self.free_lock(tab);
    }

    pub(super) fn show(&mut self, tab: usize) {
        if self.tabs[tab].life == Life::Parked {
            self.tabs[tab].life = Life::Shown;
            let role = self.take_lock(tab);
            self.input(tab, Input::Resume(role));
        }
    }

    /// Nothing is said, nothing more is saved; the device keeps what it has.
    pub(super) fn kill(&mut self, tab: usize) {
        self.tabs[tab].life = Life::Gone;
        self.forget_unsaved(tab);
        self.server.sockets.retain(|(at, ..)| *at != tab);
        self.free_lock(tab);
    }

    pub(super) fn trouble(&mut self) {
        let tab = self.dice.below(self.tabs.len() as u64) as usize;
        let shown = self.tabs[tab].life == Life::Shown;
        match self.dice.below(24) {
            0..6 if shown => self.write(tab),
            6..8 => self.answer(),
            8 => {
                let open = self.tabs[tab].open.clone();
                self.tabs[tab].cut.extend(open);
            }
            9 => {
                for carrier in self.tabs[tab].open.clone() {
                    self.server.sockets.retain(|(at, which, _)| (*at, *which) != (tab, carrier));
                    self.put(tab, Wire::Broken(carrier, 1006));
                }
            }
            10 => self.park(tab),
            11 => self.show(tab),
            12 => self.input(tab, Input::Offline),
            13 => self.input(tab, Input::Online),
            14 => self.crash(),
            15 => self.server.down = false,
            16 => self.announce_drain(),
            17 => {
                self.sockets = match self.dice.below(3) {
                    0 => Sockets::Pass,
                    1 => Sockets::Refused,
                    _ => Sockets::Swallowed,
                };
            }
            // The machine slept.
            18 => self.now = self.now.plus(self.dice.below(600_000)),
            // The clock on the wall is set, ahead or back.
            19 => self.wall = 10_000_000 - 5_000_000 + self.dice.below(10_000_000),
            20 if shown => self.write_what_is_refused(tab),
            21 => self.input(tab, Input::Hidden),
            22 => self.input(tab, Input::Shown),
            _ if self.living().count() > 1 && self.dice.chance(30) => self.kill(tab),
            _ => self.input(tab, Input::Nudge),
        }
    }
}
