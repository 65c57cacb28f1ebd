//! Finishing days: what the polls of a UTC day said becomes one block per port, and the rows go.
//!
//! In two steps. The first reads, packs, unpacks and compares, and holds no lock. The second makes sure that the rows
//! are still just those, then puts blocks and hours in and takes the rows out, in one transaction: at every instant a
//! reading is in a row or in a block and never in both.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::days::{DayRow, day_open, day_remove, days_between, decoded};
use super::rollups::{HoursOfPorts, hours_keep, hours_of_day};
use crate::base::fault::Fault;
use crate::base::ids::{ReadingId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::insert_all;
use crate::metering::day::Day;
use crate::metering::packed;
use crate::metering::rows::{NewBlock, NewDay, Port, ReadingRow, Target};
use crate::metering::sealed::{Poll, SealedDay, Sealing};
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::{ports, reading_blocks, reading_days, readings, snmp_targets};

/// A day is finished when it ended so long ago: what is under way has arrived by then.
pub const SETTLED_MS: i64 = 2 * 3_600_000;

/// Ports unpacked at once: a day of theirs at a poll a minute is some 60 MB.
const PORTS_AT_ONCE: usize = 256;

/// A device's day that can be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenDay {
    /// The device's target.
    pub target: SnmpTargetId,
    /// The day.
    pub day: Day,
}

/// A day that was packed and compared, to be put in the place of its rows.
pub struct ReadyDay {
    /// Which day.
    pub of: OpenDay,
    rows: Vec<ReadingId>,
    before: Option<DayRow>,
    sealed: SealedDay,
    hours: HoursOfPorts,
}

/// Up to `limit` days that are over and have rows, from `after` on (which is left out), by target and day.
pub fn days_open(
    c: &mut Conn,
    now: Timestamp,
    after: Option<OpenDay>,
    limit: usize,
) -> Result<Vec<OpenDay>, Fault> {
    let end = Day::of(now.plus_millis(-SETTLED_MS)).start();
    let least = after.map_or(SnmpTargetId::new(0), |after| after.target);
    let targets: Vec<SnmpTargetId> = snmp_targets::table
        .filter(snmp_targets::id.ge(least))
        .order(snmp_targets::id.asc())
        .select(snmp_targets::id)
        .load(c)?;
    let mut open = Vec::new();
    for target in targets {
        let resume = after.filter(|after| after.target == target);
        let mut from = resume.map_or(Timestamp::from_millis(i64::MIN), |after| after.day.end());
        while open.len() < limit {
            let Some(at) = first_row(c, target, from, end)? else {
                break;
            };
            let day = Day::of(at);
            open.push(OpenDay { target, day });
            from = day.end();
        }
    }
    Ok(open)
}

fn first_row(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Timestamp,
    end: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    Ok(readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.ge(from))
        .filter(readings::at.lt(end))
        .order(readings::at.asc())
        .select(readings::at)
        .first(c)
        .optional()?)
}

/// Packs a day, unpacks it and compares; none when it has no rows (any more). A fault leaves everything as it is.
pub fn day_ready(c: &mut Conn, of: OpenDay) -> Result<Option<ReadyDay>, Fault> {
    let OpenDay { target, day } = of;
    let rows = rows_of(c, of)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let row: Target = snmp_targets::table
        .find(target)
        .select(Target::as_select())
        .first(c)?;
    let before = days_between(c, target, day, day)?.pop();
    let ports = ports_said(target, &rows, before.as_ref())?;
    let wrong = |error| Fault::internal(format!("target {target} on {day}: {error}"));
    let mut sealing = Sealing::new(target, day);
    let mut hours = HoursOfPorts::new();
    // A day on which no port said anything has its times all the same.
    let parts = ports.chunks(PORTS_AT_ONCE);
    let parts: Vec<&[i64]> = if ports.is_empty() {
        vec![&[]]
    } else {
        parts.collect()
    };
    for ids in parts {
        let late = rows.iter().map(|row| poll_of(row, ids));
        let late = late.collect::<Result<Vec<Poll>, Fault>>()?;
        let polls = match &before {
            None => late,
            Some(before) => merged(of, day_open(c, target, before, ids)?, late)?,
        };
        sealing.part(&polls).map_err(wrong)?;
        let ports = ports_of(c, ids)?;
        hours.extend(hours_of_day(c, &row, &ports, day)?);
    }
    Ok(Some(ReadyDay {
        of,
        rows: rows.iter().map(|row| row.id).collect(),
        before,
        sealed: sealing.finish().map_err(wrong)?,
        hours,
    }))
}

