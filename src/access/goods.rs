//! Drafts of goods passes and holds, and the rules that need no database.

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceTypeId, RackId};
use crate::base::number::{required_whole, whole};
use crate::base::text;
use crate::inventory::PlaceDraft;

crate::text_enum! {
    /// Which way goods go.
    pub enum Direction {
        /// Into the building.
        In = "in",
        /// Out of it.
        Out = "out",
    }
}

crate::text_enum! {
    /// Why goods are held back.
    pub enum HoldKind {
        /// A bill is open.
        Unpaid = "unpaid",
        /// They are evidence of something.
        Evidence = "evidence",
        /// Anything else, in words.
        Other = "other",
    }
}

/// Pieces of one item at most.
const MOST_PIECES: i64 = 100_000;

/// `G-2026-000001`; with the code of the site from the second site on.
pub fn goods_number(site_code: Option<&str>, year: i32, counter: i64) -> String {
    match site_code {
        None => format!("G-{year}-{counter:06}"),
        Some(code) => format!("G-{}-{year}-{counter:06}", code.to_uppercase()),
    }
}

/// Names of the fields of one item in a form or a JSON body.
#[derive(Debug, Clone, Copy)]
pub struct ItemFields {
    /// What it is.
    pub description: &'static str,
    /// Serial number.
    pub serial: &'static str,
    /// How many.
    pub count: &'static str,
    /// Name, serial number or asset tag of a device on record.
    pub device: &'static str,
    /// Type of a device that comes onto record.
    pub device_type_id: &'static str,
    /// Rack that it goes into.
    pub rack_id: &'static str,
    /// Lowest unit there.
    pub unit: &'static str,
    /// Face there.
    pub face: &'static str,
}

macro_rules! item_fields {
    ($($suffix:literal),+) => {
        /// The fields of each of the items one form takes.
        pub const ITEM_FIELDS: &[ItemFields] = &[$(ItemFields {
            description: concat!("description", $suffix),
            serial: concat!("serial", $suffix),
            count: concat!("count", $suffix),
            device: concat!("device", $suffix),
            device_type_id: concat!("device_type_id", $suffix),
            rack_id: concat!("rack_id", $suffix),
            unit: concat!("unit", $suffix),
            face: concat!("face", $suffix),
        }),+];
    };
}
item_fields!(
    "", "_2", "_3", "_4", "_5", "_6", "_7", "_8", "_9", "_10", "_11", "_12"
);

/// An item as typed, checked.
#[derive(Debug, Clone)]
pub struct ItemDraft {
    /// Where it was typed, for faults found later.
    pub fields: ItemFields,
    /// What it is.
    pub description: String,
    /// Serial number or empty.
    pub serial: String,
    /// How many.
    pub count: i64,
    /// Name, serial number or asset tag of a device on record, or empty.
    pub device: String,
    /// Type of a device that comes onto record.
    pub device_type_id: Option<DeviceTypeId>,
    /// Rack that it goes into.
    pub rack_id: Option<RackId>,
    /// Lowest unit there as typed.
    pub unit: String,
    /// Face there as typed.
    pub face: String,
}

impl ItemDraft {
    fn is_typed(fields: &Fields, names: ItemFields) -> bool {
        [names.description, names.serial, names.device]
            .iter()
            .any(|name| !fields.get(name).trim().is_empty())
    }

    fn parse(faults: &mut Faults, fields: &Fields, names: ItemFields) -> Option<Self> {
        let device = faults.keep(text::line(names.device, fields.get(names.device), 64));
        let on_record = device.as_ref().is_none_or(|device| !device.is_empty());
        let described = fields.get(names.description);
        let counted = fields.get(names.count);
        let (description, count) = if on_record {
            (
                faults.keep(text::line(names.description, described, 200)),
                Some(1),
            )
        } else {
            (
                faults.keep(text::required_line(names.description, described, 200)),
                faults.keep(required_whole(names.count, counted, 1, MOST_PIECES)),
            )
        };
        let serial = faults.keep(text::line(names.serial, fields.get(names.serial), 64));
        let kind = fields.get(names.device_type_id);
        let device_type = faults.keep(whole(names.device_type_id, kind, 1, i64::MAX));
        let rack = fields.get(names.rack_id);
        let rack = faults.keep(whole(names.rack_id, rack, 1, i64::MAX));
        let unit = faults.keep(text::line(names.unit, fields.get(names.unit), 16));
        let face = faults.keep(text::line(names.face, fields.get(names.face), 16));
        let draft = Self {
            fields: names,
            description: description?,
            serial: serial?,
            count: count?,
            device: device?,
            device_type_id: device_type?.map(DeviceTypeId::new),
            rack_id: rack?.map(RackId::new),
            unit: unit?,
            face: face?,
        };
        if draft.device_type_id.is_some() && draft.count != 1 {
            faults.add(names.count, Message::new("goods-fault-one-each"));
        }
        if let Err(fault) = place_of(draft.rack_id, &draft.unit, &draft.face) {
            for field in fault.fields {
                faults.add(names.at(&field.field), field.message);
            }
        }
        Some(draft)
    }
}

