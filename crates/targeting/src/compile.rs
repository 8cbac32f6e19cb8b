//! From a document to rules. Never gives up on a file because of one rule: a bad rule switches itself off and says why.

mod actions;
mod audiences;
mod fields;
mod limits;
pub(crate) mod on;
mod outside;
mod place;
mod rule;
pub(crate) mod schedules;
mod slots;

use crate::condition::{Members, Paths, Semantics, View};
use crate::host::Host;
use crate::problem::{At, Code, Expected, Problem, Problems, Severity};
use crate::rules::interest::Interest;
use crate::rules::page::Place;
use crate::rules::{Holdout, Rules, Status, known};
use crate::value::{Value, lookup};
use crate::vocabulary::FEATURES;
use crate::words;
use fields::Map;
pub(crate) use fields::duration;
pub(crate) use outside::opposite_of;
use slots::Slots;
use std::rc::Rc;

/// Largest engagement file, in bytes of JSON. Hosts refuse longer texts before parsing them.
pub const MAX_FILE_BYTES: usize = 256 * 1024;
/// Most rules in a file.
pub const MAX_RULES: usize = 500;
/// Most members of a list.
pub const MAX_LIST: usize = 1_000;
/// Deepest nesting of a rule or an audience.
pub const MAX_DEPTH: usize = 16;

/// The settings at the top of a file. The second half belongs to the interface and is not looked at.
const KEYS: &[&str] = &[
    "$schema",
    "version",
    "revision",
    "name",
    "timeZone",
    "requires",
    "semantics",
    "disabled",
    "attributes",
    "lists",
    "audiences",
    "schedules",
    "limits",
    "holdout",
    "quiet",
    "links",
    "rules",
    "tests",
    "note",
    "publishedAt",
    "appearance",
    "team",
    "greeting",
    "away",
    "contact",
    "texts",
];

/// A compiled file and what is wrong with it.
pub struct Compiled {
    /// The rules; those with errors are switched off.
    pub rules: Rules,
    /// Everything found, in document order within each part.
    pub problems: Vec<Problem>,
}

/// What is shared by the parts of the compiler.
struct Builder<'a> {
    host: &'a dyn Host,
    problems: Problems,
    paths: Paths,
    slots: Slots,
    list_names: Vec<&'a str>,
    audience_names: Vec<&'a str>,
    schedule_names: Vec<&'a str>,
    /// Schedules whose opposite is asked for.
    outside: Vec<u16>,
    /// Schedules and audiences that had errors.
    broken_schedules: Vec<usize>,
    broken_audiences: Vec<usize>,
    groups: Vec<String>,
    /// Hosts that `navigate` may lead to.
    links: Vec<&'a str>,
}

