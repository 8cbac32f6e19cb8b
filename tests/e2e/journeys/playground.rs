//! The playground: a marketer writes a rule, mends it, and learns why another one does not fire.

use chinwag_e2e::{browser::Browser, server::Server, until};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use serde_json::json;

use super::Engine;

super::in_browsers!(
    a_typo_is_marked_where_it_stands_and_the_mended_rule_fires,
    suggestions_are_taken_by_the_keyboard,
    ones_own_file_outlives_recipes_and_reloads_and_is_what_is_downloaded,
    a_failing_test_says_why_and_leads_to_its_line,
    a_rule_is_written_with_few_keys,
    time_passes_points_add_up_and_the_visitor_comes_back,
    every_recipe_loads_without_a_mistake_and_nothing_is_sent,
);

const ENTER: char = '\u{e007}';

/// The typo is on line 5.
const RULES: &str = r#"{
  "version": 1,
  "attributes": { "cart.value": { "type": "number", "default": 0 } },
  "rules": [
    { "id": "offer", "on": [{ "exti": "pointer" }],
      "when": { "cart.value": { "$gte": 80 } },
      "do": { "notify": { "from": "Mia", "text": "Shall we keep this basket?" } } },
    { "id": "later", "on": [{ "timer": "20s" }], "do": { "teaser": "Hello" } }
  ]
}"#;

async fn open(engine: Engine, server: &Server) -> Browser {
    let browser = Browser::start(engine).await;
    browser.goto(&format!("{}/playground", server.origin())).await;
    browser.find("#file").await;
    browser
}

/// The whole file, as if pasted.
async fn paste(browser: &Browser, text: &str) {
    let script = "const [text] = arguments; const file = document.querySelector('#file'); file.value = text; \
         file.dispatchEvent(new InputEvent('input', { bubbles: true }))";
    browser.client.execute(script, vec![json!(text)]).await.expect("the file is pasted");
}

/// Real keys, to whatever has the focus.
async fn press(browser: &Browser, keys: impl IntoIterator<Item = char>) {
    let mut actions = KeyActions::new("keyboard".into());
    for key in keys {
        actions = actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
    }
    browser.client.perform_actions(actions).await.expect("keys are pressed");
}

async fn text_of_file(browser: &Browser) -> String {
    let text = browser.run("return document.querySelector('#file').value").await;
    text.as_str().unwrap_or_default().into()
}

/// Would catch: a typo that is silent, marked elsewhere, or takes the other rules with it; an editor whose caret is not
/// where the mark is; rules that are not looked at again when the file or a fact changes; a wrong reason.
async fn a_typo_is_marked_where_it_stands_and_the_mended_rule_fires(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    paste(&browser, RULES).await;
    browser.shows(".line:nth-child(5).bad .lens", "did you mean `exit`?").await;
    assert_eq!(browser.text(".line .mark.bad").await, "\"exti\"");
    assert_eq!(browser.text(".line.bad").await.lines().count(), 1, "one line has a mistake");
    browser.shows(".problem .where", "Line 5").await;
    browser.shows("#rule-offer .reason", "unsupported").await;
    browser.shows("#rule-offer .sentence", "Line 5").await;
    // The mistake leads to its place and selects it; there it is mended with the keyboard.
    browser.click(".problem").await;
    assert_eq!(selected(&browser).await, "exti");
    press(&browser, "exit".chars()).await;
    browser.shows(".summary", "No mistakes").await;
    assert_eq!(text_of_file(&browser).await, RULES.replace("exti", "exit"));
    // The right signal, but too small a cart: the condition says what is missing.
    browser.click(".signal:nth-child(2)").await;
    browser.shows("#rule-offer .reason", "condition false").await;
    browser.shows("#rule-offer .leaf", "cart.value is at least 80 (it is 0)").await;
    browser.type_into("[id='fact-cart.value']", "92").await;
    browser.shows("#rule-offer .reason", "fired").await;
    browser.shows("#stage .card-text", "Shall we keep this basket?").await;
    browser.shows("#rule-later .reason", "no event").await;
    browser.shows("#rule-later .sentence", "It waits until page.seconds reaches 20 s.").await;
    // What the visitor does with the card counts.
    browser.click("#stage .card-close").await;
    browser.click(".signal:nth-child(2)").await;
    browser.shows("#rule-offer .sentence", "closed a notification").await;
    browser.click("#start-over").await;
    browser.click(".signal:nth-child(2)").await;
    browser.shows("#rule-offer .reason", "fired").await;
    browser.close().await;
}

