//! A data folder as one file, and back. The file is a tar archive: the database as of one moment, and the folders beside it.

mod files;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use chinwag_conversation::WallTime;
use serde::{Deserialize, Serialize};

use self::files::{flush, flush_all, place};
use crate::{serve, store::Sqlite};

/// Number of the archive's form. Another one is refused.
const FORMAT: u32 = 1;
/// First member of an archive.
const ABOUT: &str = "backup.json";
pub(crate) const DATABASE: &str = "chinwag.db";
/// What of a data folder goes into a backup beside the database. Not the lock, nor the database's side files.
const PARTS: [&str; 3] = ["sites", "files", "chinwag.toml"];
/// A restore that is under way, or was interrupted.
const UNFINISHED: &str = "restore.partial";

/// What an archive says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    format: u32,
    version: String,
    made_at: WallTime,
}

/// Writes a backup of the data folder `data` to `to`, and returns where it is. The server may be running: the database is
/// as it was at one moment, and commits go on meanwhile. The file is complete and on stable storage, or not there.
///
/// # Errors
/// A sentence for the operator.
pub(crate) fn make(data: &Path, to: &Path, now: WallTime) -> Result<PathBuf, String> {
    let database = data.join(DATABASE);
    if !database.is_file() {
        return Err(format!("there is no {DATABASE} in {}: name the server's data folder with --data", data.display()));
    }
    let target = if to.is_dir() { to.join(format!("chinwag-{}.tar", stamp(now))) } else { to.to_owned() };
    if target.exists() {
        return Err(format!("{} exists already", target.display()));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let work = tempfile::Builder::new()
        .prefix(".chinwag-backup-")
        .tempdir_in(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let copy = work.path().join(DATABASE);
    Sqlite::copy(&database, &copy).map_err(serve::sentence)?;
    let archive = work.path().join("archive");
    pack(data, &copy, &archive, now).map_err(|error| format!("the backup could not be written: {error}"))?;
    fs::rename(&archive, &target)
        .and_then(|()| flush(folder))
        .map_err(|error| format!("{}: {error}", target.display()))?;
    Ok(target)
}

/// UTC, in a form that sorts and suits file names.
fn stamp(now: WallTime) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(now.0).unwrap_or(i64::MAX)).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn pack(data: &Path, database: &Path, to: &Path, now: WallTime) -> io::Result<()> {
    let file = File::options().write(true).create_new(true).open(to)?;
    let mut archive = tar::Builder::new(io::BufWriter::new(file));
    archive.follow_symlinks(true);
    let about = About { format: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), made_at: now };
    let about = serde_json::to_vec(&about)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(about.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, ABOUT, &about[..])?;
    archive.append_path_with_name(database, DATABASE)?;
    for part in PARTS {
        let path = data.join(part);
        if path.is_dir() {
            files::append(&mut archive, &path, Path::new(part))?;
        } else if path.is_file() {
            archive.append_path_with_name(&path, part)?;
        }
    }
    let file = archive.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// Puts the backup `from` into the data folder `data`, and returns where that which was there before is now. The restored
/// log has another epoch, so that clients who know a later state forget it. Sessions of agents and unused links are not
/// restored: they may have ended since.
///
/// # Errors
/// A sentence for the operator; the folder is then as it was, or a server refuses it until a restore succeeds.
pub(crate) fn restore(from: &Path, data: &Path, now: WallTime) -> Result<Option<PathBuf>, String> {
    let archive = File::open(from).map_err(|error| format!("{}: {error}", from.display()))?;
    fs::create_dir_all(data).map_err(|error| format!("{}: {error}", data.display()))?;
    let _lock = serve::lock(data)?;
    let next = data.join(UNFINISHED);
    if next.exists() {
        fs::remove_dir_all(&next).map_err(|error| format!("{}: {error}", next.display()))?;
    }
    unpack(archive, &next)
        .and_then(|()| Sqlite::renew(&next.join(DATABASE), now).map_err(serve::sentence))
        .and_then(|()| flush_all(&next).map_err(|error| error.to_string()))
        .map_err(|error| {
            // Nothing was moved yet: the folder is as it was.
            let _ = fs::remove_dir_all(&next);
            format!("{} cannot be restored: {error}", from.display())
        })?;
    place(&next, data, &data.join(format!("before-restore-{}", stamp(now))))
        .map_err(|error| format!("the restore stopped halfway ({error}); run it again before you start the server"))
}

fn unpack(archive: File, to: &Path) -> Result<(), String> {
    const BROKEN: &str = "the file is damaged or no backup";
    let mut archive = tar::Archive::new(io::BufReader::new(archive));
    let mut members = archive.entries().map_err(|_| BROKEN)?;
    let mut first = members.next().and_then(Result::ok).ok_or(BROKEN)?;
    let mut text = String::new();
    if !first.path().is_ok_and(|path| path == Path::new(ABOUT)) || first.size() > 4_096 {
        return Err(BROKEN.into());
    }
    first.read_to_string(&mut text).map_err(|_| BROKEN)?;
    let about: About = serde_json::from_str(&text).map_err(|_| BROKEN)?;
    if about.format != FORMAT {
        return Err(format!("it was written by chinwag {}, which this one cannot read", about.version));
    }
    fs::create_dir(to).map_err(|error| error.to_string())?;
    for member in members {
        let mut member = member.map_err(|error| format!("{BROKEN} ({error})"))?;
        let path = member.path().map_err(|_| BROKEN)?.into_owned();
        let ours = path.starts_with(DATABASE) || PARTS.iter().any(|part| path.starts_with(part));
        let plain = matches!(member.header().entry_type(), tar::EntryType::Regular | tar::EntryType::Directory);
        if !ours || !plain {
            return Err(format!("{BROKEN}: it has an unexpected {}", path.display()));
        }
        member.unpack_in(to).map_err(|error| format!("{BROKEN} ({error})"))?;
    }
    if to.join(DATABASE).is_file() { Ok(()) } else { Err(BROKEN.into()) }
}

/// Refuses a data folder in which a restore stopped halfway.
pub(crate) fn refuse_unfinished(data: &Path) -> Result<(), String> {
    if data.join(UNFINISHED).exists() {
        return Err(format!("a restore into {} stopped halfway: run `chinwag restore` again first", data.display()));
    }
    Ok(())
}
