//! Unicast packets, errors and discards of ports.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::ports::{port_seen_by, zone_of_device};
use super::readings::{OfPort, read_between, read_last_two};
use super::targets::target_of_device;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::{Actor, Permission};
use crate::metering::model::LinkDates;
use crate::metering::packed::{self, PackedPort};
use crate::metering::packets::{COUNTERS, PacketCounters, PacketReading, Passed, passed, series};
use crate::metering::period::Period;
use crate::metering::rows::Port;
use crate::store::Conn;
use crate::store::schema::{devices, ports, readings, snmp_targets};

/// Readings on either side of a time that are looked at, so that what passed over its edges is known.
const MARGIN_MS: i64 = 3_600_000;

/// What passed on a port in a time.
#[derive(Debug, Clone, Default)]
pub struct PacketSeries {
    /// Of each counter, in the order of [`crate::metering::packets::PacketCounters::values`].
    pub of: [Vec<Passed>; COUNTERS],
    /// Zone of the place.
    pub zone: Option<chrono_tz::Tz>,
}

impl PacketSeries {
    /// What passed of a counter in all, and the time over which that is known, in milliseconds.
    #[must_use]
    pub fn total(&self, place: usize) -> Option<(u64, i64)> {
        let of = self.of.get(place)?.iter();
        let known = of.filter_map(|passed| {
            let count = passed.counts.get(place).copied().flatten()?;
            Some((count, passed.length_ms()))
        });
        known.fold(None, |sum, (count, long_ms)| {
            let (all, time_ms) = sum.unwrap_or((0_u64, 0_i64));
            Some((all.saturating_add(count), time_ms.saturating_add(long_ms)))
        })
    }
}

/// What passed on a port in a time: the intervals that end in it. A customer sees of it what lies in the dates of
/// their own links.
pub fn port_packets(
    c: &mut Conn,
    actor: &Actor,
    id: PortId,
    asked: Period,
) -> Result<PacketSeries, Fault> {
    let (port, windows) = port_seen_by(c, actor, id)?;
    let zone = zone_of_device(c, port.device_id)?;
    let Some(target) = target_of_device(c, port.device_id)? else {
        return Ok(PacketSeries {
            zone,
            ..PacketSeries::default()
        });
    };
    let mut of: Vec<OfPort<PacketReading>> = OfPort::of(&[&port]);
    let from = asked.from.plus_millis(-MARGIN_MS);
    read_between(c, target.id, from, asked.until, &mut of)?;
    let readings = of.pop().map(|of| of.readings).unwrap_or_default();
    let mut of = series(&readings);
    for passed in &mut of {
        passed.retain(|passed| {
            asked.from < passed.until
                && passed.until <= asked.until
                && seen(passed, windows.as_deref())
        });
    }
    Ok(PacketSeries { of, zone })
}

/// Whether somebody with these dates may see what passed.
fn seen(passed: &Passed, windows: Option<&[LinkDates]>) -> bool {
    windows.is_none_or(|windows| {
        windows.iter().any(|dates| {
            dates.from <= passed.from && dates.until.is_none_or(|until| passed.until <= until)
        })
    })
}

/// What passed on ports between their last two readings; none where the device has not been read for some intervals.
pub fn packets_now(
    c: &mut Conn,
    ports: &[Port],
    now: Timestamp,
) -> Result<BTreeMap<PortId, Passed>, Fault> {
    let mut by_device: BTreeMap<DeviceId, Vec<&Port>> = BTreeMap::new();
    for port in ports {
        by_device.entry(port.device_id).or_default().push(port);
    }
    let mut all = BTreeMap::new();
    for (device, ports) in by_device {
        let Some(target) = target_of_device(c, device)? else {
            continue;
        };
        let since = now.plus_millis(-target.interval_ms().saturating_mul(4));
        let mut of: Vec<OfPort<PacketReading>> = OfPort::of(&ports);
        read_last_two(c, target.id, since, now, &mut of)?;
        for (port, of) in ports.iter().zip(of) {
            if let [before, after] = of.readings.as_slice() {
                all.insert(port.id, passed(before, after));
            }
        }
    }
    Ok(all)
}

/// What a device last said of a port, for programs that compute rates themselves.
#[derive(Debug, Clone)]
pub struct PortCounters {
    /// Name of the device.
    pub device: String,
    /// Name of the port.
    pub name: String,
    /// When it was read.
    pub at: Timestamp,
    /// Octets received since the counter began.
    pub in_octets: Option<u64>,
    /// Octets sent since the counter began.
    pub out_octets: Option<u64>,
    /// Packets, errors and discards.
    pub packets: PacketCounters,
    /// ifOperStatus is up.
    pub oper_up: Option<bool>,
    /// Line speed that counts.
    pub line_speed: Option<BitsPerSecond>,
}

/// The last counters of all ports that are read, by device and port; those of devices that have been silent for four
/// intervals are left out. For staff.
pub fn port_counters(c: &mut Conn, actor: &Actor) -> Result<Vec<PortCounters>, Fault> {
    actor.require(Permission::ViewNetwork)?;
    if actor.wall().customer().is_some() {
        return Err(Fault::not_found());
    }
    let last: Vec<(DeviceId, i64, Timestamp, Vec<u8>)> = readings::table
        .inner_join(snmp_targets::table)
        .filter(snmp_targets::last_good_at.eq(readings::at.nullable()))
        .filter(snmp_targets::enabled.eq(true))
        .select((
            snmp_targets::device_id,
            snmp_targets::interval_s,
            readings::at,
            readings::body,
        ))
        .load(c)?;
    let rows: Vec<(Port, String)> = ports::table
        .inner_join(devices::table)
        .filter(ports::missing_since.is_null())
        .order((devices::name.asc(), ports::id.asc()))
        .select((Port::as_select(), devices::name))
        .load(c)?;
    let mut said: BTreeMap<i64, (Timestamp, PackedPort)> = BTreeMap::new();
    for (device, interval_s, at, body) in &last {
        if actor.now.since_millis(*at) > interval_s.saturating_mul(4_000) {
            continue;
        }
        let of_device = packed::decode(body).map_err(|error| {
            Fault::internal(format!("last reading of device {device}: {error}"))
        })?;
        said.extend(
            of_device
                .into_iter()
                .map(|port| (port.port_id, (*at, port))),
        );
    }
    let known = rows.into_iter().filter_map(|(port, device)| {
        let (at, packed) = said.remove(&port.id.get())?;
        Some(PortCounters {
            device,
            at,
            in_octets: packed.in_octets,
            out_octets: packed.out_octets,
            packets: packed.packets,
            oper_up: packed.oper_up,
            line_speed: port.line_speed(),
            name: port.name,
        })
    });
    Ok(known.collect())
}
