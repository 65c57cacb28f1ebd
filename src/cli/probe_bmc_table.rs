//! What a BMC told, for people.

use std::fmt::Write;

use super::console::Console;
use super::probe_bmc_report::{Facts, Log, Report};
use crate::base::fault::Message;
use crate::drivers::bmc::{
    Boot, BootDevice, Health, Light, LogEntry, Part, PartKind, PowerState, SensorReading,
    Thresholds,
};

/// Columns of the left side.
const LABELS: usize = 14;

/// The whole report as text.
pub(super) fn table(console: &Console, report: &Report) -> String {
    let mut out = Text {
        console,
        text: String::new(),
    };
    out.identity(report);
    if let Some(facts) = &report.controller {
        out.facts(facts);
    }
    if let Some(parts) = &report.parts {
        out.heading("probe-parts");
        parts.iter().for_each(|part| out.part(part));
    }
    if let Some(sensors) = &report.sensors {
        out.heading("probe-sensors");
        sensors.iter().for_each(|sensor| out.sensor(sensor));
    }
    if let Some(log) = &report.log {
        out.log(log);
    }
    for reason in &report.not_told {
        out.row("probe-not-told", reason);
    }
    out.text
}

struct Text<'a> {
    console: &'a Console,
    text: String,
}

impl Text<'_> {
    fn line(&mut self, line: &str) {
        // What a BMC says must not steer the terminal.
        let line: String = line
            .trim_end()
            .chars()
            .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
            .collect();
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// A label and its value; a dash for what is not told.
    fn row(&mut self, label: &'static str, value: &str) {
        let label = padded(&self.console.text(label), LABELS);
        let value = if value.is_empty() { "-" } else { value };
        self.line(&format!("{label}{value}"));
    }

    fn heading(&mut self, label: &'static str) {
        self.text.push('\n');
        let label = self.console.text(label);
        self.line(&label);
    }

    fn identity(&mut self, report: &Report) {
        let protocol = match report.cipher_suite {
            _ if report.unencrypted => self.console.text("probe-v15"),
            None => report.protocol.to_owned(),
            Some(suite) => {
                let suite = Message::new("probe-suite")
                    .with("protocol", report.protocol)
                    .with("suite", suite.to_string());
                self.console.say(&suite)
            }
        };
        let power = self.console.text(match report.power {
            PowerState::On => "probe-power-on",
            PowerState::Off => "probe-power-off",
            PowerState::Unknown => "probe-power-unknown",
        });
        self.row("probe-target", &report.target);
        self.row("probe-protocol", &protocol);
        if let Some(shown) = &report.certificate_sha256 {
            self.row("probe-certificate", shown);
        }
        self.row("probe-power", &power);
        self.row("probe-manufacturer", &report.manufacturer_id.to_string());
        self.row("probe-product", &report.product_id.to_string());
        self.row("probe-firmware", &report.firmware);
        self.row("probe-guid", report.guid.as_deref().unwrap_or_default());
        if let Some(serial) = &report.serial {
            self.row("probe-serial", serial);
        }
    }

    fn facts(&mut self, facts: &Facts) {
        let controller = &facts.controller;
        let vlan = controller.vlan.map(|vlan| vlan.to_string());
        let draw = facts.power_draw_w.map(|watts| format!("{watts} W"));
        let boot = facts.boot.map(|boot| self.boot(boot));
        self.heading("probe-controller");
        self.row("probe-address", &controller.address);
        self.row("probe-address-source", &controller.address_source);
        self.row("probe-netmask", &controller.netmask);
        self.row("probe-gateway", &controller.gateway);
        self.row("probe-mac", &controller.mac);
        self.row("probe-vlan", vlan.as_deref().unwrap_or_default());
        self.row("probe-users", &controller.users.join(", "));
        self.row("probe-watchdog", &controller.watchdog);
        self.row("probe-boot", boot.as_deref().unwrap_or_default());
        self.row("probe-draw", draw.as_deref().unwrap_or_default());
        let light = facts.light.map(|light| {
            self.console.text(match light {
                Light::Off => "probe-light-off",
                Light::Timed => "probe-light-timed",
                Light::On => "probe-light-on",
            })
        });
        self.row("probe-light", light.as_deref().unwrap_or_default());
    }

    fn boot(&self, boot: Boot) -> String {
        let device = self.console.text(match boot.device {
            BootDevice::Default => "probe-boot-default",
            BootDevice::Pxe => "probe-boot-pxe",
            BootDevice::Disk => "probe-boot-disk",
            BootDevice::Cdrom => "probe-boot-cdrom",
            BootDevice::Bios => "probe-boot-bios",
        });
        let times = self.console.text(if boot.persistent {
            "probe-boot-always"
        } else {
            "probe-boot-once"
        });
        let mode = if boot.uefi { "UEFI" } else { "Legacy" };
        format!("{device} · {times} · {mode}")
    }

    fn part(&mut self, part: &Part) {
        let kind = self.console.text(match part.kind {
            PartKind::Chassis => "probe-part-chassis",
            PartKind::Board => "probe-part-board",
            PartKind::Product => "probe-part-product",
            PartKind::Processor => "probe-part-processor",
            PartKind::Memory => "probe-part-memory",
            PartKind::Disk => "probe-part-disk",
            PartKind::Network => "probe-part-network",
            PartKind::Accelerator => "probe-part-accelerator",
            PartKind::PowerSupply => "probe-part-power-supply",
            PartKind::Firmware => "probe-part-firmware",
            PartKind::Other => "probe-part-other",
        });
        let said = [
            &part.manufacturer,
            &part.model,
            &part.part_number,
            &part.revision,
            &part.asset_tag,
            &part.mac,
            &part.detail,
        ];
        let mut words: Vec<String> = Vec::new();
        if !part.serial.is_empty() {
            words.push(format!("S/N {}", part.serial));
        }
        words.extend(said.into_iter().filter(|text| !text.is_empty()).cloned());
        let (kind, slot) = (padded(&kind, LABELS), padded(&part.slot, 12));
        self.line(&format!("{kind}{slot} {}", words.join(" · ")));
    }

    fn health(&self, health: Health) -> String {
        self.console.text(match health {
            Health::Ok => "probe-health-ok",
            Health::Warning => "probe-health-warning",
            Health::Critical => "probe-health-critical",
            Health::Fatal => "probe-health-fatal",
            Health::Unknown => "probe-health-unknown",
        })
    }

    fn sensor(&mut self, sensor: &SensorReading) {
        let value = sensor
            .value
            .map_or_else(|| "-".to_owned(), |v| v.to_string());
        let unit = sensor.unit.unwrap_or_default();
        let health = padded(&self.health(sensor.health), 10);
        let rest = if sensor.states.is_empty() {
            limits(&sensor.thresholds)
        } else {
            sensor.states.join(", ")
        };
        let state = match sensor.health {
            Health::Unknown => sensor.state.as_str(),
            _ => "",
        };
        let name = padded(&sensor.name, 18);
        self.line(&format!(
            "{name}{value:>12} {unit:<4} {health}{state} {rest}"
        ));
    }

    fn log(&mut self, log: &Log) {
        self.heading("probe-log");
        if let Some(drift) = log.drift_ms {
            let text = Message::new("probe-log-drift").with("seconds", drift.div_euclid(1_000));
            let text = self.console.say(&text);
            self.line(&text);
        }
        if let Some(free) = log.free_percent {
            let text = Message::new("probe-log-free").with("percent", i64::from(free));
            let text = self.console.say(&text);
            self.line(&text);
        }
        if log.entries.is_empty() {
            let none = self.console.text("probe-log-empty");
            self.line(&none);
        }
        log.entries.iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &LogEntry) {
        let when = match (entry.at, entry.since_start) {
            (Some(at), _) => at.to_rfc3339(),
            (None, Some(since)) => format!("S+{} s", since.as_secs()),
            (None, None) => "-".to_owned(),
        };
        let direction = self.console.text(if entry.asserted {
            "probe-log-began"
        } else {
            "probe-log-ended"
        });
        let line = format!(
            "{:>5} {} {} {} | {} | {direction}",
            entry.id,
            padded(&when, 24),
            entry.kind,
            entry.source,
            entry.text
        );
        self.line(&line);
    }
}

