//! What a reservation of units must be.

use chrono::NaiveDate;

use super::model::{Faces, MAX_UNITS, ReservationKind, choice};
use super::rows::Reservation;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, RackId};
use crate::base::number::{required_whole, whole};
use crate::base::text;

/// A reservation as typed, checked as far as it goes without the rack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationDraft {
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
    /// Last day, `2026-11-22`; `None` until it is ended.
    pub until_date: Option<String>,
}

/// Highest number a rack may paint on a unit.
const HIGHEST_UNIT: i64 = 100 + MAX_UNITS;

impl ReservationDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let mut wanted =
            |field, min, max| faults.keep(required_whole(field, fields.get(field), min, max));
        let rack_id = wanted("rack_id", 1, i64::MAX);
        let first_unit = wanted("first_unit", 0, HIGHEST_UNIT);
        let last_unit = wanted("last_unit", 0, HIGHEST_UNIT);
        let kind = faults.keep(choice("kind", fields, ReservationKind::Reserved));
        let faces = faults.keep(choice("faces", fields, Faces::Both));
        let customer = faults.keep(whole("customer_id", fields.get("customer_id"), 1, i64::MAX));
        let reason = faults.keep(text::line("reason", fields.get("reason"), 200));
        let until_date = faults.keep(day("until_date", fields.get("until_date")));
        if let (Some(first), Some(last)) = (first_unit, last_unit)
            && last < first
        {
            faults.add("last_unit", Message::new("reservation-order"));
        }
        if kind == Some(ReservationKind::Rented) && customer == Some(None) {
            faults.add("customer_id", Message::new("reservation-rented-to"));
        }
        let draft = (|| {
            Some(Self {
                rack_id: RackId::new(rack_id?),
                kind: kind?,
                first_unit: first_unit?,
                last_unit: last_unit?,
                faces: faces?,
                customer_id: customer?.map(CustomerId::new),
                reason: reason?,
                until_date: until_date?,
            })
        })();
        faults.into_result(draft)
    }
}

impl From<&Reservation> for ReservationDraft {
    fn from(there: &Reservation) -> Self {
        Self {
            rack_id: there.rack_id,
            kind: there.kind,
            first_unit: there.first_unit,
            last_unit: there.last_unit,
            faces: there.faces,
            customer_id: there.customer_id,
            reason: there.reason.clone(),
            until_date: there.until_date.clone(),
        }
    }
}

fn day(field: &'static str, raw: &str) -> Result<Option<String>, FieldFault> {
    let text = raw.trim().replace(['/', '.'], "-");
    if text.is_empty() {
        return Ok(None);
    }
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .map(|day| Some(day.format("%Y-%m-%d").to_string()))
        .map_err(|_| FieldFault::new(field, Message::new("fault-date")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn each_wrong_field_is_named() {
        let good = [("rack_id", "1"), ("first_unit", "10"), ("last_unit", "12")];
        let parse = |more: (&str, &str)| {
            let mut fields: Fields = good.into_iter().collect();
            fields.set(more.0, more.1);
            ReservationDraft::parse(&fields)
        };
        let draft = parse(("until_date", "2027/1/5")).unwrap();
        assert_eq!(draft.until_date.as_deref(), Some("2027-01-05"));
        assert_eq!(
            (draft.faces, draft.kind),
            (Faces::Both, ReservationKind::Reserved)
        );
        for (field, text, named) in [
            ("last_unit", "9", "last_unit"),
            ("first_unit", "", "first_unit"),
            ("first_unit", "99999999999999999999", "first_unit"),
            ("first_unit", "-1", "first_unit"),
            ("faces", "top", "faces"),
            ("kind", "rented", "customer_id"),
            ("until_date", "2026-02-30", "until_date"),
        ] {
            let fault = parse((field, text)).unwrap_err();
            assert_eq!(fault.fields[0].field, named, "{field}={text}");
        }
    }
}
