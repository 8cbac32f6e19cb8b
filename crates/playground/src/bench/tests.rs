use std::rc::Rc;

use chinwag_targeting::{ConversationPhase, Exit, Host, LocalTime, Outcome, Pattern, Reason, Severity, Signal};

use super::{
    Bench,
    paint::{Ink, lines, pieces, word},
    recipes::RECIPES,
};

/// Everywhere is UTC.
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
        let minutes = (epoch_ms / 60_000.0).floor() as i64;
        let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440) as u16);
        // The date of a day number, after Hinnant.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * month + 2) / 5 + 1) as u8;
        let month = if month < 10 { month + 3 } else { month - 9 } as u8;
        let year = (year + era * 400 + i64::from(month <= 2)) as i32;
        let weekday = ((days + 3).rem_euclid(7) + 1) as u8;
        Some(LocalTime { year, month, day, weekday, minute })
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
    bench.wait(19.0);
    assert_eq!(reason(&bench, "later"), Reason::NoEvent);
    bench.wait(60.0);
    assert_eq!(reason(&bench, "later"), Reason::Fired, "on the way");
    let verdict = bench.verdict(&[]);
    assert_eq!(verdict.card.unwrap().teaser.as_deref(), Some("Hello"));
    assert_eq!(verdict.rules.iter().find(|rule| rule.id == "later").unwrap().fired_at, Some(20.0));
    bench.wait(10.0);
    assert_eq!(reason(&bench, "later"), Reason::NoEvent, "as it was then");
}

