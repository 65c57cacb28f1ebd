//! Sites, rooms and racks, and the rules of what may stand where.
//!
//! A rack is a grid of half-units with two faces; devices keep the offset of their lowest half-unit from the
//! rack's bottom, whichever way the rack is numbered.

mod alike;
pub mod chain;
pub mod csv;
mod feed;
pub mod floor;
mod model;
mod occupancy;
mod ops;
mod placement;
mod reservation;
pub mod reservation_csv;
mod rows;
pub mod supply_csv;

pub use alike::{RackChange, RackField, RacksDraft, SeenRack};
pub use feed::{FeedDraft, FeedSide, OutletDraft, PanelDraft, PduDraft, USUAL_MAX_PERCENT};
pub use model::{
    Face, Faces, Half, Numbering, Ownership, RackDraft, RackFilter, RackSort, ReservationKind,
    RoomDraft, SiteDraft, kilograms,
};
pub use occupancy::{
    Fill, Ground, Newcomer, Refusal, admit, clashes, fill, free_units, kept_for_others,
};
pub use ops::{OutletToSwitch, outlet_seen, outlets_to_switch};
pub use ops::{
    RackPower, RedundancyCounts, RedundancyFilter, RedundancyRow, chain_around, rack_power,
    redundancy_list, redundancy_of_device, redundancy_rows,
};
pub use ops::{RacksRow, racks_change, racks_change_preview};
pub use ops::{
    feed_archive, feed_by_id, feed_by_name, feed_create, feed_list, feed_update, holds,
    machines_of_customer, machines_of_rack, occupants, occupants_of, outlet_by_id, outlet_map,
    outlet_shown, outlets_feeding, outlets_of_customer, outlets_of_pdu, outlets_of_rack,
    outlets_to_device, outlets_to_devices, outlets_unconfirm, pdu_of_device, pdu_seen, pdu_update,
    pdus_of_feed, pdus_of_rack, rack_archive, rack_by_id, rack_by_name, rack_create, rack_drawn,
    rack_list, rack_places, rack_settle, rack_update, racks_on_floor, reservation_archive,
    reservation_by_id, reservation_by_key, reservation_create, reservation_list,
    reservation_update, reservations_kept, reservations_of_racks, room_archive, room_by_id,
    room_by_name, room_create, room_list, room_update, site_archive, site_by_code, site_by_id,
    site_create, site_list, site_update,
};
pub use ops::{
    feeds_of_panel, panel_archive, panel_by_id, panel_by_name, panel_create, panel_list,
    panel_update,
};
pub use placement::{Frame, Hold, Limits, Load, Place};
pub use reservation::ReservationDraft;
pub use rows::{
    CustomerName, FeedRow, Occupant, Outlet, OutletPlace, OutletRow, PanelRow, Pdu, Plugged,
    PowerFeed, PowerPanel, Rack, RackPlace, RackRow, Reservation, ReservationRow, Room, RoomRow,
    Site,
};
