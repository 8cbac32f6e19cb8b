//! What a run found, as text and as JSON.

use std::fmt;

use serde::Serialize;

use crate::{
    audit::Audit,
    latency::{Latency, Samples},
    record::{Record, Step},
};

/// One run of the driver.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) visitors: usize,
    pub(crate) agents: usize,
    /// Messages a second that were written.
    pub(crate) per_second: f64,
    /// From asking for a connection to the greeting.
    pub(crate) connecting: Latency,
    /// From the planned time of writing to `Sent`.
    pub(crate) acks: Latency,
    pub(crate) to_agents: Latency,
    pub(crate) to_visitors: Latency,
    /// Attempts to connect, over all clients.
    pub(crate) attempts: Attempts,
    pub(crate) posts: usize,
    pub(crate) polls: usize,
    pub(crate) audit: Audit,
}

/// Attempts to connect of each client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Attempts {
    /// How often a client knocked: questions or sockets, whichever were more. A question, the wait for the place that was
    /// given, and the socket with that place are one attempt.
    pub(crate) mean: f64,
    pub(crate) max: usize,
    /// Questions and sockets, on average; one each when nothing is in the way.
    pub(crate) questions: f64,
    pub(crate) sockets: f64,
}

impl Attempts {
    /// Since `from`, in microseconds.
    pub(crate) fn since(records: &[Record], from: u64) -> Self {
        let count = |wanted: Step| -> Vec<usize> {
            let of = |record: &Record| record.steps.iter().filter(|(at, step)| *at >= from && *step == wanted).count();
            records.iter().map(of).collect()
        };
        let mean = |counts: &[usize]| counts.iter().sum::<usize>() as f64 / counts.len().max(1) as f64;
        let (questions, sockets) = (count(Step::Asked), count(Step::Connected));
        let attempts: Vec<_> = questions.iter().zip(&sockets).map(|(asked, opened)| *asked.max(opened)).collect();
        Self {
            mean: mean(&attempts),
            max: attempts.iter().copied().max().unwrap_or(0),
            questions: mean(&questions),
            sockets: mean(&sockets),
        }
    }
}

impl Report {
    pub(crate) fn new(records: &[Record], agents: usize, seconds: f64, audit: Audit) -> Self {
        let all = |of: fn(&Record) -> &Samples, records: &[Record]| {
            let mut samples = Samples::default();
            records.iter().for_each(|record| samples.extend(of(record)));
            samples.latency()
        };
        let (desk, guests) = records.split_at(agents.min(records.len()));
        Self {
            visitors: guests.len(),
            agents: desk.len(),
            per_second: audit.written as f64 / seconds,
            connecting: all(|record| &record.connecting, records),
            acks: all(|record| &record.acks, records),
            to_agents: all(|record| &record.arrivals, desk),
            to_visitors: all(|record| &record.arrivals, guests),
            attempts: Attempts::since(records, 0),
            posts: records.iter().map(|record| record.posts).sum(),
            polls: records.iter().map(|record| record.polls).sum(),
            audit,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { visitors, agents, per_second, attempts, posts, polls, .. } = self;
        writeln!(f, "{visitors} visitors, {agents} agents, {per_second:.0} messages/s")?;
        writeln!(f, "connect            {}", self.connecting)?;
        writeln!(f, "ack                {}", self.acks)?;
        writeln!(f, "visitor to agent   {}", self.to_agents)?;
        writeln!(f, "agent to visitor   {}", self.to_visitors)?;
        writeln!(
            f,
            "attempts           {:.2} each, at most {}; {posts} POSTs, {polls} polls",
            attempts.mean, attempts.max
        )?;
        write!(f, "{}", self.audit)
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, acked, refused, unsettled, lost, doubled, foreign, disordered, gaps, unseen, misseen } =
            self;
        write!(f, "audit              {written} written, {acked} acked, {refused} refused, {unsettled} unsettled; ")?;
        write!(f, "{lost} lost, {doubled} doubled, {foreign} foreign, {disordered} out of order, {gaps} gaps; ")?;
        write!(f, "{unseen} not shown, {misseen} shown wrongly")
    }
}
