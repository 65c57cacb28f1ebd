//! Gauges and their readings as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::gauge::{GaugeMissing, GaugePart, Quantity};
use crate::base::ids::{DeviceId, GaugeId, GaugeReadingId};
use crate::base::time::Timestamp;
use crate::store::schema::{gauge_blocks, gauge_days, gauge_readings, gauges};

/// What one part of a device measures.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = gauges)]
pub struct Gauge {
    /// Row id.
    pub id: GaugeId,
    /// The device.
    pub device_id: DeviceId,
    /// The kind of part.
    pub part: GaugePart,
    /// Which of these parts, as the device counts them.
    pub place: String,
    /// What it measures.
    pub quantity: Quantity,
    /// What the device calls the part.
    pub name: String,
    /// Why the last reading brought no number.
    pub missing: Option<GaugeMissing>,
    /// When it first had a number.
    #[serde(skip)]
    pub created_at: Timestamp,
    /// When its name or its reason last changed.
    #[serde(skip)]
    pub updated_at: Timestamp,
}

impl Gauge {
    /// Since when the device has not told of it; none while it does.
    #[must_use]
    pub fn gone_at(&self) -> Option<Timestamp> {
        (self.missing == Some(GaugeMissing::NoSuch)).then_some(self.updated_at)
    }
}

/// One reading of the gauges of a device.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = gauge_readings)]
pub struct GaugeReadingRow {
    /// Row id.
    pub id: GaugeReadingId,
    /// When.
    pub at: Timestamp,
    /// Ids and numbers, packed.
    pub body: Vec<u8>,
}

/// A reading to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = gauge_readings)]
pub struct NewGaugeReading {
    /// The device.
    pub device_id: DeviceId,
    /// When.
    pub at: Timestamp,
    /// Ids and numbers, packed.
    pub body: Vec<u8>,
}

/// A finished day of a device.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = gauge_days)]
pub struct GaugeDayRow {
    /// The day.
    pub day: i64,
    /// Times and gauges, packed.
    pub body: Vec<u8>,
}

/// A finished day of a gauge.
#[derive(Debug, Insertable)]
#[diesel(table_name = gauge_blocks)]
pub struct NewGaugeBlock<'a> {
    /// The gauge.
    pub gauge_id: i64,
    /// The day.
    pub day: i64,
    /// Its numbers, packed.
    pub body: &'a [u8],
}
