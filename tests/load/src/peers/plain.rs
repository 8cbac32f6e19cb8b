//! Clients of the other servers: the same addresses, sockets, schedule and clock as ours have, and no session machine.
//!
//! Socket.IO's clients speak its protocol over a WebSocket from the beginning (its fastest way), with acknowledgements.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, sleep_until},
};
use tokio_tungstenite::tungstenite::Message;

use super::{Peer, Turn};
use crate::{
    clock,
    crowd::until,
    http::address_of,
    latency::Samples,
    record::Tag,
    talk::{Load, PATIENCE},
    wire::{self, Socket},
};

/// What one client measured.
#[derive(Default)]
struct Measured {
    acks: Samples,
    arrivals: Samples,
    waiting: HashMap<u64, u64>,
}

#[derive(Clone)]
struct Shared {
    peer: Peer,
    server: SocketAddr,
    load: Load,
    live: Arc<AtomicUsize>,
    waiting: Arc<AtomicUsize>,
    talking: watch::Receiver<Phase>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Gather,
    Talk,
    Rest,
    End,
}

/// Everything of one run on `server`.
pub(super) async fn talk(peer: Peer, server: SocketAddr, load: Load) -> Result<Turn, String> {
    let agents = if peer == Peer::Echo { 0 } else { load.agents };
    let count = agents + load.visitors;
    let (phase, talking) = watch::channel(Phase::Gather);
    let (live, waiting) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let shared = Shared { peer, server, load, live, waiting, talking };
    let each = Duration::from_secs_f64(load.ramp / load.visitors as f64);
    let mut clients = JoinSet::new();
    for number in 0..count {
        let (shared, after) = (shared.clone(), each * number.saturating_sub(agents) as u32);
        clients.spawn(async move {
            sleep(after).await;
            (number, client(number, number < agents, shared).await)
        });
    }
    if !until(PATIENCE, || shared.live.load(Ordering::Relaxed) == count).await {
        return Err(format!("{peer:?}: {} of {count} are connected", shared.live.load(Ordering::Relaxed)));
    }
    phase.send_replace(Phase::Talk);
    sleep(Duration::from_secs_f64(load.seconds)).await;
    phase.send_replace(Phase::Rest);
    // Each client says that it rests by counting itself out.
    let resting = || shared.live.load(Ordering::Relaxed) == 0 && shared.waiting.load(Ordering::Relaxed) == 0;
    until(PATIENCE, resting).await;
    phase.send_replace(Phase::End);
    let (mut acks, mut to_agents, mut to_visitors) = (Samples::default(), Samples::default(), Samples::default());
    while let Some(ended) = clients.join_next().await {
        let (number, measured) = ended.map_err(|error| error.to_string())?;
        let measured = measured?;
        acks.extend(&measured.acks);
        if number < agents { &mut to_agents } else { &mut to_visitors }.extend(&measured.arrivals);
    }
    let unanswered = shared.waiting.load(Ordering::Relaxed);
    Ok(Turn { acks: acks.latency(), to_agents: to_agents.latency(), to_visitors: to_visitors.latency(), unanswered })
}

fn wait(per_second: f64) -> u64 {
    (-(1.0 - fastrand::f64()).ln() / per_second * 1e6) as u64
}

