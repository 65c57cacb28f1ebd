//! Stretches of racks that are kept for somebody, as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::base::ids::{CustomerId, RackId, ReservationId};
use crate::base::time::Timestamp;
use crate::base::units::HalfUnits;
use crate::facility::model::{Face, Faces, ReservationKind};
use crate::facility::placement::{Frame, Hold, Place};
use crate::store::schema::rack_reservations;

/// A stretch of units that is kept for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = rack_reservations)]
pub struct Reservation {
    /// Row id.
    pub id: ReservationId,
    /// The rack.
    pub rack_id: RackId,
    /// Why it is kept.
    pub kind: ReservationKind,
    /// First unit as the rack numbers them.
    pub first_unit: i64,
    /// Last unit as the rack numbers them.
    pub last_unit: i64,
    /// Which faces.
    pub faces: Faces,
    /// For whom; `None` is the operator.
    pub customer_id: Option<CustomerId>,
    /// What for.
    pub reason: String,
    /// Last day it is kept, `2026-11-22` at the site; `None` until it is ended.
    pub until_date: Option<String>,
    /// Who made it.
    pub made_by_name: String,
    /// When it was ended.
    pub archived_at: Option<Timestamp>,
    /// Version for edits.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Reservation {
    /// Whether it still keeps its units on a day, `2026-11-22`.
    pub fn holds_on(&self, today: &str) -> bool {
        self.archived_at.is_none()
            && self
                .until_date
                .as_deref()
                .is_none_or(|until| until >= today)
    }

    /// What is kept, in half-units of the rack; `None` when the rack has no such units any more.
    pub fn place(&self, frame: Frame) -> Option<Place> {
        stretch(frame, self.first_unit, self.last_unit, self.faces)
    }

    /// What the rules need to know of it.
    pub fn hold(&self, frame: Frame) -> Option<Hold> {
        Some(Hold {
            id: self.id,
            place: self.place(frame)?,
            customer_id: self.customer_id,
            units: self.units(),
        })
    }

    /// Its units in words of the rack: `12` or `12–15`.
    pub fn units(&self) -> String {
        if self.first_unit == self.last_unit {
            self.first_unit.to_string()
        } else {
            format!("{}–{}", self.first_unit, self.last_unit)
        }
    }
}

/// Units `first` to `last` of a rack as a place.
pub fn stretch(frame: Frame, first: i64, last: i64, faces: Faces) -> Option<Place> {
    let height = HalfUnits::new(last.checked_sub(first)?.checked_add(1)?.checked_mul(2)?);
    let offset = frame.offset_of(HalfUnits::new(first.checked_mul(2)?), height)?;
    let face = if faces == Faces::Rear {
        Face::Rear
    } else {
        Face::Front
    };
    Place::new(face, Some(offset), height, faces == Faces::Both, None)
}
