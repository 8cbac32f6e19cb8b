//! Files that people send one another.

use chinwag_conversation::{
    ClientFrame, ConversationId, FileId, FileRef, Kind, NackCode, ServerFrame, WallTime, limits,
};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::{
    client::{Socket, conversation_id, send, text, token},
    server::{Server, Signed},
};

const BOUNDARY: &str = "a-line-that-no-file-has";

fn file_id() -> FileId {
    let mut random = [0; 10];
    getrandom::fill(&mut random).unwrap();
    FileId::new(WallTime(1_700_000_000_000), random)
}

/// A form as browsers send it.
fn form(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.as_bytes());
    body.extend(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn post(server: &Server, body: Vec<u8>) -> Response {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    server.request(Method::POST, "/v1/sites/demo/files").header("content-type", kind).body(body).send().await.unwrap()
}

async fn upload(server: &Server, ada: &str, to: ConversationId, id: FileId, name: &str, bytes: &[u8]) -> Response {
    let (to, id) = (to.to_string(), id.to_string());
    post(server, form(&[("token", ada), ("conversation", &to), ("id", &id)], name, bytes)).await
}

async fn uploaded(response: Response) -> FileRef {
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_value(response.json::<Value>().await.unwrap()["file"].clone()).unwrap()
}

/// A picture of 2 by 1 pixels.
fn png() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 1).write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// P7.1, P7.2, P7.3, P7.4
#[tokio::test]
async fn a_picture_goes_to_the_other_side_and_can_be_taken_back() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let mut agent = Socket::agent(&server, &mia).await;
    let (ada, to, id) = (token(), conversation_id(), file_id());
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    assert_eq!(u64::from(visitor.welcome().await.limits.file_bytes), limits::FILE_BYTES);
    let response = upload(&server, &ada, to, id, "my plan.jpeg", &png()).await;
    assert_eq!(response.headers()["access-control-allow-origin"], *server.url);
    let file = uploaded(response).await;
    assert_eq!((file.id, file.name.as_str(), file.media.as_str()), (id, "my plan.png", "image/png"));
    assert_eq!((file.width, file.height), (Some(2), Some(1)));
    let again = uploaded(upload(&server, &ada, to, id, "x.png", b"whatever").await).await;
    assert_eq!(again, file, "the same id is the same file");

    let forged = FileRef { name: "invoice.exe".into(), size: 1, path: "/files/x/y".into(), ..file.clone() };
    let message = send(to, Kind::File { file: forged });
    visitor.ack(message.clone()).await;
    let event = agent.event().await;
    assert_eq!(event.entry.kind, Kind::File { file: file.clone() }, "as the server knows it");
    assert_eq!(event.summary.unwrap().preview, "my plan.png");
    let served = server.get(&file.path).await;
    assert_eq!(served.status(), StatusCode::OK);
    let headers = served.headers();
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["content-disposition"], "inline; filename*=UTF-8''my%20plan.png");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(served.bytes().await.unwrap().len() as u64, file.size);

    visitor.ack(send(to, Kind::Deleted { of: message.id })).await;
    server
        .eventually("the bytes to go", async || {
            (server.get(&file.path).await.status() == StatusCode::NOT_FOUND).then_some(())
        })
        .await;
    assert_eq!(std::fs::read_dir(server.data().join("files")).unwrap().count(), 0);
}

