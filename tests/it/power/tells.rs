//! What a pretended BMC tells of its machine, and how it takes a new password.

use std::time::Duration;

use coldaisle::base::machine::{
    Controller, Health, Light, LogEntry, LogMark, LogPart, Part, PartKind, Quantity, SensorReading,
    Thresholds,
};
use coldaisle::base::time::Timestamp;
use coldaisle::power::port::{PortFault, PortFaultKind};

/// What becomes of a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sets {
    /// It holds from now on.
    #[default]
    Yes,
    /// It holds, but the answer is lost.
    Mute,
    /// Nothing happens and the answer is lost.
    Deaf,
    /// It says that it won't.
    Refuses,
    /// It says yes and takes neither password any more.
    Locks,
}

/// What one BMC tells.
#[derive(Debug, Default)]
pub struct Tells {
    pub sensors: Vec<SensorReading>,
    pub watts: Option<u32>,
    pub light: Option<Light>,
    pub serials: Vec<String>,
    /// Questions for serial numbers.
    pub serials_asked: usize,
    pub log: Vec<LogEntry>,
    pub drift_ms: Option<i64>,
    pub parts: Vec<Part>,
    pub controller: Option<Controller>,
    /// What the sensors fail with.
    pub fault: Option<PortFaultKind>,
    /// The one password that lets in; any when none is set.
    pub password: Option<String>,
    pub sets: Sets,
    /// New passwords that arrived.
    pub set: usize,
    /// Logins with a wrong password.
    pub wrong: usize,
    /// Readings of the log.
    pub looks: usize,
}

impl Tells {
    /// The part of the log after a mark, as a real one gives it.
    pub fn log_after(&mut self, mark: &LogMark, most: usize) -> LogPart {
        self.looks += 1;
        let known = self
            .log
            .iter()
            .position(|entry| entry.id == mark.last_id && entry.raw == mark.last_raw);
        let cleared = known.is_none() && !mark.last_id.is_empty();
        let from = known.map_or(0, |at| at + 1);
        let entries: Vec<LogEntry> = self.log.iter().skip(from).take(most).cloned().collect();
        let more = from + entries.len() < self.log.len();
        let mark = match entries.last() {
            Some(last) => LogMark {
                last_id: last.id.clone(),
                last_raw: last.raw.clone(),
                stamp: String::new(),
            },
            None if cleared => LogMark::default(),
            None => mark.clone(),
        };
        LogPart {
            entries,
            mark,
            cleared,
            more,
            drift_ms: self.drift_ms,
            free_percent: Some(60),
        }
    }

    /// Takes a new password as it is told to.
    pub fn set_password(&mut self, new: &str) -> Result<(), PortFault> {
        self.set += 1;
        let lost = PortFault {
            may_have_acted: true,
            ..PortFault::new(PortFaultKind::Passing, "no-answer", "as the test wants")
        };
        match self.sets {
            Sets::Yes | Sets::Mute => self.password = Some(new.to_owned()),
            Sets::Locks => self.password = Some("locked out".to_owned()),
            Sets::Deaf | Sets::Refuses => {}
        }
        match self.sets {
            Sets::Yes | Sets::Locks => Ok(()),
            Sets::Mute | Sets::Deaf => Err(lost),
            Sets::Refuses => Err(PortFault::new(
                PortFaultKind::Lasting,
                "privilege",
                "as the test wants",
            )),
        }
    }
}

pub fn sensor(key: &str, quantity: Quantity, value: f64, health: Health) -> SensorReading {
    SensorReading {
        key: key.into(),
        name: format!("Sensor {key}"),
        entity: Some("processor 1".into()),
        quantity,
        value: (quantity != Quantity::Discrete).then_some(value),
        unit: Some("°C"),
        health,
        state: health.to_string(),
        states: Vec::new(),
        thresholds: Thresholds {
            upper_critical: Some(95.0),
            ..Thresholds::default()
        },
    }
}

pub fn entry(id: i64, text: &str) -> LogEntry {
    LogEntry {
        id: id.to_string(),
        at: Some(Timestamp::from_millis(1_795_000_000_000 + id * 1000)),
        since_start: None,
        source: "CPU1 Temp".into(),
        kind: "Temperature".into(),
        text: text.into(),
        asserted: true,
        health: Health::Critical,
        raw: format!("{id:032x}"),
    }
}

/// An entry of a clock that was not set.
pub fn timeless(id: i64, text: &str) -> LogEntry {
    LogEntry {
        at: None,
        since_start: Some(Duration::from_secs(12)),
        ..entry(id, text)
    }
}

pub fn disk(slot: &str, serial: &str) -> Part {
    Part {
        serial: serial.into(),
        model: "SSD 1".into(),
        octets: Some(960_000_000_000),
        ..Part::new(PartKind::Disk, slot)
    }
}

pub fn product(serial: &str) -> Part {
    Part {
        serial: serial.into(),
        model: "R650".into(),
        ..Part::new(PartKind::Product, "1")
    }
}
