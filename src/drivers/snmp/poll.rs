//! One poll: rows that are known by their ifIndexes where that will do, else the system group, then
//! the port columns, then 32-bit counters and other names where they are needed.

use ::snmp::{Oid, Value};

use crate::base::time::Timestamp;

use super::asker::Asker;
use super::column::Column;
use super::error::{SnmpErrorKind, Stage};
use super::known::{Found, Known};
use super::pdu;
use super::report::{Extent, PollReport, PortReading, System, Warning};
use super::rows_again;
use super::rows_at_once;
use super::said::{IF_NUMBER, SYS_UP_TIME, Said};
use super::table::{Row, Table, warnings};
use super::target::{PollOptions, PollPlan};
use super::value;
use super::walk::Walk;

const SYS_DESCR: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 1, 0];
const SYS_OBJECT_ID: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 2, 0];
const SYS_NAME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 5, 0];
/// An operator should know of a device that answers fewer rows than this at a time.
const FEW_ROWS: u32 = 5;

/// Reads a device from beginning to end; also what will be known of it at the next poll. What it measures comes
/// after its counters, and whatever goes wrong with that, they were read.
pub(super) async fn run(
    asker: &mut Asker<'_>,
    plan: PollPlan,
    options: &PollOptions,
    known: Option<Known>,
) -> Result<(PollReport, Known), SnmpErrorKind> {
    let (mut report, known) = ports(asker, plan, options, known).await?;
    let said = report.system.object_id.as_deref();
    if let Some(family) = said.map_or(options.family, pdu::family_of) {
        report.pdu = Some(pdu::read(asker, family, options.deadline).await);
        (report.varbinds, report.requests) = (asker.varbinds, asker.requests);
        report.timeouts = asker.timeouts;
    }
    Ok((report, known))
}

async fn ports(
    asker: &mut Asker<'_>,
    plan: PollPlan,
    options: &PollOptions,
    mut known: Option<Known>,
) -> Result<(PollReport, Known), SnmpErrorKind> {
    let at_start = Timestamp::now();
    let begun_with = asker.repetitions;
    if let Some(before) = known.take_if(|known| known.serves(plan, options)) {
        let mut found = match asker.way {
            Some(way) if !before.has_odd_rows() => {
                rows_at_once::read(asker, way, before, plan).await?
            }
            _ => Found::Odd(before),
        };
        if let Found::Odd(before) = found {
            found = rows_again::read(asker, before, plan, options).await?;
        }
        match found {
            Found::Same(said, after) => {
                let report = report(asker, said, at_start, begun_with, &after);
                return Ok((report, after));
            }
            Found::Changed(before) | Found::Odd(before) => known = Some(before),
        }
    }
    let said = whole(asker, plan, options).await?;
    let mut after = Known::new(&said, plan, options);
    if let Some(before) = &known {
        after.inherit(before, plan);
    }
    after.learn_repetitions(asker);
    let mut report = report(asker, said, at_start, begun_with, &after);
    report.extent = Extent::WholeTable;
    Ok((report, after))
}

fn report(
    asker: &Asker<'_>,
    said: Said,
    at_start: Timestamp,
    begun_with: u32,
    known: &Known,
) -> PollReport {
    let ports: Vec<PortReading> = said.table.into_rows().map(Row::finish).collect();
    // Where another name tells the ports apart ifName is not even asked for.
    let names_matter = known.goes_by(Column::IfName) && !known.names_tell();
    let mut warnings = warnings(&ports, said.uptime_ms, names_matter);
    warnings.extend(said.warnings);
    if known.too_many.is_some() && asker.repetitions < FEW_ROWS {
        warnings.push(Warning::FewerRows {
            max_repetitions: asker.repetitions,
        });
    }
    PollReport {
        at_start,
        at_end: Timestamp::now(),
        uptime_ms: said.uptime_ms,
        engine_time_s: None,
        engine_boots: None,
        extent: Extent::KnownRows,
        system: said.system,
        ports,
        varbinds: asker.varbinds,
        packets: 0,
        octets: 0,
        requests: asker.requests,
        timeouts: asker.timeouts,
        max_repetitions: repetitions_next_time(asker, begun_with, known.too_many),
        warnings,
        pdu: None,
    }
}

/// What worked, and after a poll without trouble one more, so that one lost packet is not for ever;
/// but what failed within the hour is not tried again at once.
fn repetitions_next_time(asker: &Asker<'_>, begun_with: u32, too_many: Option<u32>) -> u32 {
    let more = begun_with + 1;
    let untried = too_many.is_none_or(|rows| more < rows);
    if asker.timeouts == 0 && asker.repetitions == begun_with && untried {
        PollOptions::MOST_REPETITIONS.min(more)
    } else {
        asker.repetitions
    }
}

async fn whole(
    asker: &mut Asker<'_>,
    plan: PollPlan,
    options: &PollOptions,
) -> Result<Said, SnmpErrorKind> {
    asker.stage = Stage::System;
    let (system, uptime_ms, interfaces) = system(asker, plan).await?;
    let expected = interfaces.and_then(|number| usize::try_from(number).ok());
    asker.stage = Stage::Ports;
    let mut table = Table::default();
    let mut walk = Walk::new(&plan.columns(), options.max_ports, expected);
    table.fill(asker, &mut walk, options).await?;
    if table.rows.values().any(Row::lacks_wide) {
        asker.stage = Stage::NarrowCounters;
        let mut narrow = Walk::new(&Column::NARROW, options.max_ports, expected);
        table.fill(asker, &mut narrow, options).await?;
    }
    let other_names = options.known_by != Column::IfName || table.names_fail();
    if plan.may_use_known_rows() && other_names {
        asker.stage = Stage::Names;
        let mut names = Walk::new(&Column::OTHER_NAMES, options.max_ports, expected);
        table.fill(asker, &mut names, options).await?;
    }
    let odd = walk.odd.into_iter();
    Ok(Said {
        system,
        uptime_ms,
        interfaces,
        table,
        warnings: odd
            .map(|(column, rows)| Warning::OddIndex { column, rows })
            .collect(),
    })
}

/// The system group, sysUpTime in milliseconds and ifNumber.
async fn system(
    asker: &mut Asker<'_>,
    plan: PollPlan,
) -> Result<(System, Option<u64>, Option<u32>), SnmpErrorKind> {
    let mut names = [SYS_UP_TIME, SYS_NAME, IF_NUMBER]
        .map(|arcs| Oid::from_slice(&arcs))
        .to_vec();
    if !plan.may_use_known_rows() {
        names.extend([Oid::from_slice(&SYS_DESCR), Oid::from_slice(&SYS_OBJECT_ID)]);
    }
    let mut system = System::default();
    let (mut uptime_ms, mut interfaces) = (None, None);
    for (oid, value) in asker.get(&names).await? {
        match oid.arcs() {
            arcs if arcs == SYS_UP_TIME => uptime_ms = value::ticks_ms(&value).ok(),
            arcs if arcs == IF_NUMBER => interfaces = value::gauge(&value).ok(),
            arcs if arcs == SYS_NAME => system.name = text(&value),
            arcs if arcs == SYS_DESCR => system.descr = text(&value),
            arcs if arcs == SYS_OBJECT_ID => system.object_id = value::object_id(&value).ok(),
            _ => {}
        }
    }
    Ok((system, uptime_ms, interfaces))
}

fn text(value: &Value) -> Option<String> {
    value::string(value).ok().flatten()
}
