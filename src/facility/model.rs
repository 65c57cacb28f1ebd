//! What a site, a room and a rack must be.

use chrono_tz::Tz;

use super::floor::{FloorDraft, Spot};
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, RoomId, SiteId};
use crate::base::number::{required_whole, whole};
use crate::base::text;
use crate::base::units::{Grams, Millimetres, Watts};

crate::text_enum! {
    /// Which way a rack counts its units.
    pub enum Numbering {
        /// From the bottom up.
        Up = "up",
        /// From the top down.
        Down = "down",
    }
}

crate::text_enum! {
    /// Who may put machines into a rack.
    pub enum Ownership {
        /// The operator's own.
        Operator = "operator",
        /// Rented whole by one customer.
        Customer = "customer",
        /// Rented by the unit.
        Shared = "shared",
    }
}

crate::text_enum! {
    /// Where in a rack a device is fixed.
    pub enum Face {
        /// On the front posts.
        Front = "front",
        /// On the rear posts.
        Rear = "rear",
        /// Hanging at the left side, taking no units.
        Left = "left",
        /// Hanging at the right side, taking no units.
        Right = "right",
    }
}

crate::text_enum! {
    /// The half of a unit that a device of half width takes, seen from the front.
    pub enum Half {
        /// The left one.
        Left = "left",
        /// The right one.
        Right = "right",
    }
}

impl Face {
    /// Whether what is fixed here takes no units.
    pub const fn is_side(self) -> bool {
        matches!(self, Self::Left | Self::Right)
    }
}

/// Most units of a rack.
pub const MAX_UNITS: i64 = 60;

/// A site as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteDraft {
    /// Short unique code.
    pub code: String,
    /// Name.
    pub name: String,
    /// IANA name of the zone it keeps time in.
    pub time_zone: String,
    /// Postal address.
    pub address: String,
    /// How to reach the duty desk.
    pub contact: String,
    /// For the operator's eyes.
    pub note: String,
}

impl SiteDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let code = faults.keep(text::required_line("code", fields.get("code"), 32));
        let name = faults.keep(text::required_line("name", fields.get("name"), 120));
        let time_zone = faults.keep(zone("time_zone", fields.get("time_zone")));
        let address = faults.keep(text::line("address", fields.get("address"), 300));
        let contact = faults.keep(text::line("contact", fields.get("contact"), 300));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                code: code?,
                name: name?,
                time_zone: time_zone?,
                address: address?,
                contact: contact?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

fn zone(field: &'static str, raw: &str) -> Result<String, FieldFault> {
    let name = text::required_line(field, raw, 64)?;
    match name.parse::<Tz>() {
        Ok(zone) => Ok(zone.name().to_owned()),
        Err(_) => Err(FieldFault::new(field, Message::new("facility-time-zone"))),
    }
}

/// A room as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomDraft {
    /// The building.
    pub site_id: SiteId,
    /// Name, one of a kind in the building.
    pub name: String,
    /// Its floor.
    pub floor: FloorDraft,
    /// For the operator's eyes.
    pub note: String,
}

