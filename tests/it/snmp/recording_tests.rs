//! Against recordings of real devices.

use std::collections::{BTreeMap, BTreeSet};

use coldaisle::drivers::snmp::{
    CounterWidth, Extent, MissingReason, PollPlan, PollReport, SnmpHub, Warning,
};

use super::peers::{SnmpSim, column};
use super::recording_file::{Port, Recording};
use super::{FULL, options, v2c};

#[tokio::test]
async fn switches_of_many_makers() {
    let Some(sim) = SnmpSim::start() else { return };
    let hub = SnmpHub::new();
    // (recording, interfaces, of these with 64-bit counters, has sysUpTime)
    let table = [
        ("vrp_s5328c-ei", 31, 31, true),
        ("vrp_ce12804-withvrf", 120, 120, true),
        ("comware_a5500", 30, 30, true),
        ("ruijie", 57, 57, true),
        ("fs-centec_s5850-48s2q4c", 58, 58, true),
        ("ios_4506e", 581, 55, false),
        ("nxos_n9k-c93180yc-fx3", 59, 59, false),
        ("junos_qfx5100", 50, 50, true),
        ("arista_eos_vrf", 29, 29, true),
        ("routeros_crs317", 20, 20, true),
        ("dnos_z9100-on", 59, 59, true),
        ("procurve_e2910", 39, 39, true),
        ("arubaos-cx_10.16", 33, 33, false),
        ("voss_7432cq", 36, 36, true),
        ("fortigate_100e", 16, 16, true),
        ("raritan-pdu_px2-temp", 4, 4, true),
    ];
    for (name, interfaces, wide, has_uptime) in table {
        let mut target = v2c(sim.address, name);
        target.timeout = std::time::Duration::from_secs(5);
        let report = hub.poll(&target, FULL, options()).await;
        let report = report.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.ports.len(), interfaces, "{name}");
        let with_wide = report
            .ports
            .iter()
            .filter(|p| p.width == Some(CounterWidth::Bits64));
        assert_eq!(with_wide.count(), wide, "{name}");
        assert_eq!(report.uptime_ms.is_some(), has_uptime, "{name}");
        assert_eq!(
            report.warnings.contains(&Warning::NoUptime),
            !has_uptime,
            "{name}"
        );
        for port in &report.ports {
            let said = port
                .missing
                .iter()
                .any(|m| m.reason == MissingReason::Absent);
            assert_eq!(
                said,
                port.in_octets.is_none() || port.out_octets.is_none(),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn values_agree_with_net_snmps_walk() {
    let Some(sim) = SnmpSim::start() else { return };
    let hub = SnmpHub::new();
    for name in ["vrp_s5328c-ei", "junos_qfx5100", "dnos_z9100-on"] {
        let target = v2c(sim.address, name);
        let report = hub.poll(&target, FULL, options()).await.unwrap();
        let octets = column(sim.address, name, "1.3.6.1.2.1.31.1.1.1.6");
        let names = column(sim.address, name, "1.3.6.1.2.1.31.1.1.1.1");
        assert_eq!(report.ports.len(), octets.len(), "{name}");
        for port in &report.ports {
            let index = &port.if_index;
            assert_eq!(
                port.in_octets.unwrap().to_string(),
                octets[index],
                "{name} {index}"
            );
            assert_eq!(
                port.name.as_deref().unwrap_or(""),
                names[index],
                "{name} {index}"
            );
        }
    }
}

#[tokio::test]
async fn a_switch_with_32_bits_and_without_names() {
    let Some(sim) = SnmpSim::start() else { return };
    let hub = SnmpHub::new();
    let target = v2c(sim.address, "zxr10_5928");
    let report = hub.poll(&target, PollPlan::Counters, options()).await;
    let report = report.unwrap();
    let descriptions = column(sim.address, "zxr10_5928", "1.3.6.1.2.1.2.2.1.2");
    assert_eq!((report.ports.len(), descriptions.len()), (45, 45));
    for port in &report.ports {
        assert_eq!(port.width, Some(CounterWidth::Bits32));
        assert_eq!(port.name, None);
        assert_eq!(port.descr.as_ref(), descriptions.get(&port.if_index));
    }
    let target = v2c(sim.address, "ruijie");
    let named = hub.poll(&target, PollPlan::Counters, options()).await;
    let named = named.unwrap();
    assert!(
        named
            .ports
            .iter()
            .all(|port| port.name.is_some() && port.descr.is_none())
    );
}

/// Nothing is left out and nothing invented, in any of them.
#[tokio::test]
async fn every_recording_is_read_as_its_file_says() {
    let (Some(sim), Some(folder)) = (SnmpSim::start(), SnmpSim::recordings()) else {
        return;
    };
    let hub = SnmpHub::new();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "snmprec"))
        .collect();
    files.sort();
    assert!(files.len() >= 20, "{files:?}");
    let mut read_again = 0;
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let recording = Recording::read(&file);
        let expected = recording.ports();
        let mut target = v2c(sim.address, name);
        target.timeout = std::time::Duration::from_secs(10);
        let full = hub.poll(&target, FULL, options()).await;
        let full = full.unwrap_or_else(|error| panic!("{name}: {error}"));
        let indexes: Vec<u32> = full.ports.iter().map(|port| port.if_index).collect();
        assert_eq!(
            indexes,
            expected.keys().copied().collect::<Vec<_>>(),
            "{name}"
        );
        assert_eq!(full.uptime_ms.is_some(), recording.has_uptime, "{name}");
        for port in &full.ports {
            let said = &expected[&port.if_index];
            let at = format!("{name} {}", port.if_index);
            for (ours, theirs) in [(&port.name, &said.name), (&port.descr, &said.descr)] {
                let plain = theirs.as_ref().is_none_or(|text| text.is_ascii());
                assert!(!plain || ours == theirs, "{at}: {ours:?} {theirs:?}");
            }
            let speed = port.speed.map(|speed| u64::try_from(speed.get()).unwrap());
            assert_eq!(speed, said.speed_bps, "{at}");
            assert_eq!(port.width.map(CounterWidth::bits), said.bits, "{at}");
            assert_eq!((port.in_octets, port.out_octets), said.octets, "{at}");
        }
        oddities_are_told(name, &full.warnings, &expected);

        // What stands still is the same when it is read by index.
        let again = hub.poll(&target, PollPlan::Counters, options()).await;
        let again = again.unwrap_or_else(|error| panic!("{name}: {error}"));
        let counted = |report: &PollReport| -> Vec<_> {
            let ports = report.ports.iter();
            ports
                .map(|p| (p.if_index, p.width, p.in_octets, p.out_octets, p.oper))
                .filter(|port| again_has(&again, port.0))
                .collect()
        };
        assert_eq!(counted(&again), counted(&full), "{name}");
        println!(
            "{name}: {} ports, {:?}, {} packets, then {} packets, {:?}",
            full.ports.len(),
            again.extent,
            full.packets,
            again.packets,
            full.warnings
        );
        read_again += usize::from(again.extent == Extent::KnownRows);
    }
    assert!(read_again >= 18, "by index: {read_again}");
}

fn again_has(report: &PollReport, if_index: u32) -> bool {
    report.ports.iter().any(|port| port.if_index == if_index)
}

fn oddities_are_told(name: &str, warnings: &[Warning], ports: &BTreeMap<u32, Port>) {
    let of = ports.len();
    let nameless = ports.values().filter(|port| port.name.is_none()).count();
    let told = Warning::NoName {
        ports: nameless,
        of,
    };
    assert_eq!(
        warnings.contains(&told),
        nameless > 0,
        "{name}: {warnings:?}"
    );
    let narrow = ports.values().filter(|port| port.bits == Some(32)).count();
    let told = Warning::NarrowCounters { ports: narrow, of };
    assert_eq!(warnings.contains(&told), narrow > 0, "{name}: {warnings:?}");
    let names: BTreeSet<&String> = ports
        .values()
        .filter_map(|port| port.name.as_ref())
        .collect();
    let doubled = names.len() + nameless < of;
    let told = |warning: &Warning| matches!(warning, Warning::DuplicateName { .. });
    assert_eq!(warnings.iter().any(told), doubled, "{name}: {warnings:?}");
}
