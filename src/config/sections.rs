//! The small sections: key file, log, background tasks, power, metering.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::fault::Findings;
use super::key::{Key, Kind};
use crate::base::fault::Message;

/// Section `keys`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct KeysConfig {
    /// File with the keys that seal secrets in the database.
    pub file: PathBuf,
}

impl Default for KeysConfig {
    fn default() -> Self {
        Self {
            file: PathBuf::from("/etc/coldaisle/coldaisle.key"),
        }
    }
}

impl KeysConfig {
    pub(super) const KEYS: &'static [Key] = &[Key::text("keys.file")];
}

crate::text_enum! {
    /// How a log line looks.
    pub enum LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object per line.
        Json = "json",
    }
}

/// Section `log`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct LogConfig {
    /// How a line looks.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives like `info,coldaisle::metering=debug`.
    pub level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            level: "info".into(),
        }
    }
}

impl LogConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::new("log.format", Kind::Word(&["text", "json"])),
        Key::text("log.level"),
    ];

    pub(super) fn check(&self, findings: &mut Findings) {
        if tracing_subscriber::EnvFilter::builder()
            .parse(&self.level)
            .is_err()
        {
            findings.wrong("log.level", &self.level, Message::new("config-log-level"));
        }
    }
}

/// Section `tasks`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct TasksConfig {
    /// Longest wait for tasks to stop, in seconds.
    pub shutdown_budget_s: u32,
    /// Seconds between looks for mails that are due (a new mail wakes the task at once).
    pub mailer_interval_s: u32,
    /// Seconds between cleanings.
    pub housekeeping_interval_s: u32,
    /// Seconds between looks for billing periods that are due to be closed.
    pub period_closer_interval_s: u32,
    /// Hours after its end that a billing period is closed; 0 leaves it to people.
    pub close_periods_after_h: u32,
    /// Seconds between looks for month reports that are to be made.
    pub month_report_interval_s: u32,
    /// Seconds between looks for SNMP targets that are due.
    pub poller_interval_s: u32,
    /// Seconds between looks for days that are over.
    pub sealer_interval_s: u32,
    /// Seconds between looks at new readings by the rules for events.
    pub watcher_interval_s: u32,
    /// Seconds between looks for power intents (a new intent wakes the task at once).
    pub power_interval_s: u32,
    /// Days that events are kept after they are over.
    pub keep_events_days: u32,
    /// Seconds between looks for visits that nobody came to, or that nobody left.
    pub visits_interval_s: u32,
    /// Hours after its planned end that a visit nobody came to is marked as such.
    pub visits_no_show_h: u32,
}

impl Default for TasksConfig {
    fn default() -> Self {
        Self {
            shutdown_budget_s: 20,
            mailer_interval_s: 10,
            housekeeping_interval_s: 3600,
            period_closer_interval_s: 3600,
            close_periods_after_h: 12,
            month_report_interval_s: 3600,
            poller_interval_s: 5,
            sealer_interval_s: 600,
            watcher_interval_s: 60,
            power_interval_s: 5,
            keep_events_days: 400,
            visits_interval_s: 600,
            visits_no_show_h: 4,
        }
    }
}

impl TasksConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::whole("tasks.shutdown_budget_s", 1, 600),
        Key::whole("tasks.mailer_interval_s", 1, 3600),
        Key::whole("tasks.housekeeping_interval_s", 60, 86_400),
        Key::whole("tasks.period_closer_interval_s", 60, 86_400),
        Key::whole("tasks.close_periods_after_h", 0, 720),
        Key::whole("tasks.month_report_interval_s", 60, 86_400),
        Key::whole("tasks.poller_interval_s", 1, 60),
        Key::whole("tasks.sealer_interval_s", 10, 86_400),
        Key::whole("tasks.watcher_interval_s", 10, 3600),
        Key::whole("tasks.power_interval_s", 1, 60),
        Key::whole("tasks.keep_events_days", 7, 36_525),
        Key::whole("tasks.visits_interval_s", 60, 7200),
        Key::whole("tasks.visits_no_show_h", 0, 720),
    ];

    /// Longest wait for tasks to stop.
    pub fn shutdown_budget(&self) -> Duration {
        Duration::from_secs(self.shutdown_budget_s.into())
    }
}

