//! Long graphs of ports: hours where days are finished, slots where they are not.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::ports::{port_seen_by, zone_of_device};
use super::readings::first_row_after;
use super::rollups::hours_between;
use super::series::{read, settled_until};
use super::targets::target_of_device;
use crate::base::fault::Fault;
use crate::base::ids::PortId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::metering::day::{DAY_MS, Day};
use crate::metering::model::LinkDates;
use crate::metering::period::Period;
use crate::metering::rollup::{self, HOUR_MS, Hour};
use crate::metering::rows::{Port, Target};
use crate::metering::series::Summary;
use crate::store::Conn;

/// A graph of more days than this is drawn from hours.
pub const LONG_GRAPH_DAYS: i64 = 40;
/// Longest time a graph may be asked for: three years.
pub const LONGEST_GRAPH_DAYS: i64 = 1_098;

/// Hours and figures of a port.
#[derive(Debug, Clone)]
pub struct LongSeries {
    /// The time asked for.
    pub asked: Period,
    /// Hours of the part of it that is settled and the reader may see; what is not there is not known.
    pub hours: Vec<Hour>,
    /// Figures of these hours, without percentiles.
    pub summary: Summary,
    /// Zone of the place; `None` where none is known.
    pub zone: Option<Tz>,
}

/// Whether a graph of this time is drawn from hours.
pub fn is_long(asked: Period) -> bool {
    asked.until.since_millis(asked.from) > LONG_GRAPH_DAYS * DAY_MS
}

/// The hours of a port. A customer sees of it the hours that lie wholly in the dates of their own links.
pub fn port_hours(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    asked: Period,
) -> Result<LongSeries, Fault> {
    let (port, windows) = port_seen_by(c, actor, id)?;
    let zone = zone_of_device(c, port.device_id)?;
    let mut hours = match target_of_device(c, port.device_id)? {
        Some(target) => hours_of(c, &target, &port, asked, actor.now)?,
        None => Vec::new(),
    };
    if let Some(windows) = windows {
        hours.retain(|hour| windows.iter().any(|dates| covers(dates, hour.start)));
    }
    Ok(LongSeries {
        asked,
        summary: rollup::summary(&hours),
        hours,
        zone,
    })
}

fn covers(dates: &LinkDates, start: Timestamp) -> bool {
    let end = start.plus_millis(HOUR_MS);
    dates.from <= start && dates.until.is_none_or(|until| end <= until)
}

fn hours_of(
    c: &mut Conn,
    target: &Target,
    port: &Port,
    asked: Period,
    now: Timestamp,
) -> Result<Vec<Hour>, Fault> {
    let from_ms = asked.from.millis();
    let from = Timestamp::from_millis(from_ms - from_ms.rem_euclid(HOUR_MS));
    let until = asked.until.min(settled_until(c, target, now)?);
    // A day that could not be finished long ago is a hole in a long graph, and a failure of its task.
    let recent = until.plus_millis(-LONG_GRAPH_DAYS * DAY_MS).max(from);
    let open = first_row_after(c, target.id, recent)?
        .map(|at| Day::of(at).start().max(from))
        .filter(|open| *open < until);
    let mut hours = hours_between(c, port.id, from, open.unwrap_or(until))?;
    if let Some(open) = open {
        let period = Period { from: open, until };
        let mut slots = BTreeMap::new();
        read(c, target, &[port], period, &mut slots)?;
        hours.extend(rollup::hours(&slots.remove(&port.id).unwrap_or_default()));
    }
    Ok(hours)
}
