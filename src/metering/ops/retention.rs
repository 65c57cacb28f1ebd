//! What is old enough goes: readings first, hours later.

use diesel::prelude::*;

use super::days::{DayRow, day_remove};
use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::metering::day::Day;
use crate::store::Conn;
use crate::store::schema::{reading_days, readings, series_rollups};

/// Removes up to `limit` devices' days before `day`, and rows from before it that never became blocks; gives how many.
pub fn readings_expire(c: &mut Conn, day: Day, limit: i64) -> Result<usize, Fault> {
    let old: Vec<(SnmpTargetId, DayRow)> = reading_days::table
        .filter(reading_days::day.lt(day.number()))
        .order(reading_days::day.asc())
        .limit(limit)
        .select((reading_days::target_id, DayRow::as_select()))
        .load(c)?;
    for (target, row) in &old {
        day_remove(c, *target, row)?;
    }
    if !old.is_empty() {
        return Ok(old.len());
    }
    let rows: Vec<i64> = readings::table
        .filter(readings::at.lt(day.start()))
        .limit(limit)
        .select(readings::id)
        .load(c)?;
    Ok(diesel::delete(readings::table.filter(readings::id.eq_any(rows))).execute(c)?)
}

/// Removes up to `limit` ports' months of hours that lie wholly before `day`; gives how many.
pub fn hours_expire(c: &mut Conn, day: Day, limit: i64) -> Result<usize, Fault> {
    let old: Vec<i64> = series_rollups::table
        .filter(series_rollups::month.lt(day.month().number()))
        .limit(limit)
        .select(series_rollups::id)
        .load(c)?;
    Ok(diesel::delete(series_rollups::table.filter(series_rollups::id.eq_any(old))).execute(c)?)
}
