//! What a process has used, as Linux tells under `/proc` (proc(5)).

use std::fs::read_to_string;
use std::time::{Duration, Instant};

use crate::Outcome;

/// A tick of the times in `/proc/PID/stat`; USER_HZ is 100 on every platform Rust's Linux targets have in use.
const TICK_MS: u64 = 10;

/// Memory of a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// VmRSS.
    pub rss_kib: f64,
    /// VmHWM.
    pub hwm_kib: f64,
}

impl Usage {
    /// Of a process.
    pub fn of(pid: u32) -> Outcome<Self> {
        let status = read_to_string(format!("/proc/{pid}/status"))?;
        let field = |name: &str| -> Outcome<f64> {
            let text = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .ok_or_else(|| format!("no {name} of process {pid}"))?;
            Ok(text.trim().trim_end_matches(" kB").parse()?)
        };
        Ok(Self {
            rss_kib: field("VmRSS:")?,
            hwm_kib: field("VmHWM:")?,
        })
    }

    /// Of this process.
    pub fn own() -> Outcome<Self> {
        Self::of(std::process::id())
    }
}

/// Fields of `/proc/PID/stat` from the third on: the second, the name, may hold anything.
fn stat(pid: u32) -> Outcome<Vec<String>> {
    let text = read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, rest) = text.rsplit_once(')').ok_or("an odd stat file")?;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}

fn ticks(fields: &[String], at: [usize; 2]) -> Outcome<Duration> {
    let mut all = 0;
    for place in at {
        all += fields
            .get(place)
            .ok_or("a short stat file")?
            .parse::<u64>()?;
    }
    Ok(Duration::from_millis(all * TICK_MS))
}

/// Processor time of a process, utime and stime.
pub fn cpu(pid: u32) -> Outcome<Duration> {
    ticks(&stat(pid)?, [11, 12])
}

/// Processor time of the ended processes that this one started, cutime and cstime.
pub fn cpu_of_ended_children() -> Outcome<Duration> {
    ticks(&stat(std::process::id())?, [13, 14])
}

/// Octets a process has had written to disks, write_bytes.
pub fn written(pid: u32) -> Outcome<u64> {
    let io = read_to_string(format!("/proc/{pid}/io"))?;
    let text = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes:"));
    Ok(text.ok_or("no write_bytes")?.trim().parse()?)
}

/// A process and the processes it started that are there now.
pub fn family(pid: u32) -> Outcome<Vec<u32>> {
    let mut all = vec![pid];
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(other) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that has ended meanwhile is not of interest.
        let parent = stat(other)
            .ok()
            .and_then(|fields| fields.get(1)?.parse().ok());
        if parent == Some(pid) {
            all.push(other);
        }
    }
    Ok(all)
}

/// Time and processor time since it was started.
pub struct Watch {
    pid: u32,
    began: Instant,
    cpu: Duration,
}

/// What was spent between two looks.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// On the clock.
    pub wall: Duration,
    /// Of processors.
    pub cpu: Duration,
}

impl Watch {
    /// Watches this process.
    pub fn own() -> Outcome<Self> {
        Self::of(std::process::id())
    }

    /// Watches a process.
    pub fn of(pid: u32) -> Outcome<Self> {
        Ok(Self {
            pid,
            began: Instant::now(),
            cpu: cpu(pid)?,
        })
    }

    /// Since the start.
    pub fn spent(&self) -> Outcome<Spent> {
        Ok(Spent {
            wall: self.began.elapsed(),
            cpu: cpu(self.pid)?.saturating_sub(self.cpu),
        })
    }
}
