//! Each rule as a sentence.

use crate::action::Action;
use crate::rules::calendar::Moment;
use crate::rules::{IfUnknown, Need, Rule, RuleLimits, Rules, Status};
use crate::words;

/// One paragraph for each rule, in the order of evaluation. Texts of actions are shown in the first of `languages`
/// that they have.
pub fn describe(rules: &Rules, languages: &[&str]) -> String {
    let paragraphs: Vec<String> = rules.rules.iter().map(|rule| describe_rule(rules, rule, languages)).collect();
    paragraphs.join("\n")
}

/// One rule as a sentence or a few, with a line break at the end.
pub fn describe_rule(rules: &Rules, rule: &Rule, languages: &[&str]) -> String {
    let mut text = format!("{}: ", rule.id);
    text.push_str(match rule.status {
        Status::Ready => "",
        Status::Disabled => "(off) ",
        Status::Unsupported => "(off: has a word that this version does not know) ",
        Status::Invalid => "(off: has errors) ",
    });
    let mut parts = vec![occasion(rule)];
    parts.extend(place(rule));
    parts.extend(rule.when.as_ref().map(|node| format!("if {}", words::condition(node, &rules.paths))));
    parts.extend(company(rules, rule));
    let deeds: Vec<String> = rule.actions.iter().map(|action| words::action(action, languages)).collect();
    text.push_str(&format!("{}: {}.", parts.join(", "), deeds.join("; ")));
    for sentence in [share(rule), limits(&rule.limits), period(rule), manner(rules, rule)].into_iter().flatten() {
        text.push_str(&format!(" {sentence}."));
    }
    text.push('\n');
    text
}

fn occasion(rule: &Rule) -> String {
    describe_triggers(rule).map_or_else(|| "as soon as all of this holds".into(), |what| format!("when {what}"))
}

/// What a rule waits for, as the end of "when …"; `None` when it is looked at whenever something changes.
pub fn describe_triggers(rule: &Rule) -> Option<String> {
    let triggers: Vec<String> = rule.on.iter().map(words::trigger).collect();
    (!triggers.is_empty()).then(|| triggers.join(" or "))
}

/// What an action does, as a command: `show the teaser "Hello"`.
pub fn describe_action(action: &Action, languages: &[&str]) -> String {
    words::action(action, languages)
}

fn place(rule: &Rule) -> Option<String> {
    let (include, exclude) = (&rule.place.include, &rule.place.exclude);
    let on = words::patterns(include);
    let off = words::patterns(exclude);
    match (include.is_empty(), exclude.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("on any page but {off}")),
        (false, true) => Some(format!("on {on}")),
        (false, false) => Some(format!("on {on} but not {off}")),
    }
}

fn company(rules: &Rules, rule: &Rule) -> Vec<String> {
    let mut parts = Vec::new();
    let crowd = &rule.audience;
    for (indices, phrase, word) in
        [(&crowd.any, "for", " or "), (&crowd.all, "for", " and "), (&crowd.none, "not for", " or ")]
    {
        if !indices.is_empty() {
            parts.push(format!("{phrase} the audience {}", rules.audience_names(indices).join(word)));
        }
    }
    parts.extend(rules.schedule_name(rule.schedule).map(|name| match crate::compile::opposite_of(name) {
        Some(_) => name.to_owned(),
        None => format!("during {name}"),
    }));
    if let Some(agents) = &rule.agents {
        let who = agents.team.as_ref().map(|team| format!(" of {team}")).unwrap_or_default();
        let need = match agents.need {
            Need::Available => format!("while an agent{who} is available"),
            Need::Online => format!("while an agent{who} is there"),
            Need::Closed => format!("while no agent{who} is there"),
            Need::Any => "whoever is there".into(),
        };
        let unknown = match agents.if_unknown {
            IfUnknown::Show => "go ahead",
            IfUnknown::Hide => "do not",
            IfUnknown::Schedule => "go by the schedule",
            IfUnknown::AwayForm => "offer the form",
        };
        parts.push(format!("{need} (if that is unknown: {unknown})"));
    }
    parts
}

fn share(rule: &Rule) -> Option<String> {
    let mut parts = Vec::new();
    if rule.rollout < 1.0 {
        parts.push(format!("For {} % of visitors", words::figure(rule.rollout * 100.0)));
    }
    if let Some(experiment) = &rule.experiment {
        let shares =
            experiment.variations.iter().zip(&experiment.ranges).map(|(name, (start, end))| {
                format!("{name} {} %", words::figure(((end - start) * 1000.0).round() / 10.0))
            });
        parts.push(format!("Experiment {}: {}", experiment.key, shares.collect::<Vec<_>>().join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join(". "))
}

fn limits(limits: &RuleLimits) -> Option<String> {
    let caps =
        [(limits.per_page, "a page"), (limits.per_visit, "a visit"), (limits.per_day, "a day"), (limits.ever, "ever")];
    let caps: Vec<String> =
        caps.iter().filter_map(|(cap, what)| cap.map(|cap| format!("{} {what}", words::figure(cap)))).collect();
    (!caps.is_empty()).then(|| format!("At most {}", caps.join(", ")))
}

fn period(rule: &Rule) -> Option<String> {
    match (rule.from, rule.until) {
        (None, None) => None,
        (Some(from), None) => Some(format!("From {}", moment(from))),
        (None, Some(until)) => Some(format!("Until {}", end(until))),
        (Some(from), Some(until)) => Some(format!("From {} until {}", moment(from), end(until))),
    }
}

fn manner(rules: &Rules, rule: &Rule) -> Option<String> {
    let mut parts = Vec::new();
    if rule.delay > 0.0 {
        parts.push(format!("after waiting {}", words::span(rule.delay)));
    }
    if let Some(expires) = rule.expires {
        parts.push(format!("for {}", words::span(expires)));
    }
    if let Some(group) = rule.group.and_then(|group| rules.groups.get(usize::from(group))) {
        parts.push(format!("only the first of the group {group}"));
    }
    if let Some(goal) = &rule.goal {
        parts.push(format!("counting {} within {} as success", words::quoted(&goal.signal), words::span(goal.within)));
    }
    let sentence = parts.join(", ");
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

/// An end at midnight, as people say it: the end of the day before.
pub(crate) fn end(until: Moment) -> String {
    match until {
        Moment::Local(minutes) if minutes % 1440.0 == 0.0 => {
            format!("the end of {}", moment(Moment::Local(minutes - 1440.0)))
        }
        until => moment(until),
    }
}

/// `2026-11-20 10:00`, in the site's time or in UTC.
pub(crate) fn moment(moment: Moment) -> String {
    let (minutes, zone) = match moment {
        Moment::Local(minutes) => (minutes, ""),
        Moment::Instant(ms) => ((ms / 60_000.0).floor(), " UTC"),
    };
    let (days, minute) = ((minutes / 1440.0).floor(), minutes.rem_euclid(1440.0) as u32);
    let (year, month, day) = civil(days as i32);
    if minute == 0 && zone.is_empty() {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}{zone}", minute / 60, minute % 60)
}

/// The date of a day number.
fn civil(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i32::from(month <= 2), month as u32, day as u32)
}
