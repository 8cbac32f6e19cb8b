//! What `peers/bench.js` measures, natively and in Wasm.

use crate::{json, machine};
use chinwag_targeting::{Facts, History, Now, Pass, Rules, Signal, compile, decide};
use std::hint::black_box;
use std::rc::Rc;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::*;

const NOW: Now = Now { page: 1000.0, wall: 1_795_165_200_000.0 };

/// Rules, facts and a history that passes are made over.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub struct Bench {
    rules: Rules,
    facts: Facts,
    history: History,
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
impl Bench {
    /// `file`: an engagement file; `facts`: an object of values by dotted path.
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen(constructor))]
    pub fn new(file: &str, facts: &str) -> Bench {
        let compiled = compile(&json(file), Rc::new(machine())).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(compiled.problems.is_empty(), "{:?}", compiled.problems);
        let mut known = Facts::new();
        for (path, value) in json(facts).as_map().unwrap_or(&[]) {
            known.set(path, value.clone());
        }
        Bench { rules: compiled.rules, facts: known, history: History::new() }
    }

    /// Makes `count` passes; the number of decisions.
    pub fn passes(&self, count: u32) -> u32 {
        (0..count).map(|_| black_box(self.pass(&Signal::Page)).decisions.len() as u32).sum()
    }

    /// Makes `count` passes, each on another page than the one before; the number of decisions.
    pub fn moves(&mut self, count: u32) -> u32 {
        let pass = |place| {
            self.facts.set("page.path", if place % 2 == 0 { "/checkout/1" } else { "/checkout/2" });
            self.pass(&Signal::Page).decisions.len() as u32
        };
        (0..count).map(pass).sum()
    }

    /// Makes `count` passes for a signal that no rule mentions; the number of those that looked at a rule.
    pub fn ignored(&self, count: u32) -> u32 {
        (0..count).map(|_| u32::from(!black_box(self.pass(&Signal::Rage)).skipped)).sum()
    }

    /// When a pass asks to be woken, in milliseconds; negative for never.
    pub fn wakes(&self) -> f64 {
        self.pass(&Signal::Page).next_wakeup.unwrap_or(-1.0)
    }
}

impl Bench {
    fn pass(&self, signal: &Signal) -> Pass {
        decide(&self.rules, &self.facts, &self.history, signal, NOW)
    }
}
