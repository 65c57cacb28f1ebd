//! Power: management controllers (BMCs), and wishes to switch machines from request to observed outcome.
//!
//! A wish becomes an [`Intent`] once the interlocks let it through. An executor claims it under a lease, reads
//! the state, acts at most once and watches until the state shows what was asked; see [`state`] and [`watch`].

pub mod alarm;
pub mod csv;
mod detail;
mod interlocks;
mod model;
pub mod ops;
pub mod port;
mod reach;
pub mod rotation;
mod rows;
pub mod state;
pub mod telling;
pub mod watch;

pub use detail::Detail;
pub use interlocks::{Decision, Lock, Situation, decide};
pub use model::{
    Action, BmcDraft, IntentState, Limits, LogOrigin, PasswordDraft, PowerState, RotationState,
    Wish, canonical_guid,
};
pub use reach::{BmcPrivilege, Protocol, Reach, Trust, UserLookup};
pub use rows::{
    BmcEndpoint, Intent, LogLine, Machine, MachineReading, PartRow, Rotation, RotationStep, Sensor,
    Step,
};

/// Name of the task that carries intents out, for wake-ups after a commit.
pub const TASK: &str = "power";

/// Name of the task that reads BMCs, for wake-ups after a commit.
pub const BMC_TASK: &str = "bmc_poll";

/// Name of the task that reads sensors, logs and parts, for wake-ups after a commit.
pub const FACTS_TASK: &str = "bmc_facts";

/// Name of the task that judges machines by the rules for events.
pub const MACHINE_WATCHER: &str = "machine_watcher";

/// Name of the task that changes passwords of BMCs, for wake-ups after a commit.
pub const ROTATION_TASK: &str = "bmc_rotation";
