//! Power feeds, PDUs and outlets as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::gauge::OutletState;
use crate::base::ids::{CustomerId, DeviceId, OutletId, PowerFeedId, PowerPanelId, RoomId};
use crate::base::time::Timestamp;
use crate::base::units::Watts;
use crate::facility::feed::FeedSide;
use crate::store::schema::{outlets, pdus, power_feeds, power_panels};

/// A board that feeds come from.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_panels)]
pub struct PowerPanel {
    /// Row id.
    pub id: PowerPanelId,
    /// The room it stands in.
    pub room_id: RoomId,
    /// Name, one of a kind in the room.
    pub name: String,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

/// A feed of power into a room.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = power_feeds)]
pub struct PowerFeed {
    /// Row id.
    pub id: PowerFeedId,
    /// The room.
    pub room_id: RoomId,
    /// Name.
    pub name: String,
    /// Its side.
    pub side: FeedSide,
    /// Phases, 1 or 3.
    pub phases: i64,
    /// Volts between phase and neutral, or of the one phase.
    pub volts: i64,
    /// Amperes of its breaker.
    pub amps: i64,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// The board it comes from; none when that is not on record.
    pub panel_id: Option<PowerPanelId>,
    /// How much of what it can carry may be used, percent.
    pub max_percent: i64,
    /// What the supplier of the power has promised on it.
    pub contracted_watts: Option<Watts>,
}

impl PowerFeed {
    /// What it can carry, in volt-amperes.
    #[must_use]
    pub const fn volt_amperes(&self) -> i64 {
        self.phases
            .saturating_mul(self.volts)
            .saturating_mul(self.amps)
    }

    /// What of it may be used, in volt-amperes, rounded down.
    #[must_use]
    pub const fn usable_volt_amperes(&self) -> i64 {
        self.volt_amperes().saturating_mul(self.max_percent) / 100
    }
}

/// A device that gives power to others.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = pdus)]
pub struct Pdu {
    /// The device.
    pub device_id: DeviceId,
    /// What it is connected to.
    pub feed_id: Option<PowerFeedId>,
    /// Word of its family, as it was recognised.
    pub family: String,
    /// When it was last read.
    pub last_read_at: Option<Timestamp>,
    /// What went wrong then.
    pub last_trouble: Option<String>,
    /// Version for edits.
    pub version: i64,
}

/// An outlet of a PDU.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = outlets)]
pub struct Outlet {
    /// Row id.
    pub id: OutletId,
    /// The PDU.
    pub device_id: DeviceId,
    /// Which, as the PDU counts them.
    pub place: String,
    /// Which, counted from 1 over all of them.
    pub number: i64,
    /// What the PDU calls it.
    pub name: String,
    /// Whether it gives power.
    pub state: OutletState,
    /// Since when that is known.
    pub state_at: Timestamp,
    /// The device that is plugged in.
    pub mapped_device_id: Option<DeviceId>,
    /// Which of the device's supplies.
    pub supply: String,
    /// Who has looked at the cable.
    pub confirmed_by_name: String,
    /// When; none while nobody has: nothing is switched then.
    pub confirmed_at: Option<Timestamp>,
    /// Since when the PDU has not told of it.
    pub missing_since: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

/// A device as an outlet names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plugged {
    /// The device.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its owner; `None` is the operator.
    pub customer_id: Option<CustomerId>,
}

/// An outlet with what is plugged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutletRow {
    /// The outlet.
    pub outlet: Outlet,
    /// What is plugged in, as far as the reader may know.
    pub plugged: Option<Plugged>,
}

/// Where an outlet is, for adding up what its gauges say.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OutletPlace {
    /// The PDU.
    pub device_id: DeviceId,
    /// Which of its outlets.
    pub place: String,
    /// Since when it is confirmed what it feeds: what was measured before may be another's.
    pub confirmed_at: Option<Timestamp>,
    /// What it feeds.
    pub feeds: Option<DeviceId>,
}
