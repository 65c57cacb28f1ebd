//! What passed on a port from reading to reading: the finest that there is.

use super::ports::port_seen_by;
use super::readings::{OfPort, read_between};
use super::series::EDGE_INTERVALS;
use super::speeds::speeds_of;
use super::targets::target_of_device;
use crate::base::fault::Fault;
use crate::base::ids::PortId;
use crate::identity::Actor;
use crate::metering::counter::{Interval, Reading};
use crate::metering::period::Period;
use crate::metering::speeds::intervals_at_speeds;
use crate::store::Conn;

/// Longest time whose readings are given one by one, in milliseconds.
pub const LONGEST_RAW_MS: i64 = 6 * 3_600_000;

/// The intervals between the readings of a port that have a part in a time, each whole. A customer sees those that lie
/// in the dates of their own links.
pub fn port_intervals(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    asked: Period,
) -> Result<Vec<Interval>, Fault> {
    let (port, windows) = port_seen_by(c, actor, id)?;
    let Some(target) = target_of_device(c, port.device_id)? else {
        return Ok(Vec::new());
    };
    let margin_ms = target.interval_ms().saturating_mul(EDGE_INTERVALS);
    let mut of: Vec<OfPort<Reading>> = OfPort::of(&[&port]);
    let from = asked.from.plus_millis(-margin_ms);
    read_between(
        c,
        target.id,
        from,
        asked.until.plus_millis(margin_ms),
        &mut of,
    )?;
    let readings = of.pop().map(|of| of.readings).unwrap_or_default();
    let speeds = speeds_of(c, &[&port])?.remove(&port.id).unwrap_or_default();
    let rules = target.rules(speeds.first);
    let seen = |interval: &Interval| {
        windows.as_deref().is_none_or(|windows| {
            windows.iter().any(|dates| {
                dates.from <= interval.from
                    && dates.until.is_none_or(|until| interval.until <= until)
            })
        })
    };
    let intervals = intervals_at_speeds(readings, rules, &speeds.changes);
    Ok(intervals
        .filter(|interval| interval.until > asked.from && interval.from < asked.until)
        .filter(seen)
        .collect())
}
