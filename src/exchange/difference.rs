//! The records of a kind by what they are found by, before and after.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::kinds::{Kind, Table};
use super::report::FieldDifference;
use crate::base::fields::Fields;
use crate::base::ip::Ip;
use crate::base::ip_prefix::IpPrefix;

/// Between the cells of what stands for a row.
const BETWEEN: char = '\u{1f}';

/// Records of a kind as an export gives them.
#[derive(Debug, Default)]
pub(super) struct Records(BTreeMap<String, Vec<String>>);

/// What finds a record: the columns of its key as text that compares as the records do.
fn key<'a>(kind: &Kind, cell: impl Fn(&str) -> &'a str) -> String {
    let mut text = String::new();
    for column in kind.key {
        text.push_str(&compared(column, cell(column).trim()));
        text.push(BETWEEN);
    }
    text
}

fn compared(column: &str, text: &str) -> String {
    match column {
        "vrf" if text.is_empty() => "global".to_owned(),
        "address" | "prefix" | "first" | "last" => IpPrefix::parse("", text)
            .map(|prefix| prefix.to_string())
            .or_else(|_| Ip::parse("", text).map(|ip| ip.to_string()))
            .unwrap_or_else(|_| text.to_owned()),
        _ => text.to_lowercase(),
    }
}

impl Records {
    /// The records of an export.
    pub(super) fn of(kind: &Kind, rows: Table) -> Self {
        let mut records = BTreeMap::new();
        for row in rows {
            let place = |column: &str| kind.columns.iter().position(|known| *known == column);
            let cell = |column: &str| {
                place(column)
                    .and_then(|place| row.get(place))
                    .map_or("", String::as_str)
            };
            let mut name = key(kind, cell);
            // Where a key may be there twice, the order tells them apart.
            while records.contains_key(&name) {
                name.push('+');
            }
            records.insert(name, row);
        }
        Self(records)
    }

    /// The record that a row means.
    pub(super) fn of_row(&self, kind: &Kind, row: &Fields) -> Option<&[String]> {
        let name = key(kind, |column| row.get(column));
        self.0.get(&name).map(Vec::as_slice)
    }

    /// Adds to a digest what is different after.
    pub(super) fn digest(&self, after: &Self, digest: &mut Sha256) {
        let mut add = |mark: &str, name: &str, row: &[String]| {
            digest.update(mark);
            digest.update(name);
            digest.update(row.join(&BETWEEN.to_string()));
            digest.update("\n");
        };
        for (name, row) in &self.0 {
            match after.0.get(name) {
                Some(other) if other == row => {}
                Some(other) => {
                    add("-", name, row);
                    add("+", name, other);
                }
                None => add("-", name, row),
            }
        }
        for (name, row) in &after.0 {
            if !self.0.contains_key(name) {
                add("+", name, row);
            }
        }
    }

    /// What differs in the record that a row means.
    pub(super) fn fields(&self, after: &Self, kind: &Kind, row: &Fields) -> Vec<FieldDifference> {
        let (Some(before), Some(after)) = (self.of_row(kind, row), after.of_row(kind, row)) else {
            return Vec::new();
        };
        let cells = before.iter().zip(after);
        let columns = kind.columns.iter().zip(cells);
        columns
            .filter(|(_, (before, after))| before != after)
            .map(|(column, (before, after))| FieldDifference {
                column: *column,
                before: shown(before),
                after: shown(after),
            })
            .collect()
    }
}

/// Long notes are cut.
fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(LONGEST).collect();
    cut.push('…');
    cut
}

/// What a row is called: the cells of its key.
pub(super) fn row_name(kind: &Kind, row: &Fields) -> String {
    let cells: Vec<&str> = kind
        .key
        .iter()
        .map(|column| row.get(column).trim())
        .filter(|cell| !cell.is_empty())
        .collect();
    cells.join(" / ")
}
