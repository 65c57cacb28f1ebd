//! A machine of a bulk as it stands.

use super::model::IntentState;
use super::rows::Intent;
use crate::base::ids::DeviceId;
use crate::base::kept::KeptMessage;

/// One machine of a bulk.
#[derive(Debug, Clone)]
pub struct BulkMachine {
    /// The machine.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its intent; none when an interlock stopped it at once.
    pub intent: Option<Intent>,
    /// The interlock's words.
    pub refused: Option<KeptMessage>,
}

impl BulkMachine {
    /// Where it stands; a machine without an intent was refused.
    pub fn state(&self) -> IntentState {
        self.intent
            .as_ref()
            .map_or(IntentState::Refused, |intent| intent.state)
    }
}
