//! Cables and their ends as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use super::ends::{NamedEnds, NamedPort};
use super::model::{CableDraft, CableKind, CableStatus};
use super::side::Side;
use crate::base::ids::{CableEndId, CableId, DeviceId, DevicePortId};
use crate::base::time::Timestamp;
use crate::base::units::Millimetres;
use crate::inventory::PortKind;
use crate::store::schema::{cable_ends, cables};

/// A cable.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = cables)]
pub struct Cable {
    /// Row id.
    pub id: CableId,
    /// What is printed on it.
    pub label: String,
    /// What it is made of.
    pub kind: CableKind,
    /// How it stands.
    pub status: CableStatus,
    /// A word, `#rrggbb` or nothing.
    pub colour: String,
    /// How long it is.
    pub length_mm: Option<Millimetres>,
    /// The bundle it lies in.
    pub bundle: String,
    /// For the operator's eyes.
    pub note: String,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
}

impl Cable {
    /// Its label, or `#` and its number.
    #[must_use]
    pub fn name(&self) -> String {
        if self.label.is_empty() {
            format!("#{}", self.id)
        } else {
            self.label.clone()
        }
    }
}

/// An end of a cable.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = cable_ends)]
pub(super) struct CableEnd {
    /// Row id.
    pub id: CableEndId,
    /// The cable.
    pub cable_id: CableId,
    /// Its side.
    pub side: Side,
    /// The port it is in.
    pub device_port_id: DevicePortId,
    /// Which leg of a breakout, from 1.
    pub position: Option<i64>,
}

/// A port with its device, as far as the reader may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plugged {
    /// The port.
    pub port_id: DevicePortId,
    /// Its name, with its kind where the device has the name twice.
    pub port: String,
    /// What it is for.
    pub kind: PortKind,
    /// The device.
    pub device_id: DeviceId,
    /// Its name.
    pub device: String,
}

/// An end with what it is in; nothing where the reader may not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndRow {
    /// The side.
    pub side: Side,
    /// Which leg of a breakout, from 1.
    pub position: Option<i64>,
    /// The port.
    pub plug: Option<Plugged>,
}

/// A cable with its ends, as far as the reader may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CableRow {
    /// The cable; a customer's has no bundle and no note.
    pub cable: Cable,
    /// Its ends: side A first, the legs of a side in order.
    pub ends: Vec<EndRow>,
}

impl CableRow {
    /// The ends of a side.
    pub fn side(&self, side: Side) -> impl Iterator<Item = &EndRow> {
        self.ends.iter().filter(move |end| end.side == side)
    }
}

impl From<&CableRow> for CableDraft {
    fn from(row: &CableRow) -> Self {
        let cable = &row.cable;
        let side = |side: Side| {
            let plugs = row.side(side).filter_map(|end| end.plug.as_ref());
            let named = plugs.map(|plug| NamedPort {
                device: plug.device.clone(),
                port: plug.port.clone(),
            });
            named.collect()
        };
        Self {
            label: cable.label.clone(),
            kind: cable.kind,
            status: cable.status,
            colour: cable.colour.clone(),
            length: cable.length_mm,
            bundle: cable.bundle.clone(),
            note: cable.note.clone(),
            ends: NamedEnds {
                a: side(Side::A),
                b: side(Side::B),
            },
        }
    }
}
