//! What is known of a device's ports from the last poll: enough to ask for their counters by
//! ifIndex, and to notice when an ifIndex is another port's today.

use tokio::time::Instant;

use super::asker::Asker;
use super::column::Column;
use super::counted::Passed;
use super::report::PortReading;
use super::said::Said;
use super::table::{Row, Table};
use super::target::{PollOptions, PollPlan};
use super::text::text;
use super::walk::Span;

/// Questions under way to one device.
pub(super) const MOST_IN_FLIGHT: usize = 6;
/// Questions in flight to a device that was not asked for known rows before; one more after each good poll.
const FIRST_IN_FLIGHT: usize = 2;
/// UDP payload of an answer that fits into one Ethernet frame, with room for counters that grow.
const ANSWER_OCTETS: usize = 1400;
/// A message around its values, without and with security parameters.
const MESSAGE_OCTETS: usize = 60;
/// A value with its name, before anything was measured: a state or small number, a counter of 64
/// bits, and a text without its letters.
const VARBIND_OCTETS: usize = 20;
const WIDE_OCTETS: usize = 26;
const TEXT_OCTETS: usize = 18;
/// After so many readings of known rows in a row that were in vain, whole columns are read for an hour.
const MOST_IN_VAIN: u8 = 3;
/// sysUpTime starts again after so many milliseconds (RFC 2578 section 7.1.8).
const UPTIME_WRAP_MS: u64 = (1 << 32) * 10;
/// Clocks of devices are not better than this.
const UPTIME_TOLERANCE_MS: u64 = 60_000;

/// The ports of a device as they were.
#[derive(Debug)]
pub(super) struct Known {
    rows: Vec<KnownRow>,
    /// Columns that were asked for.
    asked: u32,
    /// The names that are compared.
    checks: Vec<Column>,
    known_by: Column,
    interfaces: Option<u32>,
    uptime_ms: Option<u64>,
    at: Instant,
    /// The fewest rows at once that did not come.
    pub(super) too_many: Option<u32>,
    answer_octets: usize,
    /// Octets of a row, by the columns that were asked for.
    row_octets: Option<(u32, usize)>,
    in_flight: usize,
    in_vain: u8,
    /// Whether each row has an ifName of its own.
    names_tell: bool,
    /// Whether rows came whose names do not end in one ifIndex.
    odd_rows: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct KnownRow {
    pub(super) if_index: u32,
    /// Columns the device has for it.
    pub(super) has: u32,
    /// ifName, ifDescr and ifAlias, as far as they are compared.
    names: [Option<Box<str>>; 3],
}

/// What came of asking for known rows.
pub(super) enum Found {
    /// They are what they were.
    Same(Said, Known),
    /// They are not: whole columns must be read.
    Changed(Known),
    /// Among them are rows that are not named by one ifIndex, which only the thorough way reads.
    Odd(Known),
}

impl Known {
    /// What a reading of whole columns told.
    pub(super) fn new(said: &Said, plan: PollPlan, options: &PollOptions) -> Self {
        let rows = &said.table.rows;
        let checks = checks(&said.table, options.known_by);
        let asked = set(&plan.columns()) | set(&Column::NAMES) | set(&Column::NARROW);
        let rows: Vec<KnownRow> = rows
            .values()
            .map(|row| KnownRow::new(row, &checks))
            .collect();
        Self {
            names_tell: names_tell(&rows),
            odd_rows: false,
            rows,
            asked,
            checks,
            known_by: options.known_by,
            interfaces: said.interfaces,
            uptime_ms: said.uptime_ms,
            at: Instant::now(),
            too_many: None,
            answer_octets: ANSWER_OCTETS,
            row_octets: None,
            in_flight: FIRST_IN_FLIGHT,
            in_vain: 0,
        }
    }

