//! Sites, rooms and racks as they are stored, and what stands in a rack.

mod feeds;
mod reservations;

pub use feeds::{Outlet, OutletPlace, OutletRow, Pdu, Plugged, PowerFeed, PowerPanel};
pub use reservations::{Reservation, stretch};

use diesel::prelude::*;
use serde::Serialize;

use super::floor::{Floor, Rotation, Spot};
use super::model::{Face, Half, Numbering, Ownership};
use super::placement::{Frame, Limits, Load, Place};
use crate::base::ids::{CustomerId, DeviceId, RackId, RoomId, SiteId};
use crate::base::time::Timestamp;
use crate::base::units::{Grams, HalfUnits, Millimetres, Watts};
use crate::store::schema::{customers, racks, rooms, sites};

/// A building.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = sites)]
pub struct Site {
    /// Row id.
    pub id: SiteId,
    /// Short unique code.
    pub code: String,
    /// Name.
    pub name: String,
    /// IANA name of the zone it keeps time in.
    pub time_zone: String,
    /// Postal address.
    pub address: String,
    /// How to reach the duty desk.
    pub contact: String,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = rooms)]
pub struct Room {
    /// Row id.
    pub id: RoomId,
    /// The building.
    pub site_id: SiteId,
    /// Name.
    pub name: String,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Tiles of the floor from left to right; 0 when there is no plan.
    pub grid_columns: i64,
    /// Tiles of the floor from back to front.
    pub grid_rows: i64,
    /// Edge of a tile.
    pub tile_mm: Millimetres,
    /// Aisles, one a line.
    pub aisles: String,
}

impl Room {
    /// Its floor, with the aisles that can be read.
    pub fn floor(&self) -> Floor {
        Floor::stored(
            self.grid_columns,
            self.grid_rows,
            self.tile_mm,
            &self.aisles,
        )
    }
}

/// A room with its building.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = rooms)]
pub struct RoomRow {
    /// The room.
    #[diesel(embed)]
    pub room: Room,
    /// The building.
    #[diesel(embed)]
    pub site: Site,
}

/// A rack.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = racks)]
pub struct Rack {
    /// Row id.
    pub id: RackId,
    /// The room.
    pub room_id: RoomId,
    /// Name.
    pub name: String,
    /// Row it stands in.
    pub row_name: String,
    /// Place in the row; 0 when unknown.
    pub position_in_row: i64,
    /// Height in rack units.
    pub units: i64,
    /// Number of the first unit.
    pub starting_unit: i64,
    /// Which way units are counted.
    pub numbering: Numbering,
    /// Depth.
    pub depth_mm: Option<Millimetres>,
    /// Most power.
    pub max_watts: Option<Watts>,
    /// Most weight.
    pub max_weight_g: Option<Grams>,
    /// Who may put machines into it.
    pub ownership: Ownership,
    /// The customer who rents it whole.
    pub customer_id: Option<CustomerId>,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Width of its footprint.
    pub width_mm: Option<Millimetres>,
    /// Column of the floor's tiles, counted from one.
    pub grid_x: Option<i64>,
    /// Row of the floor's tiles, counted from one.
    pub grid_y: Option<i64>,
    /// Where its front looks: 0 to the back of the room, then clockwise in degrees.
    pub rotation: i64,
    /// Power that was promised to who rents it.
    pub contracted_watts: Option<Watts>,
}

impl Rack {
    /// Where it stands on the floor.
    pub fn spot(&self) -> Option<Spot> {
        Some(Spot {
            x: self.grid_x?,
            y: self.grid_y?,
            rotation: Rotation::from_degrees(self.rotation)?,
        })
    }

    /// Its grid.
    pub fn frame(&self) -> Frame {
        Frame::from(self)
    }

    /// Its limits.
    pub const fn limits(&self) -> Limits {
        Limits {
            watts: self.max_watts,
            weight: self.max_weight_g,
        }
    }
}

impl From<&Rack> for Frame {
    fn from(rack: &Rack) -> Self {
        Self {
            units: rack.units,
            starting_unit: rack.starting_unit,
            numbering: rack.numbering,
        }
    }
}

/// A feed with where it is.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_feeds)]
pub struct FeedRow {
    /// The feed.
    #[diesel(embed)]
    pub feed: PowerFeed,
    /// The room.
    #[diesel(embed)]
    pub room: Room,
    /// The building.
    #[diesel(embed)]
    pub site: Site,
    /// The board it comes from, when that is on record.
    #[diesel(embed)]
    pub panel: Option<PowerPanel>,
}

/// A board with where it is.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_panels)]
pub struct PanelRow {
    /// The board.
    #[diesel(embed)]
    pub panel: PowerPanel,
    /// The room.
    #[diesel(embed)]
    pub room: Room,
    /// The building.
    #[diesel(embed)]
    pub site: Site,
}

/// A customer as others name it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = customers)]
pub struct CustomerName {
    /// Row id.
    pub id: CustomerId,
    /// Short unique code.
    pub code: String,
    /// Registered name.
    pub name: String,
}

/// A reservation with whom it is for.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = rack_reservations)]
pub struct ReservationRow {
    /// The reservation.
    #[diesel(embed)]
    pub reservation: Reservation,
    /// For whom; `None` is the operator.
    #[diesel(embed)]
    pub customer: Option<CustomerName>,
}

/// A rack with where it stands and whose it is.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = racks)]
pub struct RackRow {
    /// The rack.
    #[diesel(embed)]
    pub rack: Rack,
    /// The room.
    #[diesel(embed)]
    pub room: Room,
    /// The building.
    #[diesel(embed)]
    pub site: Site,
    /// Who rents it whole.
    #[diesel(embed)]
    pub customer: Option<CustomerName>,
}

/// Where a rack stands: what a device needs to say its own place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RackPlace {
    /// The rack.
    pub rack_id: RackId,
    /// Its name.
    pub rack: String,
    /// Name of the room.
    pub room: String,
    /// Code of the building.
    pub site: String,
    /// IANA name of the building's zone.
    pub time_zone: String,
    /// Its grid.
    #[serde(skip)]
    pub frame: Frame,
}

impl From<RackRow> for RackPlace {
    fn from(row: RackRow) -> Self {
        Self {
            rack_id: row.rack.id,
            frame: row.rack.frame(),
            rack: row.rack.name,
            room: row.room.name,
            site: row.site.code,
            time_zone: row.site.time_zone,
        }
    }
}

/// A device as its rack sees it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Serialize)]
pub struct Occupant {
    /// The rack.
    pub rack_id: RackId,
    /// The device.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its owner; `None` is the operator.
    pub customer_id: Option<CustomerId>,
    /// Where it is fixed.
    pub face: Face,
    /// Half-units between it and the rack's bottom; none when it hangs at a side.
    pub offset: Option<HalfUnits>,
    /// Its height.
    pub height: HalfUnits,
    /// Whether it takes both faces.
    pub full_depth: bool,
    /// The half of its units that it takes; `None` is the whole width.
    pub half: Option<Half>,
    /// Planned draw, when on record.
    pub watts: Option<Watts>,
    /// Weight, when on record.
    pub weight_g: Option<Grams>,
}

impl Occupant {
    /// Its place; `None` when its record has no offset although it takes units.
    pub fn place(&self) -> Option<Place> {
        Place::new(
            self.face,
            self.offset,
            self.height,
            self.full_depth,
            self.half,
        )
    }

    /// What it brings into the rack.
    pub fn load(&self) -> Load {
        Load {
            watts: self.watts.unwrap_or_default(),
            weight: self.weight_g.unwrap_or_default(),
        }
    }
}
