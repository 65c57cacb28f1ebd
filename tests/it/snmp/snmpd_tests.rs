//! Against net-snmp's agent.

use std::collections::BTreeMap;

use coldaisle::drivers::snmp::{
    AuthProtocol, CounterWidth, OperStatus, PollPlan, PollReport, PrivProtocol, Refusal,
    SnmpErrorKind, SnmpHub, Stage,
};

use super::peers::{Snmpd, column};
use super::{AUTH, FULL, PRIV, hasty, options, poll, v2c, v3};

const IF_HC_IN_OCTETS: &str = "1.3.6.1.2.1.31.1.1.1.6";
const IF_NAME: &str = "1.3.6.1.2.1.31.1.1.1.1";

fn names(report: &PollReport) -> BTreeMap<u32, String> {
    let named = report.ports.iter();
    named
        .map(|p| (p.if_index, p.name.clone().unwrap()))
        .collect()
}

#[tokio::test]
async fn v2c_agrees_with_net_snmps_own_tools() {
    let snmpd = Snmpd::start();
    let hub = SnmpHub::new();
    let target = v2c(snmpd.address, "public");
    // lo counts what we ask: what a tool reads before and after encloses what we read between.
    let before = column(snmpd.address, "public", IF_HC_IN_OCTETS);
    let report = hub.poll(&target, FULL, options()).await.unwrap();
    let after = column(snmpd.address, "public", IF_HC_IN_OCTETS);

    assert_eq!(names(&report), column(snmpd.address, "public", IF_NAME));
    assert_eq!(
        report.system.name,
        Some(format!("sw-{}", snmpd.address.port()))
    );
    assert!(report.system.descr.as_ref().unwrap().starts_with("Linux"));
    assert!(
        report
            .system
            .object_id
            .as_ref()
            .unwrap()
            .starts_with("1.3.6.1.4.1.8072.")
    );
    assert!(report.uptime_ms.is_some());
    assert_eq!(report.engine_time_s, None, "there is no engine in v2c");
    for port in &report.ports {
        assert_eq!(port.width, Some(CounterWidth::Bits64));
        let number =
            |column: &BTreeMap<u32, String>| column[&port.if_index].parse::<u64>().unwrap();
        let between = number(&before)..=number(&after);
        let octets = port.in_octets.unwrap();
        assert!(between.contains(&octets), "{octets} is not in {between:?}");
    }
    let lo = report
        .ports
        .iter()
        .find(|p| p.name.as_deref() == Some("lo"))
        .unwrap();
    assert_eq!(lo.oper, Some(OperStatus::Up));
    assert!(
        lo.in_octets > Some(0) && lo.packets.out_unicast > Some(0),
        "{lo:?}"
    );

    // The light plan reads the same counters. The agent keeps them for some seconds; then they,
    // which count our own questions on lo, went on.
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(40);
    let light = loop {
        let light = hub.poll(&target, PollPlan::Counters, options()).await;
        let light = light.unwrap();
        if octets_of(&light, lo.if_index) > octets_of(&report, lo.if_index) {
            break light;
        }
        assert!(
            tokio::time::Instant::now() < until,
            "the counters stand still"
        );
    };
    assert_eq!(names(&light), names(&report));
    assert!(light.ports.iter().all(|port| port.descr.is_none()));
    assert!(light.varbinds < report.varbinds / 2);
}

fn octets_of(report: &PollReport, if_index: u32) -> Option<u64> {
    let port = report.ports.iter().find(|port| port.if_index == if_index);
    port?.in_octets
}

