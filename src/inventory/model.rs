//! What a device type and a device must be.

use chrono::NaiveDate;

use super::chassis::SubdeviceRole;
use super::place::PlaceDraft;
use super::sorting::DeviceSort;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceTypeId, RackId, RoomId, SiteId};
use crate::base::number::{required_whole, whole};
use crate::base::text;
use crate::base::units::{Grams, HalfUnits, Mebibytes, Watts};
use crate::facility::kilograms;

crate::text_enum! {
    /// What a type of device does.
    pub enum DeviceRole {
        /// Computes.
        Server = "server",
        /// Switches frames.
        Switch = "switch",
        /// Routes packets.
        Router = "router",
        /// Filters packets.
        Firewall = "firewall",
        /// Holds disks.
        Storage = "storage",
        /// Distributes power.
        Pdu = "pdu",
        /// Passes cables on.
        PatchPanel = "patch_panel",
        /// Gives serial consoles.
        ConsoleServer = "console_server",
        /// Closes a gap.
        Blank = "blank",
        /// Anything else.
        Other = "other",
    }
}

crate::text_enum! {
    /// Where a device is in its life.
    pub enum DeviceStatus {
        /// Expected; its place may be kept.
        Planned = "planned",
        /// Here, in no rack.
        InStock = "in_stock",
        /// In its rack, at work.
        Installed = "installed",
        /// In its rack, about to leave.
        Decommissioning = "decommissioning",
        /// Gone.
        Removed = "removed",
    }
}

impl DeviceStatus {
    /// Whether a device of this status stands in a rack: `Some(true)` always, `Some(false)` never, `None` either.
    pub const fn stands(self) -> Option<bool> {
        match self {
            Self::Planned => None,
            Self::Installed | Self::Decommissioning => Some(true),
            Self::InStock | Self::Removed => Some(false),
        }
    }
}

/// Greatest height of a type, in half-units.
const MAX_HEIGHT: i64 = 100;
/// Most memory of a machine, in GiB.
const MAX_MEMORY_GIB: i64 = 1_048_576;

/// A device type as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceTypeDraft {
    /// Who makes it.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// Short unique name for files and addresses.
    pub slug: String,
    /// Height; zero for what hangs at the side of a rack.
    pub height_half_units: HalfUnits,
    /// Whether it takes both faces of the rack.
    pub full_depth: bool,
    /// Whether two of it stand side by side in one unit.
    pub half_width: bool,
    /// What it is among chassis and blades.
    pub subdevice_role: SubdeviceRole,
    /// What it does.
    pub role: DeviceRole,
    /// Which way air goes through.
    pub airflow: String,
    /// Weight to plan with.
    pub weight_g: Option<Grams>,
    /// Draw to plan with.
    pub watts: Option<Watts>,
    /// For the operator's eyes.
    pub note: String,
    /// The maker's number for it.
    pub part_number: String,
    /// Takes no power.
    pub passive: bool,
}

impl DeviceTypeDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let manufacturer = faults.keep(text::required_line(
            "manufacturer",
            fields.get("manufacturer"),
            64,
        ));
        let model = faults.keep(text::required_line("model", fields.get("model"), 120));
        let slug = faults.keep(slug("slug", fields.get("slug")));
        let height = faults.keep(height("height_units", fields.get("height_units")));
        let role = faults.keep(role("role", fields.get("role")));
        let subdevice = faults.keep(subdevice("subdevice_role", fields.get("subdevice_role")));
        let airflow = faults.keep(text::line("airflow", fields.get("airflow"), 64));
        let weight = faults.keep(kilograms("weight_kg", fields.get("weight_kg")));
        let watts = faults.keep(whole("watts", fields.get("watts"), 0, 1_000_000));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        let part_number = faults.keep(text::line("part_number", fields.get("part_number"), 64));
        let draft = (|| {
            Some(Self {
                manufacturer: manufacturer?,
                model: model?,
                slug: slug?,
                height_half_units: height?,
                full_depth: fields.yes("full_depth"),
                half_width: fields.yes("half_width"),
                subdevice_role: subdevice?,
                role: role?,
                airflow: airflow?,
                weight_g: weight?,
                watts: watts?.map(Watts::new),
                note: note?,
                part_number: part_number?,
                passive: fields.yes("passive"),
            })
        })();
        faults.into_result(draft)
    }
}

