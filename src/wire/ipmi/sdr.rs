//! Sensor data records (IPMI chapter 43): who the sensors are and how raw readings convert.
//!
//! `ipmi-rs` decodes these too, but panics on short records and on some compact ones and drops
//! a bit of negative factors; records come from devices and may be anything, so they are read
//! here.

use super::entity::Entity;
use super::reading::{Factors, Linearization, RawFormat, four_bits, ten_bits};
use super::text::sensor_name;
use super::thresholds::{Limits, ThresholdAccess};
use super::units::unit;
use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// Octets of a record's header.
pub const HEADER_LEN: usize = 5;

const FULL_SENSOR: u8 = 0x01;
const COMPACT_SENSOR: u8 = 0x02;
const EVENT_ONLY: u8 = 0x03;
const FRU_LOCATOR: u8 = 0x11;

/// The header of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Record id.
    pub id: u16,
    /// Record type.
    pub kind: u8,
    /// Octets behind the header.
    pub body_len: usize,
}

/// A record that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// Sensors that can be read: one, or several that share a compact record.
    Sensors(Vec<Sensor>),
    /// Sensors that only ever report events: nothing to read, but names for the event log.
    EventOnly(Vec<Sensor>),
    /// Where a FRU inventory is.
    Fru(FruLocator),
    /// Something else: other locators, maker's own.
    Other(u8),
}

/// Where a FRU inventory is (IPMI 43.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FruLocator {
    /// Slave address of the controller that has it; 0x20 is the BMC itself.
    pub owner: u8,
    /// Number of the FRU device.
    pub device: u8,
    /// Read by FRU commands; otherwise a bare memory chip on a bus.
    pub logical: bool,
    /// Logical unit of the owner.
    pub lun: u8,
    /// What it is the inventory of.
    pub entity: Entity,
    /// Name.
    pub name: String,
}

/// A sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensor {
    /// Slave address or software id of the owner; 0x20 is the BMC itself.
    pub owner: u8,
    /// Logical unit of the owner.
    pub lun: u8,
    /// Sensor number.
    pub number: u8,
    /// Sensor type (IPMI table 42-3).
    pub kind: u8,
    /// Event and reading type: 1 thresholds, everything else discrete states.
    pub reading_kind: u8,
    /// Name.
    pub name: String,
    /// What it belongs to.
    pub entity: Entity,
    /// Unit of the converted value.
    pub unit: Option<&'static str>,
    /// How a raw reading converts; none for discrete sensors and compact records.
    pub factors: Option<Factors>,
    /// Whether its limits can be asked for.
    pub access: ThresholdAccess,
    /// Limits as the record has them.
    pub limits: Limits,
}

impl Sensor {
    /// True when the sensor compares a value with thresholds.
    pub const fn has_thresholds(&self) -> bool {
        self.reading_kind == 0x01
    }
}

impl Header {
    /// Reads the header.
    ///
    /// # Errors
    /// `Truncated` below five octets, `Unsupported` for a record version before IPMI 1.5.
    pub fn decode(octets: &mut Octets<'_>) -> Result<Self, DecodeError> {
        let id = octets.u16()?;
        let at = octets.error(DecodeKind::Unsupported);
        // 51h is IPMI 1.5 and 2.0; 01h is written by some BMCs with the same layout.
        if !matches!(octets.u8()?, 0x51 | 0x01 | 0x02) {
            return Err(at);
        }
        Ok(Self {
            id,
            kind: octets.u8()?,
            body_len: usize::from(octets.u8()?),
        })
    }
}

/// Reads a whole record, header first.
///
/// # Errors
/// Kind and offset of what is wrong; a record whose header promises more than is there is
/// `Length`.
pub fn decode(record: &[u8]) -> Result<Record, DecodeError> {
    let mut octets = Octets::new(record);
    let header = Header::decode(&mut octets)?;
    if octets.rest().len() < header.body_len {
        return Err(DecodeError::new(DecodeKind::Length, HEADER_LEN - 1));
    }
    match header.kind {
        FULL_SENSOR => Ok(Record::Sensors(vec![full(&mut octets)?])),
        COMPACT_SENSOR => compact(&mut octets).map(Record::Sensors),
        EVENT_ONLY => event_only(&mut octets).map(Record::EventOnly),
        FRU_LOCATOR => fru_locator(&mut octets).map(Record::Fru),
        other => Ok(Record::Other(other)),
    }
}

/// The part that full and compact records share.
struct Common {
    sensor: Sensor,
    format: Option<RawFormat>,
    /// Thresholds that can be read.
    readable: u8,
}

