//! Where the bytes of uploaded files are: a folder, or a bucket that speaks S3. An object's name is the only key to it.

mod content;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::body::Bytes;
use chinwag_conversation::entry::FILES;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Name};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

pub(crate) use self::content::{Content, FileKind, Unfit};
use crate::{
    clock, secret,
    store::{Operator, SharedStore, WASTE_AFTER_MS},
};

/// Uploads that may arrive at the same time: each is kept in memory while it does.
const ARRIVING: usize = 8;
/// Images that are written anew at the same time: each may take a core and 256 MiB.
const PREPARING: usize = 1;
/// Between two looks for files that nobody needs.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// The bytes of uploaded files.
pub(crate) struct Files {
    objects: Arc<dyn ObjectStore>,
    /// Of the folder, when it is one.
    folder: Option<PathBuf>,
    arriving: Semaphore,
    preparing: Semaphore,
    /// Something was deleted.
    waste: Notify,
}

impl Files {
    /// `url` like `s3://bucket/prefix` with `options` (`endpoint`, `region`, `access_key_id` …, or `AWS_…` in the
    /// environment); without it the folder `files` of the data folder.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(crate) fn open(data: &Path, url: Option<&str>, options: Vec<(String, String)>) -> Result<Arc<Self>, String> {
        let (objects, folder): (Arc<dyn ObjectStore>, _) = match url {
            None => {
                let folder = data.join("files");
                std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
                let objects = LocalFileSystem::new_with_prefix(&folder).map_err(|error| error.to_string())?;
                (Arc::new(objects), Some(folder))
            }
            Some(url) => (bucket(url, options).map_err(|error| format!("the files at {url:?}: {error}"))?, None),
        };
        Ok(Arc::new(Self {
            objects,
            folder,
            arriving: Semaphore::new(ARRIVING),
            preparing: Semaphore::new(PREPARING),
            waste: Notify::new(),
        }))
    }

    /// A place for one arriving upload, if there is one now.
    pub(crate) fn arrive(&self) -> Option<SemaphorePermit<'_>> {
        self.arriving.try_acquire().ok()
    }

    /// Looks at what arrived, and makes of it what is kept.
    pub(crate) async fn prepare(&self, bytes: Vec<u8>) -> Result<Content, Unfit> {
        let _turn = self.preparing.acquire().await.map_err(|_| Unfit::Broken)?;
        tokio::task::spawn_blocking(move || content::prepare(bytes)).await.unwrap_or(Err(Unfit::Broken))
    }

    /// Keeps a file under a new name, on stable storage when this returns.
    pub(crate) async fn put(&self, kind: FileKind, bytes: Vec<u8>) -> Result<String, object_store::Error> {
        let key = format!("{}.{}", secret::token(), kind.ending());
        self.objects.put(&Name::from(key.as_str()), PutPayload::from(Bytes::from(bytes))).await?;
        if let Some(folder) = self.folder.clone() {
            let path = folder.join(&key);
            let flushed = tokio::task::spawn_blocking(move || {
                std::fs::File::open(path)?.sync_all()?;
                std::fs::File::open(folder)?.sync_all()
            });
            let flushed = flushed.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
            flushed.map_err(|error| object_store::Error::Generic { store: "files", source: Box::new(error) })?;
        }
        Ok(key)
    }

    /// The bytes under a name, if they are there.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Bytes>, object_store::Error> {
        match self.objects.get(&Name::from(key)).await {
            Ok(found) => found.bytes().await.map(Some),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the bytes under a name. Nothing happens when there are none.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), object_store::Error> {
        match self.objects.delete(&Name::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Says that something was deleted.
    pub(crate) fn swept_soon(&self) {
        self.waste.notify_one();
    }

    /// Removes what was deleted, and what was uploaded and never sent, for ever.
    pub(crate) async fn sweep(&self, store: &SharedStore) {
        loop {
            if let Err(error) = self.sweep_once(store).await {
                tracing::warn!(error, "files that nobody needs could not be removed; trying again later");
            }
            tokio::select! {
                () = self.waste.notified() => {}
                () = tokio::time::sleep(SWEEP) => {}
            }
        }
    }

    async fn sweep_once(&self, store: &SharedStore) -> Result<(), String> {
        loop {
            let before = chinwag_conversation::WallTime(clock::wall().0.saturating_sub(WASTE_AFTER_MS));
            let waste = store.waste(&Operator, before).await.map_err(|error| format!("{error:?}"))?;
            if waste.is_empty() {
                return Ok(());
            }
            for path in &waste {
                if let Some(key) = key_of(path) {
                    self.delete(key).await.map_err(|error| error.to_string())?;
                }
            }
            store.forget_files(&Operator, waste).await.map_err(|error| format!("{error:?}"))?;
        }
    }
}

fn bucket(url: &str, options: Vec<(String, String)>) -> Result<Arc<dyn ObjectStore>, Box<dyn std::error::Error>> {
    // The TLS of the client needs to be told whose cryptography it uses; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let from_environment = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
    let options = from_environment.map(|(name, value)| (name.to_ascii_lowercase(), value)).chain(options);
    let (objects, prefix) = object_store::parse_url_opts(&url.parse::<url::Url>()?, options)?;
    Ok(Arc::new(object_store::prefix::PrefixStore::new(objects, prefix)))
}

/// The path of a file below the server's origin: its key, and its name for people.
pub(crate) fn path_of(key: &str, name: &str) -> String {
    format!("{FILES}{key}/{}", escaped(name))
}

/// The key in such a path.
pub(crate) fn key_of(path: &str) -> Option<&str> {
    path.strip_prefix(FILES)?.split('/').next()
}

/// A name as it can stand in a URL and in a header: letters, digits, `-`, `_` and single dots; the rest as %XX.
pub(crate) fn escaped(name: &str) -> String {
    const MOST: usize = 600;
    let mut text = String::new();
    for c in name.chars() {
        let before = text.len();
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (c == '.' && !text.ends_with('.')) {
            text.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        if text.len() > MOST {
            text.truncate(before);
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bucket as S3 has it: objects by path, requests signed.
    async fn bucket_server() -> String {
        use axum::{
            extract::{Request, State},
            http::{Method, StatusCode, header},
            response::IntoResponse,
        };
        type Objects = Arc<std::sync::Mutex<std::collections::HashMap<String, Bytes>>>;
        async fn object(State(objects): State<Objects>, request: Request) -> axum::response::Response {
            let signed = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            if !signed.is_some_and(|text| text.starts_with("AWS4-HMAC-SHA256 Credential=me/")) {
                return StatusCode::FORBIDDEN.into_response();
            }
            let (path, method) = (request.uri().path().to_owned(), request.method().clone());
            let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let mut objects = objects.lock().unwrap();
            match method {
                Method::PUT => {
                    objects.insert(path, bytes);
                    [(header::ETAG, "\"1\"")].into_response()
                }
                // Several at once, as a list.
                Method::POST => {
                    let text = String::from_utf8(bytes.into()).unwrap();
                    let key = text.split_once("<Key>").and_then(|(_, rest)| rest.split_once("</Key>")).unwrap().0;
                    objects.remove(&format!("{path}/{key}"));
                    format!("<DeleteResult><Deleted><Key>{key}</Key></Deleted></DeleteResult>").into_response()
                }
                _ => match objects.get(&path) {
                    Some(bytes) => {
                        let about = [(header::ETAG, "\"1\""), (header::LAST_MODIFIED, "Sat, 21 Nov 2026 00:00:00 GMT")];
                        (about, bytes.clone()).into_response()
                    }
                    None => StatusCode::NOT_FOUND.into_response(),
                },
            }
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().fallback(object).with_state(Objects::default());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    async fn keeps_gives_and_deletes(files: &Files) {
        let key = files.put(FileKind::Pdf, b"%PDF-".to_vec()).await.unwrap();
        assert!(key.ends_with(".pdf") && key.len() == 43 + 4);
        assert_eq!(files.get(&key).await.unwrap().as_deref(), Some(&b"%PDF-"[..]));
        files.delete(&key).await.unwrap();
        assert_eq!(files.get(&key).await.unwrap(), None);
        files.delete(&key).await.unwrap();
    }

    #[tokio::test]
    async fn a_folder_and_a_bucket_keep_the_same_promises() {
        let folder = tempfile::tempdir().unwrap();
        keeps_gives_and_deletes(&Files::open(folder.path(), None, Vec::new()).unwrap()).await;
        let endpoint = bucket_server().await;
        let options = [
            ("aws_endpoint", endpoint.as_str()),
            ("aws_region", "eu-central-1"),
            ("aws_access_key_id", "me"),
            ("aws_secret_access_key", "secret"),
            ("allow_http", "true"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        keeps_gives_and_deletes(&Files::open(folder.path(), Some("s3://bucket/chat"), options).unwrap()).await;
        assert!(Files::open(folder.path(), Some("gopher://x"), Vec::new()).is_err());
    }

    #[test]
    fn names_are_harmless_in_urls_and_headers() {
        assert_eq!(escaped("plan 1.png"), "plan%201.png");
        assert_eq!(escaped("..\\../x\r\n\"\u{fc}"), ".%2E%5C.%2E%2Fx%0D%0A%22%C3%BC");
        assert!(escaped(&"\u{1f600}".repeat(500)).len() <= 600);
        let path = path_of("key.png", "a b.png");
        assert_eq!((path.as_str(), key_of(&path)), ("/files/key.png/a%20b.png", Some("key.png")));
    }
}