impl RoomDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site_id = faults.keep(required_whole(
            "site_id",
            fields.get("site_id"),
            1,
            i64::MAX,
        ));
        let name = faults.keep(text::required_line("name", fields.get("name"), 64));
        let floor = FloorDraft::read(fields, &mut faults);
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let draft = (|| {
            Some(Self {
                site_id: SiteId::new(site_id?),
                name: name?,
                floor: floor?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A rack as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RackDraft {
    /// The room.
    pub room_id: RoomId,
    /// Name, one of a kind in the room.
    pub name: String,
    /// Row it stands in.
    pub row_name: String,
    /// Place in the row, counted from one; 0 when unknown.
    pub position_in_row: i64,
    /// Height in rack units.
    pub units: i64,
    /// Number of the first unit.
    pub starting_unit: i64,
    /// Which way units are counted.
    pub numbering: Numbering,
    /// Width of its footprint.
    pub width_mm: Option<Millimetres>,
    /// Depth.
    pub depth_mm: Option<Millimetres>,
    /// Where it stands on the floor of the room.
    pub spot: Option<Spot>,
    /// Most power it may draw.
    pub max_watts: Option<Watts>,
    /// Power that was promised to who rents it.
    pub contracted_watts: Option<Watts>,
    /// Most weight it may carry.
    pub max_weight_g: Option<Grams>,
    /// Who may put machines into it.
    pub ownership: Ownership,
    /// The customer who rents it whole.
    pub customer_id: Option<CustomerId>,
    /// For the operator's eyes.
    pub note: String,
}

impl RackDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let mut number = |field, min, max| faults.keep(whole(field, fields.get(field), min, max));
        let position_in_row = number("position_in_row", 0, 999);
        let starting_unit = number("starting_unit", 0, 100);
        let width_mm = number("width_mm", 1, 5000);
        let depth_mm = number("depth_mm", 1, 5000);
        let max_watts = number("max_watts", 1, 1_000_000);
        let contracted_watts = number("contracted_watts", 1, 1_000_000);
        let customer_id = number("customer_id", 1, i64::MAX);
        let spot = Spot::read(fields, &mut faults);
        let room_id = faults.keep(required_whole(
            "room_id",
            fields.get("room_id"),
            1,
            i64::MAX,
        ));
        let name = faults.keep(text::required_line("name", fields.get("name"), 64));
        let row_name = faults.keep(text::line("row_name", fields.get("row_name"), 32));
        let units = faults.keep(required_whole("units", fields.get("units"), 1, MAX_UNITS));
        let max_weight_g = faults.keep(kilograms("max_weight_kg", fields.get("max_weight_kg")));
        let numbering = faults.keep(choice("numbering", fields, Numbering::Up));
        let ownership = faults.keep(choice("ownership", fields, Ownership::Operator));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        match (ownership, customer_id) {
            (Some(Ownership::Customer), Some(None)) => {
                faults.add(
                    "customer_id",
                    Message::new("facility-rack-customer-missing"),
                );
            }
            (Some(Ownership::Operator | Ownership::Shared), Some(Some(_))) => {
                faults.add(
                    "customer_id",
                    Message::new("facility-rack-customer-too-many"),
                );
            }
            _ => {}
        }
        let draft = (|| {
            Some(Self {
                room_id: RoomId::new(room_id?),
                name: name?,
                row_name: row_name?,
                position_in_row: position_in_row?.unwrap_or(0),
                units: units?,
                starting_unit: starting_unit?.unwrap_or(1),
                numbering: numbering?,
                width_mm: width_mm?.map(Millimetres::new),
                depth_mm: depth_mm?.map(Millimetres::new),
                spot: spot?,
                max_watts: max_watts?.map(Watts::new),
                contracted_watts: contracted_watts?.map(Watts::new),
                max_weight_g: max_weight_g?,
                ownership: ownership?,
                customer_id: customer_id?.map(CustomerId::new),
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A weight typed in kilograms; `None` for an empty text. At most 100 t.
pub fn kilograms(field: &'static str, raw: &str) -> Result<Option<Grams>, FieldFault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    Grams::from_kilograms_text(raw)
        .filter(|weight| (0..=100_000_000).contains(&weight.get()))
        .map(Some)
        .ok_or_else(|| FieldFault::new(field, Message::new("facility-kilograms")))
}

/// A word of a choice that has a usual answer.
pub(super) trait Word: Copy {
    fn read(word: &str) -> Option<Self>;
    fn allowed() -> String;
}

/// Makes enums of words choices.
macro_rules! choices {
    ($($name:ty),+) => {$(
        impl Word for $name {
            fn read(word: &str) -> Option<Self> {
                Self::from_word(word)
            }
            fn allowed() -> String {
                Self::words()
            }
        }
    )+};
}
choices!(Numbering, Ownership, Faces, ReservationKind);

crate::text_enum! {
    /// Which faces of a stretch of units are kept for somebody.
    pub enum Faces {
        /// Front and rear.
        Both = "both",
        /// The front only.
        Front = "front",
        /// The rear only.
        Rear = "rear",
    }
}

crate::text_enum! {
    /// Why a stretch of units is kept.
    pub enum ReservationKind {
        /// For something that will come.
        Reserved = "reserved",
        /// It is rented out, in a rack that several customers share.
        Rented = "rented",
    }
}

/// A word typed in `field`; the usual one when nothing was.
pub(super) fn choice<W: Word>(
    field: &'static str,
    fields: &Fields,
    usual: W,
) -> Result<W, FieldFault> {
    match fields.get(field).trim() {
        "" => Ok(usual),
        word => W::read(word).ok_or_else(|| {
            FieldFault::new(
                field,
                Message::new("fault-choice").with("allowed", W::allowed()),
            )
        }),
    }
}

crate::text_enum! {
    /// What a list of racks is sorted by.
    pub enum RackSort {
        /// Building, room, row, place in the row and name.
        Place = "place",
        /// Its name.
        Name = "name",
        /// Its height.
        Units = "units",
        /// The name of the customer who rents it whole.
        Customer = "customer",
        /// Who may put machines into it.
        Ownership = "ownership",
        /// The most power it may draw.
        Power = "max_watts",
        /// When its record was last changed.
        Updated = "updated",
    }
}

#[allow(
    clippy::derivable_impls,
    reason = "the macro that makes the enum derives for all"
)]
impl Default for RackSort {
    fn default() -> Self {
        Self::Place
    }
}

/// Which racks to list.
#[derive(Debug, Clone, Default)]
pub struct RackFilter {
    /// Part of the name, the row, the room, the site or the customer.
    pub query: String,
    /// Only this site's.
    pub site_id: Option<SiteId>,
    /// Only this room's.
    pub room_id: Option<RoomId>,
    /// Only this customer's.
    pub customer_id: Option<CustomerId>,
    /// Only those that this kind of tenant may use.
    pub ownership: Option<Ownership>,
    /// What they are sorted by.
    pub sort: RackSort,
    /// Great values first.
    pub is_descending: bool,
    /// The archived ones instead of the live ones.
    pub archived: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn rack(pairs: &[(&str, &str)]) -> Result<RackDraft, Fault> {
        let mut fields: Fields = [("room_id", "1"), ("name", "A01"), ("units", "42")]
            .into_iter()
            .collect();
        for (name, text) in pairs {
            fields.set(*name, *text);
        }
        RackDraft::parse(&fields)
    }

    #[test]
    fn a_rack_has_usual_answers() {
        let draft = rack(&[]).unwrap();
        assert_eq!((draft.starting_unit, draft.numbering), (1, Numbering::Up));
        assert_eq!(draft.ownership, Ownership::Operator);
    }

    #[test]
    fn each_wrong_field_of_a_rack_is_named() {
        for (field, text) in [
            ("units", "0"),
            ("units", "61"),
            ("units", "4.5"),
            ("name", " "),
            ("numbering", "sideways"),
            ("max_weight_kg", "-3"),
            ("max_watts", "3 kW"),
            ("ownership", "mine"),
            ("room_id", ""),
        ] {
            let fault = rack(&[(field, text)]).unwrap_err();
            assert_eq!(fault.fields.len(), 1, "{field}={text}");
            assert_eq!(fault.fields.first().unwrap().field, field, "{text}");
        }
    }

    #[test]
    fn only_a_customer_s_rack_has_a_customer() {
        let customer = ("customer_id", "3");
        assert!(rack(&[("ownership", "customer"), customer]).is_ok());
        assert!(rack(&[("ownership", "customer")]).is_err());
        assert!(rack(&[("ownership", "shared"), customer]).is_err());
        assert!(rack(&[customer]).is_err());
    }

    #[test]
    fn a_site_keeps_time_in_a_known_zone() {
        let site = |zone: &str| {
            SiteDraft::parse(
                &[("code", "SHA1"), ("name", "临港"), ("time_zone", zone)]
                    .into_iter()
                    .collect(),
            )
        };
        assert_eq!(site("Asia/Shanghai").unwrap().time_zone, "Asia/Shanghai");
        assert!(site("Asia/Lingang").is_err() && site("").is_err());
    }
}
