//! `/metrics/ports`: the counters of all ports for a Prometheus that wants them, when the configuration says so.

use std::fmt::Write as _;

use rocket::fairing::AdHoc;
use rocket::http::ContentType;
use rocket::{State, get, routes};

use super::guards::Caller;
use super::{Failure, Web};
use crate::base::fault::Fault;
use crate::metering::{PortCounters, port_counters};

pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("port_metrics", |rocket| async {
        rocket.mount("/", routes![metrics])
    })
}

/// Samples of a port by their direction, which may be empty.
type Samples = Vec<(&'static str, Option<u64>)>;

/// A family of figures: its name, what it is, its type, and its samples of a port by their direction.
struct Family {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    samples: fn(&PortCounters) -> Samples,
}

const FAMILIES: [Family; 6] = [
    Family {
        name: "coldaisle_port_octets_total",
        help: "Octets since the device began to count (ifHCInOctets, ifHCOutOctets or their 32 bits).",
        kind: "counter",
        samples: |port| vec![("in", port.in_octets), ("out", port.out_octets)],
    },
    Family {
        name: "coldaisle_port_unicast_packets_total",
        help: "Unicast packets since the device began to count; read every quarter of an hour.",
        kind: "counter",
        samples: |port| pair(port, 0),
    },
    Family {
        name: "coldaisle_port_errors_total",
        help: "Packets with errors since the device began to count.",
        kind: "counter",
        samples: |port| pair(port, 2),
    },
    Family {
        name: "coldaisle_port_discards_total",
        help: "Packets thrown away since the device began to count.",
        kind: "counter",
        samples: |port| pair(port, 4),
    },
    Family {
        name: "coldaisle_port_up",
        help: "1 while ifOperStatus is up.",
        kind: "gauge",
        samples: |port| vec![("", port.oper_up.map(u64::from))],
    },
    Family {
        name: "coldaisle_port_speed_bits_per_second",
        help: "Line speed that rates are judged by.",
        kind: "gauge",
        samples: |port| {
            vec![(
                "",
                port.line_speed
                    .and_then(|speed| u64::try_from(speed.get()).ok()),
            )]
        },
    },
];

fn pair(port: &PortCounters, first: usize) -> Samples {
    let values = port.packets.values();
    let value = |place: usize| values.get(place).copied().flatten();
    vec![("in", value(first)), ("out", value(first + 1))]
}

/// Prometheus text format 0.0.4, with the time of each reading. For staff and their tokens only: it names devices.
#[get("/metrics/ports")]
async fn metrics(web: &State<Web>, caller: Caller) -> Result<(ContentType, String), Failure> {
    if !web.settings.port_metrics {
        return Err(Fault::not_found().into());
    }
    let ports = web
        .store
        .read(move |c| port_counters(c, &caller.actor))
        .await?;
    let kind =
        ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    Ok((kind, text(&ports)))
}

fn text(ports: &[PortCounters]) -> String {
    let mut text = String::with_capacity(ports.len() * 900);
    let labels: Vec<String> = ports
        .iter()
        .map(|port| {
            format!(
                "device=\"{}\",port=\"{}\"",
                escaped(&port.device),
                escaped(&port.name)
            )
        })
        .collect();
    for family in &FAMILIES {
        let _ = writeln!(text, "# HELP {} {}", family.name, family.help);
        let _ = writeln!(text, "# TYPE {} {}", family.name, family.kind);
        for (port, labels) in ports.iter().zip(&labels) {
            let at_ms = port.at.millis();
            for (direction, value) in (family.samples)(port) {
                let Some(value) = value else { continue };
                let name = family.name;
                let _ = match direction {
                    "" => writeln!(text, "{name}{{{labels}}} {value} {at_ms}"),
                    way => writeln!(
                        text,
                        "{name}{{{labels},direction=\"{way}\"}} {value} {at_ms}"
                    ),
                };
            }
        }
    }
    text
}

/// A label's value (exposition format: backslash, quote and line feed are escaped).
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Timestamp;
    use crate::base::units::BitsPerSecond;
    use crate::metering::packets::PacketCounters;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let port = PortCounters {
            device: "sw \"a\"\\".into(),
            name: "Gi1\nx".into(),
            at: Timestamp::from_millis(1_795_334_400_123),
            in_octets: Some(7),
            out_octets: None,
            packets: PacketCounters {
                out_errors: Some(3),
                ..PacketCounters::NONE
            },
            oper_up: Some(false),
            line_speed: Some(BitsPerSecond::new(1_000_000_000)),
        };
        let text = text(&[port]);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let labels = r#"device="sw \"a\"\\",port="Gi1\nx""#;
        assert_eq!(
            lines,
            [
                format!("coldaisle_port_octets_total{{{labels},direction=\"in\"}} 7 1795334400123"),
                format!(
                    "coldaisle_port_errors_total{{{labels},direction=\"out\"}} 3 1795334400123"
                ),
                format!("coldaisle_port_up{{{labels}}} 0 1795334400123"),
                format!(
                    "coldaisle_port_speed_bits_per_second{{{labels}}} 1000000000 1795334400123"
                ),
            ]
        );
        let described = text
            .lines()
            .filter(|line| line.starts_with("# TYPE"))
            .count();
        assert_eq!(described, FAMILIES.len());
    }
}
