//! The event log: the service's SEL, or what comes closest, read from where the last reading stopped.

use chrono::DateTime;
use serde_json::Value;

use super::look;
use super::sensor_of::health_of;
use super::session::RedfishSession;
use crate::base::time::Timestamp;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::{Health, LogEntry, LogMark, LogPart};

/// Logs that tell of people, the controller's own programs or dumps, not of the machine.
const OTHER_LOGS: &[&str] = &[
    "audit",
    "lclog",
    "iel",
    "sl",
    "journal",
    "dump",
    "hostlogger",
    "faultlist",
    "debugtoken",
    "postcode",
    "crashdump",
    "faultlog",
];

/// How well a log fits, best first; none when it is another kind of log.
fn rank(service: &Value) -> Option<u8> {
    let id = look::address(service)?;
    let id = look::last_segment(&id).to_lowercase();
    if OTHER_LOGS
        .iter()
        .any(|other| id == *other || (other.len() > 3 && id.starts_with(other)))
    {
        return None;
    }
    let kind = look::text(service, "/LogEntryType").unwrap_or_default();
    Some(match (id.as_str(), kind.as_str()) {
        ("sel", _) => 0,
        ("iml", _) => 1,
        (_, "SEL") => 2,
        (_, "Event" | "Multiple") => 3,
        _ => 4,
    })
}

impl RedfishSession {
    pub(super) async fn read_log(
        &mut self,
        mark: LogMark,
        most: usize,
    ) -> Result<LogPart, BmcError> {
        let Some(service) = self.best_log().await? else {
            return Err(BmcError::Unsupported {
                at: self.channel.here("event log"),
            });
        };
        let drift_ms = drift(&service, Timestamp::now());
        let path = look::link(&service, "/Entries").ok_or_else(|| BmcError::NotADocument {
            at: self.channel.here("event log"),
            fault: "Entries is missing".to_owned(),
        })?;
        let entries = self.collection("event log", &path).await?;
        let free_percent = free(&service, entries.len());
        let part = after(in_order(entries), mark, most);
        Ok(LogPart {
            drift_ms,
            free_percent,
            ..part
        })
    }

    /// The log service of system, controller or chassis that fits best.
    async fn best_log(&mut self) -> Result<Option<Value>, BmcError> {
        let system = self.system().await?.body;
        let mut best: Option<(u8, Value)> = None;
        for owner in 0..3 {
            let document = match owner {
                0 => Some(system.clone()),
                1 => self.manager(&system).await?,
                _ => self.chassis(&system).await?,
            };
            let document = document.unwrap_or_default();
            for service in self
                .members("log services", &document, "/LogServices")
                .await?
            {
                let Some(rank) = rank(&service) else { continue };
                if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                    best = Some((rank, service));
                }
            }
            if matches!(best, Some((0 | 1, _))) {
                break;
            }
        }
        Ok(best.map(|(_, service)| service))
    }
}

/// How far the log's clock is ahead of ours.
fn drift(service: &Value, now: Timestamp) -> Option<i64> {
    let theirs = instant(service, "/DateTime")?;
    Some(theirs.since_millis(now))
}

fn free(service: &Value, used: usize) -> Option<u8> {
    let most = look::whole(service, "/MaxNumberOfRecords").filter(|most| *most > 0)?;
    let used = u64::try_from(used).ok()?.min(most);
    u8::try_from(100 - used * 100 / most).ok()
}

/// A time of the service; none for a clock that was never set.
fn instant(document: &Value, pointer: &str) -> Option<Timestamp> {
    const YEAR_2000: i64 = 946_684_800_000;
    let text = look::text(document, pointer)?;
    let at = DateTime::parse_from_rfc3339(&text).ok()?;
    Some(Timestamp::from_millis(at.timestamp_millis())).filter(|at| at.millis() >= YEAR_2000)
}

/// Entries, oldest first: by their numbers where all have one, else by time, else as they came.
fn in_order(mut entries: Vec<Value>) -> Vec<LogEntry> {
    let number = |entry: &Value| look::text(entry, "/Id").and_then(|id| id.parse::<u64>().ok());
    if entries.iter().all(|entry| number(entry).is_some()) {
        entries.sort_by_key(number);
    } else {
        entries.sort_by_key(|entry| instant(entry, "/Created"));
    }
    entries.iter().filter_map(entry_of).collect()
}

fn entry_of(entry: &Value) -> Option<LogEntry> {
    let id = look::text(entry, "/Id")?;
    let message_id = look::text(entry, "/MessageId").unwrap_or_default();
    let message = look::text(entry, "/Message").filter(|text| !text.is_empty());
    let code = look::text(entry, "/EntryCode").unwrap_or_default();
    let origin = look::link(entry, "/Links/OriginOfCondition");
    let origin = origin.map(|origin| look::last_segment(&origin).to_owned());
    let at = instant(entry, "/EventTimestamp").or_else(|| instant(entry, "/Created"));
    let severity = match health_of(entry, "/Severity") {
        Health::Unknown => health_of(entry, "/Oem/Hpe/Severity"),
        severity => severity,
    };
    Some(LogEntry {
        id,
        at,
        since_start: None,
        source: origin.unwrap_or_default(),
        kind: look::said(entry, "/SensorType")
            .or_else(|| look::said(entry, "/EntryType"))
            .unwrap_or_default(),
        text: message
            .unwrap_or_else(|| message_id.clone())
            .chars()
            .take(1000)
            .collect(),
        asserted: !code.contains("Deassert"),
        health: severity,
        raw: message_id,
    })
}

