//! One rule: what it would do, what keeps it, and what it has done.

use chinwag_scout::watched::{Judged, Seen};
use chinwag_targeting::{Explained, Now, Reason, Rule, Rules, Signal, decide, describe_triggers, span, usage};

use super::{Row, Standing, of_last};

/// `waiting`: nothing of what it waits for happens now. `explained`: what becomes of it with the best signal, and now.
pub(super) fn row(
    rules: &Rules,
    rule: &Rule,
    index: usize,
    seen: &Seen<'_>,
    waiting: bool,
    explained: Option<(Explained, Explained)>,
) -> Row {
    let last = seen.record.judged.get(index).and_then(Option::as_ref);
    let mut row = Row {
        id: rule.id().into(),
        name: rule.name().into(),
        standing: Standing::Off,
        reason: Reason::NoEvent,
        sentence: String::new(),
        detail: Vec::new(),
        near: None,
        again: None,
        waits: describe_triggers(rule),
        last: last.map(|judged| of_last(judged, seen.now)),
    };
    let Some((best, now)) = explained else { return row };
    // A signal that is tried has no data: what came with the real one is what counts, and before it there is nothing to say.
    let asks_for_data = asks_for_data(rules, &best);
    let best = match asks_for_data {
        true => last.map_or_else(|| now.clone(), |judged| judged.explained.clone()),
        false => best,
    };
    let ready = waiting && best.trace.reason == Reason::Fired;
    tell(&mut row, if ready { &now } else { &best });
    let fired = last.filter(|judged| judged.explained.trace.reason == Reason::Fired);
    let has_fired = fired.is_some() || is_shown(rules, seen, index);
    if has_fired && spent(row.reason) {
        let sentence = std::mem::take(&mut row.sentence);
        // What it waits for is told anyway.
        row.again = (row.reason != Reason::NoEvent || rule.triggers().is_empty()).then_some((row.reason, sentence));
        match fired {
            Some(judged) => tell(&mut row, &judged.explained),
            None => {
                row.reason = Reason::Fired;
                row.sentence = "It has fired on this page already.".into();
            }
        }
    } else if row.reason == Reason::NoEvent && !ready {
        match last {
            Some(judged) => tell_last(&mut row, judged, seen.now),
            None if asks_for_data => row.sentence = "It asks for what comes with the signal.".into(),
            None if !rule.triggers().is_empty() => {
                row.sentence = "What it waits for has come already on this page.".into();
            }
            None => {}
        }
    }
    row.standing = match row.reason {
        Reason::Disabled | Reason::Unsupported | Reason::Invalid => Standing::Off,
        Reason::PageExcluded | Reason::PageNotIncluded => Standing::Elsewhere,
        Reason::Fired => Standing::Fired,
        Reason::NoEvent if ready => Standing::Ready,
        _ => Standing::Kept,
    };
    if !matches!(row.standing, Standing::Off | Standing::Elsewhere) {
        let wait = now.trace.wake_in.or(best.trace.wake_in);
        let wait = wait.map(|wait| near(rules, seen, index, wait));
        // When a schedule closes is of no interest beside what was shown.
        let wait = wait.filter(|near| row.standing != Standing::Fired || near.starts_with("would"));
        row.near = wait.or_else(|| missing(&row.detail)).or(row.near);
        if row.near.is_none() && ready {
            row.near = Some(if has_fired { "would fire again" } else { "would fire" }.into());
        }
    }
    row
}

/// Is what decides something that comes with the signal?
fn asks_for_data(rules: &Rules, explained: &Explained) -> bool {
    let fact = explained.trace.fact.and_then(|fact| rules.paths().nth(fact.into()));
    fact.is_some_and(|name| name.starts_with("signal."))
}

fn tell(row: &mut Row, explained: &Explained) {
    row.reason = explained.trace.reason;
    row.sentence.clone_from(&explained.sentence);
    row.detail.clone_from(&explained.detail);
    row.detail.retain(|line| !line.starts_with("may change in ") && !line.starts_with("stays so for "));
}

/// Its signal came, and is not to be expected again: what it brought is how the rule stands.
fn tell_last(row: &mut Row, judged: &Judged, now: Now) {
    tell(row, &judged.explained);
    row.near = Some(format!("at {}, {}", judged.signal, super::ago(now.page - judged.at)));
}

/// Was it shown, or carried out, on this page?
fn is_shown(rules: &Rules, seen: &Seen<'_>, index: usize) -> bool {
    usage(rules, seen.history, seen.now).iter().any(|usage| usage.rule == Some(index) && usage.page.used > 0.0)
}

/// What a rule brings upon itself by firing.
fn spent(reason: Reason) -> bool {
    use Reason::{CapDay, CapEver, CapGlobal, CapPage, CapVisit, Cooldown, NoEvent};
    matches!(reason, NoEvent | CapPage | CapVisit | CapDay | CapEver | CapGlobal | Cooldown)
}

/// What the passing of time would bring.
fn near(rules: &Rules, seen: &Seen<'_>, index: usize, wait: f64) -> String {
    let wait = wait.ceil();
    let then = Now { page: seen.now.page + wait, wall: seen.now.wall + wait };
    let pass = decide(rules, seen.facts, seen.history, &Signal::Wake, then);
    let fires = pass.decisions.iter().any(|decision| usize::from(decision.rule) == index);
    // Whole seconds: a number that trembles cannot be read.
    let wait = if wait >= 1000.0 { (wait / 1000.0).ceil() * 1000.0 } else { wait };
    format!("{} in {}", if fires { "would fire" } else { "may change" }, span(wait))
}

/// `1 of 5 conditions false: cart.value is at least 80 (it is 12)`
fn missing(detail: &[String]) -> Option<String> {
    let leaf = detail.iter().find_map(|line| line.strip_suffix("  <- decides"));
    // Behind `[no ] `.
    let leaf = leaf.and_then(|leaf| leaf.trim_start().get(6..));
    let count = detail.first().filter(|line| line.contains(" conditions false") && !line.contains(" of 1 "));
    let count = count.map(|line| line.strip_suffix(", 0 unknown").unwrap_or(line));
    match (count, leaf) {
        (Some(count), Some(leaf)) => Some(format!("{count}: {leaf}")),
        (count, leaf) => count.or(leaf).map(String::from),
    }
}
