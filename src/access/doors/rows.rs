//! Doors and what was told of them, as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::model::DoorAlert;
use crate::access::rows::SiteName;
use crate::base::ids::{AreaId, DoorEventId, DoorId, RoomId, SiteId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::store::schema::{door_events, doors};

/// A door that an access controller watches.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = doors)]
pub struct Door {
    /// Row id.
    pub id: DoorId,
    /// The site.
    pub site_id: SiteId,
    /// What the controller calls it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The area one comes from; none for outside.
    pub from_area_id: Option<AreaId>,
    /// The area it leads to; none for outside.
    pub to_area_id: Option<AreaId>,
    /// The room it leads into.
    pub room_id: Option<RoomId>,
    /// Beginnings of visitors' badges; all badges when empty.
    pub visitor_badges: String,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

/// A door with where it is.
#[derive(Debug, Clone, Serialize)]
pub struct DoorRow {
    /// The door.
    pub door: Door,
    /// Its site.
    pub site: SiteName,
    /// Name of the area one comes from.
    pub from_area: Option<String>,
    /// Name of the area it leads to.
    pub to_area: Option<String>,
    /// Name of the room it leads into.
    pub room: Option<String>,
}

/// A badge at a door; rows are never changed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = door_events)]
pub struct DoorEvent {
    /// Row id.
    pub id: DoorEventId,
    /// The site.
    pub site_id: SiteId,
    /// The door; none for a code that no door had.
    pub door_id: Option<DoorId>,
    /// The door, as the controller named it.
    pub door_code: String,
    /// Number of the badge.
    pub badge: String,
    /// When, by the controller's clock.
    pub at: Timestamp,
    /// When it came here.
    pub received_at: Timestamp,
    /// Whether the door opened.
    pub granted: bool,
    /// The controller that told it.
    pub source: String,
    /// What the controller calls it.
    pub external_id: Option<String>,
    /// Whoever had the badge.
    pub visit_person_id: Option<VisitPersonId>,
    /// What is wrong about it.
    pub alert: Option<DoorAlert>,
}

/// A badge at a door with what people want to know of it.
#[derive(Debug, Clone, Serialize)]
pub struct DoorEventRow {
    /// The event.
    pub event: DoorEvent,
    /// The site.
    pub site: SiteName,
    /// Name of the door; none for a code that no door had.
    pub door: Option<String>,
    /// Name of the area that one comes from.
    pub from_area: Option<String>,
    /// Name of the area that it leads to.
    pub to_area: Option<String>,
    /// Who had the badge.
    pub person: Option<String>,
    /// Number of that visit.
    pub visit: Option<String>,
}
