//! Pages and files.

use std::path::Path;

use reqwest::{Method, StatusCode, header::HeaderMap};
use tokio::process::Command;

use crate::server::{Server, chinwag};

/// A folder that looks like the built web files.
fn web(folder: &Path) {
    for (path, text) in [
        ("chinwag.js", "loader"),
        ("assets/scout-abc.wasm", "plain wasm"),
        ("assets/scout-abc.wasm.br", "small"),
        ("assets/scout-abc.wasm.gz", "smaller"),
        ("demo/index.html", "<p>demo"),
        ("demo/app/index.html", "<p>app"),
        ("console/index.html", "<p>console"),
    ] {
        let path = folder.join("web").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn is(headers: &HeaderMap, name: &str, expected: &str) {
    assert_eq!(headers.get(name).map(|value| value.to_str().unwrap()), Some(expected), "{name}");
}

#[tokio::test]
async fn web_files_carry_the_headers_that_browsers_need() {
    let data = tempfile::tempdir().unwrap();
    web(data.path());
    let mut server = serve_with_web(data).await;
    let get = async |path: &str, encoding: &str| {
        server.request(Method::GET, path).header("accept-encoding", encoding).send().await.unwrap()
    };
    for (encoding, expected, text) in
        [("gzip, br", Some("br"), "small"), ("gzip", Some("gzip"), "smaller"), ("br;q=0", None, "plain wasm")]
    {
        let response = get("/assets/scout-abc.wasm", encoding).await;
        let headers = response.headers().clone();
        is(&headers, "content-type", "application/wasm");
        is(&headers, "cache-control", "public, max-age=31536000, immutable");
        is(&headers, "access-control-allow-origin", "*");
        is(&headers, "cross-origin-resource-policy", "cross-origin");
        is(&headers, "vary", "accept-encoding");
        is(&headers, "x-content-type-options", "nosniff");
        assert_eq!(headers.get("content-encoding").map(|v| v.to_str().unwrap()), expected);
        assert_eq!(response.text().await.unwrap(), text);
        let etag = headers["etag"].to_str().unwrap();
        let again = server
            .request(Method::GET, "/assets/scout-abc.wasm")
            .header("accept-encoding", encoding)
            .header("if-none-match", etag);
        assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    }
    let loader = get("/chinwag.js", "").await;
    is(loader.headers(), "cache-control", "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800");
    is(loader.headers(), "content-type", "text/javascript; charset=utf-8");
    let console = get("/console/", "").await;
    let policy = console.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    is(console.headers(), "permissions-policy", "unload=()");
    is(console.headers(), "referrer-policy", "no-referrer");
    assert_eq!(
        get("/console/conversations/7", "").await.text().await.unwrap(),
        "<p>console",
        "the console routes by itself"
    );
    assert_eq!(get("/demo/app/settings", "").await.text().await.unwrap(), "<p>app");
    for (path, to) in [("/", "/demo/"), ("/demo", "/demo/"), ("/console", "/console/")] {
        let response = get(path, "").await;
        assert!(response.status().is_redirection(), "{path}");
        is(response.headers(), "location", to);
    }
    for path in ["/assets/missing.js", "/demo/missing", "/web", "/.env", "/assets/"] {
        assert_eq!(get(path, "").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(server.request(Method::POST, "/demo/").send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    server.signal("-TERM");
    assert_eq!(server.exit_code().await, Some(0));
}

async fn serve_with_web(data: tempfile::TempDir) -> Server {
    let web = data.path().join("web");
    Server::start_with(data, move |command: &mut Command| {
        command.env("CHINWAG_WEB_DIR", web);
    })
    .await
}

/// The hidden fields of the form, ready to be sent with more.
fn fields(page: &str) -> Vec<(String, String)> {
    page.split("<input type=\"hidden\" ")
        .skip(1)
        .map(|input| {
            let value = |name: &str| {
                let rest = input.split(&format!("{name}=\"")).nth(1).unwrap();
                rest.split('"').next().unwrap().to_owned()
            };
            (value("name"), value("value"))
        })
        .collect()
}

fn form(fields: &[(String, String)], more: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
    let known = fields.iter().map(|(name, value)| format!("{name}={}", escape(value)));
    let more = more.iter().map(|(name, value)| format!("{name}={}", escape(value)));
    known.chain(more).collect::<Vec<_>>().join("&")
}

async fn submit(server: &Server, form: String) -> (StatusCode, String) {
    let request =
        server.request(Method::POST, "/chat/demo").header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(form).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_page_without_scripts_holds_a_conversation() {
    use crate::client::{Socket, send, text};
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let first = server.get("/chat/demo").await;
    let policy = first.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    is(first.headers(), "cache-control", "no-store");
    let page = first.text().await.unwrap();
    assert!(!page.contains("<script") && !page.contains("style="));
    let keys = fields(&page);
    let evil = "<script>alert(1)</script> \"quoted\" & é\r\nsecond line";
    let sent = form(&keys, &[("text", evil), ("name", "<b>Ada</b>"), ("email", "ada@example.com")]);
    let (status, page) = submit(&server, sent.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; é<br>second line"), "{page}");
    assert!(!page.contains("<script") && !page.contains("<b>Ada"));
    let conversation = agent.event().await.summary.unwrap().conversation;
    agent.event().await;
    assert_eq!(submit(&server, sent).await.1.matches("second line").count(), 1, "sent twice by a reload, stored once");
    agent.ack(send(conversation, text("**hello** from Mia, see https://shop.example/ferns"))).await;
    let (status, page) = submit(&server, form(&fields(&page), &[("refresh", "1"), ("text", "half a thou")])).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("<strong>hello</strong> from Mia")
            && page.contains("href=\"https://shop.example/ferns\"")
            && page.contains("half a thou</textarea>"),
        "refreshing sends nothing and keeps the draft"
    );

    let stranger = fields(&server.get("/chat/demo").await.text().await.unwrap());
    let stolen: Vec<_> = fields(&page)
        .into_iter()
        .map(|(name, value)| {
            let token = stranger.iter().find(|(other, _)| *other == name && name == "token");
            (name, token.map_or(value, |(_, token)| token.clone()))
        })
        .collect();
    let (_, page) = submit(&server, form(&stolen, &[("refresh", "1")])).await;
    assert!(!page.contains("from Mia"), "the token is the key");
}

#[tokio::test]
async fn the_page_without_scripts_refuses_in_plain_words() {
    let server = Server::start().await;
    assert_eq!(server.get("/chat/nowhere").await.status(), StatusCode::NOT_FOUND);
    let keys = fields(&server.get("/chat/demo").await.text().await.unwrap());
    let (status, page) = submit(&server, form(&keys, &[("text", " ")])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Write a message first."));
    let long = "x".repeat(4_001);
    let (status, page) = submit(&server, form(&keys, &[("text", &long)])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("too long") && page.contains(&long), "and what was typed is not lost");
    let (status, page) = submit(&server, form(&keys, &[("text", "hi"), ("email", "ada")])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("mail address"));
    assert_eq!(submit(&server, "token=x".into()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(submit(&server, "x".repeat(70_000)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn settings_are_read_and_mistakes_in_them_named() {
    let data = tempfile::tempdir().unwrap();
    let run = async |more: &[&str]| {
        let output = chinwag().args(["serve", "--data"]).arg(data.path()).args(more).output().await.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, why) = run(&["--public-url", "chat.example.com"]).await;
    assert!(code == Some(2) && why.contains("https://chat.example.com"), "{why}");
    std::fs::write(data.path().join("chinwag.toml"), "lisen = \"127.0.0.1:0\"").unwrap();
    let (code, why) = run(&[]).await;
    assert!(code == Some(2) && why.contains("lisen") && why.contains("listen"), "{why}");
    let web = data.path().join("chinwag.toml");
    std::fs::write(web, "public_url = \"https://chat.example.com\"").unwrap();
    let mut server = Server::start_in(data).await;
    let line = server.next_line().await.unwrap();
    assert!(line.starts_with("first admin: https://chat.example.com/console/#setup="), "{line}");
    let second =
        chinwag().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(server.data()).output().await.unwrap();
    let why = String::from_utf8(second.stderr).unwrap();
    assert!(second.status.code() == Some(2) && why.contains("another server uses"), "{why}");
}
