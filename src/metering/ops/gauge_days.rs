//! Finishing days of gauges: the readings of a day that is over become the times once and a block for each gauge, and
//! the rows go. Read, packed, unpacked and compared without a lock; then put in the place of just these rows.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::gauges::unpacked;
use super::seal::SETTLED_MS;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, GaugeReadingId};
use crate::base::time::Timestamp;
use crate::insert_all;
use crate::metering::day::{Day, Month};
use crate::metering::gauge::block::{self, DayTimes};
use crate::metering::gauge::hours::{self, GaugeHour};
use crate::metering::rows::{GaugeDayRow, GaugeReadingRow, NewGaugeBlock};
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::{gauge_blocks, gauge_days, gauge_readings, gauge_rollups};

/// A device's day of gauges that can be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenGaugeDay {
    /// The device.
    pub device: DeviceId,
    /// The day.
    pub day: Day,
}

/// A day that was packed and compared, to be put in the place of its rows.
pub struct ReadyGaugeDay {
    of: OpenGaugeDay,
    rows: Vec<GaugeReadingId>,
    before: Option<GaugeDayRow>,
    count: usize,
    times: Vec<u8>,
    blocks: Vec<(i64, Vec<u8>)>,
    hours: BTreeMap<i64, Vec<GaugeHour>>,
}

/// Readings of one time: ids and numbers, sorted by id.
type Said = BTreeMap<Timestamp, Vec<(i64, i64)>>;

/// Up to `limit` days that are over and have rows, from `after` on (which is left out), by device and day.
pub fn gauge_days_open(
    c: &mut Conn,
    now: Timestamp,
    after: Option<OpenGaugeDay>,
    limit: usize,
) -> Result<Vec<OpenGaugeDay>, Fault> {
    let end = Day::of(now.plus_millis(-SETTLED_MS)).start();
    let mut place = after.map_or(
        (DeviceId::new(0), Timestamp::from_millis(i64::MIN)),
        |after| (after.device, after.day.end()),
    );
    let mut open = Vec::new();
    while open.len() < limit {
        let (device, from) = place;
        let in_device: Option<Timestamp> = gauge_readings::table
            .filter(gauge_readings::device_id.eq(device))
            .filter(gauge_readings::at.ge(from))
            .filter(gauge_readings::at.lt(end))
            .order(gauge_readings::at.asc())
            .select(gauge_readings::at)
            .first(c)
            .optional()?;
        if let Some(at) = in_device {
            let day = Day::of(at);
            open.push(OpenGaugeDay { device, day });
            place = (device, day.end());
            continue;
        }
        let next: Option<DeviceId> = gauge_readings::table
            .filter(gauge_readings::device_id.gt(device))
            .order(gauge_readings::device_id.asc())
            .select(gauge_readings::device_id)
            .first(c)
            .optional()?;
        match next {
            Some(next) => place = (next, Timestamp::from_millis(i64::MIN)),
            None => break,
        }
    }
    Ok(open)
}

/// Packs a day, unpacks it and compares; none when it has no rows (any more). A fault leaves everything as it is.
pub fn gauge_day_ready(c: &mut Conn, of: OpenGaugeDay) -> Result<Option<ReadyGaugeDay>, Fault> {
    let OpenGaugeDay { device, day } = of;
    let rows = rows_of(c, of)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let before = day_row(c, of)?;
    let mut said = match &before {
        Some(row) => day_said(c, device, row)?,
        None => Said::new(),
    };
    for row in &rows {
        let values = unpacked(row)?;
        let kept = said.entry(row.at).or_insert_with(|| values.clone());
        if *kept != values {
            return Err(Fault::internal(format!(
                "device {device} has two readings of gauges at {} that differ",
                row.at.to_rfc3339()
            )));
        }
    }
    let wrong = |error: &dyn std::fmt::Display| {
        Fault::internal(format!("gauges of device {device} on {day}: {error}"))
    };
    let times: Vec<Timestamp> = said.keys().copied().collect();
    let columns = columns(&said);
    let head = DayTimes {
        times,
        gauges: columns.keys().copied().collect(),
    };
    let times = block::encode_times(&head, device.get(), day).map_err(|error| wrong(&error))?;
    let mut blocks = Vec::with_capacity(columns.len());
    for (id, values) in &columns {
        let body = block::encode(values, *id, day).map_err(|error| wrong(&error))?;
        let again = block::decode(&body, values.len(), *id, day).map_err(|error| wrong(&error))?;
        if again != *values {
            return Err(wrong(&format!("gauge {id} is not what it was")));
        }
        blocks.push((*id, body));
    }
    let again = block::decode_times(&times, device.get(), day).map_err(|error| wrong(&error))?;
    if again != head {
        return Err(wrong(&"the times are not what they were"));
    }
    let hours = columns.iter().map(|(id, values)| {
        let pairs = head.times.iter().zip(values);
        let known: Vec<(Timestamp, i64)> = pairs
            .filter_map(|(at, value)| Some((*at, (*value)?)))
            .collect();
        (*id, hours::hours(&known))
    });
    Ok(Some(ReadyGaugeDay {
        of,
        rows: rows.iter().map(|row| row.id).collect(),
        count: head.times.len(),
        hours: hours.collect(),
        before,
        times,
        blocks,
    }))
}

