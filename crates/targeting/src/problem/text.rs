//! Problems in plain language, with hints.

use super::{Code, Expected, Problem, Severity, synonyms};
use crate::vocabulary::{FILE, RULE, Word, settings};

/// What stands between the kind of a value and how one is written, among what is expected.
const SUCH_AS: &str = " such as ";

impl Problem {
    /// One plain sentence.
    pub fn message(&self) -> String {
        let it = &self.subject;
        let off = if self.path.starts_with("/tests/") { "the test fails" } else { "the rule is switched off" };
        match self.code {
            Code::NotAnObject => "an engagement file is one JSON object".into(),
            Code::WrongVersion => "this file needs another version of Chinwag: `version` must be 1".into(),
            Code::TooLarge => "the file is larger than 256 KB".into(),
            Code::TooMany => format!("too many entries: at most {} are allowed here", self.one_of()),
            Code::TooDeep => "nested too deeply: at most 16 levels are allowed".into(),
            Code::WrongType if it.is_empty() && self.words() == ["an object"] => {
                "this must be an object: settings with their names, in braces".into()
            }
            Code::WrongType if it.is_empty() => {
                let is = self.one_of();
                format!("this must be {}", is.split_once(SUCH_AS).map_or(is.as_str(), |(what, _)| what))
            }
            Code::WrongType => format!("`{it}` is {}, and compared with something else", self.one_of()),
            Code::Missing => format!("`{it}` is missing"),
            Code::UnknownKey if self.severity == Severity::Error => {
                format!("`{it}` is not a known setting; {off}")
            }
            Code::UnknownKey => format!("`{it}` is not a known setting and is ignored"),
            Code::UnknownOperator => format!("`{it}` is not an operator; the rule is switched off"),
            Code::UnknownSignal => format!("`{it}` is not a signal; {off}"),
            Code::UnknownAction => format!("`{it}` is not an action; the rule is switched off"),
            Code::UnknownRequirement => {
                format!("this version of Chinwag does not have `{it}`; the rule is switched off")
            }
            Code::UnknownChoice => format!("`{it}` is not one of the choices"),
            Code::UnknownList => format!("there is no list named `{it}`"),
            Code::UnknownAudience | Code::UnknownSchedule if self.expected == Expected::Unsaid => {
                format!("`{it}` has errors and cannot be used")
            }
            Code::UnknownAudience => format!("there is no audience named `{it}`"),
            Code::UnknownSchedule => format!("there is no schedule named `{it}`"),
            Code::UnknownZone => format!("`{it}` is not a time zone; write it like `Europe/Paris`"),
            Code::UnknownRule => format!("there is no rule named `{it}`"),
            Code::UnknownFact => format!("nobody supplies the fact `{it}`"),
            Code::AgentsInCondition => {
                format!("`{it}` is unknown whenever the server cannot be asked, and then this rule does not fire")
            }
            Code::BadWeights => format!("the shares of the variations add up to {it}, not to 1; all get the same"),
            Code::TwoSignals => format!("`{it}` is a second signal in one entry; {off}"),
            Code::EmptyCondition => "an empty condition holds for everybody".into(),
            Code::EmptyList => format!("the list `{it}` is empty: nobody is in it, and everybody is outside of it"),
            Code::TeamUnknown => {
                format!("pages are told whether anybody is there, not who: of `{it}` alone it is never known")
            }
            Code::BadColor => format!("`{it}` is not a colour that the widget knows, and is ignored"),
            Code::MissingLanguage => {
                format!("this text is missing in {it}, which other texts of the file have; {} is shown", self.one_of())
            }
            Code::ReferrerPath => {
                format!("browsers tell the host that somebody came from, and no page of it: `{it}` is hardly ever seen")
            }
            Code::DollarAttribute => format!("`{it}` stands where a fact's name is expected, so it is read as one"),
            Code::BadPattern => format!("`{it}` is not a valid regular expression, or is longer than 256 characters"),
            Code::BadDuration => format!("`{it}` is not a duration"),
            Code::BadDate => format!("`{it}` is not a date"),
            Code::BadWindow => format!("`{it}` is not a time of day from start to end"),
            Code::BadNumber => format!("this number must be {}", self.one_of()),
            Code::BadLink => format!("`{it}` leads away from this site"),
            Code::CyclicAudience => format!("audience `{it}` is defined by itself"),
            Code::DuplicateId => format!("two rules are named `{it}`"),
            Code::UnguardedAbsence => {
                format!("`{it}` may be absent, and then this is unknown and the rule does not fire")
            }
            Code::EmptyAlternatives => "an empty list of alternatives is true for everybody".into(),
            Code::Unreachable => format!("this rule can never win: `{it}` always comes first"),
            Code::Contradiction => format!("`{it}` rules itself out: this can never hold"),
            Code::DeadSchedule => format!("schedule `{it}` is never open"),
            Code::Expired => format!("this rule ended: it was to run until {it}"),
            Code::UnreachableLimit => format!("`{it}` can never be reached: a stricter limit comes first"),
            Code::SlowPattern => format!("`{it}` can match in very many ways, and takes very long on some texts"),
            Code::NotAComparison => format!("`{it}` does not compare anything here, so this does not hold for anybody"),
            Code::PathWithoutSlash => {
                format!("`{it}` does not begin with a slash, so it is read as the name of a host, not as a page")
            }
            Code::OddAddress => format!("no page has an address such as `{it}`"),
            Code::LiteralStar => format!("the `*` in `{it}` stands for nothing else here, and so this is never equal"),
            Code::EmptySetting => {
                let without = match it.as_str() {
                    "on" => "the rule is looked at on every page, and whenever a fact changes",
                    _ => "the rule is for every page",
                };
                format!("an empty `{it}` is as if it were left out: {without}")
            }
            Code::OneVariation => format!("`{it}` is the only variation, so there is nothing to compare it with"),
            Code::SameForAll => "no card belongs to one of the variations, so all visitors get the same".into(),
            Code::OddSelector => format!("`{it}` is taken for a CSS selector, and hardly finds an element"),
            Code::NoTimeZone => {
                format!("the file has no `timeZone`, so the hours of {it} go by the clock of each visitor")
            }
            Code::OtherClock => format!("no rule waits for this timer; `{it}` waits as long on another clock"),
            Code::NonAsciiSeed => format!("`{it}` has letters beyond ASCII; keep seeds to plain letters"),
        }
    }

