//! Where the bytes of uploaded files are: a folder, or a bucket that speaks S3. An object's name is the only key to it.

mod content;

use std::{
    collections::HashMap,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use axum::body::Bytes;
use chinwag_conversation::entry::FILES;
use futures_util::TryStreamExt;
use object_store::{GetResult, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as Name};
use tokio::sync::{Notify, Semaphore};

pub(crate) use self::content::{Content, FileKind, Unfit};
use crate::{
    clock, secret,
    store::{Operator, SharedStore, WASTE_AFTER_MS},
};

/// Uploads that may arrive at the same time, and of them from one address: each is kept in memory while it does.
const ARRIVING: usize = 8;
const ARRIVING_FROM_ONE: usize = 2;
/// Images that are written anew at the same time: each may take a core and 256 MiB.
const PREPARING: usize = 1;
/// Between two looks for files that nobody needs.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// Bytes without a row are left alone for so long, because their row may be on its way; and so long is between two looks for
/// them, because all names have to be listed.
const ORPHAN: Duration = Duration::from_secs(24 * 60 * 60);
/// Names about which the store is asked at once.
const ASKED: usize = 100;

/// The bytes of uploaded files.
pub(crate) struct Files {
    objects: Arc<dyn ObjectStore>,
    /// Of the folder, when it is one.
    folder: Option<PathBuf>,
    arriving: Mutex<HashMap<IpAddr, usize>>,
    preparing: Semaphore,
    /// Something was deleted.
    waste: Notify,
}

/// Why there is no place for an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crowded {
    /// This address has as many as one may have.
    Address,
    Server,
}

