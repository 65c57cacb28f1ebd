//! Device types and devices: what stands in the racks, whose it is, and what it is made of.

pub mod ages;
mod bulk;
pub mod chassis;
mod component;
pub mod csv;
pub mod facts;
mod fields;
pub mod library;
mod model;
mod ops;
pub mod parts_csv;
mod place;
mod port;
mod rows;
mod sorting;
mod stock;
mod undo;

pub use bulk::{BulkDraft, BulkField, FieldChange, MOST_CHANGED, SeenDevice};
pub use component::{ComponentDraft, ComponentKind, RemovalDraft};
pub use facts::DifferenceKind;
pub use fields::{component_fields, device_fields, device_type_fields, port_fields};
pub use model::{DeviceDraft, DeviceFilter, DeviceRole, DeviceStatus, DeviceTypeDraft, LockDraft};
pub use ops::{
    BulkRow, LastChange, device_last_change, device_take_back, devices_change,
    devices_change_preview,
};
pub use ops::{
    Comparison, Said, blades_of, chassis_list, device_archive, device_by_id, device_by_name,
    device_compared, device_create, device_fact_accept, device_fact_ignore, device_facts,
    device_facts_keep, device_list, device_lock, device_move, device_move_back, device_move_last,
    device_type_archive, device_type_by_id, device_type_by_slug, device_type_create,
    device_type_list, device_type_update, device_unlock, device_update, devices_in_rack,
    rack_in_sight,
};
pub use ops::{
    Difference, DifferenceFilter, MOST_SETTLED, Seen, Settle, device_fact_set_aside,
    difference_list, differences_of, differences_settle, port_facts_keep, system_name_keep,
};
pub use ops::{
    component_add, component_by_id, component_remove, component_replace, component_update,
    device_components, device_port_archive, device_port_by_id, device_port_create,
    device_port_named, device_port_update, device_ports, device_ports_from_type,
    device_type_define, device_type_parts,
};
pub use ops::{device_ages, stock_by_device, stock_counts, stock_list, stock_put};
pub use ops::{device_arrive, device_leave};
pub use place::PlaceDraft;
pub use port::{BayKind, BaySpec, PortDraft, PortKind, PortSpec};
pub use rows::{
    ChassisName, Device, DeviceComponent, DeviceFact, DevicePort, DeviceRow, DeviceType, Position,
    TypeBay, TypePort,
};
pub use sorting::DeviceSort;
pub use stock::{StockDraft, StockPlace, StockRow, TypeCount};
pub use undo::{Why, undo_of};
