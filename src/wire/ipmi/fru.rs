//! FRU inventories: who made a part, and its serial number (Platform Management FRU Information
//! Storage Definition v1.0, chapters 8 to 13).

use super::message::checksum;
use super::text::fru_field;
use super::{DecodeError, DecodeKind, Octets};

/// Octets of the header in front.
pub const HEADER_LEN: usize = 8;
/// Areas and lengths count in these.
const UNIT: usize = 8;
/// Fields read of one area; more are a lie.
const MOST_FIELDS: usize = 32;
/// Minutes of a board's date count from 1996-01-01T00:00Z: seconds since 1970 of that.
const EPOCH_1996: i64 = 820_454_400;
/// End of the fields of an area.
const NO_MORE_FIELDS: u8 = 0xC1;

/// Where the areas are, in octets from the start; none where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FruHeader {
    /// Chassis area.
    pub chassis: Option<usize>,
    /// Board area.
    pub board: Option<usize>,
    /// Product area.
    pub product: Option<usize>,
    /// The header's checksum is right.
    pub sound: bool,
}

impl FruHeader {
    /// Reads the header.
    ///
    /// # Errors
    /// `Truncated` below eight octets, `Unsupported` for another format (blank memory, SPD).
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let Some(head) = data.first_chunk::<HEADER_LEN>() else {
            return Err(DecodeError::new(DecodeKind::Truncated, data.len()));
        };
        let [version, _, chassis, board, product, ..] = *head;
        if version & 0x0F != 1 {
            return Err(DecodeError::new(DecodeKind::Unsupported, 0));
        }
        let place = |units: u8| (units != 0).then_some(usize::from(units) * UNIT);
        Ok(Self {
            chassis: place(chassis),
            board: place(board),
            product: place(product),
            sound: checksum(head) == 0,
        })
    }
}

/// Octets of an area, by its first two octets.
///
/// # Errors
/// `Truncated` below two octets, `Length` for a length of nothing.
pub fn area_len(head: &[u8]) -> Result<usize, DecodeError> {
    let mut octets = Octets::new(head);
    octets.u8()?;
    match octets.u8()? {
        0 => Err(DecodeError::new(DecodeKind::Length, 1)),
        units => Ok(usize::from(units) * UNIT),
    }
}

/// Which area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaKind {
    /// Chassis.
    Chassis,
    /// Board.
    Board,
    /// Product.
    Product,
}

/// What an area says; empty texts are not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Area {
    /// Maker.
    pub manufacturer: String,
    /// Product name, or the kind of chassis.
    pub name: String,
    /// Part number.
    pub part_number: String,
    /// Version of a product.
    pub version: String,
    /// Serial number.
    pub serial: String,
    /// Asset tag of a product.
    pub asset_tag: String,
    /// When a board was made, seconds since 1970.
    pub made: Option<i64>,
    /// Fields of the maker's own.
    pub custom: Vec<String>,
    /// The checksum is right and the fields end where they should.
    pub sound: bool,
}

/// Reads an area. A wrong checksum is told, not fatal: some makers never write a right one, and
/// a serial number is worth having.
///
/// # Errors
/// `Truncated` without even the fixed part.
pub fn area(kind: AreaKind, octets: &[u8]) -> Result<Area, DecodeError> {
    let mut reader = Octets::new(octets);
    reader.take(2)?; // version, length
    let fixed = reader.u8()?; // chassis type, or language
    let mut area = Area::default();
    if kind == AreaKind::Board {
        let [low, middle, high] = reader.array()?;
        let minutes = u32::from_le_bytes([low, middle, high, 0]);
        area.made = (minutes != 0).then_some(EPOCH_1996 + i64::from(minutes) * 60);
    }
    // English is 25, and 0 where it is not said.
    let english = kind == AreaKind::Chassis || matches!(fixed, 0 | 25);
    let (fields, ended) = fields(&mut reader, english);
    area.sound = ended && checksum(octets) == 0;
    let mut fields = fields.into_iter();
    let mut next = || fields.next().unwrap_or_default();
    match kind {
        AreaKind::Chassis => {
            area.name = chassis_kind(fixed).to_owned();
            area.part_number = next();
            area.serial = next();
        }
        AreaKind::Board => {
            area.manufacturer = next();
            area.name = next();
            area.serial = next();
            area.part_number = next();
            next(); // file id of the inventory itself
        }
        AreaKind::Product => {
            area.manufacturer = next();
            area.name = next();
            area.part_number = next();
            area.version = next();
            area.serial = next();
            area.asset_tag = next();
            next(); // file id of the inventory itself
        }
    }
    area.custom = fields.filter(|text| !text.is_empty()).collect();
    Ok(area)
}

/// The fields, and whether they ended properly.
fn fields(reader: &mut Octets<'_>, english: bool) -> (Vec<String>, bool) {
    let mut fields = Vec::new();
    while fields.len() < MOST_FIELDS {
        match reader.u8() {
            Ok(NO_MORE_FIELDS) => return (fields, true),
            Ok(head) => {
                let length = usize::from(head & 0x3F);
                let Ok(bytes) = reader.take(length) else {
                    return (fields, false);
                };
                fields.push(fru_field(head >> 6, bytes, english));
            }
            Err(_) => break,
        }
    }
    (fields, false)
}

/// Kinds of chassis (SMBIOS 7.4.1).
const fn chassis_kind(number: u8) -> &'static str {
    match number & 0x7F {
        0x01 => "Other",
        0x03 => "Desktop",
        0x04 => "Low Profile Desktop",
        0x06 => "Mini Tower",
        0x07 => "Tower",
        0x11 => "Main Server Chassis",
        0x12 => "Expansion Chassis",
        0x13 => "SubChassis",
        0x14 => "Bus Expansion Chassis",
        0x15 => "Peripheral Chassis",
        0x16 => "RAID Chassis",
        0x17 => "Rack Mount Chassis",
        0x18 => "Sealed-case PC",
        0x19 => "Multi-system Chassis",
        0x1A => "CompactPCI",
        0x1B => "AdvancedTCA",
        0x1C => "Blade",
        0x1D => "Blade Enclosure",
        _ => "",
    }
}

#[cfg(test)]
#[path = "fru_tests.rs"]
mod tests;
