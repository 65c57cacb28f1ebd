//! What is done with device types and devices.

mod ages;
mod arrival;
mod bays;
mod bulk;
mod change;
mod components;
mod devices;
mod differences;
mod door;
mod facts;
mod library;
mod moves;
mod ports;
mod sight;
mod standing;
mod stock;
mod stocking;
mod types;
mod undo;

pub use ages::device_ages;
pub use bulk::{BulkRow, devices_change, devices_change_preview};
pub use change::{device_archive, device_create, device_lock, device_unlock, device_update};
pub use devices::{
    blades_of, chassis_list, device_by_id, device_by_name, device_list, devices_in_rack,
};
pub use differences::{
    Difference, DifferenceFilter, MOST_SETTLED, Seen, Settle, difference_list, differences_of,
    differences_settle,
};
pub use door::{device_arrive, device_leave};
pub use facts::{
    Comparison, Said, device_compared, device_fact_accept, device_fact_ignore,
    device_fact_set_aside, device_facts, device_facts_keep, port_facts_keep, system_name_keep,
};
pub use moves::{device_move, device_move_back, device_move_last};
pub use sight::rack_in_sight;
pub use stock::{stock_by_device, stock_counts, stock_list, stock_put};
pub use types::{
    device_type_archive, device_type_by_id, device_type_by_slug, device_type_create,
    device_type_list, device_type_update,
};
pub use undo::{LastChange, device_last_change, device_take_back};

pub(super) use components::components_all;
pub use components::{
    component_add, component_by_id, component_in_slot, component_remove, component_replace,
    component_update, component_with_serial, device_components,
};
pub use library::{device_type_define, device_type_parts};
pub(super) use ports::device_ports_all;
pub use ports::{
    device_port_archive, device_port_by_id, device_port_create, device_port_named,
    device_port_update, device_ports, device_ports_from_type,
};