impl ItemFields {
    /// The name of one of an item's own fields.
    fn at(&self, plain: &str) -> &'static str {
        match plain {
            "unit" => self.unit,
            "face" => self.face,
            _ => self.rack_id,
        }
    }
}

/// The place an item goes to; nowhere is the stock of the site.
pub fn place_of(rack: Option<RackId>, unit: &str, face: &str) -> Result<PlaceDraft, Fault> {
    let rack = rack.map_or_else(String::new, |rack| rack.to_string());
    let fields: Fields = [
        ("rack_id", rack),
        ("unit", unit.to_owned()),
        ("face", face.to_owned()),
    ]
    .into_iter()
    .collect();
    PlaceDraft::parse(&fields)
}

/// A goods pass as typed, checked as far as that goes without the database.
#[derive(Debug, Clone)]
pub struct GoodsDraft {
    /// Which way.
    pub direction: Direction,
    /// Whose goods; `None` is the operator.
    pub customer_id: Option<CustomerId>,
    /// Number of the visit they go with, or empty.
    pub visit: String,
    /// Who carries them.
    pub carrier_name: String,
    /// The carrier's company.
    pub carrier_company: String,
    /// Plate of the vehicle.
    pub vehicle_plate: String,
    /// Anything else.
    pub note: String,
    /// Kept as a draft, not handed in.
    pub is_kept: bool,
    /// One item at least.
    pub items: Vec<ItemDraft>,
}

impl GoodsDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let direction = faults.keep(direction(fields));
        let customer = fields.get("customer_id");
        let customer = faults.keep(whole("customer_id", customer, 1, i64::MAX));
        let visit = faults.keep(text::line("visit", fields.get("visit"), 40));
        let name = faults.keep(text::line("carrier_name", fields.get("carrier_name"), 80));
        let company = fields.get("carrier_company");
        let company = faults.keep(text::line("carrier_company", company, 120));
        let plate = fields.get("vehicle_plate");
        let plate = faults.keep(text::line("vehicle_plate", plate, 20));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 2000));
        let mut items = Vec::new();
        for (index, names) in ITEM_FIELDS.iter().enumerate() {
            if index == 0 || ItemDraft::is_typed(fields, *names) {
                items.extend(ItemDraft::parse(&mut faults, fields, *names));
            }
        }
        let draft = (|| {
            Some(Self {
                direction: direction?,
                customer_id: customer?.map(CustomerId::new),
                visit: visit?,
                carrier_name: name?,
                carrier_company: company?,
                vehicle_plate: plate?.to_uppercase(),
                note: note?,
                is_kept: fields.yes("keep"),
                items,
            })
        })();
        faults.into_result(draft)
    }
}

fn direction(fields: &Fields) -> Result<Direction, FieldFault> {
    Direction::from_word(fields.get("direction").trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", Direction::words());
        FieldFault::new("direction", message)
    })
}

/// A hold as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldDraft {
    /// Why, in a word.
    pub kind: HoldKind,
    /// Why, in words.
    pub reason: String,
}

impl HoldDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let kind = HoldKind::from_word(fields.get("kind").trim()).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", HoldKind::words());
            FieldFault::new("kind", message)
        });
        let kind = faults.keep(kind);
        let reason = faults.keep(text::required_line("reason", fields.get("reason"), 500));
        let draft = (|| {
            Some(Self {
                kind: kind?,
                reason: reason?,
            })
        })();
        faults.into_result(draft)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn numbers_name_the_site_from_the_second_on() {
        assert_eq!(goods_number(None, 2026, 1), "G-2026-000001");
        assert_eq!(goods_number(Some("sz2"), 2026, 42), "G-SZ2-2026-000042");
    }

    #[test]
    fn an_item_without_a_device_needs_words_and_a_count() {
        let parse = |pairs: &[(&str, &str)]| {
            let mut fields: Fields = pairs.iter().copied().collect();
            fields.set("direction", "in");
            GoodsDraft::parse(&fields)
        };
        for (pairs, expected) in [
            (&[][..], &["description", "count"][..]),
            (&[("description", "箱子")][..], &["count"][..]),
            (
                &[("description", "箱子"), ("count", "0")][..],
                &["count"][..],
            ),
            (
                &[("device", "web-1"), ("serial_3", "X")][..],
                &["description_3", "count_3"][..],
            ),
            (
                &[("device", "web-1"), ("rack_id", "1"), ("unit", "x")][..],
                &["unit"][..],
            ),
            (
                &[
                    ("description", "服务器"),
                    ("count", "2"),
                    ("device_type_id", "1"),
                ][..],
                &["count"][..],
            ),
        ] {
            let fault = parse(pairs).unwrap_err();
            let fields: Vec<&str> = fault.fields.iter().map(|f| &*f.field).collect();
            assert_eq!(fields, expected, "{pairs:?}");
        }
        let draft = parse(&[
            ("device", "web-1"),
            ("count", "7"),
            ("description_2", "线缆"),
            ("count_2", "20"),
        ])
        .unwrap();
        let counts: Vec<i64> = draft.items.iter().map(|item| item.count).collect();
        assert_eq!(counts, [1, 20]);
    }
}
