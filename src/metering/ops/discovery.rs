//! What was found of a target, and which of its ports are metered.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::json;

use super::allocations::allocation_port_add;
use super::discovered::{discovery_change, discovery_of};
use super::neighbours::{NeighbourFound, neighbours_of_device};
use super::port_list::links_of;
use super::targets::{NamedTarget, target_by_id};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::ids::{AllocationId, DeviceId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::metering::model::{LinkDates, TakeOver};
use crate::metering::rows::{Discovery, Port};
use crate::store::Conn;
use crate::store::schema::{allocation_ports, bandwidth_allocations, customers, ports};

/// To whom a port belongs, now or from a later date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortLink {
    /// The allocation.
    pub allocation_id: AllocationId,
    /// Its name.
    pub allocation: String,
    /// The customer's name.
    pub customer: String,
}

/// A port as a reading of names found it.
#[derive(Debug, Clone)]
pub struct FoundPort {
    /// The port.
    pub port: Port,
    /// To whom it belongs now or later: it is metered in any case.
    pub links: Vec<PortLink>,
    /// Who is at the other end.
    pub neighbours: Vec<NeighbourFound>,
}

/// What was found of a target.
#[derive(Debug, Clone)]
pub struct DiscoveryView {
    /// The target.
    pub target: NamedTarget,
    /// What was found beside its ports.
    pub discovery: Discovery,
    /// Its ports by ifIndex; those that went last.
    pub ports: Vec<FoundPort>,
}

impl DiscoveryView {
    /// Since when a reading of everything is awaited; `None` when it is there, failed, or nobody reads the device.
    pub fn awaited_since(&self) -> Option<Timestamp> {
        let target = &self.target.target;
        let asked = self.discovery.asked_at.unwrap_or(target.created_at);
        let is_read = target.names_read_at.is_some_and(|read| read >= asked);
        let has_failed = target.consecutive_failures > 0
            && target.last_attempt_at.is_some_and(|tried| tried >= asked);
        (target.enabled && !is_read && !has_failed).then_some(asked)
    }
}

/// Everything found of a target.
pub fn target_discovery(
    c: &mut Conn,
    actor: &Actor,
    id: SnmpTargetId,
) -> Result<DiscoveryView, Fault> {
    let target = target_by_id(c, actor, id)?;
    let device = target.target.device_id;
    let discovery = discovery_of(c, id)?;
    let mut links = links_from_now(c, device, actor.now)?;
    let mut neighbours = neighbours_of_device(c, actor, device)?;
    let mut all: Vec<Port> = ports::table
        .filter(ports::device_id.eq(device))
        .select(Port::as_select())
        .load(c)?;
    all.sort_by_key(|port| (port.if_index.is_none(), port.if_index, port.id.get()));
    let found = all.into_iter().map(|port| FoundPort {
        links: links.remove(&port.id).unwrap_or_default(),
        neighbours: neighbours.remove(&port.id).unwrap_or_default(),
        port,
    });
    Ok(DiscoveryView {
        target,
        discovery,
        ports: found.collect(),
    })
}

/// Links of a device's ports that are not over.
fn links_from_now(
    c: &mut Conn,
    device: DeviceId,
    now: Timestamp,
) -> Result<BTreeMap<PortId, Vec<PortLink>>, Fault> {
    let of_device: Vec<PortId> = ports::table
        .filter(ports::device_id.eq(device))
        .select(ports::id)
        .load(c)?;
    let rows: Vec<(PortId, AllocationId, String, String)> = allocation_ports::table
        .inner_join(bandwidth_allocations::table.inner_join(customers::table))
        .filter(allocation_ports::port_id.eq_any(of_device))
        .filter(
            allocation_ports::until_at
                .is_null()
                .or(allocation_ports::until_at.gt(now)),
        )
        .order(allocation_ports::from_at.asc())
        .select((
            allocation_ports::port_id,
            bandwidth_allocations::id,
            bandwidth_allocations::name,
            customers::name,
        ))
        .load(c)?;
    let mut links: BTreeMap<PortId, Vec<PortLink>> = BTreeMap::new();
    for (port, allocation_id, allocation, customer) in rows {
        links.entry(port).or_default().push(PortLink {
            allocation_id,
            allocation,
            customer,
        });
    }
    Ok(links)
}

