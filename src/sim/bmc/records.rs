//! The sensor data records of a simulated machine.

use std::sync::LazyLock;

use super::inventory::COMPONENTS;
use super::sensor_list::{DISCRETE, EVENT_ONLY, SENSORS};
use super::sensors::{BMC, name, with_header};

/// A FRU device locator (IPMI 43.8).
fn locator_record(id: u16, device: u8, text: &str, (entity, instance): (u8, u8)) -> Vec<u8> {
    let mut body = vec![BMC, device, 0x80, 0, 0, 0x10, 0, entity, instance, 0];
    body.extend(name(text, false));
    with_header(id, 0x11, body)
}

type Make = Box<dyn Fn(u16) -> Vec<u8>>;

/// All records, ids from 1; the same for all machines.
pub(super) fn records() -> &'static [Vec<u8>] {
    static RECORDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(made);
    &RECORDS
}

fn made() -> Vec<Vec<u8>> {
    let analog = SENSORS.iter().map(|s| Box::new(|id| s.record(id)) as Make);
    let discrete = DISCRETE.iter().map(|s| Box::new(|id| s.record(id)) as Make);
    let events = EVENT_ONLY
        .iter()
        .map(|s| Box::new(|id| s.event_only_record(id)) as Make);
    let inventories = COMPONENTS.iter().map(|component| {
        Box::new(|id| locator_record(id, component.device, component.name, component.entity))
            as Make
    });
    (1..)
        .zip(analog.chain(discrete).chain(events).chain(inventories))
        .map(|(id, make)| make(id))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use crate::wire::ipmi::sdr::{Record, decode};

    #[test]
    fn our_own_decoder_reads_the_records() {
        let (mut sensors, mut events, mut inventories) = (Vec::new(), Vec::new(), Vec::new());
        for record in records() {
            match decode(record).unwrap() {
                Record::Sensors(found) => sensors.extend(found),
                Record::EventOnly(found) => events.extend(found),
                Record::Fru(locator) => inventories.push(locator.name),
                other => panic!("{other:?}"),
            }
        }
        let names: Vec<_> = sensors.iter().map(|s| (s.name.as_str(), s.unit)).collect();
        for wanted in [
            ("CPU1 Temp", Some("°C")),
            ("Fan2", Some("rpm")),
            ("P12V", Some("V")),
            ("P3V3", Some("V")),
            ("PSU2 Input", Some("W")),
            ("PSU1 Status", None),
            ("Bay1", None),
            ("Bay4", None),
        ] {
            assert!(names.contains(&wanted), "{wanted:?} {names:?}");
        }
        assert_eq!((names.len(), events.len()), (22, 4));
        assert_eq!(inventories, ["PSU1", "PSU2", "DIMM A1", "DIMM B1"]);
        let mut numbers: Vec<_> = sensors.iter().chain(&events).map(|s| s.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 26, "each number once");
    }
}
