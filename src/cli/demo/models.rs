//! What the simulated switches and PDUs of the sample are like: ports as the real models name them, and what passes.

use std::collections::HashMap;

use super::cabling::beside;
pub use super::seed::seed;
use crate::base::fields::Fields;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::sim::switch::{OutletSpec, PduSpec, PortSpec, Profile, SwitchSpec, Traffic};

/// Ports of one kind: the name before the number, first and last number, Mbit/s.
type Ports = (&'static str, u32, u32, u32);

/// A device that speaks SNMP.
struct Model {
    device: &'static str,
    descr: &'static str,
    /// sysObjectID below 1.3.6.1.4.1.
    object_id: &'static [u32],
    ports: &'static [Ports],
}

/// Outlets of a PDU of the sample.
const OUTLETS: usize = 24;
const PDU: &[Ports] = &[("eth", 0, 0, 100)];
const MODELS: &[Model] = &[
    Model {
        device: "SW-A01-1",
        descr: "Huawei CloudEngine CE6881-48S6CQ (simulated)",
        object_id: &[2011, 2, 239, 1],
        ports: &[("10GE1/0/", 1, 48, 10_000), ("100GE1/0/", 1, 6, 100_000)],
    },
    Model {
        device: "SW-A06-1",
        descr: "Huawei S5735-L48T4X-A1 (simulated)",
        object_id: &[2011, 2, 23, 1],
        ports: &[
            ("GigabitEthernet0/0/", 1, 48, 1_000),
            ("XGigabitEthernet0/0/", 1, 4, 10_000),
        ],
    },
    Model {
        device: "SW-C01-1",
        descr: "H3C S6850-56HF (simulated)",
        object_id: &[25506, 1, 1],
        ports: &[
            ("Twenty-FiveGigE1/0/", 1, 48, 25_000),
            ("HundredGigE1/0/", 49, 56, 100_000),
        ],
    },
    Model {
        device: "SW-D03-1",
        descr: "Ruijie RG-S6220-48XS6QXS-H (simulated)",
        object_id: &[4881, 1, 1, 10],
        ports: &[("Te0/", 1, 48, 10_000), ("Fo0/", 49, 54, 40_000)],
    },
    Model {
        device: "PDU-A02-A",
        descr: "APC AP8853 (simulated)",
        object_id: &[318, 1, 3, 4, 6],
        ports: PDU,
    },
    Model {
        device: "PDU-A02-B",
        descr: "APC AP8853 (simulated)",
        object_id: &[318, 1, 3, 4, 6],
        ports: PDU,
    },
];
/// What a device is that a visitor of the demo added: a small switch.
const OTHER: Model = Model {
    device: "",
    descr: "Simulated switch",
    object_id: &[32473, 1],
    ports: &[("GigabitEthernet0/0/", 1, 8, 1_000)],
};

/// A port that an allocation of the sample counts: whose, and how much is committed for each of its ports.
#[derive(Debug, Clone)]
pub struct Sold {
    alias: String,
    share: BitsPerSecond,
}

/// Sold ports by device and port name.
pub type SoldPorts = HashMap<(String, String), Sold>;

/// The sold ports of the sample's allocations and port links.
pub fn sold_ports(allocations: &[Fields], links: &[Fields]) -> SoldPorts {
    let same = |link: &Fields, allocation: &Fields| {
        link.get("customer") == allocation.get("customer")
            && link.get("allocation") == allocation.get("name")
    };
    links
        .iter()
        .filter_map(|link| {
            let allocation = allocations
                .iter()
                .find(|allocation| same(link, allocation))?;
            let committed = BitsPerSecond::from_mbps_text(allocation.get("committed_mbps"))?;
            let live = |other: &&Fields| same(other, allocation) && other.get("until").is_empty();
            let ports = i64::try_from(links.iter().filter(live).count().max(1)).ok()?;
            let sold = Sold {
                alias: format!("{} {}", link.get("customer"), link.get("allocation")),
                share: BitsPerSecond::new(committed.get() / ports),
            };
            Some((
                (link.get("device").to_owned(), link.get("port").to_owned()),
                sold,
            ))
        })
        .collect()
}

/// The simulated device of a name; the same at every start.
pub fn switch(device: &str, boot: Timestamp, sold: &SoldPorts) -> SwitchSpec {
    let model = MODELS
        .iter()
        .find(|model| model.device == device)
        .unwrap_or(&OTHER);
    let mut ports = Vec::new();
    for (name, first, last, speed_mbps) in model.ports {
        for number in *first..=*last {
            let if_index = 5 + u32::try_from(ports.len()).unwrap_or(0);
            let name = format!("{name}{number}");
            let sold = sold.get(&(device.to_owned(), name.clone()));
            ports.push(port(device, if_index, name, *speed_mbps, sold));
        }
    }
    let object_id = [1, 3, 6, 1, 4, 1]
        .iter()
        .chain(model.object_id)
        .copied()
        .collect();
    SwitchSpec {
        name: device.to_owned(),
        descr: model.descr.to_owned(),
        object_id,
        location: "Simulated".to_owned(),
        // Each was started on a day of its own.
        boot: boot.plus_seconds(i64::try_from(seed(device) % 200_000).unwrap_or(0)),
        ports,
        pdu: None,
        beside: beside(device),
    }
}

/// What a PDU of the sample feeds, from its first outlet on: the machines of its rack, each by one of two supplies.
/// `None` for what is no PDU.
pub fn pdu(device: &str, devices: &[Fields]) -> Option<PduSpec> {
    if !MODELS
        .iter()
        .any(|model| model.device == device && model.ports == PDU)
    {
        return None;
    }
    let rack = devices.iter().find(|row| row.get("name") == device)?;
    let mut outlets: Vec<OutletSpec> = devices
        .iter()
        .filter(|row| row.get("rack") == rack.get("rack") && !row.get("name").starts_with("PDU"))
        .take(OUTLETS)
        .map(|row| OutletSpec {
            name: row.get("name").to_owned(),
            watts: 90 + u32::try_from(seed(row.get("name")) % 160).unwrap_or(0),
            on: true,
        })
        .collect();
    for number in outlets.len()..OUTLETS {
        outlets.push(OutletSpec {
            name: format!("Outlet {}", number + 1),
            watts: 0,
            on: number % 9 != 8,
        });
    }
    Some(PduSpec {
        seed: seed(device),
        outlets,
    })
}

fn port(
    device: &str,
    if_index: u32,
    name: String,
    speed_mbps: u32,
    sold: Option<&Sold>,
) -> PortSpec {
    let seed = seed(&format!("{device} {name}"));
    let line_bps = u64::from(speed_mbps) * 1_000_000;
    let profile = match (sold.is_some(), seed % 10) {
        (true, 0..4) => Profile::Office,
        (true, 4..8) => Profile::Web,
        (true, _) => Profile::Steady,
        (false, 0..3) => Profile::Office,
        (false, 3) => Profile::Web,
        (false, 4) => Profile::Steady,
        (false, 5..7) => Profile::Idle,
        (false, _) => Profile::Unused,
    };
    let profile = if device.starts_with("PDU") {
        Profile::Idle
    } else {
        profile
    };
    // A day's mean is a small part of the line; this brings a sold port's busy hours near what is committed.
    let busy_bps = sold.map_or(line_bps, |sold| {
        u64::try_from(sold.share.get())
            .unwrap_or(0)
            .saturating_mul(6)
            .min(line_bps)
    });
    PortSpec {
        if_index,
        descr: name.clone(),
        name,
        alias: sold.map_or_else(String::new, |sold| sold.alias.clone()),
        if_type: 6,
        speed_mbps,
        up: profile != Profile::Unused,
        traffic: Traffic {
            seed,
            profile,
            speed_bps: busy_bps,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::sample;
    use super::*;
    use crate::sim::switch::Way;

    #[test]
    fn every_port_of_the_sample_is_on_its_simulated_switch_and_carries_something() {
        let links = sample::rows("allocation-ports").unwrap();
        let sold = sold_ports(&sample::rows("allocations").unwrap(), &links);
        assert_eq!(sold.len(), links.len());
        let boot = Timestamp::from_seconds(1_780_000_000);
        for link in &links {
            let switch = switch(link.get("device"), boot, &sold);
            let port = switch
                .ports
                .iter()
                .find(|port| port.name == link.get("port"));
            let port = port.unwrap_or_else(|| unreachable!("{link:?}"));
            let passed = |at: i64| port.traffic.octets_at(Way::In, Timestamp::from_seconds(at));
            assert!(
                port.up && passed(1_780_086_400) > passed(1_780_000_000),
                "{link:?}"
            );
        }
    }

    #[test]
    fn the_models_have_the_ports_of_the_real_ones() {
        let boot = Timestamp::from_seconds(1_780_000_000);
        for (device, count, first, last) in [
            ("SW-A01-1", 54, "10GE1/0/1", "100GE1/0/6"),
            (
                "SW-A06-1",
                52,
                "GigabitEthernet0/0/1",
                "XGigabitEthernet0/0/4",
            ),
            ("SW-C01-1", 56, "Twenty-FiveGigE1/0/1", "HundredGigE1/0/56"),
            ("SW-D03-1", 54, "Te0/1", "Fo0/54"),
            ("PDU-A02-A", 1, "eth0", "eth0"),
        ] {
            let ports = switch(device, boot, &SoldPorts::new()).ports;
            let ends = ports.first().zip(ports.last()).unwrap();
            assert_eq!(
                (ports.len(), &*ends.0.name, &*ends.1.name),
                (count, first, last)
            );
        }
    }
}
