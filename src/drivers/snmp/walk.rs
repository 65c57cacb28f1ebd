//! Reading columns of a table side by side with GETBULK (RFC 3416 section 4.2.3).
//!
//! Each column has its own place in the table: devices leave rows out of some columns, and cut
//! answers in the middle of a row. A walk goes to the end of its columns, or reads one [`Span`] of
//! rows that are known.

use std::collections::BTreeMap;

use ::snmp::{DecodeAnomaly, Oid, Value, VarBind};

use super::asker::Asker;
use super::column::Column;
use super::error::{NotUnderstood, SnmpErrorKind};

/// A value of a column, by ifIndex.
pub(super) struct Cell {
    pub(super) if_index: u32,
    pub(super) column: Column,
    pub(super) value: Value,
}

/// Columns being read.
pub(super) struct Walk {
    places: Vec<Place>,
    max_ports: usize,
    /// How many rows the device says there are (ifNumber): a hint, which may be wrong.
    expected: Option<usize>,
    /// Names asked once, before the columns of the first question.
    head: Vec<Oid>,
    /// What was said to them.
    pub(super) said: Vec<VarBind>,
    /// Rows whose name does not end in one ifIndex.
    pub(super) odd: BTreeMap<Column, usize>,
}

/// A run of rows whose ifIndexes are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) columns: Vec<Column>,
    /// ifIndex of the row before it.
    pub(super) after: Option<u32>,
    /// ifIndex of its last row.
    pub(super) until: u32,
    pub(super) rows: usize,
}

struct Place {
    column: Column,
    root: Oid,
    last: Oid,
    rows: usize,
    /// The last ifIndex that is wanted.
    until: Option<u32>,
    ended: bool,
}

impl Walk {
    pub(super) fn new(columns: &[Column], max_ports: usize, expected: Option<usize>) -> Self {
        let places = columns.iter().map(|column| Place {
            column: *column,
            root: column.oid(),
            last: column.oid(),
            rows: 0,
            until: None,
            ended: false,
        });
        Self {
            places: places.collect(),
            max_ports,
            expected,
            head: Vec::new(),
            said: Vec::new(),
            odd: BTreeMap::new(),
        }
    }

    /// Reads a run of known rows and not what is behind it; `head` is asked along with it.
    pub(super) fn span(span: &Span, head: Vec<Oid>, max_ports: usize) -> Self {
        let mut walk = Self::new(&span.columns, max_ports, Some(span.rows));
        walk.head = head;
        for place in &mut walk.places {
            place.until = Some(span.until);
            if let Some(after) = span.after {
                place.last = place.root.child(after);
            }
        }
        walk
    }

    /// The next cells; `None` at the end of all columns. Every answer moves at least one column on
    /// or ends it, and no column has more than `max_ports` rows: this comes to an end.
    pub(super) async fn next(
        &mut self,
        asker: &mut Asker<'_>,
    ) -> Result<Option<Vec<Cell>>, SnmpErrorKind> {
        let mut names = std::mem::take(&mut self.head);
        let single = names.len();
        names.extend(self.open().map(|place| place.last.clone()));
        let width = names.len() - single;
        if width == 0 {
            return Ok(None);
        }
        let singles = u32::try_from(single).unwrap_or(0);
        let (answer, repetitions) = asker.bulk(&names, singles, self.useful_rows()).await?;
        let asked = width.saturating_mul(repetitions as usize) + single;
        let got = answer.varbinds.len();
        if got == 0 {
            return Err(SnmpErrorKind::NotUnderstood(NotUnderstood::Empty));
        }
        if got > asked {
            return Err(SnmpErrorKind::NotUnderstood(NotUnderstood::TooMany {
                got,
                asked,
            }));
        }
        let empty_counters = answer
            .metadata
            .decode_anomalies
            .iter()
            .any(|anomaly| matches!(anomaly, DecodeAnomaly::EmptyCounter64 { .. }));
        let mut cells = Vec::with_capacity(got);
        let mut varbinds = answer.varbinds.into_iter().map(|varbind| {
            // A counter without octets is read as 0 by the library: no value, not a 0.
            let emptied = empty_counters && varbind.value == Value::Counter64(0);
            match emptied {
                true => VarBind::null(varbind.oid),
                false => varbind,
            }
        });
        self.said.extend(varbinds.by_ref().take(single));
        self.take(&mut varbinds, width, &mut cells)?;
        Ok(Some(cells))
    }

    /// No more rows than are left, and one to see the end where that is not known.
    fn useful_rows(&self) -> u32 {
        let least = self.open().map(|place| place.rows).min().unwrap_or(0);
        let bounded = self.open().all(|place| place.until.is_some());
        match self.expected.and_then(|all| all.checked_sub(least)) {
            Some(left) if bounded => u32::try_from(left).map_or(u32::MAX, |left| left.max(1)),
            Some(left) => u32::try_from(left).map_or(u32::MAX, |left| left.saturating_add(1)),
            None => u32::MAX,
        }
    }

    fn open(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| !place.ended)
    }

    fn take(
        &mut self,
        varbinds: &mut impl Iterator<Item = VarBind>,
        width: usize,
        cells: &mut Vec<Cell>,
    ) -> Result<(), SnmpErrorKind> {
        let (max_ports, odd) = (self.max_ports, &mut self.odd);
        let mut open: Vec<&mut Place> = self.places.iter_mut().filter(|p| !p.ended).collect();
        for at in (0..width).cycle() {
            let (Some(varbind), Some(place)) = (varbinds.next(), open.get_mut(at)) else {
                break;
            };
            match place.step(varbind, max_ports)? {
                Step::Cell(cell) => cells.push(cell),
                Step::Odd => *odd.entry(place.column).or_default() += 1,
                Step::End => {}
            }
        }
        Ok(())
    }
}

enum Step {
    Cell(Cell),
    Odd,
    End,
}

impl Place {
    fn step(&mut self, varbind: VarBind, max_ports: usize) -> Result<Step, SnmpErrorKind> {
        let beyond = varbind.value == Value::EndOfMibView || !varbind.oid.starts_with(&self.root);
        if self.ended || beyond {
            self.ended = true;
            return Ok(Step::End);
        }
        if varbind.oid <= self.last {
            return Err(SnmpErrorKind::Looping {
                column: self.column,
                oid: varbind.oid,
            });
        }
        self.rows += 1;
        if self.rows > max_ports {
            return Err(SnmpErrorKind::TooLarge { max_ports });
        }
        let (index, row) = match varbind.oid.arcs().get(self.root.len()..) {
            Some([if_index]) => (Some(*if_index), Some(*if_index)),
            Some([first, ..]) => (None, Some(*first)),
            _ => (None, None),
        };
        if let (Some(row), Some(until)) = (row, self.until) {
            self.ended = row >= until;
            if row > until {
                return Ok(Step::End);
            }
        }
        self.last = varbind.oid;
        Ok(index.map_or(Step::Odd, |if_index| {
            Step::Cell(Cell {
                if_index,
                column: self.column,
                value: varbind.value,
            })
        }))
    }
}
