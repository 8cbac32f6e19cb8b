//! Lints of rules and of what they do to one another.

use super::Lints;
use crate::action::Action;
use crate::problem::{At, Code, Expected, Severity};
use crate::rules::calendar::Moment;
use crate::rules::page::PageTest;
use crate::rules::{Rule, Status};
use crate::value::Value;
use crate::{describe, words};

impl<'a> Lints<'a> {
    pub(super) fn rule(&mut self, rule: &'a Rule) {
        let rules = At::ROOT.key("rules");
        let at = rules.index(rule.index);
        if let Some(node) = &rule.when {
            let when = self.source(rule).and_then(|rule| rule.get("when")).unwrap_or(&Value::Null);
            self.condition(node, when, &at.key("when"));
        }
        for pattern in rule.place.include.iter().chain(&rule.place.exclude) {
            if let PageTest::Regex(regex) = &pattern.test {
                self.pattern(regex, &at.key("where"));
            }
        }
        if self.source(rule).and_then(|rule| rule.get("id")).and_then(Value::as_str) == Some("") {
            self.warn(&at.key("id"), Code::Missing, "id");
        }
        self.period(rule, &at);
        self.limits(rule, &at);
        self.variants(rule, &at);
        self.nobody(rule, &at);
        self.weights(rule, &at);
        self.comparison(rule, &at);
        self.empty_settings(rule, &at);
        self.team(rule, &at);
    }

    /// Whether anybody is there is told for the site as a whole, so of one team it is never known, unless the site says so.
    fn team(&mut self, rule: &Rule, at: &At<'_>) {
        if let Some(team) = rule.agents.as_ref().and_then(|agents| agents.team.as_ref())
            && self.declared(&["agents.", team, ".status"].concat()).is_none()
        {
            self.warn(&at.key("agents").key("team"), Code::TeamUnknown, team);
        }
    }

    /// Slots that leave nobody and nowhere.
    fn nobody(&mut self, rule: &Rule, at: &At<'_>) {
        let (include, exclude) = (&rule.place.include, &rule.place.exclude);
        let everywhere = |source: &str| matches!(source, "*" | "/*" | "/**" | "**");
        let barred = |source: &str| exclude.iter().any(|other| other.source == source || everywhere(&other.source));
        let nowhere = if include.is_empty() {
            exclude.iter().any(|pattern| everywhere(&pattern.source))
        } else {
            include.iter().all(|pattern| barred(&pattern.source))
        };
        if nowhere {
            self.warn(&at.key("where"), Code::Contradiction, "where");
        }
        let crowd = &rule.audience;
        let both = |index: &&u16| crowd.none.contains(index);
        let any = !crowd.any.is_empty() && crowd.any.iter().all(|index| both(&index));
        if any || crowd.all.iter().any(|index| both(&index)) {
            self.warn(&at.key("audience"), Code::Contradiction, "audience");
        }
        if rule.rollout == 0.0 {
            self.warn(&at.key("rollout"), Code::Contradiction, "rollout");
        }
    }

