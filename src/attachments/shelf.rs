//! The folder of attachments: one file for each content, under the SHA-256 of it.
//!
//! A file is written beside its place and renamed into it, so that none is ever half there. Whoever puts a file in holds
//! a shared lock, whoever sweeps holds it alone: a content that is sent again is not swept from under its new row.
//!
//! The folder belongs to one database, whose mark lies in it: another one sweeps nothing. What no row names is set aside
//! first, where it is still found, and is removed a month later.

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
/// The file that says which database the folder belongs to.
const MARK: &str = ".database";
/// Where files wait that no row names.
const ASIDE: &str = "set-aside";
/// How long they wait there.
const ASIDE_FOR: Duration = Duration::from_secs(30 * 86_400);

/// The folder of attachments.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

/// Whose the folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Of the database that asks.
    Ours,
    /// Of another one.
    Another,
    /// Nobody said yet.
    Nobody,
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
        self.make()?;
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

    /// The content of an attachment, of one that was set aside too.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, Fault> {
        let path = self.path(sha256)?;
        let content = match fs::read(&path) {
            Err(fault) if fault.kind() == ErrorKind::NotFound => {
                fs::read(self.aside(sha256)).map_err(|_| self.fault(&fault))?
            }
            read => read.map_err(|fault| self.fault(&fault))?,
        };
        if hex(&Sha256::digest(&content)) == sha256 {
            Ok(content)
        } else {
            Err(Fault::internal(format!(
                "{}: its content is another one than was kept",
                path.display()
            )))
        }
    }

    fn aside(&self, name: &str) -> PathBuf {
        self.folder.join(ASIDE).join(name)
    }

    /// Whether the folder is that of the database with this mark.
    pub fn holder(&self, mark: &str) -> Result<Holder, Fault> {
        match fs::read_to_string(self.folder.join(MARK)) {
            Ok(found) if found.trim() == mark => Ok(Holder::Ours),
            Ok(_) => Ok(Holder::Another),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(Holder::Nobody),
            Err(fault) => Err(self.fault(&fault)),
        }
    }

    /// Says that the folder is that of the database with this mark, unless somebody was faster.
    pub fn claim(&self, mark: &str) -> Result<(), Fault> {
        self.make().map_err(|fault| self.fault(&fault))?;
        match write_whole(&self.folder.join(MARK), mark.as_bytes()) {
            Err(fault) if fault.kind() != ErrorKind::AlreadyExists => Err(self.fault(&fault)),
            _ => Ok(()),
        }
    }

    /// Whether nobody marked the folder and nothing is in it, so that it may be claimed with its first file.
    pub fn is_fresh(&self) -> Result<bool, Fault> {
        Ok(self.holder("")? == Holder::Nobody && self.contents()?.is_empty())
    }

    fn make(&self) -> std::io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
    }

    /// Whether there is a folder.
    pub fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// Names of all contents, whatever their age, in order.
    pub fn contents(&self) -> Result<Vec<String>, Fault> {
        self.names(&self.folder, |name, _| Ok(self.path(name).is_ok()))
    }

    /// Names of all contents that are older than a day, in order.
    pub fn old(&self, now: SystemTime) -> Result<Vec<String>, Fault> {
        self.names(&self.folder, |name, path| {
            Ok(self.path(name).is_ok() && is_older(path, SPARED, now)?)
        })
    }

    /// Names of the contents that were set aside, in order.
    pub fn set_aside(&self) -> Result<Vec<String>, Fault> {
        self.names(&self.folder.join(ASIDE), |name, _| {
            Ok(self.path(name).is_ok())
        })
    }

    fn names(
        &self,
        folder: &Path,
        is_wanted: impl Fn(&str, &Path) -> std::io::Result<bool>,
    ) -> Result<Vec<String>, Fault> {
        let entries = match fs::read_dir(folder) {
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
            if is_wanted(&name, &entry.path()).map_err(|fault| self.fault(&fault))? {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Sets a content aside that no row names, unless it was put in again since; whether it went.
    pub fn lay_aside(&self, sha256: &str, now: SystemTime) -> Result<bool, Fault> {
        let path = self.path(sha256)?;
        self.alone(|| {
            if !is_older(&path, SPARED, now)? {
                return Ok(false);
            }
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(self.folder.join(ASIDE))?;
            // From now on it counts as long as it lies there.
            OpenOptions::new()
                .write(true)
                .open(&path)?
                .set_modified(now)?;
            fs::rename(&path, self.aside(sha256))?;
            Ok(true)
        })
    }

    /// Puts a content back that a row names after all; whether it was there.
    pub fn bring_back(&self, sha256: &str) -> Result<bool, Fault> {
        let path = self.path(sha256)?;
        self.alone(|| match fs::rename(self.aside(sha256), &path) {
            Ok(()) => Ok(true),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(false),
            Err(fault) => Err(fault),
        })
    }

    /// Removes a content that was set aside a month ago; whether it went.
    pub fn discard(&self, sha256: &str, now: SystemTime) -> Result<bool, Fault> {
        self.path(sha256)?;
        let path = self.aside(sha256);
        self.alone(|| remove_older(&path, ASIDE_FOR, now))
    }

    /// Removes what broke off while it was written, a day later; how many went.
    pub fn tidy(&self, now: SystemTime) -> Result<usize, Fault> {
        let unfinished = self.names(&self.folder, |name, path| {
            let is_ours = name.strip_prefix(UNFINISHED).is_some_and(|code| {
                code.len() == 16 && code.bytes().all(|octet| octet.is_ascii_alphanumeric())
            });
            Ok(is_ours && is_older(path, SPARED, now)?)
        })?;
        let mut removed = 0;
        for name in unfinished {
            let path = self.folder.join(name);
            if self.alone(|| remove_older(&path, SPARED, now))? {
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn alone(&self, act: impl FnOnce() -> std::io::Result<bool>) -> Result<bool, Fault> {
        let locked = || {
            let lock = self.lock_file()?;
            lock.lock()?;
            act()
        };
        locked().map_err(|fault| self.fault(&fault))
    }
}

fn remove_older(path: &Path, age: Duration, now: SystemTime) -> std::io::Result<bool> {
    if !is_older(path, age, now)? {
        return Ok(false);
    }
    fs::remove_file(path)?;
    Ok(true)
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

/// Whether a file, and no link to one, is there and older than this.
fn is_older(path: &Path, than: Duration, now: SystemTime) -> std::io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(about) => {
            let age = now.duration_since(about.modified()?);
            Ok(about.is_file() && age.is_ok_and(|age| age > than))
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
    fn only_old_files_are_set_aside_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("attachments"));
        let now = SystemTime::now();
        let tomorrow = now + SPARED + Duration::from_secs(60);
        assert!(shelf.old(tomorrow).unwrap().is_empty());
        let sum = shelf.keep(b"photo").unwrap().sha256;
        let half = format!("{UNFINISHED}{}", random_code(16).unwrap());
        for foreign in [half.as_str(), "README", ".new-notes"] {
            fs::write(shelf.folder().join(foreign), b"other").unwrap();
        }
        assert!(shelf.old(now).unwrap().is_empty());
        assert!(!shelf.lay_aside(&sum, now).unwrap());
        assert_eq!(shelf.old(tomorrow).unwrap(), std::slice::from_ref(&sum));
        assert!(shelf.lay_aside(&sum, tomorrow).unwrap());
        assert!(!shelf.lay_aside(&sum, tomorrow).unwrap());
        assert_eq!(shelf.set_aside().unwrap(), std::slice::from_ref(&sum));
        assert_eq!(shelf.read(&sum).unwrap(), b"photo");
        assert!(shelf.bring_back(&sum).unwrap());
        assert!(!shelf.bring_back(&sum).unwrap());
        assert_eq!(shelf.contents().unwrap(), std::slice::from_ref(&sum));
        // Brought back it is as old as when it was set aside.
        let later = tomorrow + SPARED + Duration::from_secs(60);
        assert!(shelf.lay_aside(&sum, later).unwrap());
        assert!(!shelf.discard(&sum, later + SPARED).unwrap());
        let month = later + ASIDE_FOR + Duration::from_secs(60);
        assert!(shelf.discard(&sum, month).unwrap());
        assert!(shelf.read(&sum).is_err());
        assert_eq!(shelf.tidy(now).unwrap(), 0);
        assert_eq!(shelf.tidy(tomorrow).unwrap(), 1);
        for foreign in ["README", ".new-notes"] {
            assert!(shelf.folder().join(foreign).exists(), "{foreign}");
        }
    }

    #[test]
    fn a_folder_is_of_one_database() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().to_owned());
        assert_eq!(shelf.holder("one").unwrap(), Holder::Nobody);
        assert!(shelf.is_fresh().unwrap());
        shelf.claim("one").unwrap();
        assert!(!shelf.is_fresh().unwrap());
        shelf.claim("two").unwrap();
        assert_eq!(shelf.holder("one").unwrap(), Holder::Ours);
        assert_eq!(shelf.holder("two").unwrap(), Holder::Another);
    }
}
