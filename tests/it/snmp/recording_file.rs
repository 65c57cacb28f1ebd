//! What a recording says, read from its file with nothing of the program: `OID|type|value` lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Columns of ifTable (2) and ifXTable (31) by their numbers.
type Cells = BTreeMap<(u32, u32), BTreeMap<u32, (String, String)>>;

/// The interface tables of a recording.
#[derive(Debug, Default)]
pub struct Recording {
    cells: Cells,
    pub has_uptime: bool,
    /// Rows of a column that are not named by one number.
    pub odd: usize,
}

/// What a recording says of one port.
#[derive(Debug, PartialEq, Eq)]
pub struct Port {
    pub name: Option<String>,
    pub descr: Option<String>,
    pub speed_bps: Option<u64>,
    pub bits: Option<u8>,
    pub octets: (Option<u64>, Option<u64>),
}

const TABLE: &str = "1.3.6.1.2.1.2.2.1.";
const X_TABLE: &str = "1.3.6.1.2.1.31.1.1.1.";
/// Columns that make a port: those a full reading asks for.
const OF_A_PORT: [(u32, u32); 17] = [
    (2, 2),
    (2, 3),
    (2, 5),
    (2, 7),
    (2, 8),
    (2, 13),
    (2, 14),
    (2, 19),
    (2, 20),
    (31, 1),
    (31, 6),
    (31, 7),
    (31, 10),
    (31, 11),
    (31, 15),
    (31, 18),
    (31, 19),
];

impl Recording {
    pub fn read(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let mut recording = Self::default();
        for line in text.lines() {
            let mut parts = line.splitn(3, '|');
            let (Some(oid), Some(kind), Some(value)) = (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            recording.has_uptime |= oid == "1.3.6.1.2.1.1.3.0" && kind == "67";
            for (table, root) in [(2, TABLE), (31, X_TABLE)] {
                let Some(rest) = oid.strip_prefix(root) else {
                    continue;
                };
                let arcs: Vec<u32> = rest.split('.').map(|arc| arc.parse().unwrap()).collect();
                let [column, index] = arcs[..] else {
                    recording.odd += 1;
                    continue;
                };
                let column = recording.cells.entry((table, column)).or_default();
                // The first of two lines is served.
                column
                    .entry(index)
                    .or_insert((kind.to_owned(), value.to_owned()));
            }
        }
        recording
    }

    fn cell(&self, table: u32, column: u32, index: u32) -> Option<(&str, &str)> {
        let (kind, value) = self.cells.get(&(table, column))?.get(&index)?;
        Some((kind, value))
    }

    fn number(&self, table: u32, column: u32, index: u32, kinds: &[&str]) -> Option<u64> {
        let (kind, value) = self.cell(table, column, index)?;
        kinds.contains(&kind).then(|| value.parse().ok()).flatten()
    }

    /// A text, where it is plain ASCII; control characters are blanks, and blanks at the ends nothing.
    fn text(&self, table: u32, column: u32, index: u32) -> Option<String> {
        let (kind, value) = self.cell(table, column, index)?;
        let octets: Vec<u8> = match kind {
            "4" => value.bytes().collect(),
            "4x" => (0..value.len() / 2)
                .map(|n| u8::from_str_radix(&value[2 * n..2 * n + 2], 16).unwrap())
                .collect(),
            _ => return None,
        };
        let text: String = octets
            .iter()
            .map(|octet| {
                if octet.is_ascii_control() {
                    ' '
                } else {
                    char::from(*octet)
                }
            })
            .collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub fn ports(&self) -> BTreeMap<u32, Port> {
        let mut indexes: BTreeSet<u32> = BTreeSet::new();
        for column in OF_A_PORT {
            indexes.extend(self.cells.get(&column).into_iter().flat_map(|c| c.keys()));
        }
        let lacks_wide = indexes
            .iter()
            .any(|index| self.wide(*index) == (None, None));
        if lacks_wide {
            for column in [(2, 10), (2, 16)] {
                indexes.extend(self.cells.get(&column).into_iter().flat_map(|c| c.keys()));
            }
        }
        indexes
            .into_iter()
            .map(|index| (index, self.port(index)))
            .collect()
    }

    fn wide(&self, index: u32) -> (Option<u64>, Option<u64>) {
        let wide = |column| self.number(31, column, index, &["70"]);
        (wide(6), wide(10))
    }

    fn port(&self, index: u32) -> Port {
        let narrow = |column| self.number(2, column, index, &["65"]);
        let (wide, narrow) = (self.wide(index), (narrow(10), narrow(16)));
        let (bits, octets) = match (wide, narrow) {
            ((None, None), (None, None)) => (None, (None, None)),
            ((None, None), narrow) => (Some(32), narrow),
            (wide, _) => (Some(64), wide),
        };
        let high = self
            .number(31, 15, index, &["66", "2"])
            .filter(|mbps| *mbps > 0);
        let low = self.number(2, 5, index, &["66", "2"]);
        let low = low.filter(|bps| *bps > 0 && *bps < u64::from(u32::MAX));
        Port {
            name: self.text(31, 1, index),
            descr: self.text(2, 2, index),
            speed_bps: high.map(|mbps| mbps * 1_000_000).or(low),
            bits,
            octets,
        }
    }
}
