//! What a device is made of, as far as its record knows it: the chassis of ENTITY-MIB (RFC 6933).

use std::collections::BTreeMap;

use ::snmp::{Oid, Value};

use super::asker::Asker;
use super::side_table::{SideFault, rows};
use super::value;

const ENT_PHYSICAL_ENTRY: [u32; 11] = [1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1];
const CONTAINED_IN: u32 = 4;
const CLASS: u32 = 5;
const SOFTWARE_REV: u32 = 10;
const SERIAL_NUM: u32 = 11;
const MFG_NAME: u32 = 12;
const MODEL_NAME: u32 = 13;
/// PhysicalClass of a chassis.
const CHASSIS: u32 = 3;
/// More parts than this are no device's.
const MOST_PARTS: usize = 10_000;
/// More chassis than this are in no stack.
const MOST_CHASSIS: usize = 16;

/// A chassis, or one of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chassis {
    /// entPhysicalSerialNum.
    pub serial: Option<String>,
    /// entPhysicalModelName.
    pub model: Option<String>,
    /// entPhysicalMfgName.
    pub maker: Option<String>,
    /// entPhysicalSoftwareRev.
    pub revision: Option<String>,
}

/// Reads each chassis that is in no other, in the order of their numbers.
pub(super) async fn read(asker: &mut Asker<'_>) -> Result<Vec<Chassis>, SideFault> {
    let classes = rows(asker, &ENT_PHYSICAL_ENTRY, &[CLASS], MOST_PARTS).await?;
    let is_chassis = |(index, cells): (&Vec<u32>, &BTreeMap<u32, Value>)| {
        let [number] = index.as_slice() else {
            return None;
        };
        let class = cells.get(&CLASS).and_then(|value| value::gauge(value).ok());
        (class == Some(CHASSIS)).then_some(*number)
    };
    let numbers: Vec<u32> = classes
        .iter()
        .filter_map(is_chassis)
        .take(MOST_CHASSIS)
        .collect();
    let mut found = Vec::new();
    for number in &numbers {
        let (chassis, inside) = one(asker, *number).await?;
        // A blade's own chassis is a part of the one that the record is about.
        let is_nested = inside.is_some_and(|inside| numbers.contains(&inside));
        if !is_nested && chassis != Chassis::default() {
            found.push(chassis);
        }
    }
    Ok(found)
}

/// A chassis and what it is contained in.
async fn one(asker: &mut Asker<'_>, number: u32) -> Result<(Chassis, Option<u32>), SideFault> {
    let columns = [CONTAINED_IN, SOFTWARE_REV, SERIAL_NUM, MFG_NAME, MODEL_NAME];
    let entry = Oid::from_slice(&ENT_PHYSICAL_ENTRY);
    let names: Vec<Oid> = columns
        .iter()
        .map(|column| entry.child(*column).child(number))
        .collect();
    let said = asker.get(&names).await?;
    let value = |column: u32| {
        let name = entry.child(column).child(number);
        let found = said.iter().find(|(said, _)| *said == name);
        found.map(|(_, value)| value)
    };
    let text = |column: u32| value(column).and_then(|value| value::string(value).ok().flatten());
    let chassis = Chassis {
        serial: text(SERIAL_NUM),
        model: text(MODEL_NAME),
        maker: text(MFG_NAME),
        revision: text(SOFTWARE_REV),
    };
    let inside = value(CONTAINED_IN).and_then(|value| value::gauge(value).ok());
    Ok((chassis, inside))
}