/// Would catch: suggestions that do not open, cannot be taken without a mouse, or write the wrong thing.
async fn suggestions_are_taken_by_the_keyboard(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    paste(&browser, "{\n  \"version\": 1,\n  \n}").await;
    browser.run("const f = document.querySelector('#file'); f.focus(); f.setSelectionRange(20, 20)").await;
    press(&browser, "\"rul".chars()).await;
    browser.shows("#offers [aria-selected=true]", "rules").await;
    press(&browser, [ENTER]).await;
    until("the suggestion is written", || async {
        (text_of_file(&browser).await == "{\n  \"version\": 1,\n  \"rules\": \n}").then_some(())
    })
    .await;
    press(&browser, "[]".chars()).await;
    browser.shows(".summary", "No mistakes").await;
    // A name typed in full still gets its quotes and colon, not a new line.
    paste(&browser, "{\n  \"version\": 1,\n  \n}").await;
    browser.run("const f = document.querySelector('#file'); f.focus(); f.setSelectionRange(20, 20)").await;
    press(&browser, "\"rules".chars()).await;
    browser.shows("#offers [aria-selected=true]", "rules").await;
    press(&browser, [ENTER]).await;
    until("the name is completed", || async {
        (text_of_file(&browser).await == "{\n  \"version\": 1,\n  \"rules\": \n}").then_some(())
    })
    .await;
    browser.close().await;
}

/// What is selected in the file.
async fn selected(browser: &Browser) -> String {
    let selected = browser
        .run("const f = document.querySelector('#file'); return f.value.slice(f.selectionStart, f.selectionEnd)")
        .await;
    selected.as_str().unwrap_or_default().into()
}

/// The text that the download button saves, and the name of its file.
async fn downloads(browser: &Browser, button: &str) -> (String, String) {
    let watch = "window.saved = null; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { window.blob = blob; return make.call(URL, blob); }; \
         HTMLAnchorElement.prototype.click = function () { const name = this.download; window.blob.text().then((text) => { window.saved = [name, text]; }); }";
    browser.run(watch).await;
    browser.click(button).await;
    let saved = until("a file is saved", || async {
        let saved = browser.run("return window.saved").await;
        (!saved.is_null()).then_some(saved)
    })
    .await;
    let part = |index: usize| saved[index].as_str().unwrap_or_default().to_owned();
    (part(0), part(1))
}

/// Would catch: a recipe or a reload that destroys what somebody wrote, a download that is not the editor's text (compiled,
/// without comments, or refused because of a mistake), a file that is sent, and one that stays on the device unsaid or
/// cannot be removed.
async fn ones_own_file_outlives_recipes_and_reloads_and_is_what_is_downloaded(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    let own = format!("// Mine\n{RULES}\n,");
    let requests = "return performance.getEntriesByType('resource').length";
    let before = browser.run(requests).await;
    paste(&browser, &own).await;
    browser.shows(".private", "kept on this device only").await;
    assert_eq!(downloads(&browser, "#download").await, ("engagement.jsonc".into(), own.clone()));
    let disabled = "return document.querySelector('#published').disabled";
    assert_eq!(browser.run(disabled).await, json!(true), "what cannot be read has no published form");
    choose(&browser, "Exit on checkout").await;
    until("the recipe is there", || async { (text_of_file(&browser).await != own).then_some(()) }).await;
    let (name, published) = downloads(&browser, "#published").await;
    assert_eq!(name, "engagement.json");
    assert!(published.contains("\"program\"") && !published.contains("\"tests\""), "{published}");
    choose(&browser, "Your file").await;
    until("one's own file is back", || async { (text_of_file(&browser).await == own).then_some(()) }).await;
    assert_eq!(browser.run(requests).await, before, "the playground asked for something");
    browser.goto(&format!("{}/playground", server.origin())).await;
    browser.find("#file").await;
    until("it outlives a reload", || async { (text_of_file(&browser).await == own).then_some(()) }).await;
    assert_eq!(browser.run("return document.querySelector('#recipe').selectedOptions[0].text").await, "Your file");
    browser.shows(".stale", "What is wrong stands below its text").await;
    browser.run("window.confirm = () => true").await;
    browser.click("#remove").await;
    until("a recipe is there", || async { (text_of_file(&browser).await != own).then_some(()) }).await;
    assert_eq!(browser.traces().await.local, 0);
    browser.close().await;
}

/// Would catch: a test that fails with a number only, and one that cannot be found in a long file.
async fn a_failing_test_says_why_and_leads_to_its_line(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    let test = r#"{ "given": { "cart.value": 12 }, "signal": { "timer": "20s" }, "expect": { "rule": "offer" } }"#;
    let rules =
        RULES.replace("exti", "exit").replace("\n  ]\n}", &format!("\n  ],\n  \"tests\": [\n    {test}\n  ]\n}}"));
    paste(&browser, &format!("{}{rules}", "// A long way down\n".repeat(80))).await;
    browser.shows(".test.bad .given", "cart.value 12, timer 20s → offer fires").await;
    browser.shows(".test.bad em", "offer did not fire").await;
    browser.click(".test.bad .find").await;
    let seen = "const f = document.querySelector('#file'); const code = document.querySelector('.code').getBoundingClientRect(); \
         const line = f.value.slice(0, f.selectionStart).split('\\n').length; \
         const row = document.querySelector(`.line:nth-child(${line})`).getBoundingClientRect(); \
         return [f.value.split('\\n')[line - 1].trim(), row.top > code.top && row.bottom < code.bottom]";
    until("the line is seen", || async { (browser.run(seen).await == json!([test, true])).then_some(()) }).await;
    browser.close().await;
}

