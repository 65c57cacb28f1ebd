//! What was found of a target beside its counters, and who is at the other end of its ports.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{NeighbourId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::metering::model::{SurveyState, TakeOver};
use crate::store::schema::{neighbours, target_discoveries};

/// What was found of a target, and what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = target_discoveries)]
pub struct Discovery {
    /// The target.
    pub target_id: SnmpTargetId,
    /// Which new ports are metered.
    pub take_over: TakeOver,
    /// When somebody last wanted all of it read.
    pub asked_at: Option<Timestamp>,
    /// When neighbours and chassis were last asked for.
    pub surveyed_at: Option<Timestamp>,
    /// Its chassis as it tells it to its neighbours, empty when it does not.
    pub own_chassis_id: String,
    /// What became of its neighbours.
    pub neighbours_state: SurveyState,
    /// Why, for the operator.
    pub neighbours_detail: String,
    /// Neighbours at ports that can't be told.
    pub unplaced: i64,
    /// What became of its chassis.
    pub chassis_state: SurveyState,
    /// Why, for the operator.
    pub chassis_detail: String,
    /// When its last notification came.
    pub trap_at: Option<Timestamp>,
    /// What it was: a word or an object identifier.
    pub trap_kind: String,
    /// How many came.
    pub traps: i64,
    /// When one last made it due at once.
    pub hinted_at: Option<Timestamp>,
}

impl Discovery {
    /// One of which nothing is known yet.
    pub const fn unread(target_id: SnmpTargetId) -> Self {
        Self {
            target_id,
            take_over: TakeOver::All,
            asked_at: None,
            surveyed_at: None,
            own_chassis_id: String::new(),
            neighbours_state: SurveyState::Unread,
            neighbours_detail: String::new(),
            unplaced: 0,
            chassis_state: SurveyState::Unread,
            chassis_detail: String::new(),
            trap_at: None,
            trap_kind: String::new(),
            traps: 0,
            hinted_at: None,
        }
    }
}

/// A device at the other end of a port, as LLDP told it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = neighbours)]
pub struct Neighbour {
    /// Row id.
    pub id: NeighbourId,
    /// The port here.
    pub port_id: PortId,
    /// What kind of name its chassis has.
    pub chassis_id_kind: String,
    /// Its chassis.
    pub chassis_id: String,
    /// What kind of name its port has.
    pub port_id_kind: String,
    /// Its port.
    pub remote_port_id: String,
    /// How it describes its port.
    pub port_descr: String,
    /// Its name.
    pub system_name: String,
    /// How it describes itself.
    pub system_descr: String,
    /// Where it is managed.
    pub management_address: String,
    /// When it was first there.
    pub first_seen_at: Timestamp,
    /// When it was last there.
    pub last_seen_at: Timestamp,
    /// Since when it is not.
    pub gone_at: Option<Timestamp>,
}
