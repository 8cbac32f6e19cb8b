//! Any text as an engagement file: the way that `chinwag rules check` and the server take, and then every signal.

#![no_main]

use chinwag_engine_tests::machine;
use chinwag_targeting::{
    Availability, Exit, Facts, History, Now, Outcome, Rules, Signal, Value, check, compile, decide, describe,
    editing::Document, explain, selftest,
};
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;

const NOW: Now = Now { page: 30_000.0, wall: 1_795_165_200_000.0 };

fuzz_target!(|text: &str| {
    let Ok(document) = Document::parse(text) else { return };
    let file = document.value();
    document.repeated();
    let compiled = match compile(&file, Rc::new(machine())) {
        Ok(compiled) => compiled,
        Err(problem) => {
            assert!(!problem.message().is_empty());
            return;
        }
    };
    let rules = compiled.rules;
    for problem in compiled.problems.iter().chain(&check(&file, &rules, NOW)) {
        let place = document.place(&problem.path);
        assert!(place.line >= 1 && place.column >= 1);
        assert!(!problem.message().is_empty() && problem.hint(&file) != Some(String::new()));
    }
    selftest::run_tests(&rules, &file, NOW);
    describe(&rules, &["fr-CA", "en"]);
    let program = rules.write();
    let read = Rules::read(&program, Rc::new(machine())).expect("what was written can be read");
    assert!(read.write() == program, "something is lost on the way to the browser");
    run(&read);
    // The text itself, as a damaged program.
    let _ = Rules::read(text, Rc::new(machine()));
});

/// A visit with a signal of every kind.
fn run(rules: &Rules) {
    let (mut facts, mut history) = (Facts::new(), History::new());
    for (path, value) in [("page.path", "/checkout/2"), ("page.host", "shop.example"), ("visitor.id", "v"), ("a", "b")]
    {
        facts.set(path, value);
    }
    facts
        .set("cart", Value::Map(vec![("value".into(), 120.0.into()), ("items".into(), Value::List(vec![5.0.into()]))]));
    facts.set_running("page.secondsVisible", 0.0, 0.0);
    let mut now = NOW;
    for signal in [
        Signal::Page,
        Signal::Timer { fact: "page.seconds".into(), seconds: 20.0 },
        Signal::Scroll(60.0),
        Signal::Exit(Exit::Pointer),
        Signal::Custom("a".into(), Value::Null),
        Signal::Fact("cart.value".into()),
        Signal::Rage,
        Signal::Agents,
        Signal::Wake,
        Signal::Wake,
    ] {
        explain(rules, &facts, &history, &signal, now);
        let pass = decide(rules, &facts, &history, &signal, now);
        assert_eq!(pass, decide(rules, &facts, &history, &signal, now), "the same question, another answer");
        assert!(pass.decisions.iter().filter(|decision| decision.visible).count() <= 1);
        history.settle(&pass);
        for decision in &pass.decisions {
            assert!(matches!(decision.agents, Availability::Fine | Availability::Assumed | Availability::AwayForm));
            let rule = &rules.rules()[usize::from(decision.rule)];
            for action in rules.actions(decision) {
                action.to_value(&["fr", "en"]);
            }
            history.record(if decision.visible { Outcome::Displayed } else { Outcome::Applied }, rule.id(), now);
        }
        let next = pass.next_wakeup.unwrap_or(now.page + 1000.0);
        assert!(next > now.page, "a timer in the past: {next}");
        now = Now { page: next, wall: now.wall + (next - now.page) };
    }
    let kept = history.to_value();
    History::new().restore(&kept);
}
