//! The FRU inventories of a simulated machine.

use super::SimBmcConfig;
use crate::wire::ipmi::message::checksum;

/// A component with an inventory of its own.
pub(super) struct Component {
    pub(super) device: u8,
    pub(super) name: &'static str,
    /// Entity and instance.
    pub(super) entity: (u8, u8),
    maker: &'static str,
    model: &'static str,
    part_number: &'static str,
}

/// The components, behind device 0, which is the machine itself.
pub(super) const COMPONENTS: [Component; 4] = [
    supply(1, "PSU1", 1),
    supply(2, "PSU2", 2),
    memory(3, "DIMM A1", 1),
    memory(4, "DIMM B1", 2),
];

const fn supply(device: u8, name: &'static str, instance: u8) -> Component {
    Component {
        device,
        name,
        entity: (10, instance),
        maker: "Great Grid",
        model: "GG-800T",
        part_number: "PS-800-12",
    }
}

const fn memory(device: u8, name: &'static str, instance: u8) -> Component {
    Component {
        device,
        name,
        entity: (32, instance),
        maker: "Row & Column",
        model: "RDIMM DDR4-3200 32 GB",
        part_number: "RC32G3200R",
    }
}

/// What is written on the machine: its FRU inventory says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Maker.
    pub manufacturer: String,
    /// Product as it is sold.
    pub product: String,
    /// Part number.
    pub part_number: String,
    /// Serial number.
    pub serial: String,
    /// Asset tag.
    pub asset_tag: String,
}

/// Octets of a FRU device, whether there is anything in it or not.
const SIZE: usize = 512;

/// The octets of a FRU device; none where there is no such device.
pub(super) fn image(config: &SimBmcConfig, device: u8) -> Option<Vec<u8>> {
    let label = &config.label;
    if device == 0 {
        let chassis = area(&[0x17], &[&label.part_number, &label.serial]);
        let board_serial = format!("MB{}", label.serial);
        // Made in 2023: minutes since 1996.
        let [low, middle, high, _] = (14_658_000 + low_bits(config.seed)).to_le_bytes();
        let board = area(
            &[25, low, middle, high],
            &[&label.manufacturer, "Main board", &board_serial, "MB-7", ""],
        );
        return Some(with_header(&chassis, &board, &product(label)));
    }
    let component = COMPONENTS
        .iter()
        .find(|component| component.device == device)?;
    let serial = format!("{}{:07}", component.device, config.seed % 10_000_000);
    let own = Label {
        manufacturer: component.maker.to_owned(),
        product: component.model.to_owned(),
        part_number: component.part_number.to_owned(),
        serial,
        asset_tag: String::new(),
    };
    Some(with_header(&[], &[], &product(&own)))
}

/// An inventory whose areas promise more than there is, and whose fields never end.
pub(super) fn lying_image() -> Vec<u8> {
    let mut out = vec![1, 0, 1, 0, 40, 0, 0];
    out.push(checksum(&out));
    while out.len() < SIZE {
        out.extend([1, 0xFF, 0x17, 0xC4, b'L', b'I', b'E', b'S']);
    }
    out
}

/// A few days, by the seed.
fn low_bits(seed: u64) -> u32 {
    u32::try_from(seed % 40_000).unwrap_or_default()
}

fn product(label: &Label) -> Vec<u8> {
    area(
        &[25],
        &[
            &label.manufacturer,
            &label.product,
            &label.part_number,
            "A1",
            &label.serial,
            &label.asset_tag,
            "",
        ],
    )
}

/// An area of fixed octets and eight-bit fields, in eights, with its checksum.
fn area(fixed: &[u8], texts: &[&str]) -> Vec<u8> {
    let mut body = fixed.to_vec();
    for text in texts {
        let octets: Vec<u8> = text.bytes().take(40).collect();
        body.push(0xC0 | u8::try_from(octets.len()).unwrap_or_default());
        body.extend(octets);
    }
    body.push(0xC1);
    let units = (body.len() + 3).div_ceil(8);
    let mut out = vec![1, u8::try_from(units).unwrap_or(u8::MAX)];
    out.extend(body);
    out.resize(units * 8 - 1, 0);
    out.push(checksum(&out));
    out
}

fn with_header(chassis: &[u8], board: &[u8], product: &[u8]) -> Vec<u8> {
    let mut place = 1;
    let mut offsets = [0u8; 3];
    for (offset, area) in offsets.iter_mut().zip([chassis, board, product]) {
        if !area.is_empty() {
            *offset = place;
            place += u8::try_from(area.len() / 8).unwrap_or_default();
        }
    }
    let [a, b, c] = offsets;
    let mut out = vec![1, 0, a, b, c, 0, 0];
    out.push(checksum(&out));
    for area in [chassis, board, product] {
        out.extend_from_slice(area);
    }
    out.resize(out.len().max(SIZE), 0);
    out
}
