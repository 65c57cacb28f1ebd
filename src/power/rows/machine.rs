//! What machines tell through their BMCs, as it is stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{
    BmcRotationId, DeviceId, MachineLogEntryId, MachinePartId, MachineSensorId, UserId,
};
use crate::base::kept::KeptMessage;
use crate::base::machine::{
    Boot, Controller, Health, Light, LogMark, PartKind, Quantity, Thresholds,
};
use crate::base::time::Timestamp;
use crate::power::model::{LogOrigin, RotationState};
use crate::power::telling::{LastRead, Values};
use crate::store::schema::{
    bmc_rotation_steps, bmc_rotations, machine_log, machine_parts, machine_readings,
    machine_sensors,
};

/// What is read of a machine, and how far.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = machine_readings, primary_key(device_id), treat_none_as_null = true)]
pub struct MachineReading {
    /// The machine.
    pub device_id: DeviceId,
    /// Address and port that the rest was read from.
    pub endpoint: String,
    /// When it is read next.
    pub next_at: Timestamp,
    /// When a person asked for all of it.
    pub asked_at: Option<Timestamp>,
    /// Readings in a row that failed.
    pub failures: i64,
    /// When the sensors were read.
    pub sensors_at: Option<Timestamp>,
    /// Their last values, see [`Values`].
    pub sensors_said: String,
    /// Why they could not be read last: `CODE: text`; empty when they could.
    pub sensors_trouble: String,
    /// Power draw, watts.
    pub watts: Option<i64>,
    /// When the event log was read.
    pub log_at: Option<Timestamp>,
    /// Where reading goes on, a [`LogMark`].
    pub log_mark: String,
    /// Grows with every clearing.
    pub log_epoch: i64,
    /// How far the BMC's clock is ahead of ours, milliseconds.
    pub log_drift_ms: Option<i64>,
    /// Free room of the log, percent.
    pub log_free_percent: Option<i64>,
    /// Why it could not be read last.
    pub log_trouble: String,
    /// When parts and controller were read.
    pub parts_at: Option<Timestamp>,
    /// Why they could not be read last.
    pub parts_trouble: String,
    /// The controller's own facts, a [`Controller`]; empty when it told none.
    pub controller: String,
    /// The boot override, a [`Boot`]; empty when there is none.
    pub boot: String,
    /// Since when the machine is seen off although it should be on.
    pub off_since: Option<Timestamp>,
    /// The identify light, a [`Light`]; empty when the BMC does not tell.
    pub light: String,
    /// When that was seen.
    pub light_at: Option<Timestamp>,
}

impl MachineReading {
    /// A machine of which nothing was read yet.
    pub fn new(device_id: DeviceId, endpoint: String, now: Timestamp) -> Self {
        Self {
            device_id,
            endpoint,
            next_at: now,
            asked_at: None,
            failures: 0,
            sensors_at: None,
            sensors_said: String::new(),
            sensors_trouble: String::new(),
            watts: None,
            log_at: None,
            log_mark: String::new(),
            log_epoch: 1,
            log_drift_ms: None,
            log_free_percent: None,
            log_trouble: String::new(),
            parts_at: None,
            parts_trouble: String::new(),
            controller: String::new(),
            boot: String::new(),
            off_since: None,
            light: String::new(),
            light_at: None,
        }
    }

    /// The identify light as it was last seen, and when.
    pub fn light_told(&self) -> Option<(Light, Timestamp)> {
        Some((Light::from_word(&self.light)?, self.light_at?))
    }

    /// When what was read.
    pub const fn last_read(&self) -> LastRead {
        LastRead {
            sensors: self.sensors_at,
            log: self.log_at,
            parts: self.parts_at,
            asked: self.asked_at,
        }
    }

    /// Where reading of the log goes on.
    pub fn mark(&self) -> LogMark {
        serde_json::from_str(&self.log_mark).unwrap_or_default()
    }

    /// The last values of the sensors.
    pub fn last_values(&self) -> Values {
        Values::from_text(&self.sensors_said)
    }

    /// The controller's facts, when it told any.
    pub fn controller_told(&self) -> Option<Controller> {
        serde_json::from_str(&self.controller).ok()
    }

    /// The boot override, when there is one.
    pub fn boot_told(&self) -> Option<Boot> {
        serde_json::from_str(&self.boot).ok()
    }

    /// Whether a person waits for a reading that has not come yet.
    pub fn is_awaited(&self) -> bool {
        let Some(asked) = self.asked_at else {
            return false;
        };
        let last = [self.sensors_at, self.log_at, self.parts_at];
        last.iter()
            .any(|read| read.is_none_or(|read| read <= asked))
    }
}