/// Section `power`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct PowerConfig {
    /// Seconds between two actions on one machine.
    pub cool_down_s: u32,
    /// Seconds within which a hard action must show.
    pub hard_timeout_s: u32,
    /// Seconds within which a machine that was asked to shut down must be off.
    pub soft_timeout_s: u32,
    /// Actions that one customer may ask for in an hour.
    pub customer_actions_per_hour: u32,
    /// BMCs spoken to at the same time.
    pub concurrent_bmcs: u32,
    /// Seconds between two readings of a machine's power state.
    pub status_interval_s: u32,
    /// Seconds for which a session with a BMC is kept open after an action, for the next caller.
    pub keep_session_s: u32,
    /// PEM file of authorities that may vouch for certificates of Redfish services, beside those of the system.
    pub redfish_authorities: String,
    /// Seconds between two readings of a machine's sensors.
    pub sensor_interval_s: u32,
    /// Seconds between two readings of a BMC's event log.
    pub log_interval_s: u32,
    /// Hours between two readings of a machine's parts.
    pub parts_interval_h: u32,
    /// Days that entries of event logs are kept.
    pub keep_log_days: u32,
    /// Days that entries of event logs about warnings and worse are kept.
    pub keep_log_faults_days: u32,
}

impl Default for PowerConfig {
    fn default() -> Self {
        Self {
            cool_down_s: 30,
            hard_timeout_s: 60,
            soft_timeout_s: 600,
            customer_actions_per_hour: 10,
            concurrent_bmcs: 64,
            status_interval_s: 300,
            keep_session_s: 30,
            redfish_authorities: String::new(),
            sensor_interval_s: 120,
            log_interval_s: 300,
            parts_interval_h: 24,
            keep_log_days: 400,
            keep_log_faults_days: 1_096,
        }
    }
}

impl PowerConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::whole("power.cool_down_s", 0, 3600),
        Key::whole("power.hard_timeout_s", 5, 3600),
        Key::whole("power.soft_timeout_s", 10, 7200),
        Key::whole("power.customer_actions_per_hour", 0, 1000),
        Key::whole("power.concurrent_bmcs", 1, 4096),
        Key::whole("power.status_interval_s", 10, 86_400),
        Key::whole("power.keep_session_s", 0, 50),
        Key::text("power.redfish_authorities"),
        Key::whole("power.sensor_interval_s", 60, 3600),
        Key::whole("power.log_interval_s", 60, 86_400),
        Key::whole("power.parts_interval_h", 1, 720),
        Key::whole("power.keep_log_days", 7, 36_525),
        Key::whole("power.keep_log_faults_days", 7, 36_525),
    ];
}

/// Section `console`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct ConsoleConfig {
    /// Minutes without typing after which a console ends.
    pub idle_timeout_min: u32,
    /// Largest recording of one console, MiB before compression.
    pub recording_mib: u32,
    /// Days that recordings are kept.
    pub keep_days: u32,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self {
            idle_timeout_min: 60,
            recording_mib: 32,
            keep_days: 90,
        }
    }
}

impl ConsoleConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::whole("console.idle_timeout_min", 1, 1440),
        Key::whole("console.recording_mib", 1, 1024),
        Key::whole("console.keep_days", 1, 36_525),
    ];
}

/// Section `metering`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct MeteringConfig {
    /// SNMP agents spoken to at the same time.
    pub concurrent_polls: u32,
    /// Wait for one answer of an agent, in milliseconds.
    pub timeout_ms: u32,
    /// How often an unanswered question is asked again.
    pub retries: u32,
    /// Longest time for one poll of one agent, in seconds.
    pub deadline_s: u32,
    /// Days that readings are kept.
    pub keep_readings_days: u32,
    /// Days that the hours of long graphs are kept.
    pub keep_hours_days: u32,
}

impl Default for MeteringConfig {
    fn default() -> Self {
        Self {
            concurrent_polls: 256,
            timeout_ms: 3000,
            retries: 2,
            deadline_s: 60,
            keep_readings_days: 1_096,
            keep_hours_days: 3_653,
        }
    }
}

impl MeteringConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::whole("metering.concurrent_polls", 1, 10_000),
        Key::whole("metering.timeout_ms", 100, 60_000),
        Key::whole("metering.retries", 0, 10),
        Key::whole("metering.deadline_s", 5, 600),
        // A bill and its correction need the readings of two months and a bit.
        Key::whole("metering.keep_readings_days", 93, 36_525),
        Key::whole("metering.keep_hours_days", 93, 36_525),
    ];

    pub(super) fn check(&self, findings: &mut Findings) {
        if self.keep_hours_days < self.keep_readings_days {
            let least =
                Message::new("config-keep-hours").with("least", i64::from(self.keep_readings_days));
            findings.wrong("metering.keep_hours_days", self.keep_hours_days, least);
        }
    }
}
