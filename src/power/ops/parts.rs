//! The parts of machines as their BMCs tell them, and what that says about the record.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::machines::machine;
use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::machine::{Part, PartKind};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::facts::{ASSET_TAG, FROM_BMC, MAC, MAKER, MEMORY, MODEL, SERIAL};
use crate::inventory::{Said, device_facts_keep};
use crate::power::identity::says_something;
use crate::power::rows::{MachineReading, PartRow};
use crate::power::telling::{MOST_PARTS, PartsTold, line};
use crate::store::Conn;
use crate::store::schema::machine_parts;

/// Longest word about a part.
const LONGEST_WORD: usize = 200;
/// Most MAC addresses compared with the record.
const MOST_MACS: usize = 64;
const GIBIBYTE: u64 = 1 << 30;

/// The columns of a part that a reading may change.
#[derive(Clone, PartialEq, Insertable, AsChangeset)]
#[diesel(table_name = machine_parts, treat_none_as_null = true)]
struct Columns {
    kind: PartKind,
    slot: String,
    manufacturer: String,
    model: String,
    part_number: String,
    serial: String,
    asset_tag: String,
    revision: String,
    mac: String,
    octets: Option<i64>,
    detail: String,
    gone_at: Option<Timestamp>,
}

impl Columns {
    fn of(part: &Part) -> Self {
        let word = |text: &str| line(text, LONGEST_WORD);
        Self {
            kind: part.kind,
            slot: word(&part.slot),
            manufacturer: word(&part.manufacturer),
            model: word(&part.model),
            part_number: word(&part.part_number),
            serial: word(&part.serial),
            asset_tag: word(&part.asset_tag),
            revision: word(&part.revision),
            mac: word(&part.mac),
            octets: part.octets.and_then(|octets| i64::try_from(octets).ok()),
            detail: word(&part.detail),
            gone_at: None,
        }
    }

    fn there(row: &PartRow) -> Self {
        Self {
            kind: row.kind,
            slot: row.slot.clone(),
            manufacturer: row.manufacturer.clone(),
            model: row.model.clone(),
            part_number: row.part_number.clone(),
            serial: row.serial.clone(),
            asset_tag: row.asset_tag.clone(),
            revision: row.revision.clone(),
            mac: row.mac.clone(),
            octets: row.octets,
            detail: row.detail.clone(),
            gone_at: row.gone_at,
        }
    }

    /// The same thing in the same place: another serial number is another thing.
    fn key(&self) -> (PartKind, String, String) {
        (self.kind, self.slot.clone(), self.serial.clone())
    }
}

/// Keeps what a machine is made of, and compares it with the record.
pub(super) fn parts_keep(
    c: &mut Conn,
    row: &mut MachineReading,
    said: &PartsTold,
    at: Timestamp,
) -> Result<(), Fault> {
    if let Some(controller) = &said.controller {
        row.controller = serde_json::to_string(controller).unwrap_or_default();
    }
    row.parts_at = Some(at);
    if said.parts.is_empty() {
        // A BMC that tells nothing does not say that everything was taken out.
        return Ok(());
    }
    let mut told = BTreeSet::new();
    let columns: Vec<Columns> = said
        .parts
        .iter()
        .take(MOST_PARTS)
        .map(Columns::of)
        .filter(|part| told.insert(part.key()))
        .collect();
    let known: BTreeMap<_, PartRow> = all_of(c, row.device_id)?
        .into_iter()
        .map(|part| (Columns::there(&part).key(), part))
        .collect();
    for part in &columns {
        part_heard(c, row.device_id, part, known.get(&part.key()), at)?;
    }
    for (key, gone) in &known {
        if gone.gone_at.is_none() && !told.contains(key) {
            diesel::update(machine_parts::table.find(gone.id))
                .set(machine_parts::gone_at.eq(at))
                .execute(c)?;
        }
    }
    device_facts_keep(c, row.device_id, FROM_BMC, &facts(&said.parts), at)
}

fn part_heard(
    c: &mut Conn,
    device: DeviceId,
    columns: &Columns,
    before: Option<&PartRow>,
    at: Timestamp,
) -> Result<(), Fault> {
    match before {
        Some(before) if Columns::there(before) == *columns => {}
        Some(before) => {
            diesel::update(machine_parts::table.find(before.id))
                .set((columns.clone(), machine_parts::changed_at.eq(at)))
                .execute(c)?;
        }
        None => {
            diesel::insert_into(machine_parts::table)
                .values((
                    columns.clone(),
                    machine_parts::device_id.eq(device),
                    machine_parts::first_seen_at.eq(at),
                    machine_parts::changed_at.eq(at),
                ))
                .execute(c)?;
        }
    }
    Ok(())
}

