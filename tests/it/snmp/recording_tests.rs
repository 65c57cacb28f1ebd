//! Against recordings of real devices.

use coldaisle::drivers::snmp::{CounterWidth, MissingReason, PollPlan, SnmpHub, Warning};

use super::peers::{SnmpSim, column};
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
