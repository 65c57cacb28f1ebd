//! Hours of ports, kept by month.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::readings::{first_after, last_before};
use super::series::read;
use crate::base::fault::Fault;
use crate::base::ids::PortId;
use crate::base::time::Timestamp;
use crate::metering::day::{Day, Month};
use crate::metering::period::Period;
use crate::metering::rollup::{self, Hour};
use crate::metering::rows::{Port, Target};
use crate::store::Conn;
use crate::store::schema::series_rollups;

/// A silence longer than this may have been judged without its end when the day before was finished.
const LATE_MS: i64 = 3_600_000;
/// At most so many days are drawn again when a device comes back after a long silence.
const LONGEST_SILENCE_DAYS: i64 = 62;

/// Hours of ports, by port.
pub(super) type HoursOfPorts = BTreeMap<PortId, Vec<Hour>>;

/// The hours of a device's day as the readings say now, and of the days of the silence before it.
pub(super) fn hours_of_day(
    c: &mut Conn,
    target: &Target,
    ports: &[Port],
    day: Day,
) -> Result<HoursOfPorts, Fault> {
    let period = Period {
        from: drawn_from(c, target, day)?.start(),
        until: day.end(),
    };
    let mut slots = BTreeMap::new();
    let ports: Vec<&Port> = ports.iter().collect();
    read(c, target, &ports, period, &mut slots)?;
    let hours = slots
        .into_iter()
        .map(|(port, slots)| (port, rollup::hours(&slots)));
    Ok(hours.collect())
}

/// The first day whose hours a day's readings have a say in.
fn drawn_from(c: &mut Conn, target: &Target, day: Day) -> Result<Day, Fault> {
    let first = first_after(c, target.id, day.start())?;
    let before = last_before(c, target.id, day.start().plus_millis(-1))?;
    Ok(match (first, before) {
        (Some(first), Some(before))
            if first.since_millis(day.start()) >= LATE_MS || Day::of(before) < day.plus(-1) =>
        {
            Day::of(before).max(day.plus(-LONGEST_SILENCE_DAYS))
        }
        _ => day,
    })
}

/// Puts hours into their months.
pub(super) fn hours_keep(c: &mut Conn, of: &HoursOfPorts) -> Result<(), Fault> {
    for (port, hours) in of {
        let months = hours.chunk_by(|one, two| month_of(one) == month_of(two));
        for hours in months {
            if let Some(month) = hours.first().map(month_of) {
                month_keep(c, *port, month, hours)?;
            }
        }
    }
    Ok(())
}

fn month_of(hour: &Hour) -> Month {
    Day::of(hour.start).month()
}

fn month_keep(c: &mut Conn, port: PortId, month: Month, hours: &[Hour]) -> Result<(), Fault> {
    let row: Option<(i64, Vec<u8>)> = series_rollups::table
        .filter(series_rollups::port_id.eq(port))
        .filter(series_rollups::month.eq(month.number()))
        .select((series_rollups::id, series_rollups::body))
        .first(c)
        .optional()?;
    let there = match &row {
        Some((_, body)) => decoded(port, month, body)?,
        None => Vec::new(),
    };
    let hours = rollup::replaced(there, hours);
    let body = rollup::encode(&hours, port.get(), month).map_err(Fault::internal)?;
    match row {
        Some((id, _)) => diesel::update(series_rollups::table.find(id))
            .set(series_rollups::body.eq(body))
            .execute(c)?,
        None => diesel::insert_into(series_rollups::table)
            .values((
                series_rollups::port_id.eq(port),
                series_rollups::month.eq(month.number()),
                series_rollups::body.eq(body),
            ))
            .execute(c)?,
    };
    Ok(())
}

fn decoded(port: PortId, month: Month, body: &[u8]) -> Result<Vec<Hour>, Fault> {
    rollup::decode(body, port.get(), month).map_err(|error| {
        let first = month.first_day();
        Fault::internal(format!("hours of port {port} from {first}: {error}"))
    })
}

/// The hours of a port that begin in a time, as far as its days are finished.
pub(super) fn hours_between(
    c: &mut Conn,
    port: PortId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Hour>, Fault> {
    let (first, last) = (Day::of(from).month(), Day::of(until).month());
    let rows: Vec<(i64, Vec<u8>)> = series_rollups::table
        .filter(series_rollups::port_id.eq(port))
        .filter(series_rollups::month.between(first.number(), last.number()))
        .order(series_rollups::month.asc())
        .select((series_rollups::month, series_rollups::body))
        .load(c)?;
    let mut hours = Vec::with_capacity(rows.len() * 744);
    for (month, body) in rows {
        let all = decoded(port, Month::from_number(month), &body)?;
        hours.extend(
            all.into_iter()
                .filter(|hour| hour.start >= from && hour.start < until),
        );
    }
    Ok(hours)
}
