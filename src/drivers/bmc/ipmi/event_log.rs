//! The event log: what is new since a mark, one record after another.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::ask::{Ask, not_understood};
use super::sensors::health;
use super::session::IpmiSession;
use crate::base::time::Timestamp;
use crate::drivers::bmc::error::{BmcError, Where};
use crate::drivers::bmc::{Health, LogEntry, LogMark, LogPart};
use crate::wire::ipmi::completion;
use crate::wire::ipmi::sdr::Sensor;
use crate::wire::ipmi::sel::{Body, Event, SelInfo, SelRecord, SelTime, UNSET, hex};
use crate::wire::ipmi::{DecodeError, DecodeKind};

const GET_SEL_INFO: u8 = 0x40;
const RESERVE_SEL: u8 = 0x42;
const GET_SEL_ENTRY: u8 = 0x43;
const GET_SEL_TIME: u8 = 0x48;
/// Id behind the last record.
const END: u16 = 0xFFFF;
/// Id that means the first record.
const FIRST: u16 = 0;
/// Records that may be added while the log is read.
const ADDED_MEANWHILE: usize = 64;
/// Reservations lost in one part before it is given up.
const MOST_RESERVATIONS: u32 = 8;

/// A record that was asked for, and the id of the next.
struct Found {
    next: u16,
    record: SelRecord,
    at: Where,
}

/// A walk through the log.
struct Walk {
    reserves: bool,
    reservation: u16,
    reserved: u32,
}

/// Names and factors of sensors, by owner and number.
type Sensors = HashMap<(u8, u8), Sensor>;

impl IpmiSession {
    pub(super) async fn read_log(
        &mut self,
        mark: LogMark,
        most: usize,
    ) -> Result<LogPart, BmcError> {
        let (data, at) = self
            .ask(Ask::storage(GET_SEL_INFO, "get sel info", Vec::new()))
            .await?;
        let info = SelInfo::decode(&data).map_err(not_understood(&at))?;
        let drift_ms = self.clock_drift().await?;
        let part = |entries, mark, cleared, more| LogPart {
            entries,
            mark,
            cleared,
            more,
            drift_ms,
            free_percent: info.free_percent(),
        };
        let stamp = stamp(&info);
        if info.entries == 0 {
            let cleared = !mark.last_id.is_empty();
            let empty = LogMark {
                stamp,
                ..LogMark::default()
            };
            return Ok(part(Vec::new(), empty, cleared, false));
        }
        if mark.stamp == stamp && is_told(&info) && !mark.last_id.is_empty() {
            return Ok(part(Vec::new(), mark, false, false));
        }
        let mut walk = Walk {
            reserves: info.reserves,
            reservation: 0,
            reserved: 0,
        };
        let (start, cleared) = self.start(&mut walk, &mark).await?;
        let most_there = usize::from(info.entries) + ADDED_MEANWHILE;
        let (records, next) = self
            .records_from(&mut walk, start, most, most_there)
            .await?;
        let more = next != END;
        let last = records.last();
        let mark = LogMark {
            last_id: last.map_or(mark.last_id, |(id, _)| id.to_string()),
            last_raw: last.map_or(mark.last_raw, |(_, record)| record.hex()),
            // With more to come the next call has to look, whatever the log says.
            stamp: if more { String::new() } else { stamp },
        };
        let sensors = self.sensors_of_events(&records).await?;
        let entries = records
            .iter()
            .map(|(id, record)| entry(*id, record, &sensors))
            .collect();
        Ok(part(entries, mark, cleared, more))
    }

    /// How far the BMC's clock is from ours; none where it was not set or is not told.
    async fn clock_drift(&mut self) -> Result<Option<i64>, BmcError> {
        let ask = Ask::storage(GET_SEL_TIME, "get sel time", Vec::new());
        let data = self.ask_if_there(ask).await?.unwrap_or_default();
        let time = data
            .first_chunk::<4>()
            .map(|octets| u32::from_le_bytes(*octets));
        Ok(match time.map(SelTime::of) {
            // Whole seconds are told: the middle of the second is the best guess.
            Some(SelTime::At(seconds)) => {
                Some(i64::from(seconds) * 1_000 + 500 - Timestamp::now().millis())
            }
            _ => None,
        })
    }

    /// Where to begin, and whether the log was cleared since the mark.
    async fn start(&mut self, walk: &mut Walk, mark: &LogMark) -> Result<(u16, bool), BmcError> {
        if mark.last_id.is_empty() {
            return Ok((FIRST, false));
        }
        let Ok(id) = mark.last_id.parse::<u16>() else {
            return Ok((FIRST, true));
        };
        Ok(match self.found(walk, id).await? {
            Some(found) if found.record.hex() == mark.last_raw => (found.next, false),
            _ => (FIRST, true),
        })
    }

    /// Records from `id` on with their ids, and the id behind the last of them.
    async fn records_from(
        &mut self,
        walk: &mut Walk,
        mut id: u16,
        most: usize,
        most_there: usize,
    ) -> Result<(Vec<(u16, SelRecord)>, u16), BmcError> {
        let (mut records, mut seen) = (Vec::new(), HashSet::new());
        while id != END && records.len() < most {
            // A log that was cleared while it was read: the next call notices.
            let Some(found) = self.found(walk, id).await? else {
                break;
            };
            let own = if id == FIRST { found.record.id } else { id };
            seen.insert(id);
            seen.insert(own);
            let endless = seen.contains(&found.next) || records.len() >= most_there;
            if endless || found.next == FIRST {
                let fault = DecodeError::new(DecodeKind::Loop, 0);
                return Err(BmcError::NotUnderstood {
                    at: found.at,
                    fault,
                });
            }
            records.push((own, found.record));
            id = found.next;
        }
        Ok((records, id))
    }

