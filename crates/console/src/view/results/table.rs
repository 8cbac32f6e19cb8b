//! A row for each rule, or for each of its variations.

use yew::{AttrValue, Html, html};

use super::interval::interval;
use crate::model::{Lift, Report, Row, RuleResults, Verdict};

/// Visits without digits to count: `12,345`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In tenths, with the sign that people expect: `-0.3` is written with a minus, zero without any.
fn tenths(value: f64, plus: &str) -> String {
    let tenths = (value * 1000.0).round() as i64;
    let sign = match tenths {
        0 => "",
        1.. => plus,
        _ => "−",
    };
    [sign, &(tenths.abs() / 10).to_string(), ".", &(tenths.abs() % 10).to_string()].concat()
}

pub(super) fn table(report: &Report) -> Html {
    let reach = report.reach();
    html! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{ "Rule" }</th>
                    { for ["Shown", "Opened", "Closed", "Replied", "Goal", "Control", "Control’s goal"].map(|name| html! { <th scope="col" class="count">{ name }</th> }) }
                    <th scope="col">{ "Difference" }</th>
                </tr>
            </thead>
            { for report.rules.iter().map(|rule| group(rule, reach)) }
        </table>
    }
}

fn group(rule: &RuleResults, reach: f64) -> Html {
    let single = rule.rows.len() == 1 && rule.rows.iter().all(|row| row.variation.is_none());
    let named = |row: &Row| match &row.variation {
        _ if single => html! { <th scope="row">{ title(rule) }</th> },
        Some(name) => html! { <th scope="row" class="variation">{ name }</th> },
        None => html! { <th scope="row" class="variation"><em>{ "Held out" }</em></th> },
    };
    html! {
        <tbody key={rule.id.clone()}>
            if !single { <tr class="rule"><th scope="rowgroup" colspan="9">{ title(rule) }</th></tr> }
            { for rule.rows.iter().map(|row| html! { <tr>{ named(row) }{ cells(row, reach) }</tr> }) }
        </tbody>
    }
}

fn title(rule: &RuleResults) -> Html {
    let about = match (&rule.goal, rule.published) {
        (_, false) => "no longer in the file".to_owned(),
        (Some(goal), true) => ["goal: ", goal].concat(),
        (None, true) => "no goal".to_owned(),
    };
    html! { <><span class="name">{ &rule.name }</span><span class="about">{ about }</span></> }
}

fn cells(row: &Row, reach: f64) -> Html {
    let is_shown = row.displayed > 0 || row.held == 0;
    let cell = |name: &'static str, count: u64, rate: Option<Option<f64>>, there: bool| {
        html! {
            <td class="count" data-name={name}>
                if there { { grouped(count) } } else { <span class="none">{ "–" }</span> }
                { for rate.flatten().filter(|_| there).map(|rate| html! { <small>{ tenths(rate, "") }{ " %" }</small> }) }
            </td>
        }
    };
    html! {
        <>
            { cell("Shown", row.displayed, None, is_shown) }
            { cell("Opened", row.opened, Some(row.rates.opened), is_shown) }
            { cell("Closed", row.dismissed, Some(row.rates.dismissed), is_shown) }
            { cell("Replied", row.replied, Some(row.rates.replied), is_shown) }
            { cell("Goal", row.goal, Some(row.rates.goal), is_shown && row.lift.verdict != Verdict::NoGoal) }
            { cell("Control", row.held, None, row.held > 0) }
            { cell("Control’s goal", row.held_goal, Some(row.rates.held_goal), row.held > 0) }
            <td class="lift" data-name="Difference">if is_shown { { lift(&row.lift, reach) } }</td>
        </>
    }
}

fn lift(lift: &Lift, reach: f64) -> Html {
    let (tone, words) = match lift.verdict {
        Verdict::NoGoal => ("quiet", "–"),
        Verdict::NoControl => ("quiet", "No control"),
        Verdict::TooFew => ("quiet", "Too few to tell"),
        Verdict::Unclear => ("unclear", "May be chance"),
        Verdict::Better => ("better", "Better"),
        Verdict::Worse => ("worse", "Worse"),
    };
    let figure = lift.difference.zip(lift.low.zip(lift.high)).map(|(difference, (low, high))| {
        let range = AttrValue::from([&tenths(low, "+"), " to ", &tenths(high, "+")].concat());
        html! {
            <>
                { interval(low, difference, high, reach) }
                <span class="points">{ tenths(difference, "+") }<small>{ range }</small></span>
            </>
        }
    });
    html! { <div class="verdict" data-tone={tone}>{ for figure }<span class="words">{ words }</span></div> }
}

#[cfg(test)]
mod tests {
    use super::{grouped, tenths};

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!([0, 7, 999, 1_000, 1_234_567].map(grouped), ["0", "7", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.0, 0.0004, 0.051, -0.003, 1.0].map(|value| tenths(value, "+")),
            ["0.0", "0.0", "+5.1", "−0.3", "+100.0"]
        );
        assert_eq!(tenths(0.1234, ""), "12.3");
    }
}
