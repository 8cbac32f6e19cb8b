//! Consoles whose people look at the lists: what agents' pages ask over HTTP, beside their connection.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    clock,
    http::{Ask, Http, address_of},
    latency::{Latency, Samples},
};

/// Addresses of their own, beyond those of a crowd.
const FIRST: usize = 20_000;
/// From one look to the next.
const APART: Duration = Duration::from_secs(5);
/// What the console does (`PATIENCE_MS`, `RELOAD_MS`).
const PATIENCE: Duration = Duration::from_secs(15);
const AGAIN: Duration = Duration::from_secs(10);
/// How soon the control's consoles ask again.
const AT_ONCE: Duration = Duration::from_millis(500);
/// People who look at a list see it at once.
const QUICK_MICROS: u64 = 1_000_000;
const LISTS: [&str; 2] = ["open", "closed"];

/// What a console does when its list does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Gives up after 15 s, and asks again after 10: one request at a time, as our console.
    Patient,
    /// Asks again at once until there is an answer, however long it takes; and each look is a request of its own, so that
    /// they pile up.
    Stubborn,
}

/// One look at a list, from asking to the answer, a refusal or giving up, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Look {
    began: u64,
    ended: u64,
    shown: bool,
}

/// What all of them saw.
#[derive(Default)]
struct Tally {
    looks: Mutex<Vec<Look>>,
    /// The newest look of each console.
    newest: Mutex<Vec<Option<Look>>>,
    pending: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// See the module. Dropping it ends them.
pub(crate) struct Consoles {
    tasks: JoinSet<()>,
    tally: Arc<Tally>,
}

/// What became of the looks of some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looks {
    /// Lists that came.
    pub(crate) shown: Latency,
    pub(crate) failed: usize,
}

impl Consoles {
    /// `count` consoles of agents with these cookies; they begin spread over one look.
    pub(crate) fn open(server: SocketAddr, cookies: &[String], count: usize, manner: Manner) -> Self {
        let tally = Arc::new(Tally { newest: Mutex::new(vec![None; count]), ..Tally::default() });
        let mut tasks = JoinSet::new();
        for (number, cookie) in cookies.iter().cycle().take(count).enumerate() {
            let console = Console { number, server, cookie: cookie.clone(), tally: Arc::clone(&tally) };
            let after = APART.mul_f64(number as f64 / count as f64);
            tasks.spawn(async move {
                sleep(after).await;
                match manner {
                    Manner::Patient => console.patient().await,
                    Manner::Stubborn => console.stubborn().await,
                }
            });
        }
        Self { tasks, tally }
    }

    /// The looks that began in this time.
    pub(crate) fn looks(&self, time: std::ops::Range<u64>) -> Looks {
        let (mut shown, mut failed) = (Samples::default(), 0);
        for look in lock(&self.tally.looks).iter().filter(|look| time.contains(&look.began)) {
            match look.shown {
                true => shown.push(look.began, look.ended),
                false => failed += 1,
            }
        }
        Looks { shown: shown.latency(), failed }
    }

    /// How many looks began in the busiest second from `from` on.
    pub(crate) fn busiest(&self, from: u64) -> usize {
        busiest(lock(&self.tally.looks).iter().map(|look| look.began).filter(|began| *began >= from).collect())
    }

    /// Whether the newest look of every console began after `from` and was answered within a second.
    pub(crate) fn all_served(&self, from: u64) -> bool {
        let served = |look: &Look| look.began >= from && look.shown && look.ended - look.began <= QUICK_MICROS;
        lock(&self.tally.newest).iter().all(|look| look.as_ref().is_some_and(served))
    }

    /// Requests that wait for an answer, or for the next attempt at one.
    pub(crate) fn pending(&self) -> usize {
        self.tally.pending.load(Ordering::Relaxed)
    }

    pub(crate) async fn close(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Most of these moments, in microseconds, within one second.
fn busiest(mut moments: Vec<u64>) -> usize {
    moments.sort_unstable();
    let within = |(place, first): (usize, &u64)| moments[place..].partition_point(|at| *at < first + 1_000_000);
    moments.iter().enumerate().map(within).max().unwrap_or(0)
}

#[derive(Clone)]
struct Console {
    number: usize,
    server: SocketAddr,
    cookie: String,
    tally: Arc<Tally>,
}

impl Console {
    async fn patient(self) {
        for list in LISTS.iter().cycle() {
            let shown = self.look(list, Some(PATIENCE)).await;
            sleep(if shown { APART } else { AGAIN }).await;
        }
    }

    async fn stubborn(self) {
        let mut looks = JoinSet::new();
        for list in LISTS.iter().cycle() {
            let console = self.clone();
            looks.spawn(async move { while !console.look(list, None).await {} });
            sleep(APART).await;
        }
    }

    /// Whether the list came.
    async fn look(&self, list: &str, patience: Option<Duration>) -> bool {
        self.tally.pending.fetch_add(1, Ordering::Relaxed);
        let began = clock::micros();
        let asking = show(self.number, self.server, &self.cookie, list);
        let shown = match patience {
            Some(patience) => timeout(patience, asking).await.unwrap_or(false),
            None => asking.await,
        };
        let look = Look { began, ended: clock::micros(), shown };
        lock(&self.tally.looks).push(look);
        lock(&self.tally.newest)[self.number] = Some(look);
        if !shown && patience.is_none() {
            sleep(AT_ONCE).await;
        }
        self.tally.pending.fetch_sub(1, Ordering::Relaxed);
        shown
    }
}

/// Asks for the first page of a list over a connection of its own; whether it came.
pub(crate) async fn show(number: usize, server: SocketAddr, cookie: &str, list: &str) -> bool {
    let path = format!("/v1/agent/conversations?state={list}&limit=50");
    let headers = [("cookie", cookie)];
    let Ok(mut http) = Http::connect(address_of(FIRST + number), server).await else { return false };
    http.ask(Ask { path: &path, headers: &headers, ..Ask::default() })
        .await
        .is_ok_and(|answer| answer.status.is_success())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Would catch: a measure that cuts time into pieces and takes a blow on a border for two halves.
    #[test]
    fn the_busiest_second_begins_anywhere() {
        let steady = (0..100).map(|n| n * 100_000);
        assert_eq!(busiest(steady.clone().collect()), 10);
        let blow = (0..50).map(|n| 4_990_000 + n * 400);
        assert_eq!(busiest(blow.chain(steady).collect()), 60);
        assert_eq!(busiest(Vec::new()), 0);
    }
}
