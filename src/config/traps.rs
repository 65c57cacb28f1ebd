//! Section `traps`: where notifications of devices are received.

use std::net::SocketAddr;

use serde::Deserialize;

use super::fault::Findings;
use super::key::Key;
use crate::base::fault::Message;

/// Section `traps`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TrapsConfig {
    /// Address and UDP port, such as `0.0.0.0:162`; empty receives nothing.
    pub listen: String,
}

impl TrapsConfig {
    pub(super) const KEYS: &'static [Key] = &[Key::text("traps.listen")];

    /// Where to listen; `None` when it is off.
    pub fn listen(&self) -> Option<SocketAddr> {
        self.listen.trim().parse().ok()
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        if !self.listen.trim().is_empty() && self.listen().is_none() {
            let message = Message::new("config-traps-listen");
            findings.wrong("traps.listen", &self.listen, message);
        }
    }
}