#[tokio::test]
async fn agents_send_files_into_conversations_that_exist() {
    let mut server = Server::start().await;
    let mia = server.admin().await;
    let (ada, to, id) = (token(), conversation_id(), file_id());
    let post = async |who: Option<&Signed>, origin: &str| {
        let (to, id) = (to.to_string(), id.to_string());
        let body = form(&[("conversation", &to), ("id", &id)], "terms.txt", b"be kind");
        let request = crate::server::http().post(format!("{}/v1/agent/files", server.url)).header("origin", origin);
        let request = request.header("x-chinwag", "1").header("cookie", who.map_or("", |who| &who.cookie));
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        request.header("content-type", kind).body(body).send().await.unwrap()
    };
    assert_eq!(post(None, &server.url).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(post(Some(&mia), "https://evil.example").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(post(Some(&mia), &server.url).await.status(), StatusCode::NOT_FOUND);
    let mut visitor = Socket::greeted(&server, &ada, vec![]).await;
    visitor.ack(send(to, text("your terms?"))).await;
    let file = uploaded(post(Some(&mia), &server.url).await).await;
    let mut stolen = Socket::greeted(&server, &ada, vec![]).await;
    stolen.say(ClientFrame::Send(send(to, Kind::File { file: file.clone() }))).await;
    let answer = stolen.answer().await;
    assert!(matches!(&answer, ServerFrame::Nack(nack) if nack.code == NackCode::Forbidden), "{answer:?}");
    let mut agent = Socket::agent(&server, &mia).await;
    agent.ack(send(to, Kind::File { file: file.clone() })).await;
    let served = server.get(&file.path).await;
    assert_eq!(served.headers()["content-type"], "text/plain; charset=utf-8");
    assert!(served.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
}

#[tokio::test]
async fn what_is_no_file_for_a_conversation_is_refused_in_words_and_leaves_nothing_behind() {
    let server = Server::start().await;
    let (ada, to) = (token(), conversation_id());
    let whole = |bytes: &[u8]| {
        let (to, id) = (to.to_string(), file_id().to_string());
        form(&[("token", &ada), ("conversation", &to), ("id", &id)], "x", bytes)
    };
    let without = |missing: &str| {
        let (to, id) = (to.to_string(), file_id().to_string());
        let fields = [("token", ada.as_str()), ("conversation", to.as_str()), ("id", id.as_str())];
        let fields: Vec<_> = fields.into_iter().filter(|(name, _)| *name != missing).collect();
        form(&fields, "x", &png())
    };
    let mut cut = whole(&png());
    cut.truncate(cut.len() - 60);
    let cases = [
        (whole(b""), 400, "empty"),
        (whole(b"<!doctype html><script>alert(1)</script>"), 415, "media_type"),
        (whole(&[0; 64]), 415, "media_type"),
        (whole(&png()[..40]), 400, "image"),
        (whole(&vec![b'x'; limits::FILE_BYTES as usize + 1]), 413, "too_large"),
        (without("token"), 401, "unauthenticated"),
        (without("conversation"), 400, "form"),
        (without("id"), 400, "form"),
        (cut, 400, "form"),
        (b"nonsense".to_vec(), 400, "form"),
        (form(&[("token", &"x".repeat(99_999))], "x", &png()), 413, "too_large"),
        (form(&[("a", "b"); 20], "x", &png()), 400, "form"),
    ];
    for (body, status, code) in cases {
        let start = String::from_utf8_lossy(&body[..body.len().min(500)]).into_owned();
        let response = post(&server, body).await;
        assert_eq!(response.status().as_u16(), status, "{code} {start}");
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], code, "{start}");
    }
    let plain = server.request(Method::POST, "/v1/sites/demo/files").body("{}").send().await.unwrap();
    assert_eq!(plain.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(std::fs::read_dir(server.data().join("files")).unwrap().count(), 0);
    for nowhere in
        ["/files/x/y", "/files/../chinwag.db/x", "/files/%2e%2e%2fchinwag.db/x", &format!("/files/{ada}.png/x")]
    {
        assert_eq!(server.get(nowhere).await.status(), StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test]
async fn twenty_files_in_an_hour_are_enough() {
    let server = Server::start().await;
    let (ada, to) = (token(), conversation_id());
    for n in 0..limits::FILES_PER_HOUR {
        uploaded(upload(&server, &ada, to, file_id(), "note.txt", format!("{n}").as_bytes()).await).await;
    }
    let refused = upload(&server, &ada, to, file_id(), "note.txt", b"one more").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
}
