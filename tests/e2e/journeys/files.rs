//! Files, edits and deletions, seen from both sides.

use std::path::{Path, PathBuf};

use chinwag_e2e::{
    agent::{Agent, Clerk},
    host::{Host, Policy},
    server::Server,
    until,
    visitor::Visitor,
};

use super::Engine;

super::in_browsers!(
    a_picture_goes_to_the_agent_and_a_file_comes_back,
    a_file_that_is_no_good_says_why_and_leaves_the_rest_alone,
    what_one_side_edits_and_deletes_changes_on_the_other,
    a_file_that_a_reload_interrupts_is_shown_as_not_sent,
    a_file_on_its_way_is_its_own_tab_s_affair_until_that_is_gone,
    a_file_chosen_in_an_outage_goes_when_that_is_over,
);

/// The smallest picture: one pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x90, 0x8f, 0x71, 0x05, 0x00, 0x01, 0x5e, 0x00, 0xc1, 0xe9, 0x86, 0xc4, 0x78,
    0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Files on the disk of somebody.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn has(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }
}

async fn shop(policy: Policy) -> (Server, Host) {
    let (listener, origin) = Host::reserve().await;
    let server = Server::start(&[origin]);
    let host = Host::serve(listener, &server.origin(), policy);
    (server, host)
}

async fn arrives(engine: Engine, host: &Host) -> Visitor {
    let visitor = Visitor::arrives(engine).await;
    visitor.browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor
}

