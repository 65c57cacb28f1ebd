//! The event logs of machines: kept once, also when the BMC's own log is cleared; searched; let go.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::machines::machine;
use crate::base::fault::Fault;
use crate::base::fold::{contains_pattern, fold_all};
use crate::base::ids::{DeviceId, MachineLogEntryId};
use crate::base::machine::{Health, LogEntry, LogPart};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::insert_all;
use crate::power::model::LogOrigin;
use crate::power::rows::{LogLine, MachineReading, NewLogLine};
use crate::power::telling::{line, print_of};
use crate::store::Conn;
use crate::store::schema::machine_log;

/// Longest words of an entry.
const LONGEST_TEXT: usize = 500;
/// Longest name, kind and id.
const LONGEST_WORD: usize = 120;
/// Most rows of a CSV file.
const CSV_ROWS: i64 = 100_000;
/// Prints looked for in one question.
const AT_ONCE: usize = 400;

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// Lines that contain this.
    pub text: String,
    /// How serious; any when empty.
    pub health: Vec<Health>,
}

/// Keeps new parts of a log. An entry that is known stays as it is; a log that was cleared gets a line that says so.
pub(super) fn log_keep(
    c: &mut Conn,
    row: &mut MachineReading,
    parts: &[LogPart],
    at: Timestamp,
) -> Result<(), Fault> {
    for part in parts {
        let had_mark = !row.mark().last_id.is_empty();
        let mut known = known_prints(c, row, &part.entries)?;
        if part.cleared && had_mark && known.is_empty() {
            row.log_epoch = row.log_epoch.saturating_add(1);
            let cleared = [cleared_line(row, at)];
            insert_all!(c, machine_log::table, cleared)?;
            known = known_prints(c, row, &part.entries)?;
        }
        let mut lines: Vec<NewLogLine> = Vec::new();
        for entry in &part.entries {
            let print = print_of(entry, row.log_epoch);
            if known.insert(print.clone()) {
                lines.push(new_line(row.device_id, entry, print, at));
            }
        }
        insert_all!(c, machine_log::table, lines)?;
        row.log_mark = serde_json::to_string(&part.mark).unwrap_or_default();
        row.log_drift_ms = part.drift_ms;
        row.log_free_percent = part.free_percent.map(i64::from);
    }
    row.log_at = Some(at);
    Ok(())
}

fn known_prints(
    c: &mut Conn,
    row: &MachineReading,
    entries: &[LogEntry],
) -> Result<BTreeSet<String>, Fault> {
    let mut known = BTreeSet::new();
    for some in entries.chunks(AT_ONCE) {
        let prints: Vec<String> = some
            .iter()
            .map(|entry| print_of(entry, row.log_epoch))
            .collect();
        let there: Vec<String> = machine_log::table
            .filter(machine_log::device_id.eq(row.device_id))
            .filter(machine_log::print.eq_any(prints))
            .select(machine_log::print)
            .load(c)?;
        known.extend(there);
    }
    Ok(known)
}

fn new_line(device: DeviceId, entry: &LogEntry, print: String, at: Timestamp) -> NewLogLine {
    let (source, kind) = (
        line(&entry.source, LONGEST_WORD),
        line(&entry.kind, LONGEST_WORD),
    );
    let text = line(&entry.text, LONGEST_TEXT);
    NewLogLine {
        device_id: device,
        origin: LogOrigin::Entry,
        entry_id: line(&entry.id, LONGEST_WORD),
        at: entry.at,
        since_start_s: entry
            .since_start
            .map(|since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)),
        read_at: at,
        search_folded: fold_all([source.as_str(), &kind, &text]),
        source,
        kind,
        text,
        asserted: entry.asserted,
        health: entry.health,
        raw: line(&entry.raw, LONGEST_TEXT),
        print,
    }
}

