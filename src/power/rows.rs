//! BMC endpoints, intents and steps as they are stored, and what power needs to know of a machine.

mod bulks;
mod machine;
mod schedules;

pub use bulks::Bulk;
pub use schedules::Schedule;

use diesel::prelude::*;
use serde::Serialize;

pub(super) use machine::NewLogLine;
pub use machine::{LogLine, MachineReading, PartRow, Rotation, RotationStep, Sensor};

use super::detail::Detail;
use super::interlocks::Lock;
use super::model::{Action, IntentState, Path, PowerState};
use super::reach::{BmcPrivilege, Protocol, Trust, UserLookup};
use super::setting::Setting;
use crate::audit::Via;
use crate::base::ids::{BmcId, CustomerId, DeviceId, IntentId, RackId, UserId};
use crate::base::time::Timestamp;
use crate::store::schema::{bmc_endpoints, power_intent_steps, power_intents};

/// A management controller and what it last said.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = bmc_endpoints)]
pub struct BmcEndpoint {
    /// Row id.
    pub id: BmcId,
    /// Its machine.
    pub device_id: DeviceId,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// IP address.
    pub address: String,
    /// Port.
    pub port: i64,
    /// User name on it.
    pub username: String,
    /// Sealed password.
    #[serde(skip)]
    pub password_sealed: Vec<u8>,
    /// Sealed K_g.
    #[serde(skip)]
    pub kg_sealed: Option<Vec<u8>>,
    /// Cipher suite that worked last.
    pub remembered_suite: Option<i64>,
    /// GUID it must report, canonical.
    pub expected_guid: Option<String>,
    /// Why it refused the credential; nothing is tried until that is changed.
    pub credential_fault: Option<String>,
    /// When it refused it.
    pub credential_fault_at: Option<Timestamp>,
    /// Whether its machine has power, as last seen.
    pub power_state: PowerState,
    /// When that was seen.
    pub power_state_at: Option<Timestamp>,
    /// When it last answered.
    pub last_answer_at: Option<Timestamp>,
    /// What last went wrong: `CODE: text`.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
    /// Failed readings since the last good one.
    pub consecutive_failures: i64,
    /// When it is read next.
    pub next_poll_at: Timestamp,
    /// Maker, IANA enterprise number.
    pub manufacturer_id: Option<i64>,
    /// Product, in the maker's numbers.
    pub product_id: Option<i64>,
    /// Firmware revision.
    pub firmware: Option<String>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Which certificate of a Redfish service is accepted.
    pub trust: Trust,
    /// SHA-256 of the certificate that is trusted.
    pub certificate_sha256: Option<String>,
    /// SHA-256 of the certificate that was shown instead and refused.
    pub certificate_refused: Option<String>,
    /// Privilege that an IPMI session asks for.
    pub privilege: BmcPrivilege,
    /// How an IPMI BMC looks the user up.
    pub lookup: UserLookup,
    /// Cipher suites in the order to try them, by commas; empty: as usual.
    pub suites: String,
    /// Whether IPMI 1.5 may be spoken where the BMC has no 2.0.
    pub allow_v15: bool,
}

/// A wish to switch a machine, from request to outcome.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_intents)]
pub struct Intent {
    /// Row id.
    pub id: IntentId,
    /// The machine.
    pub device_id: DeviceId,
    /// What was asked.
    pub action: Action,
    /// Why, in the person's words.
    pub reason: String,
    /// Where it stands.
    pub state: IntentState,
    /// The words of the last step, as [`Detail`] stores them.
    #[serde(skip)]
    pub state_detail: String,
    /// Who asked, when it was a user.
    pub requested_by_user_id: Option<UserId>,
    /// Name of who asked.
    pub requested_by_name: String,
    /// The way it came in.
    pub via: Via,
    /// Network address it came from.
    #[serde(skip)]
    pub remote: String,
    /// The asker's key.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
    /// The asker acts although nobody knows the state.
    pub unknown_state_confirmed: bool,
    /// The asker knows that someone works at the rack.
    pub presence_acknowledged: bool,
    /// The second person.
    pub approved_by_user_id: Option<UserId>,
    /// When the second person agreed.
    pub approved_at: Option<Timestamp>,
    /// State read before acting.
    pub observed_before: Option<String>,
    /// State seen last after acting; `off` stays for a cycle that was seen off.
    pub observed_after: Option<String>,
    /// When the command was about to go out; it is never sent again.
    pub command_sent_at: Option<Timestamp>,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Not to be done before.
    pub not_before: Timestamp,
    /// When the state must show it.
    pub deadline_at: Option<Timestamp>,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
    /// Executor that has it.
    #[serde(skip)]
    pub lease_owner: Option<String>,
    /// Until when.
    #[serde(skip)]
    pub lease_until: Option<Timestamp>,
    /// Version, grows with every step.
    pub version: i64,
    /// Which way.
    pub path: Path,
    /// What the action was told, as [`Setting`] stores it.
    #[diesel(column_name = setting)]
    #[serde(rename = "setting")]
    pub setting_text: String,
}

impl Intent {
    /// What the action was told beside its name.
    pub fn setting(&self) -> Setting {
        Setting::from_text(self.action, &self.setting_text)
    }

    /// The words of the last step.
    pub fn detail(&self) -> Option<Detail> {
        Detail::from_text(&self.state_detail)
    }
}

/// One step of an intent.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_intent_steps)]
pub struct Step {
    /// The intent.
    pub intent_id: IntentId,
    /// When.
    pub at: Timestamp,
    /// State of the intent from then on.
    pub state: IntentState,
    /// Words, as [`Detail`] stores them.
    #[serde(skip)]
    pub detail: String,
}

impl Step {
    /// The words.
    pub fn words(&self) -> Option<Detail> {
        Detail::from_text(&self.detail)
    }
}

/// What power needs to know of a machine; put together by [`super::ops::machine`].
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Row id.
    pub id: DeviceId,
    /// Name.
    pub name: String,
    /// What stands on its front; the name when nothing does.
    pub label: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Owner; none for the operator's own.
    pub customer_id: Option<CustomerId>,
    /// Owner's name.
    pub customer_name: Option<String>,
    /// Archived or taken out.
    pub gone: bool,
    /// A second person must agree to actions.
    pub protected: bool,
    /// Its lock.
    #[serde(skip)]
    pub lock: Option<Lock>,
    /// Its rack.
    pub rack_id: Option<RackId>,
    /// Site, room and rack by name.
    pub place: Option<Place>,
}

/// Where a machine stands, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Code of the site.
    pub site: String,
    /// Zone of the site.
    pub zone: String,
    /// Name of the room.
    pub room: String,
    /// Name of the rack.
    pub rack: String,
    /// Lowest unit it occupies, as the rack numbers them; none beside the units.
    pub unit: Option<String>,
}

impl Machine {
    /// Rack and unit in short, `A01 U12`; empty when it stands in none.
    pub fn position(&self) -> String {
        match &self.place {
            None => String::new(),
            Some(Place { rack, unit, .. }) => match unit {
                None => rack.clone(),
                Some(unit) => format!("{rack} U{unit}"),
            },
        }
    }

    /// Site, room, rack and unit, `SHA1 3A A01 U12`, for those who are far away; empty when it stands in no rack.
    pub fn whole_position(&self) -> String {
        match &self.place {
            None => String::new(),
            Some(place) => format!("{} {} {}", place.site, place.room, self.position()),
        }
    }

    /// Name of its rack; empty when it stands in none.
    pub fn rack_name(&self) -> &str {
        self.place.as_ref().map_or("", |place| place.rack.as_str())
    }
}