/// What each gauge said at each of the times.
fn columns(said: &Said) -> BTreeMap<i64, Vec<Option<i64>>> {
    let mut columns: BTreeMap<i64, Vec<Option<i64>>> = BTreeMap::new();
    for (place, values) in said.values().enumerate() {
        for (id, value) in values {
            let column = columns.entry(*id).or_insert_with(|| vec![None; said.len()]);
            if let Some(cell) = column.get_mut(place) {
                *cell = Some(*value);
            }
        }
    }
    columns
}

fn rows_of(c: &mut Conn, of: OpenGaugeDay) -> Result<Vec<GaugeReadingRow>, Fault> {
    Ok(gauge_readings::table
        .filter(gauge_readings::device_id.eq(of.device))
        .filter(gauge_readings::at.ge(of.day.start()))
        .filter(gauge_readings::at.lt(of.day.end()))
        .order(gauge_readings::at.asc())
        .select(GaugeReadingRow::as_select())
        .load(c)?)
}

fn day_row(c: &mut Conn, of: OpenGaugeDay) -> Result<Option<GaugeDayRow>, Fault> {
    Ok(gauge_days::table
        .filter(gauge_days::device_id.eq(of.device))
        .filter(gauge_days::day.eq(of.day.number()))
        .select(GaugeDayRow::as_select())
        .first(c)
        .optional()?)
}

/// The times of a finished day, and its gauges.
pub(super) fn day_times(device: DeviceId, row: &GaugeDayRow) -> Result<DayTimes, Fault> {
    let day = Day::from_number(row.day);
    block::decode_times(&row.body, device.get(), day)
        .map_err(|error| Fault::internal(format!("gauges of device {device} on {day}: {error}")))
}

fn day_said(c: &mut Conn, device: DeviceId, row: &GaugeDayRow) -> Result<Said, Fault> {
    let head = day_times(device, row)?;
    let mut said: Said = head.times.iter().map(|at| (*at, Vec::new())).collect();
    for ids in head.gauges.chunks(BATCH_ROWS) {
        let found: Vec<(i64, Vec<u8>)> = gauge_blocks::table
            .filter(gauge_blocks::gauge_id.eq_any(ids))
            .filter(gauge_blocks::day.eq(row.day))
            .order(gauge_blocks::gauge_id.asc())
            .select((gauge_blocks::gauge_id, gauge_blocks::body))
            .load(c)?;
        if found.len() != ids.len() {
            return Err(Fault::internal(format!(
                "gauges of device {device}: {} blocks of {}",
                found.len(),
                ids.len()
            )));
        }
        for (id, body) in found {
            let values = numbers(id, row.day, &body, head.times.len())?;
            for (at, value) in head.times.iter().zip(values) {
                if let (Some(value), Some(at)) = (value, said.get_mut(at)) {
                    at.push((id, value));
                }
            }
        }
    }
    Ok(said)
}

/// The numbers of a block.
pub(super) fn numbers(
    gauge: i64,
    day: i64,
    body: &[u8],
    count: usize,
) -> Result<Vec<Option<i64>>, Fault> {
    let day = Day::from_number(day);
    block::decode(body, count, gauge, day)
        .map_err(|error| Fault::internal(format!("gauge {gauge} on {day}: {error}")))
}

/// Puts a packed day in the place of its rows; `false` when the rows are not those it was made of any more, and then
/// nothing is changed.
pub fn gauge_day_seal(c: &mut Conn, ready: &ReadyGaugeDay) -> Result<bool, Fault> {
    let OpenGaugeDay { device, day } = ready.of;
    let rows: Vec<GaugeReadingId> = rows_of(c, ready.of)?.iter().map(|row| row.id).collect();
    if rows != ready.rows || day_row(c, ready.of)? != ready.before {
        return Ok(false);
    }
    if let Some(before) = &ready.before {
        day_remove(c, device, before)?;
    }
    diesel::insert_into(gauge_days::table)
        .values((
            gauge_days::device_id.eq(device),
            gauge_days::day.eq(day.number()),
            gauge_days::polls.eq(i64::try_from(ready.count).unwrap_or(i64::MAX)),
            gauge_days::body.eq(&ready.times),
        ))
        .execute(c)?;
    let blocks: Vec<NewGaugeBlock<'_>> = ready
        .blocks
        .iter()
        .map(|(gauge_id, body)| NewGaugeBlock {
            gauge_id: *gauge_id,
            day: day.number(),
            body,
        })
        .collect();
    insert_all!(c, gauge_blocks::table, blocks)?;
    for (gauge, hours) in &ready.hours {
        month_keep(c, *gauge, day.month(), hours)?;
    }
    let removed = diesel::delete(
        gauge_readings::table
            .filter(gauge_readings::device_id.eq(device))
            .filter(gauge_readings::at.ge(day.start()))
            .filter(gauge_readings::at.lt(day.end())),
    )
    .execute(c)?;
    if removed != ready.rows.len() {
        return Err(Fault::internal(format!(
            "gauges of device {device} on {day}: {removed} rows to remove instead of {}",
            ready.rows.len()
        )));
    }
    Ok(true)
}

