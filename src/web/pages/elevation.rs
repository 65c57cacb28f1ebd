//! The two faces of a rack as places on a drawing.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::base::ids::DeviceId;
use crate::base::locale::Locale;
use crate::facility::{Face, Frame, Occupant, Place};
use crate::inventory::{DeviceRow, DeviceStatus};
use crate::words::Words;

/// What the drawing needs: the rack's grid, what stands in it, and what the reader may see of that.
pub(super) struct Elevation<'a> {
    /// The rack's grid.
    pub frame: Frame,
    /// All that stands in it.
    pub occupants: &'a [Occupant],
    /// The devices the reader may see; the others have no name.
    pub seen: &'a [DeviceRow],
    /// Words.
    pub words: &'a Words,
    /// Language.
    pub locale: Locale,
    /// Text that lights devices up.
    pub search: String,
}

impl Elevation<'_> {
    /// `places` of one face, in drawing order: what stands behind comes first.
    pub(super) fn face(&self, face: Face) -> Vec<Value> {
        let by_id: HashMap<DeviceId, &DeviceRow> =
            self.seen.iter().map(|row| (row.device.id, row)).collect();
        let mut behind = Vec::new();
        let mut here = Vec::new();
        for occupant in self.occupants {
            let Some(Place::Units {
                offset,
                height,
                front,
                rear,
            }) = occupant.place()
            else {
                continue;
            };
            let top = self.frame.half_units() - offset.get() - height.get();
            let stands_here = if face == Face::Front { front } else { rear };
            let row = by_id.get(&occupant.device_id).copied();
            let place = self.place(top, height.get(), row, stands_here);
            if stands_here {
                here.push(place);
            } else {
                behind.push(place);
            }
        }
        behind.extend(here);
        behind
    }

    fn place(&self, top: i64, height: i64, row: Option<&DeviceRow>, stands_here: bool) -> Value {
        let Some(row) = row else {
            let label = self.words.text(self.locale, "racks-occupied");
            return json!({"top": top, "height": height, "label": label, "kind": if stands_here { "other" } else { "behind" }});
        };
        let device = &row.device;
        let status = self
            .words
            .text(self.locale, &format!("device-status-{}", device.status));
        let kind = match device.status {
            _ if !stands_here => "behind",
            DeviceStatus::Planned => "reserved",
            DeviceStatus::Decommissioning => "warning",
            _ => "ok",
        };
        let hit = !self.search.is_empty()
            && [&device.name, &device.label]
                .iter()
                .any(|text| crate::base::fold::fold(text).contains(&self.search));
        json!({
            "top": top,
            "height": height,
            "label": device.name,
            "sub": (device.label != device.name && !device.label.is_empty()).then_some(&device.label),
            "href": format!("/devices/{}", device.id),
            "kind": kind,
            "word": status,
            "hit": hit,
        })
    }

    /// What hangs at the sides: name, address and side.
    pub(super) fn sides(&self) -> Vec<Value> {
        self.occupants
            .iter()
            .filter(|occupant| occupant.face.is_side())
            .map(|occupant| {
                let row = self
                    .seen
                    .iter()
                    .find(|row| row.device.id == occupant.device_id);
                json!({
                    "face": occupant.face,
                    "name": row.map(|row| &row.device.name),
                    "href": row.map(|row| format!("/devices/{}", row.device.id)),
                })
            })
            .collect()
    }
}
