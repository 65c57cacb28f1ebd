//! The sensors of a simulated machine: their records and their moving readings.

use std::f64::consts::TAU;
use std::time::Duration;

use super::machine::{Chance, Power};

const BMC: u8 = 0x20;

/// A sensor's nature.
pub(super) struct Sensor {
    pub(super) number: u8,
    name: &'static str,
    packed: bool,
    kind: u8,
    entity: u8,
    unit: u8,
    m: u8,
    exponent: i8,
    /// Upper non-critical and critical threshold, raw.
    upper: Option<(u8, u8)>,
    /// Lower non-critical and critical threshold, raw.
    lower: Option<(u8, u8)>,
    motion: Motion,
}

/// How a value moves: around `on` by `swing` within `period_s`; `off` without power, or nothing.
struct Motion {
    on: f64,
    swing: f64,
    period_s: f64,
    off: Option<f64>,
    /// Time constant in seconds of the approach after a change of power.
    settle_s: f64,
}

/// The analog sensors.
pub(super) const SENSORS: [Sensor; 5] = [
    Sensor {
        number: 1,
        name: "CPU1 Temp",
        packed: false,
        kind: 0x01,
        entity: 3,
        unit: 1,
        m: 1,
        exponent: 0,
        upper: Some((85, 95)),
        lower: None,
        motion: Motion {
            on: 54.0,
            swing: 7.0,
            period_s: 900.0,
            off: Some(26.0),
            settle_s: 120.0,
        },
    },
    Sensor {
        number: 2,
        name: "Inlet Temp",
        packed: false,
        kind: 0x01,
        entity: 55,
        unit: 1,
        m: 1,
        exponent: 0,
        upper: Some((38, 42)),
        lower: None,
        motion: Motion {
            on: 23.0,
            swing: 2.0,
            period_s: 5_400.0,
            off: Some(23.0),
            settle_s: 600.0,
        },
    },
    Sensor {
        number: 3,
        name: "Fan1",
        packed: false,
        kind: 0x04,
        entity: 29,
        unit: 18,
        m: 60,
        exponent: 0,
        upper: None,
        lower: Some((20, 12)),
        motion: Motion {
            on: 5_400.0,
            swing: 600.0,
            period_s: 900.0,
            off: None,
            settle_s: 4.0,
        },
    },
    Sensor {
        number: 4,
        name: "P12V",
        packed: true,
        kind: 0x02,
        entity: 7,
        unit: 4,
        m: 63,
        exponent: -3,
        upper: Some((202, 206)),
        lower: Some((178, 174)),
        motion: Motion {
            on: 12.03,
            swing: 0.06,
            period_s: 47.0,
            off: None,
            settle_s: 0.5,
        },
    },
    Sensor {
        number: 5,
        name: "Sys Power",
        packed: false,
        kind: 0x0B,
        entity: 10,
        unit: 6,
        m: 4,
        exponent: 0,
        upper: None,
        lower: None,
        motion: Motion {
            on: 320.0,
            swing: 90.0,
            period_s: 1_100.0,
            off: Some(16.0),
            settle_s: 2.0,
        },
    },
];

/// Number of the discrete sensor "PSU1 Status".
pub(super) const POWER_SUPPLY: u8 = 6;

/// A moment in the life of a machine.
pub(super) struct Moment {
    pub(super) seed: u64,
    pub(super) power: Power,
    /// Since the simulation began.
    pub(super) running: Duration,
    /// Since the last change of power.
    pub(super) settled: Duration,
}

impl Sensor {
    /// The raw reading; none while there is nothing to read.
    pub(super) fn raw(&self, moment: &Moment) -> Option<u8> {
        let motion = &self.motion;
        let (from, to) = match (moment.power, motion.off) {
            (Power::On, off) => (off.unwrap_or(motion.on), motion.on),
            (Power::Off, off) => (motion.on, off?),
        };
        let approach = (-moment.settled.as_secs_f64() / motion.settle_s).exp();
        // Long running machines have settled at the start of the simulation.
        let approach = if moment.settled == moment.running {
            0.0
        } else {
            approach
        };
        let mut chance = Chance::new(moment.seed ^ u64::from(self.number));
        let phase = f64::from(u16::try_from(chance.below(1_000)).unwrap_or_default()) / 1_000.0;
        let turn = moment.running.as_secs_f64() / motion.period_s + phase;
        let swing = match moment.power {
            Power::On => motion.swing * ((TAU * turn).sin() + 0.3 * (TAU * 3.7 * turn).sin()),
            Power::Off => 0.0,
        };
        let value = to + (from - to) * approach + swing;
        let step = f64::from(self.m) * 10f64.powi(i32::from(self.exponent));
        Some(octet((value / step).round()))
    }

    /// Threshold comparison bits of a raw reading (IPMI 35.14).
    pub(super) fn comparison(&self, raw: u8) -> u8 {
        let crossed = |limit: Option<u8>, bit: u8, above: bool| match limit {
            Some(limit) if above && raw >= limit => bit,
            Some(limit) if !above && raw <= limit => bit,
            _ => 0,
        };
        crossed(self.lower.map(|l| l.0), 0x01, false)
            | crossed(self.lower.map(|l| l.1), 0x02, false)
            | crossed(self.upper.map(|u| u.0), 0x08, true)
            | crossed(self.upper.map(|u| u.1), 0x10, true)
    }

