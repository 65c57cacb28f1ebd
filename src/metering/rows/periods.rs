//! Closed billing periods and their corrections as they are stored. Neither is ever changed.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{AllocationId, ClosedPeriodId, PeriodCorrectionId, UserId};
use crate::base::time::Timestamp;
use crate::base::units::{BitsPerSecond, Octets};
use crate::metering::model::{DirectionWord, GapWord};
use crate::metering::period::Period;
use crate::store::schema::{closed_periods, period_corrections};

/// A closed period, without its frozen slots.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = closed_periods)]
pub struct ClosedPeriod {
    /// Row id.
    pub id: ClosedPeriodId,
    /// The allocation.
    pub allocation_id: AllocationId,
    /// First instant.
    pub from_at: Timestamp,
    /// First instant after it.
    pub until_at: Timestamp,
    /// The billed figure; `None` when there was no data.
    pub figure_bps: Option<BitsPerSecond>,
    /// How two directions made one figure.
    pub direction_rule: DirectionWord,
    /// What a slot without data counted as.
    pub gap_rule: GapWord,
    /// Version of the rules.
    pub rule_version: i64,
    /// Committed rate.
    pub committed_bps: BitsPerSecond,
    /// How much of the figure is above it.
    pub overage_bps: Option<BitsPerSecond>,
    /// All slots.
    pub slots: i64,
    /// Slots with data that were ranked.
    pub used_slots: i64,
    /// Slots without data.
    pub gap_slots: i64,
    /// Of the used: estimated.
    pub estimated_slots: i64,
    /// Left out because a rate was impossible.
    pub suspect_slots: i64,
    /// Of the used: incomplete.
    pub incomplete_slots: i64,
    /// SHA-256 over all that was frozen.
    pub sha256: String,
    /// Who closed it, as the name was.
    pub closed_by_name: String,
    /// When.
    pub closed_at: Timestamp,
}

impl ClosedPeriod {
    /// Its time.
    pub const fn period(&self) -> Period {
        Period {
            from: self.from_at,
            until: self.until_at,
        }
    }
}

/// A closed period to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = closed_periods)]
pub(in crate::metering) struct NewClosedPeriod {
    pub allocation_id: AllocationId,
    pub from_at: Timestamp,
    pub until_at: Timestamp,
    pub figure_bps: Option<i64>,
    pub direction_rule: DirectionWord,
    pub gap_rule: GapWord,
    pub rule_version: i64,
    pub committed_bps: i64,
    pub overage_bps: Option<i64>,
    pub slots: i64,
    pub used_slots: i64,
    pub gap_slots: i64,
    pub estimated_slots: i64,
    pub suspect_slots: i64,
    pub incomplete_slots: i64,
    pub sha256: String,
    pub body: Vec<u8>,
    pub closed_by_user_id: Option<UserId>,
    pub closed_by_name: String,
    pub closed_at: Timestamp,
}

/// A correction of a closed period: what is credited, and why.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = period_corrections)]
pub struct PeriodCorrection {
    /// Row id.
    pub id: PeriodCorrectionId,
    /// The period.
    pub closed_period_id: ClosedPeriodId,
    /// Credited off the figure.
    pub credit_bps: Option<BitsPerSecond>,
    /// Credited off the volume.
    pub credit_octets: Option<Octets>,
    /// Why.
    pub reason: String,
    /// Who says so, as the name was.
    pub author_name: String,
    /// When.
    pub created_at: Timestamp,
}
