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
use crate::on_engine;
use crate::store::Conn;
use crate::store::schema::{ports, readings, snmp_targets, target_polls};

/// Where nothing is worth telling, the row is written no more often than this: it is for people.
const WRITTEN_EVERY_MS: i64 = 15 * 60_000;
/// A poll that began this late is worth telling.
const LATE_MS: i64 = 5_000;
/// Ports of one kind that are named; the others are counted.
const MOST_NAMED: usize = 5;

/// What is on record of how a target's polls go.
#[derive(Clone, Debug)]
pub struct PollTold {
    at: Timestamp,
    notes: Vec<Note>,
}

impl PollTold {
    /// Whether a poll adds nothing worth telling to it.
    #[must_use]
    pub fn tells(&self, measured: &Measured, now: Timestamp) -> bool {
        let age_ms = now.since_millis(self.at);
        measured.timeouts == 0
            && measured.lag_ms < LATE_MS
            && !measured.with_names
            && (0..WRITTEN_EVERY_MS).contains(&age_ms)
            && light_notes(measured, &self.notes) == self.notes
    }
}

/// How the last poll of a target went, as far as it is kept.
pub fn target_poll(c: &mut Conn, id: SnmpTargetId) -> Result<Option<TargetPoll>, Fault> {
    Ok(on_engine!(c, c => target_polls::table
        .find(id)
        .select(TargetPoll::as_select())
        .get_result(c))
    .optional()?)
}

/// Keeps how a poll went whose readings were just kept; gives what is on record then.
pub fn poll_measured(
    c: &mut Conn,
    id: SnmpTargetId,
    measured: &Measured,
    now: Timestamp,
) -> Result<PollTold, Fault> {
    let before = target_poll(c, id)?;
    let told = before.as_ref().map(|before| PollTold {
        at: before.at,
        notes: before.notes(),
    });
    if let Some(told) = told.as_ref().filter(|told| told.tells(measured, now)) {
        return Ok(told.clone());
    }
    let standing = told.map(|told| told.notes).unwrap_or_default();
    let notes = notes(c, id, measured, &standing)?;
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
    Ok(PollTold { at: now, notes })
}

/// What a reading of counters shows, and what stands from the last reading of everything.
fn light_notes(measured: &Measured, standing: &[Note]) -> Vec<Note> {
    let standing = standing.iter().filter(|note| note.word.lasts());
    let mut notes: Vec<Note> = measured.notes.iter().chain(standing).cloned().collect();
    notes.sort_by_key(|note| note.word);
    notes
}

/// What was shown now, what stands from the last reading of everything, and what the ports' rows say.
fn notes(
    c: &mut Conn,
    id: SnmpTargetId,
    measured: &Measured,
    standing: &[Note],
) -> Result<Vec<Note>, Fault> {
    if !measured.with_names {
        return Ok(light_notes(measured, standing));
    }
    let mut notes = measured.notes.clone();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metering::note::PollExtent;

    const AT: Timestamp = Timestamp::from_seconds(1_793_491_200);

    fn measured(notes: Vec<Note>) -> Measured {
        Measured {
            lag_ms: 3,
            duration_ms: 20,
            requests: 5,
            timeouts: 0,
            varbinds: 434,
            packets: 10,
            octets: 6_900,
            extent: PollExtent::KnownRows,
            with_names: false,
            notes,
        }
    }

    #[test]
    fn only_what_is_new_is_worth_telling() {
        let lasting = Note::new(NoteWord::Frozen).about("Gi0/1");
        let shown = Note::new(NoteWord::NarrowCounters).counted(2, 48);
        let told = PollTold {
            at: AT,
            notes: vec![lasting.clone(), shown.clone()],
        };
        let usual = measured(vec![shown.clone()]);
        let later = AT.plus_seconds(300);
        assert!(
            told.tells(&usual, later),
            "what lasts need not be shown again"
        );
        let table = [
            (
                "late",
                Measured {
                    lag_ms: LATE_MS,
                    ..usual.clone()
                },
            ),
            (
                "unanswered",
                Measured {
                    timeouts: 1,
                    ..usual.clone()
                },
            ),
            (
                "of everything",
                Measured {
                    with_names: true,
                    ..usual.clone()
                },
            ),
            ("better", measured(Vec::new())),
            (
                "worse",
                measured(vec![shown, Note::new(NoteWord::NoUptime)]),
            ),
        ];
        for (name, measured) in table {
            assert!(!told.tells(&measured, later), "{name}");
        }
        assert!(!told.tells(&usual, AT.plus_millis(WRITTEN_EVERY_MS)), "old");
        assert!(!told.tells(&usual, AT.plus_millis(-1)), "from the future");
    }
}
