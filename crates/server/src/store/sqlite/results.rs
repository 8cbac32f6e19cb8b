//! What is counted of rules.

use chinwag_conversation::limits::RESULT_DAYS;
use rusqlite::{Connection, params};

use super::broken;
use crate::store::{Counted, Counts, Day, StoreError};

pub(super) fn add(db: &Connection, site: &str, day: Day, counts: &[(Counted, Counts)]) -> Result<(), StoreError> {
    let sql = "INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
               ON CONFLICT (site, day, rule, variation) DO UPDATE SET
                 displayed = displayed + excluded.displayed, opened = opened + excluded.opened,
                 dismissed = dismissed + excluded.dismissed, replied = replied + excluded.replied,
                 goal = goal + excluded.goal, held = held + excluded.held, held_goal = held_goal + excluded.held_goal";
    let mut insert = db.prepare_cached(sql).map_err(broken)?;
    for (Counted { rule, variation }, counts) in counts {
        let [displayed, opened, dismissed, replied, goal, held, held_goal] = counts.to_array();
        let row = params![site, day.0, rule, variation, displayed, opened, dismissed, replied, goal, held, held_goal];
        insert.execute(row).map_err(broken)?;
    }
    db.prepare_cached("DELETE FROM result WHERE site = ?1 AND day <= ?2")
        .and_then(|mut q| q.execute(params![site, i64::from(day.0) - i64::from(RESULT_DAYS)]))
        .map_err(broken)?;
    Ok(())
}

pub(super) fn read(db: &Connection, site: &str, from: Day, to: Day) -> Result<Vec<(Counted, Counts)>, StoreError> {
    let sql = "SELECT rule, variation, sum(displayed), sum(opened), sum(dismissed), sum(replied), sum(goal), sum(held),
                 sum(held_goal)
               FROM result WHERE site = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY rule, variation ORDER BY rule, variation";
    let mut query = db.prepare_cached(sql).map_err(broken)?;
    let rows = query.query_map(params![site, from.0, to.0], |row| {
        let mut counts = [0; 7];
        for (n, count) in counts.iter_mut().enumerate() {
            *count = row.get(n + 2)?;
        }
        Ok((Counted { rule: row.get(0)?, variation: row.get(1)? }, Counts::from_array(counts)))
    });
    rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
}