#[tokio::test]
async fn v3_with_every_user_reads_the_same_ports() {
    let snmpd = Snmpd::start();
    let hub = SnmpHub::new();
    let expected = column(snmpd.address, "public", IF_NAME);
    let users = [
        ("sha1aes", AuthProtocol::Sha1, PrivProtocol::Aes128),
        ("sha256aes", AuthProtocol::Sha256, PrivProtocol::Aes128),
        ("sha224aes", AuthProtocol::Sha224, PrivProtocol::Aes128),
        ("sha384aes", AuthProtocol::Sha384, PrivProtocol::Aes192),
        ("sha512aes", AuthProtocol::Sha512, PrivProtocol::Aes256),
        ("md5des", AuthProtocol::Md5, PrivProtocol::Des),
    ];
    for (user, auth, privacy) in users {
        let target = v3(snmpd.address, user, (auth, AUTH), (privacy, PRIV));
        for plan in [FULL, PollPlan::Counters] {
            let report = hub.poll(&target, plan, options()).await;
            let report = report.unwrap_or_else(|error| panic!("{user}: {error}"));
            assert_eq!(names(&report), expected, "{user}");
            assert!(report.engine_time_s.is_some(), "{user}");
            assert!(report.ports.iter().all(|port| port.in_octets.is_some()));
        }
    }
}

#[tokio::test]
async fn refused_credentials_say_what_is_wrong() {
    let snmpd = Snmpd::start();
    let sha1 = AuthProtocol::Sha1;
    let aes = PrivProtocol::Aes128;
    let wrong = "another-pass-phrase";
    let table = [
        (
            "unknown user",
            v3(snmpd.address, "nobody", (sha1, AUTH), (aes, PRIV)),
            Refusal::UnknownUser,
        ),
        (
            "wrong auth",
            v3(snmpd.address, "sha1aes", (sha1, wrong), (aes, PRIV)),
            Refusal::WrongDigest,
        ),
        (
            "other auth",
            v3(
                snmpd.address,
                "sha1aes",
                (AuthProtocol::Sha256, AUTH),
                (aes, PRIV),
            ),
            Refusal::WrongDigest,
        ),
        (
            "wrong priv",
            v3(snmpd.address, "sha1aes", (sha1, AUTH), (aes, wrong)),
            Refusal::SilentAfterDiscovery,
        ),
    ];
    for (name, target, expected) in table {
        let error = poll(&hasty(target), FULL).await.unwrap_err();
        assert!(
            matches!(error.kind, SnmpErrorKind::Credentials(refusal) if refusal == expected),
            "{name}: {error}"
        );
        assert_eq!(error.stage, Stage::System, "{name}");
        let text = error.to_string();
        assert!(text.contains(&snmpd.address.to_string()), "{text}");
        assert!(!text.contains("pass-phrase"), "{text}");
    }
}

#[tokio::test]
async fn a_wrong_community_is_silence() {
    let snmpd = Snmpd::start();
    let error = poll(&hasty(v2c(snmpd.address, "wrong")), FULL)
        .await
        .unwrap_err();
    assert!(matches!(error.kind, SnmpErrorKind::NoAnswer), "{error}");
    assert_eq!(error.attempt, 2, "one retry");
    // And right again at once on the same hub: nothing wrong is remembered.
    let hub = SnmpHub::new();
    assert!(
        hub.poll(&hasty(v2c(snmpd.address, "wrong")), FULL, options())
            .await
            .is_err()
    );
    assert!(
        hub.poll(&v2c(snmpd.address, "public"), FULL, options())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn one_socket_serves_many_devices_at_once() {
    let snmpd = Snmpd::start();
    let hub = SnmpHub::new();
    let users = ["sha1aes", "sha256aes"].map(|user| {
        let auth = if user == "sha1aes" {
            AuthProtocol::Sha1
        } else {
            AuthProtocol::Sha256
        };
        v3(
            snmpd.address,
            user,
            (auth, AUTH),
            (PrivProtocol::Aes128, PRIV),
        )
    });
    let public = v2c(snmpd.address, "public");
    let (a, b, c) = tokio::join!(
        hub.poll(&users[0], FULL, options()),
        hub.poll(&users[1], FULL, options()),
        hub.poll(&public, FULL, options()),
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok(), "{a:?} {b:?} {c:?}");
    let sockets = std::fs::read_to_string("/proc/self/net/udp").unwrap();
    assert!(!sockets.is_empty());
}
