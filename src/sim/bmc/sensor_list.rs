//! The sensors that a simulated machine has.

use super::sensors::{Discrete, Motion, Sensor};

const TEMPERATURE: u8 = 0x01;
const VOLTAGE: u8 = 0x02;
const FAN: u8 = 0x04;
const OTHER: u8 = 0x0B;
const CELSIUS: u8 = 1;
const VOLTS: u8 = 4;
const WATTS: u8 = 6;
const RPM: u8 = 18;
const PROCESSOR: u8 = 3;
const SYSTEM_BOARD: u8 = 7;
const POWER_SUPPLY: u8 = 10;
const DRIVE_BAY: u8 = 26;
const FAN_ENTITY: u8 = 29;
const MEMORY: u8 = 32;
const BATTERY: u8 = 40;
const AIR_INLET: u8 = 55;

/// Number of the discrete sensor "PSU1 Status".
pub(super) const PSU1: u8 = 6;
/// Number of the discrete sensor "PSU2 Status".
pub(super) const PSU2: u8 = 16;
/// Number of the discrete sensor "ACPI State".
pub(super) const ACPI: u8 = 18;
/// Number of the first of four sensors "Bay".
pub(super) const BAY: u8 = 19;
/// Number of the event-only sensor "System Boot".
pub(super) const SYSTEM_BOOT: u8 = 33;
/// Number of the event-only sensor "Event Log".
pub(super) const EVENT_LOG: u8 = 34;
/// Number of the event-only sensor "DIMM A1 ECC".
pub(super) const MEMORY_ERRORS: u8 = 35;
/// Number of the event-only sensor "NMI".
pub(super) const INTERRUPT: u8 = 36;

const fn celsius(number: u8, name: &'static str, entity: (u8, u8)) -> Sensor {
    Sensor::new(number, name, TEMPERATURE, entity, (CELSIUS, 1, 0))
}

const fn fan(number: u8, name: &'static str, instance: u8) -> Sensor {
    Sensor::new(number, name, FAN, (FAN_ENTITY, instance), (RPM, 60, 0))
        .lower(20, 12)
        .moving(Motion {
            on: 5_400.0,
            swing: 600.0,
            period_s: 900.0,
            off: None,
            settle_s: 4.0,
        })
}

const fn volts(number: u8, name: &'static str, m: u8, on: f64, swing: f64) -> Sensor {
    let entity = (SYSTEM_BOARD, 1);
    Sensor::new(number, name, VOLTAGE, entity, (VOLTS, m, -3)).moving(Motion {
        on,
        swing,
        period_s: 47.0,
        off: None,
        settle_s: 0.5,
    })
}

const fn watts(number: u8, name: &'static str, instance: u8, m: u8, motion: Motion) -> Sensor {
    let entity = (POWER_SUPPLY, instance);
    Sensor::new(number, name, OTHER, entity, (WATTS, m, 0)).moving(motion)
}

const fn warm(on: f64, swing: f64, off: f64, settle_s: f64) -> Motion {
    Motion {
        on,
        swing,
        period_s: 900.0,
        off: Some(off),
        settle_s,
    }
}

const fn drawing(on: f64, swing: f64, off: f64) -> Motion {
    Motion {
        on,
        swing,
        period_s: 1_100.0,
        off: Some(off),
        settle_s: 2.0,
    }
}

/// The analog sensors.
pub(super) const SENSORS: [Sensor; 14] = [
    celsius(1, "CPU1 Temp", (PROCESSOR, 1))
        .upper(85, 95)
        .moving(warm(54.0, 7.0, 26.0, 120.0)),
    celsius(2, "Inlet Temp", (AIR_INLET, 1))
        .upper(38, 42)
        .moving(Motion {
            period_s: 5_400.0,
            ..warm(23.0, 2.0, 23.0, 600.0)
        }),
    fan(3, "Fan1", 1),
    volts(4, "P12V", 63, 12.03, 0.06)
        .packed()
        .upper(202, 206)
        .lower(178, 174),
    watts(5, "Sys Power", 1, 4, drawing(320.0, 90.0, 16.0)),
    celsius(7, "CPU2 Temp", (PROCESSOR, 2))
        .upper(85, 95)
        .moving(warm(51.0, 6.0, 26.0, 120.0)),
    celsius(8, "Exhaust Temp", (SYSTEM_BOARD, 1))
        .upper(65, 75)
        .moving(warm(38.0, 4.0, 24.0, 200.0)),
    celsius(9, "DIMM A1 Temp", (MEMORY, 1))
        .upper(80, 85)
        .moving(warm(41.0, 3.0, 25.0, 150.0)),
    fan(10, "Fan2", 2),
    volts(11, "P5V", 26, 5.04, 0.04)
        .upper(204, 208)
        .lower(180, 176),
    volts(12, "P3V3", 17, 3.32, 0.02)
        .upper(206, 210)
        .lower(182, 178),
    Sensor::new(13, "VBAT", VOLTAGE, (BATTERY, 1), (VOLTS, 16, -3))
        .lower(169, 156)
        .moving(Motion {
            on: 3.06,
            swing: 0.0,
            period_s: 47.0,
            off: Some(3.06),
            settle_s: 0.5,
        }),
    watts(14, "PSU1 Input", 1, 2, drawing(164.0, 45.0, 8.0)),
    watts(15, "PSU2 Input", 2, 2, drawing(156.0, 45.0, 8.0)),
];