/// An upload that arrives, until dropped.
pub(crate) struct Arriving<'a> {
    files: &'a Files,
    from: IpAddr,
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let mut arriving = self.files.lock();
        if let Some(count) = arriving.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                arriving.remove(&self.from);
            }
        }
    }
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
            arriving: Mutex::default(),
            preparing: Semaphore::new(PREPARING),
            waste: Notify::new(),
        }))
    }

    /// A place for one arriving upload.
    pub(crate) fn arrive(&self, from: IpAddr) -> Result<Arriving<'_>, Crowded> {
        let mut arriving = self.lock();
        if arriving.get(&from).is_some_and(|count| *count >= ARRIVING_FROM_ONE) {
            return Err(Crowded::Address);
        }
        if arriving.values().sum::<usize>() >= ARRIVING {
            return Err(Crowded::Server);
        }
        *arriving.entry(from).or_default() += 1;
        Ok(Arriving { files: self, from })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// The bytes under a name, if they are there. They are read as they are taken: a slow reader costs no memory.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<GetResult>, object_store::Error> {
        match self.objects.get(&Name::from(key)).await {
            Ok(found) => Ok(Some(found)),
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

    /// Removes what was deleted, what was uploaded and never sent, and bytes without a row, for ever.
    pub(crate) async fn sweep(&self, store: &SharedStore) {
        let mut orphans_at = Instant::now();
        loop {
            let mut swept = self.sweep_once(store).await;
            if swept.is_ok() && orphans_at <= Instant::now() {
                orphans_at = Instant::now() + ORPHAN;
                swept = self.sweep_orphans(store, SystemTime::now()).await;
            }
            if let Err(error) = swept {
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

    /// What a crash between the bytes and their row left.
    async fn sweep_orphans(&self, store: &SharedStore, now: SystemTime) -> Result<(), String> {
        let old = now.checked_sub(ORPHAN).unwrap_or(SystemTime::UNIX_EPOCH);
        let keys = match self.folder.clone() {
            Some(folder) => {
                let listed = tokio::task::spawn_blocking(move || older_files(&folder, old)).await;
                listed.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?
            }
            None => self.older_objects(old).await.map_err(|error| error.to_string())?,
        };
        for some in keys.chunks(ASKED) {
            let unknown = store.unknown_files(&Operator, some.to_vec()).await.map_err(|error| format!("{error:?}"))?;
            for key in unknown {
                tracing::info!("removing bytes that belong to no file");
                match &self.folder {
                    // Half written ones have names that are no object's.
                    Some(folder) => tokio::fs::remove_file(folder.join(&key)).await.map_err(|error| error.to_string()),
                    None => self.delete(&key).await.map_err(|error| error.to_string()),
                }?;
            }
        }
        Ok(())
    }

    async fn older_objects(&self, than: SystemTime) -> Result<Vec<String>, object_store::Error> {
        let listed = self.objects.list(None).try_filter(|object| {
            let old = SystemTime::from(object.last_modified) < than;
            std::future::ready(old)
        });
        listed.map_ok(|object| object.location.to_string()).try_collect().await
    }
}

/// Names of files in the folder, half written ones among them, that nobody touched since.
fn older_files(folder: &Path, than: SystemTime) -> std::io::Result<Vec<String>> {
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = match entry.metadata() {
            Ok(about) => about,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if about.is_file() && about.modified()? < than {
            keys.extend(entry.file_name().into_string());
        }
    }
    Ok(keys)
}

/// Whether keeping a file failed for want of room.
pub(crate) fn is_full(error: &object_store::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>()
            && matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull)
        {
            return true;
        }
        cause = error.source();
    }
    false
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
        let found = files.get(&key).await.unwrap().unwrap();
        assert_eq!((found.meta.size, &found.bytes().await.unwrap()[..]), (5, &b"%PDF-"[..]));
        files.delete(&key).await.unwrap();
        assert!(files.get(&key).await.unwrap().is_none());
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

    /// Would catch: one address whose slow uploads keep everybody else's out.
    #[test]
    fn one_address_cannot_take_all_places() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path(), None, Vec::new()).unwrap();
        let from = |n: u8| files.arrive(IpAddr::from([10, 0, 0, n]));
        let mut slow = [from(1).unwrap(), from(1).unwrap()];
        assert_eq!(from(1).err(), Some(Crowded::Address));
        let others: Vec<_> = (2..5).flat_map(|n| [from(n).unwrap(), from(n).unwrap()]).collect();
        assert_eq!(from(9).err(), Some(Crowded::Server));
        drop(others);
        drop(std::mem::replace(&mut slow[0], from(9).unwrap()));
        assert!(from(1).is_ok(), "a place that came free");
    }

    /// Would catch: bytes that stay for ever because the server was killed before it wrote down whose they are.
    #[tokio::test]
    async fn bytes_without_a_row_are_removed_after_a_day_and_no_others() {
        use chinwag_conversation::{ConversationId, FileId, FileRef, WallTime};

        use crate::store::{Memory, NewFile, Scope, VisitorScope};
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path(), None, Vec::new()).unwrap();
        let store: SharedStore = Arc::new(Memory::default());
        let (known, orphan) = (files.put(FileKind::Pdf, b"%PDF-1".to_vec()).await.unwrap(), "half.pdf#1");
        std::fs::write(folder.path().join("files").join(orphan), "half").unwrap();
        let ada = Scope::Visitor(VisitorScope { site: "demo".into(), visitor: secret::hash("ada") });
        let (name, media, path) = ("a.pdf".into(), "application/pdf".into(), path_of(&known, "a.pdf"));
        let id = FileId::new(WallTime(1), [1; 10]);
        let file = FileRef { id, name, media, size: 6, width: None, height: None, path };
        let conversation = ConversationId::new(WallTime(1), [1; 10]);
        store.add_file(&ada, NewFile { conversation, file, at: clock::wall() }).await.unwrap();
        let kept = || std::fs::read_dir(folder.path().join("files")).unwrap().count();
        files.sweep_orphans(&store, SystemTime::now()).await.unwrap();
        assert_eq!(kept(), 2, "its row may be on its way");
        files.sweep_orphans(&store, SystemTime::now() + 2 * ORPHAN).await.unwrap();
        assert_eq!(kept(), 1);
        assert!(files.get(&known).await.unwrap().is_some());
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
