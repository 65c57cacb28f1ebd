//! What a survey of a device found, in the words of metering and of the inventory.

use crate::drivers::snmp::{Chassis, LldpId, LldpNeighbour, SideFault, Survey};
use crate::inventory::Said;
use crate::inventory::facts::{MAKER, MODEL, REVISION, SERIAL};
use crate::metering::survey::{NeighbourSeen, Part, SurveySeen};

/// A survey as it is kept: what is around the device, and what it says of itself where that was read.
#[derive(Debug)]
pub(super) struct Surveyed {
    /// What is around it.
    pub seen: SurveySeen,
    /// What it says of itself; `None` keeps what is known.
    pub facts: Option<Vec<Said>>,
}

/// A driver's survey in these words.
pub(super) fn surveyed(survey: Survey) -> Surveyed {
    let mut seen = SurveySeen {
        own_chassis_id: None,
        neighbours: Part::Absent,
        unplaced: 0,
        chassis: Part::Absent,
    };
    match survey.neighbours {
        Ok(found) => {
            seen.unplaced = found.unplaced;
            let speaks =
                found.own_chassis.is_some() || !found.found.is_empty() || found.unplaced > 0;
            if speaks {
                let all = found.found.into_iter().map(neighbour_seen);
                seen.neighbours = Part::Read(all.collect());
            }
            seen.own_chassis_id = found.own_chassis.map(|id| id.text);
        }
        Err(fault) => seen.neighbours = Part::Failed(words(&fault)),
    }
    let facts = match survey.chassis {
        Ok(all) => {
            if !all.is_empty() {
                seen.chassis = Part::Read(());
            }
            Some(facts(all))
        }
        Err(fault) => {
            seen.chassis = Part::Failed(words(&fault));
            None
        }
    };
    Surveyed { seen, facts }
}

fn words(fault: &SideFault) -> String {
    fault.to_string()
}

fn neighbour_seen(found: LldpNeighbour) -> NeighbourSeen {
    let LldpId { kind, text } = found.chassis;
    let (chassis_id_kind, chassis_id) = (kind.as_str().to_owned(), text);
    let LldpId { kind, text } = found.port;
    NeighbourSeen {
        if_index: found.if_index,
        chassis_id_kind,
        chassis_id,
        port_id_kind: kind.as_str().to_owned(),
        port_id: text,
        port_descr: found.port_descr.unwrap_or_default(),
        system_name: found.system_name.unwrap_or_default(),
        system_descr: found.system_descr.unwrap_or_default(),
        management_address: found.management.unwrap_or_default(),
    }
}

fn facts(all: Vec<Chassis>) -> Vec<Said> {
    let parts = all.into_iter().zip(1_i64..);
    let said = parts.flat_map(|(chassis, part)| {
        [
            (part, SERIAL, chassis.serial),
            (part, MODEL, chassis.model),
            (part, MAKER, chassis.maker),
            (part, REVISION, chassis.revision),
        ]
    });
    said.filter_map(|(part, field, value)| Some((part, field, value?)))
        .collect()
}
