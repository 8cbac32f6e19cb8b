//! Folders in and out of an archive.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{DATABASE, PARTS};

/// Appends a folder. A file that goes away meanwhile is left out; one that is half written is not named yet.
pub(super) fn append<W: Write>(archive: &mut tar::Builder<W>, folder: &Path, name: &Path) -> io::Result<()> {
    archive.append_dir(name, folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), name.join(entry.file_name()));
        if path.is_dir() {
            append(archive, &path, &name)?;
            continue;
        }
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        archive.append_file(&name, &mut file)?;
    }
    Ok(())
}

/// Makes sure that a file, or the names in a folder, survive a loss of power.
pub(super) fn flush(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The same for everything below a folder.
pub(super) fn flush_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { flush_all(&path)? } else { flush(&path)? }
    }
    flush(folder)
}

/// Moves what is in `data` to `aside`, and what is in `next` to `data`. `next` goes last: as long as it is there, the
/// folder is known to be unfinished. Returns `aside` when something was moved there.
pub(super) fn place(next: &Path, data: &Path, aside: &Path) -> io::Result<Option<PathBuf>> {
    let side_files = ["-wal", "-shm", "-journal"].map(|end| format!("{DATABASE}{end}"));
    let old: Vec<&str> = PARTS
        .into_iter()
        .chain([DATABASE])
        .chain(side_files.iter().map(String::as_str))
        .filter(|name| data.join(name).exists())
        .collect();
    for name in &old {
        fs::create_dir_all(aside)?;
        fs::rename(data.join(name), aside.join(name))?;
    }
    for entry in fs::read_dir(next)? {
        let entry = entry?;
        fs::rename(entry.path(), data.join(entry.file_name()))?;
    }
    flush(data)?;
    fs::remove_dir(next)?;
    flush(data)?;
    Ok((!old.is_empty()).then(|| aside.to_owned()))
}