    /// Takes over what was learnt about the device's ways; what it could not do only until everything is read.
    pub(super) fn inherit(&mut self, before: &Self, plan: PollPlan) {
        self.row_octets = before.row_octets;
        self.in_flight = before.in_flight;
        if plan.may_use_known_rows() {
            self.too_many = before.too_many;
            self.odd_rows |= before.odd_rows;
        }
        // It was in vain only where whole columns showed the same ports.
        let ports = |rows: &[KnownRow]| -> Vec<(u32, [Option<Box<str>>; 3])> {
            let ports = rows.iter().map(|row| (row.if_index, row.names.clone()));
            ports.collect()
        };
        if plan.may_use_known_rows()
            && before.in_vain > 0
            && ports(&self.rows) == ports(&before.rows)
            && self.interfaces == before.interfaces
        {
            self.in_vain = before.in_vain;
        }
        let row = before.row_octets.map_or(0, |(_, octets)| octets);
        self.answer_octets = ANSWER_OCTETS.min(before.answer_octets + row);
    }

    /// Whether a poll of this plan may rely on it.
    pub(super) fn serves(&self, plan: PollPlan, options: &PollOptions) -> bool {
        plan.may_use_known_rows()
            && !self.rows.is_empty()
            && self.in_vain < MOST_IN_VAIN
            && self.known_by == options.known_by
            && self.rows.len() <= options.max_ports
            && set(&plan.columns()) & !self.asked == 0
    }

    /// Counts a reading in vain.
    pub(super) const fn in_vain(mut self) -> Self {
        self.in_vain = self.in_vain.saturating_add(1);
        self
    }

    /// Whether the ports of this device are chosen to be known by a name of this kind.
    pub(super) fn goes_by(&self, column: Column) -> bool {
        self.known_by == column
    }

    /// Remembers that there are rows which are not named by one ifIndex.
    pub(super) const fn with_odd_rows(mut self) -> Self {
        self.odd_rows = true;
        self
    }

    /// Whether there are rows which are not named by one ifIndex.
    pub(super) const fn has_odd_rows(&self) -> bool {
        self.odd_rows
    }

    /// Whether ifName tells all ports apart.
    pub(super) const fn names_tell(&self) -> bool {
        self.names_tell
    }

    /// The rows, by ascending ifIndex.
    pub(super) fn rows(&self) -> &[KnownRow] {
        &self.rows
    }

    /// Asks one question at a time from now on.
    pub(super) const fn one_at_a_time(mut self) -> Self {
        self.in_flight = 1;
        self
    }

    /// Whether the device told its uptime and its number of interfaces.
    pub(super) const fn tells(&self) -> (bool, bool) {
        (self.uptime_ms.is_some(), self.interfaces.is_some())
    }

    pub(super) const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Columns to ask for: the counters of the plan, and the names that are compared.
    pub(super) fn wanted(&self, plan: PollPlan) -> Vec<Column> {
        let counters = plan.columns().into_iter().chain(Column::NARROW);
        counters
            .filter(|column| !Column::NAMES.contains(column))
            .chain(self.checks.iter().copied())
            .collect()
    }

    /// The rows in runs that fit into an answer each, of even length.
    pub(super) fn spans(&self, plan: PollPlan, repetitions: u32) -> Vec<Span> {
        let wanted = self.wanted(plan);
        let asked: Vec<&KnownRow> = self.asked(set(&wanted)).collect();
        let fit = self.rows_that_fit(&wanted).min(repetitions as usize).max(1);
        let runs = asked.len().div_ceil(fit).max(1);
        let length = asked.len().div_ceil(runs).max(1);
        let mut after = None;
        let runs = asked.chunks(length);
        runs.filter_map(|run| {
            let has = run.iter().fold(0, |all, row| all | row.has);
            let until = run.last()?.if_index;
            let columns = wanted.iter().filter(|column| has & column.bit() != 0);
            let span = Span {
                columns: columns.copied().collect(),
                after,
                until,
                rows: run.len(),
            };
            after = Some(until);
            Some(span)
        })
        .collect()
    }

    /// Rows that have any of the columns.
    fn asked(&self, columns: u32) -> impl Iterator<Item = &KnownRow> {
        self.rows.iter().filter(move |row| row.has & columns != 0)
    }