fn slug(field: &'static str, raw: &str) -> Result<String, FieldFault> {
    let slug = text::required_line(field, raw, 100)?.to_lowercase();
    let fits = slug
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fits {
        Ok(slug)
    } else {
        Err(FieldFault::new(
            field,
            Message::new("inventory-slug-letters"),
        ))
    }
}

fn height(field: &'static str, raw: &str) -> Result<HalfUnits, FieldFault> {
    text::required_line(field, raw, 16)?;
    HalfUnits::from_units_text(raw)
        .filter(|height| height.get() <= MAX_HEIGHT)
        .ok_or_else(|| FieldFault::new(field, Message::new("inventory-height")))
}

fn subdevice(field: &'static str, raw: &str) -> Result<SubdeviceRole, FieldFault> {
    SubdeviceRole::from_word(raw.trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", "parent, child");
        FieldFault::new(field, message)
    })
}

fn role(field: &'static str, raw: &str) -> Result<DeviceRole, FieldFault> {
    let word = text::required_line(field, raw, 32)?;
    DeviceRole::from_word(&word).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", DeviceRole::words());
        FieldFault::new(field, message)
    })
}

fn own_role(field: &'static str, raw: &str) -> Result<Option<DeviceRole>, FieldFault> {
    match raw.trim() {
        "" => Ok(None),
        word => role(field, word).map(Some),
    }
}

/// A device as typed, checked as far as it goes without the records it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceDraft {
    /// Unique name.
    pub name: String,
    /// What is written on it.
    pub label: String,
    /// Serial number, unique.
    pub serial: Option<String>,
    /// Asset tag, unique.
    pub asset_tag: Option<String>,
    /// Its type.
    pub device_type_id: DeviceTypeId,
    /// What it does; `None` is what its type says.
    pub role: Option<DeviceRole>,
    /// Its owner; `None` is the operator.
    pub customer_id: Option<CustomerId>,
    /// Where it is in its life.
    pub status: DeviceStatus,
    /// Where it stands.
    pub place: PlaceDraft,
    /// Processors.
    pub cpu: String,
    /// Memory.
    pub memory: Option<Mebibytes>,
    /// Disks.
    pub disks: String,
    /// Network cards, with their addresses.
    pub nics: String,
    /// Last day of the warranty, `2026-11-22`.
    pub warranty_until: Option<String>,
    /// Day of purchase, `2026-11-22`.
    pub purchased_on: Option<String>,
    /// Whether a power action needs a second person.
    pub protected: bool,
    /// For the operator's eyes.
    pub note: String,
}

