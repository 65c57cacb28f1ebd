//! Version 3: every pair of protocols, contexts, engines that change and answers that are not theirs.

use std::net::SocketAddr;

use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::{
    AuthProtocol, Credentials, Extent, PollPlan, PollReport, PrivProtocol, SnmpError,
    SnmpErrorKind, SnmpHub, SnmpTarget,
};
use coldaisle::sim::switch::{SimAccess, SimSwitch, SwitchSpec};

use super::peers::{SnmpSim, Snmpd, column, free_port};
use super::relay::{Mischief, Relay};
use super::{AUTH, FULL, PRIV, hasty, options, v2c, v3};

const LIGHT: PollPlan = PollPlan::Counters;

fn pair(address: SocketAddr) -> SnmpTarget {
    let (auth, privacy) = (AuthProtocol::Sha256, PrivProtocol::Aes128);
    hasty(v3(address, "sha256aes", (auth, AUTH), (privacy, PRIV)))
}

async fn sim_at(address: SocketAddr, name: &str) -> SimSwitch {
    let boot = Timestamp::from_millis(Timestamp::now().millis() - 3_600_000);
    let spec = SwitchSpec::top_of_rack(name, 5, 4, boot);
    let access = SimAccess::community("public");
    let access = access.with_sha256_aes128("sha256aes", AUTH, PRIV).unwrap();
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        match SimSwitch::start(address, spec.clone(), access.clone()).await {
            Ok(sim) => return sim,
            Err(error) => assert!(tokio::time::Instant::now() < until, "{error}"),
        }
        tokio::task::yield_now().await;
    }
}

async fn sim(name: &str) -> SimSwitch {
    sim_at(([127, 0, 0, 1], 0).into(), name).await
}

async fn poll(hub: &SnmpHub, target: &SnmpTarget) -> Result<PollReport, SnmpError> {
    hub.poll(target, LIGHT, options()).await
}