/// Says which of the ports that will be found are metered; those that are there stay as they are.
pub fn target_take_over(
    c: &mut Conn,
    actor: &Actor,
    id: SnmpTargetId,
    take_over: TakeOver,
) -> Result<(), Fault> {
    actor.require(Permission::EditNetwork)?;
    let there = target_by_id(c, actor, id)?;
    let before = discovery_of(c, id)?.take_over;
    if before == take_over {
        return Ok(());
    }
    discovery_change(c, id, |row| row.take_over = take_over)?;
    let event = Event::new("target.take_over", "snmp_target", id.get(), there.device)
        .with(json!({"before": before, "after": take_over}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// The ports of a target by these ids; what is not all of its own is not found.
fn ports_of_target(
    c: &mut Conn,
    actor: &Actor,
    id: SnmpTargetId,
    ids: &[PortId],
) -> Result<(NamedTarget, Vec<Port>), Fault> {
    actor.require(Permission::EditNetwork)?;
    let target = target_by_id(c, actor, id)?;
    let mut wanted: Vec<PortId> = ids.to_vec();
    wanted.sort_unstable_by_key(|id| id.get());
    wanted.dedup();
    if wanted.is_empty() {
        return Err(Fault::field("ports", Message::new("fault-discovery-none")));
    }
    let found: Vec<Port> = ports::table
        .filter(ports::device_id.eq(target.target.device_id))
        .filter(ports::id.eq_any(wanted.clone()))
        .order(ports::id.asc())
        .select(Port::as_select())
        .load(c)?;
    if found.len() != wanted.len() {
        return Err(Fault::not_found());
    }
    Ok((target, found))
}

/// Begins or ends the metering of ports: all of them or none. A port that belongs to an allocation, now or later, is
/// metered in any case. Gives how many changed.
pub fn ports_meter(
    c: &mut Conn,
    actor: &Actor,
    id: SnmpTargetId,
    ids: &[PortId],
    metered: bool,
) -> Result<usize, Fault> {
    let (target, found) = ports_of_target(c, actor, id, ids)?;
    if !metered {
        let links = links_from_now(c, target.target.device_id, actor.now)?;
        let faults: Vec<FieldFault> = found
            .iter()
            .filter_map(|port| {
                let link = links.get(&port.id)?.first()?;
                let message = Message::new("fault-discovery-linked")
                    .with("port", port.name.as_str())
                    .with("allocation", link.allocation.as_str());
                Some(FieldFault::new(format!("port-{}", port.id), message))
            })
            .collect();
        if !faults.is_empty() {
            return Err(Fault::invalid(faults));
        }
    }
    let changed: Vec<&Port> = found
        .iter()
        .filter(|port| port.metered != metered)
        .collect();
    if changed.is_empty() {
        return Ok(0);
    }
    let changing: Vec<PortId> = changed.iter().map(|port| port.id).collect();
    diesel::update(ports::table.filter(ports::id.eq_any(changing)))
        .set((ports::metered.eq(metered), ports::updated_at.eq(actor.now)))
        .execute(c)?;
    let names: Vec<&str> = changed.iter().map(|port| port.name.as_str()).collect();
    let event = Event::new("target.meter", "snmp_target", id.get(), target.device)
        .with(json!({"metered": metered, "ports": names}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(changed.len())
}

/// Takes ports over: from now on they are metered and, where one is named, belong to an allocation. All of them or
/// none; each port that can't be linked is said under `port-<id>`.
pub fn ports_take_over(
    c: &mut Conn,
    actor: &Actor,
    id: SnmpTargetId,
    ids: &[PortId],
    link: Option<(AllocationId, LinkDates)>,
) -> Result<usize, Fault> {
    let (_, found) = ports_of_target(c, actor, id, ids)?;
    ports_meter(c, actor, id, ids, true)?;
    let Some((allocation, dates)) = link else {
        return Ok(found.len());
    };
    let mut faults = Vec::new();
    for port in &found {
        let other = links_of(c, None, Some(port.id))?
            .into_iter()
            .find(|(link, _)| link.dates().overlaps(&dates));
        if let Some((_, other)) = other {
            let message = Message::new("fault-discovery-overlap")
                .with("port", port.name.as_str())
                .with("allocation", other.name);
            faults.push(FieldFault::new(format!("port-{}", port.id), message));
        }
    }
    if !faults.is_empty() {
        return Err(Fault::invalid(faults));
    }
    for port in &found {
        allocation_port_add(c, actor, allocation, port.id, dates)?;
    }
    Ok(found.len())
}
