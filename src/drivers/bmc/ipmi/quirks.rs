//! Oddities of makers' controllers that the driver knows how to honour, as
//! `inventory/bmc-quirks.csv` has them: facts from public documents, each with its source.

use std::sync::OnceLock;

const TABLE: &str = include_str!("../../../../inventory/bmc-quirks.csv");
const HEADING: &str = "manufacturer,product,quirk,value,source";

/// What is odd about one kind of controller. Nothing is, for most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks {
    /// Selector of the boot flags (IPMI table 28-14) that its firmware takes for a hard disk in
    /// UEFI mode, where that is not the specification's.
    pub boot_uefi_disk: Option<u8>,
    /// Completion code by which it refuses the last sensor data record, for good.
    pub sdr_end_on: Option<u8>,
    /// Its last sensor data record does not say that it is the last: their count does.
    pub sdr_by_count: bool,
}

/// A line of the table that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bmc-quirks.csv, line {line}: {fault}")]
pub struct QuirkFault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub fault: &'static str,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    manufacturer: u32,
    /// None: all products of the maker.
    product: Option<u16>,
    quirk: Quirk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    BootUefiDisk(u8),
    SdrEndOn(u8),
    SdrByCount,
}

impl Quirks {
    /// What the table has about a maker (IANA enterprise number) and its product; a line for one
    /// product comes before those for all.
    pub fn of(manufacturer: u32, product: u16) -> Self {
        static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
        // A test reads the table; here a line that can't be read would be no quirk.
        let rows = ROWS.get_or_init(|| read(TABLE).unwrap_or_default());
        Self::among(rows, manufacturer, product)
    }

    fn among(rows: &[Row], manufacturer: u32, product: u16) -> Self {
        let mut quirks = Self::default();
        let of_maker = || rows.iter().filter(|row| row.manufacturer == manufacturer);
        let all = of_maker().filter(|row| row.product.is_none());
        for row in all.chain(of_maker().filter(|row| row.product == Some(product))) {
            match row.quirk {
                Quirk::BootUefiDisk(selector) => quirks.boot_uefi_disk = Some(selector),
                Quirk::SdrEndOn(code) => quirks.sdr_end_on = Some(code),
                Quirk::SdrByCount => quirks.sdr_by_count = true,
            }
        }
        quirks
    }
}

/// Reads the table; every line needs a source.
fn read(table: &str) -> Result<Vec<Row>, QuirkFault> {
    let fault = |line, fault| QuirkFault { line, fault };
    let mut lines = table.lines().enumerate().map(|(at, line)| (at + 1, line));
    match lines.next() {
        Some((_, HEADING)) => {}
        _ => return Err(fault(1, "another heading")),
    }
    lines
        .map(|(at, line)| row(line).map_err(|what| fault(at, what)))
        .collect()
}

fn row(line: &str) -> Result<Row, &'static str> {
    let mut cells = line.splitn(5, ',').map(str::trim);
    let mut cell = || cells.next().unwrap_or_default();
    let (manufacturer, product, quirk, value, source) = (cell(), cell(), cell(), cell(), cell());
    if source.is_empty() {
        return Err("no source");
    }
    let product = match product {
        "*" => None,
        number => Some(u16::try_from(number_of(number)?).map_err(|_| "product too large")?),
    };
    let octet = || u8::try_from(number_of(value)?).map_err(|_| "value above 255");
    let quirk = match quirk {
        "boot-uefi-disk" => match octet()? {
            selector @ 1..=15 => Quirk::BootUefiDisk(selector),
            _ => return Err("no selector of a device"),
        },
        "sdr-end-on" => match octet()? {
            0 => return Err("0 is no refusal"),
            code => Quirk::SdrEndOn(code),
        },
        "sdr-by-count" if value.is_empty() => Quirk::SdrByCount,
        "sdr-by-count" => return Err("sdr-by-count takes no value"),
        _ => return Err("unknown quirk"),
    };
    Ok(Row {
        manufacturer: number_of(manufacturer)?,
        product,
        quirk,
    })
}

/// A number, decimal or hexadecimal with 0x.
fn number_of(text: &str) -> Result<u32, &'static str> {
    let read = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    read.map_err(|_| "not a number")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_program_reads_and_knows_its_makers() {
        assert!(!read(TABLE).unwrap().is_empty());
        assert_eq!(Quirks::of(10_876, 2_404).boot_uefi_disk, Some(9));
        assert_eq!(Quirks::of(47_488, 1).boot_uefi_disk, Some(9));
        assert_eq!(Quirks::of(674, 256).sdr_end_on, Some(0xC3));
        assert!(Quirks::of(37_945, 514).sdr_by_count);
        assert_eq!(Quirks::of(0x2A2A, 7), Quirks::default());
    }

    #[test]
    fn a_line_for_one_product_comes_before_those_for_all() {
        let table = format!("{HEADING}\n7,0x10,sdr-end-on,0xcb,a\n7,*,sdr-end-on,0xc3,b\n");
        let rows = read(&table).unwrap();
        assert_eq!(Quirks::among(&rows, 7, 16).sdr_end_on, Some(0xCB));
        assert_eq!(Quirks::among(&rows, 7, 17).sdr_end_on, Some(0xC3));
        assert_eq!(Quirks::among(&rows, 8, 16), Quirks::default());
    }

    #[test]
    fn a_line_that_cannot_be_right_is_named() {
        for (line, fault) in [
            ("7,*,sdr-by-count,,", "no source"),
            ("7,*,sdr-by-count,1,a", "sdr-by-count takes no value"),
            ("7,*,sdr-end-on,0,a", "0 is no refusal"),
            ("7,*,sdr-end-on,256,a", "value above 255"),
            ("7,*,boot-uefi-disk,16,a", "no selector of a device"),
            ("7,*,dance,1,a", "unknown quirk"),
            ("x,*,sdr-by-count,,a", "not a number"),
            ("7,70000,sdr-by-count,,a", "product too large"),
        ] {
            let seen = read(&format!("{HEADING}\n{line}\n"));
            assert_eq!(seen, Err(QuirkFault { line: 2, fault }), "{line}");
        }
        assert!(read("a,b\n").is_err());
    }
}
