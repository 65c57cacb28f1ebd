//! Goods passes, their items and record as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::access::goods::Direction;
use crate::access::goods_state::GoodsState;
use crate::access::rows::{HostName, SiteName};
use crate::base::ids::{
    CustomerId, DeviceId, DeviceTypeId, GoodsItemId, GoodsPassId, PersonId, RackId, SiteId, UserId,
    VisitId,
};
use crate::base::time::Timestamp;
use crate::store::schema::{goods_events, goods_items, goods_passes};

/// A goods pass.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = goods_passes)]
pub struct GoodsPass {
    /// Row id.
    pub id: GoodsPassId,
    /// `G-2026-000001`.
    pub number: String,
    /// At which site.
    pub site_id: SiteId,
    /// Which way.
    pub direction: Direction,
    /// Whose goods; none for the operator itself.
    pub customer_id: Option<CustomerId>,
    /// The visit they go with.
    pub visit_id: Option<VisitId>,
    /// The person of the visit who carries them.
    pub carrier_person_id: Option<PersonId>,
    /// Who carries them.
    pub carrier_name: String,
    /// The carrier's company.
    pub carrier_company: String,
    /// Plate of the vehicle.
    pub vehicle_plate: String,
    /// Anything else.
    pub note: String,
    /// Where it stands.
    pub state: GoodsState,
    /// Who drafted it.
    pub created_by_user_id: Option<UserId>,
    /// The name of who drafted it.
    pub created_by_name: String,
    /// Who let the goods pass.
    pub released_by_user_id: Option<UserId>,
    /// The name of who let the goods pass, or empty.
    pub released_by_name: String,
    /// When.
    pub released_at: Option<Timestamp>,
    /// Who checked them at the door.
    pub done_by_user_id: Option<UserId>,
    /// The name of who checked them at the door, or empty.
    pub done_by_name: String,
    /// When.
    pub done_at: Option<Timestamp>,
    /// Version for changes.
    pub version: i64,
    /// When it was drafted.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An item of a goods pass.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = goods_items)]
pub struct GoodsItem {
    /// Row id.
    pub id: GoodsItemId,
    /// The pass.
    pub goods_pass_id: GoodsPassId,
    /// Its line, from 1.
    pub sort: i64,
    /// What it is.
    pub description: String,
    /// Serial number or empty.
    pub serial: String,
    /// How many.
    pub count: i64,
    /// The device on record.
    pub device_id: Option<DeviceId>,
    /// The type of a device that comes onto record.
    pub device_type_id: Option<DeviceTypeId>,
    /// The rack that it goes into.
    pub rack_id: Option<RackId>,
    /// Lowest unit there, or empty.
    pub unit: String,
    /// Face there, or empty.
    pub face: String,
}

/// An item with the names of what it refers to.
#[derive(Debug, Clone, Serialize)]
pub struct GoodsLine {
    /// The item.
    #[serde(flatten)]
    pub item: GoodsItem,
    /// Name of the device on record.
    pub device: Option<String>,
    /// Maker and model of what comes onto record.
    pub device_type: Option<String>,
    /// Name of the rack that it goes into.
    pub rack: Option<String>,
}

/// An entry of the record of a goods pass; entries are never changed or removed.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = goods_events)]
pub struct GoodsEvent {
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub event: GoodsState,
    /// By whom.
    pub author_name: String,
    /// In words.
    pub note: String,
}

/// A goods pass with all that belongs to it but its record of entries.
#[derive(Debug, Clone, Serialize)]
pub struct GoodsRecord {
    /// The pass.
    #[serde(flatten)]
    pub pass: GoodsPass,
    /// Where.
    pub site: SiteName,
    /// Whose goods.
    pub customer: Option<HostName>,
    /// Number of the visit.
    pub visit: Option<String>,
    /// What is carried.
    pub items: Vec<GoodsLine>,
}
