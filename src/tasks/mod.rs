//! Background work: the driver, and one small file per task.
//!
//! A task is one idempotent activation without input. The driver starts it on a timer or when it is woken,
//! never twice at once, and keeps what came of it.

pub mod attachments;
pub mod bmc_facts;
pub mod bmc_poll;
pub mod bmc_port;
pub mod bmc_rotation;
mod bmc_telling;
pub mod console;
mod driver;
pub mod housekeeping;
pub mod machine_watcher;
pub mod mailer;
pub mod month_report;
pub mod notifier;
pub mod outlet_port;
pub mod period_closer;
mod poll_keeper;
mod poll_words;
pub mod poller;
pub mod power;
pub mod power_schedule;
pub mod privacy;
pub mod retention;
pub mod sealer;
pub mod search_index;
mod snmp_credentials;
mod survey_words;
pub mod traps;
pub mod visits;
pub mod watcher;

pub use driver::Driver;

use std::pin::Pin;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::base::fault::{Fault, Message};

/// A boxed future, so that tasks can be kept in one list.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One kind of background work.
pub trait Task: Send + Sync {
    /// Stable name, for its page, the metrics and wake-ups.
    fn name(&self) -> &'static str;

    /// Time from one start to the next when nobody wakes it.
    fn interval(&self) -> Duration;

    /// Does what is due now and says what it did, in words whose keys begin with `tasks-said-`. It comes to an end soon after `stop` is cancelled, and may
    /// be dropped at any await when the budget of the shutdown is used up.
    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>>;
}