fn common(octets: &mut Octets<'_>) -> Result<Common, DecodeError> {
    let [owner, lun, number, id, instance, _, capabilities] = octets.array()?;
    let [kind, reading_kind] = octets.array()?;
    let [_, _, _, _, readable, _] = octets.array()?;
    let [flags, base, modifier] = octets.array()?;
    let sensor = Sensor {
        owner,
        lun: lun & 0x03,
        number,
        kind,
        reading_kind: reading_kind & 0x7F,
        name: String::new(),
        entity: Entity { id, instance },
        unit: unit(flags, base, modifier),
        factors: None,
        access: ThresholdAccess::from_capabilities(capabilities),
        limits: Limits::default(),
    };
    Ok(Common {
        sensor,
        format: RawFormat::from_bits(flags >> 6),
        readable,
    })
}

fn full(octets: &mut Octets<'_>) -> Result<Sensor, DecodeError> {
    let Common {
        mut sensor,
        format,
        readable,
    } = common(octets)?;
    let linearization = Linearization::from_number(octets.u8()?);
    let [m_low, m_high, b_low, b_high, _, exponents] = octets.array()?;
    octets.take(6)?; // characteristics, nominal and normal values, range
    let limits = octets.array()?;
    octets.take(5)?; // hysteresis, reserved, maker's octet
    sensor.name = sensor_name(octets)?;
    if sensor.has_thresholds() {
        if sensor.access != ThresholdAccess::None {
            sensor.limits = Limits::of_record(readable, limits);
        }
        sensor.factors = format.map(|format| Factors {
            format,
            linearization,
            m: ten_bits(m_low, m_high),
            b: ten_bits(b_low, b_high),
            b_exponent: four_bits(exponents),
            result_exponent: four_bits(exponents >> 4),
        });
    }
    Ok(sensor)
}

/// A compact record stands for up to 15 sensors with consecutive numbers.
fn compact(octets: &mut Octets<'_>) -> Result<Vec<Sensor>, DecodeError> {
    let first = common(octets)?.sensor;
    let sharing = octets.array()?;
    octets.take(6)?; // hysteresis, reserved, maker's octet
    let base = sensor_name(octets)?;
    Ok(shared(&first, sharing, &base))
}

/// A sensor without readings (IPMI 43.3).
fn event_only(octets: &mut Octets<'_>) -> Result<Vec<Sensor>, DecodeError> {
    let [owner, lun, number, id, instance] = octets.array()?;
    let [kind, reading_kind] = octets.array()?;
    let sharing = octets.array()?;
    octets.take(2)?; // reserved, maker's octet
    let base = sensor_name(octets)?;
    let first = Sensor {
        owner,
        lun: lun & 0x03,
        number,
        kind,
        reading_kind: reading_kind & 0x7F,
        name: String::new(),
        entity: Entity { id, instance },
        unit: None,
        factors: None,
        access: ThresholdAccess::None,
        limits: Limits::default(),
    };
    Ok(shared(&first, sharing, &base))
}

/// The sensors that share a record: names are numbered or lettered, and instances may count up.
fn shared(first: &Sensor, [sharing, offset]: [u8; 2], base: &str) -> Vec<Sensor> {
    let count = (sharing & 0x0F).max(1);
    let named = |index: u8| -> String {
        let at = (offset & 0x7F).saturating_add(index);
        match (count, sharing >> 4 & 0x03) {
            (1, _) => base.to_owned(),
            (_, 1) => format!("{base}{}", char::from(b'A'.saturating_add(at % 26))),
            _ => format!("{base}{at}"),
        }
    };
    let step = u8::from(offset & 0x80 != 0);
    (0..count)
        .map(|index| Sensor {
            number: first.number.wrapping_add(index),
            name: named(index),
            entity: Entity {
                instance: first.entity.instance.wrapping_add(index * step),
                ..first.entity
            },
            ..first.clone()
        })
        .collect()
}

fn fru_locator(octets: &mut Octets<'_>) -> Result<FruLocator, DecodeError> {
    let [owner, device, access, _, _, _, _] = octets.array()?;
    let [id, instance, _] = octets.array()?;
    Ok(FruLocator {
        owner: owner & 0xFE,
        device,
        logical: access & 0x80 != 0,
        lun: access >> 3 & 0x03,
        entity: Entity { id, instance },
        name: sensor_name(octets)?,
    })
}

#[cfg(test)]
#[path = "sdr_tests.rs"]
mod tests;
