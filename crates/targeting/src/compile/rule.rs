//! One rule, from its object.

use super::fields::Map;
use super::{Builder, MAX_DEPTH, on, outside};
use crate::bucketing;
use crate::problem::{At, Code, Mark};
use crate::rules::calendar::{Moment, moment};
use crate::rules::{Agents, Experiment, Goal, IfUnknown, Need, Rule, Status};
use crate::value::Value;

const KEYS: &[&str] = &[
    "id",
    "name",
    "note",
    "enabled",
    "priority",
    "group",
    "from",
    "until",
    "on",
    "where",
    "when",
    "audience",
    "schedule",
    "agents",
    "rollout",
    "experiment",
    "limits",
    "delay",
    "expires",
    "do",
    "goal",
    "requires",
];

impl<'a> Map<'a, '_, '_> {
    pub(super) fn rules(&mut self) -> Vec<Rule> {
        let at = self.at.key("rules");
        let mut rules: Vec<Rule> = Vec::new();
        for (index, value) in self.items("rules").iter().enumerate() {
            let at = at.index(index);
            let mark = self.b.problems.mark();
            let mut rule = self.b.rule(index, value, &at, mark);
            let again = rules.iter().any(|other| other.id == rule.id);
            if again {
                self.b.problems.error(&at.key("id"), Code::DuplicateId, &rule.id);
                rule.status = Status::Invalid;
            }
            self.b.problems.close(Some(index), mark);
            // Behind all of its priority, so that those stay in file order. One whose id is taken comes last: who
            // looks for the id finds the rule that has it.
            let place = rules.iter().position(|other| !again && other.priority < rule.priority).unwrap_or(rules.len());
            rules.insert(place, rule);
        }
        rules
    }

    fn moment(&mut self, key: &str, end: bool) -> Option<Moment> {
        let text = self.str(key)?;
        let moment = moment(text, end);
        if moment.is_none() {
            self.b.problems.error(&self.at.key(key), Code::BadDate, text);
        }
        moment
    }

    fn group(&mut self) -> Option<u16> {
        let name = self.str("group")?;
        let groups = &mut self.b.groups;
        let known = groups.iter().position(|group| group == name);
        Some(known.unwrap_or_else(|| {
            groups.push(crate::text::own(name));
            groups.len() - 1
        }) as u16)
    }

    fn agents(&mut self) -> Option<Agents> {
        let at = self.at.key("agents");
        let mut map = self.child("agents", &at, &["team", "need", "ifUnknown"])?;
        let team = map.text("team");
        let mut path = crate::text::own("agents.");
        if let Some(team) = &team {
            path.push_str(team);
            path.push('.');
        }
        path.push_str("status");
        let need = match map.pick("need", on::NEEDS) {
            0 => Need::Available,
            1 => Need::Online,
            2 => Need::Closed,
            _ => Need::Any,
        };
        let if_unknown = match map.pick("ifUnknown", &["schedule", "show", "hide", "away-form"]) {
            0 => IfUnknown::Schedule,
            1 => IfUnknown::Show,
            2 => IfUnknown::Hide,
            _ => IfUnknown::AwayForm,
        };
        let (slot, all) = (map.b.paths.intern(&path), map.b.paths.intern("agents.status"));
        Some(Agents { slot, all, team, need, if_unknown })
    }

    fn rollout(&mut self) -> f64 {
        let at = self.at.key("rollout");
        let map = self.child("rollout", &at, &["percent"]);
        map.and_then(|mut map| map.between("percent", 0.0, 100.0)).map_or(1.0, |percent| percent / 100.0)
    }

    fn experiment(&mut self) -> Option<Experiment> {
        let at = self.at.key("experiment");
        let mut map = self.child("experiment", &at, &["key", "weights", "coverage"])?;
        let key = map.needed("key")?;
        let coverage = map.between("coverage", 0.0, 1.0).unwrap_or(1.0);
        let at = at.key("weights");
        let (mut variations, mut weights) = (Vec::new(), Vec::new());
        for (name, weight) in map.entries("weights") {
            match weight.as_f64().filter(|weight| *weight >= 0.0) {
                Some(weight) => {
                    if !(0.0..=1.0).contains(&weight) {
                        map.b.problems.bounds(&at.key(name), 0.0, 1.0);
                    }
                    variations.push(crate::text::own(name));
                    weights.push(weight);
                }
                None => map.b.problems.wrong_type(&at.key(name), &["a share from 0 to 1"]),
            }
        }
        if map.get("weights").is_none_or(|weights| weights.as_map().is_some_and(<[_]>::is_empty)) {
            map.b.problems.missing(map.at, "weights");
        }
        let ranges = bucketing::bucket_ranges(variations.len() as i32, coverage, Some(&weights));
        Some(Experiment { key, variations, ranges })
    }

    fn goal(&mut self) -> Option<Goal> {
        let at = self.at.key("goal");
        let mut map = self.child("goal", &at, &["signal", "within"])?;
        let signal = map.needed("signal")?;
        Some(Goal { signal, within: map.lasting("within", 86_400_000.0) })
    }
}

impl<'a> Builder<'a> {
    fn rule(&mut self, index: usize, value: &'a Value, at: &At<'_>, mark: Mark) -> Rule {
        let entries = value.as_map();
        if entries.is_none() {
            self.problems.wrong_type(
                at,
                &["a rule such as `{ \"id\": \"help\", \"do\": { \"notify\": { \"text\": \"Can we help?\" } } }`"],
            );
        }
        if value.depth(MAX_DEPTH + 8) >= MAX_DEPTH + 8 {
            self.problems.error(at, Code::TooDeep, "");
        }
        let mut map = self.map(entries.unwrap_or(&[]), at, KEYS);
        map.requires();
        let id = map.needed("id").filter(|id| !id.is_empty()).unwrap_or_else(|| {
            let mut id = crate::text::own("#");
            id.push_str(&crate::number::integer(index as u64));
            id
        });
        let when = map.get("when").and_then(|when| map.b.condition(when, &at.key("when")));
        let enabled = map.flag("enabled").unwrap_or(true);
        let mut rule = Rule {
            id,
            name: map.text("name").unwrap_or_default(),
            index,
            status: Status::Ready,
            priority: map.number("priority").unwrap_or(0.0),
            group: map.group(),
            from: map.moment("from", false),
            until: map.moment("until", true),
            on: map.on(),
            place: map.place(),
            when,
            audience: map.crowd(),
            schedule: map.schedule(),
            agents: map.agents(),
            rollout: map.rollout(),
            experiment: map.experiment(),
            limits: map.rule_limits(),
            delay: map.lasting("delay", 0.0),
            expires: map.duration("expires"),
            actions: map.actions(),
            goal: map.goal(),
        };
        if entries.is_none() {
            self.problems.only_first_since(mark);
        }
        let opposite = rule.schedule.is_some_and(|number| self.is_opposite(number));
        if let Some(agents) = rule.agents.as_mut().filter(|_| opposite) {
            outside::guess(agents);
        }
        rule.status = match self.problems.verdict(mark) {
            Some(status) => status,
            None if !enabled => Status::Disabled,
            None => Status::Ready,
        };
        rule
    }
}