/// Limits from low to high, dots for those that are not there; nothing without any.
fn limits(thresholds: &Thresholds) -> String {
    let lower = [
        thresholds.lower_fatal,
        thresholds.lower_critical,
        thresholds.lower_warning,
    ];
    let upper = [
        thresholds.upper_warning,
        thresholds.upper_critical,
        thresholds.upper_fatal,
    ];
    let mut out = String::new();
    for (sign, side) in [("≥", lower), ("≤", upper)] {
        let side: Vec<String> = side.iter().flatten().map(f64::to_string).collect();
        if !side.is_empty() {
            let _ = write!(out, "{sign} {}  ", side.join(" / "));
        }
    }
    out.trim_end().to_owned()
}

/// Filled with blanks to a width in columns; Chinese characters take two.
fn padded(text: &str, width: usize) -> String {
    let columns: usize = text
        .chars()
        .map(|c| if c >= '\u{2E80}' { 2 } else { 1 })
        .sum();
    let mut out = text.to_owned();
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(columns)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_the_terminal_shows_them() {
        assert_eq!(padded("电源", 6), "电源  ");
        assert_eq!(padded("power", 6), "power ");
        assert_eq!(padded("power supply", 6), "power supply");
    }

    #[test]
    fn limits_read_from_low_to_high() {
        let both = Thresholds {
            lower_critical: Some(10.5),
            upper_warning: Some(85.0),
            upper_critical: Some(95.0),
            ..Thresholds::default()
        };
        assert_eq!(limits(&both), "≥ 10.5  ≤ 85 / 95");
        assert_eq!(limits(&Thresholds::default()), "");
    }
}