#[tokio::test]
async fn net_snmp_answers_every_pair_it_offers() {
    let snmpd = Snmpd::start();
    let hub = SnmpHub::new();
    let names = column(snmpd.address, "public", "1.3.6.1.2.1.31.1.1.1.1");
    let auths = [
        ("SHA", AuthProtocol::Sha1),
        ("SHA-224", AuthProtocol::Sha224),
        ("SHA-256", AuthProtocol::Sha256),
        ("SHA-384", AuthProtocol::Sha384),
        ("SHA-512", AuthProtocol::Sha512),
    ];
    let privacies = [
        ("AES", PrivProtocol::Aes128),
        ("AES-192", PrivProtocol::Aes192),
        ("AES-256", PrivProtocol::Aes256),
    ];
    for (auth, auth_protocol) in auths {
        for (privacy, priv_protocol) in privacies {
            let user = format!("pair-{auth}-{privacy}");
            let keys = ((auth_protocol, AUTH), (priv_protocol, PRIV));
            let target = v3(snmpd.address, &user, keys.0, keys.1);
            for extent in [Extent::WholeTable, Extent::KnownRows] {
                let report = poll(&hub, &target).await;
                let report = report.unwrap_or_else(|error| panic!("{user}: {error}"));
                assert_eq!(
                    (report.extent, report.ports.len()),
                    (extent, names.len()),
                    "{user}"
                );
                assert!(report.engine_boots >= Some(1), "{user}");
                assert!(report.engine_time_s.is_some(), "{user}");
            }
            let wrong = v3(
                snmpd.address,
                &user,
                (auth_protocol, "not-this-pass"),
                keys.1,
            );
            let error = poll(&hub, &hasty(wrong)).await.unwrap_err();
            assert!(
                matches!(error.kind, SnmpErrorKind::Credentials(_)),
                "{user}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_context_is_part_of_the_question() {
    let Some(sim) = SnmpSim::start() else { return };
    let hub = SnmpHub::new();
    let in_context = |name: &str| {
        let keys = ((AuthProtocol::Sha1, AUTH), (PrivProtocol::Aes128, PRIV));
        let mut target = v3(sim.address, "collector", keys.0, keys.1);
        target.timeout = std::time::Duration::from_secs(5);
        if let Credentials::V3 { context, .. } = &mut target.credentials {
            *context = name.to_owned();
        }
        target
    };
    let (ruijie, junos) = (in_context("ruijie"), in_context("junos_qfx5100"));
    for extent in [Extent::WholeTable, Extent::KnownRows] {
        // One engine, two contexts: neither disturbs what is known of the other.
        let one = poll(&hub, &ruijie).await.unwrap();
        let two = poll(&hub, &junos).await.unwrap();
        assert_eq!((one.ports.len(), two.ports.len()), (57, 50));
        assert_eq!((one.extent, two.extent), (extent, extent));
    }
    let community = hub
        .poll(&v2c(sim.address, "ruijie"), FULL, options())
        .await
        .unwrap();
    assert_eq!(community.ports.len(), 57);
    assert_eq!(community.engine_boots, None);
}

#[tokio::test]
async fn another_engine_at_the_address_is_an_error_once_and_then_read_anew() {
    let (one, two) = (sim("one").await, sim("two").await);
    let relay = Relay::to(one.address());
    let (hub, target) = (SnmpHub::new(), pair(relay.address));
    let before = poll(&hub, &target).await.unwrap();
    assert_eq!(poll(&hub, &target).await.unwrap().extent, Extent::KnownRows);
    relay.turn_to(two.address());
    let error = poll(&hub, &target).await.unwrap_err();
    println!("another engine: {error}");
    assert!(
        matches!(
            error.kind,
            SnmpErrorKind::NotUnderstood(_)
                | SnmpErrorKind::Credentials(_)
                | SnmpErrorKind::NoAnswer
        ),
        "{error}"
    );
    let after = poll(&hub, &target).await.unwrap();
    assert_eq!(
        (after.extent, after.ports.len()),
        (Extent::WholeTable, before.ports.len())
    );
}

#[tokio::test]
async fn an_engine_whose_boots_went_back_is_refused_once_and_then_read_anew() {
    let address: SocketAddr = ([127, 0, 0, 1], free_port()).into();
    let first = sim_at(address, "nvram").await;
    first.restart().await.unwrap();
    let (hub, target) = (SnmpHub::new(), pair(address));
    let before = poll(&hub, &target).await.unwrap();
    drop(first);
    // The same engine id, its count of boots lost: what is heard could be an old recording.
    let _second = sim_at(address, "nvram").await;
    let error = poll(&hub, &target).await.unwrap_err();
    println!("boots went back: {error}");
    let after = poll(&hub, &target).await.unwrap();
    assert!(
        after.engine_boots < before.engine_boots,
        "{:?}",
        after.engine_boots
    );
}

#[tokio::test]
async fn a_restart_is_caught_up_with_in_the_same_poll() {
    let switch = sim("window").await;
    let (hub, target) = (SnmpHub::new(), pair(switch.address()));
    let before = poll(&hub, &target).await.unwrap();
    switch.restart().await.unwrap();
    let after = poll(&hub, &target).await.unwrap();
    assert_eq!(
        after.engine_boots,
        before.engine_boots.map(|boots| boots + 1)
    );
    assert_eq!(
        after.extent,
        Extent::WholeTable,
        "known rows are not believed after a restart"
    );
}

#[tokio::test]
async fn spoilt_and_repeated_answers_are_not_taken() {
    let switch = sim("forged").await;
    for mischief in [Mischief::Spoil, Mischief::Repeat] {
        let relay = Relay::to(switch.address());
        let (hub, target) = (SnmpHub::new(), pair(relay.address));
        let honest = poll(&hub, &target).await.unwrap();
        relay.set(mischief);
        let error = poll(&hub, &target).await.unwrap_err();
        assert!(relay.done() > 0, "{mischief:?}: nothing was done");
        assert!(
            matches!(
                error.kind,
                SnmpErrorKind::NoAnswer
                    | SnmpErrorKind::Credentials(_)
                    | SnmpErrorKind::NotUnderstood(_)
            ),
            "{mischief:?}: {error}"
        );
        relay.set(Mischief::None);
        let again = poll(&hub, &target).await.unwrap();
        assert_eq!(again.ports.len(), honest.ports.len(), "{mischief:?}");
    }
}
