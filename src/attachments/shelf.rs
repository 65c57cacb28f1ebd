//! The folder of attachments: one file for each content, under the SHA-256 of it.
//!
//! A file is written beside its place and renamed into it, so that none is ever half there. Whoever puts a file in holds
//! a shared lock, whoever sweeps holds it alone: a content that is sent again is not swept from under its new row.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::base::fault::Fault;
use crate::base::token::{hex, random_code};

/// Files that nobody needs stay so long: their row may be about to come.
const SPARED: Duration = Duration::from_secs(86_400);
/// What files that are being written begin with.
const UNFINISHED: &str = ".new-";
const LOCK: &str = ".lock";

/// The folder of attachments.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

/// A content that is in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its SHA-256 as hexadecimal.
    pub sha256: String,
}

impl Shelf {
    /// A shelf in a folder, which is made with the first file.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, sha256: &str) -> Result<PathBuf, Fault> {
        let is_sum = sha256.len() == 64 && sha256.bytes().all(|octet| octet.is_ascii_hexdigit());
        if is_sum {
            Ok(self.folder.join(sha256))
        } else {
            Err(Fault::internal("no SHA-256 of an attachment"))
        }
    }

    fn fault(&self, fault: &std::io::Error) -> Fault {
        Fault::unavailable(format!("{}: {fault}", self.folder.display()))
    }

    fn lock_file(&self) -> std::io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.folder.join(LOCK))
    }

    /// Puts a content in; one that is there already stays as it is and counts as new.
    pub fn keep(&self, content: &[u8]) -> Result<Stored, Fault> {
        self.put(content).map_err(|fault| self.fault(&fault))
    }

    fn put(&self, content: &[u8]) -> std::io::Result<Stored> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        let lock = self.lock_file()?;
        lock.lock_shared()?;
        let sha256 = hex(&Sha256::digest(content));
        let path = self.folder.join(&sha256);
        if is_whole(&path, content)? {
            return Ok(Stored { sha256 });
        }
        let code = random_code(16).map_err(|fault| std::io::Error::other(fault.to_string()))?;
        let beside = self.folder.join(format!("{UNFINISHED}{code}"));
        let written = write_whole(&beside, content).and_then(|()| fs::rename(&beside, &path));
        if let Err(fault) = written {
            if let Err(left) = fs::remove_file(&beside) {
                tracing::warn!(path = %beside.display(), fault = %left, "an unfinished file stays");
            }
            return Err(fault);
        }
        File::open(&self.folder)?.sync_all()?;
        Ok(Stored { sha256 })
    }

    /// The content of an attachment.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, Fault> {
        let path = self.path(sha256)?;
        let content = fs::read(&path).map_err(|fault| self.fault(&fault))?;
        if hex(&Sha256::digest(&content)) == sha256 {
            Ok(content)
        } else {
            Err(Fault::internal(format!(
                "{}: its content is another one than was kept",
                path.display()
            )))
        }
    }

    /// Names of all files that are older than a day, in order.
    pub fn old(&self, now: SystemTime) -> Result<Vec<String>, Fault> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(fault) => return Err(self.fault(&fault)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|fault| self.fault(&fault))?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let is_ours = self.path(&name).is_ok() || name.starts_with(UNFINISHED);
            if is_ours && is_old(&entry.path(), now).map_err(|fault| self.fault(&fault))? {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Takes a file out that no row names, unless it was put in again since; whether it went.
    pub fn sweep(&self, name: &str, now: SystemTime) -> Result<bool, Fault> {
        self.take_out(name, now).map_err(|fault| self.fault(&fault))
    }

    fn take_out(&self, name: &str, now: SystemTime) -> std::io::Result<bool> {
        let lock = self.lock_file()?;
        lock.lock()?;
        let path = self.folder.join(name);
        if !is_old(&path, now)? {
            return Ok(false);
        }
        fs::remove_file(&path)?;
        Ok(true)
    }
}

/// Whether a file is there with this content; it counts as put in now.
fn is_whole(path: &Path, content: &[u8]) -> std::io::Result<bool> {
    match OpenOptions::new().write(true).open(path) {
        Ok(file) => {
            file.set_modified(SystemTime::now())?;
            Ok(fs::read(path)? == content)
        }
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn write_whole(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Whether a file is there and older than a day.
fn is_old(path: &Path, now: SystemTime) -> std::io::Result<bool> {
    match fs::metadata(path) {
        Ok(about) => {
            let age = now.duration_since(about.modified()?);
            Ok(about.is_file() && age.is_ok_and(|age| age > SPARED))
        }
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(false),
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_same_content_is_kept_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("deep/attachments"));
        let one = shelf.keep(b"photo").unwrap();
        assert_eq!(shelf.keep(b"photo").unwrap(), one);
        let other = shelf.keep(b"another").unwrap();
        assert_ne!(one, other);
        assert_eq!(shelf.read(&one.sha256).unwrap(), b"photo");
        let count = fs::read_dir(shelf.folder()).unwrap().count();
        assert_eq!(count, 3, "two contents and the lock");
        assert!(shelf.read("../coldaisle.db").is_err());
        fs::write(shelf.folder().join(&one.sha256), b"changed").unwrap();
        assert!(shelf.read(&one.sha256).is_err());
        assert_eq!(shelf.keep(b"photo").unwrap(), one);
        assert_eq!(shelf.read(&one.sha256).unwrap(), b"photo");
    }

    #[test]
    fn only_old_files_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("attachments"));
        let now = SystemTime::now();
        let tomorrow = now + SPARED + Duration::from_secs(60);
        assert!(shelf.old(tomorrow).unwrap().is_empty());
        let kept = shelf.keep(b"photo").unwrap();
        fs::write(shelf.folder().join(".new-ABC"), b"half").unwrap();
        fs::write(shelf.folder().join("README"), b"not ours").unwrap();
        assert!(shelf.old(now).unwrap().is_empty());
        assert!(!shelf.sweep(&kept.sha256, now).unwrap());
        let old = shelf.old(tomorrow).unwrap();
        assert_eq!(old, [".new-ABC".to_owned(), kept.sha256.clone()]);
        for name in &old {
            assert!(shelf.sweep(name, tomorrow).unwrap());
            assert!(!shelf.sweep(name, tomorrow).unwrap());
        }
    }
}
