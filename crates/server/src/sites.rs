//! Sites: one folder each. What is in memory is always the last state that was good.

use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

use serde::Deserialize;

use crate::{
    engagement::{self, Published, Severity, Shown},
    origin, secret,
};

/// The engagement file of a new site and of the demo shop.
const DEMO: &str = include_str!(concat!(env!("OUT_DIR"), "/demo-engagement.jsonc"));
const RULES: &str = "engagement.jsonc";
const PUBLISHED: &str = "published.json";
const SETTINGS: &str = "site.toml";

/// A site as requests see it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) name: Arc<str>,
    pub(crate) origins: Vec<String>,
    pub(crate) engagement: Option<Served>,
}

/// A published engagement file, ready to send.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) published: Published,
    /// With quotes.
    pub(crate) etag: String,
    /// The rules in it that show something, in the order of evaluation.
    pub(crate) rules: Arc<[Shown]>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    origins: Vec<String>,
}

/// Changes when a file changes: time and length.
type Stamp = Option<(SystemTime, u64)>;

#[derive(Default)]
struct Seen {
    rules: Stamp,
    settings: Stamp,
}

/// All sites of a data folder.
pub(crate) struct Sites {
    folder: PathBuf,
    sites: RwLock<HashMap<String, Arc<Site>>>,
    seen: Mutex<HashMap<String, Seen>>,
}

/// Whether a text can name a site: it stands in URLs and is a folder.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
}

impl Sites {
    /// Reads every site below `data`; an empty folder gets the demo site.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join("sites");
        if !folder.exists() {
            fs::create_dir_all(&folder)?;
            if !DEMO.is_empty() {
                create(data, "demo", &[])?;
            }
        }
        let sites = Self { folder, sites: RwLock::default(), seen: Mutex::default() };
        sites.refresh();
        Ok(sites)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Site>> {
        self.sites.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Names of all sites, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = sites.keys().cloned().collect();
        names.sort();
        names
    }

    /// Looks for changed files. Called every second; costs two `stat`s a site when nothing changed.
    pub(crate) fn refresh(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let names = match names(&self.folder) {
            Ok(names) => names,
            Err(error) => return tracing::error!(%error, "the folder of sites cannot be read"),
        };
        for name in &names {
            let folder = self.folder.join(name);
            let now = Seen { rules: stamp(&folder.join(RULES)), settings: stamp(&folder.join(SETTINGS)) };
            let before = seen.entry(name.clone()).or_default();
            let known = self.get(name);
            if known.is_some() && before.rules == now.rules && before.settings == now.settings {
                continue;
            }
            let site = read_site(&folder, name, known.as_deref(), before, &now);
            *before = now;
            let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
            sites.insert(name.clone(), Arc::new(site));
        }
        seen.retain(|name, _| names.contains(name));
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        sites.retain(|name, _| names.contains(name));
    }
}

/// The sites of a data folder, by name.
pub(crate) fn list(data: &Path) -> io::Result<Vec<String>> {
    names(&data.join("sites"))
}

/// Makes the folder of a new site.
pub(crate) fn create(data: &Path, name: &str, origins: &[String]) -> io::Result<()> {
    let folder = data.join("sites").join(name);
    fs::create_dir_all(data.join("sites"))?;
    fs::create_dir(&folder)?;
    let list: Vec<_> = origins.iter().map(|origin| format!("{origin:?}")).collect();
    let settings = format!(
        "# Origins of the pages that carry the tag, as the browser's address bar shows them.\norigins = [{}]\n",
        list.join(", ")
    );
    fs::write(folder.join(SETTINGS), settings)?;
    let rules = if name == "demo" && !DEMO.is_empty() { DEMO } else { NEW };
    fs::write(folder.join(RULES), rules)
}

