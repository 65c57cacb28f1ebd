//! Which ports to list, and in what order.

use super::model::PortState;
use crate::base::ids::{CustomerId, DeviceId, RackId, RoomId, SiteId};

crate::text_enum! {
    /// What a list of ports is sorted by.
    pub enum PortSort {
        /// Name of the device.
        Device = "device",
        /// Name of the port.
        Name = "port",
        /// What the device is told that it is used for.
        Alias = "alias",
        /// When it was first, or last before it went, seen.
        Seen = "seen",
        /// Since when it is not there.
        Missing = "missing_since",
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "the macro that makes the enum derives for all"
)]
impl Default for PortSort {
    fn default() -> Self {
        Self::Device
    }
}

/// Which ports to list.
#[derive(Debug, Clone, Default)]
pub struct PortFilter {
    /// Part of the device's name, the port's name or alias, or its customer's name.
    pub query: String,
    /// Only ports of this device.
    pub device: Option<DeviceId>,
    /// Only ports in this state.
    pub state: Option<PortState>,
    /// Only ports linked to an allocation of this customer.
    pub customer: Option<CustomerId>,
    /// Only ports of devices in this building.
    pub site: Option<SiteId>,
    /// Only ports of devices in this room.
    pub room: Option<RoomId>,
    /// Only ports of devices in this rack.
    pub rack: Option<RackId>,
    /// What they are sorted by.
    pub sort: PortSort,
    /// Great values first.
    pub is_descending: bool,
}
