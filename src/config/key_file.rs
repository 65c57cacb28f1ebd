//! The key file: read, made on the first start, replaced by a rotation, and locked while it is in use.
//!
//! Servers hold a shared lock on the file; a rotation wants it alone, so it can't take a key from under a
//! running server.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::base::fault::Message;
use crate::base::seal::{Keyring, SealError};

/// Why a key file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is none.
    #[error("{0}: there is no key file")]
    Missing(PathBuf),
    /// The system does not let us.
    #[error("{path}: {fault}")]
    System {
        /// The file.
        path: PathBuf,
        /// What the system says.
        fault: std::io::Error,
    },
    /// Others on this machine may read it.
    #[error("{path}: mode {mode:04o} lets others read it")]
    Loose {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Its text is no key file.
    #[error("{path}: {fault}")]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: SealError,
    },
    /// A server or a rotation uses it now.
    #[error("{0}: in use")]
    InUse(PathBuf),
    /// The database holds sealed values, so a new key would be of no use.
    #[error("{0}: there is no key file, and the database holds sealed values")]
    Lost(PathBuf),
}

impl KeyFileError {
    /// What happened and what to do, in words.
    pub fn message(&self) -> Message {
        let (key, path) = match self {
            Self::Missing(path) => ("key-file-missing", path),
            Self::System { path, fault } => {
                return Message::new("key-file-system")
                    .with("path", path.display().to_string())
                    .with("fault", fault.to_string());
            }
            Self::Loose { path, mode } => {
                return Message::new("key-file-loose")
                    .with("path", path.display().to_string())
                    .with("mode", format!("{mode:04o}"));
            }
            Self::Text { path, fault } => {
                return Message::new("key-file-text")
                    .with("path", path.display().to_string())
                    .with("fault", fault.to_string());
            }
            Self::InUse(path) => ("key-file-in-use", path),
            Self::Lost(path) => ("key-file-lost", path),
        };
        Message::new(key).with("path", path.display().to_string())
    }
}

/// An open key file; the lock lasts as long as this value.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    file: File,
    ring: Keyring,
}

/// How a key file is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// With other servers.
    Shared,
    /// Alone, to replace it.
    Alone,
}

impl KeyFile {
    /// Opens, locks, checks and reads a key file.
    pub fn open(path: &Path, hold: Hold) -> Result<Self, KeyFileError> {
        loop {
            let file = open_existing(path)?;
            lock(path, &file, hold)?;
            // A rotation may have put a new file in place between opening and locking.
            if same_file(path, &file)? {
                return Self::read(path, file);
            }
        }
    }

    /// Opens the key file for a server; makes it when there is none and `may_create` allows a new one.
    pub fn open_or_create(
        path: &Path,
        may_create: impl FnOnce() -> bool,
    ) -> Result<Self, KeyFileError> {
        match Self::open(path, Hold::Shared) {
            Err(KeyFileError::Missing(_)) if may_create() => {
                let ring = Keyring::generate().map_err(|fault| text_fault(path, fault))?;
                create(path, &ring)?;
                tracing::info!(path = %path.display(), "key file made: keep a copy apart from the database");
                Self::open(path, Hold::Shared)
            }
            Err(KeyFileError::Missing(path)) => Err(KeyFileError::Lost(path)),
            other => other,
        }
    }

    fn read(path: &Path, mut file: File) -> Result<Self, KeyFileError> {
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text)
            .map_err(|fault| system(path, fault))?;
        let mode = file.metadata().map_err(|fault| system(path, fault))?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Loose {
                path: path.to_owned(),
                mode,
            });
        }
        let ring = Keyring::parse(&text).map_err(|fault| text_fault(path, fault))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            ring,
        })
    }

    /// The keys.
    pub const fn ring(&self) -> &Keyring {
        &self.ring
    }

    /// Puts other keys in the file's place, all or nothing; the file must be held alone.
    pub fn replace(&mut self, ring: Keyring) -> Result<(), KeyFileError> {
        let path = self.path.clone();
        let fault = |fault| system(&path, fault);
        let beside = path.with_extension("key.new");
        match std::fs::remove_file(&beside) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(system(&beside, error)),
        }
        create(&beside, &ring)?;
        let file = open_existing(&beside)?;
        lock(&beside, &file, Hold::Alone)?;
        std::fs::rename(&beside, &path).map_err(fault)?;
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(fault)?;
        }
        self.file = file;
        self.ring = ring;
        Ok(())
    }
}

