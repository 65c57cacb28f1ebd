//! Device types and devices: what stands in the racks, whose it is, and what it is made of.

pub mod chassis;
pub mod csv;
pub mod facts;
mod fields;
mod model;
mod ops;
mod place;
mod rows;

pub use fields::{device_fields, device_type_fields};
pub use model::{DeviceDraft, DeviceFilter, DeviceRole, DeviceStatus, DeviceTypeDraft, LockDraft};
pub use ops::{
    Comparison, Said, blades_of, chassis_list, device_archive, device_by_id, device_by_name,
    device_compared, device_create, device_fact_accept, device_fact_ignore, device_facts,
    device_facts_keep, device_list, device_lock, device_move, device_move_back, device_move_last,
    device_type_archive, device_type_by_id, device_type_by_slug, device_type_create,
    device_type_list, device_type_update, device_unlock, device_update, devices_in_rack,
    rack_in_sight,
};
pub use place::PlaceDraft;
pub use rows::{ChassisName, Device, DeviceFact, DeviceRow, DeviceType, Position};