fn day_remove(c: &mut Conn, device: DeviceId, row: &GaugeDayRow) -> Result<(), Fault> {
    for ids in day_times(device, row)?.gauges.chunks(BATCH_ROWS) {
        diesel::delete(
            gauge_blocks::table
                .filter(gauge_blocks::gauge_id.eq_any(ids))
                .filter(gauge_blocks::day.eq(row.day)),
        )
        .execute(c)?;
    }
    diesel::delete(
        gauge_days::table
            .filter(gauge_days::device_id.eq(device))
            .filter(gauge_days::day.eq(row.day)),
    )
    .execute(c)?;
    Ok(())
}

fn month_keep(c: &mut Conn, gauge: i64, month: Month, new: &[GaugeHour]) -> Result<(), Fault> {
    let row: Option<(i64, Vec<u8>)> = gauge_rollups::table
        .filter(gauge_rollups::gauge_id.eq(gauge))
        .filter(gauge_rollups::month.eq(month.number()))
        .select((gauge_rollups::id, gauge_rollups::body))
        .first(c)
        .optional()?;
    let there = match &row {
        Some((_, body)) => month_hours(gauge, month, body)?,
        None => Vec::new(),
    };
    let all = hours::replaced(there, new);
    let body = hours::encode(&all, gauge, month)
        .map_err(|error| Fault::internal(format!("hours of gauge {gauge}: {error}")))?;
    match row {
        Some((id, _)) => diesel::update(gauge_rollups::table.find(id))
            .set(gauge_rollups::body.eq(body))
            .execute(c)?,
        None => diesel::insert_into(gauge_rollups::table)
            .values((
                gauge_rollups::gauge_id.eq(gauge),
                gauge_rollups::month.eq(month.number()),
                gauge_rollups::body.eq(body),
            ))
            .execute(c)?,
    };
    Ok(())
}

/// The hours of a gauge in a month.
pub(super) fn month_hours(gauge: i64, month: Month, body: &[u8]) -> Result<Vec<GaugeHour>, Fault> {
    hours::decode(body, gauge, month)
        .map_err(|error| Fault::internal(format!("hours of gauge {gauge}: {error}")))
}

/// Removes up to `limit` devices' days of gauges before `day`, and rows from before it; gives how many.
pub fn gauge_days_expire(c: &mut Conn, day: Day, limit: i64) -> Result<usize, Fault> {
    let old: Vec<(DeviceId, i64)> = gauge_days::table
        .filter(gauge_days::day.lt(day.number()))
        .order((gauge_days::day.asc(), gauge_days::device_id.asc()))
        .select((gauge_days::device_id, gauge_days::day))
        .load(c)?;
    let (most, mut removed) = (usize::try_from(limit).unwrap_or(usize::MAX), 0);
    for (device, number) in old {
        if removed == most {
            return Ok(removed);
        }
        let row: GaugeDayRow = gauge_days::table
            .filter(gauge_days::device_id.eq(device))
            .filter(gauge_days::day.eq(number))
            .select(GaugeDayRow::as_select())
            .first(c)?;
        match day_times(device, &row) {
            Ok(_) => {
                day_remove(c, device, &row)?;
                removed += 1;
            }
            // It stays as it is, and must not keep the others.
            Err(fault) => {
                tracing::error!(%fault, "a day of gauges can't be read and was not removed")
            }
        }
    }
    if removed > 0 {
        return Ok(removed);
    }
    let rows: Vec<i64> = gauge_readings::table
        .filter(gauge_readings::at.lt(day.start()))
        .limit(limit)
        .select(gauge_readings::id)
        .load(c)?;
    Ok(diesel::delete(gauge_readings::table.filter(gauge_readings::id.eq_any(rows))).execute(c)?)
}

/// Removes up to `limit` gauges' months of hours that lie wholly before `day`; gives how many.
pub fn gauge_hours_expire(c: &mut Conn, day: Day, limit: i64) -> Result<usize, Fault> {
    let old: Vec<i64> = gauge_rollups::table
        .filter(gauge_rollups::month.lt(day.month().number()))
        .limit(limit)
        .select(gauge_rollups::id)
        .load(c)?;
    Ok(diesel::delete(gauge_rollups::table.filter(gauge_rollups::id.eq_any(old))).execute(c)?)
}
