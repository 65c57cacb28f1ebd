//! The configuration: built-in values, then a TOML file, then `COLDAISLE_SECTION__KEY` in the environment, then flags.
//!
//! One struct per concern, each with the list of its keys and its own check. Keys that don't exist are errors.

mod attachments;
mod database;
mod fault;
mod key;
mod key_file;
mod mail;
mod retention;
mod sections;
mod sources;
mod traps;
mod web;

pub use attachments::AttachmentsConfig;
pub use database::DatabaseConfig;
pub use fault::{ConfigFault, ConfigFaults, Place};
pub use key::{Key, Kind};
pub use key_file::{Hold, KeyFile, KeyFileError};
pub use mail::{MailConfig, MailSecurity};
pub use retention::RetentionConfig;
pub use sections::{
    ConsoleConfig, KeysConfig, LogConfig, LogFormat, MeteringConfig, PowerConfig, TasksConfig,
};
pub use sources::{Sources, keys};
pub use traps::TrapsConfig;
pub use web::{Network, WebConfig};

use std::path::PathBuf;

use serde::Deserialize;

/// Where the file is looked for when none is named.
pub const DEFAULT_FILE: &str = "/etc/coldaisle/coldaisle.toml";

/// The whole configuration, checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where the records are.
    pub database: DatabaseConfig,
    /// Where pages are served.
    pub web: WebConfig,
    /// The mail server.
    pub mail: MailConfig,
    /// The key file.
    pub keys: KeysConfig,
    /// The log.
    pub log: LogConfig,
    /// Background tasks.
    pub tasks: TasksConfig,
    /// Power actions.
    pub power: PowerConfig,
    /// Consoles.
    pub console: ConsoleConfig,
    /// SNMP polling.
    pub metering: MeteringConfig,
    /// Notifications of devices.
    pub traps: TrapsConfig,
    /// Photos and documents.
    pub attachments: AttachmentsConfig,
    /// How long people are remembered.
    pub retention: RetentionConfig,
}

impl Config {
    /// Every key there is, by section.
    pub(self) const KEYS: [&'static [Key]; 12] = [
        DatabaseConfig::KEYS,
        WebConfig::KEYS,
        MailConfig::KEYS,
        KeysConfig::KEYS,
        LogConfig::KEYS,
        TasksConfig::KEYS,
        PowerConfig::KEYS,
        ConsoleConfig::KEYS,
        MeteringConfig::KEYS,
        TrapsConfig::KEYS,
        AttachmentsConfig::KEYS,
        RetentionConfig::KEYS,
    ];

    /// Reads and checks the configuration; the faults name place, key, value and what is allowed.
    pub fn load(sources: &Sources) -> Result<Self, ConfigFaults> {
        sources::load(sources)
    }

    /// The folder of photos and documents: the one that is named, or `attachments` beside the database's file.
    pub fn attachments_folder(&self) -> PathBuf {
        self.attachments.folder_beside(&self.database.url)
    }

    fn check(&self) -> fault::Findings {
        let mut findings = fault::Findings::default();
        self.web.check(&mut findings);
        self.mail.check(&mut findings);
        self.log.check(&mut findings);
        self.metering.check(&mut findings);
        self.traps.check(&mut findings);
        findings
    }
}

#[cfg(test)]
mod tests;
