//! Who wants to stand where.

use crate::base::ids::{CustomerId, DeviceId, RackId};
use crate::base::units::HalfUnits;
use crate::facility::{Face, Half};
use crate::inventory::rows::{Device, DeviceType};

/// A place that was found free; in stock when it is nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Standing {
    pub rack_id: Option<RackId>,
    pub offset: Option<HalfUnits>,
    pub face: Option<Face>,
    pub half: Option<Half>,
    pub chassis_id: Option<DeviceId>,
    pub bay: Option<String>,
}

impl Standing {
    /// Where a device stands now.
    pub(super) fn of(device: &Device) -> Self {
        Self {
            rack_id: device.rack_id,
            offset: device.position_half_units,
            face: device.face,
            half: device.half,
            chassis_id: device.chassis_id,
            bay: device.bay.clone(),
        }
    }

    /// Whether it is anywhere but in stock.
    pub(super) const fn is_somewhere(&self) -> bool {
        self.rack_id.is_some() || self.chassis_id.is_some()
    }
}

/// Who wants to stand there.
pub(super) struct Arrival<'a> {
    pub device_type: &'a DeviceType,
    pub owner: Option<CustomerId>,
    /// The device itself when it is there already: it isn't in its own way.
    pub device: Option<DeviceId>,
}
