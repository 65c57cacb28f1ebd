//! Sensor data records (IPMI chapter 43): who the sensors are and how raw readings convert.
//!
//! `ipmi-rs` decodes these too, but panics on short records and on some compact ones and drops
//! a bit of negative factors; records come from devices and may be anything, so they are read
//! here.

use super::reading::{Factors, Linearization, RawFormat};
use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// Octets of a record's header.
pub const HEADER_LEN: usize = 5;

const FULL_SENSOR: u8 = 0x01;
const COMPACT_SENSOR: u8 = 0x02;

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
    /// Something else: locators, event-only sensors, maker's own.
    Other(u8),
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
    /// Unit of the converted value.
    pub unit: Option<&'static str>,
    /// How a raw reading converts; none for discrete sensors and compact records.
    pub factors: Option<Factors>,
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
        other => Ok(Record::Other(other)),
    }
}

/// The part that full and compact records share, and the raw format.
fn common(octets: &mut Octets<'_>) -> Result<(Sensor, Option<RawFormat>), DecodeError> {
    let owner = octets.u8()?;
    let lun = octets.u8()? & 0x03;
    let number = octets.u8()?;
    octets.take(4)?; // entity, instance, initialisation, capabilities
    let kind = octets.u8()?;
    let reading_kind = octets.u8()? & 0x7F;
    octets.take(6)?; // event masks
    let units = octets.u8()?;
    let base = octets.u8()?;
    octets.u8()?; // modifier unit
    let unit = if units & 0x01 != 0 {
        Some("%")
    } else {
        unit_name(base)
    };
    let sensor = Sensor {
        owner,
        lun,
        number,
        kind,
        reading_kind,
        name: String::new(),
        unit,
        factors: None,
    };
    Ok((sensor, RawFormat::from_bits(units >> 6)))
}

fn full(octets: &mut Octets<'_>) -> Result<Sensor, DecodeError> {
    let (mut sensor, format) = common(octets)?;
    let linearization = Linearization::from_number(octets.u8()?);
    let [m_low, m_high, b_low, b_high, _, exponents] = octets.array()?;
    octets.take(17)?; // characteristics, limits, thresholds, hysteresis, reserved, maker's octet
    sensor.name = name(octets)?;
    if sensor.has_thresholds() {
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
    let (first, _) = common(octets)?;
    let [sharing, offset] = octets.array()?;
    octets.take(6)?; // hysteresis, reserved, maker's octet
    let base = name(octets)?;
    let count = (sharing & 0x0F).max(1);
    let numbered = |index: u8| -> String {
        let at = (offset & 0x7F).saturating_add(index);
        match (count, sharing >> 4 & 0x03) {
            (1, _) => base.clone(),
            (_, 1) => format!("{base}{}", char::from(b'A'.saturating_add(at % 26))),
            _ => format!("{base}{at}"),
        }
    };
    Ok((0..count)
        .map(|index| Sensor {
            number: first.number.wrapping_add(index),
            name: numbered(index),
            ..first.clone()
        })
        .collect())
}

/// A signed number of ten bits: eight low bits, the two high ones at the top of `high`.
fn ten_bits(low: u8, high: u8) -> i16 {
    let raw = i16::from(low) | i16::from(high >> 6) << 8;
    if raw >= 512 { raw - 1024 } else { raw }
}

/// A signed number in the low four bits.
fn four_bits(octet: u8) -> i8 {
    let raw = (octet & 0x0F).cast_signed();
    if raw >= 8 { raw - 16 } else { raw }
}

/// The name behind its type and length octet (IPMI 43.15).
fn name(octets: &mut Octets<'_>) -> Result<String, DecodeError> {
    let head = octets.u8()?;
    let length = usize::from(head & 0x1F);
    let rest = octets.rest();
    // Makers disagree whether the length counts octets or packed characters, and some records
    // end early: take what is there, blanks at the end go anyway.
    let bytes = rest.get(..length).unwrap_or(rest);
    let text: String = match head >> 6 {
        0b01 => bytes
            .iter()
            .flat_map(|octet| [bcd_plus(octet >> 4), bcd_plus(octet & 0x0F)])
            .collect(),
        0b10 => six_bit(bytes),
        _ => bytes.iter().map(|octet| char::from(*octet)).collect(),
    };
    let clean: String = text
        .trim_end_matches(['\0', ' '])
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    Ok(clean.trim().to_owned())
}

fn bcd_plus(nibble: u8) -> char {
    match nibble {
        0..=9 => char::from(b'0' + nibble),
        0xA => ' ',
        0xB => '-',
        0xC => '.',
        0xD => ':',
        0xE => ',',
        _ => '_',
    }
}

/// Packed six-bit ASCII: four characters in three octets, low bits first, blank is 0.
fn six_bit(bytes: &[u8]) -> String {
    let mut out = String::new();
    let (mut bits, mut held) = (0u16, 0u32);
    for octet in bytes {
        bits |= u16::from(*octet) << held;
        held += 8;
        while held >= 6 {
            let [low, _] = (bits & 0x3F).to_le_bytes();
            out.push(char::from(low + 0x20));
            bits >>= 6;
            held -= 6;
        }
    }
    out
}

/// Short names of units (IPMI table 43-15), where the world writes one.
fn unit_name(base: u8) -> Option<&'static str> {
    Some(match base {
        1 => "°C",
        2 => "°F",
        3 => "K",
        4 => "V",
        5 => "A",
        6 => "W",
        7 => "J",
        8 => "C",
        9 => "VA",
        14 => "kPa",
        15 => "psi",
        17 => "cfm",
        18 => "rpm",
        19 => "Hz",
        20 => "µs",
        21 => "ms",
        22 => "s",
        23 => "min",
        24 => "h",
        25 => "d",
        31 => "mm",
        32 => "cm",
        33 => "m",
        36 => "l",
        58 => "ppm",
        60 => "dB",
        66 => "bit",
        70 => "B",
        71 => "kB",
        72 => "MB",
        73 => "GB",
        _ => return None,
    })
}

#[cfg(test)]
#[path = "sdr_tests.rs"]
mod tests;
