//! One run of known rows being read: where each of its columns is, and what an answer adds.

use crate::wire::snmp::{Names, Value, Varbind, name};

use super::column::{Column, Root};
use super::known::KnownRow;
use super::table::Row;
use super::walk::Span;

/// Why a run is not read further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// Something is not what it was: unknown rows, other names, a column that does not move on.
    Changed,
    /// A row that is not named by one ifIndex.
    Odd,
}

/// A run of rows whose ifIndexes are known.
#[derive(Debug)]
pub(super) struct SpanRun {
    places: Vec<Place>,
    columns: usize,
    rows: usize,
    /// Whole rows that came in the first answer.
    came: Option<usize>,
}

#[derive(Debug)]
struct Place {
    column: Column,
    root: Root,
    /// Whether it is a name that is compared.
    is_name: bool,
    last: Option<u32>,
    until: u32,
    rows: usize,
    /// The known row that is looked at next.
    next: usize,
    ended: bool,
}

impl SpanRun {
    /// Of a span that begins with the known row at `first`.
    pub(super) fn new(span: &Span, first: usize) -> Self {
        let place = |column: &Column| Place {
            column: *column,
            root: column.root(),
            is_name: Column::NAMES.contains(column),
            last: span.after,
            until: span.until,
            rows: 0,
            next: first,
            ended: false,
        };
        Self {
            places: span.columns.iter().map(place).collect(),
            columns: span.columns.len().max(1),
            rows: span.rows,
            came: None,
        }
    }

    fn open(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| !place.ended)
    }

    /// Columns that are not at their end.
    pub(super) fn width(&self) -> usize {
        self.open().count()
    }

    /// No more rows than are left.
    pub(super) fn useful_rows(&self) -> u32 {
        let least = self.open().map(|place| place.rows).min().unwrap_or(0);
        let left = self.rows.saturating_sub(least).max(1);
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    /// The names to ask for next.
    pub(super) fn put_names(&self, names: &mut Names) {
        for place in self.open() {
            names.push(place.root.as_slice(), place.last);
        }
    }

    /// Takes the values of an answer, column by column and row by row; gives how many whole rows came first where this
    /// answer only went on with it.
    pub(super) fn take(
        &mut self,
        varbinds: &[Varbind<'_>],
        known: &[KnownRow],
        rows: &mut [Row],
    ) -> Result<Option<usize>, Halt> {
        let mut open: Vec<&mut Place> = self.places.iter_mut().filter(|p| !p.ended).collect();
        let mut cells = 0;
        for line in varbinds.chunks(open.len().max(1)) {
            for (place, varbind) in open.iter_mut().zip(line) {
                cells += usize::from(place.take(varbind, known, rows)?);
            }
        }
        let before = self.came;
        self.came = before.or(Some(cells / self.columns));
        Ok(before)
    }
}

impl Place {
    /// Takes one value; whether it is one of the run's.
    fn take(
        &mut self,
        varbind: &Varbind<'_>,
        known: &[KnownRow],
        rows: &mut [Row],
    ) -> Result<bool, Halt> {
        let rest = varbind.name.strip_prefix(self.root.as_slice());
        let Some(rest) = rest.filter(|_| !self.ended && varbind.value != Value::EndOfMibView)
        else {
            self.ended = true;
            return Ok(false);
        };
        let if_index = name::only_number(rest).ok_or(Halt::Odd)?;
        if self.last.is_some_and(|last| if_index <= last) {
            return Err(Halt::Changed);
        }
        self.rows += 1;
        self.ended = if_index >= self.until;
        if if_index > self.until {
            return Ok(false);
        }
        self.last = Some(if_index);
        let (port, row) = self.row(if_index, known, rows).ok_or(Halt::Changed)?;
        match varbind.value {
            Value::Octets(octets) if self.is_name => {
                row.answered |= self.column.bit();
                if !port.is_called(self.column, octets) {
                    return Err(Halt::Changed);
                }
            }
            value => {
                row.put(self.column, value);
                if self.is_name && !port.is_called(self.column, &[]) {
                    return Err(Halt::Changed);
                }
            }
        }
        Ok(true)
    }

    /// The known row of an ifIndex, and what is said of it.
    fn row<'a, 'k>(
        &mut self,
        if_index: u32,
        known: &'k [KnownRow],
        rows: &'a mut [Row],
    ) -> Option<(&'k KnownRow, &'a mut Row)> {
        let behind = known.get(self.next..)?;
        let skipped = behind.iter().take_while(|row| row.if_index < if_index);
        self.next += skipped.count();
        let port = known
            .get(self.next)
            .filter(|row| row.if_index == if_index)?;
        Some((port, rows.get_mut(self.next)?))
    }
}