    fn rows_that_fit(&self, wanted: &[Column]) -> usize {
        let has = self.rows.iter().fold(0, |all, row| all | row.has);
        let columns = set(wanted) & has;
        let row = match self.row_octets {
            Some((of, octets)) if of == columns => octets,
            _ => self.estimated_row(wanted.iter().filter(|column| columns & column.bit() != 0)),
        };
        self.answer_octets.saturating_sub(MESSAGE_OCTETS) / row.max(1)
    }

    fn estimated_row<'a>(&self, columns: impl Iterator<Item = &'a Column>) -> usize {
        let octets = columns.map(|column| match column {
            Column::IfHcInOctets | Column::IfHcOutOctets => WIDE_OCTETS,
            column => match Column::NAMES.iter().position(|name| name == column) {
                Some(place) => TEXT_OCTETS + self.longest_name(place),
                None => VARBIND_OCTETS,
            },
        });
        octets.sum()
    }

    fn longest_name(&self, place: usize) -> usize {
        let names = self.rows.iter().filter_map(|row| row.names.get(place));
        let lengths = names.flatten().map(|name| name.len());
        lengths.max().unwrap_or(0)
    }

    /// What is there now, when every known row was answered where it was before; each by itself, by ascending ifIndex.
    /// Their names were compared as they came.
    pub(super) fn same_rows(&self, mut rows: Vec<Row>, plan: PollPlan) -> Option<Table> {
        let wanted = set(&self.wanted(plan));
        for (known, row) in self.rows.iter().zip(&mut rows) {
            let missing = known.has & wanted & !row.answered != 0;
            let unasked = known.has & wanted == 0 && row.answered != 0;
            if missing || unasked {
                return None;
            }
            row.port.if_index = known.if_index;
            known.name(&mut row.port);
        }
        Some(Table {
            known: rows,
            ..Table::default()
        })
    }

    /// What is there now, when every known row was answered under its name and no other row came.
    pub(super) fn same(&self, table: &mut Table, plan: PollPlan) -> bool {
        let wanted = set(&self.wanted(plan));
        if table.rows.len() != self.asked(wanted).count() {
            return false;
        }
        let pairs = self.asked(wanted).zip(table.rows.values());
        let same = pairs
            .into_iter()
            .all(|(known, row)| known.is(row, wanted, &self.checks));
        if same {
            for known in &self.rows {
                // A port without any counter is there all the same.
                let row = table.rows.entry(known.if_index).or_default();
                row.port.if_index = known.if_index;
                known.name(&mut row.port);
            }
        }
        same
    }

    /// Whether the device ran on since then, and has as many interfaces.
    pub(super) fn ran_on(&self, uptime_ms: Option<u64>, interfaces: Option<u32>) -> bool {
        let elapsed_ms = u64::try_from(self.at.elapsed().as_millis()).unwrap_or(u64::MAX);
        let up = match (self.uptime_ms, uptime_ms) {
            (Some(was), Some(is)) => ran_on(was, is, elapsed_ms),
            (None, None) => true,
            _ => false,
        };
        up && self.interfaces == interfaces
    }

    /// After a good reading: what to do better next time.
    pub(super) fn learn(
        &mut self,
        asker: &Asker<'_>,
        said: &Said,
        plan: PollPlan,
        lesson: &Lesson,
    ) {
        self.uptime_ms = said.uptime_ms;
        self.at = Instant::now();
        self.in_vain = 0;
        self.in_flight = match lesson.timeouts {
            0 => MOST_IN_FLIGHT.min(self.in_flight + 1),
            _ => (self.in_flight / 2).max(1),
        };
        let rows = self.rows.len().max(1);
        let received = usize::try_from(lesson.received.octets).unwrap_or(usize::MAX);
        let answers = usize::try_from(lesson.received.packets).unwrap_or(0);
        let octets = received.saturating_sub(answers * MESSAGE_OCTETS) / rows;
        let has = self.rows.iter().fold(0, |all, row| all | row.has);
        // Rows differ: one in sixteen more than their mean.
        let row = octets + octets / 16 + 1;
        self.row_octets = Some((set(&self.wanted(plan)) & has, row));
        if let Some(fit) = lesson.fit.filter(|_| lesson.timeouts == 0) {
            self.answer_octets = MESSAGE_OCTETS + row * fit.max(1) + row / 2;
        }
        self.learn_repetitions(asker);
    }