impl DeviceDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(text::required_line("name", fields.get("name"), 64));
        let label = faults.keep(text::line("label", fields.get("label"), 64));
        let serial = faults.keep(text::line("serial", fields.get("serial"), 64));
        let asset_tag = faults.keep(text::line("asset_tag", fields.get("asset_tag"), 64));
        let device_type = faults.keep(required_whole(
            "device_type_id",
            fields.get("device_type_id"),
            1,
            i64::MAX,
        ));
        let own_role = faults.keep(own_role("role", fields.get("role")));
        let customer = faults.keep(whole("customer_id", fields.get("customer_id"), 1, i64::MAX));
        let status = faults.keep(status("status", fields.get("status")));
        let place = PlaceDraft::read(fields, &mut faults);
        let cpu = faults.keep(text::line("cpu", fields.get("cpu"), 200));
        let memory = faults.keep(whole(
            "memory_gib",
            fields.get("memory_gib"),
            1,
            MAX_MEMORY_GIB,
        ));
        let disks = faults.keep(text::paragraph("disks", fields.get("disks"), 1000));
        let nics = faults.keep(text::paragraph("nics", fields.get("nics"), 1000));
        let warranty_until = faults.keep(date("warranty_until", fields.get("warranty_until")));
        let purchased_on = faults.keep(date("purchased_on", fields.get("purchased_on")));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        if let (Some(status), Some(place)) = (status, place.as_ref()) {
            check_standing(status, place, &mut faults);
        }
        let some = |text: String| (!text.is_empty()).then_some(text);
        let draft = (|| {
            Some(Self {
                name: name?,
                label: label?,
                serial: some(serial?),
                asset_tag: some(asset_tag?),
                device_type_id: DeviceTypeId::new(device_type?),
                role: own_role?,
                customer_id: customer?.map(CustomerId::new),
                status: status?,
                place: place?,
                cpu: cpu?,
                memory: memory?.map(|gib| Mebibytes::new(gib * 1024)),
                disks: disks?,
                nics: nics?,
                warranty_until: warranty_until?,
                purchased_on: purchased_on?,
                protected: fields.yes("protected"),
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

fn check_standing(status: DeviceStatus, place: &PlaceDraft, faults: &mut Faults) {
    match (status.stands(), place.is_somewhere()) {
        (Some(true), false) => {
            faults.add("rack_id", Message::new("inventory-status-needs-rack"));
        }
        (Some(false), true) => {
            faults.add("status", Message::new("inventory-status-without-rack"));
        }
        _ => {}
    }
}

fn status(field: &'static str, raw: &str) -> Result<DeviceStatus, FieldFault> {
    match raw.trim() {
        "" => Ok(DeviceStatus::InStock),
        word => DeviceStatus::from_word(word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", DeviceStatus::words());
            FieldFault::new(field, message)
        }),
    }
}

pub(super) fn date(field: &'static str, raw: &str) -> Result<Option<String>, FieldFault> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let text = text.replace(['/', '.'], "-");
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .map(|day| Some(day.format("%Y-%m-%d").to_string()))
        .map_err(|_| FieldFault::new(field, Message::new("fault-date")))
}

/// Why a device is locked, as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockDraft {
    /// What others are told.
    pub reason: String,
}

impl LockDraft {
    /// Checks what was typed.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let reason = text::required_line("reason", fields.get("reason"), 200)?;
        Ok(Self { reason })
    }
}

/// Which devices to list.
#[derive(Debug, Clone, Default)]
pub struct DeviceFilter {
    /// Part of name, label, serial, asset tag, network card, type or customer.
    pub query: String,
    /// Only this customer's.
    pub customer_id: Option<CustomerId>,
    /// Only the operator's own.
    pub of_operator: bool,
    /// Only of this status.
    pub status: Option<DeviceStatus>,
    /// Only in this rack.
    pub rack_id: Option<RackId>,
    /// Only what does this, by its own role or else by its type's.
    pub role: Option<DeviceRole>,
    /// Only of this type.
    pub device_type_id: Option<DeviceTypeId>,
    /// Only in this building.
    pub site_id: Option<SiteId>,
    /// Only in this room.
    pub room_id: Option<RoomId>,
    /// Only with a warranty that ends before this day, `2026-11-22`.
    pub warranty_before: Option<String>,
    /// Only with a warranty that ends on this day or later.
    pub warranty_from: Option<String>,
    /// Only bought on this day or later.
    pub purchased_from: Option<String>,
    /// Only bought before this day.
    pub purchased_before: Option<String>,
    /// Only in the stock of this building.
    pub stock_site_id: Option<SiteId>,
    /// What they are sorted by.
    pub sort: DeviceSort,
    /// Great values first.
    pub is_descending: bool,
    /// The archived ones instead of the live ones.
    pub archived: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn device(pairs: &[(&str, &str)]) -> Result<DeviceDraft, Fault> {
        let mut fields: Fields = [("name", "SRV-1"), ("device_type_id", "1")]
            .into_iter()
            .collect();
        for (name, text) in pairs {
            fields.set(*name, *text);
        }
        DeviceDraft::parse(&fields)
    }

    #[test]
    fn a_status_says_whether_there_is_a_rack() {
        let rack = ("rack_id", "7");
        // status, with a rack, without one
        for (status, with, without) in [
            ("planned", Ok(()), Ok(())),
            ("in_stock", Err("status"), Ok(())),
            ("installed", Ok(()), Err("rack_id")),
            ("decommissioning", Ok(()), Err("rack_id")),
            ("removed", Err("status"), Ok(())),
        ] {
            let answer = |pairs: &[(&str, &str)]| {
                device(pairs)
                    .map(|_| ())
                    .map_err(|fault| fault.fields[0].field.to_string())
            };
            let expected = |answer: Result<(), &str>| answer.map_err(str::to_owned);
            assert_eq!(
                answer(&[("status", status), rack]),
                expected(with),
                "{status} in a rack"
            );
            assert_eq!(
                answer(&[("status", status)]),
                expected(without),
                "{status} in none"
            );
        }
    }

    #[test]
    fn each_wrong_field_of_a_device_is_named() {
        for (field, text) in [
            ("name", ""),
            ("device_type_id", "x"),
            ("customer_id", "-1"),
            ("status", "gone"),
            ("unit", "1.2"),
            ("face", "top"),
            ("memory_gib", "0"),
            ("warranty_until", "2026-02-30"),
        ] {
            let rack = if matches!(field, "unit" | "face") {
                "7"
            } else {
                ""
            };
            let fault =
                device(&[("status", "planned"), ("rack_id", rack), (field, text)]).unwrap_err();
            let named: Vec<_> = fault.fields.iter().map(|f| f.field.as_ref()).collect();
            assert_eq!(named, [field], "{text}");
        }
        assert!(
            device(&[("unit", "3")]).is_err(),
            "a unit of no rack says nothing"
        );
    }

    #[test]
    fn what_people_type_is_understood() {
        let draft = device(&[
            ("status", "installed"),
            ("rack_id", "7"),
            ("unit", " U12.5 "),
            ("face", "front"),
            ("memory_gib", "384"),
            ("warranty_until", "2026/1/5"),
            ("serial", "  "),
        ])
        .unwrap();
        assert_eq!(draft.place.unit, Some(HalfUnits::new(25)));
        assert_eq!(draft.memory, Some(Mebibytes::new(393_216)));
        assert_eq!(draft.warranty_until.as_deref(), Some("2026-01-05"));
        assert_eq!(draft.serial, None);
    }

    #[test]
    fn each_wrong_field_of_a_type_is_named() {
        let good = [
            ("manufacturer", "Dell"),
            ("model", "PowerEdge R640"),
            ("slug", "Dell-PowerEdge-R640"),
            ("height_units", "1"),
            ("role", "server"),
        ];
        let fields: Fields = good.into_iter().collect();
        assert_eq!(
            DeviceTypeDraft::parse(&fields).unwrap().slug,
            "dell-poweredge-r640"
        );
        for (field, text) in [
            ("manufacturer", ""),
            ("slug", "a b"),
            ("height_units", "0.7"),
            ("height_units", "51"),
            ("height_units", ""),
            ("role", "toaster"),
            ("watts", "lots"),
            ("weight_kg", "20 kg"),
            ("subdevice_role", "sibling"),
        ] {
            let mut fields: Fields = good.into_iter().collect();
            fields.set(field, text);
            let fault = DeviceTypeDraft::parse(&fields).unwrap_err();
            assert_eq!(fault.fields[0].field, field, "{text}");
        }
    }
}
