//! How polls went: kept for the operator's page, beside the figures and never in them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::polled_ports::{WARNING_FELL_BACK, WARNING_FROZEN};
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::metering::frozen::{self, Look, Watched};
use crate::metering::note::{Measured, Note, NoteWord};
use crate::metering::packed;
use crate::metering::rows::TargetPoll;
use crate::store::Conn;
use crate::store::schema::{ports, readings, snmp_targets, target_polls};

/// Where nothing is worth telling, the row is written no more often than this: it is for people.
const WRITTEN_EVERY_MS: i64 = 15 * 60_000;
/// A poll that began this late is worth telling.
const LATE_MS: i64 = 5_000;
/// Ports of one kind that are named; the others are counted.
const MOST_NAMED: usize = 5;

/// How the last poll of a target went, as far as it is kept.
pub fn target_poll(c: &mut Conn, id: SnmpTargetId) -> Result<Option<TargetPoll>, Fault> {
    Ok(target_polls::table
        .find(id)
        .select(TargetPoll::as_select())
        .first(c)
        .optional()?)
}

/// Keeps how a poll went whose readings were just kept.
pub fn poll_measured(
    c: &mut Conn,
    id: SnmpTargetId,
    measured: &Measured,
    now: Timestamp,
) -> Result<(), Fault> {
    let before = target_poll(c, id)?;
    let notes = notes(c, id, measured, before.as_ref())?;
    let told = before.as_ref().is_some_and(|before| {
        measured.timeouts == 0
            && measured.lag_ms < LATE_MS
            && !measured.with_names
            && before.notes() == notes
            && now.since_millis(before.at) < WRITTEN_EVERY_MS
    });
    if told {
        return Ok(());
    }
    let row = TargetPoll {
        target_id: id,
        at: now,
        lag_ms: measured.lag_ms,
        duration_ms: measured.duration_ms,
        requests: measured.requests,
        timeouts: measured.timeouts,
        varbinds: measured.varbinds,
        packets: measured.packets,
        octets: measured.octets,
        extent: measured.extent,
        notes: serde_json::to_string(&notes)
            .map_err(|error| Fault::internal(format!("notes of a poll: {error}")))?,
    };
    match before {
        Some(_) => diesel::update(target_polls::table.find(id))
            .set(&row)
            .execute(c)?,
        None => diesel::insert_into(target_polls::table)
            .values(&row)
            .execute(c)?,
    };
    Ok(())
}

/// What was shown now, what stands from the last reading of everything, and what the ports' rows say.
fn notes(
    c: &mut Conn,
    id: SnmpTargetId,
    measured: &Measured,
    before: Option<&TargetPoll>,
) -> Result<Vec<Note>, Fault> {
    let mut notes = measured.notes.clone();
    if !measured.with_names {
        let standing = before.map(TargetPoll::notes).unwrap_or_default();
        notes.extend(standing.into_iter().filter(|note| note.word.lasts()));
        notes.sort_by_key(|note| note.word);
        return Ok(notes);
    }
    let device: DeviceId = snmp_targets::table
        .find(id)
        .select(snmp_targets::device_id)
        .first(c)?;
    notes.extend(frozen_notes(c, id, device)?);
    let fell_back: i64 = ports::table
        .filter(ports::device_id.eq(device))
        .filter(ports::missing_since.is_null())
        .filter(ports::warning.eq(WARNING_FELL_BACK))
        .count()
        .get_result(c)?;
    if fell_back > 0 {
        let count = usize::try_from(fell_back).unwrap_or(0);
        notes.push(Note::new(NoteWord::FellBack).counted(count, 0));
    }
    notes.sort_by_key(|note| note.word);
    Ok(notes)
}

/// Looks for frozen counters in the last readings, and marks their ports.
fn frozen_notes(c: &mut Conn, id: SnmpTargetId, device: DeviceId) -> Result<Vec<Note>, Fault> {
    let there: Vec<(PortId, String, String)> = ports::table
        .filter(ports::device_id.eq(device))
        .select((ports::id, ports::name, ports::warning))
        .order(ports::id.asc())
        .load(c)?;
    let looks = last_looks(c, id)?;
    let watched: Vec<Watched> = there
        .iter()
        .map(|(port, _, warning)| Watched {
            looks: looks
                .iter()
                .map(|poll| poll.get(&port.get()).copied())
                .collect(),
            was_frozen: warning == WARNING_FROZEN,
        })
        .collect();
    let frozen = frozen::frozen(&watched);
    for (place, (port, _, warning)) in there.iter().enumerate() {
        let is = frozen.contains(&place);
        let word = if is { WARNING_FROZEN } else { "" };
        // Another warning of the port goes before.
        let ours = warning.is_empty() || warning == WARNING_FROZEN;
        if ours && word != warning {
            diesel::update(ports::table.find(*port))
                .set(ports::warning.eq(word))
                .execute(c)?;
        }
    }
    let names = frozen.iter().filter_map(|place| there.get(*place));
    Ok(names
        .take(MOST_NAMED)
        .map(|(_, name, _)| {
            Note::new(NoteWord::Frozen)
                .about(name)
                .counted(frozen.len(), there.len())
        })
        .collect())
}

/// The ports in the last readings, oldest first.
fn last_looks(c: &mut Conn, id: SnmpTargetId) -> Result<Vec<BTreeMap<i64, Look>>, Fault> {
    let window = i64::try_from(frozen::WINDOW).unwrap_or(i64::MAX);
    let mut bodies: Vec<Vec<u8>> = readings::table
        .filter(readings::target_id.eq(id))
        .order(readings::at.desc())
        .limit(window)
        .select(readings::body)
        .load(c)?;
    bodies.reverse();
    let poll = |body: &Vec<u8>| {
        let ports = packed::decode(body).map_err(|error| {
            Fault::internal(format!("a reading of target {}: {error}", id.get()))
        })?;
        let looks = ports.into_iter().map(|port| {
            let look = Look {
                octets: port.in_octets.zip(port.out_octets),
                up: port.oper_up == Some(true),
            };
            (port.port_id, look)
        });
        Ok(looks.collect())
    };
    bodies.iter().map(poll).collect()
}
