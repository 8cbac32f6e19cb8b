//! Every test of the rules runs on what a browser would get: compiled, written and read again.

use crate::host::Native;
use chinwag_targeting::{Compiled, Host, Problem, Rules, Value};
use proptest::prelude::*;
use std::rc::Rc;

/// [`chinwag_targeting::compile`], and then the way to the browser.
pub(crate) fn compile(file: &Value, host: Rc<dyn Host>) -> Result<Compiled, Problem> {
    let Compiled { rules, problems } = chinwag_targeting::compile(file, host.clone())?;
    let program = rules.write();
    let read = Rules::read(&program, host).expect("what was written can be read");
    assert_eq!(read.write(), program, "nothing is lost on the way");
    Ok(Compiled { rules: read, problems })
}

fn demo() -> String {
    let file = crate::json(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/targeting/shop.json")));
    chinwag_targeting::compile(&file, Rc::new(Native)).unwrap().rules.write()
}

#[test]
fn numbers_arrive_as_they_were_written() {
    for number in ["0", "-0", "-0.0", "-1", "0.5", "1073741823", "1073741824", "1e300", "5e-324", "-1e-7"] {
        let file = crate::json(&format!(
            r#"{{"version":1,"attributes":{{"a":{{"type":"number","default":{number}}}}},"rules":[
                {{"id":"r","on":{{"timer":"1s"}},"when":{{"a":{{"$in":[{number}]}}}},"rollout":{{"percent":-0}},"do":[{{"score":{number}}}]}}]}}"#
        ));
        compile(&file, Rc::new(Native)).unwrap();
    }
}

#[test]
fn a_truncated_program_is_refused() {
    let program = demo();
    for end in (0..program.len()).filter(|end| program.is_char_boundary(*end)) {
        assert!(Rules::read(&program[..end], Rc::new(Native)).is_none(), "cut at {end}");
    }
}

#[test]
fn a_program_of_another_format_is_refused() {
    let program = demo();
    assert!(Rules::read(&format!("1{}", &program[1..]), Rc::new(Native)).is_none());
    assert!(Rules::read(&format!("{program}0"), Rc::new(Native)).is_none(), "something follows");
}

proptest! {
    #[test]
    fn a_damaged_program_never_panics_nor_eats_memory(at in 0_usize..4_000, with in "[0-O]{1,6}") {
        let mut program = demo();
        let at = (0..=at % program.len()).rev().find(|at| program.is_char_boundary(*at)).unwrap_or(0);
        program.insert_str(at, &with);
        if let Some(rules) = Rules::read(&program, Rc::new(Native)) {
            // What can be read can also be run.
            let now = chinwag_targeting::Now { page: 0.0, wall: crate::page::START };
            let (facts, history) = Default::default();
            chinwag_targeting::decide(&rules, &facts, &history, &chinwag_targeting::Signal::Page, now);
        }
    }

    #[test]
    fn noise_is_refused(noise in ".{0,200}") {
        prop_assert!(Rules::read(&noise, Rc::new(Native)).is_none());
    }
}
