use std::rc::Rc;

use chinwag_targeting::{Exit, Host, LocalTime, Outcome, Pattern, Reason, Severity, Signal};

use super::{
    Bench,
    paint::{Ink, lines, pieces},
    recipes::RECIPES,
};

/// Everywhere is UTC, and it is a Friday.
struct Still;

struct Contains(String);

impl Pattern for Contains {
    fn is_match(&self, text: &str) -> bool {
        text.contains(&self.0)
    }
}

impl Host for Still {
    fn pattern(&self, source: &str, _: bool) -> Option<Box<dyn Pattern>> {
        // Enough for `^spring-20[0-9]{2}$`.
        Some(Box::new(Contains(source.trim_start_matches('^').split('[').next()?.into())))
    }

    fn local_time(&self, _: &str, epoch_ms: f64) -> Option<LocalTime> {
        let minute = ((epoch_ms / 60_000.0) as i64).rem_euclid(1440) as u16;
        Some(LocalTime { year: 2026, month: 11, day: 20, weekday: 5, minute })
    }
}

/// 2026-11-20T10:00:00Z.
const OPENED: f64 = 1_795_168_800_000.0;

const RULES: &str = r#"{
  "version": 1,
  "attributes": { "cart.value": { "type": "number", "default": 0 } },
  "rules": [
    { "id": "exit", "on": { "exit": "pointer" }, "when": { "cart.value": { "$gte": 80 } }, "do": { "notify": { "from": "Mia", "text": { "en": "Wait", "fr": "Attendez" }, "replies": ["Yes"] } } },
    { "id": "later", "on": { "timer": "20s" }, "do": { "teaser": "Hello" } }
  ]
}"#;

fn bench() -> Bench {
    Bench::new(Rc::new(Still), RULES, OPENED)
}

fn reason(bench: &Bench, id: &str) -> Reason {
    let verdict = bench.verdict(&["en"]);
    verdict.rules.iter().find(|rule| rule.id == id).unwrap().explained.trace.reason
}

#[test]
fn a_fact_that_is_typed_decides_at_once() {
    let mut bench = bench();
    bench.happens(Signal::Exit(Exit::Pointer));
    assert_eq!(reason(&bench, "exit"), Reason::ConditionFalse);
    bench.give("cart.value", "92");
    assert_eq!(reason(&bench, "exit"), Reason::Fired);
    let card = bench.verdict(&["fr"]).card.unwrap();
    assert_eq!(card.notification.unwrap().text, "Attendez");
    bench.give("cart.value", "");
    assert_eq!(reason(&bench, "exit"), Reason::ConditionFalse, "the default counts again");
}

#[test]
fn time_that_passes_fires_a_timer() {
    let mut bench = bench();
    bench.seconds = 19.0;
    assert_eq!(reason(&bench, "later"), Reason::NoEvent);
    bench.seconds = 20.0;
    assert_eq!(reason(&bench, "later"), Reason::Fired);
    assert_eq!(bench.verdict(&[]).card.unwrap().teaser.as_deref(), Some("Hello"));
}

#[test]
fn what_was_shown_counts_for_what_comes_next() {
    let mut bench = bench();
    bench.give("cart.value", "92");
    bench.happens(Signal::Exit(Exit::Pointer));
    assert_eq!(reason(&bench, "exit"), Reason::Fired);
    bench.answer("exit", Outcome::Dismissed);
    bench.happens(Signal::Page);
    bench.happens(Signal::Exit(Exit::Pointer));
    assert_eq!(reason(&bench, "exit"), Reason::Dismissed);
    bench.start_over();
    bench.happens(Signal::Exit(Exit::Pointer));
    assert_eq!(reason(&bench, "exit"), Reason::Fired);
}

#[test]
fn a_typo_is_marked_and_the_last_good_rules_stay() {
    let mut bench = bench();
    bench.edit(&RULES.replace("\"exit\": \"pointer\"", "\"exti\": \"pointer\""));
    assert_eq!(bench.counts(), (1, 0));
    let lines = lines(bench.text(), &bench.findings);
    let mark = &lines[4].marks[0];
    let marked: String = lines[4].text.chars().skip(mark.from).take(mark.to - mark.from).collect();
    assert_eq!(
        (marked.as_str(), mark.severity, mark.hint.as_deref()),
        ("\"exti\"", Severity::Error, Some("did you mean `exit`?"))
    );
    assert_eq!(reason(&bench, "exit"), Reason::Unsupported, "the rule is off, the file is not");
    let mistakes = &bench.verdict(&[]).rules[0].mistakes;
    assert!(mistakes.len() == 1 && mistakes[0].0 == 5 && mistakes[0].1.contains("`exti`"), "{mistakes:?}");
    bench.edit("{ \"version\": 1, ");
    assert!(!bench.current && bench.published().is_none());
    assert_eq!(bench.verdict(&[]).rules.len(), 2, "the last file that could be read");
}

#[test]
fn every_recipe_fires_in_the_situation_that_it_comes_with() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recipes");
    assert_eq!(std::fs::read_dir(folder).unwrap().count() + 1, RECIPES.len(), "a recipe is missing in the list");
    for recipe in RECIPES {
        let mut bench = Bench::new(Rc::new(Still), recipe.text, OPENED);
        assert_eq!(bench.counts(), (0, 0), "{}: {:?}", recipe.title, bench.findings);
        let mut fired = false;
        for button in bench.buttons() {
            bench.start_over();
            (bench.signal, bench.seconds) = (button.signal, 60.0);
            fired |= bench.verdict(&["en"]).rules.iter().any(super::Judged::fired);
        }
        assert!(fired || recipe.title == "Campaign landing", "{}", recipe.title);
        let published = bench.published().unwrap();
        assert!(!published.contains("\"tests\"") && !published.contains("//"), "{published}");
    }
}

#[test]
fn colours_follow_the_language() {
    let line = r#"  "a": "b", // "c""#;
    let (found, open) = pieces(line, false);
    let inks: Vec<Ink> = found.iter().map(|piece| piece.0).collect();
    assert_eq!(inks, [Ink::Plain, Ink::Key, Ink::Plain, Ink::Text, Ink::Plain, Ink::Comment]);
    assert!(!open);
    assert_eq!(pieces("/* a", false), (vec![(Ink::Comment, "/* a".into())], true));
    assert_eq!(pieces("b */ 1.5", true).0[2], (Ink::Number, "1.5".into()));
    let whole: String = pieces(r#"{ "é\"": tru"#, false).0.into_iter().map(|piece| piece.1).collect();
    assert_eq!(whole, r#"{ "é\"": tru"#, "nothing is lost");
}

#[test]
fn a_preview_address_is_one_whatever_the_page_and_the_name() {
    let mut bench = Bench::new(Rc::new(Still), RULES, OPENED);
    bench.page = "/pricing".into();
    assert_eq!(bench.preview_address("offer"), "/pricing?chinwag-preview=offer");
    bench.page = "/plans?plan=pro".into();
    assert_eq!(bench.preview_address("été & co"), "/plans?plan=pro&chinwag-preview=%C3%A9t%C3%A9%20%26%20co");
}
