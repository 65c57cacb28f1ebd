//! Where the records are.

use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::key::Key;
use crate::store::DatabaseUrl;

/// Section `database`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    #[serde(deserialize_with = "url")]
    pub url: DatabaseUrl,
    /// Connections for reading.
    pub readers: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: DatabaseUrl::Sqlite(PathBuf::from("/var/lib/coldaisle/coldaisle.db")),
            readers: 8,
        }
    }
}

impl DatabaseConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::text("database.url"),
        Key::whole("database.readers", 1, 64),
    ];
}

fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DatabaseUrl, D::Error> {
    DatabaseUrl::from_str(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}
