//! What was said, sorted by rows, and what becomes of a row.

use std::collections::{BTreeMap, BTreeSet};

use super::asker::Asker;
use super::column::Column;
use super::error::SnmpErrorKind;
use super::report::{CounterWidth, Missing, MissingReason, PortReading, Warning};
use super::target::PollOptions;
use super::value;
use super::walk::{Cell, Walk};
use crate::wire::snmp::Value;

/// A device with broken rows is not repeated to the operator port by port.
const MOST_WARNINGS_OF_A_KIND: usize = 5;

#[derive(Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<u32, Row>,
    /// Rows of a reading of known ones, by ascending ifIndex; there are no others then.
    pub(super) known: Vec<Row>,
}

impl Table {
    /// Whether ports cannot be told apart by ifName alone.
    pub(super) fn names_fail(&self) -> bool {
        let mut seen = BTreeSet::new();
        let names = self.rows.values().map(|row| row.port.name.as_ref());
        names
            .into_iter()
            .any(|name| name.is_none_or(|name| !seen.insert(name)))
    }

    /// All rows, by ascending ifIndex.
    pub(super) fn into_rows(self) -> impl Iterator<Item = Row> {
        self.known.into_iter().chain(self.rows.into_values())
    }

    pub(super) fn put(&mut self, cells: &[Cell]) {
        for cell in cells {
            let row = self.rows.entry(cell.if_index).or_default();
            row.port.if_index = cell.if_index;
            row.put(cell.column, (&cell.value).into());
        }
    }

