//! Sites, rooms and racks, and the rules of what may stand where.
//!
//! A rack is a grid of half-units with two faces; devices keep the offset of their lowest half-unit from the
//! rack's bottom, whichever way the rack is numbered.

pub mod csv;
mod model;
mod occupancy;
mod ops;
mod placement;
mod rows;

pub use model::{
    Face, Numbering, Ownership, RackDraft, RackFilter, RoomDraft, SiteDraft, kilograms,
};
pub use occupancy::{Fill, Refusal, admit, clashes, fill, free_units};
pub use ops::{
    occupants, occupants_of, rack_archive, rack_by_id, rack_by_name, rack_create, rack_list,
    rack_places, rack_update, room_archive, room_by_id, room_by_name, room_create, room_list,
    room_update, site_archive, site_by_code, site_by_id, site_create, site_list, site_update,
};
pub use placement::{Frame, Limits, Load, Place};
pub use rows::{CustomerName, Occupant, Rack, RackPlace, RackRow, Room, RoomRow, Site};
