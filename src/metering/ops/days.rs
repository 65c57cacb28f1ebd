//! The finished days of devices.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;
use crate::metering::day::Day;
use crate::metering::day_polls::{self, DayPolls};
use crate::metering::sealed::{self, Poll};
use crate::store::Conn;
use crate::store::schema::{reading_blocks, reading_days};

pub(super) use crate::metering::rows::DayRow;

/// The last finished day with a poll at or before an instant.
pub(super) fn day_before(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<DayRow>, Fault> {
    Ok(reading_days::table
        .filter(reading_days::target_id.eq(target))
        .filter(reading_days::day.le(Day::of(at).number()))
        .filter(reading_days::first_at.le(at))
        .order(reading_days::day.desc())
        .select(DayRow::as_select())
        .first(c)
        .optional()?)
}

/// The first finished day with a poll at or after an instant.
pub(super) fn day_after(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<DayRow>, Fault> {
    Ok(reading_days::table
        .filter(reading_days::target_id.eq(target))
        .filter(reading_days::day.ge(Day::of(at).number()))
        .filter(reading_days::last_at.ge(at))
        .order(reading_days::day.asc())
        .select(DayRow::as_select())
        .first(c)
        .optional()?)
}

/// The finished days of a device between two, both included, in order.
pub(super) fn days_between(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Day,
    until: Day,
) -> Result<Vec<DayRow>, Fault> {
    Ok(reading_days::table
        .filter(reading_days::target_id.eq(target))
        .filter(reading_days::day.between(from.number(), until.number()))
        .order(reading_days::day.asc())
        .select(DayRow::as_select())
        .load(c)?)
}

/// The polls of a finished day.
pub(super) fn decoded(target: SnmpTargetId, row: &DayRow) -> Result<DayPolls, Fault> {
    let day = Day::from_number(row.day);
    day_polls::decode(&row.body, target, day)
        .map_err(|error| Fault::internal(format!("polls of target {target} on {day}: {error}")))
}

/// The polls of a finished day, with those of its ports whose ids are in `ids`.
pub(super) fn day_open(
    c: &mut Conn,
    target: SnmpTargetId,
    row: &DayRow,
    ids: &[i64],
) -> Result<Vec<Poll>, Fault> {
    let day = Day::from_number(row.day);
    let of_day = decoded(target, row)?.ports;
    let ids: Vec<i64> = ids
        .iter()
        .copied()
        .filter(|id| of_day.binary_search(id).is_ok())
        .collect();
    let mut blocks: Vec<(i64, Vec<u8>)> = Vec::with_capacity(ids.len());
    for ids in ids.chunks(crate::store::portable::BATCH_ROWS) {
        let found: Vec<(i64, Vec<u8>)> = reading_blocks::table
            .filter(reading_blocks::port_id.eq_any(ids))
            .filter(reading_blocks::day.eq(day.number()))
            .order(reading_blocks::port_id.asc())
            .select((reading_blocks::port_id, reading_blocks::body))
            .load(c)?;
        blocks.extend(found);
    }
    if blocks.len() != ids.len() {
        return Err(Fault::internal(format!(
            "target {target} on {day}: {} blocks of {}",
            blocks.len(),
            ids.len()
        )));
    }
    sealed::open(target, day, &row.body, &blocks)
        .map_err(|error| Fault::internal(format!("target {target} on {day}: {error}")))
}

/// Removes a finished day and the blocks of its ports; gives how many blocks.
pub(super) fn day_remove(c: &mut Conn, target: SnmpTargetId, row: &DayRow) -> Result<usize, Fault> {
    let mut removed = 0;
    for ids in decoded(target, row)?
        .ports
        .chunks(crate::store::portable::BATCH_ROWS)
    {
        removed += diesel::delete(
            reading_blocks::table
                .filter(reading_blocks::port_id.eq_any(ids))
                .filter(reading_blocks::day.eq(row.day)),
        )
        .execute(c)?;
    }
    diesel::delete(
        reading_days::table
            .filter(reading_days::target_id.eq(target))
            .filter(reading_days::day.eq(row.day)),
    )
    .execute(c)?;
    Ok(removed)
}