/// A file of one rule, and what is to be seen of it.
fn alone(rule: &str) -> Bench {
    Bench::new(Rc::new(Still), &format!(r#"{{ "version": 1, "rules": [{rule}] }}"#), OPENED)
}

#[test]
fn a_delay_ends_when_time_passes() {
    let mut bench = alone(r#"{ "id": "slow", "on": "rage", "delay": "2s", "do": { "teaser": "Hi" } }"#);
    bench.happens(Signal::Rage);
    assert_eq!(reason(&bench, "slow"), Reason::PendingDelay);
    bench.wait(3.0);
    assert_eq!(reason(&bench, "slow"), Reason::Fired);
    assert!(bench.verdict(&[]).card.is_some());
}

#[test]
fn nobody_answers() {
    let mut bench = alone(r#"{ "id": "sorry", "on": { "no-reply": "60s" }, "do": { "track": "sorry" } }"#);
    let buttons = |bench: &Bench| -> Vec<(String, bool)> {
        bench.buttons().into_iter().map(|button| (button.label, button.pressed)).collect()
    };
    let labels: Vec<String> = buttons(&bench).into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels, ["open the page", "no-reply 1 min", "conversation sent", "conversation received"]);
    bench.wait(10.0);
    let signal = bench.buttons().remove(1).signal;
    bench.happens(signal.clone());
    assert_eq!((bench.seconds(), reason(&bench, "sorry")), (70.0, Reason::Fired), "whoever waits has written");
    assert!(buttons(&bench).contains(&("no-reply 1 min".into(), true)));
    bench.wait(40.0);
    bench.happens(Signal::Conversation(ConversationPhase::Received));
    bench.wait(90.0);
    assert_eq!(reason(&bench, "sorry"), Reason::NoEvent, "somebody answered in time");
    bench.happens(signal);
    assert_eq!((bench.seconds(), reason(&bench, "sorry")), (150.0, Reason::Fired), "again");
}

#[test]
fn points_add_up() {
    let recipe = RECIPES.iter().find(|recipe| recipe.title == "Interest adds up").unwrap();
    let mut bench = Bench::new(Rc::new(Still), recipe.text, OPENED);
    bench.start_over();
    bench.wait(10.0);
    assert_eq!(reason(&bench, "took-the-time"), Reason::Fired);
    assert_eq!(bench.verdict(&[]).known["score"], "3");
    assert!(bench.verdict(&["en"]).deeds.iter().any(|(rule, what)| rule == "took-the-time" && what.contains("add 3")));
    bench.happens(Signal::Scroll(90.0));
    assert_eq!(bench.verdict(&[]).known["score"], "5");
    assert_eq!(reason(&bench, "interested"), Reason::PendingDelay);
    bench.wait(11.0);
    assert_eq!(reason(&bench, "interested"), Reason::Fired);
}

#[test]
fn why_an_exit_led_to_nothing_is_still_told_a_second_later() {
    let mut bench = bench();
    bench.happens(Signal::Exit(Exit::Pointer));
    bench.wait(1.0);
    assert_eq!(reason(&bench, "exit"), Reason::ConditionFalse);
    bench.happens(Signal::Page);
    assert_eq!(reason(&bench, "exit"), Reason::NoEvent, "another page, another story");
}

#[test]
fn a_card_goes_by_itself_when_it_has_expired() {
    let mut bench = alone(r#"{ "id": "brief", "on": "rage", "expires": "5s", "do": { "teaser": "Hi" } }"#);
    bench.happens(Signal::Rage);
    bench.wait(4.0);
    assert!(bench.verdict(&[]).card.is_some());
    bench.wait(5.0);
    assert!(bench.verdict(&[]).card.is_none());
}

#[test]
fn another_visit_is_counted_and_begins_with_fresh_limits() {
    let rule = r#"{ "id": "back", "when": { "visit.number": { "$gte": 2 } }, "do": { "teaser": "Hi" } }"#;
    let mut bench = alone(rule);
    assert_eq!(reason(&bench, "back"), Reason::ConditionFalse);
    bench.come_back(86_400.0);
    assert_eq!(reason(&bench, "back"), Reason::Fired);
    assert_eq!((bench.seconds(), bench.verdict(&[]).known["visit.number"].as_str()), (0.0, "2"));
    bench.answer("back", Outcome::Dismissed);
    bench.come_back(3600.0);
    assert_eq!(reason(&bench, "back"), Reason::Dismissed, "closed within the last day");
}

/// Would catch: a playground that knows more of a visitor than a device may.
#[test]
fn without_consent_every_page_is_the_first() {
    let rule = r#"{ "id": "hi", "on": "page", "limits": { "afterDismiss": "30d" }, "do": { "teaser": "Hi" } }"#;
    let mut bench = alone(rule);
    let closed = |bench: &mut Bench| {
        bench.happens(Signal::Page);
        bench.answer("hi", Outcome::Dismissed);
        bench.come_back(3600.0);
        reason(bench, "hi")
    };
    assert_eq!(closed(&mut bench), Reason::Dismissed);
    assert_eq!(bench.verdict(&[]).known["consent.storage"], "true");
    bench.give("consent.storage", "false");
    assert_eq!(closed(&mut bench), Reason::Fired);
    let again = r#"{ "id": "again", "when": { "visit.isReturning": true }, "do": { "teaser": "Hi" } }"#;
    let mut bench = alone(again);
    bench.give("consent.storage", "false");
    bench.come_back(3600.0);
    assert_eq!(reason(&bench, "again"), Reason::ConditionFalse, "nobody knows that they were here");
    bench.give("consent.storage", "");
    assert_eq!(reason(&bench, "again"), Reason::Fired);
}

#[test]
fn the_log_tells_the_story() {
    let mut bench = bench();
    bench.wait(25.0);
    bench.answer("later", Outcome::Dismissed);
    bench.come_back(7200.0);
    let log = bench.verdict(&[]).log;
    let told: Vec<(Option<f64>, &str)> = log.iter().map(|moment| (moment.at, moment.what.as_str())).collect();
    assert_eq!(
        told,
        [
            (Some(0.0), "/ is opened"),
            (Some(20.0), "later"),
            (Some(25.0), "the card of later is closed"),
            (None, "comes back 2 h later"),
            (Some(0.0), "/ is opened"),
        ]
    );
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

/// What to do at the bench.
enum Do {
    Page(&'static str),
    Give(&'static str, &'static str),
    /// The button of this label.
    Press(&'static str),
    /// So many seconds on the page.
    Wait(f64),
    /// A visitor of whom nothing is known.
    StartOver,
    /// The cross on the card.
    Close,
    ComeBack(f64),
    /// `2026-11-20T10:00:00Z` and this much later, in hours.
    At(f64),
}
use Do::{At, Close, ComeBack, Give, Page, Press, StartOver, Wait};

/// For each rule of each recipe, how somebody makes it fire who has just chosen the recipe.
const SITUATIONS: &[(&str, &str, &[Do])] = &[
    ("The demo shop", "coupon-failed", &[Page("/demo/checkout.html"), Press("custom coupon_failed")]),
    ("The demo shop", "checkout-exit", &[Page("/demo/checkout.html"), Give("cart.value", "46"), Press("exit pointer")]),
    ("The demo shop", "pricing-help", &[Wait(8.0)]),
    ("The demo shop", "garden-settings", &[Page("/demo/app/settings"), Press("timer 4 s visible")]),
    ("The demo shop", "plant-care", &[Page("/demo/product.html"), Press("scroll 70 %")]),
    ("The demo shop", "big-basket", &[Page("/demo/product.html"), Give("cart.value", "180"), Wait(1.0)]),
    ("The demo shop", "welcome-back", &[Page("/demo/"), ComeBack(86_400.0), Press("timer 3 s visible")]),
    ("Hesitates on pricing", "pricing-hesitation", &[]),
    ("Hesitates on pricing", "pricing-hesitation", &[StartOver, Press("return after 10 s")]),
    ("Cart over 80, about to leave", "full-cart-leaving", &[]),
    ("Third visit this week", "third-visit", &[]),
    (
        "Third visit this week",
        "third-visit",
        &[
            Give("visit.number", ""),
            Give("visit.daysSinceFirst", ""),
            ComeBack(86_400.0),
            ComeBack(86_400.0),
            Wait(5.0),
        ],
    ),
    ("Exit on checkout", "checkout-exit", &[]),
    ("Exit on checkout", "checkout-idle", &[Give("device.type", "phone"), StartOver, Press("idle 30 s")]),
    ("Reading a long article", "reader", &[]),
    ("Reading a long article", "reader", &[StartOver, Give("page.scroll", "80"), Wait(45.0)]),
    ("Trouble with a form", "coupon-refused", &[]),
    ("Trouble with a form", "form-refused", &[StartOver, Press("form error"), Wait(1.0)]),
    ("Trouble with a form", "form-refused", &[StartOver, Press("form abandon"), Wait(1.0)]),
    ("Trouble with a form", "form-refused", &[StartOver, Press("rage"), Wait(1.0)]),
    ("Campaign landing", "spring-greeting", &[]),
    ("Office hours and away form", "somebody-is-here", &[]),
    ("Office hours and away form", "nobody-is-here", &[Give("agents.status", "closed")]),
    ("Office hours and away form", "nobody-is-here", &[Give("agents.status", ""), At(13.0)]),
    ("After a dismissal", "first-offer", &[]),
    ("After a dismissal", "soft-offer", &[Close, ComeBack(259_200.0), Wait(5.0)]),
    ("Experiment of two texts", "pricing-tone", &[]),
    ("Interest adds up", "read-to-the-end", &[]),
    ("Interest adds up", "took-the-time", &[Press("timer 10 s visible")]),
    ("Interest adds up", "interested", &[Wait(11.0)]),
];

fn done(bench: &mut Bench, what: &Do) {
    match what {
        Page(path) => bench.set_page(path),
        Give(name, text) => bench.give(name, text),
        Wait(seconds) => bench.wait(*seconds),
        StartOver => bench.start_over(),
        ComeBack(seconds) => bench.come_back(*seconds),
        At(hours) => bench.opened = OPENED + hours * 3_600_000.0,
        Close => {
            let card = bench.verdict(&[]).card.expect("a card to be closed");
            bench.answer(&card.rule, Outcome::Dismissed);
        }
        Press(label) => {
            let buttons = bench.buttons();
            let button = buttons.iter().find(|button| button.label == *label);
            let labels: Vec<&str> = buttons.iter().map(|button| button.label.as_str()).collect();
            bench.happens(button.unwrap_or_else(|| panic!("{label}: {labels:?}")).signal.clone());
        }
    }
}

/// Would catch: a recipe of which somebody at the playground cannot see each rule fire, with the card that belongs to it.
#[test]
fn every_rule_of_every_recipe_can_be_made_to_fire() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recipes");
    assert_eq!(std::fs::read_dir(folder).unwrap().count() + 1, RECIPES.len(), "a recipe is missing in the list");
    for recipe in RECIPES {
        let bench = || Bench::new(Rc::new(Still), recipe.text, OPENED);
        assert_eq!(bench().counts(), (0, 0), "{}: {:?}", recipe.title, bench().findings);
        for rule in bench().rules().unwrap().rules() {
            let mut ways = SITUATIONS.iter().filter(|way| (way.0, way.1) == (recipe.title, rule.id())).peekable();
            assert!(ways.peek().is_some(), "{}: how does one see {}?", recipe.title, rule.id());
            for (_, _, acts) in ways {
                let mut bench = bench();
                acts.iter().for_each(|act| done(&mut bench, act));
                let verdict = bench.verdict(&["en"]);
                let judged = verdict.rules.iter().find(|judged| judged.id == rule.id()).unwrap();
                assert!(judged.fired(), "{}: {}: {:?}", recipe.title, rule.id(), judged.explained);
                if rule.is_visible() {
                    assert_eq!(verdict.card.unwrap().rule, rule.id(), "{}", recipe.title);
                }
            }
        }
        let published = bench().published().unwrap();
        assert!(!published.contains("\"tests\"") && !published.contains("//"), "{published}");
    }
}

/// One in twenty is shown nothing, and the playground says why.
#[test]
fn who_is_held_out_is_told_so() {
    let recipe = RECIPES.iter().find(|recipe| recipe.title == "Experiment of two texts").unwrap();
    let mut bench = Bench::new(Rc::new(Still), recipe.text, OPENED);
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..60 {
        bench.give("visitor.id", &format!("visitor-{number}"));
        let verdict = bench.verdict(&["en"]);
        let variation = verdict.card.and_then(|card| card.variation);
        seen.insert(variation.unwrap_or_else(|| verdict.rules[0].explained.trace.reason.as_str().to_owned()));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["calm", "holdout", "offer"]);
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
    bench.set_page("/pricing");
    assert_eq!(bench.preview_address("offer"), "/pricing?chinwag-preview=offer");
    bench.set_page("https://shop.example/plans?plan=pro#top");
    assert_eq!(bench.preview_address("été & co"), "/plans?plan=pro&chinwag-preview=%C3%A9t%C3%A9%20%26%20co");
}

#[test]
fn a_failing_test_says_what_it_gives_and_expects_and_where_it_stands() {
    let tests = r#", "tests": [
    { "given": { "cart.value": 92, "page.path": "/cart" }, "signal": { "exit": "pointer" }, "expect": { "rule": "exit" } },
    { "given": { "cart.value": 12 }, "signal": { "exit": "pointer" }, "expect": { "rule": "exit", "why": { "later": "fired" } } }
]}"#;
    let text = format!("{}{tests}", RULES.trim_end().trim_end_matches('}'));
    let tested = Bench::new(Rc::new(Still), &text, OPENED).tests();
    let [holds, fails] = tested.as_slice() else { panic!("{tested:?}") };
    assert_eq!(holds.result.failures, Vec::<String>::new());
    assert_eq!(
        (fails.given.as_str(), fails.expected.as_str()),
        ("cart.value 12, exit pointer", "exit fires, later: fired")
    );
    let line = text.lines().position(|line| line.contains("12")).unwrap() + 1;
    assert_eq!(fails.place.map(|place| (place.line, place.column)), Some((line, 5)));
    assert_eq!(fails.result.failures.len(), 2);
}

#[test]
fn a_problem_leads_to_its_word_without_the_quotes() {
    let text = RULES.replace("exit\": \"pointer", "exti\": \"pointer");
    let bench = Bench::new(Rc::new(Still), &text, OPENED);
    let found = &bench.findings[0];
    let row: Vec<char> = text.lines().nth(found.line - 1).unwrap().chars().collect();
    let selected = word(&text, &bench.findings, found.line, found.column);
    assert_eq!(row[selected].iter().collect::<String>(), "exti");
    assert!(word(&text, &bench.findings, 3, 4).is_empty());
}
