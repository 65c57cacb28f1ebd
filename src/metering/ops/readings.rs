//! The stored readings of a device, unpacked for some of its ports.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;
use crate::metering::counter::Reading;
use crate::metering::packed;
use crate::metering::rows::Port;
use crate::store::Conn;
use crate::store::schema::readings;

/// Readings fetched at once: what a month of five-minute polls has.
const BATCH: i64 = 9_000;

/// The readings of one port.
pub(super) struct OfPort {
    /// The port.
    pub id: i64,
    /// Its readings, in order of time.
    pub readings: Vec<Reading>,
}

impl OfPort {
    /// Ports without any reading yet.
    pub fn of(ports: &[&Port]) -> Vec<Self> {
        let of = ports.iter().map(|port| Self {
            id: port.id.get(),
            readings: Vec::new(),
        });
        of.collect()
    }
}

/// The last reading at or before an instant.
pub(super) fn last_before(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    Ok(readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.le(at))
        .order(readings::at.desc())
        .select(readings::at)
        .first(c)
        .optional()?)
}

/// The first reading at or after an instant.
pub(super) fn first_after(
    c: &mut Conn,
    target: SnmpTargetId,
    at: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    Ok(readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.ge(at))
        .order(readings::at.asc())
        .select(readings::at)
        .first(c)
        .optional()?)
}

/// Goes through the readings of a device from `from` to `until`, both included, a batch at a time.
pub(super) fn read_between(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Timestamp,
    until: Timestamp,
    of: &mut [OfPort],
) -> Result<(), Fault> {
    let mut from = from;
    loop {
        let batch: Vec<(Timestamp, Option<i64>, Vec<u8>)> = readings::table
            .filter(readings::target_id.eq(target))
            .filter(readings::at.between(from, until))
            .order(readings::at.asc())
            .limit(BATCH)
            .select((readings::at, readings::uptime_ms, readings::body))
            .load(c)?;
        for (at, uptime_ms, body) in &batch {
            unpack(*at, *uptime_ms, body, of)?;
        }
        match batch.last() {
            Some((at, ..)) if batch.len() as i64 == BATCH => from = at.plus_millis(1),
            _ => return Ok(()),
        }
    }
}

fn unpack(
    at: Timestamp,
    uptime_ms: Option<i64>,
    body: &[u8],
    of: &mut [OfPort],
) -> Result<(), Fault> {
    let broken = |error: packed::DecodeError| {
        Fault::internal(format!("reading at {}: {error}", at.millis()))
    };
    let uptime_ms = uptime_ms.and_then(|uptime| u64::try_from(uptime).ok());
    let mut left = of.len();
    for port in packed::ports(body).map_err(broken)? {
        let port = port.map_err(broken)?;
        let Some(of) = of.iter_mut().find(|of| of.id == port.port_id) else {
            continue;
        };
        of.readings.push(Reading {
            at,
            uptime_ms,
            discontinuity: port.discontinuity,
            in_octets: port.in_octets,
            out_octets: port.out_octets,
            width: port.width,
        });
        left -= 1;
        if left == 0 {
            break;
        }
    }
    Ok(())
}

/// The last two readings of a device in a time.
pub(super) fn read_last_two(
    c: &mut Conn,
    target: SnmpTargetId,
    from: Timestamp,
    until: Timestamp,
    of: &mut [OfPort],
) -> Result<(), Fault> {
    let mut last_two: Vec<(Timestamp, Option<i64>, Vec<u8>)> = readings::table
        .filter(readings::target_id.eq(target))
        .filter(readings::at.between(from, until))
        .order(readings::at.desc())
        .limit(2)
        .select((readings::at, readings::uptime_ms, readings::body))
        .load(c)?;
    last_two.reverse();
    for (at, uptime_ms, body) in &last_two {
        unpack(*at, *uptime_ms, body, of)?;
    }
    Ok(())
}
