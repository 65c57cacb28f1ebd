//! Areas, standing permissions and approval rules as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::access::admission::Hours;
use crate::base::ids::{
    ApprovalRuleId, AreaId, CustomerId, PersonId, RackId, SiteId, StandingPermissionId,
};
use crate::base::time::Timestamp;
use crate::store::schema::{approval_rules, areas, standing_permissions};

/// A part of a site that visits name.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = areas)]
pub struct Area {
    /// Row id.
    pub id: AreaId,
    /// Site.
    pub site_id: SiteId,
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
    /// How many may be inside at once.
    pub occupancy_limit: Option<i64>,
    /// Whether nobody goes in alone.
    pub escort_required: bool,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for changes.
    pub version: i64,
}

/// A rule that approves visits.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = approval_rules)]
pub struct ApprovalRule {
    /// Row id.
    pub id: ApprovalRuleId,
    /// Site.
    pub site_id: SiteId,
    /// What entries call it.
    pub name: String,
    /// For this customer only.
    pub customer_id: Option<CustomerId>,
    /// Everyone has been here before.
    pub known_person: bool,
    /// Every rack is the customer's own.
    pub own_rack: bool,
    /// Bit 0 is Monday.
    pub weekdays: i64,
    /// First minute of the day.
    pub from_minute: i64,
    /// Minute after the last.
    pub until_minute: i64,
    /// Visits it approves are escorted.
    pub escort_required: bool,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for changes.
    pub version: i64,
}

impl ApprovalRule {
    /// When it holds.
    pub const fn hours(&self) -> Hours {
        Hours {
            weekdays: self.weekdays,
            from_minute: self.from_minute,
            until_minute: self.until_minute,
        }
    }
}

/// A permission to come again and again.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = standing_permissions)]
pub struct StandingPermission {
    /// Row id.
    pub id: StandingPermissionId,
    /// Site.
    pub site_id: SiteId,
    /// The customer it is for.
    pub customer_id: Option<CustomerId>,
    /// The person it is for.
    pub person_id: Option<PersonId>,
    /// Or everyone of this company.
    pub company: String,
    /// From.
    pub valid_from: Timestamp,
    /// Until.
    pub valid_until: Timestamp,
    /// Bit 0 is Monday.
    pub weekdays: i64,
    /// First minute of the day.
    pub from_minute: i64,
    /// Minute after the last.
    pub until_minute: i64,
    /// Whether its visits are escorted.
    pub escort_required: bool,
    /// Anything else.
    pub note: String,
    /// When someone last came under it.
    pub last_used_at: Option<Timestamp>,
    /// Who that was.
    pub last_used_by: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Who gave it.
    pub created_by_name: String,
    /// Version for changes.
    pub version: i64,
}

impl StandingPermission {
    /// When it holds.
    pub const fn hours(&self) -> Hours {
        Hours {
            weekdays: self.weekdays,
            from_minute: self.from_minute,
            until_minute: self.until_minute,
        }
    }
}

/// A standing permission with what it opens and for whom, in words.
#[derive(Debug, Clone, Serialize)]
pub struct StandingRecord {
    /// The permission.
    #[serde(flatten)]
    pub permission: StandingPermission,
    /// Name of the person, when it is for one.
    pub person: Option<String>,
    /// Name of the customer.
    pub customer: Option<String>,
    /// Racks that may be opened.
    pub rack_ids: Vec<RackId>,
    /// Areas that may be entered; none: any.
    pub area_ids: Vec<AreaId>,
}

/// How full an area is.
#[derive(Debug, Clone, Serialize)]
pub struct AreaOccupancy {
    /// The area.
    #[serde(flatten)]
    pub area: Area,
    /// How many who may enter it are inside.
    pub inside: i64,
}

impl AreaOccupancy {
    /// Whether as many are inside as may be.
    pub fn is_full(&self) -> bool {
        self.area
            .occupancy_limit
            .is_some_and(|limit| self.inside >= limit)
    }
}