/// The ports that said something in rows or in what is finished of the day, in order.
fn ports_said(
    target: SnmpTargetId,
    rows: &[ReadingRow],
    before: Option<&DayRow>,
) -> Result<Vec<i64>, Fault> {
    let mut all: BTreeSet<i64> = match before {
        None => BTreeSet::new(),
        Some(before) => decoded(target, before)?.ports.into_iter().collect(),
    };
    for row in rows {
        let wrong =
            |error: &dyn std::fmt::Display| Fault::internal(format!("reading {}: {error}", row.id));
        let mut of_poll = Vec::new();
        for port in packed::ports(&row.body).map_err(|error| wrong(&error))? {
            of_poll.push(port.map_err(|error| wrong(&error))?.port_id);
        }
        of_poll.sort_unstable();
        if let Some(doubled) = of_poll
            .iter()
            .zip(of_poll.iter().skip(1))
            .find(|(one, two)| one == two)
        {
            return Err(wrong(&format_args!("port {} twice", doubled.0)));
        }
        all.extend(of_poll);
    }
    Ok(all.into_iter().collect())
}

fn rows_of(c: &mut Conn, of: OpenDay) -> Result<Vec<ReadingRow>, Fault> {
    Ok(readings::table
        .filter(readings::target_id.eq(of.target))
        .filter(readings::at.ge(of.day.start()))
        .filter(readings::at.lt(of.day.end()))
        .order(readings::at.asc())
        .select(ReadingRow::as_select())
        .load(c)?)
}

/// What the ports of `ids` (sorted) said in a poll.
fn poll_of(row: &ReadingRow, ids: &[i64]) -> Result<Poll, Fault> {
    let mut ports = Vec::with_capacity(ids.len());
    packed::select(&row.body, ids, |_, port| ports.push(port))
        .map_err(|error| Fault::internal(format!("reading {}: {error}", row.id)))?;
    ports.sort_by_key(|port| port.port_id);
    Ok(Poll {
        at: row.at,
        uptime_ms: row.uptime_ms,
        ports,
    })
}

/// Late polls among those of a finished day. The same poll twice is one; two that differ are a fault.
fn merged(of: OpenDay, there: Vec<Poll>, late: Vec<Poll>) -> Result<Vec<Poll>, Fault> {
    let mut polls = there;
    polls.extend(late);
    polls.sort_by_key(|poll| poll.at);
    polls.dedup();
    let doubled = polls
        .iter()
        .zip(polls.iter().skip(1))
        .find(|(one, two)| one.at == two.at);
    match doubled {
        None => Ok(polls),
        Some((poll, _)) => Err(Fault::internal(format!(
            "target {} has two polls at {} that differ",
            of.target,
            poll.at.to_rfc3339()
        ))),
    }
}

fn ports_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Port>, Fault> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(BATCH_ROWS) {
        let some: Vec<Port> = ports::table
            .filter(ports::id.eq_any(ids))
            .select(Port::as_select())
            .load(c)?;
        found.extend(some);
    }
    Ok(found)
}

/// Puts a packed day in the place of its rows; `false` when the rows are not those it was made of any more (somebody
/// was faster, or one more came), and then nothing is changed.
pub fn day_seal(c: &mut Conn, ready: &ReadyDay) -> Result<bool, Fault> {
    let OpenDay { target, day } = ready.of;
    let before = days_between(c, target, day, day)?.pop();
    let rows: Vec<ReadingId> = readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.ge(day.start()))
        .filter(readings::at.lt(day.end()))
        .order(readings::at.asc())
        .select(readings::id)
        .load(c)?;
    if rows != ready.rows || before != ready.before {
        return Ok(false);
    }
    if let Some(before) = &before {
        day_remove(c, target, before)?;
    }
    insert(c, ready)?;
    hours_keep(c, &ready.hours)?;
    let removed = diesel::delete(
        readings::table
            .filter(readings::target_id.eq(target))
            .filter(readings::at.ge(day.start()))
            .filter(readings::at.lt(day.end())),
    )
    .execute(c)?;
    if removed != ready.rows.len() {
        return Err(Fault::internal(format!(
            "target {target} on {day}: {removed} rows to remove instead of {}",
            ready.rows.len()
        )));
    }
    Ok(true)
}

fn insert(c: &mut Conn, ready: &ReadyDay) -> Result<(), Fault> {
    let (OpenDay { target, day }, sealed) = (ready.of, &ready.sealed);
    diesel::insert_into(reading_days::table)
        .values(NewDay {
            target_id: target,
            day: day.number(),
            first_at: sealed.first_at,
            last_at: sealed.last_at,
            polls: i64::try_from(sealed.count).unwrap_or(i64::MAX),
            body: &sealed.polls,
        })
        .execute(c)?;
    let blocks: Vec<NewBlock<'_>> = sealed
        .blocks
        .iter()
        .map(|(port, body)| NewBlock {
            port_id: *port,
            day: day.number(),
            body,
        })
        .collect();
    insert_all!(c, reading_blocks::table, blocks)?;
    Ok(())
}
