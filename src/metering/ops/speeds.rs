//! Line speeds of ports over time.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::PortId;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::rows::{Port, Target};
use crate::metering::schedule::NAMES_ARE_GOOD_FOR_MS;
use crate::metering::speeds::SpeedChange;
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::port_speed_changes;

/// The line speed of a port over time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LineSpeeds {
    /// Before all changes.
    pub first: Option<BitsPerSecond>,
    /// In order of time.
    pub changes: Vec<SpeedChange>,
}

/// The line speeds of ports. What an operator says of a port holds for all time: it says that the device lies.
pub(super) fn speeds_of(
    c: &mut Conn,
    ports: &[&Port],
) -> Result<BTreeMap<PortId, LineSpeeds>, Fault> {
    type Row = (
        PortId,
        Timestamp,
        Option<BitsPerSecond>,
        Option<BitsPerSecond>,
    );
    let mut all: BTreeMap<PortId, LineSpeeds> = ports
        .iter()
        .map(|port| {
            let constant = LineSpeeds {
                first: port.line_speed(),
                changes: Vec::new(),
            };
            (port.id, constant)
        })
        .collect();
    let dated: Vec<PortId> = ports
        .iter()
        .filter(|port| port.speed_override_bps.is_none())
        .map(|port| port.id)
        .collect();
    let mut begun = BTreeSet::new();
    for ids in dated.chunks(BATCH_ROWS) {
        let rows: Vec<Row> = port_speed_changes::table
            .filter(port_speed_changes::port_id.eq_any(ids))
            .order((
                port_speed_changes::port_id.asc(),
                port_speed_changes::id.asc(),
            ))
            .select((
                port_speed_changes::port_id,
                port_speed_changes::at,
                port_speed_changes::before_bps,
                port_speed_changes::after_bps,
            ))
            .load(c)?;
        for (port, from, before, bps) in rows {
            if let Some(speeds) = all.get_mut(&port) {
                if begun.insert(port) {
                    speeds.first = before;
                }
                // What was learnt later wins, also over what a clock that was ahead has dated later.
                while speeds.changes.last().is_some_and(|last| last.from > from) {
                    speeds.changes.pop();
                }
                speeds.changes.push(SpeedChange { from, bps });
            }
        }
    }
    Ok(all)
}

/// Keeps that a device says another speed of a port than before. A faster line may have been so since speeds were
/// last read; a slower one counts from now on: in doubt nothing that was carried is taken for impossible.
pub(super) fn speed_changed(
    c: &mut Conn,
    target: &Target,
    before: &Port,
    after: &Port,
    at: Timestamp,
) -> Result<(), Fault> {
    if before.speed_bps == after.speed_bps || before.last_seen_at.is_none() {
        return Ok(());
    }
    let from = if after.speed_bps > before.speed_bps {
        // Forgotten when a line came up or the device restarted; names are never older than an hour and two polls.
        let longest_ms = NAMES_ARE_GOOD_FOR_MS + 2 * target.interval_ms();
        let last = target.last_good_at.unwrap_or(at).min(at);
        target
            .names_read_at
            .unwrap_or_else(|| last.plus_millis(-longest_ms))
            .min(at)
    } else {
        at
    };
    diesel::insert_into(port_speed_changes::table)
        .values((
            port_speed_changes::port_id.eq(after.id),
            port_speed_changes::at.eq(from),
            port_speed_changes::before_bps.eq(before.speed_bps),
            port_speed_changes::after_bps.eq(after.speed_bps),
        ))
        .execute(c)?;
    Ok(())
}
