//! Power: management controllers (BMCs), and wishes to switch machines from request to observed outcome.
//!
//! A wish becomes an [`Intent`] once the interlocks let it through. An executor claims it under a lease, reads
//! the state, acts at most once and watches until the state shows what was asked; see [`state`] and [`watch`].

pub mod console;
pub mod csv;
mod detail;
mod interlocks;
mod model;
pub mod ops;
pub mod port;
mod rows;
pub mod state;
pub mod watch;

pub use detail::Detail;
pub use interlocks::{Decision, Lock, Situation, decide};
pub use model::{
    Action, BmcDraft, IntentState, Limits, PasswordDraft, PowerState, Protocol, Wish,
    canonical_guid,
};
pub use rows::{BmcEndpoint, Intent, Machine, Step};

/// Name of the task that carries intents out, for wake-ups after a commit.
pub const TASK: &str = "power";

/// Name of the task that reads BMCs, for wake-ups after a commit.
pub const BMC_TASK: &str = "bmc_poll";