const NEW: &str = "// The rules of this site. `chinwag rules check` finds mistakes.\n{\n  \"version\": 1,\n  \"revision\": 1,\n  \"rules\": []\n}\n";

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if let Some(name) = name.to_str().filter(|name| is_name(name))
            && entry.path().is_dir()
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn stamp(path: &Path) -> Stamp {
    let meta = fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

fn read_site(folder: &Path, name: &str, known: Option<&Site>, before: &Seen, now: &Seen) -> Site {
    let origins = match known {
        Some(known) if before.settings == now.settings => known.origins.clone(),
        _ => read_origins(&folder.join(SETTINGS), name)
            .unwrap_or_else(|| known.map(|known| known.origins.clone()).unwrap_or_default()),
    };
    let last = match known {
        Some(known) => known.engagement.clone(),
        None => read_published(folder),
    };
    let engagement = match known {
        Some(_) if before.rules == now.rules => last,
        _ => read_rules(folder, name, last),
    };
    Site { name: name.into(), origins, engagement }
}

fn read_origins(path: &Path, site: &str) -> Option<Vec<String>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(Vec::new()),
        Err(error) => {
            tracing::error!(site, %error, "site.toml cannot be read; the origins stay as they were");
            return None;
        }
    };
    match toml::from_str::<Settings>(&text) {
        Ok(settings) => {
            let (good, bad): (Vec<_>, Vec<_>) =
                settings.origins.into_iter().partition(|origin| origin::is_origin(origin));
            for origin in bad {
                tracing::error!(site, origin, "this is not an origin like https://shop.example.com and is ignored");
            }
            Some(good)
        }
        Err(error) => {
            let error = error.to_string().replace('\n', " ");
            tracing::error!(site, error, "site.toml has a mistake; the origins stay as they were");
            None
        }
    }
}

fn served(published: Published) -> Served {
    let etag = format!("\"{}\"", secret::fingerprint(published.json.as_bytes()));
    let rules = engagement::shown(&published.json).into();
    Served { published, etag, rules }
}

fn read_published(folder: &Path) -> Option<Served> {
    let json = fs::read_to_string(folder.join(PUBLISHED)).ok()?;
    engagement::published(&json).map(served)
}

/// What becomes of a site whose new file cannot be used.
fn stays(last: Option<&Served>) -> &'static str {
    match last {
        Some(_) => "the last good file stays in force",
        None => "there is no edition before it, so nothing is published until it is mended",
    }
}

/// The file of rules as it is to be served now: the new one if it can be used, else the last one that could.
fn read_rules(folder: &Path, site: &str, last: Option<Served>) -> Option<Served> {
    let text = match fs::read_to_string(folder.join(RULES)) {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(site, %error, "{RULES} cannot be read; {}", stays(last.as_ref()));
            return last;
        }
    };
    let checked = engagement::check(&text);
    let usable = checked.usable;
    let stays = stays(last.as_ref());
    for finding in &checked.findings {
        // Texts of the file must not look like lines of the log.
        let said = finding.to_string().replace(char::is_control, " ");
        let place = format!("sites/{site}/{RULES}:{}:{}", finding.line, finding.column);
        match (&usable, finding.severity) {
            (None, _) => tracing::error!("{place}: {said}; {stays}"),
            (Some(_), Severity::Error) => {
                tracing::error!("{place}: {said}; this part is switched off, the rest is published")
            }
            (Some(_), Severity::Warning) => tracing::warn!("{place}: {said}"),
        }
    }
    let Some(mut usable) = usable else { return last };
    let failing = engagement::failing_tests(&usable);
    if !failing.is_empty() {
        let failing = failing.join(" | ").replace(char::is_control, " ");
        let place = format!("sites/{site}/{RULES}: its own tests fail: {failing}");
        if last.is_some() {
            tracing::error!("{place}; {stays}");
            return last;
        }
        // The button, the words and the colours are not what the tests are about: visitors can write to the site.
        tracing::error!("{place}; no edition before it is in force, so it is published without its rules");
        usable = engagement::without_rules(&usable)?;
    }
    let published = engagement::publish(&usable, last.as_ref().map(|served| &served.published));
    if last.as_ref().is_some_and(|last| last.published == published) {
        return last;
    }
    if let Err(error) = write_whole(&folder.join(PUBLISHED), &published.json) {
        tracing::error!(site, %error, "{PUBLISHED} cannot be written; a restart may forget this revision");
    }
    tracing::info!(site, revision = published.revision, "published the rules");
    Some(served(published))
}

/// The whole file or the old one, whatever happens in between.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut file = fs::File::create(&next)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(next, path)
}