    /// Get Sensor Thresholds: mask of readable ones, then the six values (IPMI 35.9).
    pub(super) fn thresholds(&self) -> Vec<u8> {
        let (lower, upper) = (self.lower, self.upper);
        let mask = if lower.is_some() { 0x03 } else { 0 } | if upper.is_some() { 0x18 } else { 0 };
        let (lower_warning, lower_critical) = lower.unwrap_or_default();
        let (upper_warning, upper_critical) = upper.unwrap_or_default();
        vec![
            mask,
            lower_warning,
            lower_critical,
            0,
            upper_warning,
            upper_critical,
            0,
        ]
    }

    /// The full sensor record (IPMI 43.1).
    fn record(&self, id: u16) -> Vec<u8> {
        let thresholds = self.thresholds();
        let mask = thresholds.first().copied().unwrap_or_default();
        let mut body = vec![
            BMC,
            0,
            self.number,
            self.entity,
            1,
            0x7F,
            0x68,
            self.kind,
            0x01,
        ];
        body.extend([0, 0, 0, 0, mask, 0]); // no events; these thresholds can be read
        body.extend([0, self.unit, 0]); // unsigned
        let exponents = self.exponent.cast_unsigned() << 4;
        body.extend([0, self.m, 0, 0, 0, 0, exponents]);
        body.extend([0, 0, 0, 0, 255, 0]); // no nominal values; the raw range
        body.extend([0]);
        body.extend(thresholds.get(5).copied());
        body.extend(thresholds.get(4).copied());
        body.extend([0]);
        body.extend(thresholds.get(2).copied());
        body.extend(thresholds.get(1).copied());
        body.extend([1, 1, 0, 0, 0]);
        body.extend(name(self.name, self.packed));
        with_header(id, 0x01, body)
    }
}

fn octet(number: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of an octet"
    )]
    let octet = number.clamp(0.0, 255.0) as u8;
    octet
}

fn with_header(id: u16, kind: u8, body: Vec<u8>) -> Vec<u8> {
    let [low, high] = id.to_le_bytes();
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let mut record = vec![low, high, 0x51, kind, length];
    record.extend(body);
    record
}

/// Type, length and octets of a name: eight-bit ASCII, or packed six-bit.
fn name(text: &str, packed: bool) -> Vec<u8> {
    if !packed {
        let mut out = vec![0xC0 | octets_len(text.len())];
        out.extend_from_slice(text.as_bytes());
        return out;
    }
    let (mut octets, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for letter in text.bytes() {
        bits |= u32::from(letter.wrapping_sub(0x20) & 0x3F) << held;
        held += 6;
        while held >= 8 {
            let [low, ..] = bits.to_le_bytes();
            octets.push(low);
            bits >>= 8;
            held -= 8;
        }
    }
    if held > 0 {
        let [low, ..] = bits.to_le_bytes();
        octets.push(low);
    }
    let mut out = vec![0x80 | octets_len(octets.len())];
    out.extend(octets);
    out
}

fn octets_len(length: usize) -> u8 {
    u8::try_from(length.min(16)).unwrap_or_default()
}

/// All records, ids from 1.
pub(super) fn records() -> Vec<Vec<u8>> {
    let mut records: Vec<_> = (1..)
        .zip(&SENSORS)
        .map(|(id, sensor)| sensor.record(id))
        .collect();
    let mut body = vec![BMC, 0, POWER_SUPPLY, 10, 1, 0x63, 0x40, 0x08, 0x6F];
    body.extend([0, 0, 0, 0, 0x0B, 0]);
    body.extend([0xC0, 0, 0]); // no analog reading
    body.extend([0; 8]);
    body.extend(name("PSU1 Status", false));
    records.push(with_header(6, 0x02, body));
    records
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use crate::wire::ipmi::sdr::{Record, decode};

    fn at(seconds: u64, power: Power) -> Moment {
        Moment {
            seed: 4,
            power,
            running: Duration::from_secs(100_000 + seconds),
            settled: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn our_own_decoder_reads_the_records() {
        let mut names = Vec::new();
        for record in records() {
            let Record::Sensors(sensors) = decode(&record).unwrap() else {
                panic!("{record:x?}");
            };
            names.extend(sensors.into_iter().map(|sensor| (sensor.name, sensor.unit)));
        }
        let wanted = [
            ("CPU1 Temp", Some("°C")),
            ("Inlet Temp", Some("°C")),
            ("Fan1", Some("rpm")),
            ("P12V", Some("V")),
            ("Sys Power", Some("W")),
            ("PSU1 Status", None),
        ];
        assert_eq!(names, wanted.map(|(name, unit)| (name.to_owned(), unit)));
    }

    #[test]
    fn readings_move_within_believable_bounds_and_follow_the_power() {
        let bounds = [(40, 70), (19, 27), (75, 105), (188, 194), (50, 111)];
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
                seen.iter().any(|raw| Some(raw) != seen.first()),
                "{}",
                sensor.name
            );
            assert!(
                seen.iter().all(|raw| sensor.comparison(*raw) == 0),
                "{}",
                sensor.name
            );
        }
        let [cpu, _, fan, volts, watts] = &SENSORS;
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
