//! Tabs of one browser, a network, a server.

use std::collections::BTreeMap;

use super::{
    Dice,
    server::{REFUSED, Server},
    tabs::{Life, Tab},
};
use crate::{
    Asked, AuthorKind, Carrier, ClientFrame, Config, ConversationId, Cursor, Elapsed, Input, Kept, Kind, Link,
    MessageId, Nack, NackCode, PostFailure, Role, ServerFrame, Side, Stream, Ticket, Transports, WallTime,
    admission::Refused, outbox::Delivery,
};

/// What the network does to sockets.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sockets {
    Pass,
    /// Refused at once.
    Refused,
    /// They never open, and nobody says so.
    Swallowed,
}

/// What is under way to or from a tab.
pub(super) enum Wire {
    Ask,
    Asked(Asked),
    Open(Carrier),
    ToServer(Carrier, ClientFrame),
    ToClient(Carrier, ServerFrame),
    Broken(Carrier, u16),
    PollToServer(Carrier, Vec<Cursor>, bool),
    PollToClient(Carrier, Result<Vec<ServerFrame>, PostFailure>),
    PostToServer(Carrier, Vec<ClientFrame>),
    PostToClient(Carrier, Result<Vec<ServerFrame>, PostFailure>),
    Relayed(ServerFrame),
    Astray,
    Adopted(Kept),
    Lead,
    /// To the device.
    Keep(Kept),
    Forget(MessageId),
}

pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) now: Elapsed,
    pub(super) server: Server,
    /// Whose clients these are. A visitor has one conversation, an agent all of them.
    pub(super) side: Side,
    pub(super) conversations: Vec<ConversationId>,
    /// What the clock on the wall shows at the beginning.
    pub(super) wall: u64,
    pub(super) tabs: Vec<Tab>,
    pub(super) sockets: Sockets,
    pub(super) hostile: bool,
    /// What is kept on the device.
    pub(super) device: BTreeMap<MessageId, Kept>,
    /// By which tab and where, in the order of writing.
    pub(super) written: Vec<(usize, ConversationId, MessageId)>,
    /// What the server refuses for good.
    pub(super) refused: Vec<MessageId>,
    /// What died with its tab before the device had it. It may have been sent all the same.
    pub(super) unsaved: Vec<MessageId>,
    wire: BTreeMap<(Elapsed, u64), (usize, Wire)>,
    sent: u64,
    device_last: Elapsed,
    /// Most sockets that lived at once, counted at the server, while nothing was wrong.
    pub(super) calm_sockets: usize,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self::of(Side::Visitor, seed)
    }

    pub(super) fn of(side: Side, seed: u64) -> Self {
        let mut dice = Dice(seed | 1);
        let count = match side {
            Side::Visitor => 1,
            Side::Agent => 3,
        };
        let conversations = (0..count).map(|_| ConversationId::new(WallTime(1), dice.id())).collect();
        Self {
            dice,
            side,
            conversations,
            wall: 10_000_000,
            now: Elapsed(0),
            server: Server::default(),
            tabs: Vec::new(),
            sockets: Sockets::Pass,
            hostile: true,
            device: BTreeMap::new(),
            written: Vec::new(),
            refused: Vec::new(),
            unsaved: Vec::new(),
            wire: BTreeMap::new(),
            sent: 0,
            device_last: Elapsed(0),
            calm_sockets: 0,
        }
    }

    /// What its clients follow.
    pub(super) fn stream(&self) -> Stream {
        match self.side {
            Side::Visitor => Stream::Conversation(self.conversations[0]),
            Side::Agent => Stream::Feed,
        }
    }

    fn any_conversation(&mut self) -> ConversationId {
        let at = self.dice.below(self.conversations.len() as u64);
        self.conversations[at as usize]
    }

    /// Opens a tab; `seq`: `None` begins with the tail.
    pub(super) fn open_tab(&mut self, seq: Option<u64>) -> usize {
        let at = self.tabs.len();
        let cursor = Cursor { stream: self.stream(), epoch: 0, seq };
        let config = Config {
            side: self.side,
            token: (self.side == Side::Visitor).then(|| "secret".into()),
            follow: vec![cursor],
            client: format!("client-{}", self.dice.next()),
            servers: 2,
            server: 0,
        };
        // Who reads the device waits for what is being written to it.
        let pending: Vec<_> =
            self.wire.extract_if(.., |_, (_, wire)| matches!(wire, Wire::Keep(_) | Wire::Forget(_))).collect();
        pending.into_iter().for_each(|(_, (tab, wire))| self.arrive(tab, wire));
        self.tabs.push(Tab::new(config, self.device.values().cloned().collect()));
        let role = self.take_lock(at);
        self.input(at, Input::Start(role));
        at
    }

    /// The lock goes to whoever asks while nobody has it.
    pub(super) fn take_lock(&mut self, at: usize) -> Role {
        if self.side == Side::Agent {
            return Role::Leads;
        }
        let taken = self.tabs.iter().any(|tab| tab.leads && tab.life == Life::Shown);
        let Some(tab) = self.tabs.get_mut(at).filter(|_| !taken) else { return Role::Follows };
        tab.leads = true;
        Role::Leads
    }

    /// … and from one that went to the next.
    pub(super) fn free_lock(&mut self, at: usize) {
        if core::mem::take(&mut self.tabs[at].leads)
            && let Some(next) = self.tabs.iter().position(|tab| tab.life == Life::Shown)
        {
            self.tabs[next].leads = true;
            self.put(next, Wire::Lead);
        }
    }

    pub(super) fn put(&mut self, tab: usize, wire: Wire) {
        let most = if self.hostile { 4_000 } else { 40 };
        let mut at = self.now.plus(1 + self.dice.below(most));
        // A socket and a channel keep their order, whatever they carry.
        if let Wire::ToClient(..)
        | Wire::ToServer(..)
        | Wire::Broken(..)
        | Wire::Relayed(_)
        | Wire::Astray
        | Wire::Adopted(_) = wire
        {
            at = at.max(self.tabs[tab].last);
            self.tabs[tab].last = at;
        }
        // So does the device: quick, but not at once.
        if let Wire::Keep(_) | Wire::Forget(_) = wire {
            at = self.now.plus(1 + self.dice.below(100)).max(self.device_last);
            self.device_last = at;
        }
        self.sent += 1;
        self.wire.insert((at, self.sent), (tab, wire));
    }

    pub(super) fn write(&mut self, tab: usize) {
        let conversation = self.any_conversation();
        let id = self.send(tab, conversation, "hello");
        self.written.push((tab, conversation, id));
    }

    pub(super) fn write_what_is_refused(&mut self, tab: usize) {
        let conversation = self.any_conversation();
        let id = self.send(tab, conversation, REFUSED);
        self.refused.push(id);
    }

    fn send(&mut self, tab: usize, conversation: ConversationId, text: &str) -> MessageId {
        let newest = (self.wall + self.now.0).max(self.tabs[tab].newest + 1);
        self.tabs[tab].newest = newest;
        let id = MessageId::new(WallTime(newest), self.dice.id());
        let draft =
            crate::Draft { conversation, kind: Kind::Message { text: text.into() }, context: None, as_of: None };
        let now = self.now;
        self.tabs[tab].session.send(id, draft, now);
        self.drain(tab);
        id
    }

    /// What the device had not written yet when a tab died, it may or may not write.
    pub(super) fn forget_unsaved(&mut self, tab: usize) {
        let pending = self.wire.iter().filter_map(|(at, (by, wire))| match wire {
            Wire::Keep(kept) if *by == tab => Some((*at, kept.send.id)),
            _ => None,
        });
        for (at, id) in pending.collect::<Vec<_>>() {
            if self.dice.chance(50) {
                self.wire.remove(&at);
                self.unsaved.push(id);
            }
        }
    }

    /// The other side writes.
    pub(super) fn answer(&mut self) {
        let id = MessageId::new(WallTime(self.wall + self.now.0), self.dice.id());
        let author = match self.side {
            Side::Visitor => AuthorKind::Agent,
            Side::Agent => AuthorKind::Visitor,
        };
        let (conversation, kind) = (self.any_conversation(), Kind::Message { text: "answer".into() });
        self.server.append(conversation, id, author, kind, self.now);
    }

    /// What the server says to a frame; now and then that it cannot just now.
    fn serve(&mut self, frame: ClientFrame) -> Vec<ServerFrame> {
        match frame {
            ClientFrame::Send(send) if self.hostile && self.dice.chance(15) => {
                let code = if self.dice.chance(50) { NackCode::Rate } else { NackCode::Unavailable };
                let after_ms = self.dice.below(5_000);
                vec![ServerFrame::Nack(Nack { id: send.id, conversation: send.conversation, code, after_ms })]
            }
            frame => self.server.handle(self.side, frame, self.now),
        }
    }

    fn lost(&mut self) -> bool {
        self.hostile && self.dice.chance(25)
    }

    fn arrive(&mut self, tab: usize, wire: Wire) {
        match wire {
            Wire::Keep(kept) => drop(self.device.insert(kept.send.id, kept)),
            Wire::Forget(id) => drop(self.device.remove(&id)),
            wire if self.tabs[tab].life != Life::Gone => self.arrive_alive(tab, wire),
            _ => {}
        }
    }

    fn arrive_alive(&mut self, tab: usize, wire: Wire) {
        match wire {
            Wire::Keep(_) | Wire::Forget(_) => unreachable!("the device does not die with a tab"),
            Wire::Ask if self.server.down || self.lost() => {
                if !self.dice.chance(30) {
                    self.put(tab, Wire::Asked(Asked::Unreachable));
                }
            }
            Wire::Ask => {
                let ticket = Ticket { ticket: "t".into(), expires_ms: 900_000, transport: Transports::Any };
                let refused = |place| Asked::NotNow(Refused { after_ms: 1_000, spread_ms: 4_000, place });
                let asked = match self.dice.below(if self.hostile { 10 } else { 1 }) {
                    7 => refused(Some(ticket)),
                    8 => refused(None),
                    9 => Asked::Absent,
                    _ => Asked::Ticket(ticket),
                };
                self.put(tab, Wire::Asked(asked));
            }
            Wire::Asked(asked) => self.input(tab, Input::Asked(asked)),
            Wire::Open(carrier) => self.input(tab, Input::Opened(carrier)),
            Wire::ToServer(carrier, frame) => self.at_server(tab, carrier, frame),
            Wire::ToClient(carrier, frame) => {
                if !self.tabs[tab].cut.contains(&carrier) {
                    self.relay(tab, &frame);
                    self.input(tab, Input::Frame(carrier, frame));
                }
            }
            Wire::Broken(carrier, code) => {
                self.disconnect(tab, carrier);
                self.input(tab, Input::Closed { carrier, code, hint_ms: None });
            }
            Wire::PollToServer(carrier, cursors, wait) => self.poll_at_server(tab, carrier, &cursors, wait),
            Wire::PollToClient(carrier, answer) => {
                for frame in answer.iter().flatten() {
                    self.relay(tab, frame);
                }
                self.input(tab, Input::Polled(carrier, answer));
            }
            Wire::PostToServer(post, frames) => {
                if self.server.down || self.lost() {
                    self.put(tab, Wire::PostToClient(post, Err(PostFailure::Unreachable)));
                    return;
                }
                let answers: Vec<_> = frames.into_iter().flat_map(|frame| self.serve(frame)).collect();
                let answer = if self.lost() { Err(PostFailure::Unreachable) } else { Ok(answers) };
                self.put(tab, Wire::PostToClient(post, answer));
            }
            Wire::PostToClient(post, answer) => self.input(tab, Input::Posted(post, answer)),
            Wire::Relayed(frame) => self.input(tab, Input::Relayed(frame)),
            Wire::Astray => self.input(tab, Input::Astray),
            Wire::Adopted(kept) => {
                self.tabs[tab].newest = self.tabs[tab].newest.max(kept.send.id.made_at().0);
                self.tabs[tab].kept.insert(kept.send.id, kept.clone());
                self.input(tab, Input::Adopt { kept: Box::new(kept), after_ms: crate::outbox::RESCUE_MS });
            }
            // Who has given the lock back meanwhile is not told.
            Wire::Lead if self.tabs[tab].leads => self.input(tab, Input::Lead),
            Wire::Lead => {}
        }
    }

    fn at_server(&mut self, tab: usize, carrier: Carrier, frame: ClientFrame) {
        let tab_has = &self.tabs[tab];
        if self.server.down || tab_has.cut.contains(&carrier) || !tab_has.open.contains(&carrier) {
            return;
        }
        if let ClientFrame::Hello(hello) = &frame {
            let known = hello.cursors.first().and_then(|cursor| cursor.seq);
            let pushed = known.unwrap_or(self.server.top(self.stream()));
            self.server.sockets.push((tab, carrier, pushed));
        }
        if self.server.sockets.iter().any(|(at, which, _)| (*at, *which) == (tab, carrier)) {
            for answer in self.serve(frame) {
                self.put(tab, Wire::ToClient(carrier, answer));
            }
        }
    }

    fn poll_at_server(&mut self, tab: usize, carrier: Carrier, cursors: &[Cursor], wait: bool) {
        if self.server.down || self.lost() {
            if !self.dice.chance(30) {
                self.put(tab, Wire::PollToClient(carrier, Err(PostFailure::Unreachable)));
            }
            return;
        }
        // A newer poll of the same client takes the place of the older.
        self.server.holds.retain(|(at, ..)| *at != tab);
        if let Some(answer) = self.server.poll(cursors, wait, self.now) {
            self.put(tab, Wire::PollToClient(carrier, Ok(answer)));
        } else {
            self.server.holds.push((tab, carrier, self.server.top(self.stream()), self.now.plus(25_000)));
        }
    }

    fn answer_holds(&mut self) {
        let (now, stream) = (self.now, self.stream());
        let top = self.server.top(stream);
        let due = |(_, _, seq, until): &(usize, Carrier, u64, Elapsed)| *seq < top || *until <= now;
        let (ready, waiting) = self.server.holds.drain(..).partition::<Vec<_>, _>(due);
        self.server.holds = waiting;
        for (tab, carrier, seq, _) in ready {
            let cursor = Cursor { stream, epoch: self.server.epoch(), seq: Some(seq) };
            let answer = self.server.poll(&[cursor], false, now).unwrap_or_default();
            let answer = if self.lost() { Err(PostFailure::Unreachable) } else { Ok(answer) };
            self.put(tab, Wire::PollToClient(carrier, answer));
        }
    }

    /// The server pushes what its sockets have not been sent.
    fn push(&mut self) {
        let stream = self.stream();
        for at in 0..self.server.sockets.len() {
            let (tab, carrier, pushed) = self.server.sockets[at];
            for event in self.server.events(stream, pushed) {
                self.server.sockets[at].2 = event.seq;
                // A lost wake-up: `top` has to heal it. A doubled one: nobody may see it.
                let times = if self.hostile { [0, 0, 0, 1, 1, 1, 1, 1, 1, 2][self.dice.below(10) as usize] } else { 1 };
                for _ in 0..times {
                    self.put(tab, Wire::ToClient(carrier, ServerFrame::Event(Box::new(event.clone()))));
                }
            }
        }
    }

    fn top(&mut self) {
        let top = self.server.tops(self.stream());
        for at in 0..self.server.sockets.len() {
            let (tab, carrier, _) = self.server.sockets[at];
            self.put(tab, Wire::ToClient(carrier, top.clone()));
        }
    }

    /// Everything that lives dies with it; what is committed stays.
    pub(super) fn crash(&mut self) {
        self.server.down = true;
        for (tab, carrier, _) in core::mem::take(&mut self.server.sockets) {
            if !self.dice.chance(20) {
                self.put(tab, Wire::Broken(carrier, 1006));
            }
        }
        for (tab, carrier, ..) in core::mem::take(&mut self.server.holds) {
            self.put(tab, Wire::PollToClient(carrier, Err(PostFailure::Unreachable)));
        }
    }

    /// A backup that held this many entries takes the place of the log. No request outlives the server that it was sent to.
    pub(super) fn restore(&mut self, entries: usize) {
        let sent = |wire: &Wire| matches!(wire, Wire::ToServer(..) | Wire::PostToServer(..) | Wire::PollToServer(..));
        self.wire.retain(|_, (_, wire)| !sent(wire));
        self.server.restore(entries);
    }

    pub(super) fn announce_drain(&mut self) {
        for at in 0..self.server.sockets.len() {
            let (tab, carrier, _) = self.server.sockets[at];
            self.put(tab, Wire::ToClient(carrier, ServerFrame::Drain { window_ms: 3_000 }));
        }
    }

    /// Runs the world for `ms`, with `troubles` troubles in it.
    pub(super) fn run(&mut self, ms: u64, troubles: u64) {
        let end = self.now.plus(ms);
        let mut next_trouble = self.now;
        let mut next_top = self.now.plus(17_000);
        while self.now < end {
            self.push();
            self.answer_holds();
            if troubles == 0 {
                self.calm_sockets = self.server.sockets.len();
            }
            let arrival = self.wire.keys().next().map(|(at, _)| *at);
            let timer = self.tabs.iter().filter_map(Tab::next_timeout).min();
            let trouble = (troubles > 0).then_some(next_trouble);
            let hold = self.server.holds.iter().map(|(.., until)| *until).min();
            let next = [arrival, timer, trouble, hold, Some(next_top), Some(end)].into_iter().flatten().min();
            self.now = self.now.max(next.unwrap_or(end));
            if let Some(((at, _), _)) = self.wire.first_key_value()
                && *at <= self.now
                && let Some((_, (tab, wire))) = self.wire.pop_first()
            {
                self.arrive(tab, wire);
            }
            for tab in 0..self.tabs.len() {
                if self.tabs[tab].next_timeout().is_some_and(|at| at <= self.now) {
                    self.input(tab, Input::Woke);
                }
            }
            if next_top <= self.now {
                next_top = self.now.plus(17_000);
                self.top();
            }
            if troubles > 0 && next_trouble <= self.now {
                self.trouble();
                next_trouble = self.now.plus(1 + self.dice.below(2 * ms / troubles));
            }
        }
    }

    /// The trouble ends.
    pub(super) fn settle(&mut self) {
        self.hostile = false;
        self.server.down = false;
        if self.sockets == Sockets::Swallowed {
            self.sockets = Sockets::Refused;
        }
        for tab in 0..self.tabs.len() {
            if self.tabs[tab].life == Life::Parked {
                self.show(tab);
            }
            self.input(tab, Input::Shown);
            self.input(tab, Input::Online);
        }
        self.run(1_500_000, 0);
    }

    /// What was sent, and what was refused, as every tab that is left shows it; and that the connection stands.
    pub(super) fn is_shown_as_it_is(&self) -> bool {
        let honest = |(id, delivery): (&MessageId, &Delivery)| match delivery {
            Delivery::Sent { .. } => !self.refused.contains(id),
            Delivery::Failed(_) => self.refused.contains(id),
            Delivery::Queued | Delivery::Sending => false,
        };
        let linked = |tab: &Tab| tab.link.is_none_or(|link| link == Link::Live);
        self.living().all(|tab| tab.delivery.iter().all(honest) && linked(tab))
    }

    pub(super) fn is_shown_as_sent(&self, id: MessageId) -> bool {
        self.tabs.iter().any(|tab| matches!(tab.delivery.get(&id), Some(Delivery::Sent { .. })))
    }

    pub(super) fn living(&self) -> impl Iterator<Item = &Tab> {
        self.tabs.iter().filter(|tab| tab.life != Life::Gone)
    }
}
