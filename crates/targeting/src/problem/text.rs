//! Problems in plain language.

use super::{Code, Expected, Problem, Severity};

/// What stands between the kind of a value and how one is written, among what is expected.
pub(super) const SUCH_AS: &str = " such as ";

impl Problem {
    /// One plain sentence.
    pub fn message(&self) -> String {
        let message = self.sentence();
        if self.subject.is_empty() { message.replacen("``", "an empty text", 1) } else { message }
    }

    fn sentence(&self) -> String {
        let it = &self.subject;
        let off = if self.path.starts_with("/tests/") { "the test fails" } else { "the rule is switched off" };
        match self.code {
            Code::NotAnObject => "an engagement file is one JSON object".into(),
            Code::OneRule => "this is a rule, and not a whole file".into(),
            Code::WrongVersion => match it.parse::<f64>() {
                Ok(_) => format!("this file needs another version of Chinwag: its `version` is {it}, and must be 1"),
                Err(_) => "`version` must be the number 1".into(),
            },
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
            Code::UnknownChoice => match self.fact() {
                Some(fact) => format!("`{it}` is not among the values of `{fact}`"),
                None => format!("`{it}` is not one of the choices"),
            },
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
            Code::BadNumber => match self.fact() {
                Some(fact) => format!("`{fact}` is a number {}, and never this one", self.one_of()),
                None => format!("this number must be {}", self.one_of()),
            },
            Code::BadLink if self.severity == Severity::Warning => {
                format!("`{it}` is no host, and so it allows none")
            }
            Code::BadLink if !it.contains([':', '\\']) && !it.contains("//") => {
                format!("`{it}` is no page of this site: their paths begin with a slash")
            }
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
            Code::NegatedPattern => {
                format!("`{it}` leaves nothing out: a page pattern only says which pages are meant")
            }
            Code::Placeholder => {
                format!("`{it}` is taken letter by letter: in page patterns only `*` stands for something else")
            }
            Code::SmallShare => format!("`{it}` is less than one percent: percentages go from 0 to 100"),
            Code::EmptyText => "this text is empty, so nothing is to be read there".into(),
            Code::UnknownLanguage => format!("`{it}` is not the code of a language"),
            Code::TwoCards => "this is a second card of the rule, and only one card is shown at a time".into(),
            Code::FactFamily => format!("`{it}` is a family of facts, and has no value itself"),
            Code::ValueIgnored => format!("`{it}` takes no value, and this one is ignored"),
            Code::DelimitedPattern => {
                format!(
                    "the slashes and letters around `{it}` belong to programming languages; here they are part of it"
                )
            }
            Code::ExactClock => format!("`{it}` grows all the time, and is hardly ever just this"),
            Code::LiteralMarkup => format!("`{it}` is shown letter by letter: texts have neither variables nor HTML"),
            Code::NestedFact => format!("`{it}` would have to be just this object: facts are named with a dot"),
            Code::UndeclaredFact => {
                format!("`{it}` is not among the facts that Chinwag knows, nor declared under `attributes`")
            }
            Code::OtherClock => format!("no rule waits for this timer; `{it}` waits as long on another clock"),
            Code::NonAsciiSeed => format!("`{it}` has letters beyond ASCII; keep seeds to plain letters"),
        }
    }
}

impl Problem {
    /// The fact whose value this is about, when it is in a condition.
    fn fact(&self) -> Option<String> {
        let steps: Vec<&str> = self.path.split('/').collect();
        let condition = match steps.as_slice() {
            ["", "rules", _, "when", condition @ ..] | ["", "audiences", _, condition @ ..] => condition,
            _ => return None,
        };
        if condition.last() == Some(&"$type") {
            return None;
        }
        let name = condition.iter().rfind(|step| !step.starts_with('$') && step.parse::<usize>().is_err())?;
        Some(super::written::named(name))
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