fn system(path: &Path, fault: std::io::Error) -> KeyFileError {
    KeyFileError::System {
        path: path.to_owned(),
        fault,
    }
}

fn text_fault(path: &Path, fault: SealError) -> KeyFileError {
    KeyFileError::Text {
        path: path.to_owned(),
        fault,
    }
}

fn open_existing(path: &Path) -> Result<File, KeyFileError> {
    File::open(path).map_err(|fault| match fault.kind() {
        std::io::ErrorKind::NotFound => KeyFileError::Missing(path.to_owned()),
        _ => system(path, fault),
    })
}

fn create(path: &Path, ring: &Keyring) -> Result<(), KeyFileError> {
    let fault = |fault| system(path, fault);
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(fault)?;
    file.write_all(ring.to_text().as_bytes()).map_err(fault)?;
    file.sync_all().map_err(fault)
}

fn lock(path: &Path, file: &File, hold: Hold) -> Result<(), KeyFileError> {
    let result = match hold {
        Hold::Shared => file.try_lock_shared(),
        Hold::Alone => file.try_lock(),
    };
    result.map_err(|error| match error {
        TryLockError::WouldBlock => KeyFileError::InUse(path.to_owned()),
        TryLockError::Error(fault) => system(path, fault),
    })
}

fn same_file(path: &Path, file: &File) -> Result<bool, KeyFileError> {
    let fault = |fault| system(path, fault);
    let (named, held) = (
        std::fs::metadata(path).map_err(fault)?,
        file.metadata().map_err(fault)?,
    );
    Ok((named.dev(), named.ino()) == (held.dev(), held.ino()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::base::secret::Secret;

    #[test]
    fn a_key_file_is_made_once_with_mode_0600_and_only_when_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/coldaisle.key");
        let lost = KeyFile::open_or_create(&path, || false).unwrap_err();
        assert!(matches!(lost, KeyFileError::Lost(_)));
        let made = KeyFile::open_or_create(&path, || true).unwrap();
        let sealed = made.ring().seal("a.b", &Secret::new("x")).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let again = KeyFile::open_or_create(&path, || true).unwrap();
        assert_eq!(again.ring().open("a.b", &sealed).unwrap().expose(), "x");
    }

    #[test]
    fn others_may_not_read_it_and_its_text_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coldaisle.key");
        drop(KeyFile::open_or_create(&path, || true).unwrap());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = KeyFile::open(&path, Hold::Shared).unwrap_err();
        assert!(matches!(error, KeyFileError::Loose { mode: 0o640, .. }));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "seal 00").unwrap();
        let error = KeyFile::open(&path, Hold::Shared).unwrap_err();
        assert!(matches!(error, KeyFileError::Text { .. }));
    }

    #[test]
    fn a_rotation_waits_for_no_server_and_no_server_starts_in_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coldaisle.key");
        let server = KeyFile::open_or_create(&path, || true).unwrap();
        let second = KeyFile::open(&path, Hold::Shared).unwrap();
        let alone = KeyFile::open(&path, Hold::Alone);
        assert!(matches!(alone, Err(KeyFileError::InUse(_))));
        drop((server, second));
        let mut rotation = KeyFile::open(&path, Hold::Alone).unwrap();
        assert!(matches!(
            KeyFile::open(&path, Hold::Shared),
            Err(KeyFileError::InUse(_))
        ));
        let ring = rotation.ring().with_new_key().unwrap();
        rotation.replace(ring).unwrap();
        assert!(matches!(
            KeyFile::open(&path, Hold::Shared),
            Err(KeyFileError::InUse(_))
        ));
        drop(rotation);
        let after = KeyFile::open(&path, Hold::Shared).unwrap();
        assert_eq!(format!("{:?}", after.ring()), "Keyring(2 keys)");
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }
}
