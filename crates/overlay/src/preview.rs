//! A rule shown for its looks: which one, what of it is done, and what is to be said about it. Pure.

use chinwag_targeting::{Action, Rules, Status, Value, describe_action};

/// What the address asks for: `rule` or `rule:variation`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub rule: String,
    pub variation: Option<String>,
}

impl Wanted {
    /// Ids may have colons in them; so the longest that names a rule is its id.
    pub fn parse(text: &str, rules: &Rules) -> Self {
        let whole = Self { rule: text.into(), variation: None };
        match text.rsplit_once(':') {
            Some((rule, variation)) if rules.find(text).is_none() => {
                Self { rule: rule.into(), variation: Some(variation.into()) }
            }
            _ => whole,
        }
    }

    /// As it stands in an address.
    pub fn text(&self) -> String {
        match &self.variation {
            Some(variation) => format!("{}:{variation}", self.rule),
            None => self.rule.clone(),
        }
    }
}

/// A rule as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Name for people.
    pub name: String,
    pub variation: Option<String>,
    /// One action each, in the form of the file.
    pub actions: Vec<Value>,
    /// What a real visit would do besides, as commands.
    pub left_out: Vec<String>,
    /// What a visitor would not see, or not see so.
    pub remarks: Vec<String>,
}

/// Actions that show something and can be taken back. The others leave the page, count, or tell somebody.
const HARMLESS: &[&str] =
    &["notify", "badge", "teaser", "open", "prefill", "suggest", "message", "form", "hide", "show"];

/// What a rule of the published file does; the sentence says why there is nothing to show.
pub fn show(rules: &Rules, wanted: &Wanted, languages: &[&str]) -> Result<Shown, String> {
    let rule = rules.find(&wanted.rule).and_then(|index| rules.rules().get(index));
    let Some(rule) = rule else {
        return Err(format!("The published file has no rule `{}`.", wanted.rule));
    };
    let variations = rule.variations();
    let variation = match &wanted.variation {
        Some(name) if !variations.contains(name) => {
            let known = if variations.is_empty() { "none".into() } else { variations.join(", ") };
            return Err(format!("`{}` has no variation `{name}`. It has: {known}.", wanted.rule));
        }
        // Without a name, the first that has something to show.
        None => variations.iter().find(|name| rule.actions().iter().any(|action| shows(action, name))),
        Some(name) => Some(name),
    };
    let variation = variation.map(String::as_str);
    let mut shown = Shown { name: rule.name().into(), variation: variation.map(String::from), ..Shown::default() };
    let belongs = |action: &&Action| variant(action).is_none() || variation.is_none() || variant(action) == variation;
    for action in rule.actions().iter().filter(belongs) {
        match action {
            Action::Deed(deed) if HARMLESS.contains(&deed.name()) => {
                shown.actions.push(Value::Map(vec![(deed.name().into(), deed.operand().clone())]));
            }
            action => shown.left_out.push(describe_action(action, languages)),
        }
    }
    shown.remarks.extend(
        match rule.status() {
            Status::Ready => None,
            Status::Disabled => Some("It is switched off in the file: visitors do not see it."),
            Status::Unsupported => Some("It uses something that this version does not have: visitors do not see it."),
            Status::Invalid => Some("It has an error, which `chinwag rules check` names: visitors do not see it."),
        }
        .map(String::from),
    );
    if shown.actions.is_empty() {
        shown.remarks.push("It shows nothing.".into());
    }
    Ok(shown)
}

/// The variation that alone shows an action.
fn variant(action: &Action) -> Option<&str> {
    match action {
        Action::Deed(deed) => deed.variant(),
        Action::Score(_) => None,
    }
}

fn shows(action: &Action, variation: &str) -> bool {
    action.is_visible() && variant(action).is_none_or(|variant| variant == variation)
}

/// Everything that can be previewed, with a name for people.
pub fn choices(rules: &Rules) -> Vec<(Wanted, String)> {
    let mut all = Vec::new();
    for rule in rules.rules() {
        let id = || rule.id().to_owned();
        if rule.variations().is_empty() {
            all.push((Wanted { rule: id(), variation: None }, rule.name().to_owned()));
        }
        for variation in rule.variations() {
            let wanted = Wanted { rule: id(), variation: Some(variation.clone()) };
            all.push((wanted, format!("{}: {variation}", rule.name())));
        }
    }
    all
}

#[cfg(test)]
mod tests;