fn cleared_line(row: &MachineReading, at: Timestamp) -> NewLogLine {
    NewLogLine {
        device_id: row.device_id,
        origin: LogOrigin::Cleared,
        entry_id: String::new(),
        at: None,
        since_start_s: None,
        read_at: at,
        source: String::new(),
        kind: String::new(),
        text: String::new(),
        asserted: true,
        health: Health::Unknown,
        raw: String::new(),
        print: format!("cleared/{}", row.log_epoch),
        search_folded: String::new(),
    }
}

macro_rules! matching {
    ($device:expr, $filter:expr) => {{
        let filter: &LogFilter = $filter;
        let mut query = machine_log::table
            .filter(machine_log::device_id.eq($device))
            .into_boxed();
        if !filter.text.trim().is_empty() {
            let pattern = contains_pattern(&filter.text);
            query = query.filter(machine_log::search_folded.like(pattern).escape('\\'));
        }
        if !filter.health.is_empty() {
            query = query.filter(machine_log::health.eq_any(filter.health.clone()));
        }
        query
    }};
}

/// The lines of a machine's log on the actor's side of the wall, the newest first, a page of them.
pub fn log_list(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    filter: &LogFilter,
    request: &PageRequest,
) -> Result<Page<LogLine>, Fault> {
    actor.require(Permission::ViewPower)?;
    machine(c, actor, device)?;
    let limit = request.limit.clamp(1, 1000);
    let fetch = i64::try_from(limit).unwrap_or(1000) + 1;
    let key = |text: &Option<String>| text.as_deref()?.parse::<MachineLogEntryId>().ok();
    let (after, before) = (key(&request.after), key(&request.before));
    let total: i64 = matching!(device, filter).count().get_result(c)?;
    let query = matching!(device, filter)
        .limit(fetch)
        .select(LogLine::as_select());
    let mut rows: Vec<LogLine> = match (after, before) {
        (Some(after), _) => query
            .filter(machine_log::id.lt(after))
            .order(machine_log::id.desc())
            .load(c)?,
        (None, Some(before)) => query
            .filter(machine_log::id.gt(before))
            .order(machine_log::id.asc())
            .load(c)?,
        (None, None) => query.order(machine_log::id.desc()).load(c)?,
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let backwards = after.is_none() && before.is_some();
    if backwards {
        rows.reverse();
    }
    let key_of = |row: Option<&LogLine>| row.map(|row| row.id.to_string());
    let (is_older, is_newer) = if backwards {
        (true, more)
    } else {
        (more, after.is_some())
    };
    Ok(Page {
        next: is_older.then(|| key_of(rows.last())).flatten(),
        previous: is_newer.then(|| key_of(rows.first())).flatten(),
        rows,
        total,
    })
}

/// The lines that fit, the newest first, for a file.
pub fn log_all(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    filter: &LogFilter,
) -> Result<Vec<LogLine>, Fault> {
    actor.require(Permission::ViewPower)?;
    machine(c, actor, device)?;
    Ok(matching!(device, filter)
        .order(machine_log::id.desc())
        .limit(CSV_ROWS)
        .select(LogLine::as_select())
        .load(c)?)
}

/// Removes up to `limit` lines that were read before `usual`, and those of warnings and worse before `faults`; gives
/// how many.
pub fn log_expire(
    c: &mut Conn,
    usual: Timestamp,
    faults: Timestamp,
    limit: i64,
) -> Result<usize, Fault> {
    let serious = [Health::Warning, Health::Critical, Health::Fatal];
    let mut gone = 0;
    for (before, is_serious) in [(usual, false), (faults, true)] {
        let query = machine_log::table
            .filter(machine_log::read_at.lt(before))
            .order(machine_log::read_at.asc())
            .limit(limit)
            .select(machine_log::id)
            .into_boxed();
        let query = if is_serious {
            query.filter(machine_log::health.eq_any(serious))
        } else {
            query.filter(machine_log::health.ne_all(serious))
        };
        let ids: Vec<MachineLogEntryId> = query.load(c)?;
        gone +=
            diesel::delete(machine_log::table.filter(machine_log::id.eq_any(ids))).execute(c)?;
    }
    Ok(gone)
}
