//! Section `retention`: how long people are remembered.

use serde::Deserialize;

use super::key::Key;

/// Section `retention`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct RetentionConfig {
    /// Days after their end that visits, and after the last one that people, keep their names.
    pub visits_days: u32,
    /// Days after the last visit that numbers of documents are kept.
    pub numbers_days: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self {
            visits_days: 1096,
            numbers_days: 183,
        }
    }
}

impl RetentionConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::whole("retention.visits_days", 30, 36_525),
        Key::whole("retention.numbers_days", 1, 36_525),
    ];
}
