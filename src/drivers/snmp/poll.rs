//! One poll: the system group, then the port columns, then 32-bit counters where they are needed.

use std::collections::{BTreeMap, BTreeSet};

use ::snmp::{Oid, Value};

use crate::base::time::Timestamp;

use super::asker::Asker;
use super::column::Column;
use super::error::{SnmpErrorKind, Stage};
use super::report::{
    CounterWidth, Missing, MissingReason, PollReport, PortReading, System, Warning,
};
use super::target::{PollOptions, PollPlan};
use super::value;
use super::walk::{Cell, Walk};

const SYS_DESCR: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 1, 0];
const SYS_OBJECT_ID: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 2, 0];
const SYS_UP_TIME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 3, 0];
const IF_NUMBER: [u32; 9] = [1, 3, 6, 1, 2, 1, 2, 1, 0];
const SYS_NAME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 5, 0];
/// A device with broken rows is not repeated to the operator port by port.
const MOST_WARNINGS_OF_A_KIND: usize = 5;

/// An operator should know of a device that answers fewer rows than this at a time.
const FEW_ROWS: u32 = 5;

/// Reads a device from beginning to end.
pub(super) async fn run(
    asker: &mut Asker<'_>,
    plan: PollPlan,
    options: &PollOptions,
) -> Result<PollReport, SnmpErrorKind> {
    let at_start = Timestamp::now();
    let begun_with = asker.repetitions;
    let (system, uptime_ms, expected) = system(asker, plan).await?;
    asker.stage = Stage::Ports;
    let mut table = Table::default();
    let mut walk = Walk::new(&Column::of(plan), options.max_ports, expected);
    table.fill(asker, &mut walk, options).await?;
    if table.rows.values().any(Row::lacks_wide) {
        asker.stage = Stage::NarrowCounters;
        let mut narrow = Walk::new(&Column::NARROW, options.max_ports, expected);
        table.fill(asker, &mut narrow, options).await?;
    }
    if plan == PollPlan::Counters && table.names_fail() {
        asker.stage = Stage::Names;
        let mut names = Walk::new(&Column::OTHER_NAMES, options.max_ports, expected);
        table.fill(asker, &mut names, options).await?;
    }
    let odd = walk.odd;
    let ports: Vec<PortReading> = table.rows.into_values().map(Row::finish).collect();
    let mut warnings = warnings(&ports, uptime_ms);
    warnings.extend(
        odd.into_iter()
            .map(|(column, rows)| Warning::OddIndex { column, rows }),
    );
    if asker.repetitions < begun_with && asker.repetitions < FEW_ROWS {
        warnings.push(Warning::FewerRows {
            max_repetitions: asker.repetitions,
        });
    }
    Ok(PollReport {
        at_start,
        at_end: Timestamp::now(),
        uptime_ms,
        engine_time_s: None,
        system,
        ports,
        varbinds: asker.varbinds,
        requests: asker.requests,
        timeouts: asker.timeouts,
        max_repetitions: repetitions_next_time(asker, begun_with),
        warnings,
    })
}

/// What worked, and after a poll without trouble one more, so that one lost packet is not for ever.
fn repetitions_next_time(asker: &Asker<'_>, begun_with: u32) -> u32 {
    if asker.timeouts == 0 && asker.repetitions == begun_with {
        PollOptions::MOST_REPETITIONS.min(begun_with + 1)
    } else {
        asker.repetitions
    }
}

/// The system group, sysUpTime in milliseconds and ifNumber.
async fn system(
    asker: &mut Asker<'_>,
    plan: PollPlan,
) -> Result<(System, Option<u64>, Option<usize>), SnmpErrorKind> {
    let mut names = [SYS_UP_TIME, SYS_NAME, IF_NUMBER]
        .map(|arcs| Oid::from_slice(&arcs))
        .to_vec();
    if plan != PollPlan::Counters {
        names.extend([Oid::from_slice(&SYS_DESCR), Oid::from_slice(&SYS_OBJECT_ID)]);
    }
    let mut system = System::default();
    let (mut uptime_ms, mut expected) = (None, None);
    for (oid, value) in asker.get(&names).await? {
        match oid.arcs() {
            arcs if arcs == SYS_UP_TIME => uptime_ms = value::ticks_ms(&value).ok(),
            arcs if arcs == IF_NUMBER => {
                let number = value::gauge(&value).ok();
                expected = number.and_then(|number| usize::try_from(number).ok());
            }
            arcs if arcs == SYS_NAME => system.name = value::string(&value).ok().flatten(),
            arcs if arcs == SYS_DESCR => system.descr = value::string(&value).ok().flatten(),
            arcs if arcs == SYS_OBJECT_ID => system.object_id = value::object_id(&value).ok(),
            _ => {}
        }
    }
    Ok((system, uptime_ms, expected))
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<u32, Row>,
}

impl Table {
    /// Whether ports cannot be told apart by ifName alone.
    fn names_fail(&self) -> bool {
        let mut seen = BTreeSet::new();
        let names = self.rows.values().map(|row| row.port.name.as_ref());
        names
            .into_iter()
            .any(|name| name.is_none_or(|name| !seen.insert(name)))
    }

    async fn fill(
        &mut self,
        asker: &mut Asker<'_>,
        walk: &mut Walk,
        options: &PollOptions,
    ) -> Result<(), SnmpErrorKind> {
        while let Some(cells) = walk.next(asker).await? {
            for cell in cells {
                let row = self.rows.entry(cell.if_index).or_default();
                row.port.if_index = cell.if_index;
                row.put(&cell);
            }
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
struct Row {
    port: PortReading,
    if_speed: Option<u32>,
    if_high_speed: Option<u32>,
    wide: [Option<u64>; 2],
    narrow: [Option<u64>; 2],
}

impl Row {
    fn lacks_wide(&self) -> bool {
        self.wide == [None, None]
    }

    fn put(&mut self, cell: &Cell) {
        let value = &cell.value;
        let Row {
            port,
            wide: [wide_in, wide_out],
            narrow: [narrow_in, narrow_out],
            ..
        } = self;
        let packets = &mut port.packets;
        let unusable = match cell.column {
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
            port.missing.push(Missing {
                column: cell.column,
                reason,
            });
        }
    }

    fn finish(self) -> PortReading {
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

fn keep_text(into: &mut Option<String>, value: &Value) -> Option<MissingReason> {
    match value::string(value) {
        Ok(text) => {
            *into = text;
            None
        }
        Err(reason) => Some(reason),
    }
}

fn warnings(ports: &[PortReading], uptime_ms: Option<u64>) -> Vec<Warning> {
    let of = ports.len();
    let mut all = Vec::new();
    if uptime_ms.is_none() {
        all.push(Warning::NoUptime);
    }
    let nameless = ports.iter().filter(|port| port.name.is_none()).count();
    if nameless > 0 {
        all.push(Warning::NoName {
            ports: nameless,
            of,
        });
    }
    let narrow = ports
        .iter()
        .filter(|port| port.width == Some(CounterWidth::Bits32))
        .count();
    if narrow > 0 {
        all.push(Warning::NarrowCounters { ports: narrow, of });
    }
    let mut seen = BTreeSet::new();
    let doubled = ports.iter().filter_map(|port| port.name.as_ref());
    let doubled = doubled.filter(|name| !seen.insert(name.as_str()));
    all.extend(
        doubled
            .take(MOST_WARNINGS_OF_A_KIND)
            .map(|name| Warning::DuplicateName { name: name.clone() }),
    );
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
