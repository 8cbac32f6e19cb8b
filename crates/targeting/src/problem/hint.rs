//! What to do about a problem.

use super::text::{SUCH_AS, distance};
use super::{Code, Expected, Problem, Severity, operators, synonyms, times, written};
use crate::value::Value;
use crate::vocabulary::{CLOSED, FACTS, FILE, RULE, Word, settings};

impl Problem {
    /// What to do about it, when there is something to suggest. `file` is the document that it was found in.
    pub fn hint(&self, file: &Value) -> Option<String> {
        if let Some(hint) = self.advice(file) {
            return Some(hint);
        }
        let choices = self.words();
        let meant = self.synonym(&self.open_choices(file)).or_else(|| self.nearest(1, &choices));
        let hint = match meant {
            Some(_) => None,
            None => self.elsewhere().or_else(|| self.repaired(file)),
        };
        if hint.is_some() {
            return hint;
        }
        if let Some(name) = meant.or_else(|| self.nearest(usize::MAX, &choices)) {
            return Some(format!("did you mean `{name}`?"));
        }
        let expected = self.expected != Expected::Unsaid && !self.words().is_empty();
        let hint = match self.code {
            Code::NotAnObject => "put everything between `{` and `}`, and begin with `\"version\": 1`",
            Code::OneRule => "put it into a file: `{ \"version\": 1, \"rules\": [ … ] }`",
            Code::WrongVersion => match self.subject.parse::<f64>() {
                Ok(_) => "write `\"version\": 1` if it was written for this one, or update Chinwag",
                Err(_) => "write it without quotes: `\"version\": 1`",
            },
            Code::TooLarge => "move long lists to facts that the site supplies, or remove rules that have ended",
            Code::TooMany if self.severity == Severity::Warning => {
                "keep the most important ones; this one is not shown"
            }
            Code::TooMany => "remove what is not needed any more, or let the site supply it as a fact",
            Code::TooDeep => "give parts of it a name under `audiences`, and use them by name",
            Code::WrongType => return Some(self.typed()),
            Code::Missing => return Some(missing(&self.subject).into()),
            Code::UnknownOperator => {
                "the usual ones are `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`, `$exists` and `$regex`"
            }
            Code::UnknownKey | Code::UnknownChoice | Code::UnknownSignal | Code::UnknownAction if expected => {
                return Some(format!("the choices are {}", self.one_of()));
            }
            Code::UnknownRequirement => "update Chinwag, or remove it from `requires`",
            Code::UnknownAudience | Code::UnknownSchedule if self.expected == Expected::Unsaid => {
                return Some(format!("mend it under `{}`; its own mistake is told there", self.section()));
            }
            Code::UnknownList | Code::UnknownAudience | Code::UnknownSchedule | Code::UnknownRule => {
                return Some(self.defined(expected));
            }
            Code::ValueIgnored if expected => return Some(self.one_of()),
            Code::FactFamily if expected => return Some(format!("name one of it: {}", self.one_of())),
            Code::LiteralMarkup => "write what visitors are to read, in plain words",
            Code::UnknownFact
                if ["schedule", "where", "audience"].contains(&self.subject.as_str())
                    && self.path.starts_with("/rules/") =>
            {
                "it is a setting of the rule: put it beside `id` and `do`, outside of `when`"
            }
            Code::BadLink if self.severity == Severity::Warning && expected => {
                return Some(format!("write {}", self.one_of()));
            }
            Code::DelimitedPattern | Code::ExactClock if expected => {
                return Some(format!("write `{}`", self.one_of()));
            }
            Code::UnknownFact
            | Code::NotAComparison
            | Code::PathWithoutSlash
            | Code::Placeholder
            | Code::NestedFact
                if expected =>
            {
                return Some(format!("did you mean `{}`?", self.one_of()));
            }
            Code::UnknownFact if self.subject.starts_with("signal.") => {
                "it comes with a signal of the site: wait for that with `\"on\": { \"custom\": \"its name\" }`"
            }
            Code::UnknownFact if self.subject.starts_with("agents.") || self.subject.starts_with("queue.") => {
                "what is known is whether anybody is there: use the `agents` slot of the rule"
            }
            Code::UnknownFact if self.family().is_some() => {
                return Some(format!(
                    "the facts of this family are {}; what your site supplies has another, such as `customer`",
                    self.family().unwrap_or_default()
                ));
            }
            Code::UnknownFact => "say under `attributes` that the site supplies it, or use another one",
            Code::UnknownZone => "the names are those of the IANA database: a continent and a city",
            Code::DollarAttribute => {
                "names of facts do not begin with `$`; what joins conditions is $and, $or, $nor and $not"
            }
            Code::BadPattern => "check its brackets and backslashes; `\\\\.` in the file means one literal dot",
            Code::BadDuration => "write a number and a unit: `300ms`, `20s`, `5m`, `24h` or `7d`",
            Code::BadDate => "write `2026-11-20` or `2026-11-20T10:00:00+01:00`",
            Code::BadWindow => {
                let hours = times::hours(&self.subject);
                return Some(format!("write `{}`", hours.as_deref().unwrap_or("09:00-12:30")));
            }
            Code::BadNumber => match self.words().first() {
                Some(&"from 0 to 1") => "write a share: `0.5` for 50 %, `1` for everybody",
                Some(&"from 0 to 100") => "write a percentage, without the sign: `20` for 20 %",
                _ => "change the number",
            },
            Code::BadLink => "use a path on this site, or add the host to `links`",
            Code::CyclicAudience => "write out what it means in one of the audiences of the circle",
            Code::DuplicateId => "give each rule an `id` of its own",
            Code::UnguardedAbsence => {
                return Some(format!(
                    "give `{}` a default in `attributes`, or test it with `$exists` as well",
                    self.subject
                ));
            }
            Code::EmptyAlternatives => "fill the list, or leave it out",
            Code::Unreachable => "give this rule a higher `priority`, or the other one a narrower condition",
            Code::Contradiction => match self.subject.as_str() {
                "where" => "every page that is included is excluded too: change one of the two",
                "audience" => "the same audience is asked for and excluded: change one of the two",
                "rollout" => "0 percent is nobody; to switch the rule off write `\"enabled\": false`",
                "from and until" => "it ends before it begins: change one of the two",
                "perPage" | "perVisit" | "perDay" | "ever" => {
                    "0 is never; to switch a rule off write `\"enabled\": false`"
                }
                _ => "no value is all of this at once: change it, or join the parts by `$or`",
            },
            Code::DeadSchedule => "give it hours under `week`, or days under `open`",
            Code::Expired => "give it a new `until`, or remove the rule",
            Code::UnreachableLimit => "lower it, or raise the stricter one",
            Code::SlowPattern => {
                "say it without a repetition inside a repetition and with fewer `.*`, or use a page pattern"
            }
            Code::OddAddress if expected => return Some(format!("did you mean `{}`?", self.one_of())),
            Code::LiteralStar if expected => return Some(format!("write {}", self.words().join(", or "))),
            Code::EmptySetting => {
                let example =
                    settings::example(&self.path, "").map(|(name, example)| format!(": `\"{name}\": {example}`"));
                return Some(format!("leave it out if that is meant, or fill it{}", example.unwrap_or_default()));
            }
            Code::OneVariation => {
                return Some(format!(
                    "add another with its share, such as `{{ \"{}\": 0.5, \"control\": 0.5 }}`; one without a card is the control",
                    self.subject
                ));
            }
            Code::SameForAll => {
                return Some(format!(
                    "say in each `notify` for which it is, such as `\"variant\": \"{}\"`; a variation without a card is the control",
                    self.subject
                ));
            }
            Code::OddSelector => {
                "name the element by its id, class or attribute: `#buy`, `.buy` or `[data-buy]`; the words on it do not count"
            }
            Code::NoTimeZone => {
                "write `\"timeZone\": \"Europe/Paris\"` at the top of the file, or `\"zone\": \"visitor\"` in the schedule if that is meant"
            }
            Code::UndeclaredFact => {
                return Some(format!(
                    "if your site supplies it, say so: `{}`; if not, it is misspelt, or there is none of this name",
                    self.one_of()
                ));
            }
            Code::NegatedPattern | Code::SmallShare | Code::UnknownLanguage if expected => {
                return Some(format!("write {}", self.one_of()));
            }
            Code::NegatedPattern => "name the pages that are meant, and no others: none can be taken out of them here",
            Code::EmptyText => "write what visitors are to read, or remove it",
            Code::UnknownLanguage => "write two letters, such as `en`, `fr` or `pt-BR`",
            Code::TwoCards => {
                "remove one, make a rule of its own of it, or let an `experiment` say who gets which by `variant`"
            }
            Code::OtherClock => return Some(format!("write `{}` if that is meant", self.one_of())),
            Code::NonAsciiSeed => "plain letters are typed the same everywhere",
            Code::AgentsInCondition => "use the `agents` slot of the rule; its `ifUnknown` says what to do then",
            Code::TwoSignals if self.path.starts_with("/tests/") => {
                "one signal happens in a test: write another for it"
            }
            Code::TwoSignals => {
                "give it an entry of its own; a rule waits for any one of its entries, not for all at once"
            }
            Code::EmptyCondition => "say what must hold, or leave it out",
            Code::EmptyList => "fill the list under `lists`, or leave this out",
            Code::TeamUnknown => {
                "leave `team` out here, for who is there of all decides; send the conversation to the team with `{ \"route\": … }` under `do`"
            }
            Code::BadColor => "write six digits: `#1f5c45`",
            Code::MissingLanguage => "add it, or write one text without languages",
            Code::ReferrerPath => "ask for the host in `source.referrerHost`, or let the link carry `utm_` parameters",
            Code::BadWeights => "change them so that they add up to 1: `0.5` is 50 %",
            _ => return None,
        };
        Some(hint.into())
    }

