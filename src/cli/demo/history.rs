//! Readings of the past, from the same traffic that the simulated switches show now.

use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::page::PageRequest;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::Actor;
use crate::metering::counter::Width;
use crate::metering::naming::PortNames;
use crate::metering::packets::PacketCounters;
use crate::metering::period::Period;
use crate::metering::poll::PortSeen;
use crate::metering::{
    History, NamedTarget, history_fill, port_by_name, port_mark_uplink, target_list,
};
use crate::sim::switch::{PortSpec, SwitchSpec};
use crate::store::{Conn, Store};

use super::{models, sample};

const DAY_S: i64 = 86_400;
/// Shortest time between two readings of the past; a month of them is quick to make and to draw.
const STEP_MS: i64 = 300_000;

/// Stores `days` of readings of every target that has none, up to `now`.
pub fn make(store: &Store, boot: Timestamp, days: u16, now: Timestamp) -> Result<(), Fault> {
    let sold = models::sold_ports(
        &sample::rows("allocations")?,
        &sample::rows("allocation-ports")?,
    );
    let period = Period {
        from: now.plus_seconds(-i64::from(days) * DAY_S),
        until: now,
    };
    for target in targets(store)? {
        let switch = models::switch(&target.device, boot, &sold);
        store.write_blocking("demo.history", |c| fill(c, &target, &switch, period))?;
    }
    Ok(())
}

/// All targets with the names of their devices.
pub fn targets(store: &Store) -> Result<Vec<NamedTarget>, Fault> {
    let page = PageRequest::largest();
    let actor = Actor::task("demo", Timestamp::now());
    let page = store.read_blocking(|c| target_list(c, &actor, "", &page))?;
    Ok(page.rows)
}

fn fill(
    c: &mut Conn,
    target: &NamedTarget,
    switch: &SwitchSpec,
    period: Period,
) -> Result<(), Fault> {
    let ports: Vec<PortSeen> = switch.ports.iter().map(seen).collect();
    let octets_at = |place: usize, at| {
        switch
            .ports
            .get(place)
            .map_or((0, 0), |port| port.octets_at(at))
    };
    let history = History {
        period,
        step_ms: target.target.interval_ms().max(STEP_MS),
        boot: switch.boot,
        ports: &ports,
        octets_at: &octets_at,
    };
    let actor = Actor::task("demo", period.until);
    if history_fill(c, &actor, target.target.id, &history)? > 0 {
        mark_uplinks(c, &actor, target.target.device_id, switch)?;
    }
    Ok(())
}

/// The first two of a switch's fastest ports that are in use are its uplinks.
fn mark_uplinks(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    switch: &SwitchSpec,
) -> Result<(), Fault> {
    let speeds = switch.ports.iter().map(|port| port.speed_mbps);
    let (slowest, fastest) = (speeds.clone().min(), speeds.max());
    if slowest == fastest {
        return Ok(());
    }
    let of_use = |port: &&PortSpec| port.up && Some(port.speed_mbps) == fastest;
    for port in switch.ports.iter().filter(of_use).take(2) {
        if let Some(port) = port_by_name(c, device, &port.name)? {
            port_mark_uplink(c, actor, port.id, true)?;
        }
    }
    Ok(())
}

/// A port as a poll of it would bring it.
fn seen(port: &PortSpec) -> PortSeen {
    PortSeen {
        if_index: port.if_index,
        names: PortNames {
            name: Some(port.name.clone()),
            descr: Some(port.descr.clone()),
            alias: Some(port.alias.clone()),
        },
        if_type: Some(port.if_type),
        speed: Some(BitsPerSecond::new(i64::from(port.speed_mbps) * 1_000_000)),
        admin_up: Some(true),
        oper_up: Some(port.up),
        width: Some(Width::Bits64),
        in_octets: None,
        out_octets: None,
        discontinuity: Some(0),
        packets: PacketCounters::NONE,
    }
}
