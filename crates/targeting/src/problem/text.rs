//! Problems in plain language, with hints.

use super::{Code, Expected, Problem};

impl Problem {
    /// One plain sentence.
    pub fn message(&self) -> String {
        let it = &self.subject;
        match self.code {
            Code::NotAnObject => "an engagement file is one JSON object".into(),
            Code::WrongVersion => "this file needs another version of Chinwag: `version` must be 1".into(),
            Code::TooLarge => "the file is larger than 256 KB".into(),
            Code::TooMany => format!("too many entries: at most {} are allowed here", self.one_of()),
            Code::TooDeep => "nested too deeply: at most 16 levels are allowed".into(),
            Code::WrongType => format!("this must be {}", self.one_of()),
            Code::Missing => format!("`{it}` is missing"),
            Code::UnknownKey => format!("`{it}` is not a known setting and is ignored"),
            Code::UnknownOperator => format!("`{it}` is not an operator; the rule is switched off"),
            Code::UnknownSignal => format!("`{it}` is not a signal; the rule is switched off"),
            Code::UnknownAction => format!("`{it}` is not an action; the rule is switched off"),
            Code::UnknownRequirement => {
                format!("this version of Chinwag does not have `{it}`; the rule is switched off")
            }
            Code::UnknownChoice => format!("`{it}` is not one of the choices"),
            Code::UnknownList => format!("there is no list named `{it}`"),
            Code::UnknownAudience => format!("there is no audience named `{it}`"),
            Code::UnknownSchedule => format!("there is no schedule named `{it}`"),
            Code::UnknownZone => format!("`{it}` is not a time zone; write it like `Europe/Paris`"),
            Code::UnknownRule => format!("there is no rule named `{it}`"),
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
            Code::Contradiction => format!("`{it}` rules itself out: this rule can never fire"),
            Code::DeadSchedule => format!("schedule `{it}` is never open"),
            Code::Expired => format!("this rule ended: it was to run until {it}"),
            Code::UnreachableLimit => format!("`{it}` can never be reached: a stricter limit comes first"),
            Code::SlowPattern => format!("`{it}` repeats a repetition and can take very long on some texts"),
            Code::NonAsciiSeed => format!("`{it}` has letters beyond ASCII; keep seeds to plain letters"),
        }
    }

    /// What to do about it, when there is something to suggest.
    pub fn hint(&self) -> Option<String> {
        if let Some(name) = self.nearest() {
            return Some(format!("did you mean `{name}`?"));
        }
        match self.code {
            Code::BadDuration => Some("write a number and a unit: `300ms`, `20s`, `5m`, `24h` or `7d`".into()),
            Code::BadDate => Some("write `2026-11-20` or `2026-11-20T10:00:00+01:00`".into()),
            Code::BadWindow => Some("write `09:00-12:30`".into()),
            Code::UnguardedAbsence => {
                Some(format!("give `{}` a default in `attributes`, or test it with `$exists` as well", self.subject))
            }
            Code::UnknownChoice | Code::UnknownOperator | Code::UnknownSignal | Code::UnknownAction
                if self.expected != Expected::Unsaid =>
            {
                Some(format!("the choices are {}", self.one_of()))
            }
            Code::DuplicateId => Some("give each rule an `id` of its own".into()),
            Code::BadLink => Some("use a path on this site, or add the host to `links`".into()),
            _ => None,
        }
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

    fn nearest(&self) -> Option<&str> {
        let limit = match self.subject.chars().count() {
            0..=2 => return None,
            3..=5 => 2,
            _ => 3,
        };
        let distances = self.words().into_iter().map(|word| (distance(&self.subject, word), word));
        distances.filter(|(d, word)| *d <= limit && *d < word.len()).min_by_key(|(d, _)| *d).map(|(_, word)| word)
    }
}

/// Edits (insert, delete, replace, swap neighbours) between two words, in small letters.
fn distance(a: &str, b: &str) -> usize {
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