    /// The rule as it stands in the file.
    fn source(&self, rule: &Rule) -> Option<&'a Value> {
        let file = self.file;
        file.get("rules")?.as_list()?.get(rule.index)
    }

    /// Lists without members, which narrow nothing: the rule fires more often than it looks.
    fn empty_settings(&mut self, rule: &Rule, at: &At<'_>) {
        let source = self.source(rule);
        for key in ["on", "where"] {
            let list = source.and_then(|rule| rule.get(key)).and_then(Value::as_list);
            if list.is_some_and(<[_]>::is_empty) {
                self.warn(&at.key(key), Code::EmptySetting, key);
            }
        }
    }

    /// An experiment in which all visitors see the same.
    fn comparison(&mut self, rule: &Rule, at: &At<'_>) {
        let at = at.key("experiment");
        let of_one = |action: &Action| matches!(action, Action::Deed(deed) if deed.variant().is_some());
        let source = self.source(rule).and_then(|rule| rule.get("experiment")).and_then(|it| it.get("weights"));
        let whole = source.and_then(Value::as_map).is_some_and(|all| all.len() == rule.variations().len());
        match rule.variations() {
            _ if !whole => {}
            [only] => self.warn(&at.key("weights"), Code::OneVariation, only),
            [first, ..] if !rule.actions.iter().any(of_one) => self.warn(&at, Code::SameForAll, first),
            _ => {}
        }
    }

    /// Shares that do not add up are replaced by equal ones, which is hardly meant.
    fn weights(&mut self, rule: &Rule, at: &At<'_>) {
        let source = self.source(rule);
        let weights = source.and_then(|rule| rule.get("experiment")).and_then(|it| it.get("weights"));
        let Some(weights) = weights.and_then(Value::as_map) else { return };
        if weights.iter().any(|(_, share)| !share.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share))) {
            return; // told as an error already
        }
        let sum: f64 = weights.iter().filter_map(|(_, share)| share.as_f64()).sum();
        if !weights.is_empty() && !(0.99..=1.01).contains(&sum) {
            let sum = crate::number::print((sum * 1000.0).round() / 1000.0);
            self.warn(&at.key("experiment").key("weights"), Code::BadWeights, &sum);
        }
    }

    fn period(&mut self, rule: &Rule, at: &At<'_>) {
        let minutes = |moment: Moment| match moment {
            Moment::Local(minutes) => minutes,
            Moment::Instant(ms) => ms / 60_000.0,
        };
        if let (Some(from), Some(until)) = (rule.from, rule.until) {
            // Local times and instants are at most a day apart.
            let slack = if std::mem::discriminant(&from) == std::mem::discriminant(&until) { 0.0 } else { 1440.0 };
            if minutes(from) >= minutes(until) + slack {
                self.warn(&at.key("until"), Code::Contradiction, "from and until");
            }
        }
        let Some(until) = rule.until else { return };
        let over = match until {
            Moment::Instant(ms) => self.now.wall >= ms,
            Moment::Local(minutes) => {
                let now = self.rules.host.local_time(&self.rules.zone, self.now.wall);
                now.is_some_and(|now| now.minutes() >= minutes)
            }
        };
        if over {
            self.warn(&at.key("until"), Code::Expired, &describe::end(until));
        }
    }

    fn limits(&mut self, rule: &Rule, at: &At<'_>) {
        let at = at.key("limits");
        let (own, all) = (&rule.limits, &self.rules.limits);
        let of_file = |cap: Option<f64>| if rule.is_visible() { cap } else { None };
        let stricter = [
            ("perPage", own.per_page, [own.per_visit, own.ever, of_file(all.per_page)]),
            ("perVisit", own.per_visit, [own.ever, None, of_file(all.per_visit)]),
            ("perDay", own.per_day, [own.ever, None, of_file(all.per_day)]),
        ];
        for (key, cap, others) in stricter {
            if cap.is_some_and(|cap| others.into_iter().flatten().any(|other| other < cap)) {
                self.warn(&at.key(key), Code::UnreachableLimit, key);
            }
        }
        let caps =
            [("perPage", own.per_page), ("perVisit", own.per_visit), ("perDay", own.per_day), ("ever", own.ever)];
        for (key, _) in caps.into_iter().filter(|(_, cap)| *cap == Some(0.0)) {
            self.warn(&at.key(key), Code::Contradiction, key);
        }
    }

    /// Cards of variations that the experiment does not have are never shown.
    fn variants(&mut self, rule: &Rule, at: &At<'_>) {
        let at = at.key("do");
        for (index, action) in rule.actions.iter().enumerate() {
            let Action::Deed(deed) = action else { continue };
            let Some(variant) = deed.variant() else { continue };
            if rule.experiment.is_some() && !rule.variations().iter().any(|known| known == variant) {
                let expected = Expected::Names(rule.variations().to_vec());
                let at = at.index(index);
                self.problems.add(Severity::Warning, &at, Code::UnknownChoice, variant, expected);
            }
        }
    }

    /// More than one card for the same visitor: only one is shown.
    pub(super) fn cards(&mut self) {
        let rules = self.rules;
        let list = At::ROOT.key("rules");
        for rule in rules.rules.iter().filter(|rule| !matches!(rule.status, Status::Invalid | Status::Unsupported)) {
            let variant = |action: &'a Action| match action {
                Action::Deed(deed) if deed.name() == "notify" => Some(deed.variant()),
                _ => None,
            };
            let cards: Vec<_> =
                rule.actions.iter().enumerate().filter_map(|(index, action)| Some((index, variant(action)?))).collect();
            let split = rule.experiment.is_some();
            let same = |a: Option<&str>, b: Option<&str>| !split || a.is_none() || b.is_none() || a == b;
            let second = cards
                .iter()
                .enumerate()
                .find(|(place, (_, variant))| cards.iter().take(*place).any(|(_, other)| same(*variant, *other)));
            if let Some((_, (index, _))) = second {
                self.warn(&list.index(rule.index).key("do").index(*index), Code::TwoCards, "");
            }
        }
    }

    /// A rule behind another one that takes every occasion of it: both are visible, or of one group.
    pub(super) fn shadows(&mut self) {
        let rules = self.rules;
        let live = || rules.rules.iter().filter(|rule| rule.status == Status::Ready);
        let compete = |first: &Rule, rule: &Rule| {
            first.is_visible() && rule.is_visible() || first.group.is_some() && first.group == rule.group
        };
        let list = At::ROOT.key("rules");
        for (place, rule) in live().enumerate() {
            if let Some(first) = live().take(place).find(|first| compete(first, rule) && self.covers(first, rule)) {
                let subject = first.id.clone();
                self.warn(&list.index(rule.index), Code::Unreachable, &subject);
            }
        }
    }

    fn covers(&self, first: &Rule, rule: &Rule) -> bool {
        let unconditional = first.audience.any.is_empty()
            && first.audience.all.is_empty()
            && first.audience.none.is_empty()
            && first.schedule.is_none()
            && first.agents.is_none()
            && first.experiment.is_none()
            && first.rollout >= 1.0
            && first.from.is_none()
            && first.until.is_none();
        let limits = &first.limits;
        let unlimited = [limits.per_page, limits.per_visit, limits.per_day, limits.ever] == [None; 4];
        let same_occasion = match (first.on.is_empty(), rule.on.is_empty()) {
            (true, true) => true,
            (false, false) => rule.on.iter().all(|trigger| first.on.contains(trigger)),
            _ => false,
        };
        let place = first.place.exclude.is_empty()
            && (first.place.include.is_empty()
                || !rule.place.include.is_empty()
                    && rule
                        .place
                        .include
                        .iter()
                        .all(|pattern| first.place.include.iter().any(|other| other.source == pattern.source)));
        let when = match (&first.when, &rule.when) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(_)) => self.same_condition(first, rule),
        };
        unconditional && unlimited && same_occasion && place && when && first.delay <= rule.delay
    }

    fn same_condition(&self, a: &Rule, b: &Rule) -> bool {
        let text = |rule: &Rule| rule.when.as_ref().map(|node| words::condition(node, &self.rules.paths));
        text(a) == text(b)
    }
}
