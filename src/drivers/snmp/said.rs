//! What a device said in one poll, before it is judged.

use super::report::{System, Warning};
use super::table::Table;

/// sysUpTime.
pub(super) const SYS_UP_TIME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 3, 0];
/// ifNumber.
pub(super) const IF_NUMBER: [u32; 9] = [1, 3, 6, 1, 2, 1, 2, 1, 0];

/// What a device said.
pub(super) struct Said {
    pub(super) system: System,
    pub(super) uptime_ms: Option<u64>,
    /// ifNumber.
    pub(super) interfaces: Option<u32>,
    pub(super) table: Table,
    pub(super) warnings: Vec<Warning>,
}
