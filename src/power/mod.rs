//! Power: management controllers (BMCs), and wishes to switch machines from request to observed outcome.
//!
//! A wish becomes an [`Intent`] once the interlocks let it through. An executor claims it under a lease, reads
//! the state, acts at most once and watches until the state shows what was asked; see [`state`] and [`watch`].

pub mod alarm;
pub mod bulk;
mod bulk_machine;
pub mod console;
pub mod csv;
mod detail;
pub mod identity;
mod interlocks;
mod model;
pub mod ops;
pub mod outlet_steps;
pub mod port;
mod reach;
pub mod rotation;
mod rows;
mod schedule;
mod setting;
pub mod state;
pub mod telling;
pub mod watch;
mod wish;

pub use bulk_machine::BulkMachine;
pub use detail::Detail;
pub use interlocks::{Decision, Lock, OutletWay, Situation, decide};
pub use model::{
    Action, BmcDraft, IntentState, Limits, LogOrigin, PasswordDraft, Path, PowerState,
    RotationState, canonical_guid,
};
pub use reach::{BmcPrivilege, Protocol, Reach, Trust, UserLookup};
pub use rows::{
    BmcEndpoint, Bulk, Intent, LogLine, Machine, MachineReading, PartRow, Rotation, RotationStep,
    Schedule, Sensor, Step,
};
pub use schedule::{Rhythm, ScheduleDraft, Weekdays, next_run, time_text as schedule_time};
pub use setting::{BootChoice, BootDevice, Setting};
pub use wish::Wish;

/// Name of the task that carries intents out, for wake-ups after a commit.
pub const TASK: &str = "power";

/// Name of the task that runs schedules, for wake-ups after a commit.
pub const SCHEDULE_TASK: &str = "power_schedule";

/// Name of the task that reads BMCs, for wake-ups after a commit.
pub const BMC_TASK: &str = "bmc_poll";

/// Name of the task that reads sensors, logs and parts, for wake-ups after a commit.
pub const FACTS_TASK: &str = "bmc_facts";

/// Name of the task that judges machines by the rules for events.
pub const MACHINE_WATCHER: &str = "machine_watcher";

/// Name of the task that changes passwords of BMCs, for wake-ups after a commit.
pub const ROTATION_TASK: &str = "bmc_rotation";
