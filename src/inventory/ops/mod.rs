//! What is done with device types and devices.

mod change;
mod devices;
mod facts;
mod standing;
mod types;

pub use change::{
    device_archive, device_create, device_lock, device_move, device_unlock, device_update,
};
pub use devices::{device_by_id, device_by_name, device_list, devices_in_rack};
pub use facts::{
    Comparison, Said, device_compared, device_fact_accept, device_fact_ignore, device_facts,
    device_facts_keep,
};
pub use types::{
    device_type_archive, device_type_by_id, device_type_by_slug, device_type_create,
    device_type_list, device_type_update,
};