/// The discrete sensors; `count` of them share a record.
pub(super) const DISCRETE: [Discrete; 5] = [
    Discrete::new(PSU1, "PSU1 Status", 0x08, (POWER_SUPPLY, 1)),
    Discrete::new(PSU2, "PSU2 Status", 0x08, (POWER_SUPPLY, 2)),
    Discrete::new(17, "Chassis Intru", 0x05, (SYSTEM_BOARD, 1)),
    Discrete::new(ACPI, "ACPI State", 0x22, (SYSTEM_BOARD, 1)),
    Discrete::new(BAY, "Bay", 0x0D, (DRIVE_BAY, 1)).shared_by(4),
];

/// Sensors that only report events.
pub(super) const EVENT_ONLY: [Discrete; 4] = [
    Discrete::new(SYSTEM_BOOT, "System Boot", 0x1D, (SYSTEM_BOARD, 1)),
    Discrete::new(EVENT_LOG, "Event Log", 0x10, (SYSTEM_BOARD, 1)),
    Discrete::new(MEMORY_ERRORS, "DIMM A1 ECC", 0x0C, (MEMORY, 1)),
    Discrete::new(INTERRUPT, "NMI", 0x13, (SYSTEM_BOARD, 1)),
];

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::sim::bmc::machine::Power;
    use crate::sim::bmc::sensors::Moment;
    use std::time::Duration;

    fn at(seconds: u64, power: Power) -> Moment {
        Moment {
            seed: 4,
            power,
            running: Duration::from_secs(100_000 + seconds),
            settled: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn readings_move_within_believable_bounds_and_follow_the_power() {
        let bounds = [
            (40, 70),
            (19, 27),
            (75, 105),
            (188, 194),
            (50, 111),
            (40, 65),
            (30, 46),
            (35, 47),
            (75, 105),
            (190, 198),
            (192, 198),
            (191, 191),
            (52, 112),
            (48, 108),
        ];
        for (sensor, (low, high)) in SENSORS.iter().zip(bounds) {
            let seen: Vec<_> = (600..4_000)
                .map(|second| sensor.raw(&at(second, Power::On)).unwrap())
                .collect();
            assert!(
                seen.iter().all(|raw| (low..=high).contains(raw)),
                "{}",
                sensor.name
            );
            assert!(
                low == high || seen.iter().any(|raw| Some(raw) != seen.first()),
                "{}",
                sensor.name
            );
            assert!(
                seen.iter().all(|raw| sensor.comparison(*raw) == 0),
                "{}",
                sensor.name
            );
        }
        let [cpu, _, fan, volts, watts, ..] = &SENSORS;
        assert_eq!(fan.raw(&at(60, Power::Off)), None);
        assert_eq!(volts.raw(&at(60, Power::Off)), None);
        assert_eq!(watts.raw(&at(60, Power::Off)), Some(4));
        let warm = cpu.raw(&at(5, Power::Off)).unwrap();
        let cold = cpu.raw(&at(3_000, Power::Off)).unwrap();
        assert!(warm > 45 && cold == 26, "{warm} {cold}");
    }

    #[test]
    fn thresholds_are_compared() {
        let [cpu, _, fan, ..] = &SENSORS;
        for (sensor, raw, bits) in [(cpu, 84, 0), (cpu, 85, 8), (cpu, 95, 24), (fan, 20, 1)] {
            assert_eq!(sensor.comparison(raw), bits, "{raw}");
        }
    }
}