    pub(super) async fn fill(
        &mut self,
        asker: &mut Asker<'_>,
        walk: &mut Walk,
        options: &PollOptions,
    ) -> Result<(), SnmpErrorKind> {
        while let Some(cells) = walk.next(asker).await? {
            self.put(&cells);
            if self.rows.len() > options.max_ports {
                return Err(SnmpErrorKind::TooLarge {
                    max_ports: options.max_ports,
                });
            }
        }
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Row {
    pub(super) port: PortReading,
    /// Columns in which it was answered, whatever the answer.
    pub(super) answered: u32,
    if_speed: Option<u32>,
    if_high_speed: Option<u32>,
    wide: [Option<u64>; 2],
    narrow: [Option<u64>; 2],
}

impl Row {
    pub(super) fn lacks_wide(&self) -> bool {
        self.wide == [None, None]
    }

    /// Takes a value in.
    pub(super) fn put(&mut self, column: Column, value: Value<'_>) {
        self.answered |= column.bit();
        let Row {
            port,
            wide: [wide_in, wide_out],
            narrow: [narrow_in, narrow_out],
            ..
        } = self;
        let packets = &mut port.packets;
        let unusable = match column {
            Column::IfName => keep_text(&mut port.name, value),
            Column::IfDescr => keep_text(&mut port.descr, value),
            Column::IfAlias => keep_text(&mut port.alias, value),
            Column::IfType => keep(&mut port.if_type, value::gauge(value)),
            Column::IfSpeed => keep(&mut self.if_speed, value::gauge(value)),
            Column::IfHighSpeed => keep(&mut self.if_high_speed, value::gauge(value)),
            Column::IfAdminStatus => keep(&mut port.admin, value::admin(value)),
            Column::IfOperStatus => keep(&mut port.oper, value::oper(value)),
            Column::IfHcInOctets => keep(wide_in, value::counter64(value)),
            Column::IfHcOutOctets => keep(wide_out, value::counter64(value)),
            Column::IfInOctets => keep(narrow_in, value::counter32(value)),
            Column::IfOutOctets => keep(narrow_out, value::counter32(value)),
            Column::IfCounterDiscontinuityTime => {
                keep(&mut port.discontinuity_ms, value::ticks_ms(value))
            }
            Column::IfHcInUcastPkts => keep(&mut packets.in_unicast, value::counter64(value)),
            Column::IfHcOutUcastPkts => keep(&mut packets.out_unicast, value::counter64(value)),
            Column::IfInErrors => keep(&mut packets.in_errors, value::counter32(value)),
            Column::IfOutErrors => keep(&mut packets.out_errors, value::counter32(value)),
            Column::IfInDiscards => keep(&mut packets.in_discards, value::counter32(value)),
            Column::IfOutDiscards => keep(&mut packets.out_discards, value::counter32(value)),
        };
        if let Some(reason) = unusable {
            port.missing.push(Missing { column, reason });
        }
    }

    pub(super) fn finish(self) -> PortReading {
        let mut port = self.port;
        port.speed = value::speed(self.if_high_speed, self.if_speed);
        let (width, octets) = match (self.wide, self.narrow) {
            ([None, None], [None, None]) => (None, [None, None]),
            ([None, None], narrow) => (Some(CounterWidth::Bits32), narrow),
            (wide, _) => (Some(CounterWidth::Bits64), wide),
        };
        [port.in_octets, port.out_octets] = octets;
        port.width = width;
        let columns = match width {
            Some(CounterWidth::Bits32) => Column::NARROW,
            _ => [Column::IfHcInOctets, Column::IfHcOutOctets],
        };
        for (column, octets) in columns.into_iter().zip(octets) {
            let said = port.missing.iter().any(|missing| missing.column == column);
            if octets.is_none() && !said {
                port.missing.push(Missing {
                    column,
                    reason: MissingReason::Absent,
                });
            }
        }
        port
    }
}

fn keep<T>(into: &mut Option<T>, read: Result<T, MissingReason>) -> Option<MissingReason> {
    match read {
        Ok(value) => {
            *into = Some(value);
            None
        }
        Err(reason) => Some(reason),
    }
}

fn keep_text(into: &mut Option<String>, value: Value<'_>) -> Option<MissingReason> {
    match value::string(value) {
        Ok(text) => {
            *into = text;
            None
        }
        Err(reason) => Some(reason),
    }
}

/// What the operator should know of these ports; of their names only where these matter.
pub(super) fn warnings(
    ports: &[PortReading],
    uptime_ms: Option<u64>,
    names_matter: bool,
) -> Vec<Warning> {
    let mut all = Vec::new();
    if uptime_ms.is_none() {
        all.push(Warning::NoUptime);
    }
    if names_matter {
        nameless(ports, &mut all);
    }
    let of = ports.len();
    let narrow = ports
        .iter()
        .filter(|port| port.width == Some(CounterWidth::Bits32))
        .count();
    if narrow > 0 {
        all.push(Warning::NarrowCounters { ports: narrow, of });
    }
    if names_matter {
        doubled(ports, &mut all);
    }
    let wrong = ports.iter().flat_map(|port| {
        port.missing
            .iter()
            .filter_map(|missing| match missing.reason {
                MissingReason::WrongType { got } => Some(Warning::WrongType {
                    column: missing.column,
                    if_index: port.if_index,
                    got,
                }),
                _ => None,
            })
    });
    all.extend(wrong.take(MOST_WARNINGS_OF_A_KIND));
    all
}

/// Ports without a name.
fn nameless(ports: &[PortReading], all: &mut Vec<Warning>) {
    let of = ports.len();
    let nameless = ports.iter().filter(|port| port.name.is_none()).count();
    if nameless > 0 {
        all.push(Warning::NoName {
            ports: nameless,
            of,
        });
    }
}

/// Ports of one name.
fn doubled(ports: &[PortReading], all: &mut Vec<Warning>) {
    let mut seen = BTreeSet::new();
    let doubled = ports.iter().filter_map(|port| port.name.as_ref());
    let doubled = doubled.filter(|name| !seen.insert(name.as_str()));
    all.extend(
        doubled
            .take(MOST_WARNINGS_OF_A_KIND)
            .map(|name| Warning::DuplicateName { name: name.clone() }),
    );
}
