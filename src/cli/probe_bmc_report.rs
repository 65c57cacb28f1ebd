//! What `coldaisle probe bmc` prints: one object in JSON.

use serde::Serialize;

use crate::drivers::bmc::{
    Boot, CipherSuite, Controller, Light, LogEntry, Part, PowerState, SensorReading,
};

/// What is printed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) target: String,
    pub(super) protocol: &'static str,
    pub(super) cipher_suite: Option<CipherSuite>,
    /// A session of IPMI 1.5.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) unencrypted: bool,
    pub(super) power: PowerState,
    pub(super) manufacturer_id: u32,
    pub(super) product_id: u16,
    pub(super) firmware: String,
    pub(super) guid: Option<String>,
    /// Where the protocol tells it with the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) serial: Option<String>,
    /// Of the certificate that was shown and trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) certificate_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) controller: Option<Facts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<Vec<Part>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sensors: Option<Vec<SensorReading>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) log: Option<Log>,
    /// What was asked for and not told, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_told: Vec<String>,
}

/// The controller, and what belongs to the whole machine.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    #[serde(flatten)]
    pub(super) controller: Controller,
    pub(super) power_draw_w: Option<u32>,
    pub(super) boot: Option<Boot>,
    pub(super) light: Option<Light>,
}

/// The newest entries of the event log, oldest of them first.
#[derive(Debug, Serialize)]
pub(super) struct Log {
    pub(super) entries: Vec<LogEntry>,
    pub(super) drift_ms: Option<i64>,
    pub(super) free_percent: Option<u8>,
}