/// What tells an entry from another with the same number in a log that was cleared meanwhile.
fn trace(entry: &LogEntry) -> String {
    let at = entry.at.map_or(0, Timestamp::millis);
    let text: String = entry.text.chars().take(80).collect();
    format!("{at} {} {text}", entry.raw)
}

/// The part after a mark. Entries must be oldest first.
fn after(entries: Vec<LogEntry>, mark: LogMark, most: usize) -> LogPart {
    let read = entries.iter().position(|entry| entry.id == mark.last_id);
    let same = read
        .and_then(|index| entries.get(index))
        .is_some_and(|entry| trace(entry) == mark.last_raw);
    let overwritten = oldest_is_newer(&entries, &mark.last_id);
    let (skip, cleared) = match read {
        _ if mark.last_id.is_empty() => (0, false),
        Some(index) if same => (index + 1, false),
        None if overwritten => (0, false),
        _ => (0, true),
    };
    let left = entries.len().saturating_sub(skip);
    let new: Vec<_> = entries.into_iter().skip(skip).take(most).collect();
    let mark = match new.last() {
        Some(last) => LogMark {
            last_id: last.id.clone(),
            last_raw: trace(last),
            stamp: String::new(),
        },
        None if cleared => LogMark::default(),
        None => mark,
    };
    LogPart {
        more: left > new.len(),
        entries: new,
        mark,
        cleared,
        drift_ms: None,
        free_percent: None,
    }
}

/// Whether a log that runs in a ring has lost the entry of the mark: all it has came later.
fn oldest_is_newer(entries: &[LogEntry], last_id: &str) -> bool {
    let oldest = entries
        .first()
        .and_then(|entry| entry.id.parse::<u64>().ok());
    match (oldest, last_id.parse::<u64>()) {
        (Some(oldest), Ok(last)) => oldest > last,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    fn log(ids: &[u64]) -> Vec<LogEntry> {
        let entries = ids.iter().map(|id| {
            json!({"Id": id.to_string(), "Created": "2026-11-01T00:00:00Z", "Message": format!("m{id}"), "MessageId": "X.1"})
        });
        in_order(entries.collect())
    }

    fn ids(part: &LogPart) -> Vec<&str> {
        part.entries.iter().map(|entry| entry.id.as_str()).collect()
    }

    #[test]
    fn a_log_is_read_on_from_the_mark() {
        let part = after(log(&[12, 11, 9, 10]), LogMark::default(), 3);
        assert_eq!(
            (ids(&part), part.more, part.cleared),
            (vec!["9", "10", "11"], true, false)
        );
        let part = after(log(&[9, 10, 11, 12]), part.mark, 3);
        assert_eq!((ids(&part), part.more), (vec!["12"], false));
        let part = after(log(&[9, 10, 11, 12]), part.mark.clone(), 3);
        assert!(part.entries.is_empty() && part.mark.last_id == "12" && !part.cleared);
    }

    #[test]
    fn a_cleared_log_is_told_from_one_that_runs_in_a_ring() {
        let mark = after(log(&[9, 10]), LogMark::default(), 10).mark;
        let ring = after(log(&[15, 16]), mark.clone(), 10);
        assert_eq!((ids(&ring), ring.cleared), (vec!["15", "16"], false));
        let cleared = after(log(&[1, 2]), mark.clone(), 10);
        assert_eq!((ids(&cleared), cleared.cleared), (vec!["1", "2"], true));
        let empty = after(Vec::new(), mark.clone(), 10);
        assert!(empty.cleared && empty.mark == LogMark::default());
        let mut refilled = log(&[9, 10]);
        refilled.last_mut().unwrap().text = "another".to_owned();
        assert!(after(refilled, mark, 10).cleared);
    }

    #[test]
    fn the_log_of_the_machine_is_preferred() {
        let service = |id: &str, kind: &str| json!({"@odata.id": format!("/x/LogServices/{id}"), "LogEntryType": kind});
        for (id, kind, expected) in [
            ("Sel", "SEL", Some(0)),
            ("SEL", "", Some(0)),
            ("IML", "", Some(1)),
            ("BIOS", "SEL", Some(2)),
            ("FaultList", "SEL", None),
            ("Log1", "", Some(4)),
            ("EventLog", "Event", Some(3)),
            ("SL", "", None),
            ("AuditLog", "Event", None),
            ("Journal", "", None),
        ] {
            assert_eq!(rank(&service(id, kind)), expected, "{id}");
        }
    }

    #[test]
    fn times_without_a_clock_are_no_times() {
        let entry = json!({"Id": 3, "Created": "1970-01-01T00:00:12Z", "EntryCode": "Deassert", "Severity": "Critical"});
        let entry = entry_of(&entry).unwrap();
        assert_eq!(
            (entry.at, entry.asserted, entry.health),
            (None, false, Health::Critical)
        );
        let entry = json!({"Id": "3", "Created": "2024-06-11T00:13:00-05:00"});
        let at = entry_of(&entry).unwrap().at.unwrap();
        assert_eq!(at.to_rfc3339(), "2024-06-11T05:13:00.000Z");
    }
}
