//! What is done with places.

mod alike;
mod feeds;
mod floor;
mod occupants;
mod outlets;
mod panels;
mod power_chain;
mod racks;
mod reservations;
mod rooms;
mod sites;
mod supplies;
mod switching;

pub use alike::{RacksRow, racks_change, racks_change_preview};
pub use feeds::{
    feed_archive, feed_by_id, feed_by_name, feed_create, feed_list, feed_update, feeds_of_panel,
    pdu_of_device, pdu_update, pdus_of_feed, pdus_of_rack,
};
pub use floor::{rack_settle, racks_on_floor};
pub use occupants::{occupants, occupants_of};
pub use outlets::{
    machines_of_customer, machines_of_rack, outlet_by_id, outlet_map, outlet_shown,
    outlets_feeding, outlets_of_customer, outlets_of_pdu, outlets_of_rack, outlets_to_device,
    outlets_to_devices, outlets_unconfirm, pdu_seen,
};
pub use panels::{
    panel_archive, panel_by_id, panel_by_name, panel_create, panel_list, panel_update,
};
pub use power_chain::{
    RackPower, RedundancyCounts, RedundancyFilter, RedundancyRow, chain_around, rack_power,
    redundancy_list, redundancy_of_device, redundancy_rows,
};
pub use racks::{
    rack_archive, rack_by_id, rack_by_name, rack_create, rack_drawn, rack_list, rack_places,
    rack_update,
};
pub use reservations::{
    holds, reservation_archive, reservation_by_id, reservation_by_key, reservation_create,
    reservation_list, reservation_update, reservations_kept, reservations_of_racks,
};
pub use rooms::{room_archive, room_by_id, room_by_name, room_create, room_list, room_update};
pub use sites::{site_archive, site_by_code, site_by_id, site_create, site_list, site_update};
pub use supplies::{outlet_numbered, outlets_named, pdu_named, pdus_named};
pub use switching::{OutletToSwitch, outlet_seen, outlets_to_switch};