    /// What to do about it, when there is something to suggest.
    pub fn hint(&self) -> Option<String> {
        let near = |edits| self.nearest(edits).map(str::to_owned);
        let meant = self.synonym().or_else(|| near(1));
        if meant.is_none()
            && let Some(hint) = self.elsewhere()
        {
            return Some(hint);
        }
        if let Some(name) = meant.or_else(|| near(usize::MAX)) {
            return Some(format!("did you mean `{name}`?"));
        }
        let expected = self.expected != Expected::Unsaid && !self.words().is_empty();
        let hint = match self.code {
            Code::NotAnObject => "put everything between `{` and `}`, and begin with `\"version\": 1`",
            Code::WrongVersion => "write `\"version\": 1` at the top of the file, or update Chinwag",
            Code::TooLarge => "move long lists to facts that the site supplies, or remove rules that have ended",
            Code::TooMany if self.severity == Severity::Warning => {
                "keep the most important ones; this one is not shown"
            }
            Code::TooMany => "remove what is not needed any more, or let the site supply it as a fact",
            Code::TooDeep => "give parts of it a name under `audiences`, and use them by name",
            Code::WrongType => return Some(self.typed()),
            Code::Missing => return Some(missing(&self.subject).into()),
            Code::UnknownKey
            | Code::UnknownChoice
            | Code::UnknownOperator
            | Code::UnknownSignal
            | Code::UnknownAction
                if expected =>
            {
                return Some(format!("the choices are {}", self.one_of()));
            }
            Code::UnknownRequirement => "update Chinwag, or remove it from `requires`",
            Code::UnknownAudience | Code::UnknownSchedule if self.expected == Expected::Unsaid => {
                return Some(format!("mend it under `{}`; its own mistake is told there", self.section()));
            }
            Code::UnknownList | Code::UnknownAudience | Code::UnknownSchedule | Code::UnknownRule => {
                return Some(self.defined(expected));
            }
            Code::UnknownFact | Code::NotAComparison | Code::PathWithoutSlash if expected => {
                return Some(format!("did you mean `{}`?", self.one_of()));
            }
            Code::UnknownFact if self.subject.starts_with("signal.") => {
                "it comes with a signal of the site: wait for that with `\"on\": { \"custom\": \"its name\" }`"
            }
            Code::UnknownFact if self.subject.starts_with("agents.") || self.subject.starts_with("queue.") => {
                "what is known is whether anybody is there: use the `agents` slot of the rule"
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
                let hours = synonyms::hours(&self.subject);
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
        if expected { format!("`{section}` has {}", self.one_of()) } else { format!("define it under `{section}`") }
    }

    fn words(&self) -> Vec<&str> {
        match &self.expected {
            Expected::Unsaid => Vec::new(),
            Expected::OneOf(words) => words.to_vec(),
            Expected::Names(names) => names.iter().map(String::as_str).collect(),
        }
    }

    fn one_of(&self) -> String {
        self.words().join(", ")
    }

    /// A word that is written otherwise in this language.
    fn synonym(&self) -> Option<String> {
        match self.code {
            Code::UnknownOperator => synonyms::operator(&self.subject).map(str::to_owned),
            Code::UnknownSignal if self.words().contains(&"page") => synonyms::signal(&self.subject),
            Code::UnknownChoice if self.words().contains(&"mon") => synonyms::days(&self.subject),
            _ => synonyms::word(&self.subject, &self.words()).map(str::to_owned),
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

    /// The word that is at most so many edits away, and not too many for its length.
    fn nearest(&self, edits: usize) -> Option<&str> {
        let limit = match self.subject.chars().count() {
            0..=2 => return None,
            3..=5 => 2,
            _ => 3,
        };
        let distances = self.words().into_iter().map(|word| (distance(&self.subject, word), word));
        distances
            .filter(|(d, word)| *d <= limit.min(edits) && *d < word.len())
            .min_by_key(|(d, _)| *d)
            .map(|(_, word)| word)
    }
}

fn missing(name: &str) -> &'static str {
    match name {
        "id" => "give the rule a short name of its own, such as `\"id\": \"pricing-help\"`",
        "do" => "say what happens, such as `\"do\": { \"notify\": { \"text\": \"Hello\" } }`",
        "expect" => "say what must happen, such as `\"expect\": { \"rule\": \"pricing-help\" }`",
        "text" => "say what it shows, such as `\"text\": \"Can we help?\"`",
        "key" => {
            "give it a word by which visitors are drawn, and keep that word while you measure, such as `\"key\": \"prices-autumn\"`"
        }
        "signal" => "name the custom signal that counts, such as `\"signal\": \"purchase\"`",
        "label" => "say what stands on it, such as `\"label\": \"Yes, please\"`",
        "weights" => "name the variations and their shares, such as `{ \"calm\": 0.5, \"offer\": 0.5 }`",
        _ => "add it",
    }
}

/// Edits (insert, delete, replace, swap neighbours) between two words, in small letters.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: Option<&Vec<usize>>, j: usize| row.and_then(|r| r.get(j)).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(rows.last(), j) + usize::from(x != y)).min(at(rows.last(), j + 1) + 1).min(at(Some(&row), j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(rows.get(i - 1), j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn counts_edits() {
        assert_eq!(distance("$get", "$gte"), 1);
        assert_eq!(distance("audiance", "audience"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