/// Would catch: an editor that loses the indent, that doubles brackets which were typed all the same, or whose help cannot be undone.
async fn a_rule_is_written_with_few_keys(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    paste(&browser, "").await;
    browser.run("document.querySelector('#file').focus()").await;
    let is = async |text: &str| {
        until(&format!("the file reads {text:?}"), || async { (text_of_file(&browser).await == text).then_some(()) })
            .await;
    };
    browser.presses("{".chars().chain([ENTER]).chain("1: [2]".chars())).await;
    is("{\n  1: [2]\n}").await;
    browser.presses([ENTER]).await;
    browser.presses("3: {4}".chars().chain(['}'])).await;
    is("{\n  1: [2]\n  3: {4}}\n}").await;
    browser.presses(['\u{e003}']).await;
    is("{\n  1: [2]\n  3: {4}\n}").await;
    browser.type_into("#file", "\u{e009}z\u{e000}").await;
    is("{\n  1: [2]\n  3: {4}}\n}").await;
    browser.close().await;
}

/// Chooses a recipe by its title.
async fn choose(browser: &Browser, title: &str) {
    let choose = format!(
        "const s = document.querySelector('#recipe'); s.value = [...s.options].find((o) => o.text === '{title}').value; \
         s.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    );
    browser.run(&choose).await;
}

/// Moves the slider of time.
async fn seconds(browser: &Browser, seconds: u32) {
    let slide = format!(
        "const s = document.querySelector('#seconds'); s.value = '{seconds}'; s.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))"
    );
    browser.run(&slide).await;
}

/// Would catch: a slider that time does not follow (delays that never end, timers that are jumped over, points that are lost),
/// a card that somebody cannot get rid of, and a second visit that is none.
async fn time_passes_points_add_up_and_the_visitor_comes_back(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    choose(&browser, "Interest adds up").await;
    browser.shows("#rule-read-to-the-end .reason", "fired").await;
    browser.shows("#stage .caption", "add 2 to the score").await;
    seconds(&browser, 10).await;
    browser.shows("#rule-took-the-time .reason", "fired at 10 s").await;
    browser.shows("#rule-interested .reason", "pending delay").await;
    seconds(&browser, 30).await;
    browser.shows("#rule-interested .reason", "fired at 11 s").await;
    browser.shows("#stage .card-text", "You seem to know what you want").await;
    choose(&browser, "After a dismissal").await;
    browser.shows("#stage .card-text", "the right plant").await;
    browser.click("#stage .card-close").await;
    browser.shows("#stage .caption", "Nothing is shown").await;
    browser.click(".later button:nth-of-type(3)").await;
    seconds(&browser, 6).await;
    browser.shows("#stage .teaser", "We are here if you need us").await;
    browser.shows("#rule-first-offer .sentence", "closed a notification").await;
    browser.click(".log summary").await;
    browser.shows(".log", "comes back 3 d later").await;
    browser.close().await;
}

/// Would catch: a recipe that the browser reads otherwise than the server, a view that breaks on one, a page whose policy
/// keeps something of it from running, and a single request after the page has started.
async fn every_recipe_loads_without_a_mistake_and_nothing_is_sent(engine: Engine) {
    let server = Server::start(&[]);
    let browser = open(engine, &server).await;
    browser.run("window.problems = []; addEventListener('error', (e) => problems.push(e.message)); addEventListener('securitypolicyviolation', (e) => problems.push(e.violatedDirective))").await;
    let requests = "return performance.getEntriesByType('resource').length";
    let before = browser.run(requests).await;
    let recipes = browser.run("return document.querySelectorAll('#recipe option').length").await.as_u64().unwrap_or(0);
    assert!(recipes >= 12, "{recipes}");
    for recipe in 0..recipes {
        let choose = format!(
            "const s = document.querySelector('#recipe'); s.value = '{recipe}'; s.dispatchEvent(new Event('change', {{ bubbles: true }})); \
             return s.selectedOptions[0].textContent"
        );
        let name = browser.run(&choose).await;
        // Each begins in a situation in which something happens, but for what needs days to pass.
        until(&format!("{name} is there"), || async {
            let mistakes = browser.text(".summary").await;
            let tests = browser.text(".tests .test.bad").await;
            (mistakes.contains("No mistakes") && tests.is_empty() && !browser.text(".rule").await.is_empty())
                .then_some(())
        })
        .await;
    }
    browser.run("document.querySelector('.signal').click()").await;
    assert_eq!(browser.run("return problems").await, json!([]));
    assert_eq!(browser.run(requests).await, before, "the playground asked for something");
    let traces = browser.traces().await;
    assert_eq!((traces.cookies.as_str(), traces.local, traces.session, traces.databases), ("", 0, 0, 0));
    browser.close().await;
}