/// A sensor of a machine.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = machine_sensors)]
pub struct Sensor {
    /// Row id.
    pub id: MachineSensorId,
    /// The machine.
    pub device_id: DeviceId,
    /// Stays the same for this sensor.
    pub sensor_key: String,
    /// Its name in the BMC's records.
    pub name: String,
    /// What it belongs to; may be empty.
    pub entity: String,
    /// What it measures.
    pub quantity: Quantity,
    /// Unit of its value; may be empty.
    pub unit: String,
    /// Limits as JSON of [`Thresholds`]; empty when there are none.
    pub limits: String,
    /// The BMC's judgement.
    pub health: Health,
    /// Its state in one word.
    pub state: String,
    /// Asserted states, one a line.
    pub states: String,
    /// Since when it is judged so.
    pub health_since: Timestamp,
    /// Since when the BMC does not list it any more.
    pub missing_since: Option<Timestamp>,
}

impl Sensor {
    /// Its limits.
    pub fn thresholds(&self) -> Thresholds {
        serde_json::from_str(&self.limits).unwrap_or_default()
    }
}

/// An entry of a machine's event log.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = machine_log)]
pub struct LogLine {
    /// Row id, in the order of reading.
    pub id: MachineLogEntryId,
    /// The machine.
    pub device_id: DeviceId,
    /// An entry of the BMC, or what was found about its log.
    pub origin: LogOrigin,
    /// The BMC's own id.
    pub entry_id: String,
    /// When, by the BMC's clock; none when that was not set.
    pub at: Option<Timestamp>,
    /// Seconds since the BMC's start, where its clock was not set.
    pub since_start_s: Option<i64>,
    /// When it was read.
    pub read_at: Timestamp,
    /// What reported it.
    pub source: String,
    /// Kind of source.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// Whether the state began.
    pub asserted: bool,
    /// How serious.
    pub health: Health,
    /// The record as it came.
    pub raw: String,
}

/// A line to be added.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = machine_log)]
pub struct NewLogLine {
    pub device_id: DeviceId,
    pub origin: LogOrigin,
    pub entry_id: String,
    pub at: Option<Timestamp>,
    pub since_start_s: Option<i64>,
    pub read_at: Timestamp,
    pub source: String,
    pub kind: String,
    pub text: String,
    pub asserted: bool,
    pub health: Health,
    pub raw: String,
    pub print: String,
    pub search_folded: String,
}

/// A part of a machine.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = machine_parts)]
pub struct PartRow {
    /// Row id.
    pub id: MachinePartId,
    /// The machine.
    pub device_id: DeviceId,
    /// What it is.
    pub kind: PartKind,
    /// Where it is.
    pub slot: String,
    /// Maker.
    pub manufacturer: String,
    /// Model.
    pub model: String,
    /// Part number.
    pub part_number: String,
    /// Serial number.
    pub serial: String,
    /// Asset tag.
    pub asset_tag: String,
    /// Firmware or revision.
    pub revision: String,
    /// MAC address.
    pub mac: String,
    /// Size in octets.
    pub octets: Option<i64>,
    /// What else is said.
    pub detail: String,
    /// When it was first told of.
    pub first_seen_at: Timestamp,
    /// When something about it changed.
    pub changed_at: Timestamp,
    /// Since when it is not told of any more.
    pub gone_at: Option<Timestamp>,
}

/// A change of a BMC's password.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = bmc_rotations)]
pub struct Rotation {
    /// Row id.
    pub id: BmcRotationId,
    /// The machine.
    pub device_id: DeviceId,
    /// Address and port whose password changes.
    pub endpoint: String,
    /// Where it stands.
    pub state: RotationState,
    /// The new password, sealed; gone once it has worked or was given up.
    pub password_sealed: Option<Vec<u8>>,
    /// Who asked.
    pub requested_by_user_id: Option<UserId>,
    /// Name of who asked.
    pub requested_by_name: String,
    /// When.
    pub requested_at: Timestamp,
    /// When the command was about to go out.
    pub sent_at: Option<Timestamp>,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
    /// When it goes on.
    pub next_at: Timestamp,
    /// Tests of the new password so far.
    pub attempts: i64,
    /// Version, grows with every step.
    pub version: i64,
}

/// One step of a change of a password.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = bmc_rotation_steps)]
pub struct RotationStep {
    /// When.
    pub at: Timestamp,
    /// State from then on.
    pub state: RotationState,
    /// Words, a kept message.
    pub said: String,
}

impl RotationStep {
    /// Its words.
    pub fn words(&self) -> Option<KeptMessage> {
        KeptMessage::from_text(&self.said)
    }
}
