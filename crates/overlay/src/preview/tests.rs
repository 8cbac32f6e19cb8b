use std::rc::Rc;

use chinwag_targeting::{Host, LocalTime, Pattern, Rules, Value, compile};

use super::{Shown, Wanted, choices, show};

struct Nowhere;

impl Host for Nowhere {
    fn pattern(&self, _: &str, _: bool) -> Option<Box<dyn Pattern>> {
        None
    }

    fn local_time(&self, _: &str, _: f64) -> Option<LocalTime> {
        None
    }
}

fn rules() -> Rules {
    let file: Value = serde_json::from_str(
        r#"{ "version": 1, "rules": [
          { "id": "tone", "name": "Tone", "experiment": { "key": "tone", "weights": { "control": 0.5, "calm": 0.25, "offer": 0.25 } },
            "do": [{ "notify": { "variant": "calm", "text": "Hello" } }, { "notify": { "variant": "offer", "text": "Half price" } }, { "track": "shown" }] },
          { "id": "away:off", "enabled": false, "do": [{ "teaser": "Hi" }, { "navigate": "/elsewhere" }] },
          { "id": "silent", "do": { "tag": "x" } }
        ] }"#,
    )
    .unwrap();
    let compiled = compile(&file, Rc::new(Nowhere)).unwrap();
    Rules::read(&compiled.rules.write(), Rc::new(Nowhere)).unwrap()
}

fn shown(text: &str) -> Result<Shown, String> {
    let rules = rules();
    show(&rules, &Wanted::parse(text, &rules), &["en"])
}

fn names(shown: &Shown) -> Vec<&str> {
    shown.actions.iter().map(|action| action.as_map().unwrap()[0].0.as_str()).collect()
}

#[test]
fn a_variation_is_shown_alone_and_nothing_is_counted() {
    let offer = shown("tone:offer").unwrap();
    assert_eq!(names(&offer), ["notify"]);
    assert_eq!(offer.actions[0].get("notify").unwrap().get("text").unwrap().as_str(), Some("Half price"));
    assert_eq!(
        (offer.variation.as_deref(), offer.left_out.as_slice()),
        (Some("offer"), &["report \"shown\"".into()][..])
    );
    assert_eq!(shown("tone").unwrap().variation.as_deref(), Some("calm"), "the first that shows something");
    let control = shown("tone:control").unwrap();
    assert!(control.actions.is_empty() && control.remarks == ["It shows nothing."], "{control:?}");
}

#[test]
fn what_is_off_is_shown_and_says_so() {
    let off = shown("away:off").unwrap();
    assert_eq!(names(&off), ["teaser"]);
    assert_eq!(off.left_out, ["go to /elsewhere"], "a preview stays where it is");
    assert_eq!(off.remarks, ["It is switched off in the file: visitors do not see it."]);
}

#[test]
fn what_does_not_exist_is_named() {
    assert_eq!(shown("tune:offer").unwrap_err(), "The published file has no rule `tune`.");
    assert_eq!(shown("tone:ofer").unwrap_err(), "`tone` has no variation `ofer`. It has: control, calm, offer.");
    assert_eq!(shown("silent:a").unwrap_err(), "`silent` has no variation `a`. It has: none.");
}

#[test]
fn every_choice_can_be_shown_again_from_its_text() {
    let rules = rules();
    let all = choices(&rules);
    assert_eq!(all.len(), 5);
    for (wanted, _) in all {
        assert_eq!(Wanted::parse(&wanted.text(), &rules), wanted);
        assert!(show(&rules, &wanted, &[]).is_ok());
    }
}