async fn client(number: usize, agent: bool, mut shared: Shared) -> Result<Measured, String> {
    let mut socket = open(number, agent, &shared).await?;
    shared.live.fetch_add(1, Ordering::Relaxed);
    let mut measured = Measured::default();
    let load = shared.load;
    let answers = if shared.peer == Peer::Echo { 0.0 } else { load.answered };
    let per_second = load.rate / (1.0 + answers) / load.visitors as f64;
    let (mut count, mut next, mut thinking) = (0, None, Vec::<(u64, usize)>::new());
    let mut phase = *shared.talking.borrow_and_update();
    loop {
        if phase == Phase::End {
            return Ok(measured);
        }
        let due = [next, thinking.iter().map(|(at, _)| *at).min()].into_iter().flatten().min();
        tokio::select! {
            changed = shared.talking.changed() => {
                phase = if changed.is_ok() { *shared.talking.borrow_and_update() } else { Phase::End };
                match phase {
                    Phase::Talk if !agent => next = Some(clock::micros() + wait(per_second)),
                    Phase::Rest => {
                        (next, thinking) = (None, Vec::new());
                        shared.live.fetch_sub(1, Ordering::Relaxed);
                    }
                    _ => {}
                }
            }
            text = wire::text(&mut socket) => {
                let text = text.ok_or_else(|| format!("{:?} closed a connection", shared.peer))?;
                let heard = hear(&text, &mut socket, &mut measured, &shared).await?;
                // Agents take turns by visitor, as in ours.
                let mine = |writer: &usize| agent && *writer >= load.agents && writer % load.agents == number;
                if let Some(writer) = heard.filter(mine)
                    && phase == Phase::Talk && fastrand::f64() < answers
                {
                    thinking.push((clock::micros() + wait(1_000.0 / load.think), writer));
                }
            }
            () = sleep_until(clock::instant_of_micros(due.unwrap_or(0))), if due.is_some() => {
                let now = clock::micros();
                let mut planned: Vec<(u64, usize)> = thinking.extract_if(.., |(at, _)| *at <= now).collect();
                if let Some(at) = next.filter(|at| *at <= now) {
                    planned.push((at, number));
                    next = Some(at + wait(per_second));
                }
                for (micros, to) in planned {
                    count += 1;
                    let text = Tag { writer: number, number: count, micros }.text();
                    measured.waiting.insert(count, micros);
                    shared.waiting.fetch_add(1, Ordering::Relaxed);
                    let text = match shared.peer {
                        Peer::Echo => text,
                        Peer::SocketIo => format!("42{count}{}", json!(["message", { "to": to.to_string(), "text": text }])),
                    };
                    socket.send(Message::text(text)).await.map_err(|error| error.to_string())?;
                }
            }
        }
    }
}

async fn open(number: usize, agent: bool, shared: &Shared) -> Result<Socket, String> {
    let path = match shared.peer {
        Peer::Echo => "/",
        Peer::SocketIo => "/socket.io/?EIO=4&transport=websocket",
    };
    let mut socket = wire::open(address_of(number), shared.server, path, &[]).await?;
    if shared.peer == Peer::SocketIo {
        let auth = json!({ "agent": agent, "name": number.to_string() });
        socket.send(Message::text(format!("40{auth}"))).await.map_err(|error| error.to_string())?;
        while !wire::text(&mut socket).await.ok_or("no greeting")?.starts_with("40") {}
    }
    Ok(socket)
}

/// Takes a text; who wrote it, when it is somebody else's message.
async fn hear(
    text: &str,
    socket: &mut Socket,
    measured: &mut Measured,
    shared: &Shared,
) -> Result<Option<usize>, String> {
    let now = clock::micros();
    let mut answered = |count: u64| {
        if let Some(micros) = measured.waiting.remove(&count) {
            measured.acks.push(micros, now);
            shared.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    };
    if shared.peer == Peer::Echo {
        if let Some(tag) = Tag::read(text) {
            answered(tag.number);
        }
        return Ok(None);
    }
    if let Some(ack) = text.strip_prefix("43") {
        let count: String = ack.chars().take_while(char::is_ascii_digit).collect();
        count.parse().into_iter().for_each(answered);
    } else if let Some(event) = text.strip_prefix("42") {
        let event: Value = serde_json::from_str(event).map_err(|error| error.to_string())?;
        if let Some(tag) = event[1]["text"].as_str().and_then(Tag::read) {
            measured.arrivals.push(tag.micros, now);
            return Ok(Some(tag.writer));
        }
    } else if text == "2" {
        socket.send(Message::text("3")).await.map_err(|error| error.to_string())?;
    }
    Ok(None)
}