/// P7.1, P7.2, P7.4. Would catch: an upload that the browser forbids, a picture that is none, a link that leads nowhere.
async fn a_picture_goes_to_the_agent_and_a_file_comes_back(engine: Engine) {
    let (server, host) = shop(Policy::None).await;
    let agent = Agent::sets_up(engine, server.setup_link.as_deref().expect("a link")).await;
    agent.browser.find("main").await;
    let disk = Disk::new();
    let visitor = arrives(engine, &host).await;
    // Into a conversation that does not exist yet.
    visitor.attaches(&disk.has("north window.png", PNG)).await;
    visitor.sees("north window.png").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;

    agent.opens("north window.png").await;
    let picture = "return [...document.querySelectorAll('.picture img')].filter((i) => i.complete && i.naturalWidth === 1 \
                   && i.alt === 'north window.png').length";
    until("the agent sees the picture", || async { (agent.browser.run(picture).await == 1).then_some(()) }).await;

    agent.attaches(&disk.has("care.txt", b"Water it on Mondays.")).await;
    visitor.sees("care.txt").await;
    let link = visitor.browser.find("chin-wag .row.theirs a.file").await;
    let address = link.attr("href").await.expect("an attribute").expect("an address");
    assert!(address.starts_with(&server.origin()), "{address}");
    let answer = reqwest::get(&address).await.expect("the file is there");
    assert_eq!(answer.bytes().await.expect("its bytes"), "Water it on Mondays.");

    // It is still there for the next page, each once.
    visitor.browser.goto(&format!("{}/demo/product.html", host.origin)).await;
    visitor.opens_if_closed().await;
    visitor.sees("care.txt").await;
    let mine = "return [...document.querySelector('chin-wag').shadowRoot.querySelectorAll('.row.mine img')] \
                .filter((i) => i.naturalWidth === 1).length";
    until("the visitor's own picture is shown once", || async { (visitor.browser.run(mine).await == 1).then_some(()) })
        .await;
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Would catch: a refusal without a word, one that takes the composer with it, and a strict page on which files fail.
async fn a_file_that_is_no_good_says_why_and_leaves_the_rest_alone(engine: Engine) {
    let (server, host) = shop(Policy::Strict).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let disk = Disk::new();
    let visitor = arrives(engine, &host).await;
    visitor.attaches(&disk.has("page.html", b"<!doctype html><script>alert(1)</script>")).await;
    visitor.sees("Only images, PDF and plain text").await;
    visitor.browser.click("chin-wag .row.mine .mend button:last-child").await;
    let most = vec![b'x'; chinwag_e2e::visitor::FILE_BYTES + 1];
    visitor.attaches(&disk.has("long.txt", &most)).await;
    visitor.sees("The most is 10 MB").await;
    visitor.browser.click("chin-wag .row.mine .mend button:last-child").await;

    visitor.attaches(&disk.has("window.png", PNG)).await;
    visitor.writes("and words").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    // The page allows no pictures from elsewhere: the name stands there, and no broken picture.
    visitor.sees("window.png").await;
    until("no broken picture", || async {
        visitor.browser.look("chin-wag .row.mine img").await.is_none().then_some(())
    })
    .await;
    let rows = visitor
        .browser
        .run("return document.querySelector('chin-wag').shadowRoot.querySelectorAll('.row.mine').length")
        .await;
    assert_eq!(rows, 2);
    visitor.leaves().await;
}

/// P4.11, P4.12. Would catch: a change that one side does not see, or that comes back with the next page.
async fn what_one_side_edits_and_deletes_changes_on_the_other(engine: Engine) {
    let (server, host) = shop(Policy::Strict).await;
    let agent = Agent::sets_up(engine, server.setup_link.as_deref().expect("a link")).await;
    agent.browser.find("main").await;
    let visitor = arrives(engine, &host).await;
    visitor.writes("My flat faces nroth").await;
    visitor.writes("Never mind this").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    agent.opens("Never mind this").await;
    agent.browser.shows("main", "My flat faces nroth").await;

    visitor.edits("My flat faces nroth", "My flat faces north").await;
    agent.browser.shows("main", "My flat faces north").await;
    agent.browser.shows(".stamp", "Edited").await;
    visitor.deletes("Never mind this").await;
    agent.browser.shows("main", "This message was deleted").await;

    agent.replies("Then a Zamiocullcas").await;
    agent.replies("Wrong window, sorry").await;
    visitor.sees("Wrong window, sorry").await;
    agent.edits("Then a Zamiocullcas", "Then a Zamioculcas").await;
    visitor.sees("Then a Zamioculcas").await;
    agent.deletes("Wrong window, sorry").await;
    until("the visitor sees that it is gone", || async {
        (!visitor.browser.text("chin-wag .thread").await.contains("Wrong window")).then_some(())
    })
    .await;

    visitor.browser.goto(&format!("{}/demo/product.html", host.origin)).await;
    visitor.opens_if_closed().await;
    visitor.sees("My flat faces north").await;
    visitor.sees("Then a Zamioculcas").await;
    let thread = visitor.browser.text("chin-wag .thread").await;
    for gone in ["nroth", "Never mind", "Zamiocull", "Wrong window"] {
        assert!(!thread.contains(gone), "{gone}: {thread}");
    }
    visitor.leaves().await;
    agent.browser.close().await;
}

/// Uploads of this page take for ever.
const STALLS: &str = "const stalls = document.createElement('script'); \
    stalls.textContent = 'XMLHttpRequest.prototype.send = () => {}'; document.head.append(stalls)";

async fn sends_for_ever(visitor: &Visitor, path: &Path) {
    visitor.browser.run(STALLS).await;
    visitor.attaches(path).await;
    visitor.browser.find("chin-wag progress").await;
}

/// A visitor who has said that a file is coming.
struct Plan {
    _server: Server,
    host: Host,
    clerk: Clerk,
    disk: Disk,
    visitor: Visitor,
}

impl Plan {
    async fn told(engine: Engine) -> Self {
        let (server, host) = shop(Policy::None).await;
        let clerk = Clerk::sets_up(&server).await;
        clerk.intends("available").await;
        let visitor = arrives(engine, &host).await;
        visitor.writes("Here is the plan").await;
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
        Self { _server: server, host, clerk, disk: Disk::new(), visitor }
    }
}

/// Would catch: a second tab that says "Not sent" of what the first one is sending, and one that never tells of a file that went
/// with its tab; whether it was open before or not.
async fn a_file_on_its_way_is_its_own_tab_s_affair_until_that_is_gone(engine: Engine) {
    let Plan { host, clerk: _clerk, disk, visitor, _server } = Plan::told(engine).await;
    let browser = &visitor.browser;
    let page = format!("{}/demo/product.html", host.origin);
    let first = browser.window().await;
    let before = browser.opens_tab().await;
    browser.goto(&page).await;
    visitor.opens_if_closed().await;
    visitor.sees("Here is the plan").await;

    browser.turns_to(&first).await;
    sends_for_ever(&visitor, &disk.has("plan.png", PNG)).await;
    let after = browser.opens_tab().await;
    browser.goto(&page).await;
    visitor.opens_if_closed().await;
    visitor.sees("Here is the plan").await;
    // What is written after it comes after it.
    for (tab, text) in [(&after, "from the tab behind"), (&before, "from the tab before")] {
        browser.turns_to(tab).await;
        visitor.writes(text).await;
        visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
        assert_eq!(visitor.count("plan.png").await, 0, "{text}");
        assert!(browser.look("chin-wag .failed").await.is_none(), "{text}");
    }
    browser.turns_to(&first).await;
    browser.find("chin-wag progress").await;
    browser.closes_tab().await;
    for tab in [&before, &after] {
        browser.turns_to(tab).await;
        browser.shows("chin-wag .row.mine .failed", "Not sent").await;
        visitor.sees("plan.png").await;
    }
    browser.click("chin-wag .failed button").await;
    browser.turns_to(&before).await;
    until("it is gone in all tabs", || async { browser.look("chin-wag .failed").await.is_none().then_some(()) }).await;
    visitor.leaves().await;
}

/// Would catch: a file that vanishes with the page that was sending it, one that is shown as sent, and words that go with it.
async fn a_file_that_a_reload_interrupts_is_shown_as_not_sent(engine: Engine) {
    let Plan { host, clerk, disk, visitor, _server } = Plan::told(engine).await;
    let browser = &visitor.browser;
    let conversation = clerk.finds("Here is the plan").await;
    sends_for_ever(&visitor, &disk.has("plan of the garden.png", PNG)).await;
    browser.type_into("chin-wag .composer textarea", "And a word mo").await;
    for page in ["index.html", "product.html"] {
        browser.goto(&format!("{}/demo/{page}", host.origin)).await;
        visitor.opens_by_launcher().await;
        visitor.sees("Here is the plan").await;
        browser.shows("chin-wag .row.mine .failed", "Not sent").await;
        visitor.sees("plan of the garden.png").await;
        let draft = "return document.querySelector('chin-wag').shadowRoot.querySelector('.composer textarea').value";
        assert_eq!(browser.run(draft).await, "And a word mo");
    }
    browser.click("chin-wag .failed button").await;
    until("it is gone", || async { browser.look("chin-wag .failed").await.is_none().then_some(()) }).await;
    browser.type_into("chin-wag .composer textarea", "re\u{e007}").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    browser.goto(&format!("{}/demo/index.html", host.origin)).await;
    visitor.opens_by_launcher().await;
    visitor.sees("And a word more").await;
    assert!(browser.look("chin-wag .failed").await.is_none());
    assert_eq!(clerk.reads(&conversation).await, ["Here is the plan", "And a word more"]);
    visitor.leaves().await;
}

/// Would catch: a file of which an outage says that the server did not want it, and one that stays behind when that is over.
async fn a_file_chosen_in_an_outage_goes_when_that_is_over(engine: Engine) {
    let (mut server, host) = shop(Policy::Strict).await;
    let clerk = Clerk::sets_up(&server).await;
    clerk.intends("available").await;
    let disk = Disk::new();
    let visitor = arrives(engine, &host).await;
    visitor.writes("I send you a picture").await;
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    server.kill();
    visitor.attaches(&disk.has("north window.png", PNG)).await;
    visitor.sees("north window.png").await;
    visitor.sees_state(&["Will be sent"]).await;
    server.boot();
    visitor.sees_state(&["Sent", "Delivered", "Read"]).await;
    clerk.finds("north window.png").await;
    visitor.leaves().await;
}