    /// Keeps what did not come.
    pub(super) fn learn_repetitions(&mut self, asker: &Asker<'_>) {
        let both = [self.too_many, asker.too_many].into_iter().flatten();
        self.too_many = both.min();
    }
}

/// What a reading of known rows showed of the device's ways.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lesson {
    /// Answers.
    pub(super) received: Passed,
    /// The fewest rows that came in an answer where more were asked for.
    pub(super) fit: Option<usize>,
    pub(super) timeouts: u32,
}

impl KnownRow {
    fn new(row: &Row, checks: &[Column]) -> Self {
        let mut has = row.answered;
        // 32-bit counters are read where there are no others.
        if !row.lacks_wide() {
            has &= !set(&Column::NARROW);
        }
        let counters = set(&PollPlan::Counters.columns()) | set(&Column::NARROW);
        let bare = has & counters & !set(&Column::NAMES) == 0;
        let name = |column: Column| {
            let wanted = bare || checks.contains(&column);
            name(&row.port, column).filter(|_| wanted).map(Box::from)
        };
        Self {
            if_index: row.port.if_index,
            has,
            names: Column::NAMES.map(name),
        }
    }

    fn is(&self, row: &Row, wanted: u32, checks: &[Column]) -> bool {
        let answered = self.has & wanted & !row.answered == 0;
        let names = Column::NAMES.iter().zip(&self.names);
        row.port.if_index == self.if_index
            && answered
            && names
                .filter(|(column, _)| checks.contains(column))
                .all(|(column, known)| name(&row.port, *column) == known.as_deref())
    }

    /// Whether this is its name of a kind now.
    pub(super) fn is_called(&self, column: Column, octets: &[u8]) -> bool {
        let kinds = Column::NAMES.iter().zip(&self.names);
        let known = kinds.filter(|(kind, _)| **kind == column);
        let known = known.map(|(_, name)| name.as_deref()).next().flatten();
        // Names are kept clean: what is the same in octets is the same.
        known.is_some_and(|known| known.as_bytes() == octets) || text(octets).as_deref() == known
    }

    /// Gives a reading the names that were compared.
    fn name(&self, port: &mut PortReading) {
        let [name, descr, alias] = self.names.clone().map(|name| name.map(String::from));
        (port.name, port.descr, port.alias) = (name, descr, alias);
    }
}

/// The names to compare: the chosen kind where it tells all ports apart, else all kinds.
fn checks(table: &Table, known_by: Column) -> Vec<Column> {
    let rows = || table.rows.values();
    let chosen: std::collections::BTreeSet<&str> =
        rows().filter_map(|row| name(&row.port, known_by)).collect();
    if chosen.len() == table.rows.len() {
        return vec![known_by];
    }
    Column::NAMES
        .into_iter()
        .filter(|column| rows().any(|row| row.answered & column.bit() != 0))
        .collect()
}

fn names_tell(rows: &[KnownRow]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    rows.iter().all(|row| {
        let [name, ..] = &row.names;
        name.as_deref().is_some_and(|name| seen.insert(name))
    })
}

fn name(port: &PortReading, column: Column) -> Option<&str> {
    match column {
        Column::IfName => port.name.as_deref(),
        Column::IfDescr => port.descr.as_deref(),
        Column::IfAlias => port.alias.as_deref(),
        _ => None,
    }
}

fn set(columns: &[Column]) -> u32 {
    columns.iter().fold(0, |all, column| all | column.bit())
}

/// Whether one value of sysUpTime follows another, over its wrap after 497 days too.
fn ran_on(was_ms: u64, is_ms: u64, elapsed_ms: u64) -> bool {
    let expected = was_ms.saturating_add(elapsed_ms) % UPTIME_WRAP_MS;
    let apart = expected.abs_diff(is_ms % UPTIME_WRAP_MS);
    let tolerance = UPTIME_TOLERANCE_MS + elapsed_ms / 100;
    let restarted = is_ms < was_ms && expected >= was_ms;
    apart.min(UPTIME_WRAP_MS - apart) <= tolerance && !restarted
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;