    /// JSON pointer of what has to be mended first: a schedule or an audience with errors of its own.
    pub(crate) fn cause(&self) -> Option<String> {
        let broken = matches!(self.code, Code::UnknownAudience | Code::UnknownSchedule);
        let name = self.subject.replace('~', "~0").replace('/', "~1");
        (broken && self.expected == Expected::Unsaid).then(|| format!("/{}/{name}", self.section()))
    }

    /// Where in the file the name is defined.
    fn section(&self) -> &'static str {
        match self.code {
            Code::UnknownList => "lists",
            Code::UnknownAudience => "audiences",
            Code::UnknownSchedule => "schedules",
            _ => "rules",
        }
    }

    /// What to do about a name that the file does not define.
    fn defined(&self, expected: bool) -> String {
        let section = self.section();
        let like = match section {
            "schedules" => "{ \"week\": { \"mon-fri\": [\"09:00-17:00\"] } }",
            "audiences" => "{ \"visit.number\": { \"$gte\": 5 } }",
            "lists" => "[\"SKU-1\", \"SKU-7\"]",
            _ => "",
        };
        match (expected, like) {
            (true, _) => format!("`{section}` has {}", self.one_of()),
            (false, "") => format!("define it under `{section}`"),
            (false, like) => {
                format!("define it at the top, such as `\"{section}\": {{ \"{}\": {like} }}`", self.subject)
            }
        }
    }

    pub(super) fn words(&self) -> Vec<&str> {
        match &self.expected {
            Expected::Unsaid => Vec::new(),
            Expected::OneOf(words) => words.to_vec(),
            Expected::Names(names) => names.iter().map(String::as_str).collect(),
        }
    }

    pub(super) fn one_of(&self) -> String {
        self.words().join(", ")
    }

    /// The facts beside the one that there is not.
    fn family(&self) -> Option<String> {
        let (family, _) = self.subject.split_once('.')?;
        let known = FACTS.iter().filter(|fact| CLOSED.contains(&family) && fact.name.split('.').next() == Some(family));
        let names: Vec<String> = known.map(|fact| format!("`{}`", fact.name)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// What could stand here: of settings those that do not stand there yet.
    fn open_choices(&self, file: &Value) -> Vec<&str> {
        let mut choices = self.words();
        if self.code == Code::UnknownKey {
            let beside = written::at(file, written::last(&self.path).0);
            choices.retain(|word| beside.is_none_or(|beside| beside.get(word).is_none()));
        }
        choices
    }

    /// The word that was probably meant, of those that could stand here.
    pub(crate) fn meant(&self) -> Option<String> {
        let choices = self.words();
        self.synonym(&choices).or_else(|| self.nearest(usize::MAX, &choices))
    }

    /// A word that is written otherwise in this language.
    fn synonym(&self, choices: &[&str]) -> Option<String> {
        match self.code {
            Code::UnknownOperator => operators::operator(&self.subject).map(str::to_owned),
            Code::UnknownSignal if choices.contains(&"page") => synonyms::signal(&self.subject),
            Code::UnknownChoice if choices.contains(&"mon") => times::days(&self.subject),
            _ => synonyms::word(&self.subject, choices).map(str::to_owned),
        }
    }

    /// What to write instead of a value of another type.
    fn typed(&self) -> String {
        let is = self.one_of();
        if !self.subject.is_empty() {
            return match is.as_str() {
                "a number" => "compare it with a number: `80`, or `{ \"$gte\": 80 }` for at least 80",
                "true or false" => "write `true` or `false`, without quotes",
                "a list" => "ask for one of its members: `{ \"$in\": [\"gold\"] }`",
                _ => "compare it with a text, in double quotes: `\"gold\"`",
            }
            .into();
        }
        if let Some((_, example)) = is.split_once(SUCH_AS) {
            return format!("write it like {example}");
        }
        if let Some((name, example)) = settings::example(&self.path, &is) {
            return format!("write it like `\"{name}\": {example}`");
        }
        match is.as_str() {
            "a text" | "a text, or one text per language" => "put it in double quotes: `\"like this\"`",
            "a number" => "write it without quotes: `20`",
            "true or false" => "write `true` or `false`, without quotes",
            "a share from 0 to 1" => "write `0.5` for 50 %, without quotes",
            "a list" => "put it in brackets: `[ … ]`",
            "an object" => "put it in braces, with names: `{ \"name\": … }`",
            _ => "texts stand in double quotes, numbers and true or false do not",
        }
        .into()
    }

    /// Where a setting belongs that there is, but not here.
    fn elsewhere(&self) -> Option<String> {
        let it = &self.subject;
        let is = |words: &[Word]| self.code == Code::UnknownKey && words.iter().any(|word| word.name == it);
        let steps = self.path.split('/').count();
        let (of, place) = match self.path.starts_with("/rules/") {
            // A setting of the rule itself is at `/rules/0/name`.
            true if steps > 4 && is(RULE) => ("the rule", "beside `id` and `do`"),
            true if is(FILE) => ("the file", "at its top, beside `rules`"),
            false if steps == 2 && is(RULE) => ("a rule", "into one under `rules`, beside `id` and `do`"),
            _ => return None,
        };
        Some(format!("`{it}` is a setting of {of}: put it {place}"))
    }

    /// The choice that is at most so many edits away, and not too many for its length: of short words, another one is near.
    fn nearest(&self, edits: usize, choices: &[&str]) -> Option<String> {
        if let Some(same) = choices.iter().find(|word| word.eq_ignore_ascii_case(&self.subject)) {
            return Some((*same).to_owned());
        }
        let limit = match self.subject.chars().count() {
            0..=2 => return None,
            3..=4 => 1,
            5..=7 => 2,
            _ => 3,
        };
        let distances = choices.iter().map(|word| (distance(&self.subject, word), word));
        distances
            .filter(|(d, word)| *d <= limit.min(edits) && *d < word.len())
            .min_by_key(|(d, _)| *d)
            .map(|(_, word)| (*word).to_owned())
    }
}

fn missing(name: &str) -> &'static str {
    match name {
        "version" => "write `\"version\": 1` at the top of the file",
        "id" => "give the rule a short name of its own, such as `\"id\": \"pricing-help\"`",
        "do" => "say what happens, such as `\"do\": { \"notify\": { \"text\": \"Hello\" } }`",
        "expect" => "say what must happen, such as `\"expect\": { \"rule\": \"pricing-help\" }`",
        "text" => "say what it shows, such as `\"text\": \"Can we help?\"`",
        "outside" => {
            "write the name of a schedule: `\"schedule\": \"office\"`, or `{ \"outside\": \"office\" }` for the hours in which it is closed"
        }
        "key" => {
            "give it a word by which visitors are drawn, and keep that word while you measure, such as `\"key\": \"prices-autumn\"`"
        }
        "signal" => "name the custom signal that counts, such as `\"signal\": \"purchase\"`",
        "label" => "say what stands on it, such as `\"label\": \"Yes, please\"`",
        "weights" => "name the variations and their shares, such as `{ \"calm\": 0.5, \"offer\": 0.5 }`",
        _ => "add it",
    }
}
