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
pub(super) struct Records {
    /// Each under what it is called: the first of its keys that says something.
    rows: BTreeMap<String, Vec<String>>,
    /// What they are called, by their other keys.
    further: BTreeMap<String, String>,
}

/// What finds a record: each of its keys that says something, as text that compares as the records do.
fn names<'a>(kind: &Kind, cell: impl Fn(&str) -> &'a str) -> Vec<String> {
    let last = kind.keys.len().saturating_sub(1);
    let mut names = Vec::with_capacity(kind.keys.len());
    for (place, columns) in kind.keys.iter().enumerate() {
        let is_said = columns.iter().any(|column| !cell(column).trim().is_empty());
        if !is_said && place < last {
            continue;
        }
        let mut name = format!("{place}{BETWEEN}");
        for column in *columns {
            name.push_str(&compared(column, cell(column).trim()));
            name.push(BETWEEN);
        }
        names.push(name);
    }
    names
}

/// Which of the keys a name is.
fn place(name: &str) -> &str {
    name.split(BETWEEN).next().unwrap_or_default()
}

fn compared(column: &str, text: &str) -> String {
    match column {
        "vrf" if text.is_empty() => "global".to_owned(),
        // Two labels that differ in their capitals are two labels.
        "label" => text.to_owned(),
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
        let mut records = Self::default();
        for row in rows {
            let place = |column: &str| kind.columns.iter().position(|known| *known == column);
            let cell = |column: &str| {
                place(column)
                    .and_then(|place| row.get(place))
                    .map_or("", String::as_str)
            };
            let mut names = names(kind, cell).into_iter();
            let mut name = names.next().unwrap_or_default();
            // Where a key may be there twice, the order tells them apart.
            while records.rows.contains_key(&name) {
                name.push('+');
            }
            for other in names {
                records.further.entry(other).or_insert_with(|| name.clone());
            }
            records.rows.insert(name, row);
        }
        records
    }

    /// The record that a row means.
    pub(super) fn of_row(&self, kind: &Kind, row: &Fields) -> Option<&[String]> {
        let names = names(kind, |column| row.get(column));
        let found = names.iter().enumerate().find_map(|(at, name)| {
            let (own, cells) = self
                .rows
                .get_key_value(name)
                .or_else(|| self.rows.get_key_value(self.further.get(name)?))?;
            let is_another = names
                .iter()
                .take(at)
                .any(|earlier| place(earlier) == place(own));
            (!is_another).then_some(cells)
        });
        found.map(Vec::as_slice)
    }

    /// Adds to a digest what is different after.
    pub(super) fn digest(&self, after: &Self, digest: &mut Sha256) {
        let mut add = |mark: &str, name: &str, row: &[String]| {
            digest.update(mark);
            digest.update(name);
            digest.update(row.join(&BETWEEN.to_string()));
            digest.update("\n");
        };
        for (name, row) in &self.rows {
            match after.rows.get(name) {
                Some(other) if other == row => {}
                Some(other) => {
                    add("-", name, row);
                    add("+", name, other);
                }
                None => add("-", name, row),
            }
        }
        for (name, row) in &after.rows {
            if !self.rows.contains_key(name) {
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
                column,
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

/// What a row is called: the cells of the first of its keys that says something.
pub(super) fn row_name(kind: &Kind, row: &Fields) -> String {
    let cells = |columns: &&[&'static str]| -> Vec<&str> {
        let cells = columns.iter().map(|column| row.get(column).trim());
        cells.filter(|cell| !cell.is_empty()).collect()
    };
    let mut keys = kind.keys.iter().map(cells);
    let named = keys.find(|cells| !cells.is_empty());
    named.unwrap_or_default().join(" / ")
}

#[cfg(test)]
#[path = "difference_tests.rs"]
mod tests;
