//! The auditor: what clients wrote and saw against what the server's logs hold.

use std::collections::{BTreeMap, HashMap, HashSet};

use chinwag_conversation::{ConversationId, MessageId};
use serde::Serialize;

use crate::record::{Record, Tag};

/// One line of a conversation, as read over the agents' API.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) seq: u64,
    pub(crate) id: MessageId,
    /// Of messages that a client of the run wrote.
    pub(crate) tag: Option<Tag>,
}

pub(crate) type Logs = BTreeMap<ConversationId, Vec<Line>>;

/// Everything but `written`, `acked` and `refused` must be 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Audit {
    pub(crate) written: usize,
    pub(crate) acked: usize,
    /// Refused for good.
    pub(crate) refused: usize,
    /// Written, and neither acked nor refused at the end.
    pub(crate) unsettled: usize,
    /// Acked, and not in the log at the place that the ack told.
    pub(crate) lost: usize,
    /// In a log more than once, by id or by writer and number.
    pub(crate) doubled: usize,
    /// In a log, and nobody wrote it.
    pub(crate) foreign: usize,
    /// A writer's messages out of their order.
    pub(crate) disordered: usize,
    /// Places missing in a log.
    pub(crate) gaps: usize,
    /// In the log, and not shown to a client that follows it.
    pub(crate) unseen: usize,
    /// Shown twice, in another order than the log's, or not in the log at all.
    pub(crate) misseen: usize,
}

impl Audit {
    /// Whether everything that must be 0 is.
    pub(crate) fn is_clean(&self) -> bool {
        let Self { unsettled, lost, doubled, foreign, disordered, gaps, unseen, misseen, refused, .. } = self;
        unsettled + lost + doubled + foreign + disordered + gaps + unseen + misseen + refused == 0
    }
}

/// Compares. Each client follows the conversations that it saw something of.
pub(crate) fn audit(records: &[Record], logs: &Logs) -> Audit {
    let mut audit = Audit::default();
    let written: HashMap<MessageId, ConversationId> =
        records.iter().flat_map(|record| record.written.iter().map(|one| (one.id, one.conversation))).collect();
    for (conversation, log) in logs {
        log_alone(&mut audit, *conversation, log, &written);
    }
    for record in records {
        for one in &record.written {
            audit.written += 1;
            match (one.acked, one.refused) {
                (Some(seq), _) => {
                    audit.acked += 1;
                    let line = logs.get(&one.conversation).and_then(|log| log.iter().find(|line| line.seq == seq));
                    audit.lost += usize::from(line.is_none_or(|line| line.id != one.id));
                }
                (None, Some(_)) => audit.refused += 1,
                (None, None) => audit.unsettled += 1,
            }
        }
        for (conversation, seen) in &record.seen {
            let log = logs.get(conversation).map_or(&[][..], Vec::as_slice);
            shown(&mut audit, seen, log);
        }
    }
    audit
}

fn log_alone(
    audit: &mut Audit,
    conversation: ConversationId,
    log: &[Line],
    written: &HashMap<MessageId, ConversationId>,
) {
    let (mut ids, mut tags, mut last) = (HashSet::new(), HashSet::new(), HashMap::new());
    let mut expected = 1;
    for line in log {
        audit.gaps += usize::from(line.seq != expected);
        expected = line.seq + 1;
        let new_id = ids.insert(line.id);
        let Some(Tag { writer, number, .. }) = line.tag else {
            audit.doubled += usize::from(!new_id);
            continue;
        };
        audit.doubled += usize::from(!new_id || !tags.insert((writer, number)));
        audit.foreign += usize::from(written.get(&line.id) != Some(&conversation));
        let before = last.insert(writer, number);
        audit.disordered += usize::from(before.is_some_and(|before| before > number));
    }
}

/// A client shows a log from some place on, or all of it, without a gap.
fn shown(audit: &mut Audit, seen: &[(u64, MessageId)], log: &[Line]) {
    let places: HashMap<u64, MessageId> = log.iter().map(|line| (line.seq, line.id)).collect();
    let mut last = 0;
    for (seq, id) in seen {
        audit.misseen += usize::from(*seq <= last || places.get(seq) != Some(id));
        last = last.max(*seq);
    }
    let shown: HashSet<u64> = seen.iter().map(|(seq, _)| *seq).collect();
    audit.unseen += log.iter().filter(|line| !shown.contains(&line.seq)).count();
}

#[cfg(test)]
mod tests {
    use chinwag_conversation::WallTime;

    use super::*;
    use crate::record::Written;

    fn id(n: u8) -> MessageId {
        MessageId::new(WallTime(1), [n; 10])
    }

    fn conversation() -> ConversationId {
        ConversationId::new(WallTime(1), [9; 10])
    }

    fn line(seq: u64, n: u8, number: u64) -> Line {
        Line { seq, id: id(n), tag: Some(Tag { writer: 0, number, micros: 0 }) }
    }

    /// Two messages that one client wrote, had acked and saw.
    fn record() -> Record {
        let written = |n: u8| Written {
            id: id(n),
            conversation: conversation(),
            micros: 0,
            acked: Some(n.into()),
            refused: None,
        };
        let seen = BTreeMap::from([(conversation(), vec![(1, id(1)), (2, id(2))])]);
        Record { written: vec![written(1), written(2)], seen, ..Record::default() }
    }

    fn told(record: Record, log: Vec<Line>) -> Audit {
        audit(&[record], &Logs::from([(conversation(), log)]))
    }

    #[test]
    fn what_is_as_it_should_be_is_clean() {
        let audit = told(record(), vec![line(1, 1, 1), line(2, 2, 2)]);
        assert!(audit.is_clean(), "{audit:?}");
        assert_eq!((audit.written, audit.acked), (2, 2));
    }

    /// Would catch: an auditor that is content with everything.
    #[test]
    fn each_fault_has_its_own_name() {
        let good = || vec![line(1, 1, 1), line(2, 2, 2)];
        assert_eq!(told(record(), vec![line(1, 1, 1)]).lost, 1);
        assert_eq!(told(record(), vec![line(1, 1, 1), line(2, 2, 2), line(3, 2, 2)]).doubled, 1);
        assert_eq!(told(record(), vec![line(1, 1, 2), line(2, 2, 1)]).disordered, 1);
        assert_eq!(told(record(), vec![line(1, 1, 1), line(2, 2, 2), line(4, 3, 3)]).gaps, 1);
        assert_eq!(told(record(), vec![line(1, 1, 1), line(2, 2, 2), line(3, 3, 3)]).foreign, 1);
        let mut blind = record();
        blind.seen.insert(conversation(), vec![(2, id(2))]);
        assert_eq!(told(blind, good()).unseen, 1);
        for wrong in [vec![(1, id(1)), (1, id(1)), (2, id(2))], vec![(2, id(2)), (1, id(1))]] {
            let mut dizzy = record();
            dizzy.seen.insert(conversation(), wrong);
            assert_eq!(told(dizzy, good()).misseen, 1);
        }
        let mut waiting = record();
        waiting.written[0].acked = None;
        assert_eq!(told(waiting, good()).unsettled, 1);
    }
}
