//! What is done with places.

mod occupants;
mod racks;
mod rooms;
mod sites;

pub use occupants::{occupants, occupants_of};
pub use racks::{
    rack_archive, rack_by_id, rack_by_name, rack_create, rack_list, rack_places, rack_update,
};
pub use rooms::{room_archive, room_by_id, room_by_name, room_create, room_list, room_update};
pub use sites::{site_archive, site_by_code, site_by_id, site_create, site_list, site_update};
