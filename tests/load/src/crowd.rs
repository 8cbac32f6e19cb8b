//! All clients of a run: started together, told together, waited for together.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chinwag_conversation::ConversationId;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    client::{self, Board, Order, Script, Setup, Who},
    clock,
    record::Record,
};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// See the module.
pub(crate) struct Crowd {
    clients: JoinSet<Record>,
    orders: watch::Sender<Order>,
    pub(crate) board: Arc<Board>,
    pub(crate) size: usize,
    script: Script,
}

/// Who comes, and how fast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) visitors: usize,
    pub(crate) ramp: Duration,
    pub(crate) script: Script,
}

fn visitor() -> Who {
    let mut random = [0; 10];
    random.fill_with(|| fastrand::u8(..));
    let token = (0..43).map(|_| char::from(ALPHABET[fastrand::usize(..64)])).collect();
    Who::Visitor { token, conversation: ConversationId::new(clock::wall(), random) }
}

impl Crowd {
    /// Agents with these cookies come at once; visitors are spread over the ramp.
    pub(crate) fn gather(server: SocketAddr, cookies: &[String], size: Size) -> Self {
        let (orders, following) = watch::channel(Order::Live);
        let board = Arc::new(Board::default());
        let agents = cookies.iter().map(|cookie| (Who::Agent { cookie: cookie.clone() }, Duration::ZERO));
        let each = size.ramp.div_f64(size.visitors.max(1) as f64);
        let visitors = (0..size.visitors).map(|n| (visitor(), each * n as u32));
        let mut clients = JoinSet::new();
        for (number, (who, after)) in agents.chain(visitors).enumerate() {
            let (board, orders) = (Arc::clone(&board), following.clone());
            clients.spawn(client::run(Setup { number, who, server, script: size.script, board, orders, after }));
        }
        Self { clients, orders, board, size: cookies.len() + size.visitors, script: size.script }
    }

    /// Some more who would behave like these.
    pub(crate) fn like(&self, visitors: usize) -> Size {
        Size { visitors, ramp: Duration::ZERO, script: self.script }
    }

    pub(crate) fn order(&self, order: Order) {
        self.orders.send_replace(order);
    }

    pub(crate) fn live(&self) -> usize {
        self.board.live.load(Ordering::Relaxed)
    }

    /// Waits until every client is live; how long it took, or how many are not.
    pub(crate) async fn all_live(&self, patience: Duration) -> Result<Duration, String> {
        let start = Instant::now();
        let seen = until(patience, || self.live() == self.size).await;
        if seen { Ok(start.elapsed()) } else { Err(format!("{} of {} are live", self.live(), self.size)) }
    }

    /// Waits until everybody rests and nothing that was written waits for its ack.
    pub(crate) async fn settled(&self, patience: Duration) -> Result<Duration, String> {
        let start = Instant::now();
        let waiting = || self.board.waiting.load(Ordering::Relaxed);
        let talking = || self.board.talking.load(Ordering::Relaxed);
        if until(patience, || talking() == 0 && waiting() == 0).await {
            Ok(start.elapsed())
        } else {
            Err(format!("{} messages wait for their acks", waiting()))
        }
    }

    /// Waits until `entries` were shown, over all clients. The audit says which are missing.
    pub(crate) async fn shown(&self, entries: usize, patience: Duration) -> bool {
        until(patience, || self.board.shown.load(Ordering::Relaxed) >= entries).await
    }

    /// Ends all clients; what they did and saw.
    pub(crate) async fn end(mut self) -> Vec<Record> {
        self.order(Order::End);
        let mut records = Vec::new();
        while let Some(record) = self.clients.join_next().await {
            records.extend(record.ok());
        }
        records.sort_by_key(|record| record.client);
        records
    }
}

/// Looks until it is so; false when it did not become so in time.
pub(crate) async fn until(patience: Duration, mut so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !so() {
        if start.elapsed() > patience {
            return false;
        }
        sleep(Duration::from_millis(10)).await;
    }
    true
}
