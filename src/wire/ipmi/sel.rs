//! The system event log: its state and its records (IPMI 31.2, 32).

use super::reading::Factors;
use super::states::{self, Severity, THRESHOLD};
use super::{DecodeError, DecodeKind, Octets, sensor_kinds};

/// Octets of a record.
pub const RECORD_LEN: usize = 16;
/// Times below this are seconds since the controller started (IPMI 37.1).
pub const PRE_INIT: u32 = 0x2000_0000;
/// A time that was not set.
pub const UNSET: u32 = 0xFFFF_FFFF;

/// An answer to Get SEL Info.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelInfo {
    /// Records in the log.
    pub entries: u16,
    /// Free octets, 0xFFFF for that many or more; 0xFFFF also where unspecified.
    pub free_octets: u16,
    /// Time of the last addition.
    pub added: u32,
    /// Time of the last erasure.
    pub erased: u32,
    /// Reservations are known.
    pub reserves: bool,
    /// Records were lost because the log was full.
    pub overflow: bool,
}

impl SelInfo {
    /// Reads the data of the response.
    ///
    /// # Errors
    /// `Truncated` below fourteen octets.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        octets.u8()?; // version
        let entries = octets.u16()?;
        let free_octets = octets.u16()?;
        let added = octets.u32()?;
        let erased = octets.u32()?;
        let support = octets.u8()?;
        Ok(Self {
            entries,
            free_octets,
            added,
            erased,
            reserves: support & 0x02 != 0,
            overflow: support & 0x80 != 0,
        })
    }

    /// Free room in percent; none where the controller gives no figure that can be right.
    pub fn free_percent(&self) -> Option<u8> {
        if self.overflow {
            return Some(0);
        }
        if self.free_octets == u16::MAX {
            return None;
        }
        let free = u32::from(self.free_octets);
        let used = u32::from(self.entries) * 16;
        let percent = (free * 100).checked_div(free + used)?;
        u8::try_from(percent).ok()
    }
}

/// A time in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelTime {
    /// Seconds since 1970 by the controller's clock.
    At(u32),
    /// Seconds since the controller started; its clock was not set.
    SinceStart(u32),
    /// Not said.
    Unset,
}

impl SelTime {
    /// The meaning of four octets.
    pub const fn of(seconds: u32) -> Self {
        match seconds {
            UNSET => Self::Unset,
            early if early < PRE_INIT => Self::SinceStart(early),
            seconds => Self::At(seconds),
        }
    }
}

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelRecord {
    /// Its id.
    pub id: u16,
    /// As it came.
    pub raw: [u8; RECORD_LEN],
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Type 02h: a sensor's event.
    Event(Event),
    /// Types C0h to DFh: the maker's own, with a time.
    OemTimed {
        /// Record type.
        kind: u8,
        /// When.
        time: SelTime,
        /// Maker's enterprise number, low octet first, and six octets.
        octets: [u8; 9],
    },
    /// Types E0h to FFh and all others: the maker's own.
    Oem {
        /// Record type.
        kind: u8,
        /// Thirteen octets.
        octets: [u8; 13],
    },
}

/// A sensor's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub time: SelTime,
    /// Slave address or software id of who reported it.
    pub generator: u8,
    /// Logical unit of who reported it.
    pub lun: u8,
    /// Sensor type (table 42-3).
    pub sensor_kind: u8,
    /// Sensor number.
    pub sensor: u8,
    /// The state began; false when it ended.
    pub asserted: bool,
    /// Event and reading type.
    pub reading_kind: u8,
    /// The three octets of event data.
    pub details: [u8; 3],
}

impl SelRecord {
    /// Reads a record.
    ///
    /// # Errors
    /// `Length` when it has not sixteen octets.
    pub fn decode(record: &[u8]) -> Result<Self, DecodeError> {
        let raw: [u8; RECORD_LEN] = record
            .try_into()
            .map_err(|_| DecodeError::new(DecodeKind::Length, record.len()))?;
        let mut octets = Octets::new(&raw);
        let id = octets.u16()?;
        let body = match octets.u8()? {
            0x02 => Body::Event(Event::decode(&mut octets)?),
            kind @ 0xC0..=0xDF => Body::OemTimed {
                kind,
                time: SelTime::of(octets.u32()?),
                octets: octets.array()?,
            },
            kind => Body::Oem {
                kind,
                octets: octets.array()?,
            },
        };
        Ok(Self { id, raw, body })
    }

    /// When, as far as the record says.
    pub const fn time(&self) -> SelTime {
        match self.body {
            Body::Event(event) => event.time,
            Body::OemTimed { time, .. } => time,
            Body::Oem { .. } => SelTime::Unset,
        }
    }

    /// What kind of thing reported it: a sensor type, or `OEM record c0`.
    pub fn kind_name(&self) -> String {
        match self.body {
            Body::Event(event) => sensor_kinds::name(event.sensor_kind),
            Body::OemTimed { kind, .. } | Body::Oem { kind, .. } if kind >= 0xC0 => {
                format!("OEM record {kind:02x}")
            }
            Body::OemTimed { kind, .. } | Body::Oem { kind, .. } => {
                format!("Record type {kind:02x}")
            }
        }
    }

    /// The record in hexadecimal.
    pub fn hex(&self) -> String {
        hex(&self.raw)
    }
}

impl Event {
    fn decode(octets: &mut Octets<'_>) -> Result<Self, DecodeError> {
        let time = SelTime::of(octets.u32()?);
        let [generator, lun, _] = octets.array()?; // the third is the format's revision
        let [sensor_kind, sensor, direction] = octets.array()?;
        Ok(Self {
            time,
            generator,
            lun: lun & 0x03,
            sensor_kind,
            sensor,
            asserted: direction & 0x80 == 0,
            reading_kind: direction & 0x7F,
            details: octets.array()?,
        })
    }

    /// Which state of the sensor.
    pub const fn offset(&self) -> u8 {
        let [first, _, _] = self.details;
        first & 0x0F
    }

    /// The state in words.
    pub fn text(&self) -> String {
        states::words(self.reading_kind, self.sensor_kind, self.offset())
    }

    /// How serious: an end of a state is no trouble.
    pub fn severity(&self) -> Severity {
        if self.asserted {
            states::severity(self.reading_kind, self.sensor_kind, self.offset())
        } else {
            Severity::Fine
        }
    }

    /// Reading and threshold behind a threshold event, converted; `Reading 97 > Threshold 95`.
    pub fn comparison(&self, factors: &Factors) -> Option<String> {
        let [first, reading, threshold] = self.details;
        if self.reading_kind != THRESHOLD || first >> 6 != 1 {
            return None;
        }
        let reading = factors.value(reading).map(number)?;
        // Odd offsets are the ones that go high (table 42-2); at their end the reading is below.
        let above = (first & 0x01 != 0) == self.asserted;
        let sign = if above { '>' } else { '<' };
        Some(match (first >> 4 & 0x03, factors.value(threshold)) {
            (1, Some(threshold)) => {
                format!("Reading {reading} {sign} Threshold {}", number(threshold))
            }
            _ => format!("Reading {reading}"),
        })
    }
}

/// Whole, or with two decimals.
fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

/// Octets in hexadecimal.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
#[path = "sel_tests.rs"]
mod tests;
