//! Our simulated switches, checked with net-snmp's tools and with our driver.

use std::time::Duration;

use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::{
    AuthProtocol, CounterWidth, PollPlan, PollReport, PrivProtocol, SnmpErrorKind, SnmpHub,
};
use coldaisle::sim::switch::{Fault, SimAccess, SimSwitch, SwitchSpec};

use super::peers::{column, column_v3};
use super::{AUTH, FULL, PRIV, hasty, options, v2c, v3};

const IF_NAME: &str = "1.3.6.1.2.1.31.1.1.1.1";
const IF_HC_IN_OCTETS: &str = "1.3.6.1.2.1.31.1.1.1.6";

fn spec(ports: u32) -> SwitchSpec {
    let boot = Timestamp::from_millis(Timestamp::now().millis() - 86_400_000);
    SwitchSpec::top_of_rack("sim-1", 42, ports, boot)
}

fn access() -> SimAccess {
    let access = SimAccess::community("public");
    let access = access.with_sha1_aes128("sha1aes", AUTH, PRIV).unwrap();
    access.with_sha256_aes128("sha256aes", AUTH, PRIV).unwrap()
}

fn octets_in(report: &PollReport) -> u64 {
    report.ports.iter().filter_map(|port| port.in_octets).sum()
}

async fn start(ports: u32) -> SimSwitch {
    SimSwitch::start(([127, 0, 0, 1], 0).into(), spec(ports), access())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn net_snmps_tools_read_it() {
    let sim = start(48).await;
    let address = sim.address();
    let names = column(address, "public", IF_NAME);
    assert_eq!(names.len(), 52);
    assert_eq!(names[&5], "GigabitEthernet0/0/1");
    assert_eq!(column_v3(address, "sha1aes", "SHA", IF_NAME), names);
    assert_eq!(column_v3(address, "sha256aes", "SHA-256", IF_NAME), names);
    let octets = |text: &String| text.parse::<u64>().unwrap();
    let first = column(address, "public", IF_HC_IN_OCTETS);
    let second = column(address, "public", IF_HC_IN_OCTETS);
    assert!(
        first
            .iter()
            .all(|(index, text)| octets(text) <= octets(&second[index]))
    );
    assert!(
        first
            .iter()
            .any(|(index, text)| octets(text) < octets(&second[index]))
    );
    let refused = super::peers::tool("snmpget")
        .args([
            "-v3",
            "-l",
            "authPriv",
            "-u",
            "sha1aes",
            "-a",
            "SHA",
            "-A",
            "not-the-pass-phrase",
        ])
        .args([
            "-x",
            "AES",
            "-X",
            PRIV,
            &address.to_string(),
            "1.3.6.1.2.1.1.5.0",
        ])
        .output()
        .unwrap();
    assert!(!refused.status.success());
}

#[tokio::test]
async fn history_and_live_counters_are_one() {
    let sim = start(8).await;
    let (hub, target) = (SnmpHub::new(), v2c(sim.address(), "public"));
    let report = hub
        .poll(&target, PollPlan::Counters, options())
        .await
        .unwrap();
    let expected = spec(8);
    assert_eq!(report.ports.len(), expected.ports.len());
    for (port, made) in report.ports.iter().zip(&expected.ports) {
        let (from, _) = made.octets_at(report.at_start);
        let (until, _) = made.octets_at(report.at_end.max(report.at_start));
        let octets = port.in_octets.unwrap();
        assert!(
            (from..=until + 1).contains(&octets),
            "{from} {octets} {until}"
        );
    }
}

#[tokio::test]
async fn faults_show_in_what_is_read() {
    let sim = start(24).await;
    let hub = SnmpHub::new();
    let target = hasty(v2c(sim.address(), "public"));
    let poll = async || hub.poll(&target, FULL, options()).await;

    let whole = poll().await.unwrap();
    assert_eq!((whole.ports.len(), whole.timeouts), (28, 0));

    sim.set_fault(Fault::NarrowCounters).await;
    let narrow = poll().await.unwrap();
    assert!(
        narrow
            .ports
            .iter()
            .all(|p| p.width == Some(CounterWidth::Bits32))
    );
    assert!(narrow.ports.iter().all(|p| p.in_octets < Some(1 << 32)));

    sim.set_fault(Fault::Frozen).await;
    let (one, two) = (poll().await.unwrap(), poll().await.unwrap());
    let octets = |report: &PollReport| -> Vec<_> {
        report
            .ports
            .iter()
            .map(|p| (p.in_octets, p.out_octets))
            .collect()
    };
    assert_eq!(octets(&one), octets(&two));
    assert!(two.uptime_ms >= one.uptime_ms);

    sim.set_fault(Fault::FewValues { most: 60 }).await;
    let few = poll().await.unwrap();
    assert_eq!(few.ports.len(), 28);
    assert!(
        few.max_repetitions * 17 <= 60 && few.requests > whole.requests,
        "{few:?}"
    );

    sim.set_fault(Fault::Silent).await;
    let error = poll().await.unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");

    sim.set_fault(Fault::Slow {
        delay: Duration::from_millis(400),
    })
    .await;
    let error = poll().await.unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");

    sim.set_fault(Fault::None).await;
    sim.renumber(1000);
    let mut patient = target.clone();
    patient.timeout = Duration::from_secs(5);
    let renumbered = hub.poll(&patient, FULL, options()).await.unwrap();
    assert_eq!(renumbered.ports[0].if_index, whole.ports[0].if_index + 1000);
    assert_eq!(renumbered.ports[0].name, whole.ports[0].name);

    sim.clear_counters();
    let cleared = hub.poll(&patient, FULL, options()).await.unwrap();
    assert!(octets_in(&cleared) < octets_in(&whole) / 1000);
    assert!(cleared.uptime_ms > whole.uptime_ms);
}

#[tokio::test]
async fn a_restart_is_seen_over_v3_at_the_next_poll() {
    let sim = start(8).await;
    let hub = SnmpHub::new();
    let target = v3(
        sim.address(),
        "sha256aes",
        (AuthProtocol::Sha256, AUTH),
        (PrivProtocol::Aes128, PRIV),
    );
    let before = hub
        .poll(&target, PollPlan::Counters, options())
        .await
        .unwrap();
    assert!(before.uptime_ms > Some(86_000_000));
    sim.restart().await.unwrap();
    let after = hub
        .poll(&target, PollPlan::Counters, options())
        .await
        .unwrap();
    assert!(after.uptime_ms < Some(60_000), "{:?}", after.uptime_ms);
    assert!(octets_in(&after) < octets_in(&before) / 1000);
    assert_eq!(after.ports[0].name, before.ports[0].name);
}

#[tokio::test]
async fn a_poll_ends_at_its_deadline() {
    let sim = start(200).await;
    sim.set_fault(Fault::Slow {
        delay: Duration::from_millis(60),
    })
    .await;
    let hub = SnmpHub::new();
    let mut limits = options();
    limits.deadline = Duration::from_millis(300);
    let begun = std::time::Instant::now();
    let error = hub
        .poll(&v2c(sim.address(), "public"), FULL, limits)
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind, SnmpErrorKind::Deadline { .. }),
        "{error}"
    );
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn more_ports_than_allowed_are_refused() {
    let sim = start(40).await;
    let mut limits = options();
    limits.max_ports = 30;
    let hub = SnmpHub::new();
    let error = hub
        .poll(&v2c(sim.address(), "public"), FULL, limits)
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind, SnmpErrorKind::TooLarge { max_ports: 30 }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_are_polled_through_one_hub() {
    let mut switches = Vec::new();
    for n in 0..200_u64 {
        let spec = SwitchSpec::top_of_rack(&format!("sw-{n}"), n, 48, Timestamp::now());
        let address = ([127, 0, 0, 1], 0).into();
        switches.push(
            SimSwitch::start(address, spec, SimAccess::community("public"))
                .await
                .unwrap(),
        );
    }
    let hub = std::sync::Arc::new(SnmpHub::new());
    let polls: Vec<_> = switches
        .iter()
        .map(|switch| {
            let (hub, target) = (hub.clone(), v2c(switch.address(), "public"));
            tokio::spawn(async move { hub.poll(&target, PollPlan::Counters, options()).await })
        })
        .collect();
    for poll in polls {
        let report = poll.await.unwrap().unwrap();
        assert_eq!(report.ports.len(), 52);
        assert!(report.ports.iter().all(|port| port.missing.is_empty()));
    }
    assert_eq!(hub.stats().malformed, 0);
}
