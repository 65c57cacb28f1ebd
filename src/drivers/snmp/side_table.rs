//! Reading small tables beside the counters: columns side by side with GETBULK, bounded in rows.

use std::collections::BTreeMap;

use ::snmp::{Oid, Value};

use super::asker::Asker;
use super::error::{NotUnderstood, SnmpErrorKind};

/// Values of a row by column number.
pub(super) type Cells = BTreeMap<u32, Value>;
/// Rows by what stands behind the column in their names.
pub(super) type Rows = BTreeMap<Vec<u32>, Cells>;

/// Why a table beside the counters was not read.
#[derive(Debug, thiserror::Error)]
pub enum SideFault {
    /// The question failed.
    #[error("{0}")]
    Asking(#[from] SnmpErrorKind),
    /// What follows is not behind what was.
    #[error("the table loops at {0}")]
    Looping(Oid),
    /// More rows than allowed.
    #[error("more than {0} rows")]
    TooManyRows(usize),
    /// The time for it was over.
    #[error("not finished in time")]
    Late,
}

struct Place {
    number: u32,
    root: Oid,
    last: Oid,
    ended: bool,
}

/// Reads columns of the table under `entry`. Every answer moves the first open column on or ends it, and there are
/// no more than `most` rows: this comes to an end.
pub(super) async fn rows(
    asker: &mut Asker<'_>,
    entry: &[u32],
    columns: &[u32],
    most: usize,
) -> Result<Rows, SideFault> {
    let entry = Oid::from_slice(entry);
    let mut places: Vec<Place> = columns
        .iter()
        .map(|number| Place {
            number: *number,
            root: entry.child(*number),
            last: entry.child(*number),
            ended: false,
        })
        .collect();
    let mut rows = Rows::new();
    loop {
        let mut open: Vec<&mut Place> = places.iter_mut().filter(|place| !place.ended).collect();
        if open.is_empty() {
            return Ok(rows);
        }
        let names: Vec<Oid> = open.iter().map(|place| place.last.clone()).collect();
        let (answer, repetitions) = asker.bulk(&names, 0, u32::MAX).await?;
        let (got, asked) = (
            answer.varbinds.len(),
            names.len().saturating_mul(repetitions as usize),
        );
        if got == 0 {
            return Err(SnmpErrorKind::NotUnderstood(NotUnderstood::Empty).into());
        }
        if got > asked {
            return Err(SnmpErrorKind::NotUnderstood(NotUnderstood::TooMany { got, asked }).into());
        }
        let width = open.len();
        for (at, varbind) in answer.varbinds.into_iter().enumerate() {
            if let Some(place) = open.get_mut(at % width) {
                place.take(varbind.oid, varbind.value, &mut rows)?;
            }
        }
        if rows.len() > most {
            return Err(SideFault::TooManyRows(most));
        }
    }
}

impl Place {
    fn take(&mut self, name: Oid, value: Value, rows: &mut Rows) -> Result<(), SideFault> {
        let beyond = value == Value::EndOfMibView || !name.starts_with(&self.root);
        if self.ended || beyond {
            self.ended = true;
            return Ok(());
        }
        if name <= self.last {
            return Err(SideFault::Looping(name));
        }
        let index = name.arcs().get(self.root.len()..).unwrap_or_default();
        let cells = rows.entry(index.to_vec()).or_default();
        cells.insert(self.number, value);
        self.last = name;
        Ok(())
    }
}

/// The octets of a value that is a string.
pub(super) fn octets(value: Option<&Value>) -> Option<&[u8]> {
    match value {
        Some(Value::OctetString(octets)) => Some(octets),
        _ => None,
    }
}
