use std::rc::Rc;

use chinwag_scout::watched::{Judged, Record, Seen};
use chinwag_targeting::{
    Exit, Facts, History, Host, LocalTime, Now, Outcome, Pattern, Reason, Rules, Signal, Value, compile, decide,
    explain_rule, signal_name,
};

use super::{Standing, rows};

/// Everywhere is UTC, and it is a Friday morning.
struct Still;

impl Host for Still {
    fn pattern(&self, _: &str, _: bool) -> Option<Box<dyn Pattern>> {
        None
    }

    fn local_time(&self, _: &str, epoch_ms: f64) -> Option<LocalTime> {
        let minute = ((epoch_ms / 60_000.0) as i64).rem_euclid(1440) as u16;
        Some(LocalTime { year: 2026, month: 11, day: 20, weekday: 5, minute })
    }
}

const RULES: &str = r#"{
  "version": 1,
  "attributes": { "cart.value": { "type": "number", "default": 0 } },
  "rules": [
    { "id": "timed", "on": { "timer": "8s" }, "where": "/pricing", "do": { "badge": 1 } },
    { "id": "leaving", "name": "Leaving", "on": { "exit": "pointer" }, "when": { "cart.value": { "$gte": 80 }, "visit.number": 1 }, "do": { "teaser": "Wait" } },
    { "id": "other", "on": "page", "where": "/elsewhere", "do": { "badge": 2 } },
    { "id": "off", "enabled": false, "do": { "badge": 3 } },
    { "id": "newer", "on": { "telepathy": 1 }, "do": { "badge": 4 } },
    { "id": "coupon", "on": { "custom": "coupon" }, "when": { "signal.code": "SPRING" }, "do": { "badge": 5 } },
    { "id": "always", "when": { "cart.value": { "$gte": 80 } }, "limits": { "perVisit": 1 }, "do": { "tag": "rich" } }
  ]
}"#;

fn rules() -> Rules {
    let file: Value = serde_json::from_str(RULES).unwrap();
    let compiled = compile(&file, Rc::new(Still)).unwrap();
    // As a browser gets them.
    Rules::read(&compiled.rules.write(), Rc::new(Still)).unwrap()
}

struct Page {
    facts: Facts,
    history: History,
    now: Now,
}

fn page() -> Page {
    let mut facts = Facts::new();
    facts.set("page.path", "/pricing");
    facts.set("visit.number", 1.0);
    facts.set("visitor.id", "ada");
    facts.set_running("page.seconds", 0.0, 0.0);
    Page { facts, history: History::new(), now: Now { page: 2000.0, wall: 1_795_168_802_000.0 } }
}

impl Page {
    /// `(standing, reason, near)` of a rule.
    fn row(&self, rules: &Rules, id: &str) -> super::Row {
        self.row_after(rules, id, &Record::default())
    }

    fn row_after(&self, rules: &Rules, id: &str, record: &Record) -> super::Row {
        let Page { facts, history, now } = self;
        let seen = Seen { rules: None, revision: 1.0, facts, history, now: *now, record };
        rows(rules, &seen).into_iter().find(|row| row.id == id).unwrap()
    }

    #[track_caller]
    fn check(&self, rules: &Rules, id: &str, standing: Standing, reason: Reason, near: Option<&str>) {
        let row = self.row(rules, id);
        assert_eq!((row.standing, row.reason, row.near.as_deref()), (standing, reason, near), "{row:?}");
    }
}

#[test]
fn a_rule_that_waits_says_whether_it_would_fire() {
    let (rules, mut page) = (rules(), page());
    page.check(&rules, "timed", Standing::Ready, Reason::NoEvent, Some("would fire in 6 s"));
    page.check(
        &rules,
        "leaving",
        Standing::Kept,
        Reason::ConditionFalse,
        Some("1 of 2 conditions false: cart.value is at least 80 (it is 0)"),
    );
    assert!(page.row(&rules, "leaving").detail.iter().any(|line| line.contains("<- decides")));
    page.facts.set("cart.value", 92.0);
    page.check(&rules, "leaving", Standing::Ready, Reason::NoEvent, Some("would fire"));
    page.facts.set("visit.number", Value::Null);
    page.check(
        &rules,
        "leaving",
        Standing::Kept,
        Reason::ConditionUnknown,
        Some("0 of 2 conditions false, 1 unknown: visit.number is 1 (it is missing)"),
    );
}

#[test]
fn other_pages_and_what_cannot_run_are_told_apart() {
    let (rules, page) = (rules(), page());
    page.check(&rules, "other", Standing::Elsewhere, Reason::PageNotIncluded, None);
    page.check(&rules, "off", Standing::Off, Reason::Disabled, None);
    page.check(&rules, "newer", Standing::Off, Reason::Unsupported, None);
}

#[test]
fn looking_changes_nothing() {
    let (rules, mut page) = (rules(), page());
    page.facts.set("cart.value", 92.0);
    page.check(&rules, "always", Standing::Fired, Reason::Fired, None);
    page.check(&rules, "always", Standing::Fired, Reason::Fired, None);
    // The real pass, and what the page makes of it.
    let pass = decide(&rules, &page.facts, &page.history, &Signal::Page, page.now);
    page.history.settle(&pass);
    page.history.record(Outcome::Applied, "always", page.now);
    let row = page.row(&rules, "always");
    assert_eq!((row.standing, row.reason), (Standing::Fired, Reason::Fired));
    assert!(row.again.is_some(), "but not once more: {row:?}");
    // A timer that has passed is no longer waited for.
    page.now = Now { page: 9000.0, wall: page.now.wall + 7000.0 };
    let pass = decide(&rules, &page.facts, &page.history, &Signal::Wake, page.now);
    assert_eq!(pass.decisions.len(), 1, "the timer");
    page.history.settle(&pass);
    let row = page.row(&rules, "timed");
    assert_eq!(row.sentence, "What it waits for has come already on this page.");
}

