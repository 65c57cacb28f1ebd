//! The sensors of a simulated machine: their records and their moving readings.

use std::f64::consts::TAU;
use std::time::Duration;

use super::machine::{Chance, Power};

/// Slave address of the BMC.
pub(super) const BMC: u8 = 0x20;

/// An analog sensor's nature.
pub(super) struct Sensor {
    pub(super) number: u8,
    pub(super) name: &'static str,
    packed: bool,
    kind: u8,
    /// Entity and instance.
    entity: (u8, u8),
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
pub(super) struct Motion {
    pub(super) on: f64,
    pub(super) swing: f64,
    pub(super) period_s: f64,
    pub(super) off: Option<f64>,
    /// Time constant in seconds of the approach after a change of power.
    pub(super) settle_s: f64,
}

/// A sensor of states.
pub(super) struct Discrete {
    pub(super) number: u8,
    name: &'static str,
    kind: u8,
    entity: (u8, u8),
    /// How many share the record, numbered from 1.
    count: u8,
}

impl Discrete {
    pub(super) const fn new(number: u8, name: &'static str, kind: u8, entity: (u8, u8)) -> Self {
        Self {
            number,
            name,
            kind,
            entity,
            count: 1,
        }
    }

    /// Several that share the record.
    pub(super) const fn shared_by(self, count: u8) -> Self {
        Self { count, ..self }
    }

    pub(super) const fn has(&self, number: u8) -> bool {
        number >= self.number && number - self.number < self.count
    }

    /// Who shares the record, and numbering from 1 with instances that count along.
    const fn sharing(&self) -> [u8; 2] {
        [self.count, if self.count > 1 { 0x81 } else { 0 }]
    }

    /// The compact sensor record (IPMI 43.2).
    pub(super) fn record(&self, id: u16) -> Vec<u8> {
        let (entity, instance) = self.entity;
        let mut body = vec![
            BMC,
            0,
            self.number,
            entity,
            instance,
            0x63,
            0x40,
            self.kind,
            0x6F,
        ];
        body.extend([0, 0, 0, 0, 0xFF, 0x7F]);
        body.extend([0xC0, 0, 0]); // no analog reading
        body.extend(self.sharing());
        body.extend([0; 6]);
        body.extend(name(self.name, false));
        with_header(id, 0x02, body)
    }

    /// The event-only record (IPMI 43.3).
    pub(super) fn event_only_record(&self, id: u16) -> Vec<u8> {
        let (entity, instance) = self.entity;
        let mut body = vec![BMC, 0, self.number, entity, instance, self.kind, 0x6F];
        body.extend(self.sharing());
        body.extend([0; 2]);
        body.extend(name(self.name, false));
        with_header(id, 0x03, body)
    }
}

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
    /// A sensor with unit, step and exponent; still and without thresholds.
    pub(super) const fn new(
        number: u8,
        name: &'static str,
        kind: u8,
        entity: (u8, u8),
        (unit, m, exponent): (u8, u8, i8),
    ) -> Self {
        Self {
            number,
            name,
            packed: false,
            kind,
            entity,
            unit,
            m,
            exponent,
            upper: None,
            lower: None,
            motion: Motion {
                on: 0.0,
                swing: 0.0,
                period_s: 1.0,
                off: None,
                settle_s: 1.0,
            },
        }
    }

    /// With its name in packed six-bit letters.
    pub(super) const fn packed(self) -> Self {
        Self {
            packed: true,
            ..self
        }
    }

    /// With upper non-critical and critical threshold, raw.
    pub(super) const fn upper(self, warning: u8, critical: u8) -> Self {
        Self {
            upper: Some((warning, critical)),
            ..self
        }
    }

    /// With lower non-critical and critical threshold, raw.
    pub(super) const fn lower(self, warning: u8, critical: u8) -> Self {
        Self {
            lower: Some((warning, critical)),
            ..self
        }
    }

    pub(super) const fn moving(self, motion: Motion) -> Self {
        Self { motion, ..self }
    }

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
    pub(super) fn record(&self, id: u16) -> Vec<u8> {
        let thresholds = self.thresholds();
        let mask = thresholds.first().copied().unwrap_or_default();
        let mut body = vec![
            BMC,
            0,
            self.number,
            self.entity.0,
            self.entity.1,
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

pub(super) fn with_header(id: u16, kind: u8, body: Vec<u8>) -> Vec<u8> {
    let [low, high] = id.to_le_bytes();
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let mut record = vec![low, high, 0x51, kind, length];
    record.extend(body);
    record
}

/// Type, length and octets of a name: eight-bit ASCII, or packed six-bit.
pub(super) fn name(text: &str, packed: bool) -> Vec<u8> {
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