/// What the parts say that the record says too.
pub(super) fn facts(parts: &[Part]) -> Vec<Said> {
    let of = |kind: PartKind| parts.iter().find(move |part| part.kind == kind);
    let whole = [of(PartKind::Product), of(PartKind::Chassis)];
    let first = |pick: fn(&Part) -> &String| {
        let texts = whole.iter().flatten().map(|part| pick(part).trim());
        texts
            .filter(|text| says_something(text))
            .map(str::to_owned)
            .next()
    };
    let mut said: Vec<Said> = Vec::new();
    for (field, text) in [
        (SERIAL, first(|part| &part.serial)),
        (MODEL, first(|part| &part.model)),
        (MAKER, first(|part| &part.manufacturer)),
        (ASSET_TAG, first(|part| &part.asset_tag)),
        (MEMORY, memory(parts)),
    ] {
        said.extend(text.map(|text| (1, field, text)));
    }
    let macs: BTreeSet<&str> = parts
        .iter()
        .filter(|part| part.kind == PartKind::Network)
        .map(|part| part.mac.trim())
        .filter(|mac| !mac.is_empty())
        .collect();
    let macs = macs.into_iter().take(MOST_MACS).zip(1_i64..);
    said.extend(macs.map(|(mac, number)| (number, MAC, mac.to_owned())));
    said
}

/// All memory modules together, in whole GiB; none where a module does not say its size.
fn memory(parts: &[Part]) -> Option<String> {
    let modules = parts.iter().filter(|part| part.kind == PartKind::Memory);
    let sizes: Option<Vec<u64>> = modules.map(|part| part.octets).collect();
    let octets = sizes?.into_iter().fold(0_u64, u64::saturating_add);
    (octets >= GIBIBYTE).then(|| (octets / GIBIBYTE).to_string())
}

fn all_of(c: &mut Conn, device: DeviceId) -> Result<Vec<PartRow>, Fault> {
    Ok(machine_parts::table
        .filter(machine_parts::device_id.eq(device))
        .order(machine_parts::id.asc())
        .select(PartRow::as_select())
        .load(c)?)
}

/// The parts of a machine on the actor's side of the wall, by kind and place; those that are gone come last.
pub fn parts_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<PartRow>, Fault> {
    actor.require(Permission::ViewPower)?;
    machine(c, actor, device)?;
    let mut parts = all_of(c, device)?;
    parts.sort_by(|a, b| {
        let key = |part: &PartRow| (part.gone_at.is_some(), part.kind);
        key(a)
            .cmp(&key(b))
            .then_with(|| natural(&a.slot).cmp(&natural(&b.slot)))
    });
    Ok(parts)
}

/// `DIMM 10` comes after `DIMM 9`.
fn natural(slot: &str) -> Vec<(String, u64)> {
    let mut words = vec![(String::new(), 0_u64)];
    let mut in_number = false;
    for letter in slot.chars() {
        if in_number && !letter.is_ascii_digit() {
            words.push((String::new(), 0));
        }
        in_number = letter.is_ascii_digit();
        if let Some((text, number)) = words.last_mut() {
            match letter.to_digit(10) {
                Some(digit) => *number = number.saturating_mul(10).saturating_add(digit.into()),
                None => text.push(letter),
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: PartKind, slot: &str) -> Part {
        Part::new(kind, slot)
    }

    #[test]
    fn what_makers_leave_in_place_says_nothing() {
        for text in [
            "To be filled by O.E.M.",
            "Default string",
            "0000000000",
            "",
            "System Serial Number",
            "xxxxxxx",
        ] {
            assert!(!says_something(text), "{text}");
        }
        assert!(says_something("CN7016B0X1"));
    }

    #[test]
    fn the_product_speaks_before_the_chassis_and_memory_adds_up() {
        let module = |slot: &str, octets| Part {
            octets,
            ..part(PartKind::Memory, slot)
        };
        let parts = [
            Part {
                serial: "CHASSIS1".into(),
                ..part(PartKind::Chassis, "1")
            },
            Part {
                serial: "Default string".into(),
                model: "R650".into(),
                ..part(PartKind::Product, "1")
            },
            module("A1", Some(32 * GIBIBYTE)),
            module("A2", Some(32 * GIBIBYTE)),
            Part {
                mac: "02:00:00:00:00:02".into(),
                ..part(PartKind::Network, "NIC.2")
            },
            Part {
                mac: "02:00:00:00:00:01".into(),
                ..part(PartKind::Network, "NIC.1")
            },
        ];
        let said = facts(&parts);
        let expected: [Said; 5] = [
            (1, SERIAL, "CHASSIS1".into()),
            (1, MODEL, "R650".into()),
            (1, MEMORY, "64".into()),
            (1, MAC, "02:00:00:00:00:01".into()),
            (2, MAC, "02:00:00:00:00:02".into()),
        ];
        assert_eq!(said, expected);
        let unsaid = [module("A1", Some(32 * GIBIBYTE)), module("A2", None)];
        assert!(facts(&unsaid).is_empty());
    }

    #[test]
    fn places_are_sorted_as_people_count() {
        let mut slots = ["DIMM 10", "DIMM 9", "DIMM A2", "DIMM A1"];
        slots.sort_by_key(|slot| natural(slot));
        assert_eq!(slots, ["DIMM 9", "DIMM 10", "DIMM A1", "DIMM A2"]);
    }
}