impl<'a> Builder<'a> {
    fn new(host: &'a dyn Host) -> Builder<'a> {
        Builder {
            host,
            problems: Problems::default(),
            paths: Paths::default(),
            slots: Slots::default(),
            list_names: Vec::new(),
            audience_names: Vec::new(),
            schedule_names: Vec::new(),
            outside: Vec::new(),
            broken_schedules: Vec::new(),
            broken_audiences: Vec::new(),
            groups: Vec::new(),
            links: Vec::new(),
        }
    }
}

/// Compiles an engagement file. An error concerns the file as a whole: it is not an object, is of another version, or
/// exceeds a ceiling; the caller keeps the file that it has.
pub fn compile(file: &Value, host: Rc<dyn Host>) -> Result<Compiled, Problem> {
    let entries = whole(file)?;
    let at = At::ROOT;
    let names = |key: &str| -> Vec<&str> {
        let entries = lookup(entries, key).and_then(Value::as_map).unwrap_or(&[]);
        entries.iter().map(|(name, _)| name.as_str()).collect()
    };
    let mut b = Builder::new(&*host);
    b.list_names = names("lists");
    b.audience_names = names("audiences");
    b.schedule_names = names("schedules");
    let start = b.problems.mark();
    for name in known::NAMES {
        b.paths.intern(name);
    }
    let mut file = b.map(entries, &at, KEYS);
    let revision = file.number("revision").unwrap_or(0.0);
    let name = file.text("name").unwrap_or_default();
    let zone = file.text("timeZone").unwrap_or_default();
    file.b.zone(&zone, &at.key("timeZone"));
    let semantics = match file.pick("semantics", &["strict", "reference"]) {
        0 => Semantics::Strict,
        _ => Semantics::Reference,
    };
    let disabled = file.flag("disabled").unwrap_or(false);
    file.b.links = file.strings("links");
    let unmet = file.requires();
    let lists = file.lists();
    file.attributes();
    let audiences = file.audiences();
    let mut schedules = file.schedules(&zone);
    let limits = file.limits();
    let holdout = file.holdout();
    let quiet = Place { include: file.patterns("quiet"), exclude: Vec::new() };
    file.b.problems.close(None, start);
    let mut rules = file.rules();
    if unmet {
        rules.iter_mut().for_each(|rule| rule.status = Status::Unsupported);
    }
    let opposites = b.outside.iter().filter_map(|of| schedules.get(usize::from(*of)).map(outside::outside));
    let opposites: Vec<_> = opposites.collect();
    schedules.extend(opposites);
    let interest = Interest::of(&rules);
    let scroll = b.paths.find(known::SCROLL).unwrap_or(u16::MAX);
    let slots = b.slots.finish(&b.paths, &b.audience_names);
    let (paths, groups, problems) = (b.paths, b.groups, b.problems.found);
    // Two files of one revision differ at least in what their rules are called.
    let bits = revision.to_bits();
    let stamp = {
        let seed = (bits >> 32) as u32 ^ bits as u32;
        rules.iter().fold(seed, |stamp, rule| crate::bucketing::fnv(stamp, &rule.id)) | 1
    };
    let rules = Rules {
        revision,
        name,
        zone,
        semantics,
        disabled,
        stamp,
        paths,
        scroll,
        slots,
        lists,
        audiences,
        schedules,
        limits,
        holdout,
        quiet,
        groups,
        rules,
        interest,
        host,
    };
    Ok(Compiled { rules, problems })
}

/// The entries of a file that can be used at all.
fn whole(file: &Value) -> Result<&[(String, Value)], Problem> {
    let refuse = Problems::refuse;
    let Some(entries) = file.as_map() else {
        let rules = file.as_list().is_some_and(|items| items.iter().any(|item| item.get("do").is_some()));
        return Err(refuse(&At::ROOT, if rules { Code::OneRule } else { Code::NotAnObject }, &[]));
    };
    match lookup(entries, "version") {
        Some(Value::Number(1.0)) => {}
        None if lookup(entries, "do").is_some() && lookup(entries, "rules").is_none() => {
            return Err(refuse(&At::ROOT, Code::OneRule, &[]));
        }
        None => return Err(Problem { subject: "version".into(), ..refuse(&At::ROOT, Code::Missing, &[]) }),
        Some(other) => {
            let at = At::ROOT.key("version");
            return Err(Problem { subject: words::value(View::of(other)), ..refuse(&at, Code::WrongVersion, &[]) });
        }
    }
    // Depth is cut first: the rest of the compiler recurses.
    if file.depth(40) >= 40 {
        return Err(refuse(&At::ROOT, Code::TooDeep, &[]));
    }
    if file.weight() > MAX_FILE_BYTES {
        return Err(refuse(&At::ROOT, Code::TooLarge, &[]));
    }
    let rules = lookup(entries, "rules").and_then(Value::as_list).map_or(0, <[Value]>::len);
    if rules > MAX_RULES {
        return Err(refuse(&At::ROOT.key("rules"), Code::TooMany, &["500 rules"]));
    }
    let lists = lookup(entries, "lists").and_then(Value::as_map).unwrap_or(&[]);
    match lists.iter().find(|(_, list)| list.as_list().is_some_and(|items| items.len() > MAX_LIST)) {
        Some((name, _)) => Err(refuse(&At::ROOT.key("lists").key(name), Code::TooMany, &["1000 members"])),
        None => Ok(entries),
    }
}

impl<'a> Map<'a, '_, '_> {
    /// Is something required that we do not have?
    fn requires(&mut self) -> bool {
        let mut unmet = false;
        let at = self.at.key("requires");
        for (i, feature) in self.strings("requires").into_iter().enumerate() {
            if crate::text::position(FEATURES, feature).is_none() {
                let expected = Expected::one_of(FEATURES);
                self.b.problems.add(Severity::Error, &at.index(i), Code::UnknownRequirement, feature, expected);
                unmet = true;
            }
        }
        unmet
    }

    fn lists(&mut self) -> Vec<Members> {
        let at = self.at.key("lists");
        let mut lists = Vec::new();
        for (name, items) in self.entries("lists") {
            let items = items.as_list();
            if items.is_none() {
                self.b.problems.wrong_type(&at.key(name), &["a list"]);
            }
            lists.push(Members::new(items.unwrap_or(&[])));
        }
        lists
    }

    fn holdout(&mut self) -> Option<Holdout> {
        let at = self.at.key("holdout");
        let mut map = self.child("holdout", &at, &["percent", "seed"])?;
        let share = map.between("percent", 0.0, 100.0)? / 100.0;
        let seed = map.text("seed").unwrap_or_else(|| "holdout".into());
        Some(Holdout { share, seed })
    }
}