/// A pass, and the record that it leaves.
fn passes(page: &mut Page, rules: &Rules, signal: &Signal, displayed: &str) -> Record {
    let pass = decide(rules, &page.facts, &page.history, signal, page.now);
    let judged = (0..rules.rules().len()).map(|index| {
        let explained = explain_rule(rules, &page.facts, &page.history, signal, page.now, &pass, index)?;
        let heard = explained.trace.reason != Reason::NoEvent;
        heard.then(|| Judged { signal: signal_name(signal), at: page.now.page, explained })
    });
    let record = Record { judged: judged.collect(), ..Record::default() };
    page.history.settle(&pass);
    if !displayed.is_empty() {
        page.history.record(Outcome::Displayed, displayed, page.now);
    }
    page.now = Now { page: page.now.page + 3000.0, wall: page.now.wall + 3000.0 };
    record
}

/// What has happened counts: a rule whose card is on screen fired, whatever would become of its signal now.
#[test]
fn a_rule_that_fired_stays_so_though_its_own_card_spent_the_limit() {
    let (rules, mut page) = (rules(), page());
    page.facts.set("cart.value", 92.0);
    let exit = Signal::Exit(Exit::Pointer);
    let record = passes(&mut page, &rules, &exit, "leaving");
    let row = page.row_after(&rules, "leaving", &record);
    assert_eq!((row.standing, row.reason), (Standing::Fired, Reason::Fired), "{row:?}");
    assert!(row.again.is_some_and(|(reason, _)| reason != Reason::Fired));
    // The pointer leaves once more: what was shown is still what happened.
    let record = passes(&mut page, &rules, &exit, "");
    let row = page.row_after(&rules, "leaving", &record);
    assert_eq!((row.standing, row.reason), (Standing::Fired, Reason::Fired), "{row:?}");
    assert_ne!(row.last.map(|last| last.reason), Some(Reason::Fired));
}

/// A timer passes once. What kept the rule then is its reason, and a rule for another page stays one.
#[test]
fn what_kept_a_rule_when_its_timer_passed_is_its_reason() {
    let (rules, mut page) = (rules(), page());
    page.history.record(Outcome::Displayed, "leaving", page.now);
    page.now = Now { page: 9000.0, wall: page.now.wall + 7000.0 };
    let record = passes(&mut page, &rules, &Signal::Wake, "");
    let row = page.row_after(&rules, "timed", &record);
    assert!(!matches!(row.reason, Reason::NoEvent | Reason::Fired), "{row:?}");
    assert_eq!(row.standing, Standing::Kept);
    page.facts.set("page.path", "/");
    page.history = History::new();
    let record = passes(&mut page, &rules, &Signal::Wake, "");
    let row = page.row_after(&rules, "timed", &record);
    assert_eq!((row.standing, row.reason), (Standing::Elsewhere, Reason::PageNotIncluded), "{row:?}");
}

/// What the overlay says of a rule must be what the page then does.
#[test]
fn would_fire_means_that_it_does() {
    let (rules, mut page) = (rules(), page());
    let near = page.row(&rules, "timed").near.unwrap();
    assert_eq!(near, "would fire in 6 s");
    let pass = decide(&rules, &page.facts, &page.history, &Signal::Page, page.now);
    page.history.settle(&pass);
    page.now = Now { page: 8000.0, wall: page.now.wall + 6000.0 };
    let pass = decide(&rules, &page.facts, &page.history, &Signal::Wake, page.now);
    let fired: Vec<&str> =
        pass.decisions.iter().map(|decision| rules.rules()[usize::from(decision.rule)].id()).collect();
    assert_eq!(fired, ["timed"]);
}

/// Would catch: a rule that asks for the data of its signal and is said to be unanswerable, whatever came with it.
#[test]
fn a_rule_that_asks_for_the_data_of_a_signal_goes_by_what_came() {
    let (rules, mut page) = (rules(), page());
    let row = page.row(&rules, "coupon");
    assert_eq!((row.standing, row.reason), (Standing::Kept, Reason::NoEvent), "{row:?}");
    assert_eq!(row.sentence, "It asks for what comes with the signal.");
    let coupon = |code: &str| Signal::Custom("coupon".into(), Value::Map(vec![("code".into(), code.into())]));
    let record = passes(&mut page, &rules, &coupon("WINTER"), "");
    let row = page.row_after(&rules, "coupon", &record);
    assert_eq!((row.standing, row.reason), (Standing::Kept, Reason::ConditionFalse), "{row:?}");
    assert!(row.detail.iter().any(|line| line.contains("WINTER")), "{row:?}");
    let record = passes(&mut page, &rules, &coupon("SPRING"), "");
    let row = page.row_after(&rules, "coupon", &record);
    assert_eq!((row.standing, row.reason), (Standing::Fired, Reason::Fired), "{row:?}");
}