    /// One record; none when there is none of this id.
    async fn found(&mut self, walk: &mut Walk, id: u16) -> Result<Option<Found>, BmcError> {
        loop {
            self.reserve(walk).await?;
            let [r0, r1] = walk.reservation.to_le_bytes();
            let [i0, i1] = id.to_le_bytes();
            let data = vec![r0, r1, i0, i1, 0, 0xFF];
            let ask = Ask::storage(GET_SEL_ENTRY, "get sel entry", data);
            let answer = self.answer(ask).await?;
            let lost = answer.completion == completion::RESERVATION_LOST;
            if lost && walk.reserved < MOST_RESERVATIONS {
                walk.reservation = 0;
                continue;
            }
            if answer.completion == completion::NOT_PRESENT {
                return Ok(None);
            }
            let (data, at) = answer.success()?;
            let Some((next, octets)) = data.split_first_chunk::<2>() else {
                let fault = DecodeError::new(DecodeKind::Truncated, data.len());
                return Err(BmcError::NotUnderstood { at, fault });
            };
            let record = SelRecord::decode(octets).map_err(not_understood(&at))?;
            let next = u16::from_le_bytes(*next);
            return Ok(Some(Found { next, record, at }));
        }
    }

    /// With a reservation the BMC tells when the log is cleared in the middle.
    async fn reserve(&mut self, walk: &mut Walk) -> Result<(), BmcError> {
        if walk.reservation != 0 || !walk.reserves {
            return Ok(());
        }
        walk.reserved += 1;
        let ask = Ask::storage(RESERVE_SEL, "reserve sel", Vec::new());
        let data = self.ask_if_there(ask).await?.unwrap_or_default();
        let octets = data.first_chunk::<2>();
        walk.reservation = octets.map_or(0, |octets| u16::from_le_bytes(*octets));
        walk.reserves = walk.reservation != 0;
        Ok(())
    }

    /// The sensors that events are about. Events without names are better than none.
    async fn sensors_of_events(
        &mut self,
        records: &[(u16, SelRecord)],
    ) -> Result<Sensors, BmcError> {
        let is_event = |(_, record): &(u16, SelRecord)| matches!(record.body, Body::Event(_));
        if !records.iter().any(is_event) {
            return Ok(Sensors::new());
        }
        let cache = match self.shelved_records().await {
            Ok(cache) => cache,
            Err(BmcError::Completion { .. } | BmcError::NotUnderstood { .. }) => {
                return Ok(Sensors::new());
            }
            Err(error) => return Err(error),
        };
        let named = cache.named().into_iter();
        Ok(named.map(|s| ((s.owner, s.number), s)).collect())
    }
}

/// The log's own account of its last change.
fn stamp(info: &SelInfo) -> String {
    format!("{:08x}.{:08x}.{}", info.erased, info.added, info.entries)
}

/// Whether the time of the last addition is one; some BMCs never tell it.
const fn is_told(info: &SelInfo) -> bool {
    info.added != 0 && info.added != UNSET
}

fn entry(id: u16, record: &SelRecord, sensors: &Sensors) -> LogEntry {
    let (at, since_start) = match record.time() {
        SelTime::At(seconds) => (Some(Timestamp::from_seconds(i64::from(seconds))), None),
        SelTime::SinceStart(seconds) => (None, Some(Duration::from_secs(u64::from(seconds)))),
        SelTime::Unset => (None, None),
    };
    let (source, text, asserted, health) = match &record.body {
        Body::Event(event) => {
            let sensor = sensors.get(&(event.generator, event.sensor));
            let (source, text) = said(event, sensor);
            (source, text, event.asserted, health(event.severity()))
        }
        Body::OemTimed { octets, .. } => {
            let (maker, rest) = octets.split_at(3);
            let maker = maker.iter().rev().copied().collect::<Vec<_>>();
            let text = format!("{} {}", hex(&maker), hex(rest));
            (String::new(), text, true, Health::Unknown)
        }
        Body::Oem { octets, .. } => (String::new(), hex(octets), true, Health::Unknown),
    };
    LogEntry {
        id: id.to_string(),
        at,
        since_start,
        source,
        kind: record.kind_name(),
        text,
        asserted,
        health,
        raw: record.hex(),
    }
}

/// Who reported an event, and what.
fn said(event: &Event, sensor: Option<&Sensor>) -> (String, String) {
    let Some(sensor) = sensor else {
        return (format!("#0x{:02x}", event.sensor), event.text());
    };
    let comparison = sensor
        .factors
        .and_then(|factors| event.comparison(&factors));
    let text = match comparison {
        Some(comparison) => {
            let unit = sensor.unit.map_or(String::new(), |unit| format!(" {unit}"));
            format!("{}; {comparison}{unit}", event.text())
        }
        None => event.text(),
    };
    (sensor.name.clone(), text)
}
