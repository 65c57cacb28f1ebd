//! Section `attachments`: where photos and documents lie.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::key::Key;
use crate::store::DatabaseUrl;

/// Where they lie when neither the configuration nor the database says.
const USUAL: &str = "/var/lib/coldaisle/attachments";

/// Section `attachments`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AttachmentsConfig {
    /// Folder of photos and documents; empty is `attachments` beside the file of the database.
    pub folder: PathBuf,
}

impl AttachmentsConfig {
    pub(super) const KEYS: &'static [Key] = &[Key::text("attachments.folder")];

    /// The folder that is named; without one `attachments` beside an SQLite file, or in the usual place.
    pub(super) fn folder_beside(&self, url: &DatabaseUrl) -> PathBuf {
        if !self.folder.as_os_str().is_empty() {
            return self.folder.clone();
        }
        match url {
            DatabaseUrl::Sqlite(path) => path
                .parent()
                .unwrap_or_else(|| Path::new(""))
                .join("attachments"),
            DatabaseUrl::Postgres(_) => PathBuf::from(USUAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_named_one_or_beside_the_database() {
        let folder = |named: &str, url: &DatabaseUrl| {
            AttachmentsConfig {
                folder: PathBuf::from(named),
            }
            .folder_beside(url)
        };
        let file = DatabaseUrl::Sqlite(PathBuf::from("/srv/cold/coldaisle.db"));
        assert_eq!(folder("", &file), Path::new("/srv/cold/attachments"));
        assert_eq!(folder("/mnt/photos", &file), Path::new("/mnt/photos"));
        let here = DatabaseUrl::Sqlite(PathBuf::from("coldaisle.db"));
        assert_eq!(folder("", &here), Path::new("attachments"));
    }
}
