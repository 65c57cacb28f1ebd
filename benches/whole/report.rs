//! Figures with their units: a line each for people, JSON for programs.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Outcome;
use crate::process::Usage;

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured, at which size.
    pub of: String,
    /// Which of its figures.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// Its unit, empty for counts.
    pub unit: String,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = match self.value.abs() {
            value if value >= 100.0 || value.fract() == 0.0 => 0,
            value if value >= 10.0 => 1,
            _ => 2,
        };
        let Self {
            of,
            what,
            value,
            unit,
        } = self;
        write!(f, "{of:<24} {what:<58} {value:>12.decimals$} {unit}")
    }
}

/// Tells the figures of one measurement to the process that asked for it.
pub struct Report {
    of: String,
}

impl Report {
    /// A report on `of`.
    pub fn new(of: impl Into<String>) -> Self {
        Self { of: of.into() }
    }

    /// One figure.
    pub fn tell(&self, what: impl Into<String>, value: f64, unit: &str) {
        let figure = Figure {
            of: self.of.clone(),
            what: what.into(),
            value,
            unit: unit.to_owned(),
        };
        println!("{}", json!(figure));
    }

    /// Processor time for each of `many`, in microseconds.
    pub fn each(&self, what: impl Into<String>, spent: Duration, many: u64) {
        self.tell(what, micros(spent) / as_figure(many), "µs");
    }

    /// Memory of this process now and at most.
    pub fn memory(&self, usage: &Usage) {
        self.tell("memory at the end (RSS)", usage.rss_kib / 1024.0, "MiB");
        self.tell("memory at most (HWM)", usage.hwm_kib / 1024.0, "MiB");
    }
}

/// Microseconds.
pub fn micros(spent: Duration) -> f64 {
    spent.as_secs_f64() * 1e6
}

/// Milliseconds.
pub fn millis(spent: Duration) -> f64 {
    spent.as_secs_f64() * 1e3
}

/// A count as a figure; exact below 2^53.
#[allow(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub const fn as_figure(count: u64) -> f64 {
    count as f64
}

/// Writes all figures with machine, load and time.
pub fn write(file: &str, figures: &[Figure]) -> Outcome<()> {
    let processors = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let all = json!({
        "at": coldaisle::base::time::Timestamp::now().to_rfc3339(),
        "processor": model,
        "cores": std::thread::available_parallelism()?.get(),
        "load_average": load.split(' ').take(3).collect::<Vec<_>>().join(" "),
        "figures": figures,
    });
    std::fs::write(file, format!("{all:#}\n"))?;
    Ok(())
}
