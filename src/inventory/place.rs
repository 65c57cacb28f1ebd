//! Where a device is wanted: units of a rack, a side of it, or a bay of a chassis.

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{DeviceId, RackId};
use crate::base::number::whole;
use crate::base::text;
use crate::base::units::HalfUnits;
use crate::facility::{Face, Half};

/// A wanted place as typed, checked as far as it goes without the rack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceDraft {
    /// The rack; none for what stands in no rack. What is in a chassis stands in the chassis's rack.
    pub rack_id: Option<RackId>,
    /// Lowest-numbered unit in half-units of the rack's own count.
    pub unit: Option<HalfUnits>,
    /// Where it is fixed.
    pub face: Option<Face>,
    /// The half of its units, for a type of half width.
    pub half: Option<Half>,
    /// The chassis that it is in.
    pub chassis_id: Option<DeviceId>,
    /// The bay of the chassis.
    pub bay: Option<String>,
}

impl PlaceDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let place = Self::read(fields, &mut faults);
        faults.into_result(place)
    }

    /// Reads a place among other fields.
    pub(super) fn read(fields: &Fields, faults: &mut Faults) -> Option<Self> {
        let chassis = faults.keep(whole("chassis_id", fields.get("chassis_id"), 1, i64::MAX));
        let bay = faults.keep(text::line("bay", fields.get("bay"), 32));
        let rack = faults.keep(whole("rack_id", fields.get("rack_id"), 1, i64::MAX));
        let unit = faults.keep(unit("unit", fields.get("unit")));
        let face = faults.keep(word(
            "face",
            fields.get("face"),
            Face::from_word,
            Face::words,
        ));
        let half = faults.keep(word(
            "half",
            fields.get("half"),
            Half::from_word,
            Half::words,
        ));
        let (chassis_id, bay) = (chassis?.map(DeviceId::new), bay?);
        let in_units = matches!(unit, Some(Some(_))) || matches!(face, Some(Some(_)));
        if chassis_id.is_some() {
            return in_bay(chassis_id, bay, in_units, faults);
        }
        if !bay.is_empty() {
            faults.add("chassis_id", Message::new("inventory-bay-without-chassis"));
        }
        if rack == Some(None) && in_units {
            faults.add("rack_id", Message::new("inventory-place-without-rack"));
        }
        Some(Self {
            rack_id: rack?.map(RackId::new),
            unit: unit?,
            face: face?,
            half: half?,
            chassis_id: None,
            bay: None,
        })
    }

    /// Whether it is anywhere but in stock.
    pub const fn is_somewhere(&self) -> bool {
        self.rack_id.is_some() || self.chassis_id.is_some()
    }

    /// The place as the fields that [`PlaceDraft::parse`] reads.
    pub fn to_fields(&self) -> Fields {
        fn text<T: ToString>(value: Option<T>) -> String {
            value.map_or_else(String::new, |value| value.to_string())
        }
        [
            ("rack_id", text(self.rack_id)),
            ("unit", text(self.unit.map(HalfUnits::to_units_text))),
            ("face", text(self.face)),
            ("half", text(self.half)),
            ("chassis_id", text(self.chassis_id)),
            ("bay", text(self.bay.as_deref())),
        ]
        .into_iter()
        .collect()
    }
}

fn in_bay(
    chassis_id: Option<DeviceId>,
    bay: String,
    in_units: bool,
    faults: &mut Faults,
) -> Option<PlaceDraft> {
    if in_units {
        faults.add("unit", Message::new("inventory-bay-and-units"));
    }
    if bay.is_empty() {
        faults.add("bay", Message::new("inventory-bay-missing"));
    }
    Some(PlaceDraft {
        chassis_id,
        bay: Some(bay),
        ..PlaceDraft::default()
    })
}

fn unit(field: &'static str, raw: &str) -> Result<Option<HalfUnits>, FieldFault> {
    let text = raw.trim().trim_start_matches(['U', 'u']).trim();
    if text.is_empty() {
        return Ok(None);
    }
    HalfUnits::from_units_text(text)
        .map(Some)
        .ok_or_else(|| FieldFault::new(field, Message::new("inventory-unit")))
}

fn word<W>(
    field: &'static str,
    raw: &str,
    read: fn(&str) -> Option<W>,
    allowed: fn() -> String,
) -> Result<Option<W>, FieldFault> {
    match raw.trim() {
        "" => Ok(None),
        word => read(word).map(Some).ok_or_else(|| {
            FieldFault::new(
                field,
                Message::new("fault-choice").with("allowed", allowed()),
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn a_bay_is_no_place_in_units() {
        let parse = |pairs: &[(&str, &str)]| PlaceDraft::parse(&pairs.iter().copied().collect());
        let blade = parse(&[("chassis_id", "7"), ("bay", "3A"), ("rack_id", "2")]).unwrap();
        assert_eq!(
            (blade.chassis_id, blade.rack_id),
            (Some(DeviceId::new(7)), None)
        );
        assert_eq!(PlaceDraft::parse(&blade.to_fields()).unwrap(), blade);
        for (pairs, field) in [
            (&[("chassis_id", "7")][..], "bay"),
            (&[("bay", "3")][..], "chassis_id"),
            (
                &[("chassis_id", "7"), ("bay", "3"), ("unit", "4")][..],
                "unit",
            ),
            (
                &[("rack_id", "7"), ("unit", "4"), ("half", "middle")][..],
                "half",
            ),
            (&[("unit", "4")][..], "rack_id"),
        ] {
            let fault = parse(pairs).unwrap_err();
            assert_eq!(fault.fields[0].field, field, "{pairs:?}");
        }
    }
}
