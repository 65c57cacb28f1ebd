//! Readings as a simulated switch would have given them, for the demo: a month of them in seconds.

use diesel::prelude::*;

use super::polled_ports::{Applied, ports_apply};
use super::readings::last_before;
use super::targets::target_by_id;
use crate::base::fault::Fault;
use crate::base::ids::{PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::insert_all;
use crate::metering::counter::Width;
use crate::metering::packed::{self, PackedPort};
use crate::metering::packets::PacketCounters;
use crate::metering::period::Period;
use crate::metering::poll::{PortSeen, Sample, SystemSeen};
use crate::metering::rows::NewReading;
use crate::metering::schedule;
use crate::store::Conn;
use crate::store::schema::{readings, snmp_targets};

/// What a history is made of.
pub struct History<'a> {
    /// Its time; the last reading lies before its end.
    pub period: Period,
    /// Milliseconds from one reading to the next.
    pub step_ms: i64,
    /// When the device was started.
    pub boot: Timestamp,
    /// Its ports as a poll would see them.
    pub ports: &'a [PortSeen],
    /// Octets received and sent by a port (by its place in `ports`) since it began.
    pub octets_at: &'a dyn Fn(usize, Timestamp) -> (u64, u64),
}

/// Makes the ports and stores the readings of a target that has none yet; gives how many.
pub fn history_fill(
    c: &mut Conn,
    actor: &Actor,
    id: SnmpTargetId,
    history: &History<'_>,
) -> Result<usize, Fault> {
    actor.require(Permission::EditNetwork)?;
    let target = target_by_id(c, actor, id)?.target;
    if last_before(c, id, Timestamp::from_millis(i64::MAX))?.is_some() {
        return Ok(0);
    }
    let ids = port_ids(c, &target, history)?;
    let mut rows = Vec::new();
    let mut inserted = 0;
    let mut last = None;
    let mut at = schedule::next_beat(id, history.step_ms, history.period.from);
    while history.period.contains(at) {
        rows.push(reading(id, at, history, &ids));
        last = Some(at);
        at = at.plus_millis(history.step_ms.max(1));
        if rows.len() == 2_000 {
            inserted += insert_all!(c, readings::table, rows)?;
            rows.clear();
        }
    }
    inserted += insert_all!(c, readings::table, rows)?;
    diesel::update(snmp_targets::table.find(id))
        .set((
            snmp_targets::last_good_at.eq(last),
            snmp_targets::last_attempt_at.eq(last),
            snmp_targets::last_uptime_ms.eq(last.map(|last| last.since_millis(history.boot))),
        ))
        .execute(c)?;
    Ok(inserted)
}

fn port_ids(
    c: &mut Conn,
    target: &crate::metering::rows::Target,
    history: &History<'_>,
) -> Result<Vec<(usize, PortId)>, Fault> {
    // Counters that tell which port is which place: the ids come back with the packed ports.
    let ports = history
        .ports
        .iter()
        .enumerate()
        .map(|(place, port)| PortSeen {
            in_octets: Some(u64::try_from(place).unwrap_or(0)),
            width: port.width.or(Some(Width::Bits64)),
            ..port.clone()
        });
    let sample = Sample {
        at: history.period.from,
        uptime_ms: None,
        system: SystemSeen::default(),
        with_names: true,
        max_repetitions: 25,
        ports: ports.collect(),
    };
    let Applied { packed, .. } = ports_apply(c, target, &sample, None)?;
    let mut ids: Vec<(usize, PortId)> = packed
        .iter()
        .filter_map(|port| {
            Some((
                usize::try_from(port.in_octets?).ok()?,
                PortId::new(port.port_id),
            ))
        })
        .collect();
    ids.sort_unstable_by_key(|(_, id)| id.get());
    Ok(ids)
}

fn reading(
    id: SnmpTargetId,
    at: Timestamp,
    history: &History<'_>,
    ids: &[(usize, PortId)],
) -> NewReading {
    let ports: Vec<PackedPort> = ids
        .iter()
        .map(|(place, id)| {
            let seen = history.ports.get(*place);
            let (in_octets, out_octets) = (history.octets_at)(*place, at);
            PackedPort {
                port_id: id.get(),
                flags: 0,
                in_octets: Some(in_octets),
                out_octets: Some(out_octets),
                width: seen.and_then(|seen| seen.width).unwrap_or(Width::Bits64),
                discontinuity: seen.and_then(|seen| seen.discontinuity),
                oper_up: seen.and_then(|seen| seen.oper_up),
                packets: PacketCounters::NONE,
            }
        })
        .collect();
    NewReading {
        target_id: id,
        at,
        uptime_ms: Some(at.since_millis(history.boot)),
        body: packed::encode(&ports),
    }
}
